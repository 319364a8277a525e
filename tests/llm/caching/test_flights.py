"""Who asks the same at the same time: one asks, the others wait."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from tests.llm.layering.ways import WAYS, Way
from tests.loopback import Exchange, Reply, Server

START = b"data: " + json.dumps({"choices": [{"delta": {"content": "hi"}}]}).encode() + b"\n\n"
END = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
WHOLE = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}


def speak(exchange: Exchange) -> None:
    Reply(body=START + END if b'"stream"' in exchange.request.body else json.dumps(WHOLE).encode())(
        exchange
    )


class Gate:
    """A server's answers, held back until the gate is open."""

    def __init__(self, *, failures: int = 0) -> None:
        self.open = threading.Event()
        self.asked = 0
        self.failures = failures

    def __call__(self, exchange: Exchange) -> None:
        self.asked += 1
        number = self.asked
        self.open.wait()
        if number <= self.failures:
            Reply(status=500, body=b"{}")(exchange)
        else:
            speak(exchange)


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server for the models of ``a/``."""
    with Server() as server:
        llm.register_provider(
            "openai:completions", scope="a/", base_url=server.url("/a"), api_key="key"
        )
        yield server


def waiting(cache: Any) -> int:
    """Return how many wait for somebody else."""
    return sum(len(flight._waiting) for flight in cache._flights.values())


def until(condition: Any) -> None:
    while not condition():
        time.sleep(0.001)


def asked_at_once(cache: Any, gate: Gate, ways: list[Way], *, crowd: int = 3) -> list[Any]:
    """Ask in so many threads, one for each of the ways and a few more, and open the gate."""
    model = llm.Model("a/m", layers=[cache])
    answers: list[Any] = []

    def ask(way: Way) -> None:
        try:
            answers.append(way.ask(model))
        except Exception as error:
            answers.append(error)

    threads = [threading.Thread(target=ask, args=(way,)) for way in ways * crowd]
    for thread in threads:
        thread.start()
    until(lambda: waiting(cache) == len(threads) - 1)
    gate.open.set()
    for thread in threads:
        thread.join()
    return answers


def test_one_asks_and_the_others_wait(way: Way, server: Server) -> None:
    gate, cache = Gate(), llm.cache()
    server.route("/a/chat/completions", gate)
    answers = asked_at_once(cache, gate, [way])
    assert [answer.text() for answer in answers] == ["hi"] * 3
    assert gate.asked == 1
    assert sum(answer.cached_at is None for answer in answers) == 1
    assert cache._flights == {}


def test_in_threads_and_loops_streamed_and_whole(server: Server) -> None:
    gate, cache = Gate(), llm.cache()
    server.route("/a/chat/completions", gate)
    answers = asked_at_once(cache, gate, list(WAYS.values()))
    assert [answer.text() for answer in answers] == ["hi"] * 12
    assert gate.asked == 1


def test_when_it_fails_the_next_one_asks(way: Way, server: Server) -> None:
    gate, cache = Gate(failures=2), llm.cache()
    server.route("/a/chat/completions", gate)
    answers = asked_at_once(cache, gate, [way], crowd=5)
    assert sum(isinstance(answer, llm.ServerError) for answer in answers) == 2
    assert [answer.text() for answer in answers if not isinstance(answer, Exception)] == ["hi"] * 3
    assert gate.asked == 3
    assert cache._flights == {}


async def test_tasks_of_one_loop(server: Server) -> None:
    gate, cache = Gate(), llm.cache()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    tasks = [asyncio.create_task(model.call_async("hi")) for _ in range(10)]
    await _asleep(lambda: waiting(cache) == 9)
    gate.open.set()
    assert [(await task).text() for task in tasks] == ["hi"] * 10
    assert gate.asked == 1


async def _asleep(condition: Any) -> None:
    while not condition():  # noqa: ASYNC110  # nothing else says so
        await asyncio.sleep(0.001)


async def test_when_who_asked_is_cancelled_the_next_one_asks(server: Server) -> None:
    gate, cache = Gate(), llm.cache()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    tasks = [asyncio.create_task(model.call_async("hi")) for _ in range(3)]
    await _asleep(lambda: waiting(cache) == 2 and gate.asked == 1)
    tasks[0].cancel()
    await _asleep(lambda: gate.asked == 2)
    tasks[1].cancel()
    gate.open.set()
    assert (await tasks[2]).text() == "hi"


async def test_who_waits_may_leave(server: Server) -> None:
    gate, cache = Gate(), llm.cache()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    tasks = [asyncio.create_task(model.call_async("hi")) for _ in range(3)]
    await _asleep(lambda: waiting(cache) == 2)
    tasks[1].cancel()
    await _asleep(lambda: waiting(cache) == 1)
    gate.open.set()
    assert [(await tasks[number]).text() for number in (0, 2)] == ["hi", "hi"]
    assert gate.asked == 1


def test_when_it_is_dropped_the_next_one_asks(server: Server) -> None:
    """Also while nobody collects garbage."""
    gate, cache = Gate(), llm.cache(patience=1000)
    gate.open.set()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    gc.collect()
    gc.disable()
    try:
        first = model.stream("hi")
        assert next(first.text_stream()) == "hi"
        other = threading.Thread(target=lambda: answers.append(model.call("hi").text()))
        answers: list[str] = []
        other.start()
        until(lambda: waiting(cache) == 1)
        assert gate.asked == 1
        del first
        other.join()
        assert answers == ["hi"]
        assert gate.asked == 2
    finally:
        gc.enable()


def test_when_it_is_closed_the_next_one_asks(server: Server) -> None:
    gate, cache = Gate(), llm.cache(patience=1000)
    gate.open.set()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    first = model.stream("hi")
    assert next(first.text_stream()) == "hi"
    first.close()
    assert model.call("hi").text() == "hi"
    assert gate.asked == 2


def test_who_does_not_read_on_is_not_waited_for(way: Way, server: Server) -> None:
    """Or two streams in one thread would wait for each other for ever."""
    gate, cache = Gate(), llm.cache(patience=0.01)
    gate.open.set()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    first = model.stream("hi")
    assert next(first.text_stream()) == "hi"
    assert way.ask(model).text() == "hi"
    assert gate.asked == 2
    assert list(first.text_stream()) == ["hi"]
    assert first.state == "complete"
    assert cache._flights == {}


def test_other_questions_do_not_wait(way: Way, server: Server) -> None:
    gate, cache = Gate(), llm.cache()
    server.route("/a/chat/completions", gate)
    model = llm.Model("a/m", layers=[cache])
    threads = [threading.Thread(target=way.ask, args=(model, text)) for text in "ab"]
    for thread in threads:
        thread.start()
    until(lambda: gate.asked == 2)
    gate.open.set()
    for thread in threads:
        thread.join()
