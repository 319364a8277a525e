"""A run that is interrupted anywhere, and goes on: nothing runs twice, all calls have outputs."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering import sleep
from mirascope.llm.testing import Cut, StreamError, Turn, simulate

from .ways import MODELS, Way, outputs_answer_calls
from .ways import way as way  # a fixture

SCRIPT = [
    Turn(text="Wait.", tool_calls=[("work", {"n": 1}), ("work", {"n": 2}), ("work", {"n": 3})]),
    Turn(tool_calls=[("work", {"n": 4})]),
    Turn(text="Done.", tool_calls=[("work", {"n": 5}), ("work", {"n": 6})]),
    "All done.",
]
CALLS = 6


class Interrupted(BaseException):
    """As KeyboardInterrupt, which would end pytest too."""


class Worker:
    """A tool that says what it did, and is interrupted in some call."""

    def __init__(self, at: int | None, how: type[BaseException] = Interrupted) -> None:
        self.done: list[int] = []
        self.at = at
        self.how = how

    def work(self, n: int) -> str:
        """Work."""
        if n == self.at:
            self.at = None
            raise self.how
        self.done.append(n)
        return f"worked {n}"


def check(response: Any, worker: Worker, simulator: Any) -> None:
    assert response.text() == "All done."
    assert sorted(worker.done) == [1, 2, 3, 4, 5, 6]
    assert outputs_answer_calls(response.messages)
    results = [
        part.result
        for message in response.messages
        if message.role == "user"
        for part in message.content
        if part.type == "tool_output"
    ]
    assert results == [f"worked {n}" for n in range(1, 7)]
    # The simulator is as strict as vendors: a request with a call without output is an error there.
    assert "not run" not in str([request.body for request in simulator.requests])


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_in_a_tool(way: Way, model_id: str, at: int) -> None:
    worker = Worker(at)
    with simulate(SCRIPT) as simulator:
        first = way.ask(llm.Model(model_id), "Go.", tools=[way.tool(worker.work)])
        with pytest.raises(Interrupted):
            way.run(first, parallel=2)
        assert (first.latest is first) == (at <= 3)
        check(way.run(first), worker, simulator)
    assert first.latest is first


@pytest.mark.parametrize("at", range(1, CALLS + 1))
def test_in_a_tool_with_turns_shown(way: Way, at: int) -> None:
    worker = Worker(at)
    with simulate(SCRIPT) as simulator:
        first = way.ask(llm.Model(MODELS[0]), "Go.", tools=[way.tool(worker.work)])
        run = way.run_stream(first)
        with pytest.raises(Interrupted):
            way.list(run)
        way.list(run)  # goes on
        check(run.response, worker, simulator)


@pytest.mark.parametrize("at", [1, 3, 4, 6])
def test_and_saved_to_go_on_elsewhere(way: Way, at: int) -> None:
    worker = Worker(at)
    tools = [way.tool(worker.work)]
    with simulate(SCRIPT) as simulator:
        first = way.ask(llm.Model(MODELS[2]), "Go.", tools=tools)
        with pytest.raises(Interrupted):
            way.run(first, parallel=1)
        saved = first.latest.to_json()
        response = way.load(first, saved, tools=tools)
        check(way.run(response), worker, simulator)


@pytest.mark.parametrize("number", range(len(SCRIPT)))
@pytest.mark.parametrize("fault", [StreamError(after_events=2), Cut(), Cut(after_bytes=0)])
def test_while_an_answer_comes(way: Way, number: int, fault: Any) -> None:
    """The answer that broke is asked again, with the outputs that were there."""
    worker = Worker(None)
    broken = SCRIPT[number]
    broken = broken if isinstance(broken, Turn) else Turn(text=broken)
    faulty = Turn(text=broken.text, tool_calls=broken.tool_calls, fault=fault, chunk_size=2)
    script = [*SCRIPT[:number], faulty, *SCRIPT[number:]]
    tools = [way.tool(worker.work)]
    with simulate(script) as simulator:
        if number == 0 and not way.streams:
            with pytest.raises(llm.ProviderError):
                way.ask(llm.Model(MODELS[0]), "Go.", tools=tools)
            return
        first = way.ask(llm.Model(MODELS[0]), "Go.", tools=tools)
        with pytest.raises(llm.ProviderError):
            way.run(first)
        if number == 0:  # there is nothing before it to go on from: it says the same again
            with pytest.raises(llm.ProviderError):
                way.run(first)
            assert worker.done == []
            return
        check(way.run(first), worker, simulator)


def test_a_turn_that_is_closed(way: Way) -> None:
    worker = Worker(None)
    tools = [way.tool(worker.work)]
    close = "aclose" if way.asynchronous else "close"
    with simulate([*SCRIPT[:2], *SCRIPT[1:]]) as simulator:
        run = way.run_stream(way.ask(llm.Model(MODELS[2]), "Go.", tools=tools))
        step: Callable[[], Any] = lambda: way.do(anext(run)) if way.asynchronous else next(run)  # noqa: E731
        if way.streams:
            way.finish(step())
        turn = step()
        assert worker.done == [1, 2, 3]
        chunks = turn.chunk_stream()
        way.do(anext(chunks)) if way.asynchronous else next(chunks)
        way.do(getattr(turn, close)())
        with pytest.raises(llm.StreamCancelledError):
            step()
        way.list(run)
        check(run.response, worker, simulator)


def test_a_run_that_is_closed(way: Way) -> None:
    worker = Worker(None)
    with simulate(SCRIPT):
        run = way.run_stream(way.ask(llm.Model(MODELS[2]), "Go.", tools=[way.tool(worker.work)]))
        turn = way.do(anext(run)) if way.asynchronous else next(run)
        way.do(run.aclose() if way.asynchronous else run.close())
        assert turn.state == "cancelled"
        assert way.list(run) == []


# --- cancelled tasks


class Points:
    """Counts the places where a task waits, and stops it at one of them."""

    def __init__(self, at: int) -> None:
        self.left = at
        self.reached = asyncio.Event()
        self.over = False

    async def pass_by(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.reached.set()
            await asyncio.sleep(3600)


@pytest.mark.parametrize("kind", ["call", "stream", "turns"])
@pytest.mark.parametrize("at", range(1, 11))
def test_cancelled_wherever_it_waits(kind: str, at: int) -> None:
    """Six calls and four requests are ten places."""
    done: list[int] = []
    points: Points

    @llm.tool
    async def work(n: int) -> str:
        """Work."""
        await points.pass_by()
        done.append(n)
        return f"worked {n}"

    def slow(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        points.left -= 1
        if points.left == 0:
            points.reached.set()
            while not points.over:  # the answer comes after all, to whoever reads on
                yield sleep(0.001)
        yield open(request)

    async def main() -> Any:
        nonlocal points
        points = Points(at)
        model = llm.Model(MODELS[2], layers=[slow])
        if kind == "call":
            asking = asyncio.create_task(model.call_async("Go.", tools=[work]))
            if await _cancelled_at(points, asking):
                return await (await model.call_async("Go.", tools=[work])).run()
            response: Any = asking.result()
        else:
            response = await model.stream_async("Go.", tools=[work])
        if kind == "turns":
            run = response.run_stream()
            task = asyncio.create_task(run.finish())
            assert await _cancelled_at(points, task)
            await run.finish()
            return run.response
        task = asyncio.create_task(response.run(parallel=1))
        assert await _cancelled_at(points, task)
        return await response.run()

    with simulate(SCRIPT) as simulator:
        response = asyncio.run(main())
    worker = Worker(None)
    # Siblings that had not ended are cancelled and run again; none is run to its end twice.
    worker.done = done
    check(response, worker, simulator)


async def _cancelled_at(points: Points, task: asyncio.Task[Any]) -> bool:
    """Return whether `task` came to the point, and was cancelled there."""
    reached = asyncio.create_task(points.reached.wait())
    await asyncio.wait([task, reached], return_when=asyncio.FIRST_COMPLETED)
    reached.cancel()
    if task.done():
        return False
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    points.over = True
    return True


def test_siblings_are_cancelled() -> None:
    ended: list[str] = []

    @llm.tool
    async def slow() -> None:
        """Wait."""
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append("slow")

    @llm.tool
    async def bad() -> None:
        """Break."""
        await asyncio.sleep(0)
        raise Interrupted

    async def main() -> None:
        model = llm.Model(MODELS[0])
        response = await model.call_async("Go.", tools=[slow, bad])
        with pytest.raises(Interrupted):
            await response.run()
        assert ended == ["slow"]
        assert len(asyncio.all_tasks()) == 1

    with simulate([Turn(tool_calls=[("slow", {}), ("bad", {})])]):
        asyncio.run(main())


def test_a_tool_that_cancels_itself() -> None:
    @llm.tool
    async def gone() -> None:
        """Be cancelled."""
        raise asyncio.CancelledError

    async def main() -> None:
        response = await llm.Model(MODELS[0]).call_async("Go.", tools=[gone])
        with pytest.raises(asyncio.CancelledError):
            await response.run()

    with simulate([Turn(tool_calls=[("gone", {})])]):
        asyncio.run(main())


# --- threads


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()  # no thread outlives its test


def test_a_thread_that_goes_on_is_waited_for_later(gate: threading.Event) -> None:
    """Threads cannot be stopped, so the call is not begun again: its output is taken."""
    begun: list[str] = []

    @llm.tool
    def slow() -> str:
        """Wait."""
        begun.append("slow")
        gate.wait()
        return "slowly"

    @llm.tool
    def bad() -> str:
        """Break, once."""
        begun.append("bad")
        if begun.count("bad") == 1:
            raise Interrupted
        return "badly"

    with simulate([Turn(tool_calls=[("slow", {}), ("bad", {})]), "Well."]):
        response = llm.Model(MODELS[0]).call("Go.", tools=[slow, bad])
        with pytest.raises(Interrupted):
            response.run()
        gate.set()
        after = response.run()
    assert begun == ["slow", "bad", "bad"]
    assert [output.result for output in after.rounds[0].outputs] == ["slowly", "badly"]


@pytest.mark.parametrize("parallel", [1, 8])
def test_control_c(parallel: int) -> None:
    """In the tool itself where it runs alone, in the one who waits where it runs in a thread."""
    code = f"""
