"""How many tokens an answer took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

__all__ = ["ProviderToolUsage", "Usage", "UsageDeltaChunk"]


@dataclass(kw_only=True)
class ProviderToolUsage:
    """What a tool that the provider runs itself was used for."""

    name: str
    call_count: int = 0
    duration_seconds: float | None = None
    metadata: dict[str, Any] | None = None


@dataclass(kw_only=True)
class Usage:
    """Tokens of one answer, or of several together.

    Usages can be added, with `sum` as well. To add None, one that nobody knows, leaves a sum that
    is not `complete`; `raw` is of one answer only, and of no sum.
    """

    input_tokens: int = 0
    """Cached reads and writes included."""
    output_tokens: int = 0
    """Reasoning included."""
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    """A part of `output_tokens`."""
    provider_tool_usage: list[ProviderToolUsage] | None = None
    raw: Any = field(default=None, repr=False)
    """The provider's own last word on usage, decoded JSON; not shown, for it says it all again."""
    complete: bool = field(default=True, repr=False)
    """Whether that is all of it. Of a request that broke off nobody says what its end has cost."""

    @property
    def total_tokens(self) -> int:
        """Return input and output tokens together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage | None) -> Usage:
        if other is None:
            return replace(self, raw=None, complete=False)
        if not isinstance(other, Usage):  # pyright: ignore[reportUnnecessaryIsInstance]  # or anything
            return NotImplemented
        tools = [*(self.provider_tool_usage or ()), *(other.provider_tool_usage or ())]
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cache_read_tokens=self.cache_read_tokens + other.cache_read_tokens,
            cache_write_tokens=self.cache_write_tokens + other.cache_write_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
            provider_tool_usage=_by_name(tools) or None,
            complete=self.complete and other.complete,
        )

    def __radd__(self, other: int | None) -> Usage:
        """Add to 0, with which `sum` begins, or to None."""
        if other is None:
            return self + None
        return self + Usage() if other == 0 else NotImplemented


def _by_name(tools: Sequence[ProviderToolUsage]) -> list[ProviderToolUsage]:
    """Return one entry for each tool; what is known of single calls is not kept."""
    sums: dict[str, ProviderToolUsage] = {}
    for one in tools:
        found = sums.setdefault(one.name, ProviderToolUsage(name=one.name))
        found.call_count += one.call_count
        if one.duration_seconds is not None:
            found.duration_seconds = (found.duration_seconds or 0.0) + one.duration_seconds
    return [*sums.values()]


@dataclass(kw_only=True, slots=True)
class UsageDeltaChunk:
    """Numbers to add to the usage so far; a list of tools, or `raw`, replaces the earlier one."""

    type: Literal["usage_delta_chunk"] = "usage_delta_chunk"
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    provider_tool_usage: list[ProviderToolUsage] | None = None
    raw: Any = None
