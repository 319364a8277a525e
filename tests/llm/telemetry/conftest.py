"""What the tests of telemetry share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mirascope import llm
from tests.llm.telemetry.spans import Exported


@pytest.fixture
def exported() -> Iterator[Exported]:
    """Return a place to export to."""
    exported = Exported()
    yield exported
    exported.close()


@pytest.fixture(autouse=True)
def _switched_off() -> Iterator[None]:
    """Let no test leave it switched on."""
    yield
    llm.telemetry.uninstrument()