import os, signal, time
from mirascope import llm
from mirascope.llm.testing import Turn, simulate

begun = []

@llm.tool
def work(n: int) -> str:
    "Work."
    begun.append(n)
    if begun == [1, 1, 2]:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
    return f"worked {{n}}"

calls = Turn(tool_calls=[("work", {{"n": 1}}), ("work", {{"n": 2}})])
with simulate([Turn(tool_calls=[("work", {{"n": 1}})]), calls, "Done."]):
    response = llm.Model("anthropic/claude-haiku-4-5").stream("Go.", tools=[work])
    try:
        response = response.run(parallel={parallel})
    except KeyboardInterrupt:
        assert len(response.latest.rounds) == 1
        response = response.run(parallel={parallel})
    else:
        raise SystemExit("nothing was interrupted")
print(response.text(), [output.result for one in response.rounds for output in one.outputs])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "Done. ['worked 1', 'worked 1', 'worked 2']\n"


def test_what_a_thread_returned_meanwhile_is_saved(gate: threading.Event) -> None:
    returned = threading.Event()

    @llm.tool
    def slow() -> str:
        """Wait."""
        gate.wait()
        returned.set()
        return "slowly"

    @llm.tool
    def bad() -> str:
        """Break."""
        raise Interrupted

    with simulate([Turn(tool_calls=[("slow", {}), ("bad", {})]), "Well."]):
        response = llm.Model(MODELS[0]).call("Go.", tools=[slow, bad])
        with pytest.raises(Interrupted):
            response.run()
        assert "slowly" not in response.to_json()
        gate.set()
        returned.wait()
        (execution,) = response.call_record.started.values()
        execution.handle.result()
        assert '"result":"slowly"' in response.to_json()
