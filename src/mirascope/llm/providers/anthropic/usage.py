"""Usage on the Messages wire: reports to totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from mirascope.llm.providers.anthropic import types as wire
from mirascope.llm.providers.anthropic.server_tools import shown_name
from mirascope.llm.providers.emitter import UsageTotals
from mirascope.llm.responses.usage import ProviderToolUsage

__all__ = ["UsageReports"]


class UsageReports:
    """What the reports of one answer add up to.

    Every report counts from the beginning of the answer; what one leaves out stays as it was.
    """

    def __init__(self) -> None:
        self.raw: dict[str, object] = {}
        """The last word on every field."""
        self._last = wire.Usage()
        self._compacted = UsageTotals()
        self._calls: Counter[str] = Counter()

    def add(self, usage: wire.Usage, raw: dict[str, object]) -> None:
        """Take in one report, in both forms."""
        for field in usage.__struct_fields__:
            if (value := getattr(usage, field)) is not None:
                setattr(self._last, field, value)
        self.raw.update((k, v) for k, v in raw.items() if v is not None or k not in self.raw)
        if usage.iterations is not None:
            self._compacted = _sum(part for part in usage.iterations if part.type == "compaction")

    def totals(self) -> UsageTotals:
        """Return the totals; what a compaction took is not in the vendor's own numbers.

        https://docs.claude.com/en/docs/build-with-claude/compaction (2026-01): summing up the
        iterations is left to the reader.
        """
        usage, compacted = _sum([self._last]), self._compacted
        details = self._last.output_tokens_details or wire.OutputDetails()
        return UsageTotals(
            input_tokens=usage.input_tokens + compacted.input_tokens,
            output_tokens=usage.output_tokens + compacted.output_tokens,
            cache_read_tokens=usage.cache_read_tokens + compacted.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens + compacted.cache_write_tokens,
            reasoning_tokens=int(details.thinking_tokens or details.reasoning_tokens or 0),
        )

    def count_block(self, block: Mapping[str, object]) -> None:
        """Take in a block of the answer; tools of MCP servers count as one."""
        if block.get("type") == "server_tool_use":
            self._calls[shown_name(str(block.get("name")))] += 1
        elif block.get("type") == "mcp_tool_use":
            self._calls["mcp"] += 1

    def tools_used(self) -> list[ProviderToolUsage] | None:
        """Return how often the server ran each of its tools.

        What is billed by request overrides the count of the blocks.
        """
        calls = {**self._calls}
        for key, count in (self._last.server_tool_use or {}).items():
            if key.endswith("_requests") and count:
                calls[shown_name(key.removesuffix("_requests"))] = int(count)
        return [ProviderToolUsage(name=name, call_count=calls[name]) for name in calls] or None


def _sum(parts: Iterable[wire.Usage | wire.Iteration]) -> UsageTotals:
    """Return the tokens of all parts, those of the cache among the input, as the totals have it."""
    total = UsageTotals()
    for part in parts:
        read = int(part.cache_read_input_tokens or 0)
        written = int(part.cache_creation_input_tokens or 0)
        total.input_tokens += int(part.input_tokens or 0) + read + written
        total.output_tokens += int(part.output_tokens or 0)
        total.cache_read_tokens += read
        total.cache_write_tokens += written
    return total
