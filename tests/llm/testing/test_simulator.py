"""The simulator as a whole: what it accepts, refuses, remembers, and how providers reach it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import (
    Cut,
    Malformed,
    ScriptExhausted,
    Simulator,
    Stall,
    Status,
    StreamError,
    Turn,
    simulate,
)
from mirascope.llm.transport.http import HttpRequest
from tests.llm.testing.clients import Client, Question, content, post

MODELS = [
    "openai/gpt-5-mini:completions",
    "openai/gpt-5-mini:responses",
    "anthropic/claude-sonnet-4-6",
    "google/gemini-2.5-flash",
    "ollama/qwen3",
    "xai/grok-4",
    "openrouter/openai/gpt-5-mini",
]
WIRES = ["chat", "responses", "messages", "generate_content", "chat", "responses", "chat"]


# --- requests


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[]", b"{}"])
def test_a_request_that_is_none_is_refused(client: Client, body: bytes) -> None:
    simulator = Simulator(["never said"])
    reply = post(simulator, client.url(Question()), body)
    assert reply.status == 400
    assert client.error(json.loads(content(reply)))["message"]
    assert simulator.requests == []


STRANGE = [b'"\\ud800"', b"1e400", b"-Infinity", b"NaN", b"[" * 5000 + b"]" * 5000]


@pytest.mark.parametrize("strange", STRANGE, ids=lambda value: value[:9].decode())
def test_json_that_no_vendor_takes_is_refused(client: Client, strange: bytes) -> None:
    """Python's own reader takes it, but an answer that repeats it could not be sent."""
    sent = json.dumps(client.body(Question(text="?"))).encode()
    reply = post(Simulator(), client.url(Question()), sent.replace(b'"?"', strange))
    assert reply.status == 400
    assert "JSON" in client.error(json.loads(content(reply)))["message"]


def test_a_schema_that_nothing_fits_is_refused(client: Client) -> None:
    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer", "minimum": 2, "maximum": 1}},
        "required": ["n"],
    }
    reply = client.send(Simulator(), Question(schema=schema))
    assert reply.status == 400
    assert "Invalid schema: no number fits" in content(reply).decode()


def test_other_addresses() -> None:
    simulator = Simulator()
    assert simulator.handle(HttpRequest(url="http://h/", method="GET")).status == 200
    missing = simulator.handle(HttpRequest(url="http://h/v1/images/edits", method="POST"))
    assert missing.status == 404
    assert "/v1/chat/completions" in content(missing).decode()
    assert simulator.handle(HttpRequest(url="http://h/v1/messages", method="GET")).status == 404


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=1", "chat"),
        ("http://localhost:11434/v1/chat/completions", "chat"),
        ("/anthropic/v1/messages", "messages"),
        (
            "https://europe-west1-aiplatform.googleapis.com/v1beta1/projects/p/locations/l/"
            "publishers/google/models/gemini-2.5-pro:generateContent",
            "generate_content",
        ),
    ],
)
def test_gateways_are_known_by_the_end_of_the_path(url: str, wire: str) -> None:
    body = {
        "model": "m",
        "max_tokens": 10,
        "messages": [{"role": "user", "content": "x"}],
        "contents": [{"role": "user", "parts": [{"text": "x"}]}],
    }
    simulator = Simulator()
    assert post(simulator, url, body).status == 200
    assert simulator.requests[0].wire == wire


def test_google_streams_as_an_array_unless_asked_for_events() -> None:
    body = {"contents": [{"parts": [{"text": "x"}]}]}
    reply = post(Simulator(), "/v1beta/models/g:streamGenerateContent", body)
    chunks = json.loads(content(reply))
    texts = [chunk["candidates"][0]["content"]["parts"][0]["text"] for chunk in chunks]
    assert "".join(texts).startswith("You said “x”.")
    assert reply.headers["content-type"].startswith("application/json")


def test_what_was_asked_is_remembered_without_secrets(client: Client) -> None:
    simulator = Simulator()
    question = Question(stream=True)
    secrets = {
        "Authorization": "Bearer s3cret",
        "X-Api-Key": "s3cret",
        "x-goog-api-key": "s3cret",
        "api-key": "s3cret",
        "Cookie": "s3cret",
    }
    url = client.url(question)
    url += ("&" if "?" in url else "?") + "key=s3cret"
    post(simulator, url, client.body(question), **secrets, **{"User-Agent": "me"})
    (request,) = simulator.requests
    assert request.wire == client.name
    assert request.method == "POST"
    assert request.path in url
    assert request.stream
    assert request.model in url + str(client.body(question))
    assert request.body == client.body(question)
    assert request.headers["user-agent"] == "me"
    assert request.headers["authorization"] == "***"
    assert "s3cret" not in repr(request) + str(request.headers) + request.path


def test_obfuscation_may_be_left_out() -> None:
    for url, body in (
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
        ("/v1/responses", {"input": "x"}),
    ):
        asked: dict[str, Any] = {"model": "m", "stream": True, **body}
        assert b"obfuscation" in content(post(Simulator(), url, asked))
        asked["stream_options"] = {"include_obfuscation": False}
        assert b"obfuscation" not in content(post(Simulator(), url, asked))


