"""One chunk of a streamed response."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from typing import Annotated, Any, Generic

from pydantic import BaseModel, ConfigDict, SkipValidation
from typing_extensions import TypeVar

from ._reading import Reading, common_usage
from .types import CostMetadata, FinishReason, Usage

__all__ = ["BaseCallResponseChunk"]

_ChunkT = TypeVar("_ChunkT", default=Any)
_FinishReasonT = TypeVar("_FinishReasonT", default=Any)


class BaseCallResponseChunk(BaseModel, Generic[_ChunkT, _FinishReasonT], ABC):
    """A vendor's chunk, with the same properties whoever sent it.

    Attributes:
        chunk: The SDK's own object, neither copied nor validated.
    """

    model_config = ConfigDict(extra="allow", arbitrary_types_allowed=True)

    chunk: Annotated[_ChunkT, SkipValidation]

    def __str__(self) -> str:
        return self.content

    @property
    @abstractmethod
    def content(self) -> str:
        """The text this chunk adds; empty when it adds none."""

    @property
    @abstractmethod
    def finish_reasons(self) -> list[_FinishReasonT] | None:
        """The vendor's own finish reasons; None when there is none."""

    @property
    @abstractmethod
    def model(self) -> str | None:
        """The name of the model that answers."""

    @property
    @abstractmethod
    def id(self) -> str | None:
        """The id of the response."""

    @property
    @abstractmethod
    def usage(self) -> Any:
        """The vendor's usage object; None when this chunk has none."""

    @property
    @abstractmethod
    def input_tokens(self) -> int | float | None:
        """The number of input tokens, where this chunk reports it."""

    @property
    @abstractmethod
    def cached_tokens(self) -> int | float | None:
        """The number of cached tokens, where this chunk reports it."""

    @property
    @abstractmethod
    def output_tokens(self) -> int | float | None:
        """The number of output tokens, where this chunk reports it."""

    @property
    @abstractmethod
    def common_finish_reasons(self) -> list[FinishReason] | None:
        """The finish reasons under common names; None when there is none."""

    @property
    def cost_metadata(self) -> CostMetadata:
        """What a price depends on, as far as this chunk tells."""
        return CostMetadata(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cached_tokens=self.cached_tokens,
            cache_write=self._reading.cache_write_tokens,
        )

    @property
    def common_usage(self) -> Usage | None:
        """The token counts under common names; None when this chunk reports none."""
        return common_usage(self.input_tokens, self.cached_tokens, self.output_tokens)

    @cached_property
    def _reading(self) -> Reading:
        """What a stream adds up: here, from the properties a custom vendor defines."""
        reading = Reading()
        reading.text = self.content
        reading.finish_reasons = self.finish_reasons
        reading.model = self.model
        reading.id = self.id
        reading.usage = self.usage
        reading.input_tokens = self.input_tokens
        reading.cached_tokens = self.cached_tokens
        reading.output_tokens = self.output_tokens
        return reading
