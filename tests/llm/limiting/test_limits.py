"""So many at a time, and so many a minute: first come, first served."""

from __future__ import annotations

import asyncio
import gc
import pickle
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering import Signal, wait
from mirascope.llm.limiting import Limit
from mirascope.llm.testing import Status, Turn, simulate
from tests.llm.layering.ways import WAYS, Way

MODEL = "openai/gpt-5-mini"


class Below:
    """What lies below a limit: notes who comes, and holds them until they may go."""

    def __init__(self, *, holds: bool = False, tokens: int | None = None) -> None:
        self.came: list[str] = []
        self.times: list[float] = []
        self.inside = 0
        self.most = 0
        self.go = Signal()
        self.tokens = tokens
        if not holds:
            self.go.set()

    def __call__(self, request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        self.times.append(time.time())
        self.came.append(said(request))
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            yield wait(self.go)
            yield [llm.TextStartChunk(), llm.TextChunk(delta="hi"), llm.TextEndChunk()]
            if self.tokens is not None:
                yield [llm.UsageDeltaChunk(input_tokens=self.tokens)]
        finally:
            self.inside -= 1


def said(request: llm.Request) -> str:
    [message] = request.messages
    return message.content[0].text  # type: ignore[union-attr, index]


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.001)


async def until_async(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # nothing else says so
        await asyncio.sleep(0.001)


def waiting(limit: Limit) -> int:
    return sum(len(line._waiting) for line in limit._lines.values())


def through(limit: Limit) -> int:
    """Return how many are through, those read off who left."""
    for line in limit._lines.values():
        line.tidy()
    return sum(line._through for line in limit._lines.values())


# --- at a time


def test_so_many_at_a_time(way: Way) -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=2)
    model = llm.Model(MODEL, layers=[limit, below])
    threads = [threading.Thread(target=way.ask, args=(model, str(n))) for n in range(6)]
    for thread in threads:
        thread.start()
    until(lambda: waiting(limit) == 4)
    assert below.inside == 2
    below.go.set()
    for thread in threads:
        thread.join()
    assert below.most == 2
    assert len(below.came) == 6
    assert through(limit) == 0


async def test_first_come_first_served_in_tasks() -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit, below])
    tasks: list[asyncio.Task[Any]] = []
    for n in range(20):
        tasks.append(asyncio.create_task(model.call_async(str(n))))
        await until_async(lambda n=n: waiting(limit) == n)  # type: ignore[misc]
    below.go.set()
    await asyncio.gather(*tasks)
    assert below.came == [str(n) for n in range(20)]
    assert below.most == 1


def test_first_come_first_served_in_threads_and_loops() -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit, below])
    ways = list(WAYS.values())
    threads: list[threading.Thread] = []
    for n in range(20):
        thread = threading.Thread(target=ways[n % 4].ask, args=(model, str(n)))
        threads.append(thread)
        thread.start()
        until(lambda n=n: len(below.came) + waiting(limit) == n + 1)  # type: ignore[misc]
    below.go.set()
    for thread in threads:
        thread.join()
    assert below.came == [str(n) for n in range(20)]
    assert below.most == 1


def test_a_stream_holds_its_place_until_it_ends() -> None:
    limit = llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit])
    with simulate(["one two three", "b"]):
        stream = model.stream("a")
        assert next(stream.text_stream())
        assert through(limit) == 1
        stream.finish()
        assert through(limit) == 0
        assert model.call("b").text() == "b"


@pytest.mark.parametrize("end", ["close", "drop"])
def test_a_place_is_given_back_without_the_collector(end: str) -> None:
    limit = llm.limit(concurrency=1, tokens_per_minute=100_000)
    model = llm.Model(MODEL, layers=[limit])
    gc.collect()
    gc.disable()
    try:
        with simulate(["one two three", "b"]):
            stream = model.stream("a")
            for _ in stream.text_stream():
                break
            assert through(limit) == 1
            if end == "close":
                stream.close()
            else:
                del stream
            assert through(limit) == 0
            assert model.call("b").text() == "b"
    finally:
        gc.enable()


