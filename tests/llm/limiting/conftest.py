"""What the tests of limits share."""

from __future__ import annotations

import pytest

from tests.llm.layering.ways import WAYS, Way


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Return one of the four ways to ask."""
    return WAYS[request.param]
