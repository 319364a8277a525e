"""Chunks whose properties come from their family's reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self

from pydantic import BaseModel
from typing_extensions import TypeVar

from ._reading import Reading, common_reasons
from .call_response_chunk import BaseCallResponseChunk
from .types import FinishReason

__all__ = ["ReadChunk"]

_ChunkT = TypeVar("_ChunkT", default=Any)
_FinishReasonT = TypeVar("_FinishReasonT", default=Any)


class ReadChunk(BaseCallResponseChunk[_ChunkT, _FinishReasonT], Generic[_ChunkT, _FinishReasonT]):
    """A chunk whose properties come from its family's reader."""

    _read: ClassVar[staticmethod[[Any], Reading]]
    _reason_names: ClassVar[Mapping[str, FinishReason]] = {}

    @classmethod
    def wrap(cls, chunk: _ChunkT, reading: Reading | None = None) -> Self:
        """Wrap an SDK chunk and read it.

        pydantic's own constructor costs more than everything else done per chunk, and has nothing
        to check here.
        """
        self = _new(cls)
        _set_dict(self, {"chunk": chunk, "_reading": reading or cls._read(chunk)})
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
    def _reading(self) -> Reading:
        return type(self)._read(self.chunk)

    @property
    def content(self) -> str:
        """The text this chunk adds; empty when it adds none."""
        return self._reading.text

    @property
    def finish_reasons(self) -> list[_FinishReasonT] | None:
        """The vendor's own finish reasons; None when there is none."""
        return self._reading.finish_reasons

    @property
    def model(self) -> str | None:
        """The name of the model that answers."""
        return self._reading.model

    @property
    def id(self) -> str | None:
        """The id of the response."""
        return self._reading.id

    @property
    def usage(self) -> Any:
        """The vendor's usage object; None when this chunk has none."""
        return self._reading.usage

    @property
    def input_tokens(self) -> int | float | None:
        """The number of input tokens, where this chunk reports it."""
        return self._reading.input_tokens

    @property
    def cached_tokens(self) -> int | float | None:
        """The number of cached tokens, where this chunk reports it."""
        return self._reading.cached_tokens

    @property
    def output_tokens(self) -> int | float | None:
        """The number of output tokens, where this chunk reports it."""
        return self._reading.output_tokens

    @property
    def common_finish_reasons(self) -> list[FinishReason] | None:
        """The finish reasons under common names; None when there is none."""
        return common_reasons(self._reading.finish_reasons, type(self)._reason_names)


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
