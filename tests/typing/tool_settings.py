"""What checkers know about the settings of tools, and of functions that are given as tools."""

from __future__ import annotations

from typing import assert_type

from mirascope import llm


@llm.tool(name="find", description="Find a book.", eager=True, requires_approval=True)
def search(title: str) -> int:
    return len(title)


def shelf(title: str) -> str:
    """Find a shelf."""
    return title


async def later(title: str) -> str:
    """Find a shelf, later."""
    return title


class Shop:
    def price(self, title: str) -> float:
        """Look up a price."""
        return len(title) / 2


@llm.call("openai/gpt-5-mini", tools=[search, shelf, Shop().price])
def ask(question: str) -> str:
    return question


assert_type(search("x"), int)
assert_type(search.eager, bool)
assert_type(ask("x"), llm.Response[None])
model = llm.Model("openai/gpt-5-mini")
model.call("x", tools=[shelf, search, Shop().price])
model.call("x", tools=[3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]


async def asynchronous() -> None:
    await model.call_async("x", tools=[later, shelf, search])
