"""Answers of Bedrock's Converse API in AWS's event stream; made without any code of the package.

Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html, and for
the frames smithy.io/2.0/aws/amazon-eventstream.html (2026-01): two lengths and their CRC32, headers
of a name, a type and a value, the payload, and the CRC32 of all that.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

from attack.answers import Answer, Event, Wire, dumps

__all__ = ["CONVERSE", "KIND", "converse_call", "event_frame", "frame", "text_header"]

KIND = "application/vnd.amazon.eventstream"
TEXT = 7
USAGE = {
    "inputTokens": 20,
    "outputTokens": 30,
    "totalTokens": 57,
    "cacheReadInputTokens": 4,
    "cacheWriteInputTokens": 3,
}


def text_header(name: str, value: str) -> bytes:
    """Return a header with a text."""
    data = value.encode()
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", TEXT, len(data)) + data


def _prelude(headers: int, payload: int) -> bytes:
    lengths = struct.pack("!II", 16 + headers + payload, headers)
    return lengths + struct.pack("!I", zlib.crc32(lengths))


def frame(headers: bytes, payload: bytes) -> bytes:
    """Return a message of the stream, with the checksums that it has to have."""
    signed = _prelude(len(headers), len(payload)) + headers + payload
    return signed + struct.pack("!I", zlib.crc32(signed))


def event_frame(name: str, payload: bytes) -> bytes:
    """Return an event."""
    headers = (
        text_header(":event-type", name)
        + text_header(":content-type", "application/json")
        + text_header(":message-type", "event")
    )
    return frame(headers, payload)


def exception_frame(payload: bytes) -> bytes:
    """Return an exception, with which a stream ends."""
    headers = (
        text_header(":exception-type", "modelStreamErrorException")
        + text_header(":content-type", "application/json")
        + text_header(":message-type", "exception")
    )
    return frame(headers, payload)


def _event(name: str, text: str = "", **fields: Any) -> Event:
    return Event(name, {**fields, "p": "abcdefgh"}, text, event_frame)


def _delta(index: int, delta: dict[str, Any], text: str = "") -> Event:
    return _event("contentBlockDelta", text, contentBlockIndex=index, delta=delta)


def _stop(index: int) -> Event:
    return _event("contentBlockStop", contentBlockIndex=index)


def converse_call(index: int, id: str, name: str, pieces: Sequence[str]) -> list[Event]:
    """Return the events of a call whose arguments come in pieces."""
    start = {"toolUse": {"toolUseId": id, "name": name}}
    return [
        _event("contentBlockStart", contentBlockIndex=index, start=start),
        *(_delta(index, {"toolUse": {"input": piece}}) for piece in pieces),
        _stop(index),
    ]


def _answer(steps: Sequence[Event], stop: str, content: Sequence[Any]) -> Answer:
    events = [
        _event("messageStart", role="assistant"),
        *steps,
        _event("messageStop", stopReason=stop),
        _event("metadata", usage=USAGE, metrics={"latencyMs": 300}),
    ]
    whole = {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": stop,
        "usage": USAGE,
        "metrics": {"latencyMs": 300},
    }
    return Answer(events, whole, len(events) - 2, len(events) - 2)


def plain(pieces: Sequence[str]) -> Answer:
    steps = [_delta(0, {"text": piece}, piece) for piece in pieces]
    return _answer([*steps, _stop(0)], "end_turn", [{"text": "".join(pieces)}])


def rich() -> Answer:
    thought = {"text": "Two cities.", "signature": "c2ln"}
    location = {"documentChar": {"documentIndex": 0, "start": 0, "end": 4}}
    citation = {"title": "Atlas", "location": location, "sourceContent": [{"text": "Wien"}]}
    steps = [
        _delta(0, {"reasoningContent": {"text": thought["text"]}}),
        _delta(0, {"reasoningContent": {"signature": thought["signature"]}}),
        _stop(0),
        _delta(1, {"reasoningContent": {"redactedContent": "cmVk"}}),
        _stop(1),
        _delta(2, {"text": "Looking."}, "Looking."),
        _delta(2, {"citation": citation}),
        _stop(2),
        *converse_call(3, "tooluse_1", "weather", ['{"city": "Wi', 'en"}']),
        *converse_call(4, "tooluse_2", "now", ["{}"]),
    ]
    content = [
        {"reasoningContent": {"reasoningText": thought}},
        {"reasoningContent": {"redactedContent": "cmVk"}},
        {"citationsContent": {"content": [{"text": "Looking."}], "citations": [citation]}},
        {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Wien"}}},
        {"toolUse": {"toolUseId": "tooluse_2", "name": "now", "input": {}}},
    ]
    return _answer(steps, "tool_use", content)


def error(message: Any, code: str) -> Any:
    return {"message": message, "__type": code}


CONVERSE = Wire(
    "converse",
    "bedrock",
    "bedrock/amazon.nova-x",
    "authorization",
    plain,
    rich,
    error,
    exception_frame,
    KIND,
    (
        event_frame("newThing", b"{}"),
        event_frame("newThing", dumps({"contentBlockIndex": 7, "p": "x" * 50})),
        event_frame("contentBlockStop", dumps({"contentBlockIndex": 99})),
    ),
    _prelude(0, 128 * 1024 * 1024) + b'{"x":"',
)
