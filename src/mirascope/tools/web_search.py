"""Search of the web with DuckDuckGo."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from pydantic import Field

from .configurable import ConfigurableTool, ConfigurableToolConfig, needs

__all__ = ["AsyncDuckDuckGoSearch", "DuckDuckGoSearch", "DuckDuckGoSearchConfig"]


class DuckDuckGoSearchConfig(ConfigurableToolConfig):
    """How much is found.

    Attributes:
        max_results_per_query: The most results of each query.
    """

    max_results_per_query: int = 2


class _Search(ConfigurableTool):
    __configurable_tool_config__: ClassVar[Any] = DuckDuckGoSearchConfig()
    __prompt_usage_description__: ClassVar[str] = (
        "The tool searches the web. Several queries, each for one thing, find more than one query."
    )

    queries: list[str] = Field(description="What to search for, one query for each thing.")

    def _search(self) -> str:
        with needs(type(self).__name__):
            from ddgs.ddgs import DDGS
            from ddgs.exceptions import DDGSException
        most = type(self).__configurable_tool_config__.max_results_per_query
        blocks: list[str] = []
        try:
            for query in self.queries:
                engine: Any = DDGS()
                # It returns a page of results, however few were asked for.
                found = engine.text(query, max_results=most, backend="duckduckgo")[:most]
                blocks += (
                    f"Title: {each['title']}\nURL: {each['href']}\nContent: {each['body']}"
                    for each in found
                )
        except DDGSException as error:
            return f"Error: the search failed, {type(error).__name__}."
        return "\n\n".join(blocks) or "Nothing was found."


class DuckDuckGoSearch(_Search):
    """Search the web with DuckDuckGo."""

    def call(self) -> str:
        """Search, and return title, URL and content of what was found."""
        return self._search()


class AsyncDuckDuckGoSearch(_Search):
    """Search the web with DuckDuckGo."""

    async def call(self) -> str:
        """Search, and return title, URL and content of what was found."""
        return await asyncio.to_thread(self._search)  # the library is synchronous
