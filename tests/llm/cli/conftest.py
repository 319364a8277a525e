"""What the tests of the terminal program share: a simulated vendor, and a home beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mirascope.llm.testing import Simulator
from tests.llm.cli.home import Home
from tests.llm.cli.test_ask import server


@pytest.fixture
def simulator() -> Simulator:
    return Simulator()


@pytest.fixture
def home(tmp_path: Path, simulator: Simulator) -> Iterator[Home]:
    with server(simulator) as variables:
        yield Home(tmp_path, variables)
