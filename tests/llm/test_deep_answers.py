"""Answers nested more deeply than any reader goes: an error of ours on every wire."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from mirascope import llm
from tests.event_frames import event
from tests.loopback import Reply, Server

DEEP = b"[" * 100_000 + b"]" * 100_000
OBJECT = b'{"x":' + DEEP + b"}"
AWS = "application/vnd.amazon.eventstream"
BODIES = {
    "json": ("application/json", OBJECT),
    "a list": ("application/json", DEEP),
    "json for events": ("text/event-stream", OBJECT),
    "an event": ("text/event-stream", b"data: " + OBJECT + b"\n\n"),
    "an error": ("text/event-stream", b"event: error\ndata: " + OBJECT + b"\n\n"),
    "a frame": (AWS, event("contentBlockDelta", OBJECT)),
    "a chunk": (AWS, event("chunk", b'{"bytes": "e30=", "x":' + DEEP + b"}")),
    "in a chunk": (
        AWS,
        event("chunk", b'{"bytes": "' + base64.b64encode(OBJECT) + b'"}'),
    ),
}
MODELS = {
    "openai:completions/gpt-4o": "/v1",
    "openai:responses/gpt-5-mini": "/v1",
    "anthropic/claude-sonnet-4-6": "",
    "google/gemini-2.5-flash": "/v1",
    "cohere/command-a-03-2025": "",
    "bedrock/amazon.nova-lite-v1:0": "",
    "bedrock:anthropic/us.anthropic.claude-sonnet-4-6": "",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, server: Server) -> Iterator[llm.Model]:
    provider = request.param.partition("/")[0]
    url = server.url(MODELS[request.param]).removesuffix("/")
    llm.register_provider(provider, f"{provider}/", api_key="k" * 20, base_url=url)
    yield llm.Model(request.param)
    llm.reset_provider_registry()


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("status", [200, 500])
def test_no_other_error_escapes(model: llm.Model, server: Server, body: str, status: int) -> None:
    kind, data = BODIES[body]
    reply = Reply(status=status, body=data, framing="length", headers={"content-type": kind})
    server.route("*", reply)
    for ask in (model.call, model.stream):
        try:
            answer = ask("Hi")
            text = answer.text() if isinstance(answer, llm.Response) else finished(answer)
        except llm.ProviderError:
            continue
        assert (status, text) == (200, "")  # what is not known may also be passed over


def finished(stream: llm.StreamResponse) -> str:
    stream.finish()
    return stream.text()
