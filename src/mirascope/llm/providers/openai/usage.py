"""Token counts of both wires, and of the servers that count a little differently."""

from __future__ import annotations

from collections.abc import Mapping

from mirascope._wire.json_values import JsonObject, as_object
from mirascope.llm.providers.emitter import UsageTotals
from mirascope.llm.responses.usage import ProviderToolUsage

__all__ = ["reported_tools", "tool_usage", "usage_totals"]


def usage_totals(usage: Mapping[str, object]) -> UsageTotals:
    """Return the counts of one usage report of either wire."""
    read = _under(usage, "prompt_tokens_details", "input_tokens_details")
    written = _under(usage, "completion_tokens_details", "output_tokens_details")
    input_tokens = _count(usage, "prompt_tokens", "input_tokens")
    output_tokens = _count(usage, "completion_tokens", "output_tokens")
    # At the top: Copilot.
    reasoning = _count(written, "reasoning_tokens") or _count(usage, "reasoning_tokens")
    if reasoning and _count(usage, "total_tokens") == input_tokens + output_tokens + reasoning:
        output_tokens += reasoning  # xAI counts reasoning beside the completion
    return UsageTotals(
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        # At the top: Together and Moonshot, DeepSeek, gateways to Anthropic.
        cache_read_tokens=_count(read, "cached_tokens")
        or _count(usage, "cached_tokens", "prompt_cache_hit_tokens", "cache_read_input_tokens"),
        cache_write_tokens=_count(read, "cache_write_tokens", "cache_creation_tokens")
        or _count(usage, "cache_creation_input_tokens"),
        reasoning_tokens=reasoning,
    )


def reported_tools(usage: Mapping[str, object]) -> dict[str, int]:
    """Return how often the server says it ran its own tools, by name."""
    counts: dict[str, int] = {}
    searches = _count(
        _under(usage, "server_tool_use", "server_tool_use_details"), "web_search_requests"
    ) or _count(usage, "num_search_queries")  # OpenRouter; Perplexity
    if searches:
        counts["web_search"] = searches
    details = _under(usage, "server_side_tool_usage_details")  # xAI: {"web_search_calls": 2, ...}
    for key in details:
        if count := _count(details, key):
            counts[key.removesuffix("_calls")] = count
    return counts


def tool_usage(counts: Mapping[str, int]) -> list[ProviderToolUsage] | None:
    """Return counts in the form of a usage report; None for none."""
    return [ProviderToolUsage(name=name, call_count=n) for name, n in counts.items()] or None


def _under(usage: Mapping[str, object], *keys: str) -> JsonObject:
    for key in keys:
        if found := as_object(usage.get(key)):
            return found
    return {}


def _count(source: Mapping[str, object], *keys: str) -> int:
    """Return the first count that is there; some servers send floats."""
    for key in keys:
        value = source.get(key)
        if isinstance(value, (int, float)) and value:
            return int(value)
    return 0
