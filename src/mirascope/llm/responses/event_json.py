"""Events as JSON, one object an event, and back: what is written today is read next year.

The form is the fields of the event's class, with `type` to tell the classes apart; golden files in
the tests hold it still. Fields that are not known are ignored, fields that are missing have their
defaults, so within a version both sides may be older than the other.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, cast, get_args

import msgspec

from mirascope.llm.content import (
    AudioChunk,
    AudioEndChunk,
    AudioStartChunk,
    Citation,
    CitationChunk,
    Image,
    ImageChunk,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.content.json_form import load
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import (
    AnsweredBy,
    AnswerEnd,
    Event,
    FromCache,
    RawMessageChunk,
    Seam,
)
from mirascope.llm.responses.error_json import dump_error, load_error
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.rate_limits import RateLimit, RateLimits
from mirascope.llm.responses.state import StreamState
from mirascope.llm.responses.usage import ProviderToolUsage, Usage, UsageDeltaChunk

__all__ = ["decode_event", "encode_event", "load_event"]

_CLASSES: dict[str, Callable[..., Event]] = {
    "text_start_chunk": TextStartChunk,
    "text_chunk": TextChunk,
    "text_end_chunk": TextEndChunk,
    "thought_start_chunk": ThoughtStartChunk,
    "thought_chunk": ThoughtChunk,
    "thought_end_chunk": ThoughtEndChunk,
    "tool_call_start_chunk": ToolCallStartChunk,
    "tool_call_chunk": ToolCallChunk,
    "tool_call_end_chunk": ToolCallEndChunk,
    "citation_chunk": CitationChunk,
    "provider_tool_call_start_chunk": ProviderToolCallStartChunk,
    "provider_tool_call_chunk": ProviderToolCallChunk,
    "provider_tool_call_end_chunk": ProviderToolCallEndChunk,
    "provider_tool_output_chunk": ProviderToolOutputChunk,
    "image_chunk": ImageChunk,
    "audio_start_chunk": AudioStartChunk,
    "audio_chunk": AudioChunk,
    "audio_end_chunk": AudioEndChunk,
    "finish_reason_chunk": FinishReasonChunk,
    "raw_message_chunk": RawMessageChunk,
    "usage_delta_chunk": UsageDeltaChunk,
    "answered_by": AnsweredBy,
    "from_cache": FromCache,
    "rate_limits": RateLimits,
    "attempt": Attempt,
    "seam": Seam,
    "answer_end": AnswerEnd,
}
_PARTS: dict[str, type] = {"citation": Citation, "image": Image, "output": ProviderToolOutput}
"""The fields that hold a part, in its own JSON form."""
_STATES: tuple[str, ...] = get_args(StreamState)
_REASONS = [reason.value for reason in FinishReason]
_LONGEST_TYPE = 40
"""Characters of an unknown type that an error shows: a type is a word of ours, not content."""


def encode_event(event: Event) -> bytes:
    """Return an event as one line of JSON."""
    try:
        return msgspec.json.encode(event, enc_hook=_form)
    except (UnicodeEncodeError, OverflowError):  # half a surrogate pair, a number over 64 bits
        return json.dumps(msgspec.to_builtins(event, enc_hook=_form)).encode()


def decode_event(data: bytes | str) -> Event:
    """Return the event that `encode_event` wrote.

    Raises:
        ValueError: It is no event, or one of a kind that is not known here.
    """
    try:
        value: object = msgspec.json.decode(data)
    except ValueError:
        value = json.loads(data)
    return load_event(value)


def _form(value: object) -> object:
    if isinstance(value, BaseException):
        return dump_error(value)
    raise TypeError(f"An event cannot hold {type(value).__name__}.")


def load_event(value: object) -> Event:
    """Return the event in decoded JSON; see `decode_event`."""
    if not isinstance(value, dict):
        raise ValueError(f"An event is an object, not {type(value).__name__}.")
    given = cast("dict[str, Any]", value)
    kind = given.get("type")
    make = _CLASSES.get(kind) if isinstance(kind, str) else None
    if make is None:
        shown = f": {kind!r}" if isinstance(kind, str) and kind.isidentifier() else ""
        raise ValueError(f"Unknown event type{shown[:_LONGEST_TYPE]}.")
    known: dict[str, Any] = {}
    for field in fields(cast("Any", make)):
        if field.name in given:
            known[field.name] = _field(f"{kind}.{field.name}", field.name, given[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"{kind}.{field.name} is missing.")
    return make(**known)


def _field(path: str, name: str, value: Any) -> Any:
    """Return the value of a field, checked by the field's name, which means the same everywhere."""
    match name:
        case "raw" | "raw_message":
            return value
        case "error":
            return None if value is None else load_error(_expected(path, value, dict))
        case "finish_reason":
            if value not in _REASONS:
                raise ValueError(f"{path}: expected one of {', '.join(_REASONS)}.")
            return FinishReason(value)
        case "state":
            if value not in _STATES:
                raise ValueError(f"{path}: expected one of {', '.join(_STATES)}.")
            return value
        case "provider_tool_usage":
            return None if value is None else list(map(_tool, _expected(path, value, list)))
        case "usage":
            return None if value is None else _usage(path, _expected(path, value, dict))
        case "requests" | "tokens":
            return None if value is None else _limit(path, _expected(path, value, dict))
        case "limit" | "remaining":
            return None if value is None else _expected(path, value, int)
        case "resets_in" if value is None:
            return None
        case "started" | "ended" | "wait" | "stored" | "resets_in" | "measured":
            return _expected(path, value, (int, float))
        case "discards" | "encloses" | "complete" | "preview":
            return bool(value)
        case "dropped":
            ids: list[object] = _expected(path, value, list)
            return [_field(f"{path}[{at}]", "id", id) for at, id in enumerate(ids)]
        case _ if name in _PARTS:
            return load(_PARTS[name], value, path)
        case _ if name.endswith("_tokens"):
            return _expected(path, value, int)
        case "id" if value is None:
            return None
        case _:
            return _expected(path, value, str)


def _expected(path: str, value: Any, kind: type | tuple[type, ...]) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = "number" if isinstance(kind, tuple) else kind.__name__
        raise ValueError(f"{path}: expected {wanted}, got {type(value).__name__}.")
    return value


def _usage(path: str, given: Mapping[str, Any]) -> Usage:
    return Usage(**_fields(Usage, path, given))


def _limit(path: str, given: Mapping[str, Any]) -> RateLimit:
    return RateLimit(**_fields(RateLimit, path, given))


def _fields(cls: Any, path: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field.name: _field(f"{path}.{field.name}", field.name, given[field.name])
        for field in fields(cls)
        if field.name in given
    }


def _tool(value: object) -> ProviderToolUsage:
    given = cast("Mapping[str, Any]", _expected("provider_tool_usage", value, dict))
    known = {f.name: given[f.name] for f in fields(ProviderToolUsage) if f.name in given}
    _expected("provider_tool_usage.name", known.get("name"), str)
    return ProviderToolUsage(**known)
