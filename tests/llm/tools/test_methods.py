"""Methods as tools."""

from __future__ import annotations

import asyncio
import functools
import inspect
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from mirascope.llm.context import Context
from mirascope.llm.tools import (
    AsyncContextTool,
    AsyncContextToolkit,
    AsyncTool,
    ContextTool,
    ContextToolkit,
    Tool,
    Toolkit,
    tool,
)
from tests.llm.tools.colours import CTX, called, run, run_in


@tool
def outside(x: int) -> int:
    """Not a method."""
    return x


class Shelf:
    """Has a tool of every kind."""

    limit = 7
    borrowed = outside

    def __init__(self, name: str) -> None:
        self.name = name
        self.attached = outside

    @tool
    def plain(self, x: int) -> Any:
        """Find by number."""
        return self.name, x

    @tool
    async def later(self, x: int) -> Any:
        await asyncio.sleep(0)
        return self.name, x

    @tool
    def with_context(self, ctx: Context[str], x: int) -> Any:
        return self.name, x, ctx

    @tool
    async def with_context_later(self, ctx: Context[str], x: int) -> Any:
        return self.name, x, ctx

    @tool
    @classmethod
    def of_class(cls, x: int) -> Any:
        """Count."""
        return cls.limit, x

    @tool
    @classmethod
    async def of_class_with_context(cls, ctx: Context[str], x: int) -> Any:
        return cls.limit, x, ctx

    @tool
    @staticmethod
    def static(x: int) -> Any:
        return x

    @staticmethod
    @tool
    def static_outside(x: int) -> Any:
        return x

    @tool()
    def without_arguments(self) -> str:
        return self.name


class Tall(Shelf):
    limit = 70


EVERY = [
    ("plain", Tool, ("a", 1)),
    ("later", AsyncTool, ("a", 1)),
    ("with_context", ContextTool, ("a", 1, CTX)),
    ("with_context_later", AsyncContextTool, ("a", 1, CTX)),
    ("of_class", Tool, (70, 1)),
    ("of_class_with_context", AsyncContextTool, (70, 1, CTX)),
    ("static", Tool, 1),
    ("static_outside", Tool, 1),
    ("borrowed", Tool, 1),
    ("attached", Tool, 1),
]


@pytest.mark.parametrize(("name", "kind", "result"), EVERY)
def test_a_tool_taken_from_an_instance(name: str, kind: type, result: object) -> None:
    taken = getattr(Tall("a"), name)
    assert type(taken) is kind
    assert not taken.needs_instance
    assert list(taken.parameters.properties) == ["x"]
    output = run(taken, called(taken.name, x="1"))
    assert output.error is None
    assert output.result == result


@pytest.mark.parametrize(("name", "kind", "result"), EVERY)
def test_the_function_can_be_called(name: str, kind: type, result: object) -> None:
    taken = getattr(Tall("a"), name)
    returned = taken(CTX, 1) if kind in (ContextTool, AsyncContextTool) else taken(1)
    assert (asyncio.run(returned) if inspect.isawaitable(returned) else returned) == result


def test_class_methods_may_be_taken_from_the_class() -> None:
    assert run(Shelf.of_class, called("of_class", x=1)).result == (7, 1)
    assert run(Tall.of_class, called("of_class", x=1)).result == (70, 1)
    assert Shelf.of_class.name == "of_class"
    assert Shelf.of_class.description == "Count."
    assert Shelf.static is Shelf("a").static


def test_each_instance_has_its_own() -> None:
    one, two = Shelf("one"), Shelf("two")
    assert one.plain.execute(called("plain", x=1)).result == ("one", 1)
    assert two.plain.execute(called("plain", x=1)).result == ("two", 1)
    assert one.plain == one.plain
    assert one.plain != two.plain
    assert hash(one.plain) == hash(two.plain) == hash(Shelf.plain)
    assert one.plain.parameters is two.plain.parameters


def test_the_bound_tool_looks_like_the_bound_method() -> None:
    bound = Shelf("a").plain
    assert (bound.name, bound.__name__, bound.__qualname__) == ("plain", "plain", "Shelf.plain")
    assert bound.__doc__ == "Find by number."
    assert list(inspect.signature(bound).parameters) == ["x"]
    assert list(inspect.signature(Shelf.plain).parameters) == ["self", "x"]


def test_toolkits_take_bound_tools() -> None:
    shelf = Shelf("a")
    toolkit = Toolkit([shelf.plain, shelf.without_arguments, Shelf.of_class])
    outputs = run_in(toolkit, called("plain", x="1"), called("without_arguments"))
    assert [output.result for output in outputs] == [("a", 1), "a"]
    assert run_in(ContextToolkit([shelf.plain, shelf.with_context]), called("with_context", x=1))[
        0
    ].result == ("a", 1, CTX)
    assert run_in(
        AsyncContextToolkit([shelf.later, shelf.with_context_later]),
        called("with_context_later", x=1),
        called("later", x=2),
    )[1].result == ("a", 2)


@pytest.mark.parametrize("name", ["plain", "without_arguments"])
def test_toolkits_refuse_what_is_not_bound(name: str) -> None:
    with pytest.raises(TypeError, match=f"'{name}' is a method: take it from an instance"):
        Toolkit([getattr(Shelf, name)])


def test_a_method_that_is_not_bound_says_so_when_executed() -> None:
    assert "self" in str(Shelf.plain.execute(called("plain", x=1)).result)


def test_a_bound_method_becomes_a_tool() -> None:
    class Plain:
        def method(self, x: int) -> int:
            """Do it."""
            return x

    made = tool(Plain().method)
    assert (made.name, made.description) == ("method", "Do it.")
    assert Toolkit([made]).execute(called("method", x="1")).result == 1
    given = tool(functools.partial(Plain().method, x=3))
    assert given.execute(called("method")).result == 3


def test_methods_of_a_model() -> None:
    class Counter(BaseModel):
        model_config = ConfigDict(ignored_types=(Tool,))  # pydantic's way for descriptors

        n: int

        @tool
        def add(self, amount: int) -> int:
            return self.n + amount

    assert Counter(n=1).add.execute(called("add", amount="2")).result == 3
