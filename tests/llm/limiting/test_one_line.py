"""One line for several processes, in a real Redis: first come, first served."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.limiting import Limit
from mirascope.llm.limiting.budgets import Later
from mirascope.llm.limiting.limit_layer import _store_at
from mirascope.llm.limiting.redis_till import _LEASE, RedisTill
from mirascope.llm.limiting.tills import Charge, Terms
from tests.llm.layering.ways import Way

from .redis_server import redis_server

MODEL = "openai/gpt-5-mini"
PROCESSES, REQUESTS, BUDGET, WINDOW = 4, 1000, 250, 1.0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis(url: str) -> Iterator[Any]:
    """Return a client of a Redis that has forgotten all."""
    with client_at(url) as client:
        client.flushall()
        yield client


def client_at(url: str) -> Any:
    client = pytest.importorskip("redis").Redis
    return client.from_url(url.replace("redis+unix", "unix"), socket_timeout=None)


def until(condition: Callable[[], bool]) -> None:
    while not condition():
        time.sleep(0.001)


def drawn(redis: Any, key: str, window: float = 60) -> int:
    """Return how many have come, as the Redis knows."""
    return int(redis.hget(f"LIMITS:{{mirascope:{key}}}:requests:{window:g}:line", "drawn") or 0)


# --- processes


def ask_as_told(url: str, settings: dict[str, Any], told: Connection) -> None:
    """Ask as often as is told, each time, and tell which were served, in order."""
    served: list[int] = []

    def below(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        served.append(int(request.messages[0].content[0].text))  # type: ignore[union-attr, index]
        told.send(served[-1])
        yield [llm.TextStartChunk(), llm.TextChunk(delta="hi"), llm.TextEndChunk()]

    async def ask() -> None:
        model = llm.Model(MODEL, layers=[Limit(**settings, store=url), below])
        tasks: list[asyncio.Task[Any]] = []
        told.send("ready")
        while many := await asyncio.to_thread(told.recv):
            for _ in range(many):
                tasks.append(asyncio.create_task(model.call_async(str(len(tasks)))))
        await asyncio.gather(*tasks)

    asyncio.run(ask())


@dataclass
class Worker:
    """A process that asks as it is told."""

    url: str
    settings: dict[str, Any]

    def __post_init__(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self.told, theirs = context.Pipe()
        arguments = (self.url, self.settings, theirs)
        self.process = context.Process(target=ask_as_told, args=arguments, daemon=True)
        self.process.start()
        theirs.close()

    def kill(self, number: int) -> None:
        assert self.process.pid
        os.kill(self.process.pid, number)

    def end(self) -> None:
        with suppress(OSError):
            self.told.send(0)
        self.process.join()


def started(count: int, url: str, settings: dict[str, Any]) -> list[Worker]:
    workers = [Worker(url, settings) for _ in range(count)]
    assert [worker.told.recv() for worker in workers] == ["ready"] * count
    return workers


@dataclass
class Watcher:
    """What a Redis did: who came to the line, and who was charged, and when, by its own clock."""

    redis: Any
    key: str
    came: list[str] = field(default_factory=list[str])
    charged: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def __post_init__(self) -> None:
        self.monitor = self.redis.monitor().__enter__()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self) -> None:
        who = ""
        for heard in self.monitor.listen():
            match heard["command"].split():
                case ["ECHO", "end"]:
                    return
                case ["EVALSHA", _, keys, *arguments]:
                    who = arguments[int(keys)]
                case ["HSET", line, "drawn", number] if self.key in line:
                    self.came += [who] * (int(number) - len(self.came))
                case ["HINCRBY", budget, _, "1"] if self.key in budget:
                    self.charged.append((heard["time"], who))
                case _:
                    pass

    def end(self) -> None:
        self.redis.echo("end")
        self.thread.join()
        self.monitor.__exit__(None, None, None)


def test_four_processes_are_served_as_they_came(url: str, redis: Any) -> None:
    settings = {"requests": BUDGET, "window": WINDOW, "key": "fair"}
    watcher = Watcher(redis, "fair")
    workers = started(PROCESSES, url, settings)
    chance = random.Random(7)
    order: list[int] = []
    while len(order) < REQUESTS:
        number = chance.randrange(PROCESSES)
        many = min(chance.randint(1, 8), REQUESTS // PROCESSES - order.count(number))
        if many:
            workers[number].told.send(many)
            order += [number] * many
            until(lambda: drawn(redis, "fair", WINDOW) >= len(order))  # noqa: B023  # at once
    for worker in workers:
        served = [worker.told.recv() for _ in range(REQUESTS // PROCESSES)]
        assert sorted(served) == list(range(REQUESTS // PROCESSES))
        worker.end()
    watcher.end()
    # They came as they were told to, and were charged as they came: nobody was overtaken.
    names = dict(zip(order, watcher.came, strict=True))
    assert len(set(names.values())) == PROCESSES
    assert watcher.came == [names[number] for number in order]
    assert [who for _, who in watcher.charged] == watcher.came
    # Never above the budget in any window, but for what the clocks of a log differ.
    times = [when for when, _ in watcher.charged]
    for early, late in zip(times[:-BUDGET], times[BUDGET:], strict=True):
        assert late - early > WINDOW - 0.01


def test_who_is_killed_or_stopped_is_passed_over(url: str, redis: Any) -> None:
    settings = {"requests": 1, "window": 0.24, "key": "lost"}
    killed, stopped, living = workers = started(3, url, settings)
    living.told.send(1)
    assert living.told.recv() == 0
    told = [(killed, 40), (stopped, 40), (living, 2)]
    for so_far, (worker, many) in enumerate(told):
        worker.told.send(many)
        until(lambda n=so_far: drawn(redis, "lost", 0.24) == 1 + sum(m for _, m in told[: n + 1]))  # type: ignore[misc]
    killed.kill(signal.SIGKILL)
    stopped.kill(signal.SIGSTOP)
    assert [living.told.recv() for _ in range(2)] == [1, 2]
    stopped.kill(signal.SIGCONT)
    stopped.told.send(1)
    served = stopped.told.recv()
    while served < 2:
        served = stopped.told.recv()
    for worker in workers:
        worker.process.kill()
        worker.process.join()


# --- one by one


class Lines:
    """Tills as of several processes, with the same budget."""

    def __init__(self, url: str, *terms: Terms, window: float = 60.0) -> None:
        self.url, self.terms, self.window = url, terms, window

    def open(self) -> RedisTill:
        return RedisTill(_store_at(self.url), "mirascope:n", self.terms, self.window)  # type: ignore[arg-type]


def charged(till: RedisTill, tokens: int = 0, waiting: int = 1) -> bool:
    """Return whether the first of a line was charged, who is off then."""
    if isinstance(till.charge(tokens, waiting), Later):
        return False
    till.pass_on()
    return True


def test_the_first_waits_for_enough_and_nobody_overtakes(url: str, redis: Any) -> None:
    lines = Lines(url, Terms("requests", 100, "100"), Terms("tokens", 10, "10"))
    small, large, late = (lines.open() for _ in range(3))
    assert charged(small, 8)
    assert not charged(large, 5)
    assert not charged(small, 1)  # there would be enough
    assert not charged(late, 1)
    large.stand_aside(1)  # its process holds it back
    assert not charged(late, 1)
    assert charged(small, 1)
    assert not charged(large, 5)  # it has come back, and has its place
    assert not charged(late, 1)
    large.pass_on()
    large.stand_aside(0)  # it has left
    assert charged(late, 1)


def test_all_sleep_until_the_first_may_go(url: str, redis: Any) -> None:
    lines = Lines(url, Terms("requests", 3, "3"), Terms("tokens", 10, "ten"))
    first, second, third = (lines.open() for _ in range(3))
    charges = first.charge(10, 1)
    first.pass_on()
    for till in (first, second, third):
        assert till.charge(1, 1) == Later(0.25, "ten")
    assert isinstance(charges, list)
    charges[1].correct(2)
    assert [till.charge(1, 1) for till in (third, second)] == [
        Later(0.004, "3"),  # it is the turn of the first, and then of the second
        Later(0.002, "3"),
    ]


def test_a_number_is_drawn_by_all_who_come_also_behind_others(url: str, redis: Any) -> None:
    lines = Lines(url, Terms("requests", 1, "1"))
    one, other, late = tills = [lines.open() for _ in range(3)]
    one.stand_aside(2)  # its process holds it back
    charges = other.charge(0, 2)
    other.pass_on()
    one.stand_aside(3)
    waiting = {late: 1, other: 1, one: 3}
    assert not any(charged(till, waiting=count) for till, count in waiting.items())
    assert [[*till._numbers] for till in tills] == [[1, 2, 5], [4], [6]]
    order: list[RedisTill] = []
    while any(waiting.values()):
        assert isinstance(charges, list)
        charges[0].correct(0)  # so there is one again
        for till, count in waiting.items():
            if count and not isinstance(found := till.charge(0, count), Later):
                till.pass_on()
                waiting[till] -= 1
                order.append(till)
                charges = found
                assert not waiting[till] or isinstance(till.charge(0, waiting[till]), Later)
    assert order == [one, one, other, one, late]


def test_who_was_passed_over_has_its_place_again(url: str, redis: Any) -> None:
    lines = Lines(url, Terms("requests", 1, "1"))
    away, there, late = (lines.open() for _ in range(3))
    charges = there.charge(0, 1)
    there.pass_on()
    started = time.monotonic()
    assert not charged(away)
    assert isinstance(charges, list)
    charges[0].correct(0)  # so it is the turn of who is away
    while isinstance(charges := there.charge(0, 1), Later):
        time.sleep(charges.seconds)
    there.pass_on()
    assert time.monotonic() - started >= _LEASE
    assert not charged(late)
    assert not charged(away)
    charges[0].correct(0)
    assert not charged(late)
    assert charged(away)


def test_a_redis_that_was_restarted_hears_of_the_line(url: str, redis: Any) -> None:
    lines = Lines(url, Terms("requests", 1, "1"))
    first, second = lines.open(), lines.open()
    assert charged(first)
    assert not charged(first, waiting=3)
    assert not charged(second)
    redis.flushall()
    redis.script_flush()
    redis.client_kill_filter(_type="normal", skipme=True)
    assert charged(first, waiting=3)  # what was charged is forgotten, too
    assert not charged(second)
    assert not charged(first, waiting=2)
    assert list(first._numbers) == [3, 4]
    assert list(second._numbers) == [5]
    late = lines.open()
    assert not charged(late)
    assert list(late._numbers) == [6]


def test_more_is_given_back_than_a_redis_knows_of(url: str, redis: Any) -> None:
    till = Lines(url, Terms("tokens", 10, "10")).open()
    charges = till.charge(9, 1)
    till.pass_on()
    redis.flushall()
    assert isinstance(charges, list)
    [charge] = charges
    assert isinstance(charge, Charge)
    charge.correct(1)
    assert not [*redis.scan_iter("*tokens:60")]
    assert charged(till, 10)
    assert not charged(till, 1)


# --- as a layer


def below(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    yield [llm.TextStartChunk(), llm.TextChunk(delta="hi"), llm.TextEndChunk()]


def through(url: str, **settings: Any) -> llm.Model:
    return llm.Model(MODEL, layers=[Limit(**settings, store=url), below])


def standing(redis: Any, key: str) -> int:
    """Return how many processes stand in a line."""
    return sum(redis.hlen(line) - 1 for line in redis.scan_iter(f"*{key}*line"))


def test_who_does_not_wait_costs_one_round_trip(url: str, redis: Any) -> None:
    model = through(url, requests=100, tokens=100_000, key="quick")
    model.call("first")  # reads the scripts
    until(lambda: not any(one.name == "mirascope-limit" for one in threading.enumerate()))
    redis.config_resetstat()
    for _ in range(10):
        model.call("hi")
    until(lambda: not any(one.name == "mirascope-limit" for one in threading.enumerate()))
    assert redis.info("commandstats")["cmdstat_evalsha"]["calls"] == 10


def test_who_may_go_at_once_goes_with_no_wait_allowed(way: Way, url: str, redis: Any) -> None:
    model = through(url, requests=2, window=60, key="at once", max_wait=0)
    for _ in range(2):
        assert way.ask(model).text() == "hi"
    with pytest.raises(llm.LimitExceeded, match="requests_per_minute=2 is used up"):
        way.ask(model)
    until(lambda: standing(redis, "at once") == 0)


def test_who_gives_up_leaves_the_line(url: str, redis: Any) -> None:
    settings = {"requests": 1, "key": "gives up"}
    through(url, **settings).call("takes all there is")
    with pytest.raises(llm.LimitExceeded, match="requests_per_minute=1 is used up"):
        through(url, **settings, max_wait=0.1).call("no")
    until(lambda: standing(redis, "gives up") == 0)


async def test_who_is_cancelled_leaves_the_line(url: str, redis: Any) -> None:
    settings = {"requests": 1, "key": "cancelled"}
    await through(url, **settings).call_async("takes all there is")
    tasks = [asyncio.create_task(through(url, **settings).call_async("no")) for _ in range(2)]
    for count in (2, 1, 0):
        await asyncio.to_thread(until, lambda count=count: standing(redis, "cancelled") == count)
        if tasks:
            task = tasks.pop()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


def test_who_is_held_in_its_process_holds_no_other(url: str, redis: Any) -> None:
    go, inside = threading.Event(), threading.Event()

    def holds(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        inside.set()
        go.wait()
        yield [llm.TextStartChunk(), llm.TextEndChunk()]

    limit = Limit(concurrency=1, requests=3, key="held", store=url)
    model = llm.Model(MODEL, layers=[limit, holds])
    threads = [threading.Thread(target=model.call, args=("hi",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait()
    until(lambda: drawn(redis, "held") == 2)
    assert through(url, requests=3, key="held").call("hi").text() == "hi"
    go.set()
    for thread in threads:
        thread.join()


def test_a_redis_that_is_gone_is_said() -> None:
    with redis_server() as url, client_at(url) as redis:
        through(url, requests=1, key="gone").call("takes all there is")
        failed: list[Exception] = []

        def ask() -> None:
            try:
                through(url, requests=1, key="gone").call("waits")
            except llm.ConnectionError as error:
                failed.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        until(lambda: standing(redis, "gone") == 1)
        with suppress(pytest.importorskip("redis").ConnectionError):
            redis.shutdown(nosave=True)
        thread.join()
    [error] = failed
    assert "limits could not be asked" in str(error)
