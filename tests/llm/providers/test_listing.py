"""What vendors say of their models, on real sockets: pages, shapes, and whatever goes wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.models import known, remote
from mirascope.llm.providers import ROWS, BaseProvider
from tests.loopback import Exchange, Reply, Server, refused_port

KEY = "sk-s3cret-of-the-vendor"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    for row in ROWS.values():
        for name in (*row.key_env, *row.base_url_env, *row.host_env):
            monkeypatch.delenv(name, raising=False)
    with Server() as server:
        yield server


def serve(
    server: Server, monkeypatch: pytest.MonkeyPatch, id: str, *replies: Reply, base: str = "/v1"
) -> None:
    row = ROWS[id]
    monkeypatch.setenv(row.base_url_env[0], server.url(base))
    monkeypatch.setenv(row.key_env[0], KEY)
    server.route("*", *replies)


def said(value: object, **more: Any) -> Reply:
    return Reply(body=json.dumps(value).encode(), **more)


def ids(id: str, **more: Any) -> list[str]:
    return [model.id for model in remote(id, **more)]


# --- shapes


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"object": "list", "data": [{"id": "a"}, {"id": "b/c"}]}, ["groq/a", "groq/b/c"]),
        ([{"id": "a", "type": "chat"}], ["groq/a"]),
        ({"models": [{"name": "a", "model": "a"}]}, ["groq/a"]),
        ({"result": [{"id": "uuid", "name": "@cf/a"}]}, ["groq/@cf/a"]),
        ({"data": []}, []),
        ({"data": [{"id": None}, {"id": ""}, {"id": 3}, 1, None, {"id": "a"}]}, ["groq/a"]),
    ],
)
def test_a_list(
    body: Any, expected: list[str], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, monkeypatch, "groq", said(body))
    assert ids("groq") == expected
    [request] = server.requests
    assert (request.method, request.path, request.body) == ("GET", "/v1/models", b"")
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    "entry",
    [
        *({"context_length": 5}, {"context_window": 5}, {"max_model_len": 5}),
        *({"max_context_length": 5}, {"inputTokenLimit": 5}, {"max_input_tokens": 5}),
    ],
)
def test_how_much_a_model_takes_in(
    entry: dict[str, int], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = [{"id": "b", next(iter(entry)): value} for value in (None, 0, -1, "5", True, 5.5)]
    serve(server, monkeypatch, "vllm", said({"data": [{"id": "a", **entry}, *odd]}))
    assert [model.context_tokens for model in remote("vllm")] == [5, *[None] * 6]


def test_anthropics_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        {"data": [{"id": "claude-1"}, {"id": "claude-2"}], "has_more": True, "last_id": "claude-2"},
        {"data": [{"id": "claude-3"}], "has_more": False, "last_id": "claude-3"},
    ]
    serve(server, monkeypatch, "anthropic", *map(said, pages), base="")
    assert ids("anthropic") == ["anthropic/claude-1", "anthropic/claude-2", "anthropic/claude-3"]
    targets = [request.target for request in server.requests]
    assert targets == ["/v1/models?limit=1000", "/v1/models?limit=1000&after_id=claude-2"]
    assert {request.headers["anthropic-version"] for request in server.requests} == {"2023-06-01"}
    assert {request.headers["x-api-key"] for request in server.requests} == {KEY}


def test_googles_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def model(name: str, method: str) -> dict[str, Any]:
        return {"name": f"models/{name}", "supportedGenerationMethods": [method]}

    pages = [
        {"models": [model("gemini-a", "generateContent")], "nextPageToken": "a+b/c="},
        {"models": [model("embedding", "embedContent"), model("gemini-b", "generateContent")]},
    ]
    serve(server, monkeypatch, "google", *map(said, pages), base="")
    assert ids("google") == ["google/gemini-a", "google/gemini-b"]
    assert [request.target for request in server.requests] == [
        "/v1beta/models?pageSize=1000",
        "/v1beta/models?pageSize=1000&pageToken=a%2Bb%2Fc%3D",
    ]


def test_coheres_pages(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        {"models": [{"name": "command-a", "context_length": 5}], "next_page_token": "a b"},
        {"models": [{"name": "command-r"}], "next_page_token": ""},
    ]
    serve(server, monkeypatch, "cohere", *map(said, pages), base="")
    assert ids("cohere") == ["cohere/command-a", "cohere/command-r"]
    assert [request.target for request in server.requests] == [
        "/v1/models?endpoint=chat&page_size=1000",
        "/v1/models?endpoint=chat&page_size=1000&page_token=a+b",
    ]


def test_cloudflares_pages_are_beside_its_wire(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [
        {"result": [{"name": f"@cf/{n}"}], "result_info": {"page": n, "total_pages": 2}}
        for n in (1, 2)
    ]
    serve(server, monkeypatch, "workers-ai", *map(said, pages), base="/accounts/x/ai/v1")
    assert ids("workers-ai") == ["workers-ai/@cf/1", "workers-ai/@cf/2"]
    assert [request.target for request in server.requests] == [
        "/accounts/x/ai/models/search?per_page=100",
        "/accounts/x/ai/models/search?per_page=100&page=2",
    ]


def test_githubs_catalog_is_beside_its_wire(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, monkeypatch, "github-models", said([{"id": "openai/gpt-4.1"}]), base="/inference")
    assert ids("github") == ["github/openai/gpt-4.1"]
    assert server.requests[0].path == "/catalog/models"


def test_the_list_of_a_server_of_ones_own(server: Server) -> None:
    llm.register_provider("vllm", "team/a/", base_url=server.url("/v1?tenant=7"), api_key="mine")
    server.route("*", said({"data": [{"id": "qwen"}]}))
    assert ids("team/a") == ["team/a/qwen"]
    assert server.requests[0].target == "/v1/models?tenant=7"
    assert server.requests[0].headers["authorization"] == "Bearer mine"


# --- what goes wrong


def test_nobody_by_that_name_and_nobody_with_a_list() -> None:
    with pytest.raises(llm.NoRegisteredProviderError, match="Did you mean 'groq/"):
        remote("grok")
    with pytest.raises(FeatureNotSupportedError, match="not known to have a list"):
        remote("perplexity")

    class Parrot(BaseProvider):
        id = "parrot"
        default_scope = "parrot/"

    llm.register_provider(Parrot())
    with pytest.raises(FeatureNotSupportedError, match="parrot"):
        remote("parrot")


def test_a_key_is_needed(server: Server) -> None:
    with pytest.raises(llm.MissingAPIKeyError, match="GROQ_API_KEY"):
        remote("groq")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, llm.AuthenticationError),
        (403, llm.PermissionError),
        (404, llm.NotFoundError),
        (429, llm.RateLimitError),
        (500, llm.ServerError),
        (302, llm.APIError),
    ],
)
def test_a_status(
    status: int, error: type[Exception], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"error": {"message": f"not with {KEY}"}}
    headers = {"retry-after": "7", "x-request-id": "r1", "location": "http://127.0.0.1:1/"}
    serve(server, monkeypatch, "groq", said(body, status=status, headers=headers))
    with pytest.raises(error, match=f"groq: {status}: not with") as raised:
        remote("groq")
    assert KEY not in str(raised.value)
    assert isinstance(raised.value, llm.APIError)
    assert raised.value.request_id == "r1"
    assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"<html><title>Welcome</title>", "a page called 'Welcome'"),
        (b"not json", "something else"),
        (b"", "something else"),
        (b"[" * 100_000, "something else"),
        (b'{"models": {}}', "no list of models"),
        (b'"models"', "no list of models"),
        (b"7", "no list of models"),
    ],
)
def test_what_is_no_list(
    body: bytes, what: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, monkeypatch, "groq", Reply(body=body))
    with pytest.raises(llm.ResponseValidationError, match=what):
        remote("groq")


def test_pages_without_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    circle = {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}
    serve(server, monkeypatch, "groq", said(circle))
    with pytest.raises(llm.ResponseValidationError, match="in a circle"):
        remote("groq")
    assert len(server.requests) == 2

    def more(exchange: Exchange) -> None:
        last = {"data": [], "has_more": True, "last_id": str(len(server.requests))}
        said(last)(exchange)

    server.route("*", more)
    with pytest.raises(llm.ResponseValidationError, match="more than 100 pages"):
        remote("groq")
    assert len(server.requests) == 102


def test_a_flood(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(server, monkeypatch, "groq", Reply(body=[b"["], forever=b" " * 4_000_000, every=0))
    with pytest.raises(llm.ResponseValidationError, match="larger than"):
        remote("groq")
    server.requests[0].wait_disconnected()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(stall="before headers"),
        Reply(body=[b'{"data": ['], stall="after first"),
        Reply(body=[b"{"], forever=b" ", every=0.01),
    ],
)
def test_a_server_that_takes_its_time(
    reply: Reply, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(server, monkeypatch, "groq", reply)
    with pytest.raises(llm.TimeoutError, match=r"groq: no list of models within 0\.2 s"):
        remote("groq", timeout=0.2)
    server.requests[0].wait_disconnected()


def test_an_answer_that_breaks_off(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(server, monkeypatch, "groq", said({"data": [{"id": "a"}]}, cut_after=9))
    with pytest.raises(llm.ConnectionError, match="groq: "):
        remote("groq")


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", f"http://127.0.0.1:{refused_port()}/v1")
    with pytest.raises(llm.ConnectionError, match="vllm: "):
        remote("vllm")


# --- who there is


def test_everybody_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    before = {one.id: one for one in known()}
    monkeypatch.setenv("GROQ_API_KEY", "x")
    after = {one.id: one for one in known()}
    assert before.keys() == {id for id in ROWS if ":" not in id}
    assert (before["groq"].has_key, after["groq"].has_key) == (False, True)
    assert {one.wire for one in known()} >= {"openai-chat", "openai-responses", "google"}
    for one in known():
        assert llm.Model(one.example).provider_id == one.id
        assert one.example.startswith(one.scope)
        assert one.can("x").images in (True, False, None)
    assert after["cerebras"].capabilities.json_schema is True
    assert after["cerebras"].can("gpt-oss-120b").images is False
    assert after["ollama"].base_url_env == ("OLLAMA_BASE_URL", "OLLAMA_HOST")
