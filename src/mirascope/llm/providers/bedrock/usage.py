"""Usage on the Converse wire, and what its server ran."""

from __future__ import annotations

from collections.abc import Mapping

from mirascope.llm.providers.bedrock import types as wire
from mirascope.llm.providers.emitter import UsageTotals
from mirascope.llm.responses.usage import ProviderToolUsage

__all__ = ["tools_used", "totals"]


def totals(usage: wire.Usage) -> UsageTotals:
    """Return the totals; on this wire the input leaves out what is cached."""
    read = int(usage.cacheReadInputTokens or 0)
    written = int(usage.cacheWriteInputTokens or 0)
    return UsageTotals(
        input_tokens=int(usage.inputTokens or 0) + read + written,
        output_tokens=int(usage.outputTokens or 0),
        cache_read_tokens=read,
        cache_write_tokens=written,
    )


def tools_used(calls: Mapping[str, int]) -> list[ProviderToolUsage] | None:
    """Return how often the server ran each of its tools; None when it ran none."""
    return [ProviderToolUsage(name=name, call_count=calls[name]) for name in calls] or None
