"""What a request of generateContent offers: its tools, and the schemas that Google writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_object,
    as_objects,
    as_text,
    is_list,
    is_object,
)
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.wires.asked import ToolOffer
from mirascope.llm.wires.computer import computer_offer
from mirascope.llm.wires.wire import InvalidRequest

__all__ = [
    "camel",
    "field",
    "functions_beside_computer",
    "has_computer",
    "json_schema",
    "server_tools",
    "tool_choice",
    "tool_offers",
]

_MODES = {"AUTO": "auto", "VALIDATED": "auto", "NONE": "none", "ANY": "required"}
_INT64 = re.compile(r"\d{1,19}")
_CLIENT_TOOLS = ("functionDeclarations", "computerUse")


def field(value: JsonObject, name: str) -> object:
    """Return a field by its name in camel case; clients write it in snake case, too."""
    snake = re.sub(r"(?=[A-Z])", "_", name).lower()
    return value.get(name, value.get(snake))


def camel(value: JsonObject) -> JsonObject:
    """Return an object with its names in camel case."""
    return {re.sub(r"_(.)", lambda m: m[1].upper(), name): item for name, item in value.items()}


def functions_beside_computer(body: JsonObject) -> frozenset[str] | None:
    """Return the functions declared beside a computer; None without one."""
    if not has_computer(body):
        return None
    return frozenset(tool.name for tool in tool_offers(body) if tool.name != COMPUTER)


def has_computer(body: JsonObject) -> bool:
    """Tell whether a request offers a computer."""
    return any("computerUse" in camel(tool) for tool in as_objects(body.get("tools")))


def tool_offers(body: JsonObject) -> Iterator[ToolOffer]:
    """Yield the tools that the client runs."""
    if has_computer(body):
        yield computer_offer("open_web_browser")
    for tool in as_objects(body.get("tools")):
        for declared in as_objects(field(tool, "functionDeclarations")):
            schema = field(declared, "parametersJsonSchema")
            yield ToolOffer(
                name=as_text(declared.get("name")),
                schema=as_object(schema or json_schema(declared.get("parameters"))),
                description=as_text(declared.get("description")),
            )


def server_tools(body: JsonObject) -> Iterator[str]:
    """Yield the names of those that the vendor runs."""
    for tool in as_objects(body.get("tools")):
        yield from (name for name in camel(tool) if name not in _CLIENT_TOOLS)


def tool_choice(body: JsonObject) -> tuple[str | None, tuple[str, ...]]:
    """Return which tool has to be called, and the only ones that may be."""
    settings = as_object(field(body, "toolConfig"))
    config = as_object(field(settings, "functionCallingConfig"))
    choice = _MODES.get(as_text(config.get("mode")).upper())
    allowed = tuple(map(as_text, as_list(field(config, "allowedFunctionNames"))))
    if choice == "required" and len(allowed) == 1:
        return allowed[0], ()
    return choice, allowed


def json_schema(value: object) -> object:
    """Translate Google's schema to JSON Schema: types in capitals, `nullable`, snake case.

    Raises:
        InvalidRequest: A limit is no number.
    """
    if is_list(value):
        return [json_schema(item) for item in value]
    if not is_object(value):
        return value
    schema = dict(camel(value))
    for name in ("items", "anyOf", "additionalProperties"):
        if name in schema:
            schema[name] = json_schema(schema[name])
    for name in ("properties", "$defs"):
        if is_object(value.get(name)):  # names of the user, not of the schema language
            schema[name] = {k: json_schema(v) for k, v in as_object(value[name]).items()}
    for name in ("minItems", "maxItems", "minLength", "maxLength"):
        limit = schema.get(name)
        if isinstance(limit, str):  # as 64-bit integers are in Google's JSON
            if not _INT64.fullmatch(limit):
                raise InvalidRequest(f"Invalid value at '{name}' (TYPE_INT64), {limit[:50]!r}")
            schema[name] = int(limit)
    if isinstance(schema.get("type"), str):
        type_ = as_text(schema["type"]).lower()
        nullable = schema.pop("nullable", False) is True
        schema["type"] = [type_, "null"] if nullable else type_
    return schema
