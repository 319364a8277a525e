"""Scripts as JSON files, for the simulator's server."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_object,
    as_objects,
    as_text,
    is_list,
    is_object,
)
from mirascope.llm.content import AssistantContentPart
from mirascope.llm.content.json_form import load
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.usage import Usage
from mirascope.llm.testing.faults import Cut, Fault, Malformed, Stall, Status, StreamError
from mirascope.llm.testing.script import ScriptedTurn, Turn

__all__ = ["load_script"]

T = TypeVar("T")

_FAULTS: Mapping[str, Callable[..., Fault]] = {
    "cut": Cut,
    "malformed": Malformed,
    "stall": Stall,
    "stream_error": StreamError,
}


def load_script(path: Path) -> list[ScriptedTurn]:
    """Read a script from a JSON file: an array of texts, or of objects with the fields of `Turn`.

    A tool call is ``{"name": ..., "args": {...}}``; a part is ``{"type": "text", "text": ...,
    "citations": [...]}`` or any other in the form in which it is saved; a fault is one of
    ``{"status": 429, "retry_after": 1}``, ``{"stall": {...}}``, ``{"cut": {...}}``,
    ``{"malformed": {...}}`` and ``{"stream_error": {...}}`` with the fields of the class of that
    name.

    Raises:
        ValueError: The file does not hold that.
        OSError: It cannot be read.
    """
    turns: object = json.loads(path.read_text("utf-8"))
    if not is_list(turns):
        raise ValueError(f"{path.name}: expected a JSON array of turns")
    try:
        return [turn if isinstance(turn, str) else _turn(as_object(turn)) for turn in turns]
    except TypeError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _turn(fields: JsonObject) -> Turn:
    made: dict[str, object] = dict(fields)
    if "tool_calls" in made:
        calls = as_objects(made["tool_calls"])
        made["tool_calls"] = [(as_text(c.get("name")), as_object(c.get("args"))) for c in calls]
    if "parts" in made:
        made["parts"] = [
            load(AssistantContentPart, part, f"parts[{number}]")
            for number, part in enumerate(as_list(made["parts"]))
        ]
    if is_object(made.get("usage")):
        made["usage"] = _build(Usage, as_object(made["usage"]))
    if made.get("finish_reason"):
        made["finish_reason"] = FinishReason(as_text(made["finish_reason"]))
    if is_object(made.get("fault")):
        made["fault"] = _fault(as_object(made["fault"]))
    return _build(Turn, made)


def _fault(fields: JsonObject) -> Fault:
    if "status" in fields:
        return _build(Status, fields)
    for name, kind in _FAULTS.items():
        if name in fields:
            return _build(kind, as_object(fields[name]))
    raise ValueError(f"a fault is one of status, {', '.join(_FAULTS)}; got {', '.join(fields)}")


def _build(kind: Callable[..., T], fields: JsonObject) -> T:
    return kind(**fields)
