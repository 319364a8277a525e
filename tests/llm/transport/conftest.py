"""A server, and a client in each colour."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tests.llm.transport.colours import ALL, OURS, Colour
from tests.loopback import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(params=ALL)
def colour(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """Every driver."""
    yield from _colour(request.param)


@pytest.fixture(params=OURS)
def ours(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """The two drivers on whose connections we have the say."""
    yield from _colour(request.param)


def _colour(name: str) -> Iterator[Colour]:
    colour = Colour(name)
    yield colour
    gc.collect(1)  # what was left open and forgotten is this test's, not the next one's
    colour.close()
