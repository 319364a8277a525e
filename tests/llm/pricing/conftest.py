"""What the tests of prices share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mirascope.llm.pricing import register_prices, table


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """Let no test leave prices behind."""
    yield
    register_prices(dict.fromkeys(table.registered()))
