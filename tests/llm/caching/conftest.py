"""What the tests of caches share."""

from __future__ import annotations

import pytest

from tests.llm.layering.ways import WAYS, Way


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    """Return one of the four ways to ask."""
    return WAYS[request.param]
