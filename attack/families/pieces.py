"""Tool calls in any number, and in any number of pieces, on each wire."""

from __future__ import annotations

from typing import Any

from attack.answers import Answer, Event, Wire
from attack.cohere import cohere_call
from attack.converse import converse_call
from attack.wires import CHAT

__all__ = ["arguments_in_pieces", "calls"]


def calls(wire: Wire, count: int) -> Answer:
    """Return an answer of so many calls; those of chat and Google have no ids."""
    events: list[Event] = []
    for number in range(count):
        events += _call(wire, number, ['{"city":', '"Wien"}'])
    return _around(wire, events)


def arguments_in_pieces(wire: Wire, count: int, *, content_between: bool) -> Answer:
    """Return an answer of one call, whose arguments come in so many pieces."""
    pieces = ['{"city":"', *["Wien "] * count, '"}']
    events = _call(wire, 0, pieces)
    if content_between:
        texts = wire.plain(["x"])
        between = [event for event in texts.events if event.text]
        last = events[-1:] if wire.name not in ("chat", "google") else []
        mixed = [one for event in events[: len(events) - len(last)] for one in (event, *between)]
        events = mixed + list(last)
    return _around(wire, events)


def _around(wire: Wire, events: list[Event]) -> Answer:
    plain = wire.plain(["x"])
    first = next(number for number, event in enumerate(plain.events) if event.text)
    whole = [*plain.events[: first + 1], *events, *plain.events[first + 1 :]]
    if wire.name not in ("chat", "google"):  # its text ends before
        whole = [*plain.events[: plain.may], *events, *plain.events[plain.may :]]
    return Answer(whole, plain.whole, 0, 0)


def _call(wire: Wire, number: int, pieces: list[str]) -> list[Event]:
    if wire.name == "chat":
        return [
            _chat_call(number, {"name": "weather", "arguments": ""}),
            *(_chat_call(number, {"arguments": piece}) for piece in pieces),
        ]
    if wire.name == "responses":
        item: dict[str, Any] = {
            "id": f"fc_{number}",
            "type": "function_call",
            "call_id": f"call_{number}",
            "name": "weather",
            "arguments": "",
        }
        at = {"output_index": number + 1, "item_id": item["id"]}
        kind = "response.function_call_arguments.delta"
        done = {**item, "arguments": "".join(pieces)}
        return [
            _event("response.output_item.added", output_index=number + 1, item=item),
            *(_event(kind, **at, delta=piece) for piece in pieces),
            _event("response.output_item.done", output_index=number + 1, item=done),
        ]
    if wire.name == "messages":
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": "weather", "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        index = number + 1
        return [
            _event("content_block_start", index=index, content_block=block),
            *(_event("content_block_delta", index=index, delta=delta) for delta in deltas),
            _event("content_block_stop", index=index),
        ]
    if wire.name == "cohere":
        return cohere_call(number, f"call_{number}", "weather", pieces)
    if wire.name == "converse":
        return converse_call(number + 1, f"tooluse_{number}", "weather", pieces)
    call = {"functionCall": {"name": "weather", "args": {"city": "".join(pieces)}}}
    content = {"parts": [call], "role": "model"}
    return [Event("", {"candidates": [{"index": 0, "content": content}]})]


def _event(kind: str, **fields: Any) -> Event:
    return Event(kind, {"type": kind, **fields})


def _chat_call(number: int, function: dict[str, Any]) -> Event:
    delta = {"tool_calls": [{"index": number, "function": function}]}
    return Event("", {**CHAT, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
