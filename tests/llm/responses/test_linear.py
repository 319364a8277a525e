"""Accumulating takes time in proportion to the length, not to its square."""

from __future__ import annotations

import time
from collections.abc import Callable

from mirascope import llm

from .chunks import text
from .conftest import Variant


def cpu_time(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def ratio(work: Callable[[int], Callable[[], object]], n: int) -> float:
    """Return the least ratio of the cost of 2n to that of n, over several tries."""
    return min(cpu_time(work(2 * n)) / cpu_time(work(n)) for _ in range(5))


def stream(n: int) -> llm.StreamResponse:
    chunks = text(*["word"] * n)
    response: llm.StreamResponse = Variant(asynchronous=False, context=False).stream(chunks)
    return response


def test_finish() -> None:
    assert ratio(lambda n: stream(n).finish, 40_000) < 2.5


def test_reading_the_text_now_and_then() -> None:
    def work(n: int) -> Callable[[], object]:
        response = stream(n)

        def read() -> None:
            for index, _ in enumerate(response.text_stream()):
                if index % 2000 == 0:
                    response.text()

        return read

    assert ratio(work, 20_000) < 3.5  # each reading is proportional to the text itself


def test_streams() -> None:
    def work(n: int) -> Callable[[], object]:
        response = stream(n)
        return lambda: [substream.collect() for substream in response.streams()]

    assert ratio(work, 20_000) < 2.5
