"""The loopback server, and every SDK turned towards it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pydantic")

from .loopback import Loopback, serve
from .vendors import redirect

# Warnings are errors, here too. These are what SDKs cause and nobody else can help.
SDK_WARNINGS = (
    # vertexai, for each of its model objects: that part of it is at its end.
    "ignore:This feature is deprecated as of June 24, 2025:UserWarning",
    # google-generativeai, for the text of a response: protobuf has dropped an argument it gives.
    "ignore:The argument `including_default_value_fields` has been removed:DeprecationWarning",
    # google-genai, at its first asynchronous request: aiohttp wants no subclasses of its session.
    "ignore:Inheritance class AiohttpClientSession from ClientSession:DeprecationWarning",
    # litellm, at its first request: pydantic cannot keep a field of a TypedDict read-only.
    "ignore:Item 'summary' on TypedDict class 'ChatCompletionReasoningItem':UserWarning",
    # litellm, for each chunk: it reads a pydantic model's fields in a way that is at its end.
    "ignore:Accessing the 'model_.*fields' attribute on the instance:DeprecationWarning:litellm",
    # litellm, at its first synchronous request: it makes an event loop and never closes it.
    "ignore:unclosed event loop:ResourceWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the SDKs, and only them, warn."""
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            for each in SDK_WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(each))


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
