"""What the simulator writes has the shape of what vendors were recorded to write."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mirascope.llm.testing import Simulator, Turn
from tests.llm.testing.clients import Client, Question, content, events

RECORDINGS = Path(__file__).parents[3] / "../shared/wire"
pytestmark = pytest.mark.skipif(
    not (RECORDINGS / "MANIFEST.csv").exists(), reason="the recorded traffic is not here"
)
VENDORS = {
    "chat": ("openai-chat", "openai"),
    "responses": ("openai-responses", "openai"),
    "messages": ("anthropic-messages", "anthropic"),
    "generate_content": ("gemini", "google"),
    "cohere": ("cohere-chat", "cohere"),
}
# Compatible servers say it; OpenAI itself shows no thoughts on this wire.
EXTRA = {"chat": {("", "choices[].delta.reasoning_content")}}
FREE = {"tools", "args", "metadata", "text", "input", "reasoning"}
"""Objects whose keys come from the request."""


def paths(value: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from paths(item, f"{prefix}[]")
    elif isinstance(value, dict):
        for key, item in value.items():
            path = f"{prefix}.{key}" if prefix else key
            yield path
            if key not in FREE:
                yield from paths(item, path)


def shapes(data: bytes) -> set[tuple[str, str]]:
    found = set()
    for name, payload in events(data):
        try:
            value = json.loads(payload)
        except ValueError:
            assert payload == "[DONE]"
            found.add((name, payload))
            continue
        found |= {(name, path) for path in paths(value)}
    return found


@cache
def recorded(name: str) -> frozenset[tuple[str, str]]:
    wire, vendor = VENDORS[name]
    found: set[tuple[str, str]] = set()
    with (RECORDINGS / "MANIFEST.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if (row["wire"], row["provider"], row["format"]) == (wire, vendor, "sse"):
                data = (RECORDINGS / row["file"]).read_bytes()
                try:
                    found |= shapes(data)
                except (ValueError, KeyError, AssertionError):
                    continue  # edited by hand, to be wrong
    # Both hold the same response; no incomplete one with text was recorded.
    whole = {(name.replace("completed", "incomplete"), path) for name, path in found}
    return frozenset(found | whole)


SQRT = {"type": "object", "properties": {"number": {"type": "number"}}, "required": ["number"]}


@pytest.mark.parametrize(
    ("question", "turn"),
    [
        (Question(stream=True), Turn()),
        (Question(stream=True, thinking=True), Turn()),
        (Question(stream=True, thinking=True, tools={"f": SQRT}), Turn()),
        (Question(stream=True, max_tokens=3), Turn()),
    ],
    ids=["text", "thinking", "tools", "limit"],
)
def test_streams(client: Client, question: Question, turn: Turn) -> None:
    made = shapes(content(client.send(Simulator([turn]), question)))
    assert made - recorded(client.name) - EXTRA.get(client.name, set()) == set()
