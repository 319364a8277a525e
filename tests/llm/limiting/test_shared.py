"""One budget for several processes, in a real Redis."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.limiting import Limit
from mirascope.llm.limiting.budgets import SLICES
from mirascope.llm.limiting.limit_layer import _store_at
from tests.llm.layering.ways import Way

from .redis_server import redis_server

MODEL = "openai/gpt-5-mini"
PROCESSES, REQUESTS, BUDGET, WINDOW = 4, 1000, 250, 1.0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with redis_server() as url:
        yield url


class Noting:
    """A store that notes what has been charged, by slice, and given back."""

    def __init__(self, url: str) -> None:
        self.store = _store_at(url)
        self.charged: Counter[int] = Counter()

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        self.charged[int(key.rpartition(":")[2])] += amount
        return self.store.incr(key, expiry, amount)

    def get(self, key: str) -> int:
        return self.store.get(key)


def ask_often(url: str, number: int, ready: Any, results: Any) -> None:
    """Ask as one of the processes, all at once, and tell when each was let through, in order."""
    came: list[tuple[float, int]] = []

    def below(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        came.append((time.time(), int(request.messages[0].content[0].text)))  # type: ignore[union-attr, index]
        yield [llm.TextStartChunk(), llm.TextChunk(delta="hi"), llm.TextEndChunk()]

    async def ask() -> None:
        limit = Limit(requests=BUDGET, window=WINDOW, key="shared", store=store)
        model = llm.Model(MODEL, layers=[limit, below])
        await asyncio.gather(*(model.call_async(str(n)) for n in range(REQUESTS // PROCESSES)))

    store = Noting(url)
    ready.wait()
    asyncio.run(ask())
    results.put((number, came, dict(store.charged)))


def test_four_processes_never_take_more_than_there_is(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    ready, results = context.Barrier(PROCESSES), context.Queue()
    workers = [
        context.Process(target=ask_often, args=(url, number, ready, results))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    told = [results.get() for _ in workers]
    for worker in workers:
        worker.join()
    charged: Counter[int] = Counter()
    for _, came, counts in told:
        charged.update(counts)
        # All were served, first come first served.
        assert [n for _, n in came] == list(range(REQUESTS // PROCESSES))
    assert sum(charged.values()) == REQUESTS
    # Never above the budget, wherever the window begins: that reaches into so many slices.
    slices = range(min(charged), max(charged) + 1)
    assert max(sum(charged[n + k] for k in range(SLICES + 1)) for n in slices) <= BUDGET
    # Nobody was let through before it was charged.
    times = sorted((when, number) for number, came, _ in told for when, _ in came)
    for place, (when, _) in enumerate(times, 1):
        assert sum(charged[n] for n in slices if n * WINDOW / SLICES <= when) >= place
    # No process had to wait until others were done: never longer than two windows hold.
    for number in range(PROCESSES):
        places = [-1, *(place for place, (_, who) in enumerate(times) if who == number)]
        assert max(b - a for a, b in pairwise(places)) <= 2 * BUDGET


def test_one_budget_for_two_limits(way: Way, url: str) -> None:
    def below(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield [llm.TextStartChunk(), llm.TextEndChunk()]
        yield [llm.UsageDeltaChunk(input_tokens=10)]

    key = f"two limits {way.asynchronous} {way.stream}"
    settings: Any = {"tokens_per_minute": 1000, "max_wait": 30, "key": key, "store": url}
    limits = [llm.limit(**settings, estimate=lambda request: 900) for _ in range(2)]
    first, second = (llm.Model(MODEL, layers=[limit, below]) for limit in limits)
    way.ask(first)
    way.ask(second)  # the first has taken ten, not 900
    for n in range(3):
        way.ask((first, second)[n % 2])
    settings["max_wait"] = 0.3
    limits.append(llm.limit(**settings, estimate=lambda request: 980))
    with pytest.raises(llm.LimitExceeded, match="tokens_per_minute=1000"):
        way.ask(llm.Model(MODEL, layers=[limits[2], below]))
    while any(thread.name == "mirascope-limit" for thread in threading.enumerate()):
        time.sleep(0.01)  # it gives back what was charged and not used
    for limit in limits:
        limit.close()
