"""One chunk of a streamed response."""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, Self

from pydantic import BaseModel, ConfigDict, SkipValidation
from typing_extensions import TypeVar

from .reading import Reading
from .said import Said

__all__ = ["BaseCallResponseChunk"]

_ChunkT = TypeVar("_ChunkT", default=Any)
_FinishReasonT = TypeVar("_FinishReasonT", default=Any)


class BaseCallResponseChunk(Said, BaseModel, Generic[_ChunkT, _FinishReasonT], ABC):
    """A vendor's chunk, with the same properties whoever sent it.

    A vendor of one's own defines the properties; what it leaves out is not said.

    Attributes:
        chunk: The SDK's own object, neither copied nor validated.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", arbitrary_types_allowed=True)

    chunk: Annotated[_ChunkT, SkipValidation]

    def __str__(self) -> str:
        return self.content

    @classmethod
    def wrap(cls, chunk: _ChunkT, reading: Reading | None = None) -> Self:
        """Wrap an SDK chunk, which may be read already.

        pydantic's own constructor costs more than everything else done per chunk, and has nothing
        to check here.
        """
        self = _new(cls)
        _set_dict(self, {"chunk": chunk, "reading": reading} if reading else {"chunk": chunk})
        return self

    if not TYPE_CHECKING:  # its signature would make every name an attribute

        def __getattr__(self, name: str) -> Any:
            # Reached for what is not there: what pydantic keeps about a model is made when it asks.
            if name not in _SLOTS:
                return super().__getattr__(name)
            make, set_slot = _SLOTS[name]
            set_slot(self, make())
            return getattr(self, name)

    @cached_property
    def reading(self) -> Reading:
        """What the chunk says: read once, used by everything."""
        if self._vendor is not None:
            return self._vendor.read_chunk(self.chunk)
        reading = Reading()
        for name in _SAID:
            if getattr(type(self), name) is not getattr(BaseCallResponseChunk, name):
                setattr(reading, "text" if name == "content" else name, getattr(self, name))
        return reading

    def _told(self) -> Reading:
        return self.reading

    @property
    def content(self) -> str:
        """The text this chunk adds; empty when it adds none."""
        return self.reading.text

    @property
    def finish_reasons(self) -> list[_FinishReasonT] | None:
        """The vendor's own finish reasons; None when there is none."""
        return self.reading.finish_reasons

    @property
    def model(self) -> str | None:
        """The name of the model that answers."""
        return self.reading.model

    @property
    def usage(self) -> Any:
        """The vendor's usage object; None when this chunk has none."""
        return self.reading.usage


# What a vendor of one's own may say.
_SAID = (
    *("content", "finish_reasons", "model", "id", "usage"),
    *("input_tokens", "cached_tokens", "output_tokens"),
)


def _setter(name: str) -> Any:
    """Give what writes a slot of every pydantic model, past its `__setattr__`."""
    return BaseModel.__dict__[name].__set__


_new = object.__new__
_set_dict = _setter("__dict__")
_SLOTS: Mapping[str, tuple[Callable[[], Any], Any]] = {
    "__pydantic_fields_set__": (lambda: {"chunk"}, _setter("__pydantic_fields_set__")),
    "__pydantic_extra__": (dict, _setter("__pydantic_extra__")),
    "__pydantic_private__": (lambda: None, _setter("__pydantic_private__")),
}
