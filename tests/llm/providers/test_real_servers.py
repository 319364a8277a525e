"""Servers that others wrote, where they are installed: aimock, llama.cpp's, and LiteLLM's proxy.

npm install @copilotkit/aimock     anywhere; AIMOCK_BIN names its .bin, unless it is in PATH
llama-server -m any.gguf --jinja   LLAMA_SERVER_URL names where it listens
litellm --config any.yaml          LITELLM_URL names where it listens, LITELLM_KEY its key, and
                                   LITELLM_MODEL a model that streams on every wire of its
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from tests.llm.mcp.running import free_port, listening, until

HELLO = "Hello there — voilà 🎉, and good-bye."
FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "hello"}, "response": {"content": HELLO}},
    {
        "match": {"userMessage": "weather", "hasToolResult": False},
        "response": {
            "toolCalls": [
                {"name": "weather", "arguments": '{"city":"Paris"}'},
                {"name": "weather", "arguments": '{"city":"Oslo"}'},
            ]
        },
    },
    {
        "match": {"userMessage": "weather", "hasToolResult": True},
        "response": {"content": "It rains in Oslo."},
    },
    {
        "match": {"userMessage": "think"},
        "response": {"content": "The answer is 42.", "reasoning": "Let me think step by step."},
    },
    {
        "match": {"userMessage": "book"},
        "response": {"content": '{"title": "Zwei Drachen", "pages": 300}'},
    },
    {
        "match": {"userMessage": "overloaded"},
        "response": {
            "error": {"message": "Overloaded", "type": "overloaded_error"},
            "status": 529,
        },
    },
    {
        "match": {"userMessage": "too many"},
        "response": {
            "error": {"message": "Slower, please", "type": "rate_limit_error"},
            "status": 429,
        },
    },
    {
        "match": {"userMessage": "drop"},
        "response": {"content": "this stream is going to be dropped in the middle of it all"},
        "latency": 60,
        "disconnectAfterMs": 150,
    },
]
AIMOCK = {
    "openai:completions/gpt-4o": "/v1",
    "openai:responses/gpt-5-mini": "/v1",
    "anthropic/claude-sonnet-4-5": "",
    "google/gemini-2.5-flash": "",
    "cohere/command-a-reasoning-08-2025": "",
    "ollama/llama3.2": "/v1",
}
LLAMA = {
    "llamacpp": "/v1",
    "openai:completions": "/v1",
    "openai:responses": "/v1",
    "anthropic": "",
}
LITELLM = {"litellm": "/v1", "openai:responses": "/v1", "anthropic": "", "google": ""}


class Book(BaseModel):
    title: str
    pages: int


@llm.tool
def weather(city: str) -> str:
    """Return the weather of a city."""
    return f"rain in {city}"


@pytest.fixture(scope="module")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = os.pathsep.join([os.environ.get("AIMOCK_BIN", ""), os.environ.get("PATH", "")])
    command = shutil.which("llmock", path=path)
    if command is None or shutil.which("node") is None:
        pytest.skip("npm's @copilotkit/aimock is not installed")
    folder: Path = tmp_path_factory.mktemp("aimock")
    (folder / "all.json").write_text(json.dumps({"fixtures": FIXTURES}))
    port = free_port()
    with listening([command, "-p", str(port), "-f", str(folder), "--chunk-size", "8"], port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(params=AIMOCK)
def model(request: pytest.FixtureRequest, aimock: str) -> Iterator[llm.Model]:
    yield from registered(request.param, aimock + AIMOCK[request.param], "test-key")


def registered(model_id: str, url: str, key: str, **params: Any) -> Iterator[llm.Model]:
    provider = model_id.partition("/")[0]
    llm.register_provider(provider, f"{provider}/", api_key=key, base_url=url)
    yield llm.Model(model_id, **params)
    llm.reset_provider_registry()


def test_text(model: llm.Model) -> None:
    stream = model.stream("hello")
    pieces = list(stream.text_stream())
    assert "".join(pieces) == HELLO
    assert len(pieces) > 3
    assert stream.state == "complete"
    assert model.call("hello").text() == HELLO


async def test_text_asynchronously(model: llm.Model) -> None:
    stream = await model.stream_async("hello")
    assert "".join([text async for text in stream.text_stream()]) == HELLO
    assert (await model.call_async("hello")).text() == HELLO


@pytest.mark.parametrize("streamed", [True, False])
def test_tools_and_a_second_turn(model: llm.Model, streamed: bool) -> None:
    ask = model.stream if streamed else model.call
    first: Any = ask("weather", tools=[weather])
    if streamed:
        first.finish()
    assert [json.loads(call.args) for call in first.tool_calls] == [
        {"city": "Paris"},
        {"city": "Oslo"},
    ]
    outputs = first.execute_tools()
    assert [output.result for output in outputs] == ["rain in Paris", "rain in Oslo"]
    second = first.resume(outputs)
    if streamed:
        second.finish()
    assert second.text() == "It rains in Oslo."
    assert not second.tool_calls


def test_thoughts(model: llm.Model) -> None:
    thinker = llm.Model(model.model_id, thinking={"level": "low", "include_thoughts": True})
    stream = thinker.stream("think")
    stream.finish()
    for response in (stream, thinker.call("think")):
        if model.provider_id == "cohere":  # where aimock writes it as a text of its own
            assert response.text() == "Let me think step by step.\nThe answer is 42."
        else:
            assert response.text() == "The answer is 42."
            assert [one.thought for one in response.thoughts] == ["Let me think step by step."]


def test_a_structured_answer(model: llm.Model) -> None:
    book = Book(title="Zwei Drachen", pages=300)
    assert model.call("book", format=llm.format(Book, mode="json")).parse() == book
    stream = model.stream("book", format=llm.format(Book, mode="json"))
    partial = [one.title for one in stream.structured_stream() if one.title]
    assert partial
    assert all("Zwei Drachen".startswith(title) for title in partial)
    assert stream.parse() == book


def test_errors(model: llm.Model) -> None:
    def whole(content: str) -> None:
        model.call(content)

    def streamed(content: str) -> None:
        model.stream(content).finish()

    for ask in (whole, streamed):
        with pytest.raises(llm.ServerError, match="529: Overloaded") as overloaded:
            ask("overloaded")
        assert overloaded.value.status_code == 529
        with pytest.raises(llm.RateLimitError, match="Slower, please"):
            ask("too many")


def test_a_connection_that_breaks(model: llm.Model) -> None:
    stream = model.stream("drop")
    with pytest.raises(llm.StreamTruncatedError):
        stream.finish()
    assert stream.state == "truncated"
    assert "this stream is going to be dropped".startswith(stream.text()[:30])


# --- servers that run a model


@pytest.fixture(params=LLAMA)
def llama(request: pytest.FixtureRequest) -> Iterator[llm.Model]:
    url = os.environ.get("LLAMA_SERVER_URL")
    if url is None:
        pytest.skip("LLAMA_SERVER_URL names no llama-server")
    yield from registered(f"{request.param}/any", url + LLAMA[request.param], "k", max_tokens=40)


@pytest.fixture(params=LITELLM)
def litellm(request: pytest.FixtureRequest) -> Iterator[llm.Model]:
    url, name = os.environ.get("LITELLM_URL"), os.environ.get("LITELLM_MODEL", "tiny")
    if url is None:
        pytest.skip("LITELLM_URL names no proxy")
    key = os.environ["LITELLM_KEY"]
    yield from registered(
        f"{request.param}/{name}", url + LITELLM[request.param], key, max_tokens=40
    )


def test_text_of_llama_cpp(llama: llm.Model) -> None:
    agrees(llama)


def test_text_through_litellm(litellm: llm.Model) -> None:
    agrees(litellm)


def agrees(model: llm.Model) -> None:
    """Ask in both ways and colours; at no temperature all the answers are one."""
    sure = llm.Model(model.model_id, max_tokens=40, temperature=0)
    stream = sure.stream("Hello there")
    text = "".join(stream.text_stream())
    assert text
    assert stream.state == "complete"
    whole = sure.call("Hello there")
    assert whole.text() == text
    assert whole.usage is not None
    assert whole.usage.output_tokens > 0

    async def ask() -> tuple[str, str]:
        stream = await sure.stream_async("Hello there")
        said = "".join([text async for text in stream.text_stream()])
        return said, (await sure.call_async("Hello there")).text()

    assert asyncio.run(ask()) == (text, text)
    following = stream.resume("Go on.")
    following.finish()
    assert following.state == "complete"


def busy() -> int:
    """Return how many answers llama-server is at work on."""
    url = os.environ["LLAMA_SERVER_URL"] + "/slots"
    with urllib.request.urlopen(url) as answer:
        return sum(slot["is_processing"] for slot in json.load(answer))


def test_llama_cpp_sees_who_has_left(llama: llm.Model) -> None:
    stream = llm.Model(llama.model_id, max_tokens=4000).stream("Tell me a long story.")
    texts = stream.text_stream()
    next(texts)
    stream.close()
    until(lambda: busy() == 0)
    assert stream.state == "cancelled"


async def test_llama_cpp_sees_who_was_cancelled(llama: llm.Model) -> None:
    stream = await llm.Model(llama.model_id, max_tokens=4000).stream_async("Tell me a story.")
    started = asyncio.Event()

    async def read() -> None:
        async for _ in stream.text_stream():
            started.set()

    reading = asyncio.create_task(read())
    await started.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    await stream.aclose()
    await asyncio.to_thread(until, lambda: busy() == 0)
    assert stream.state == "cancelled"


def test_a_schema_that_llama_cpp_enforces(llama: llm.Model) -> None:
    if llama.provider_id not in ("llamacpp", "openai:completions"):
        pytest.skip("llama-server enforces schemas in chat completions only")
    model = llm.Model(llama.model_id, max_tokens=400)

    class Form(BaseModel):
        pages: int
        done: bool

    strict = llm.format(Form, mode="strict")
    assert isinstance(model.call("A book", format=strict).parse(), Form)
    stream = model.stream("A book", format=strict)
    stream.finish()
    assert isinstance(stream.parse(), Form)
