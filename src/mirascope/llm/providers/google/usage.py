"""Usage on the generateContent wire: reports to totals."""

from __future__ import annotations

from collections import Counter

from mirascope.llm.providers.emitter import UsageTotals
from mirascope.llm.providers.google import types as wire
from mirascope.llm.providers.google.server_tools import shown_name
from mirascope.llm.responses.usage import ProviderToolUsage

__all__ = ["UsageReports"]


class UsageReports:
    """What the reports of one answer add up to.

    Every report counts from the beginning of the answer; what one leaves out stays as it was.
    """

    def __init__(self) -> None:
        self.totals: UsageTotals | None = None
        """None until there was a number."""
        self._report: wire.Usage | None = None
        self._last = wire.Usage()
        self._calls: Counter[str] = Counter()
        self._queries: dict[str, None] = {}
        self._urls = 0

    def add(self, usage: wire.Usage) -> bool:
        """Take in one report; return whether the totals are new."""
        if usage == self._report:
            return False
        self._report = usage
        last = self._last
        if usage.prompt_token_count is not None:
            last.prompt_token_count = usage.prompt_token_count
        if usage.tool_use_prompt_token_count is not None:
            last.tool_use_prompt_token_count = usage.tool_use_prompt_token_count
        if usage.candidates_token_count is not None:
            last.candidates_token_count = usage.candidates_token_count
        if usage.thoughts_token_count is not None:
            last.thoughts_token_count = usage.thoughts_token_count
        if usage.cached_content_token_count is not None:
            last.cached_content_token_count = usage.cached_content_token_count
        if self.totals is None and last == wire.Usage():
            return False
        thoughts = int(last.thoughts_token_count or 0)
        totals = UsageTotals(
            input_tokens=int(last.prompt_token_count or 0)
            + int(last.tool_use_prompt_token_count or 0),
            output_tokens=int(last.candidates_token_count or 0) + thoughts,
            cache_read_tokens=int(last.cached_content_token_count or 0),
            reasoning_tokens=thoughts,
        )
        if totals == self.totals:
            return False
        self.totals = totals
        return True

    def count_call(self, tool: str) -> None:
        """Count a call of a tool that the server runs itself, by the wire's name for the tool."""
        self._calls[shown_name(tool)] += 1

    def add_metadata(self, candidate: wire.Candidate) -> None:
        """Take in what an answer is based on; every chunk may repeat it."""
        if candidate.grounding_metadata is not None:
            queries = candidate.grounding_metadata.web_search_queries or ()
            self._queries.update(dict.fromkeys(queries))
        if candidate.url_context_metadata is not None:
            self._urls = len(candidate.url_context_metadata.url_metadata or ())

    def tools_used(self) -> list[ProviderToolUsage] | None:
        """Return how often the server ran each of its tools; web searches by their queries."""
        calls = {**self._calls}
        if self._queries:
            calls["web_search"] = len(self._queries)
        if self._urls:
            calls["url_context"] = self._urls
        return [ProviderToolUsage(name=name, call_count=calls[name]) for name in calls] or None
