"""Responses as JSON text, and back: what was asked, and the events of the answer.

Whole and streamed answers have the same form, so either reads what the other wrote. Tools and the
format are code, which the program gives again; raw events and headers are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast, get_args

import msgspec
from typing_extensions import TypeVar

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.content.envelope import Envelope
from mirascope.llm.content.json_form import dump, expected, load, malformed, read_record
from mirascope.llm.formatting import FormattingMode
from mirascope.llm.messages import AssistantMessage, Message
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.error_json import dump_error
from mirascope.llm.responses.event_json import load_event
from mirascope.llm.responses.log import EventLog
from mirascope.llm.running.record import CallRecord
from mirascope.llm.types.jsonable import Jsonable, plain
from mirascope.llm.types.params import Params
from mirascope.llm.types.timeout import Timeout

__all__ = ["VERSION", "LoadedDepsT", "LoadedT", "SavedResponse", "dump_response", "load_response"]

# Those of the classes would be their defaults: ``Response.from_json`` names no arguments for them.
LoadedT = TypeVar("LoadedT", default=None)
LoadedDepsT = TypeVar("LoadedDepsT", default=None)


VERSION = 1
"""Of the saved form; see `Envelope`."""

_ENVELOPE = Envelope(
    what="a saved response", version=VERSION, kinds=("response",), newer="This response was"
)
_MODES: tuple[str, ...] = get_args(FormattingMode)
_OUTPUTS = Sequence[ToolOutput[Jsonable]]
_CALLS = Sequence[ToolCall]
_HEADERS = "extra_headers"  # they may hold keys
_NUMBER = (int, float)
_PARAMS: dict[str, tuple[type, ...]] = {
    "temperature": _NUMBER,
    "max_tokens": (int,),
    "top_p": _NUMBER,
    "top_k": (int,),
    "seed": (int,),
    "stop_sequences": (list,),
    "thinking": (dict,),
    "capabilities": (dict,),
    "tool_choice": (str,),
    "timeout": (*_NUMBER, dict),
    "keep_raw": (bool,),
    "extra_body": (dict,),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedResponse:
    """What is kept of a response."""

    provider_id: str
    model_id: str
    provider_model_name: str
    params: Params
    format_mode: FormattingMode | None
    """How the format was asked for; None when there was none."""
    messages: Sequence[Message]
    """What was sent."""
    answer: AssistantMessage
    """Who answered; its content and raw message are in the events."""
    events: Sequence[Event]
    """The log of the answer, its end included."""
    calls: CallRecord | None = None
    """What became of its tool calls, where a run or a decision has left something to keep."""

    @property
    def default_mode(self) -> FormattingMode:
        """Return how a format is asked for that does not say, and is no output parser."""
        # ``json`` is what every provider can do.
        return "json" if self.format_mode in (None, "parser") else self.format_mode

    def log(self) -> EventLog:
        """Return the log, which writes into `answer`.

        Raises:
            ValueError: The events do not fit together.
        """
        log = EventLog(self.answer)
        for number, event in enumerate(self.events):
            misfit = False
            try:
                log.append(event)
            except RuntimeError:
                misfit = True
            if misfit:  # raised here, for that error may hold what the answer says
                raise malformed(f"events[{number}]", "does not fit what came before")
        if not log.ended:
            raise malformed("events", "the end is missing")
        return log


def dump_response(saved: SavedResponse) -> str:
    """Return a response as JSON text.

    Raises:
        ValueError: Something in it is not what its class declares, holds itself, or is nested more
            deeply than Python's `json` goes.
    """
    try:
        body: dict[str, object] = {
            "provider_id": saved.provider_id,
            "model_id": saved.model_id,
            "provider_model_name": saved.provider_model_name,
            "params": {
                name: plain(value, whole=True)
                for name, value in saved.params.items()
                if name != _HEADERS
            },
            "format_mode": saved.format_mode,
            "messages": dump(Sequence[Message], saved.messages, "messages"),
        }
        answer = replace(saved.answer, content=[], raw_message=None)
        if answer != _answer_of(body):  # that of a provider which builds its messages by itself
            body["answer"] = dump(AssistantMessage, answer, "answer")
        body["events"] = [_event(event) for event in saved.events]
        if saved.calls:
            body["calls"] = {
                "outputs": dump(_OUTPUTS, [*saved.calls.outputs.values()], "calls.outputs"),
                "approved": dump(_CALLS, [*saved.calls.approved.values()], "calls.approved"),
            }
        return _ENVELOPE.seal("response", body)
    except RecursionError:
        pass
    raise ValueError("response: nested too deeply, or something holds itself")


def load_response(text: str | bytes) -> SavedResponse:
    """Return what `dump_response` wrote.

    Raises:
        ValueError: It is something else, or a newer version wrote it. The error says where, and
            never what the content was.
    """
    body = _ENVELOPE.unseal(text)
    for name in ("provider_id", "model_id", "provider_model_name"):
        _checked(_given(body, name), (str,), name)
    mode = body.get("format_mode")
    if mode is not None and mode not in _MODES:
        raise malformed("format_mode", f"expected one of {', '.join(_MODES)}")
    answer = _answer_of(body)
    if "answer" in body:
        said = load(AssistantMessage, body["answer"], "answer")
        answer = replace(said, content=[], raw_message=None)  # both are in the events
    return SavedResponse(
        provider_id=str(body["provider_id"]),
        model_id=str(body["model_id"]),
        provider_model_name=str(body["provider_model_name"]),
        params=_params(read_record(_given(body, "params"), "params")),
        format_mode=cast("FormattingMode | None", mode),
        messages=load(Sequence[Message], _given(body, "messages"), "messages"),
        answer=answer,
        events=_events(_given(body, "events")),
        calls=_calls(read_record(body["calls"], "calls")) if "calls" in body else None,
    )


def _calls(record: Mapping[str, object]) -> CallRecord:
    outputs = load(_OUTPUTS, record.get("outputs", []), "calls.outputs")
    approved = load(_CALLS, record.get("approved", []), "calls.approved")
    return CallRecord(
        outputs={output.id: output for output in outputs},
        approved={call.id: call for call in approved},
    )


def _answer_of(body: Mapping[str, Any]) -> AssistantMessage:
    return AssistantMessage(
        content=[],
        provider_id=body["provider_id"],
        model_id=body["model_id"],
        provider_model_name=body["provider_model_name"],
        raw_message=None,
    )


def _event(event: Event) -> object:
    return plain(msgspec.to_builtins(event, enc_hook=_form), whole=True)


def _form(value: object) -> object:
    """Return the JSON form of what a provider of the user's has put into an event."""
    return dump_error(value) if isinstance(value, BaseException) else plain(value, whole=True)