async def test_an_async_place_is_given_back_without_the_collector() -> None:
    limit = llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit])
    gc.collect()
    gc.disable()
    try:
        with simulate(["one two three", "b"]):
            stream = await model.stream_async("a")
            assert await anext(stream.text_stream())
            assert through(limit) == 1
            del stream
            assert through(limit) == 0
            assert (await model.call_async("b")).text() == "b"
    finally:
        gc.enable()


def test_a_place_is_given_back_when_it_fails(way: Way) -> None:
    limit = llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit])
    with simulate([Turn(fault=Status(500)), "b"]):
        with pytest.raises(llm.ServerError):
            way.ask(model)
        assert way.ask(model).text() == "b"
    assert through(limit) == 0


async def test_a_place_is_given_back_when_its_task_is_cancelled() -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit, below])
    first = asyncio.create_task(model.call_async("a"))
    await until_async(lambda: below.inside == 1)
    second = asyncio.create_task(model.call_async("b"))
    await until_async(lambda: waiting(limit) == 1)
    first.cancel()
    await until_async(lambda: below.came == ["a", "b"])
    below.go.set()
    assert (await second).text() == "hi"


# --- leaving the line


async def test_who_is_cancelled_leaves_the_line_at_once() -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit, below])
    tasks = [asyncio.create_task(model.call_async(text)) for text in "abc"]
    await until_async(lambda: waiting(limit) == 2)
    tasks[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await tasks[1]
    below.go.set()
    await asyncio.gather(tasks[0], tasks[2])
    assert below.came == ["a", "c"]
    assert through(limit) == 0


def test_closing_ends_the_wait() -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=1)
    model = llm.Model(MODEL, layers=[limit, below])
    first = threading.Thread(target=model.call, args=("a",))
    first.start()
    until(lambda: below.inside == 1)
    stream = model.stream("b")
    closer = threading.Thread(target=lambda: (until(lambda: waiting(limit) == 1), stream.close()))
    closer.start()
    with pytest.raises(llm.StreamCancelledError):
        stream.finish()
    closer.join()
    below.go.set()
    first.join()
    assert through(limit) == 0


async def test_who_is_let_through_and_does_not_read_holds_nobody_up_who_needs_no_place() -> None:
    """A reader that has left while it waited; its response is still there."""
    below = Below()
    limit = Limit(requests=1, window=0.12)
    model = llm.Model(MODEL, layers=[limit, below])
    await model.call_async("a")
    stream = await model.stream_async("b")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.finish(), 0.001)
    assert (await model.call_async("c")).text() == "hi"
    await stream.finish()
    assert stream.text() == "hi"


@pytest.mark.parametrize("max_wait", [0, 0.01])
def test_nobody_waits_longer_than_max_wait(way: Way, max_wait: float) -> None:
    below, limit = Below(holds=True), llm.limit(concurrency=1, max_wait=max_wait)
    model = llm.Model(MODEL, layers=[limit, below])
    first = threading.Thread(target=way.ask, args=(model,))
    first.start()
    until(lambda: below.inside == 1)
    with pytest.raises(
        llm.LimitExceeded, match=f"within {max_wait:g} s, for concurrency=1"
    ) as info:
        way.ask(model)
    assert info.value.limit == "concurrency=1"
    assert info.value.waited >= max_wait
    assert isinstance(info.value, llm.RateLimitError)
    below.go.set()
    first.join()
    assert way.ask(model).text() == "hi"
    assert through(limit) == 0


def test_who_may_go_at_once_goes_with_no_wait_allowed(way: Way) -> None:
    below = Below()
    model = llm.Model(MODEL, layers=[llm.limit(concurrency=1, max_wait=0), below])
    for _ in range(3):
        assert way.ask(model).text() == "hi"


def test_another_model_is_asked_when_the_first_is_used_up(way: Way) -> None:
    limit = llm.limit(requests_per_minute=1, max_wait=0, key=lambda request: request.model_id)
    retry = llm.retry(max_retries=0, fallback_models=["anthropic/claude-haiku-4-5"])
    with simulate(["a", "b"]), retry, limit:
        model = llm.Model(MODEL)
        assert way.ask(model).model_id == MODEL
        assert way.ask(model).model_id == "anthropic/claude-haiku-4-5"


