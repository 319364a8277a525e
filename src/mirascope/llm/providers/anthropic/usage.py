"""Usage on the Messages wire: reports to totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from mirascope.llm.providers.anthropic import types as wire
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

    def add(self, usage: wire.Usage, raw: dict[str, object]) -> None:
        """Take in one report, in both forms."""
        for field in usage.__struct_fields__:
            if (value := getattr(usage, field)) is not None:
                setattr(self._last, field, value)
        self.raw.update((k, v) for k, v in raw.items() if v is not None or k not in self.raw)

    def totals(self) -> UsageTotals:
        """Return the totals; what a compaction took is not in the vendor's own numbers.

        https://docs.claude.com/en/docs/build-with-claude/compaction (2026-01): summing up the
        iterations is left to the reader.
        """
        usage = self._last
        parts: list[wire.Usage | wire.Iteration] = [usage]
        parts += [part for part in usage.iterations or () if part.type == "compaction"]
        read = sum(int(part.cache_read_input_tokens or 0) for part in parts)
        written = sum(int(part.cache_creation_input_tokens or 0) for part in parts)
        details = usage.output_tokens_details or wire.OutputDetails()
        return UsageTotals(
            input_tokens=sum(int(part.input_tokens or 0) for part in parts) + read + written,
            output_tokens=sum(int(part.output_tokens or 0) for part in parts),
            cache_read_tokens=read,
            cache_write_tokens=written,
            reasoning_tokens=int(details.thinking_tokens or details.reasoning_tokens or 0),
        )

    def tools_used(self, content: Iterable[Mapping[str, object]]) -> list[ProviderToolUsage] | None:
        """Return how often the server ran each of its tools; those of MCP servers count as one.

        Args:
            content: The blocks of the answer; what is billed by request overrides their count.
        """
        calls: Counter[str] = Counter()
        for block in content:
            if block.get("type") == "server_tool_use":
                calls[str(block.get("name"))] += 1
            elif block.get("type") == "mcp_tool_use":
                calls["mcp"] += 1
        for key, count in (self._last.server_tool_use or {}).items():
            if key.endswith("_requests") and count:
                calls[key.removesuffix("_requests")] = int(count)
        return [ProviderToolUsage(name=name, call_count=calls[name]) for name in calls] or None
