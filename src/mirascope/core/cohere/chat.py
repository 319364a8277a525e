"""cohere's first chat API: what is read, and definitions of tools; no SDK is imported here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..base.message_param import BaseMessageParam, ToolCallPart, ToolResultPart
from ..base.reading import Reading, ToolDelta
from ..base.reading_messages import field_of, items_of, mapping_of, message_of, parts_of, role_of
from ..base.schema import in_words, inline_refs
from ..base.types import FinishReason

__all__ = ["FINISH_REASONS", "definitions", "read_chunk", "read_message", "read_response"]

# https://docs.cohere.com/v1/reference/chat, read 2026-11-20.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "COMPLETE": "stop",
    "STOP_SEQUENCE": "stop",
    "ERROR": "stop",
    "USER_CANCEL": "stop",
    "TIMEOUT": "stop",
    "ERROR_TOXIC": "content_filter",
    "ERROR_LIMIT": "length",
    "MAX_TOKENS": "length",
    "TOOL_CALL": "tool_calls",
}


def read_chunk(event: Any) -> Reading:
    """Read an event of the stream."""
    reading = Reading()
    kind = event.event_type
    if kind == "text-generation":
        reading.text = event.text or ""
    elif kind == "tool-calls-generation":
        reading.tools = [
            ToolDelta(number, None, call.name, call.parameters or {}, done=True)
            for number, call in enumerate(event.tool_calls or ())
        ]
    elif kind == "stream-start":
        reading.id = event.generation_id
    elif kind == "stream-end":
        reading.finish_reasons = [event.finish_reason] if event.finish_reason else None
        response = event.response
        reading.id = response.generation_id
        _read_usage(reading, response.meta)
    return reading


def _read_usage(reading: Reading, meta: Any) -> None:
    units = meta.billed_units if meta is not None else None
    if units is not None:
        reading.usage = units
        reading.input_tokens = units.input_tokens
        reading.output_tokens = units.output_tokens


def read_response(response: Any) -> Reading:
    """Read a whole response."""
    reading = Reading()
    reading.id = response.generation_id
    reading.text = response.text or ""
    reading.finish_reasons = [response.finish_reason] if response.finish_reason else None
    reading.tool_calls = list(response.tool_calls or ())
    _read_usage(reading, response.meta)
    return reading


def read_message(message: Any) -> BaseMessageParam:
    """Read a message of cohere's, or a result; what has no common form is left out."""
    if field_of(message, "outputs") is not None:
        return BaseMessageParam(role="tool", content=[_result(message)])
    role = role_of(message)
    calls = [
        ToolCallPart(
            type="tool_call",
            name=str(field_of(call, "name")),
            args=mapping_of(call, "parameters"),
        )
        for call in items_of(message, "tool_calls")
    ]
    results = [_result(each) for each in items_of(message, "tool_results")]
    texts = parts_of(field_of(message, "message"), lambda _: [])
    role = "assistant" if role == "chatbot" else role
    return message_of(role, [*texts, *calls, *results])


def _result(result: Any) -> ToolResultPart:
    outputs = items_of(result, "outputs")
    texts = [field_of(output, "output") for output in outputs]
    return ToolResultPart(
        type="tool_result",
        name=str(field_of(field_of(result, "call"), "name")),
        content="\n".join(
            text if isinstance(text, str) else json.dumps(dict(output))
            for text, output in zip(texts, outputs, strict=True)
        ),
    )


_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
# What the name of the type says already, and what says nothing about which values are right.
_SAID = frozenset({"default", "description", "discriminator", "title", "type"})


def _type_name(schema: Mapping[str, Any]) -> str:
    """Name a type as cohere does, in Python's words."""
    kind = schema.get("type")
    if kind == "array" and "prefixItems" in schema:
        return f"tuple[{', '.join(map(_type_name, schema['prefixItems']))}]"
    if kind == "array":
        return f"list[{_type_name(schema.get('items', {}))}]"
    if isinstance(kind, str):
        return _TYPES.get(kind, "dict")
    options = [
        option
        for name in ("anyOf", "oneOf")
        for option in schema.get(name, ())
        if option.get("type") != "null"
    ]
    return _type_name(options[0]) if options else "dict"


def _says_all(rest: Mapping[str, Any]) -> bool:
    """Whether the name of a list or of a tuple has it all; a list's length is not in its name."""
    return set(rest) in ({"items"}, {"prefixItems", "minItems", "maxItems"})


def _definition(schema: Mapping[str, Any], definitions: Any, required: bool) -> dict[str, Any]:
    """Describe a parameter; what its type's name leaves open goes into the description."""
    try:
        schema = inline_refs({**schema, "$defs": definitions})
    except ValueError:
        # It contains itself: then the definitions come along.
        schema = {**schema, "$defs": definitions}
    kind, description = _type_name(schema), schema.get("description")
    found: dict[str, Any] = {"type": kind, "required": required}
    rest = {key: value for key, value in schema.items() if key not in _SAID}
    if rest.get("additionalProperties") is True:
        del rest["additionalProperties"]
    # A list or a tuple of plain types says it all.
    items = [rest.get("items", {}), *rest.get("prefixItems", ())]
    if "dict" not in kind and _says_all(rest) and all(i.keys() <= {"type"} for i in items):
        rest = {}
    if rest:
        found["description"] = in_words(description, rest)
    elif description:
        found["description"] = description
    return found


def definitions(schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Describe the parameters of a tool, each by itself: nested schemas are not known."""
    known, required = schema.get("$defs", {}), schema.get("required", ())
    return {
        name: _definition(each, known, name in required)
        for name, each in schema["properties"].items()
    }