# --- in a window


def most_in_any(times: list[float], window: float) -> int:
    times = sorted(times)
    return max(sum(start <= one < start + window for one in times) for start in times)


def test_so_many_in_any_window(way: Way) -> None:
    below = Below()
    limit = Limit(requests=5, window=0.24)
    model = llm.Model(MODEL, layers=[limit, below])
    threads = [threading.Thread(target=way.ask, args=(model,)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(below.times) == 12
    assert max(below.times) - min(below.times) >= 0.24


def test_a_budget_is_never_above_in_any_window() -> None:
    """By its own clock, which nobody is late for."""
    from mirascope.llm.limiting.budgets import Budget, Later, MemoryCounts

    budget = Budget(MemoryCounts(), "n", 7, 0.12, "7")
    taken: list[float] = []
    while len(taken) < 60:
        before = time.time()
        found = budget.charge(1)
        if isinstance(found, Later):
            assert 0 < found.seconds <= 0.14
            time.sleep(found.seconds)
        else:
            taken.append(before)
    assert most_in_any(taken, 0.119) <= 7


def test_tokens_are_estimated_before_and_corrected_after(way: Way) -> None:
    below = Below(tokens=10)
    limit = llm.limit(tokens_per_minute=2000, max_wait=0)
    model = llm.Model(MODEL, layers=[limit, below], max_tokens=1900)
    for _ in range(5):  # two at once would be too many; but each takes ten
        assert way.ask(model).text() == "hi"


def test_more_tokens_than_estimated_count_too(way: Way) -> None:
    below = Below(tokens=1500)
    limit = llm.limit(tokens_per_minute=2000, max_wait=0, estimate=lambda request: 1000)
    model = llm.Model(MODEL, layers=[limit, below])
    way.ask(model)
    with pytest.raises(llm.LimitExceeded, match="tokens_per_minute=2000"):
        way.ask(model)


def test_an_answer_that_does_not_say_took_what_was_estimated(way: Way) -> None:
    below = Below()
    limit = llm.limit(tokens_per_minute=2000, max_wait=0, estimate=lambda request: 1001)
    model = llm.Model(MODEL, layers=[limit, below])
    way.ask(model)
    with pytest.raises(llm.LimitExceeded, match="tokens_per_minute=2000"):
        way.ask(model)


def test_a_request_is_not_charged_that_its_tokens_kept_back(way: Way) -> None:
    below = Below()
    limit = llm.limit(
        requests_per_minute=3, tokens_per_minute=10, max_wait=0, estimate=lambda r: len(said(r))
    )
    model = llm.Model(MODEL, layers=[limit, below])
    way.ask(model, "12345678")
    for _ in range(5):
        with pytest.raises(llm.LimitExceeded, match="tokens_per_minute=10"):
            way.ask(model, "12345678")
    way.ask(model, "1")
    way.ask(model, "1")
    with pytest.raises(llm.LimitExceeded, match="requests_per_minute=3"):
        way.ask(model, "")


def test_what_can_never_be_let_through_is_refused_at_once(way: Way) -> None:
    limit = llm.limit(tokens_per_minute=1000)
    model = llm.Model(MODEL, layers=[limit], max_tokens=1000)
    with (
        simulate([]),
        pytest.raises(llm.LimitExceeded, match="tokens, more than tokens_per_minute=1000"),
    ):
        way.ask(model)


def test_the_vendor_says_when_to_go_on(way: Way) -> None:
    below = Below()
    limit = llm.limit(concurrency=5)
    model = llm.Model(MODEL, layers=[limit])
    with simulate([Turn(fault=Status(429, retry_after=0.05))]), pytest.raises(llm.RateLimitError):
        way.ask(model)
    refused = time.monotonic()
    way.ask(llm.Model(MODEL, layers=[limit, below]))
    assert time.monotonic() - refused >= 0.03
    with pytest.raises(llm.RateLimitError), simulate([Turn(fault=Status(429, retry_after=9))]):
        way.ask(model)
    limit.max_wait = 0
    with pytest.raises(llm.LimitExceeded, match="vendor"):
        way.ask(model)


# --- whose limits


def test_each_key_has_limits_of_its_own(way: Way) -> None:
    below = Below()
    limit = llm.limit(requests_per_minute=1, max_wait=0, key=said)
    model = llm.Model(MODEL, layers=[limit, below])
    way.ask(model, "a")
    way.ask(model, "b")
    with pytest.raises(llm.LimitExceeded):
        way.ask(model, "a")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "limits nothing"),
        ({"concurrency": 0}, "concurrency"),
        ({"requests_per_minute": -1}, "requests_per_minute"),
        ({"tokens_per_minute": 0}, "tokens_per_minute"),
        ({"concurrency": 1, "max_wait": -1}, "max_wait"),
        ({"concurrency": 1, "store": "memcached://:secret@localhost"}, "not 'memcached'"),
    ],
)
def test_settings_that_cannot_be_meant(settings: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said) as info:
        llm.limit(**settings)
    assert "secret" not in str(info.value)


