"""Answers of Cohere's chat API, version 2; made without any code of the package.

Sources: recordings of real streams and docs.cohere.com/v2/reference/chat-stream (2025-12).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from attack.answers import Answer, Event, Wire, sse

__all__ = ["COHERE", "cohere_call"]

USAGE = {
    "billed_units": {"input_tokens": 84, "output_tokens": 314},
    "cached_tokens": 16,
    "tokens": {"input_tokens": 1501, "output_tokens": 346, "reasoning_tokens": 304},
}


def _event(kind: str, index: int | None = None, text: str = "", **message: Any) -> Event:
    fields: dict[str, Any] = {"type": kind}
    if index is not None:
        fields["index"] = index
    if message:
        fields["delta"] = {"message": message}
    return Event(kind, fields, text)


def _answer(steps: Sequence[Event], finish: str, message: dict[str, Any]) -> Answer:
    empty = {"citations": [], "content": [], "role": "assistant", "tool_calls": [], "tool_plan": ""}
    start = {"id": "c1", "type": "message-start", "delta": {"message": empty}}
    delta = {"finish_reason": finish, "usage": USAGE}
    events = [
        Event("message-start", start),
        *steps,
        Event("message-end", {"type": "message-end", "delta": delta}),
        Event("", b"[DONE]"),
    ]
    whole = {"id": "c1", "message": {"role": "assistant", **message}, **delta}
    return Answer(events, whole, len(events) - 2, len(events) - 2)


def _block(index: int, kind: str, pieces: Sequence[str]) -> list[Event]:
    said = kind == "text"
    return [
        _event("content-start", index, content={"type": kind, kind: ""}),
        *(
            _event("content-delta", index, piece if said else "", content={kind: piece})
            for piece in pieces
        ),
        _event("content-end", index),
    ]


def plain(pieces: Sequence[str]) -> Answer:
    content = [{"type": "text", "text": "".join(pieces)}]
    return _answer(_block(0, "text", pieces), "COMPLETE", {"content": content})


def cohere_call(index: int, id: str, name: str, pieces: Sequence[str]) -> list[Event]:
    """Return the events of a call whose arguments come in pieces."""
    function = {"name": name, "arguments": ""}
    return [
        _event(
            "tool-call-start",
            index,
            tool_calls={"id": id, "type": "function", "function": function},
        ),
        *(
            _event("tool-call-delta", index, tool_calls={"function": {"arguments": piece}})
            for piece in pieces
        ),
        _event("tool-call-end", index),
    ]


def rich() -> Answer:
    citation = {
        "start": 0,
        "end": 7,
        "text": "Looking",
        "type": "TEXT_CONTENT",
        "sources": [{"type": "tool", "id": "weather:0", "tool_output": {"content": "sun"}}],
    }
    calls = (("call_a", "weather", '{"city":"Wien"}'), ("call_b", "now", '{"zone":"CET"}'))
    steps = [
        _event("tool-plan-delta", tool_plan="First the weather. "),
        _event("tool-plan-delta", tool_plan="Then the time."),
        *_block(0, "thinking", ["Two ", "cities."]),
        *_block(1, "text", ["Look", "ing."])[:-1],
        _event("citation-start", 0, citations=citation),
        _event("citation-end", 0),
        _event("content-end", 1),
    ]
    for index, (id, name, arguments) in enumerate(calls):
        steps += cohere_call(index, id, name, [arguments[:6], arguments[6:]])
    message = {
        "tool_plan": "First the weather. Then the time.",
        "content": [
            {"type": "thinking", "thinking": "Two cities."},
            {"type": "text", "text": "Looking."},
        ],
        "citations": [citation],
        "tool_calls": [
            {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}
            for id, name, arguments in calls
        ],
    }
    return _answer(steps, "TOOL_CALL", message)


def error(message: Any, code: str) -> Any:
    return {"id": "e1", "message": message, "code": code}


COHERE = Wire(
    "cohere",
    "cohere",
    "cohere/command-x",
    "authorization",
    plain,
    rich,
    error,
    partial(sse, "error"),
)
