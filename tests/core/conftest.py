"""The loopback server, and every SDK turned towards it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pydantic")

from .loopback import Loopback, serve
from .vendors import redirect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the SDKs warn: several say at import that they, or Python, will end some day."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.filterwarnings("default"))


@pytest.fixture(scope="session")
def _server() -> Iterator[Loopback]:
    state, server = serve()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def loopback(_server: Loopback, monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """The server, cleared, with the SDKs' own variables naming it."""
    _server.clear()
    redirect(_server.url, monkeypatch)
    return _server
