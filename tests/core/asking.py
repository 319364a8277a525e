"""Small calls that the tests of several files make."""

from __future__ import annotations

from typing import Any

from .loopback import ToolScript
from .vendors import V1Vendor

TWO_TOOLS = (
    ToolScript("call_1", "get_author", ('{"ti', 'tle": "A"', "}")),
    ToolScript("call_2", "get_author", ('{"title": "B", "limit": 2}',)),
)


def get_author(title: str, limit: int = 3) -> str:
    """Look an author up.

    Args:
        title: The book's title.
        limit: How many to give.
    """
    return f"{title}:{limit}"


def ping() -> str:
    """Say that all is well."""
    return "pong"


def ask(vendor: V1Vendor, **options: Any) -> Any:
    """Call a vendor with one plain user message."""

    @vendor.module().call(vendor.model, **options)
    def question() -> str:
        return "Hello"

    return question()


async def aask(vendor: V1Vendor, **options: Any) -> Any:
    """Call a vendor from asynchronous code."""

    @vendor.module().call(vendor.model, **options)
    async def question() -> str:
        return "Hello"

    return await question()
