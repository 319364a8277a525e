"""How many tokens a question has: each vendor's own count, and the approximation made here."""

from __future__ import annotations

import asyncio
import base64
import json
import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.providers import ROWS
from tests.llm.providers.traffic import RECORDINGS
from tests.loopback import Reply, Server

KEY = "sk-s3cret-of-the-vendor"
ASKED = [llm.messages.system("Be brief."), llm.messages.user("How long is the Nile?")]

COUNTING = {
    "openai": "gpt-5-mini",
    "anthropic": "claude-sonnet-4-6",
    "google": "gemini-2.5-flash",
    "vertex": "gemini-2.5-flash",
    "vertex:anthropic": "claude-sonnet-4-6",
    "bedrock": "us.anthropic.claude-sonnet-4-6",
    "bedrock:anthropic": "us.anthropic.claude-sonnet-4-6",
    "azure-foundry:anthropic": "claude-sonnet-4-6",
}


@llm.tool
def depth(river: str) -> str:
    """Tell how deep a river is."""
    return river


class River(BaseModel):
    name: str


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest) -> str:
    return request.param


def count(colour: str, model: llm.Model, content: Any = ASKED, **more: Any) -> llm.TokenCount:
    if colour == "sync":
        return model.count_tokens(content, **more)
    return asyncio.run(model.count_tokens_async(content, **more))


def model(provider: str, server: Server, base: str = "", **params: Any) -> llm.Model:
    scope = f"{provider}/" if ":" in provider else ROWS[provider].scopes[0]
    llm.register_provider(provider, scope=scope, base_url=server.url(base), api_key=KEY)
    return llm.Model(f"{scope}{COUNTING[provider]}", **params)


def said(value: object, **more: Any) -> Reply:
    return Reply(body=json.dumps(value).encode(), **more)


# --- by who will answer


@pytest.mark.parametrize("provider", COUNTING)
@pytest.mark.parametrize("thinking", [None, {"level": "low"}])
def test_as_many_as_the_answer_says_it_used(provider: str, thinking: Any, colour: str) -> None:
    asked = llm.Model(f"{provider}/{COUNTING[provider]}", max_tokens=5000, temperature=0.5)
    if thinking is not None:
        asked = llm.Model(f"{provider}/{COUNTING[provider]}", thinking=thinking)
    mores: Sequence[dict[str, Any]] = ({}, {"tools": [depth]}, {"format": River})
    with llm.testing.simulate() as simulator:
        for more in mores:
            counted = count(colour, asked, **more)
            usage = asked.call(ASKED, **more).usage
            assert usage is not None
            assert counted == usage.input_tokens > 0
            assert counted.approximate is False
            assert simulator.requests[-2].wire == "count"


WIRES: dict[str, tuple[str, str, Any]] = {
    "openai": ("/v1", "/v1/responses/input_tokens", {"input_tokens": 7}),
    "anthropic": ("", "/v1/messages/count_tokens", {"input_tokens": 7}),
    "google": ("", "/v1beta/models/gemini-2.5-flash:countTokens", {"totalTokens": 7}),
    "bedrock": ("", "/model/anthropic.claude-sonnet-4-6/count-tokens", {"inputTokens": 7}),
}


@pytest.mark.parametrize("provider", WIRES)
def test_a_wire(provider: str, colour: str) -> None:
    base, path, answer = WIRES[provider]
    with Server() as server:
        server.route(path, said(answer))
        counted = count(colour, model(provider, server, base, max_tokens=100), "hello")
    assert (counted, repr(counted)) == (7, "TokenCount(7)")
    [request] = server.requests
    body = json.loads(request.body)
    assert "max_tokens" not in body
    assert KEY in str(request.headers)
    assert '"hello"' in request.body.decode()
    if provider == "anthropic":
        assert body.keys() == {"model", "messages"}
    if provider == "google":
        [whole] = body.values()
        assert whole["model"] == "models/gemini-2.5-flash"
        assert whole["contents"] == [{"role": "user", "parts": [{"text": "hello"}]}]


def test_claudes_own_wire_on_bedrock_counts_the_body_that_would_be_sent() -> None:
    with Server() as server:
        server.route("/model/anthropic.claude-sonnet-4-6/count-tokens", said({"inputTokens": 7}))
        assert count("sync", model("bedrock:anthropic", server), "hello") == 7
    coded = json.loads(server.requests[0].body)["input"]["invokeModel"]["body"]
    body = json.loads(base64.b64decode(coded))
    assert body["anthropic_version"] == "bedrock-2023-05-31"
    assert "hello" in json.dumps(body["messages"])


