"""Tools that begin while the model still speaks."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import ToolCallChunk, ToolCallEndChunk, ToolCallStartChunk
from mirascope.llm.responses.source import Watched
from mirascope.llm.running.performing import seconds_saved
from mirascope.llm.testing import StreamError, Turn, simulate

from .ways import MODELS, Way
from .ways import way as way  # a fixture


def called(id: str, name: str, args: str = "{}") -> list[Any]:
    return [
        ToolCallStartChunk(id=id, name=name),
        ToolCallChunk(id=id, delta=args),
        ToolCallEndChunk(id=id),
    ]


def by_hand(asynchronous: bool, chunks: Any, tools: Any, model: llm.Model) -> Any:
    kind = llm.AsyncStreamResponse if asynchronous else llm.StreamResponse
    response: Any = kind(
        provider_id="openai",
        model_id=MODELS[0],
        provider_model_name="m",
        params={},
        tools=tools,
        input_messages=[llm.messages.user("Go.")],
        chunk_iterator=chunks,
    )
    response.asked_by(model)
    return response


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("shown", [False, True])
def test_it_begins_before_the_answer_ends(asynchronous: bool, plain: bool, shown: bool) -> None:
    """The answer does not go on before the tool has ended: a tool that waited for it would hang."""
    ended = threading.Event()
    begun: list[str] = []

    def early() -> str:
        """Be early."""
        begun.append("early")
        ended.set()
        return "early"

    async def early_later() -> str:
        """Be early."""
        return early()

    @llm.tool
    def late() -> str:
        """Be late."""
        begun.append("late")
        return "late"

    function: Any = early if plain or not asynchronous else early_later
    tools = [llm.tool(name="early", eager=True)(function), late]

    def chunks() -> Iterator[Any]:
        yield from called("1", "late")
        yield from called("2", "early")
        assert ended.wait(30)
        begun.append("the end")

    async def chunks_later() -> AsyncIterator[Any]:
        for chunk in [*called("1", "late"), *called("2", "early")]:
            yield chunk
        while not ended.is_set():  # noqa: ASYNC110  # a thread may set it
            await asyncio.sleep(0)
        begun.append("the end")

    async def main() -> Any:
        response = by_hand(True, chunks_later(), tools, llm.Model(MODELS[0]))
        if shown:
            run = response.run_stream()
            async for turn in run:
                async for _ in turn.text_stream():
                    pass
            return run.response
        return await response.run()

    with simulate(["Done."]):
        if asynchronous:
            response = asyncio.run(main())
        else:
            first = by_hand(False, chunks(), tools, llm.Model(MODELS[0]))
            run = first.run_stream() if shown else None
            response = first.run() if run is None else run.finish()
    assert response.text() == "Done."
    assert begun == ["early", "the end", "late"]
    (round,) = response.rounds
    assert [output.result for output in round.outputs] == ["late", "early"]
    assert round.saved_seconds >= 0
    assert len(response.rounds[0].calls) == 2


def test_the_saved_time() -> None:
    # began, ended; the answer ended at 10
    assert seconds_saved([(10, 12)], 10, None) == 0
    assert seconds_saved([(4, 9)], 10, None) == 5  # it was over when the answer was
    assert seconds_saved([(8, 13)], 10, None) == 2
    assert seconds_saved([(8, 11), (10, 13)], 10, None) == 0  # the other one took as long anyway
    assert seconds_saved([(5, 9), (5, 9)], 10, None) == 4  # they would have run together
    assert seconds_saved([(5, 9), (5, 9)], 10, 1) == 8  # or one after the other
    assert seconds_saved([], 10, None) == 0


def test_the_saved_time_of_a_run() -> None:
    ended = threading.Event()

    @llm.tool(eager=True)
    def early() -> str:
        """Be early."""
        threading.Event().wait(0.05)
        ended.set()
        return "early"

    def chunks() -> Iterator[Any]:
        yield from called("1", "early")
        assert ended.wait(30)

    with simulate(["Done."]):
        response = by_hand(False, chunks(), [early], llm.Model(MODELS[0])).run()
    assert response.rounds[0].saved_seconds >= 0.04


@pytest.mark.parametrize("model_id", MODELS)
def test_every_wire(way: Way, model_id: str) -> None:
    """The same, eager or not."""
    script = [
        Turn(text="I", tool_calls=[("work", {"n": n}) for n in range(3)], chunk_size=1),
        Turn(tool_calls=[("work", {"n": 4})], chunk_size=1),
        "Done.",
    ]
    ran: list[int] = []

    def work(n: int) -> int:
        """Work."""
        ran.append(n)
        return n

    def ask(eager: bool) -> Any:
        with simulate(script):
            tool = way.tool(work, eager=eager)
            return way.run(way.ask(llm.Model(model_id), "Go.", tools=[tool]), parallel=2)

    assert ask(True).messages == ask(False).messages
    assert sorted(ran) == [0, 0, 1, 1, 2, 2, 4, 4]


def test_a_limit_keeps_it_from_beginning() -> None:
    ran: list[int] = []

    @llm.tool(eager=True)
    def work(n: int) -> int:
        """Work."""
        ran.append(n)
        return n

    for options in ({"max_turns": 1}, {"limits": llm.UsageLimits(tool_calls=0)}):
        with simulate([Turn(tool_calls=[("work", {"n": 1})], chunk_size=1)]):
            response = llm.Model(MODELS[0]).stream("Go.", tools=[work])
            with pytest.raises(llm.RunLimitExceeded):
                response.run(**options)  # type: ignore[arg-type]
    assert ran == []


def test_a_tool_that_stops_the_run_does_not_begin() -> None:
    @llm.tool(eager=True)
    def work(n: int) -> int:
        """Work."""
        raise AssertionError(n)

    with simulate([Turn(tool_calls=[("work", {"n": 1})], chunk_size=1)]):
        response = llm.Model(MODELS[0]).stream("Go.", tools=[work]).run(stop_when="work")
    assert len(response.tool_calls) == 1


def test_an_answer_that_breaks_off_cancels_it() -> None:
    cancelled: list[str] = []

    async def main() -> None:
        begun = asyncio.Event()

        @llm.tool(eager=True)
        async def work() -> None:
            """Work."""
            begun.set()
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                cancelled.append("work")
                raise

        async def chunks() -> AsyncIterator[Any]:
            for chunk in called("1", "work"):
                yield chunk
            await begun.wait()
            raise llm.ServerError("broken", "openai")

        response = by_hand(True, chunks(), [work], llm.Model(MODELS[0]))
        with pytest.raises(llm.ServerError):
            await response.run()
        assert cancelled == ["work"]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_an_answer_that_begins_again(way: Way) -> None:
    """The calls of the attempt that failed have the ids of the new ones, and other arguments."""
    ran: list[int] = []

    def work(n: int) -> int:
        """Work."""
        ran.append(n)
        return n

    broken = Turn(
        tool_calls=[("work", {"n": 1}), ("work", {"n": 2})],
        chunk_size=1,
        fault=StreamError(after_events=12),
    )
    whole = Turn(tool_calls=[("work", {"n": 3}), ("work", {"n": 4})], chunk_size=1)
    with simulate([broken, whole, "Done."]):
        model = llm.retry(llm.Model(MODELS[0]), initial_delay=0)
        response = way.run(way.ask(model, "Go.", tools=[way.tool(work, eager=True)]))
    assert response.text() == "Done."
    assert [output.result for output in response.rounds[0].outputs] == [3, 4]
    assert ran[-2:] == [3, 4] or sorted(ran)[-2:] == [3, 4]


def test_without_eager_tools_nothing_watches() -> None:
    @llm.tool
    def work() -> None:
        """Work."""

    with simulate(["Done.", "Done."]):
        for tools, watched in (([work], False), ([llm.tool(eager=True)(work.fn)], True)):
            response = llm.Model(MODELS[0]).stream("Go.", tools=tools)
            next(response.run_stream())
            assert isinstance(response._source, Watched) is watched
            response.close()
