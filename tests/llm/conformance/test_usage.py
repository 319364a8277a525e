"""Tokens, as each wire counts them while it streams: totals that grow, with and without all fields.

Sections 5 to 9 of the contract: what was read includes what was cached, what was said includes what
was thought. A server that says its totals again does not count twice (14.1, 7).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope import llm
from tests.event_frames import event
from tests.llm.conformance.families import FAMILIES, model_at, streamed
from tests.llm.conftest import Colour
from tests.loopback import Server

Events = tuple[bytes, ...]


def sse(data: Any) -> bytes:
    name = f"event: {data['type']}\n" if "type" in data else ""
    return f"{name}data: {json.dumps(data)}\n\n".encode()


CHAT = {
    "prompt_tokens": 10,
    "completion_tokens": 7,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
CHOICE = {"index": 0, "delta": {"content": ""}, "finish_reason": None}


def chat(*tail: dict[str, Any]) -> Events:
    """Return the answer with other usage behind its finish reason."""
    *most, _, done = FAMILIES["chat"].events
    return (*most, *map(sse, tail), done)


def messages(start: dict[str, Any], *deltas: dict[str, Any]) -> Events:
    events = FAMILIES["messages"].events
    message: dict[str, Any] = {"id": "m", "role": "assistant", "content": [], "usage": start}
    said = [
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage}
        for usage in deltas
    ]
    begin = sse({"type": "message_start", "message": message})
    return (begin, *events[1:-2], *map(sse, said), events[-1])


def google(*counts: dict[str, Any]) -> Events:
    *first, last = counts
    chunks = [{"candidates": [{"content": {"parts": [{"text": "."}]}}]} for _ in first]
    end = {"candidates": [{"content": {"parts": [{"text": "!"}]}, "finishReason": "STOP"}]}
    said = zip([*chunks, end], [*first, last], strict=True)
    return tuple(sse({**chunk, "usageMetadata": count}) for chunk, count in said)


def responses(usage: dict[str, Any]) -> Events:
    *most, end = FAMILIES["responses"].events
    data = json.loads(end.partition(b"data: ")[2])
    return (*most, sse({**data, "response": {**data["response"], "usage": usage}}))


CACHED = {"cache_read_input_tokens": 4, "cache_creation_input_tokens": 2}

# Wire, events, and: read, said, of these from the cache, into the cache, thought.
TABLE: dict[str, tuple[str, Events, tuple[int, int, int, int, int]]] = {
    "chat, behind it, without choices": (
        "chat",
        chat({"choices": [], "usage": CHAT}),
        (10, 7, 4, 0, 3),
    ),
    "chat, behind it, with choices": (
        "chat",
        chat({"choices": [CHOICE], "usage": CHAT}),
        (10, 7, 4, 0, 3),
    ),
    "chat, said twice": (
        "chat",
        chat({"choices": [CHOICE], "usage": CHAT}, {"choices": [], "usage": CHAT}),
        (10, 7, 4, 0, 3),
    ),
    "chat, without details": (
        "chat",
        chat({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 7}}),
        (10, 7, 0, 0, 0),
    ),
    "responses": (
        "responses",
        responses(
            {
                "input_tokens": 10,
                "output_tokens": 7,
                "input_tokens_details": {"cached_tokens": 4},
                "output_tokens_details": {"reasoning_tokens": 3},
            }
        ),
        (10, 7, 4, 0, 3),
    ),
    "messages, totals that leave fields out": (
        "messages",
        messages(
            {"input_tokens": 4, "output_tokens": 1, **CACHED},
            {"output_tokens": 5},
            {"output_tokens": 7, "input_tokens": None},
        ),
        (10, 7, 4, 2, 0),
    ),
    "messages, totals that repeat all": (
        "messages",
        messages(
            {"input_tokens": 4, "output_tokens": 1, **CACHED},
            {"input_tokens": 4, "output_tokens": 7, **CACHED},
        ),
        (10, 7, 4, 2, 0),
    ),
    "messages, a search that reads more": (
        "messages",
        messages({"input_tokens": 4, "output_tokens": 1}, {"input_tokens": 10, "output_tokens": 7}),
        (10, 7, 0, 0, 0),
    ),
    "generate_content, in every chunk": (
        "generate_content",
        google(
            {"promptTokenCount": 8, "thoughtsTokenCount": 3},
            {"promptTokenCount": 8, "thoughtsTokenCount": 3, "candidatesTokenCount": 1},
            {
                "promptTokenCount": 8,
                "toolUsePromptTokenCount": 2,
                "cachedContentTokenCount": 4,
                "thoughtsTokenCount": 3,
                "candidatesTokenCount": 4,
            },
        ),
        (10, 7, 4, 0, 3),
    ),
    "converse": (
        "converse",
        (
            *FAMILIES["converse"].events[:-1],
            event(
                "metadata",
                {
                    "usage": {
                        "inputTokens": 4,
                        "outputTokens": 7,
                        "cacheReadInputTokens": 4,
                        "cacheWriteInputTokens": 2,
                    }
                },
            ),
        ),
        (10, 7, 4, 2, 0),
    ),
}


@pytest.mark.parametrize("case", TABLE)
def test_tokens(colour: Colour, case: str) -> None:
    family, events, counts = TABLE[case]
    with Server() as server:
        response = colour.read(model_at(server, family, streamed(family, *events)), "hi")
    usage: llm.Usage = response.usage
    assert response.state == "complete"
    assert (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    ) == counts
    assert usage.total_tokens == 17
