"""The pure parts stay as fast as they are, and linear: told by multiples, never by a clock's limit.

What a whole stream costs is measured by `make bench`; see docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.linear import LINEAR, growth
from tests.speed import PARTS, multiple

TODAY = {  # as `python -m tests.speed` said in 2026-11, on Python 3.11
    "framing: sse": 1.3,
    "framing: ndjson": 0.75,
    "framing: eventstream": 2.9,
    "decoder: chat": 4.1,
    "decoder: responses": 3.9,
    "decoder: messages": 3.6,
    "decoder: generate_content": 5.5,
    "decoder: cohere": 3.5,
    "decoder: converse": 3.5,
    "decoder: invoke": 4.4,
    "log and fold": 0.4,
    "partial JSON": 5.7,
}
MORE = 2.0
"""Generous, for other versions of Python: what this finds is a part that costs twice as much."""


def test_every_part_has_a_limit() -> None:
    assert TODAY.keys() == PARTS.keys()


@pytest.mark.parametrize("name", PARTS)
def test_a_piece_costs_no_more_than_it_did(name: str) -> None:
    limit = MORE * TODAY[name]
    assert multiple(PARTS[name], enough=limit) <= limit


@pytest.mark.parametrize("name", PARTS)
def test_the_cost_grows_with_the_size(name: str) -> None:
    assert growth(PARTS[name], n=1000) < LINEAR


def test_a_part_that_costs_six_times_as_much_is_found() -> None:
    name = "decoder: chat"

    def slower(n: int) -> Callable[[], object]:
        work = PARTS[name](n)
        return lambda: [work() for _ in range(6)]

    assert multiple(slower, enough=MORE * TODAY[name], tries=10) > MORE * TODAY[name]
