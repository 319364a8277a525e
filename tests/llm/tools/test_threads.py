"""Synchronous tools in async calls: each in a thread of its own, so that the loop is free."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.context import Context
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.testing import simulate
from mirascope.llm.tools import AsyncContextToolkit, AsyncToolkit, tool
from tests.llm.tools.colours import CTX, called, variant

DOORS: dict[str, tuple[str, Any]] = {
    "plain": ("plain", AsyncToolkit),
    "plain among those with a context": ("plain", AsyncContextToolkit),
    "context": ("context", AsyncContextToolkit),
}

every_door = pytest.mark.parametrize("door", list(DOORS))


async def execute(door: str, body: Callable[..., Any], *calls: ToolCall) -> list[ToolOutput[Any]]:
    """Run calls of a tool that is not async, and does `body`, in a toolkit of an async call."""
    kind, toolkit = DOORS[door]
    context = [CTX] if toolkit is AsyncContextToolkit else []
    here = threading.current_thread()

    def elsewhere(*given: object) -> object:
        if threading.current_thread() is here:  # where waiting would be for ever
            raise AssertionError("the tool runs in the loop's own thread")
        return body(*given)

    made = toolkit([variant(kind, elsewhere)])
    return list(await made.execute_all(*context, calls or [called(x=1)]))


@every_door
async def test_the_loop_is_free_while_a_tool_runs(door: str) -> None:
    loop = asyncio.get_running_loop()
    free = threading.Event()

    def body(*_: object) -> str:
        loop.call_soon_threadsafe(free.set)  # only a loop that runs does that
        free.wait()
        return "done"

    [output] = await execute(door, body)
    assert output.result == "done"


@every_door
async def test_many_run_at_the_same_time(door: str) -> None:
    """More than the loop's own pool would run: each waits for all the others."""
    count = 50
    all_here = threading.Barrier(count)
    calls = [ToolCall(id=str(n), name="probe", args=f'{{"x": {n}}}') for n in range(count)]

    def body(x: int, *_: object) -> int:
        all_here.wait()
        return x

    outputs = await execute(door, body, *calls)
    assert [output.result for output in outputs] == list(range(count))


async def test_with_async_tools_and_with_the_context() -> None:
    there, back = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    @tool
    def threaded(ctx: Context[str], x: int) -> str:
        loop.call_soon_threadsafe(back.set)
        there.wait()
        return f"{ctx.deps} {x}"

    @tool
    async def awaited() -> str:
        await back.wait()
        there.set()
        return "awaited"

    toolkit = AsyncContextToolkit([threaded, awaited])
    outputs = await toolkit.execute_all(CTX, [called("threaded", x="7"), called("awaited")])
    assert [output.result for output in outputs] == ["the deps 7", "awaited"]


@every_door
async def test_the_callers_context_variables_are_there_and_stay_as_they_are(door: str) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable")
    variable.set("caller's")

    def body(*_: object) -> str:
        found = variable.get()
        variable.set("tool's")
        return found

    outputs = await execute(door, body, called(x=1), called(x=2))
    assert [output.result for output in outputs] == ["caller's", "caller's"]
    assert variable.get() == "caller's"


@every_door
@pytest.mark.parametrize(
    "error", [ValueError("no"), StopIteration(), TimeoutError(), ExceptionGroup("g", [KeyError()])]
)
async def test_what_a_tool_raises_is_told(door: str, error: Exception) -> None:
    def body(*_: object) -> None:
        raise error

    [output] = await execute(door, body)
    assert isinstance(output.error, ToolExecutionError)
    assert output.error.tool_exception is error
    assert str(output.result).startswith(type(error).__name__)


@every_door
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_is_worse_than_an_exception_gets_through(
    door: str, error: type[BaseException]
) -> None:
    def body(*_: object) -> None:
        raise error

    with pytest.raises(error):
        asyncio.run(execute(door, body))


@every_door
async def test_a_cancelled_call_raises_at_once_and_the_thread_goes_on(door: str) -> None:
    begun, let_go, ended = threading.Event(), threading.Event(), threading.Event()

    def body(*_: object) -> None:
        begun.set()
        let_go.wait()
        ended.set()

    running = asyncio.create_task(execute(door, body))
    while not begun.is_set() and not running.done():  # noqa: ASYNC110  # a thread sets it
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert not ended.is_set()
    let_go.set()
    assert ended.wait()


def test_a_thread_may_outlive_the_loop() -> None:
    let_go, threads = threading.Event(), []

    def body(*_: object) -> None:
        threads.append(threading.current_thread())
        let_go.wait()

    async def main() -> None:
        async with asyncio.timeout(0.01):
            await execute("plain", body)

    with pytest.raises(TimeoutError):
        asyncio.run(main())
    let_go.set()
    threads[0].join()


@tool
def wind(place: str) -> str:
    """Measure the wind."""
    here = threading.current_thread() is threading.main_thread()
    return f"4 Beaufort, measured {'here' if here else 'elsewhere'}"


@tool
def tide(ctx: Context[str], place: str) -> str:
    """Look up the tide."""
    return f"High water of {ctx.deps}"


async def of_a_call() -> Any:
    @llm.call("openai/gpt-5-mini", tools=[wind])
    async def ask() -> str:
        return "?"

    return await ask()


async def of_a_stream() -> Any:
    @llm.call("anthropic/claude-sonnet-4-5", tools=[wind])
    async def ask() -> str:
        return "?"

    response = await ask.stream()
    await response.finish()
    return response


async def of_a_prompt() -> Any:
    @llm.prompt(tools=[wind])
    async def ask() -> str:
        return "?"

    return await ask("google/gemini-2.5-flash")


async def of_a_model() -> Any:
    return await llm.Model("openai/gpt-5-mini").call_async("?", tools=[wind])


@pytest.mark.parametrize("ask", [of_a_call, of_a_stream, of_a_prompt, of_a_model])
async def test_every_async_door_takes_a_sync_tool(ask: Callable[[], Any]) -> None:
    with simulate():  # calls each tool once
        response = await ask()
        [output] = await response.execute_tools()
        response = await response.resume([output])
        if isinstance(response, llm.AsyncStreamResponse):
            await response.finish()
    assert output.result == "4 Beaufort, measured elsewhere"
    assert "elsewhere" in response.text()


async def test_a_call_with_a_context_takes_both() -> None:
    @llm.call("openai/gpt-5-mini", tools=[wind, tide])
    async def ask(ctx: Context[str]) -> str:
        return "?"

    with simulate():
        response = await ask(CTX)
        outputs = await response.execute_tools(CTX)
    assert [output.result for output in outputs] == [
        "4 Beaufort, measured elsewhere",
        "High water of the deps",
    ]
