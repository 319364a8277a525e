"""Lists that a server gives page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from mcp.types import PaginatedRequestParams, PaginatedResult

__all__ = ["MAX_PAGES", "all_pages"]

MAX_PAGES = 1_000
"""A server that has more would never end: each page is one more request."""

_PageT = TypeVar("_PageT", bound=PaginatedResult)
_ItemT = TypeVar("_ItemT")


async def all_pages(
    method: str,
    fetch: Callable[[PaginatedRequestParams | None], Awaitable[_PageT]],
    items: Callable[[_PageT], Iterable[_ItemT]],
) -> list[_ItemT]:
    """Return what is on all pages, or raise: part of a list looks like all of it.

    Args:
        method: The protocol's name of the list, for error messages.
        fetch: Asks for one page; without a cursor, the first.
        items: Takes the items from a page.

    Raises:
        ValueError: The server gave a cursor twice, or more than `MAX_PAGES` pages.
    """
    found: list[_ItemT] = []
    seen: set[str] = set()
    params: PaginatedRequestParams | None = None
    for _ in range(MAX_PAGES):
        page = await fetch(params)
        found += items(page)
        cursor = page.next_cursor
        if cursor is None:  # an empty one is a cursor like any other
            return found
        if cursor in seen:
            raise ValueError(f"MCP {method} returned a repeated pagination cursor")
        seen.add(cursor)
        params = PaginatedRequestParams(cursor=cursor)
    raise ValueError(f"MCP {method} returned more than {MAX_PAGES:,} pages")
