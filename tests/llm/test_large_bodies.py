"""What a large body costs in memory, as a multiple of its size, and where large ends."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers.exchange import MAX_BODY, MAX_VALUES
from tests.loopback import Reply, Server

from .conftest import Colour

SIZE = 6_000_000
PROVIDERS = {
    "chat": "openai:completions",
    "responses": "openai:responses",
    "messages": "anthropic",
    "generate_content": "google",
    "cohere": "cohere",
}

# In a process of its own, so that nothing else is counted.
ASK = """
import asyncio, sys, tracemalloc
from mirascope import llm

provider, url, size = sys.argv[1], sys.argv[2], int(sys.argv[3])

def ask(path):
    llm.register_provider(provider, scope="my/", base_url=url + path, api_key="key")
    return llm.Model("my/model").call("hi").text()

async def ask_async(path):
    llm.register_provider(provider, scope="my/", base_url=url + path, api_key="key")
    return (await llm.Model("my/model").call_async("hi")).text()

runner = asyncio.Runner()
asks = (ask, lambda path: runner.run(ask_async(path)))
for one in asks:
    one("/small")  # loads what is needed
for path in sys.argv[4:]:
    for one in asks:
        tracemalloc.start()
        one(path)
        print(tracemalloc.get_traced_memory()[1] / size)
        tracemalloc.stop()
runner.close()
"""


def body(wire: str, text: str, **more: Any) -> bytes:
    """Return a whole answer; `more` are fields that nobody knows."""
    answer: dict[str, Any]
    if wire == "chat":
        message = {"role": "assistant", "content": text}
        answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    elif wire == "responses":
        part = {"type": "output_text", "text": text, "annotations": []}
        item = {"type": "message", "id": "m", "role": "assistant", "content": [part]}
        answer = {"id": "r", "status": "completed", "output": [item]}
    elif wire == "messages":
        block = {"type": "text", "text": text}
        answer = {"type": "message", "content": [block], "stop_reason": "end_turn"}
    elif wire == "cohere":
        message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
        answer = {"id": "1", "finish_reason": "COMPLETE", "message": message}
    else:
        content = {"role": "model", "parts": [{"text": text}]}
        answer = {"candidates": [{"content": content, "finishReason": "STOP"}]}
    return json.dumps({**answer, **more}, separators=(",", ":")).encode()


def reply(data: bytes, *, packed: bool = False) -> Reply:
    headers = {"content-type": "application/json"}
    if packed:
        data = gzip.compress(data)
        headers["content-encoding"] = "gzip"
    pieces = [data[index : index + 65536] for index in range(0, len(data), 65536)]
    return Reply(headers=headers, body=pieces)


@pytest.mark.parametrize("wire", PROVIDERS)
def test_memory(wire: str) -> None:
    text = body(wire, "x" * SIZE)
    objects = body(wire, "x", unknown=[{"a": 1}] * (SIZE // 24), padding="x" * (SIZE * 2 // 3))
    replies = {
        "/small": reply(body(wire, "x")),
        "/text": reply(text),
        "/packed": reply(text, packed=True),
        "/objects": reply(objects),
    }
    with Server() as server:
        server.route("*", lambda exchange: replies[prefix(exchange.request.path)](exchange))
        command = [sys.executable, "-c", ASK, PROVIDERS[wire], server.url("").rstrip("/")]
        paths = list(replies)[1:]
        done = subprocess.run(
            [*command, str(SIZE), *paths], capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    asked = [(path, colour) for path in paths for colour in ("sync", "async")]
    costs = dict(zip(asked, map(float, done.stdout.split()), strict=True))
    assert max(costs.values()) < 3.1, costs  # 0.1: what a connection costs, too


def prefix(path: str) -> str:
    return "/" + path.split("/")[1]


@pytest.mark.parametrize("wire", PROVIDERS)
@pytest.mark.parametrize("packed", [False, True])
def test_what_is_too_large(colour: Colour, wire: str, packed: bool) -> None:
    many = body(wire, "x", unknown=[[]] * MAX_VALUES)
    with Server() as server:
        server.route("*", reply(many, packed=packed))
        llm.register_provider(
            PROVIDERS[wire], scope="my/", base_url=server.url("").rstrip("/"), api_key="key"
        )
        with pytest.raises(
            llm.ResponseValidationError, match=f"more than {MAX_VALUES} JSON values"
        ):
            colour.call(llm.Model("my/model"), "hi")


def test_a_small_body_that_becomes_large(colour: Colour) -> None:
    with Server() as server:
        server.route("*", reply(body("chat", "x" * MAX_BODY), packed=True))
        llm.register_provider(
            "openai:completions", scope="my/", base_url=server.url("").rstrip("/"), api_key="key"
        )
        with pytest.raises(llm.ResponseValidationError, match=f"larger than {MAX_BODY} bytes"):
            colour.call(llm.Model("my/model"), "hi")


def test_the_raw_body_is_decoded_when_it_is_looked_at(colour: Colour) -> None:
    with llm.testing.simulate(["hi"]):
        response = colour.call(llm.Model("openai/gpt-4o:completions"), "?")
    assert response.raw["choices"][0]["message"]["content"] == "hi"
    assert response.raw is response.raw