@pytest.mark.parametrize(
    ("id", "said_id"),
    [
        ("global.anthropic.claude-x", "anthropic.claude-x"),
        ("us-gov.anthropic.claude-x", "anthropic.claude-x"),
        ("anthropic.claude-x", "anthropic.claude-x"),
        ("minimax.m2.1", "minimax.m2.1"),
    ],
)
def test_bedrock_counts_for_models_and_not_for_profiles(id: str, said_id: str) -> None:
    with llm.testing.simulate() as simulator:
        llm.Model(f"bedrock/{id}").count_tokens("hello")
    assert simulator.requests[0].path == f"/model/{said_id}/count-tokens"


# --- what goes wrong


@pytest.mark.parametrize(
    ("status", "error"), [(401, llm.AuthenticationError), (429, llm.RateLimitError)]
)
def test_errors_are_those_of_answers(status: int, error: type[llm.APIError], colour: str) -> None:
    body = {"type": "error", "error": {"type": "x", "message": f"not with {KEY}"}}
    with Server() as server:
        server.route("*", said(body, status=status, headers={"retry-after": "7"}))
        with pytest.raises(error, match=f"{status}: not with") as raised:
            count(colour, model("anthropic", server))
    assert KEY not in str(raised.value)
    assert raised.value.retry_after == 7
    assert raised.value.model == "anthropic/claude-sonnet-4-6"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"input_tokens": -1}',
        b'{"input_tokens": "7"}',
        b"[" * 100_000,
        b'{"input_tokens": 7, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"7",
    ],
    ids=range(8),
)
def test_what_is_no_count(body: bytes, colour: str) -> None:
    with Server() as server:
        server.route("*", Reply(body=body))
        with pytest.raises(llm.ResponseValidationError, match="no count of tokens"):
            count(colour, model("anthropic", server))


def test_a_server_that_takes_its_time(colour: str) -> None:
    with Server() as server:
        server.route("*", Reply(stall="before headers"))
        with pytest.raises(llm.TimeoutError, match=r"no count of tokens within 0\.2 s"):
            count(colour, model("anthropic", server, timeout=0.2))
        server.requests[0].wait_disconnected()


@pytest.mark.parametrize(
    "id",
    [
        *("openai/gpt-5-mini:completions", "azure/m:responses", "xai/grok-4", "groq/m"),
        "cohere/command-a-03-2025",
    ],
)
def test_who_does_not_count(id: str, colour: str) -> None:
    with llm.testing.simulate(), pytest.raises(llm.FeatureNotSupportedError, match="local=True"):
        count(colour, llm.Model(id))


@pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")
def test_a_recorded_refusal() -> None:
    name = (
        "pydantic+pydantic-ai/anthropic/tests_models_cassettes_test_anthropic_"
        "test_anthropic_count_tokens_error.0.error.json"
    )
    with Server() as server:
        server.route("*", Reply(status=404, body=(RECORDINGS / name).read_bytes()))
        with pytest.raises(llm.NotFoundError, match="claude-does-not-exist"):
            model("anthropic", server).count_tokens("hello")


# --- here


def test_here_and_marked_as_such(colour: str) -> None:
    counted = count(colour, llm.Model("groq/m"), local=str.split)
    assert (counted, counted.approximate) == (7, True)
    assert repr(counted) == "TokenCount(7, approximate=True)"
    more = count(colour, llm.Model("groq/m"), tools=[depth], format=River, local=str.split)
    assert more > counted
    assert count(colour, llm.Model("groq/m"), "", local=str.split) == 0
    back = pickle.loads(pickle.dumps(counted))
    assert (back, back.approximate) == (7, True)


def test_here_only_text_has_tokens() -> None:
    picture = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8))
    with pytest.raises(llm.FeatureNotSupportedError, match="only be counted here in text"):
        llm.Model("groq/m").count_tokens(["What is this?", picture], local=str.split)
    output: llm.ToolOutput[str] = llm.ToolOutput(id="1", name="n", result="", media=[picture])
    with pytest.raises(llm.FeatureNotSupportedError, match="only be counted here in text"):
        llm.Model("groq/m").count_tokens([output], local=str.split)


def test_by_tiktoken() -> None:
    tiktoken = pytest.importorskip("tiktoken")
    try:
        expected = len(tiktoken.get_encoding("o200k_base").encode("How long is the Nile?"))
    except Exception:  # it fetches its encodings
        pytest.skip("tiktoken has no encodings here")
    counted = llm.Model("groq/m").count_tokens("How long is the Nile?", local=True)
    assert (counted, counted.approximate) == (expected, True)
