"""Who watches work that is no request: everywhere, in a block, and below some layers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate
from mirascope.llm.types.watching import (
    Work,
    watch_everywhere,
    watch_from_now,
    watch_no_more,
    watch_until_now,
    watched,
    watching,
)
from tests.llm.conftest import Colour


class Notes(list[str]):
    """A watcher, and a layer, that notes what happens."""

    def __call__(self, request: llm.Request, open: llm.Open) -> llm.Answer:
        return open(request)

    @contextmanager
    def watch(self, work: Work) -> Generator[Callable[[Any], object]]:
        self.append(f"{work.kind} {work.name} begins")
        try:
            yield lambda outcome: self.append(f"{work.name} gave {outcome.result}")
        except BaseException as error:
            self.append(f"{work.name} was left by {type(error).__name__}")
            raise
        self.append(f"{work.name} is over")


@llm.tool
def double(a: int) -> int:
    """Double a number."""
    return 2 * a


@llm.tool
def fail(a: int) -> int:
    """Fail."""
    raise ValueError(f"not {a}")


def call(name: str = "double") -> llm.ToolCall:
    return llm.ToolCall(id="1", name=name, args='{"a": 2}')


def test_a_tool_is_watched_everywhere_until_no_more() -> None:
    notes = Notes()
    watch_everywhere(notes.watch)
    assert double.execute(call()).result == 4
    assert fail.execute(call("fail")).result == "ValueError: not 2"
    watch_no_more(notes.watch)
    assert double.execute(call()).result == 4
    assert notes == [
        "tool double begins",
        "double gave 4",
        "double is over",
        "tool fail begins",
        "fail gave ValueError: not 2",
        "fail is over",
    ]


def test_watchers_stand_in_the_order_in_which_they_came() -> None:
    outer, inner = Notes(), Notes()
    with watching([outer.watch]):
        watch_from_now(inner.watch)
        watch_from_now(outer.watch)
        with watched(Work("run", "a", None)) as tell:
            tell(double.execute(call()))
        watch_until_now(inner.watch)
        watch_until_now(outer.watch)
    assert outer.count("run a begins") == 2
    assert inner.count("run a begins") == 1
    assert double.execute(call()).result == 4
    assert outer.count("tool double begins") == 2


def test_a_tool_that_is_cancelled_says_so() -> None:
    notes = Notes()

    @llm.tool
    async def wait(a: int) -> int:
        """Wait."""
        await asyncio.Event().wait()
        return a

    async def run() -> None:
        with watching([notes.watch]):
            task = asyncio.create_task(wait.execute(call("wait")))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert notes == ["tool wait begins", "wait was left by CancelledError"]


def test_layers_watch_the_tools_of_the_responses_to_what_they_saw(colour: Colour) -> None:
    notes = Notes()
    calls = Turn(tool_calls=[("double", {"a": 2}), ("double", {"a": 3})])
    with simulate([calls] * 3):
        for response in (
            colour.call(llm.Model("openai/gpt-5-mini", layers=[notes]), "hi", tools=[double]),
            colour.read(llm.Model("openai/gpt-5-mini", layers=[notes]), "hi", tools=[double]),
        ):
            outputs = colour.run(response.execute_tools())
            assert [output.result for output in outputs] == [4, 6]
        other = colour.call(llm.Model("openai/gpt-5-mini"), "hi", tools=[double])
        colour.run(other.execute_tools())
    begun, ended = ["tool double begins"] * 4, ["double is over"] * 4
    assert sorted(notes) == sorted([*begun, *ended, *["double gave 4", "double gave 6"] * 2])
