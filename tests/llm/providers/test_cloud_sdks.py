"""What the vendors' own SDKs send to their clouds is what we send: address, who asks, and model."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from anthropic import AnthropicFoundry, AnthropicVertex
from azure.ai.inference import ChatCompletionsClient
from azure.core.credentials import AzureKeyCredential
from google import genai
from google.oauth2.credentials import Credentials
from openai import AzureOpenAI

from mirascope import llm
from tests.loopback import Received, Reply, Server

HEADERS = ("authorization", "api-key", "x-api-key", "x-goog-api-key", "extra-parameters")
BODIES = {
    "completions": b'{"id": "c", "object": "chat.completion", "created": 1, "model": "m",'
    b' "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."},'
    b' "finish_reason": "stop"}],'
    b' "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}',
    "responses": b'{"id": "r", "object": "response", "created_at": 1, "status": "completed",'
    b' "output": [{"id": "m", "type": "message", "role": "assistant", "status": "completed",'
    b' "content": [{"type": "output_text", "text": "Hello.", "annotations": []}]}]}',
    "generateContent": b'{"candidates": [{"content": {"role": "model", "parts": [{"text":'
    b' "Hello."}]}, "finishReason": "STOP"}]}',
    "claude": b'{"id": "m", "type": "message", "role": "assistant", "model": "m", "content":'
    b' [{"type": "text", "text": "Hello."}], "stop_reason": "end_turn", "usage":'
    b' {"input_tokens": 1, "output_tokens": 1}}',
}
HI: list[Any] = [{"role": "user", "content": "Hi."}]
CLAUDE = "claude-sonnet-4-6@20260101"
OF_CLOUDS = ("AZURE_", "ANTHROPIC_", "GOOGLE_", "GEMINI_", "OPENAI_", "VERTEX_", "CLOUD_ML_")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in list(os.environ):
        if name.startswith(OF_CLOUDS):
            monkeypatch.delenv(name)
    with Server() as server:
        yield server


def who_and_where(request: Received) -> tuple[object, ...]:
    headers = {name: request.headers[name] for name in HEADERS if name in request.headers}
    body = json.loads(request.body)
    # Which version differs by the version of the SDK.
    return (
        request.method,
        request.path,
        request.query,
        headers,
        body.get("model"),
        [name for name in ("anthropic_version",) if name in body],
    )


def azure(url: str, wire: str) -> None:
    with AzureOpenAI(
        azure_endpoint=url, api_version="2024-10-21", api_key="key", max_retries=0
    ) as client:
        if wire == "responses":
            client.responses.create(model="gpt-4.1", input="Hi.")
        else:
            client.chat.completions.create(model="gpt-4.1", messages=HI)


def vertex(url: str) -> None:
    client = genai.Client(
        vertexai=True,
        project="mine",
        location="eu",
        credentials=Credentials("token"),  # type: ignore[no-untyped-call]
        http_options={"base_url": url},
    )
    client.models.generate_content(model="gemini-2.5-flash", contents="Hi.")


def vertex_claude(url: str) -> None:
    with AnthropicVertex(
        project_id="mine", region="eu", access_token="token", base_url=f"{url}v1", max_retries=0
    ) as client:
        client.messages.create(model=CLAUDE, max_tokens=9, messages=HI)


def foundry_claude(url: str) -> None:
    with AnthropicFoundry(api_key="key", base_url=f"{url}anthropic", max_retries=0) as client:
        client.messages.create(model="claude-sonnet-4-6", max_tokens=9, messages=HI)


def foundry(url: str) -> None:
    with ChatCompletionsClient(f"{url}models", AzureKeyCredential("key")) as client:
        client.complete(messages=HI, model="Phi-4", model_extras={"top_k": 1})


VERTEX = {"credentials": lambda: "token"}
PLACE = "projects/mine/locations/eu"
CASES: list[tuple[str, Callable[[str], None], str, str, str, dict[str, Any]]] = [
    (
        "completions",
        lambda url: azure(url, "chat"),
        "azure",
        "azure/gpt-4.1",
        "?api-version=2024-10-21",
        {"api_key": "key"},
    ),
    (
        "responses",
        lambda url: azure(url, "responses"),
        "azure",
        "azure/gpt-4.1:responses",
        "?api-version=2024-10-21",
        {"api_key": "key"},
    ),
    ("completions", foundry, "azure-foundry", "azure-foundry/Phi-4", "models", {"api_key": "key"}),
    (
        "claude",
        foundry_claude,
        "azure-foundry:anthropic",
        "azure-foundry:anthropic/claude-sonnet-4-6",
        "",
        {"api_key": "key"},
    ),
    ("generateContent", vertex, "vertex", "vertex/gemini-2.5-flash", f"v1beta1/{PLACE}", VERTEX),
    (
        "claude",
        vertex_claude,
        "vertex:anthropic",
        f"vertex:anthropic/{CLAUDE}",
        f"v1/{PLACE}",
        VERTEX,
    ),
]


@pytest.mark.parametrize(
    ("body", "theirs", "provider", "model_id", "below", "settings"),
    CASES,
    ids=[case[3].replace("/", " ") for case in CASES],
)
def test_the_same_request(
    server: Server,
    body: str,
    theirs: Callable[[str], None],
    provider: str,
    model_id: str,
    below: str,
    settings: dict[str, Any],
) -> None:
    reply = Reply(body=BODIES[body], headers={"content-type": "application/json"}, framing="length")
    server.route("*", reply)
    theirs(server.url("/"))
    llm.register_provider(provider, base_url=server.url("/") + below, **settings)
    assert llm.Model(model_id).call("Hi.").text() == "Hello."
    sdk, ours = server.requests
    assert who_and_where(ours) == who_and_where(sdk)
