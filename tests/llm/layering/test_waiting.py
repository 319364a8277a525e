"""Layers that wait for what somebody else does."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering import Signal, aside, wait
from mirascope.llm.testing import simulate
from tests.llm.layering.ways import Way

MODEL = "openai/gpt-5-mini"


class Waiting:
    """A layer that waits before it asks."""

    def __init__(self, *, seconds: float | None = None) -> None:
        self.signal = Signal()
        self.seconds = seconds
        self.began = threading.Event()
        self.came: list[bool] = []
        self.left = threading.Event()

    def __call__(self, request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        try:
            self.began.set()
            self.came.append((yield wait(self.signal, seconds=self.seconds)))
            yield open(request)
        finally:
            self.left.set()


async def watched(signal: Signal) -> None:
    while not signal.watchers:  # noqa: ASYNC110  # nothing else says that somebody waits
        await asyncio.sleep(0)


def test_another_thread_ends_the_wait(way: Way) -> None:
    layer = Waiting()
    setter = threading.Thread(target=lambda: (layer.began.wait(), layer.signal.set()))
    setter.start()
    with simulate(["hi"]):
        assert way.ask(llm.Model(MODEL, layers=[layer])).text() == "hi"
    setter.join()
    assert layer.came == [True]


def test_what_is_set_already_is_not_waited_for(way: Way) -> None:
    layer = Waiting()
    layer.signal.set()
    with simulate(["hi"]):
        way.ask(llm.Model(MODEL, layers=[layer]))
    assert layer.came == [True]


def test_a_wait_may_have_an_end(way: Way) -> None:
    layer = Waiting(seconds=0.02)
    with simulate(["hi"]):
        started = time.monotonic()
        way.ask(llm.Model(MODEL, layers=[layer]))
    assert time.monotonic() - started >= 0.02
    assert layer.came == [False]


def test_many_wait_for_one(way: Way) -> None:
    layer = Waiting()
    model = llm.Model(MODEL, layers=[layer])
    with simulate(["a", "b", "c"]):
        askers = [threading.Thread(target=way.ask, args=(model,)) for _ in range(3)]
        for asker in askers:
            asker.start()
        while len(layer.signal.watchers) < 3:
            time.sleep(0.001)
        layer.signal.set()
        for asker in askers:
            asker.join()
    assert layer.came == [True] * 3


def test_closing_ends_the_wait() -> None:
    layer = Waiting()
    with simulate([]):
        response = llm.Model(MODEL, layers=[layer]).stream("hi")
        closer = threading.Thread(target=lambda: (layer.began.wait(), response.close()))
        closer.start()
        with pytest.raises(llm.StreamCancelledError):
            response.finish()
        closer.join()
    assert layer.left.is_set()


async def test_cancelling_a_call_ends_the_wait() -> None:
    layer = Waiting()
    with simulate([]):
        task = asyncio.create_task(llm.Model(MODEL, layers=[layer]).call_async("hi"))
        await watched(layer.signal)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert layer.left.is_set()
    assert layer.signal.watchers == []


async def test_a_reader_that_leaves_may_come_back() -> None:
    layer = Waiting()
    with simulate(["hi"]):
        response = await llm.Model(MODEL, layers=[layer]).stream_async("hi")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(response.finish(), 0.01)
        assert not layer.left.is_set()
        layer.signal.set()
        await response.finish()
    assert response.text() == "hi"


async def test_dropping_ends_the_wait_without_the_collector() -> None:
    layer = Waiting()
    gc.collect()
    gc.disable()
    try:
        with simulate([]):
            response: Any = await llm.Model(MODEL, layers=[layer]).stream_async("hi")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(response.finish(), 0.01)
            ref = weakref.ref(response)
            del response
            assert ref() is None
            assert layer.left.is_set()
    finally:
        gc.enable()


def test_a_signal_does_not_mind_that_its_loop_is_gone() -> None:
    layer = Waiting()
    with simulate([]):

        async def leave() -> Any:
            response = await llm.Model(MODEL, layers=[layer]).stream_async("hi")
            reading = asyncio.ensure_future(response.finish())
            await watched(layer.signal)
            watchers = list(layer.signal.watchers)
            reading.cancel()
            return watchers

        [late] = asyncio.run(leave())
    late()  # as one that was taken from the list just before


def test_what_blocks_is_done_aside(way: Way) -> None:
    threads: list[int] = []

    def work() -> str:
        threads.append(threading.get_ident())
        return "gpt-5-nano"

    def chosen(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        name = yield from aside(work)
        assert name == "gpt-5-nano"
        yield open(request)

    with simulate(["hi"]):
        assert way.ask(llm.Model(MODEL, layers=[chosen])).text() == "hi"
    assert threads != [threading.get_ident()]


def test_what_fails_aside_fails_in_the_layer(way: Way) -> None:
    def work() -> str:
        raise OSError("no such file")

    def failing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield from aside(work)
        yield open(request)

    with simulate([]), pytest.raises(OSError, match="no such file"):
        way.ask(llm.Model(MODEL, layers=[failing]))