def test_chat_usage_only_when_asked_for() -> None:
    asked = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "x"}]}
    assert b"usage" not in content(post(Simulator(), "/v1/chat/completions", asked))


# --- through the library


@llm.tool
def sqrt_tool(number: float) -> float:
    """Compute a square root."""
    return number**0.5


@pytest.mark.parametrize(("model_id", "wire"), list(zip(MODELS, WIRES, strict=True)))
def test_every_provider_reaches_it_without_a_key(model_id: str, wire: str) -> None:
    with simulate() as simulator:
        response = llm.Model(model_id).call("Hello.")
        assert "“Hello.”" in response.text()
        streamed = llm.Model(model_id).stream("Hello.")
        assert "".join(streamed.text_stream()) == response.text()
    assert [request.wire for request in simulator.requests] == [wire, wire]
    assert [request.stream for request in simulator.requests] == [False, True]


@pytest.mark.parametrize("model_id", MODELS)
def test_the_tool_loop_ends(model_id: str) -> None:
    with simulate() as simulator:
        response = llm.Model(model_id).stream("Square root of 4242?", tools=[sqrt_tool])
        response.finish()
        while response.tool_calls:
            response = response.resume(response.execute_tools())
            response.finish()
        assert "65.13063795173512" in response.text()
    assert len(simulator.requests) == 2


@pytest.mark.parametrize("mode", ["strict", "tool", "json"])
@pytest.mark.parametrize("tools", [[], [sqrt_tool]])
@pytest.mark.parametrize("model_id", MODELS)
def test_formats_parse(model_id: str, mode: Any, tools: Any) -> None:
    from pydantic import BaseModel

    class Book(BaseModel):
        title: str
        author: str
        year: int

    if model_id.startswith("google") and tools and mode != "tool":
        pytest.skip("this model cannot mix them")
    with simulate():
        response = llm.Model(model_id).stream(
            "A book of 1984", tools=tools, format=llm.format(Book, mode=mode)
        )
        response.finish()
        while response.tool_calls:
            response = response.resume(response.execute_tools())
            response.finish()
        book = response.parse()
    assert book.author == "Ada Verne"
    assert book.year == 1984


def test_tasks_share_one_simulator() -> None:
    async def ask(number: int) -> str:
        response = await llm.Model(MODELS[number % 4]).stream_async(f"n{number}.")
        return "".join([delta async for delta in response.text_stream()])

    async def main() -> list[str]:
        return await asyncio.gather(*(ask(number) for number in range(40)))

    with simulate() as simulator:
        said = asyncio.run(main())
    assert all(f"“n{number}.”" in text for number, text in enumerate(said))
    assert Counter(r.wire for r in simulator.requests) == dict.fromkeys(WIRES[:4], 10)


def test_threads_see_it() -> None:
    said: list[str] = []

    def ask() -> None:
        said.append(llm.Model("openai/gpt-5-mini").call("Hello.").text())

    with simulate(["from a script"]):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert said == ["from a script"]


def test_simulators_nest() -> None:
    model = llm.Model("openai/gpt-5-mini")
    with simulate(["outer 1", "outer 2"]):
        assert model.call("x").text() == "outer 1"
        with simulate(["inner"]):
            assert model.call("x").text() == "inner"
        assert model.call("x").text() == "outer 2"
    with pytest.raises(llm.MissingAPIKeyError):
        model.call("x")


def test_one_simulator_may_be_entered_again() -> None:
    simulator = simulate(["one", "two"])
    said = []
    for _ in range(2):
        with simulator:
            said.append(llm.Model("anthropic/claude-sonnet-4-6").call("x").text())
    assert said == ["one", "two"]


def test_the_end_of_a_script_is_not_taken_for_a_vendors_error() -> None:
    with simulate([]), pytest.raises(ScriptExhausted):
        llm.Model("openai/gpt-5-mini").call("x")


FAULTS: list[tuple[Any, type[Exception]]] = [
    (Status(401), llm.AuthenticationError),
    (Status(403), llm.PermissionError),
    (Status(404), llm.NotFoundError),
    (Status(429, retry_after=1), llm.RateLimitError),
    (Status(500), llm.ServerError),
    (Cut(after_bytes=0), llm.ConnectionError),
    (Cut(), llm.StreamTruncatedError),
    (Cut(clean=True), llm.StreamTruncatedError),
    (Malformed(), llm.ResponseValidationError),
    (Stall(), llm.TimeoutError),
    (Stall(after_bytes=0), llm.TimeoutError),
    (StreamError(), llm.ServerError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
@pytest.mark.parametrize("model_id", MODELS[:4])
def test_faults_become_the_librarys_errors(
    model_id: str, fault: Any, error: type[Exception]
) -> None:
    with simulate([Turn(text="Some words that arrive.", fault=fault)]):
        response = llm.Model(model_id, timeout=0.5).stream("x")
        with pytest.raises(error) as caught:
            response.finish()
    if isinstance(fault, Status) and fault.retry_after:
        assert caught.value.retry_after == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("model_id", MODELS[:4])
def test_characters_survive_any_split(model_id: str) -> None:
    text = "Grüße 🙂 aus Köln"
    with simulate([text], split_bytes=1):
        response = llm.Model(model_id).stream("x")
        assert "".join(response.text_stream()) == text
