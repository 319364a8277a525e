"""Tools and toolkits are pickled by name, and copied as what cannot change."""

from __future__ import annotations

import copy
import functools
import pickle
from typing import Any

import pytest

from mirascope.llm.content import ToolCall
from mirascope.llm.context import Context
from mirascope.llm.tools import (
    AsyncContextToolkit,
    AsyncToolkit,
    ContextToolkit,
    Tool,
    Toolkit,
    ToolParameterSchema,
    WebSearchTool,
    tool,
)
from tests.llm.processes import elsewhere

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)
CALL = ToolCall(id="1", name="height", args='{"of": 3}')


@tool
def height(of: int) -> int:
    """Tell a height."""
    return of


@tool(strict=True)
async def height_async(of: int) -> int:
    return of


@tool
def height_context(ctx: Context[int], of: int) -> int:
    return ctx.deps + of


@tool
async def height_async_context(ctx: Context[int], of: int) -> int:
    return ctx.deps + of


def plain(of: int, scale: int = 1) -> int:
    """Tell a plain height."""
    return of * scale


class Mountain:
    def __init__(self, base: int) -> None:
        self.base = base
        self.tools = [self.above, self.above_async, self.above_context, self.above_async_context]
        self.own = tool(self.plain)

    @tool
    def above(self, of: int) -> int:
        return self.base + of

    @tool
    async def above_async(self, of: int) -> int:
        return self.base + of

    @tool
    def above_context(self, ctx: Context[int], of: int) -> int:
        return self.base + of + ctx.deps

    @tool
    async def above_async_context(self, ctx: Context[int], of: int) -> int:
        return self.base + of + ctx.deps

    @tool
    @classmethod
    def named(cls, of: int) -> str:
        return f"{cls.__name__}{of}"

    @tool
    @staticmethod
    def doubled(of: int) -> int:
        return 2 * of

    def plain(self, of: int) -> int:
        return self.base - of


class Hill(Mountain):
    pass


AT_MODULE_LEVEL = [height, height_async, height_context, height_async_context, Mountain.doubled]
hand_made = Tool(plain, "by_hand", "d", ToolParameterSchema(properties={"of": {}}))
nameless = Tool(lambda of: of, "nameless", "d", ToolParameterSchema(properties={"of": {}}))


def again(value: Any, protocol: int = pickle.HIGHEST_PROTOCOL) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))


@pytest.mark.parametrize("one", AT_MODULE_LEVEL, ids=repr)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_tool_at_module_level_is_itself_again(one: Any, protocol: int) -> None:
    assert again(one, protocol) is one
    assert copy.deepcopy(one) is one


@pytest.mark.parametrize(
    "name", ["above", "above_async", "above_context", "above_async_context", "own"]
)
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_tool_of_an_instance_brings_the_instance(name: str, protocol: int) -> None:
    for make in (lambda one: again(one, protocol), copy.deepcopy):
        hill = Hill(10)
        made = make(getattr(hill, name))
        there = made.fn.__self__
        assert type(there) is Hill
        assert there is not hill
        there.base = 20  # it is bound to the new one, and that one alone
        args = (Context(deps=100),) if "context" in name else ()
        output = made.execute(*args, CALL)
        output = await output if "async" in name else output
        assert output.result == {"own": 17}.get(name, 23 + sum(arg.deps for arg in args))
        assert hill.base == 10


def test_an_instance_brings_its_tools() -> None:
    for make in (again, copy.deepcopy):
        hill = make(Hill(10))
        hill.base = 30
        assert [one.fn.__self__ for one in hill.tools] == [hill] * 4
        assert hill.own.fn.__self__ is hill
        assert hill.own.execute(CALL).result == 27


def test_a_tool_of_a_class_is_found_on_the_class() -> None:
    for one in (Hill.named, Hill(1).named):
        assert again(one) == one == Hill.named
        assert again(one).execute(CALL).result == "Hill3"
        assert copy.deepcopy(one) is one
    assert again(Mountain.above) is Mountain.above


@pytest.mark.parametrize("used", [False, True])
def test_a_tool_beside_its_function_is_pickled_by_value(used: bool) -> None:
    made = [
        tool(plain),
        tool(strict=True)(plain),
        hand_made,
        tool(functools.partial(plain, scale=2)),
    ]
    for one, result in zip(made, [3, 3, 3, 6], strict=True):
        if used:
            one.execute(CALL)
            hash(one)
        there = again(one)
        assert there is not one
        assert (there.name, there.strict, there.parameters) == (
            one.name,
            one.strict,
            one.parameters,
        )
        assert there.execute(CALL).result == result
        assert hash(there) == hash(one)
        assert copy.deepcopy(one) is one


def test_a_tool_without_a_place_is_copied_but_not_pickled() -> None:
    @tool
    def local(of: int) -> int:
        return of

    shadowed = tool(copy.copy(height).fn)
    for one, why in [
        (local, r"Tool .*<locals>\.local: it is defined inside a function"),
        (nameless, r"Tool .*<lambda>: a lambda has no name"),
        (shadowed, r"Tool tests.*\.height: something else stands under that name"),
    ]:
        assert copy.deepcopy({"tools": [one]})["tools"][0] is one
        for protocol in PROTOCOLS:
            with pytest.raises(pickle.PicklingError, match=why):
                pickle.dumps(one, protocol)
        with pytest.raises(pickle.PicklingError, match=why):
            pickle.dumps({"toolkit": Toolkit([one])})


def test_a_shallow_copy_can_be_changed() -> None:
    changed = copy.copy(height)
    changed.name = "altitude"
    assert (height.name, changed.name) == ("height", "altitude")
    assert changed.execute(CALL).result == 3


@pytest.mark.parametrize(
    "kit",
    [
        Toolkit([height, WebSearchTool(), Hill(1).above]),
        AsyncToolkit([height_async, Hill(1).above_async]),
        ContextToolkit([height, height_context, Hill(1).above_context]),
        AsyncContextToolkit([height_async, height_async_context]),
    ],
    ids=lambda kit: type(kit).__name__,
)
def test_toolkits(kit: Any) -> None:
    for made in (again(kit), copy.deepcopy(kit)):
        assert type(made) is type(kit)
        assert list(made.tools_dict) == list(kit.tools_dict)
        assert made.provider_tools_dict == kit.provider_tools_dict
        assert made.tools[0] is kit.tools[0]


def run_all(kit: Toolkit, calls: list[ToolCall]) -> tuple[list[Any], bool]:
    return [kit.execute(call).result for call in calls], kit.tools[0] is height


def test_in_another_process() -> None:
    height.execute(CALL)
    names = ["height", "above", "by_hand", "named"]
    calls = [ToolCall(id="1", name=name, args='{"of": 3}') for name in names]
    kit = Toolkit([height, Hill(10).above, hand_made, Hill.named])
    hash(hand_made)
    assert elsewhere(run_all, kit, calls) == ([3, 13, 3, "Hill3"], True)
