"""The properties that responses, chunks and streams share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from .dialect import Dialect
from .reading import Reading, reason_text
from .types import CostMetadata, FinishReason, Provider, Usage

__all__ = ["Answer", "Said"]


class Said:
    """What is said, in one piece or in several; None where, or while, it is not said."""

    __slots__ = ()

    _vendor: ClassVar[Dialect | None] = None

    def _told(self) -> Reading:
        """Give the reading that the properties show."""
        raise NotImplementedError

    @property
    def id(self) -> str | None:
        """The id of the response."""
        return self._told().id

    @property
    def input_tokens(self) -> int | float | None:
        """The number of input tokens."""
        return self._told().input_tokens

    @property
    def cached_tokens(self) -> int | float | None:
        """The number of cached tokens."""
        return self._told().cached_tokens

    @property
    def output_tokens(self) -> int | float | None:
        """The number of output tokens."""
        return self._told().output_tokens

    @property
    def cost_metadata(self) -> CostMetadata:
        """What the price depends on."""
        return CostMetadata(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cached_tokens=self.cached_tokens,
            cache_write=self._told().cache_write_tokens,
            cost=self._told().cost,
        )

    @property
    def common_finish_reasons(self) -> list[FinishReason] | None:
        """The finish reasons under common names; those without one are dropped."""
        names: Mapping[str, FinishReason] = self._vendor.reasons if self._vendor else {}
        texts = [reason_text(reason) for reason in self._told().finish_reasons or ()]
        return [names[text] for text in texts if text in names] or None

    @property
    def common_usage(self) -> Usage | None:
        """The token counts under common names; None where none was reported."""
        read, cached, written = self.input_tokens, self.cached_tokens, self.output_tokens
        if read is None and cached is None and written is None:
            return None
        return Usage(
            input_tokens=int(read or 0),
            cached_tokens=int(cached or 0),
            output_tokens=int(written or 0),
            total_tokens=int((read or 0) + (written or 0)),
        )


class Answer(Said):
    """A whole answer, or one that becomes whole: the vendor is known."""

    __slots__ = ()

    @classmethod
    def _of_vendor(cls, name: str) -> Dialect:
        """Give the vendor, which is asked for what a custom vendor defines itself."""
        if cls._vendor is None:
            raise TypeError(f"{cls.__name__} defines no {name}.")
        return cls._vendor

    @property
    def provider(self) -> Provider:
        """The vendor."""
        return self._of_vendor("provider").provider
