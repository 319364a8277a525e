"""The four kinds of toolkits."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.context import Context
from mirascope.llm.exceptions import ToolNotFoundError
from mirascope.llm.tools import (
    AsyncContextToolkit,
    AsyncToolkit,
    BaseToolkit,
    ContextToolkit,
    ProviderTool,
    Toolkit,
    ToolParameterSchema,
    ToolSchema,
    WebSearchTool,
    normalize_async_context_tools,
    normalize_async_tools,
    normalize_context_tools,
    normalize_tools,
    tool,
)
from tests.llm.tools.colours import CTX, KINDS, TOOLKITS, called, every_kind, run_in, variant

ACCEPTED = {
    "plain": {"plain"},
    "async": {"plain", "async"},
    "context": {"plain", "context"},
    "async context": {"plain", "async", "context", "async context"},
}
NORMALIZERS: dict[str, Callable[[Any], Any]] = {
    "plain": normalize_tools,
    "async": normalize_async_tools,
    "context": normalize_context_tools,
    "async context": normalize_async_context_tools,
}


@every_kind
def test_tools_by_name(kind: str) -> None:
    probe = variant(kind, lambda *_: None)
    tools = [probe, WebSearchTool(), ProviderTool("probe")]
    toolkit = TOOLKITS[kind](tools)
    assert toolkit.tools is tools
    assert toolkit.tools_dict == {"probe": probe}
    assert toolkit.provider_tools_dict == {
        "web_search": WebSearchTool(),
        "probe": ProviderTool("probe"),
    }
    assert toolkit.get(called()) is probe


@every_kind
@pytest.mark.parametrize("none", [None, [], ()])
def test_no_tools(kind: str, none: Any) -> None:
    toolkit = TOOLKITS[kind](none)
    assert toolkit.tools == []
    assert toolkit == TOOLKITS[kind](tools=[]) == TOOLKITS[kind]()
    assert toolkit != BaseToolkit([])
    assert run_in(toolkit) == []


@every_kind
def test_toolkits_are_equal_by_value_and_unhashable(kind: str) -> None:
    probe = variant(kind, lambda *_: None)
    toolkit = TOOLKITS[kind]([probe])
    assert toolkit == TOOLKITS[kind]([probe])
    assert toolkit != TOOLKITS[kind]([])
    with pytest.raises(TypeError):
        hash(toolkit)


@every_kind
def test_names_are_used_once(kind: str) -> None:
    tools = [variant(kind, lambda *_: 1), variant(kind, lambda *_: 2)]
    with pytest.raises(ValueError, match="Multiple tools with name: probe"):
        TOOLKITS[kind](tools)
    with pytest.raises(ValueError, match="Multiple provider tools with name: web_search"):
        TOOLKITS[kind]([WebSearchTool(), ProviderTool("web_search")])


@every_kind
@pytest.mark.parametrize("offered", list(KINDS))
def test_a_tool_of_the_wrong_kind_is_refused_at_once(kind: str, offered: str) -> None:
    probe = variant(offered, lambda *_: None)
    if offered in ACCEPTED[kind]:
        assert TOOLKITS[kind]([probe]).get(called()) is probe
        return
    with pytest.raises(TypeError, match=f"'probe', a {type(probe).__name__}") as caught:
        TOOLKITS[kind]([probe])
    assert TOOLKITS[kind].__name__ in str(caught.value)


@every_kind
def test_what_is_no_tool_is_refused(kind: str) -> None:
    def plain(x: int) -> None: ...

    with pytest.raises(TypeError, match=r"plain is not a tool: .* llm\.tool"):
        TOOLKITS[kind]([plain])
    with pytest.raises(TypeError, match="3 is not a tool"):
        TOOLKITS[kind]([3])


def test_the_base_takes_every_kind() -> None:
    schema = ToolSchema(print, "hidden", "d", ToolParameterSchema())
    tools = [variant(kind, lambda *_: None) for kind in KINDS]
    for probe in tools:
        assert BaseToolkit([probe, schema]).get(called("hidden")) is schema


@every_kind
def test_an_unknown_tool(kind: str) -> None:
    toolkit = TOOLKITS[kind]([variant(kind, lambda *_: None), WebSearchTool()])
    for name in ("other", "web_search"):
        with pytest.raises(ToolNotFoundError) as caught:
            toolkit.get(called(name))
        assert caught.value.tool_name == name
        error = ToolNotFoundError(name)
        assert run_in(toolkit, called(name)) == [
            ToolOutput(id="call_1", name=name, result=str(error), error=error)
        ]


@every_kind
def test_outputs_are_in_the_order_of_the_calls(kind: str) -> None:
    toolkit = TOOLKITS[kind]([variant(kind, lambda x, *_: x * 10)])
    calls = [ToolCall(id=str(n), name="probe", args=f'{{"x": {n}}}') for n in range(5)]
    calls.insert(2, ToolCall(id="?", name="nobody", args=""))
    outputs = run_in(toolkit, *calls)
    assert [output.id for output in outputs] == ["0", "1", "?", "2", "3", "4"]
    assert [output.result for output in outputs if output.error is None] == [0, 10, 20, 30, 40]


@pytest.mark.parametrize(
    ("toolkit", "kinds"),
    [
        (ContextToolkit, ("plain", "context")),
        (AsyncContextToolkit, ("plain", "context")),
        (AsyncContextToolkit, ("async", "async context")),
    ],
)
def test_only_the_tools_that_take_a_context_get_it(toolkit: Any, kinds: tuple[str, ...]) -> None:
    seen: list[Any] = []
    for kind in kinds:
        run_in(toolkit([variant(kind, lambda *given: seen.append(given))]), called(x=1))
    assert seen == [(1,), (1, CTX)]


@every_kind
def test_execute_runs_one_call(kind: str) -> None:
    toolkit = TOOLKITS[kind]([variant(kind, lambda x, *_: x)])
    context = [CTX] if "context" in kind else []
    outcome = toolkit.execute(*context, called(x="4"))
    output = asyncio.run(outcome) if "async" in kind else outcome
    assert output == ToolOutput(id="call_1", name="probe", result=4)
    missing = toolkit.execute(*context, called("other"))
    missing = asyncio.run(missing) if "async" in kind else missing
    assert missing.error == ToolNotFoundError("other")


# --- async: at the same time --------------------------------------------------------------------


def calls_of(*names: str) -> list[ToolCall]:
    return [ToolCall(id=name, name=name, args="") for name in names]


async def test_async_tools_run_at_the_same_time() -> None:
    first, second = asyncio.Event(), asyncio.Event()

    @tool
    async def a() -> str:
        first.set()
        await second.wait()
        return "a"

    @tool
    async def b() -> str:
        await first.wait()
        second.set()
        return "b"

    outputs = await AsyncToolkit([a, b]).execute_all(calls_of("a", "b"))
    assert [output.result for output in outputs] == ["a", "b"]


async def test_a_failing_tool_leaves_the_others_alone() -> None:
    @tool
    async def fails() -> str:
        raise ValueError("no")

    @tool
    async def slow() -> str:
        await asyncio.sleep(0.01)
        return "done"

    outputs = await AsyncToolkit([fails, slow]).execute_all(calls_of("fails", "slow"))
    assert [output.result for output in outputs] == ["ValueError: no", "done"]


class Stop(BaseException):
    """Not an `Exception`."""


def stuck(cancelled: list[str]) -> Any:
    @tool
    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append("waits")
            raise

    return waits


@pytest.mark.parametrize("error", [Stop("now"), SystemExit(3), KeyboardInterrupt()])
def test_what_is_worse_than_an_exception_cancels_the_others(error: BaseException) -> None:
    cancelled: list[str] = []

    @tool
    async def stops() -> None:
        await asyncio.sleep(0)
        raise error

    async def main() -> None:
        await AsyncToolkit([stuck(cancelled), stops]).execute_all(calls_of("waits", "stops"))

    with pytest.raises(type(error)) as caught:
        asyncio.run(main())
    assert caught.value is error or isinstance(error, KeyboardInterrupt)
    assert cancelled == ["waits"]


async def test_the_first_such_error_counts() -> None:
    @tool
    async def one() -> None:
        raise Stop("one")

    @tool
    async def two() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise Stop("two")

    with pytest.raises(Stop, match="one"):
        await AsyncToolkit([one, two]).execute_all(calls_of("two", "one"))


async def test_a_tool_that_was_cancelled_itself_ends_the_others_too() -> None:
    cancelled: list[str] = []

    @tool
    async def gives_up() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await AsyncToolkit([stuck(cancelled), gives_up]).execute_all(calls_of("waits", "gives_up"))
    assert cancelled == ["waits"]


async def test_cancelling_from_outside_cancels_every_tool() -> None:
    cancelled: list[str] = []
    running = asyncio.create_task(
        AsyncToolkit([stuck(cancelled)]).execute_all(calls_of("waits", "waits"))
    )
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert cancelled == ["waits", "waits"]


async def test_a_time_limit_of_the_caller_cancels_every_tool() -> None:
    cancelled: list[str] = []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await AsyncToolkit([stuck(cancelled)]).execute_all(calls_of("waits"))
    assert cancelled == ["waits"]


async def test_tools_see_the_callers_context_variables() -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("set")

    @tool
    async def read() -> str:
        return variable.get()

    outputs = await AsyncToolkit([read]).execute_all(calls_of("read"))
    assert outputs[0].result == "set"


@given(delays=st.lists(st.integers(0, 3), max_size=6))
def test_order_does_not_depend_on_speed(delays: list[int]) -> None:
    @tool
    async def wait(turns: int) -> int:
        for _ in range(turns):
            await asyncio.sleep(0)
        return turns

    calls = [called("wait", turns=turns) for turns in delays]
    outputs = asyncio.run(AsyncToolkit([wait]).execute_all(calls))
    assert [output.result for output in outputs] == delays


# --- normalize ----------------------------------------------------------------------------------


@every_kind
def test_normalizing(kind: str) -> None:
    normalize = NORMALIZERS[kind]
    probe = variant(kind, lambda *_: None)
    assert normalize(None) == TOOLKITS[kind]([])
    assert normalize([probe, WebSearchTool()]) == TOOLKITS[kind]([probe, WebSearchTool()])
    toolkit = TOOLKITS[kind]([probe])
    assert normalize(toolkit) is toolkit


@every_kind
@pytest.mark.parametrize("other", list(KINDS))
def test_normalizing_a_toolkit_of_another_kind(kind: str, other: str) -> None:
    if kind == other:
        return
    with pytest.raises(TypeError, match=TOOLKITS[kind].__name__):
        NORMALIZERS[kind](TOOLKITS[other]([]))


def test_a_context_of_any_deps_is_passed_on() -> None:
    @tool
    def read(ctx: Context[list[int]]) -> int:
        return ctx.deps[0]

    toolkit: ContextToolkit[list[int]] = ContextToolkit([read])
    assert toolkit.execute(Context(deps=[5]), called("read")).result == 5


def test_names_cannot_be_seen_through_a_mapping_of_provider_tools() -> None:
    with pytest.raises(ToolNotFoundError):
        Toolkit([WebSearchTool()]).get(called("web_search"))