class Broken:
    """A store that is down."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise OSError("no connection")

    def get(self, key: str) -> int:
        raise OSError("no connection")


def test_a_store_that_is_down_is_said(way: Way) -> None:
    limit = llm.limit(requests_per_minute=1, store=Broken())
    with pytest.raises(llm.ConnectionError, match="limits could not be asked") as info:
        way.ask(llm.Model(MODEL, layers=[limit]))
    assert isinstance(info.value.__cause__, OSError)


def test_no_refusal_holds_everybody_for_ever(way: Way) -> None:
    limit = llm.limit(concurrency=5)
    month = Turn(fault=Status(429, retry_after=30 * 24 * 3600))
    with simulate([month]), pytest.raises(llm.RateLimitError):
        way.ask(llm.Model(MODEL, layers=[limit]))
    [line] = limit._lines.values()
    assert line._paused_until - time.monotonic() <= 60


def test_an_estimate_need_not_be_whole(way: Way) -> None:
    limit = llm.limit(tokens_per_minute=10, max_wait=0, estimate=lambda request: 9.5)  # type: ignore[arg-type, return-value]
    model = llm.Model(MODEL, layers=[limit, Below()])
    way.ask(model)
    with pytest.raises(llm.LimitExceeded):
        way.ask(model)


def test_a_response_takes_the_settings_along(way: Way) -> None:
    limit = llm.limit(concurrency=2, requests_per_minute=7, tokens_per_minute=10_000, key="k")
    with simulate(["a", "b"]):
        response = pickle.loads(pickle.dumps(way.ask(llm.Model(MODEL, layers=[limit]))))
        assert way.resume(response, "more").text() == "b"
    [sent] = response.model.layers
    assert (sent.concurrency, sent.requests, sent.tokens, sent.key) == (2, 7, 10_000, "k")


def test_the_thread_ends_when_nobody_waits(way: Way) -> None:
    below = Below()
    limit = Limit(requests=1, window=0.02)
    for _ in range(3):
        way.ask(llm.Model(MODEL, layers=[limit, below]))
    until(lambda: not any(one.name == "mirascope-limit" for one in threading.enumerate()))


def test_many_come_and_go(way: Way) -> None:
    """Leaving, timing out and being let through at the same moments; no place is ever lost."""
    below, limit = Below(), llm.limit(concurrency=3, max_wait=0.001)
    model = llm.Model(MODEL, layers=[limit, below])
    refused: list[str] = []

    def ask_often(name: str) -> None:
        for n in range(25):
            try:
                way.ask(model, f"{name}{n}")
            except llm.LimitExceeded:
                refused.append(f"{name}{n}")

    threads = [threading.Thread(target=ask_often, args=(name,)) for name in "abcdefgh"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(below.came) + len(refused) == 200
    assert below.most <= 3
    assert through(limit) == 0
    assert waiting(limit) == 0


def test_what_is_missing_for_redis_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(ImportError, match=r"'limits' and 'redis'.*Install the extra 'limits'"):
        llm.limit(requests_per_minute=1, store="redis://:secret@localhost")
