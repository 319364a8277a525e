"""How the tools of one answer are run: together, so many at once, and not for ever."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate

from .ways import MODELS, Way
from .ways import way as way  # a fixture


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def many(count: int, name: str = "work") -> Turn:
    return Turn(tool_calls=[(name, {"n": n}) for n in range(count)])


@pytest.mark.parametrize("parallel", [1, 2, 3, None])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_so_many_at_once(parallel: int | None, asynchronous: bool) -> None:
    """Each call waits until as many run as may, so that fewer would hang and more be counted."""
    expected = parallel or 6
    lock = threading.Lock()
    running: list[int] = []
    most = 0
    full = threading.Semaphore(0)

    def enter(n: int) -> None:
        nonlocal most
        with lock:
            running.append(n)
            most = max(most, len(running))
            if most == expected:
                full.release(6)

    def work(n: int) -> int:
        """Work."""
        enter(n)
        full.acquire()
        running.remove(n)
        return n

    async def work_later(n: int) -> int:
        """Work."""
        enter(n)
        while not full.acquire(blocking=False):  # noqa: ASYNC110  # one semaphore for both colours
            await asyncio.sleep(0)
        running.remove(n)
        return n

    async def main() -> Any:
        tool = llm.tool(name="work")(work_later)
        response = await llm.Model(MODELS[0]).call_async("Go.", tools=[tool])
        return await response.run(parallel=parallel)

    with simulate([many(6), "Done."]):
        if asynchronous:
            response = asyncio.run(main())
        else:
            first = llm.Model(MODELS[0]).call("Go.", tools=[llm.tool(work)])
            response = first.run(parallel=parallel)
    assert most == expected
    assert [output.result for output in response.rounds[0].outputs] == [0, 1, 2, 3, 4, 5]


def test_outputs_are_in_the_order_of_the_calls() -> None:
    turns = [threading.Event() for _ in range(5)]
    turns[4].set()

    @llm.tool
    def work(n: int) -> int:
        """Work, the last one first."""
        turns[n].wait()
        turns[n - 1].set()
        return n

    with simulate([many(5), "Done."]):
        response = llm.Model(MODELS[0]).call("Go.", tools=[work]).run()
    assert [output.result for output in response.rounds[0].outputs] == [0, 1, 2, 3, 4]


def test_one_at_a_time_in_the_thread_of_the_caller() -> None:
    """What belongs to a thread, as a connection of sqlite3 does, works as in the loop by hand."""
    connection = sqlite3.connect(":memory:")

    @llm.tool
    def work(n: int) -> int:
        """Add."""
        return int(connection.execute("select ? + 1", [n]).fetchone()[0])

    with simulate([many(3), many(1), "Done."]):
        response = llm.Model(MODELS[0]).call("Go.", tools=[work]).run(parallel=1)
    assert [output.result for output in response.rounds[0].outputs] == [1, 2, 3]


def test_the_context_of_the_caller(way: Way) -> None:
    def work(n: int) -> str:
        """Say who is asked."""
        model = llm.model_from_context()
        return f"{n} {model.model_id if model else None}"

    with simulate([many(2), "Done."]), llm.model(MODELS[2]):
        response = way.ask(llm.Model(MODELS[2]), "Go.", tools=[way.tool(work)])
        after = way.run(response)
    assert [one.result for one in after.rounds[0].outputs] == [f"0 {MODELS[2]}", f"1 {MODELS[2]}"]


# --- tools that hang


@pytest.mark.parametrize("model_id", MODELS)
def test_a_tool_that_hangs(model_id: str, way: Way, gate: threading.Event) -> None:
    async def hang_later(n: int) -> None:
        """Hang."""
        await asyncio.Event().wait()

    def hang(n: int) -> None:
        """Hang."""
        gate.wait()

    def work(n: int) -> str:
        """Work."""
        return f"worked {n}"

    tools = [llm.tool(name="hang")(hang_later if way.asynchronous else hang), way.tool(work)]
    calls = Turn(tool_calls=[("work", {"n": 1}), ("hang", {"n": 2}), ("work", {"n": 3})])
    with simulate([calls, "So be it."]) as simulator:
        response = way.run(way.ask(llm.Model(model_id), "Go.", tools=tools), tool_timeout=0.05)
    first, second, third = response.rounds[0].outputs
    assert (first.result, third.result) == ("worked 1", "worked 3")
    assert second.result == "TimeoutError: hang took longer than 0.05 s"
    assert isinstance(second.error, llm.ToolExecutionError)
    assert isinstance(second.error.tool_exception, TimeoutError)
    assert "hang took longer than 0.05 s" in str(simulator.requests[1].body)
    assert response.text() == "So be it."


def test_a_tool_that_will_not_be_cancelled() -> None:
    async def main() -> Any:
        release = asyncio.Event()

        @llm.tool
        async def stubborn() -> None:
            """Go on all the same."""
            while not release.is_set():
                try:
                    await release.wait()
                except asyncio.CancelledError:
                    continue

        response = await llm.Model(MODELS[0]).call_async("Go.", tools=[stubborn])
        after = await response.run(tool_timeout=0.01)
        release.set()
        return after

    with simulate([Turn(tool_calls=[("stubborn", {})]), "Well."]):
        response = asyncio.run(main())
    assert "took longer" in str(response.rounds[0].outputs[0].result)


def test_a_plain_function_that_hangs_in_an_async_run(gate: threading.Event) -> None:
    @llm.tool
    def hang() -> None:
        """Hang."""
        gate.wait()

    async def main() -> Any:
        response = await llm.Model(MODELS[0]).stream_async("Go.", tools=[hang])
        return await response.run(tool_timeout=0.01)

    with simulate([Turn(tool_calls=[("hang", {})]), "Well."]):
        response = asyncio.run(main())
    assert "hang took longer" in str(response.rounds[0].outputs[0].result)


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_a_process_ends_though_a_tool_hangs(colour: str) -> None:
    code = f"""
import asyncio, threading
from mirascope import llm
from mirascope.llm.testing import Turn, simulate

@llm.tool
def hang() -> None:
    "Hang."
    threading.Event().wait()

async def main():
    response = await llm.Model("openai/gpt-5-mini").call_async("Go.", tools=[hang])
    print((await response.run(tool_timeout=0.01)).text())

with simulate([Turn(tool_calls=[("hang", {{}})]), "Well."]):
    if {colour == "async"}:
        asyncio.run(main())
    else:
        response = llm.Model("openai/gpt-5-mini").call("Go.", tools=[hang])
        print(response.run(tool_timeout=0.01).text())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "Well.\n"


def test_the_clock_of_a_call_runs_from_its_own_start() -> None:
    """A queue of calls, each of which takes less than its limit and all together more."""
    lock = threading.Lock()

    @llm.tool
    def work(n: int) -> int:
        """Work."""
        with lock:
            threading.Event().wait(0.05)
        return n

    with simulate([many(8), "Done."]):
        response = llm.Model(MODELS[0]).call("Go.", tools=[work])
        after = response.run(parallel=1, tool_timeout=0.3)
    assert [one.result for one in after.rounds[0].outputs] == [*range(8)]


def test_a_result_that_cannot_be_told(way: Way) -> None:
    def work(n: int) -> object:
        """Return what no model can read."""
        return b"bytes" if n else object()

    with simulate([many(2), "Well."]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Go.", tools=[way.tool(work)]))
    assert all(isinstance(one.error, llm.ToolError) for one in response.rounds[0].outputs)