def _events(value: object) -> list[Event]:
    events: list[Event] = []
    for number, event in enumerate(cast("list[object]", _checked(value, (list,), "events"))):
        problem = None
        try:
            events.append(load_event(event))
        except ValueError as error:
            problem = str(error)
        if problem is not None:
            raise malformed(f"events[{number}]", problem)
    return events


def _params(record: Mapping[str, object]) -> Params:
    """Return the parameters; those of a later version are ignored, as unknown fields are."""
    params: dict[str, object] = {}
    for name, value in record.items():
        if name not in _PARAMS:
            continue
        at = f"params.{name}"
        if value is not None:
            _checked(value, _PARAMS[name], at)
        if isinstance(value, dict) and name == "timeout":
            value = _timeout(cast("dict[str, object]", value), at)
        params[name] = value
    return cast("Params", params)


def _timeout(record: Mapping[str, object], at: str) -> Timeout:
    limits: dict[str, Any] = {}
    for field in fields(Timeout):
        if field.name in record:
            limit, inner = record[field.name], f"{at}.{field.name}"
            if limit is not None and not cast("float", _checked(limit, _NUMBER, inner)) > 0:
                raise malformed(inner, "expected a positive number or null")
            limits[field.name] = limit
    return Timeout(**limits)


def _given(body: Mapping[str, object], name: str) -> object:
    if name not in body:
        raise malformed(name, "missing")
    return body[name]


def _checked(value: object, kinds: tuple[type, ...], at: str) -> object:
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        words = {int: "a number", float: "a number", str: "a string", list: "a list"}
        named = dict.fromkeys(words.get(kind, "an object") for kind in kinds if kind is not bool)
        raise expected(" or ".join(named) or "true or false", value, at)
    return value
