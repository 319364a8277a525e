"""How many tokens an answer took."""

from __future__ import annotations

from dataclasses import dataclass, field
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
    """Tokens of one answer."""

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
