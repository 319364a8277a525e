# What this family asks of tools has an underscore, as in `base.tool`: the fields are their user's.
# pyright: reportPrivateUsage=false
"""Tools in the part of JSON schema that Google's SDKs read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from ...base.schema import in_words, inline_refs
from ...base.tool import BaseTool
from .reading import plain

__all__ = ["GEMINI", "GOOGLE", "DeclaredTool", "declared", "forced"]

# The keywords that the SDKs' schemas have a field for, and the fields' names.
_SAME = ("description", "enum", "format", "items", "nullable", "properties", "required", "type")
_MORE = (
    *("anyOf", "maxItems", "maxLength", "maxProperties", "maximum"),
    *("minItems", "minLength", "minProperties", "minimum", "pattern"),
)
GOOGLE: Mapping[str, str] = {name: name for name in (*_SAME, *_MORE)}
# gemini's old SDK, 0.8.6, is the last one: it knows fewer, and these by other names.
GEMINI: Mapping[str, str] = {
    **{name: name for name in _SAME},
    "maxItems": "max_items",
    "minItems": "min_items",
}
# These say nothing about which values are right.
_DROPPED = frozenset({"$defs", "default", "discriminator", "examples", "title"})


class DeclaredTool(BaseTool):
    """A tool whose call is a `FunctionCall`, and which the SDK's own classes declare."""

    _keywords: ClassVar[Mapping[str, str]] = GOOGLE
    # The SDK's class of a tool, which holds functions, and that of a function.
    _classes: ClassVar[tuple[Any, Any]]
    # Whether a tool without parameters has a schema that says so.
    _empty_schema: ClassVar[bool] = False

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return None

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        arguments: Mapping[str, Any] = plain(tool_call.args or {})
        return arguments

    @classmethod
    def _declaration(cls) -> dict[str, Any]:
        """Describe the tool.

        Raises:
            ValueError: If the schema contains itself, or has a union that the SDK cannot say.
        """
        found: dict[str, Any] = {"name": cls._name(), "description": cls._description()}
        schema = inline_refs(cls.parameters())
        if schema.get("properties"):
            found["parameters"] = _schema(schema, cls._keywords, cls._name())
        elif cls._empty_schema:
            found["parameters"] = {"type": "object", "properties": {}}
        return found

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's classes."""
        return declared([cls])


def declared(tool_types: Sequence[type[BaseTool]]) -> Any:
    """Describe tools as one, with the SDK's classes: Vertex takes no second one with functions."""
    tools = cast("Sequence[type[DeclaredTool]]", tool_types)
    tool, function = tools[0]._classes
    return tool(function_declarations=[function(**each._declaration()) for each in tools])


def _schema(node: Mapping[str, Any], keywords: Mapping[str, str], tool: str) -> dict[str, Any]:
    """Word a schema; what Google has no keyword for goes into the description."""
    found: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, value in _tuple(_values(_nullable(node))).items():
        if key in _DROPPED or (key == "additionalProperties" and isinstance(value, bool)):
            continue
        if key == "anyOf" and key not in keywords and (one := _as_one(value)):
            found.update(_schema(one, keywords, tool))
        elif key == "anyOf" and key not in keywords:
            raise ValueError(
                f"{tool}: gemini has no unions ({json.dumps(value)}); use one type, or the "
                "vendor google."
            )
        elif key not in keywords or (key == "enum" and not _strings(value)):
            rest[key] = value
        elif key == "properties":
            found[key] = {n: _schema(child, keywords, tool) for n, child in value.items()}
        elif key == "items":
            found[key] = _schema(value, keywords, tool)
        elif key == "anyOf":
            found[key] = [_schema(option, keywords, tool) for option in value]
        else:
            found[keywords[key]] = value
    if rest:
        found["description"] = in_words(found.get("description"), rest)
    return found


def _nullable(node: Mapping[str, Any]) -> dict[str, Any]:
    """Write "this or null" as Google does."""
    node = dict(node)
    if "oneOf" in node:
        node["anyOf"] = node.pop("oneOf")
    null = {"type": "null"}
    if node.get("type") == "null":
        return {**{key: value for key, value in node.items() if key != "type"}, "nullable": True}
    options = node.get("anyOf", [])
    if null not in options:
        return node
    options = [option for option in node.pop("anyOf") if option != null]
    # What the field itself says goes before what its type says.
    extra = options[0] if len(options) == 1 else {"anyOf": options}
    return {**extra, **node, "nullable": True}


def _values(node: dict[str, Any]) -> dict[str, Any]:
    """Write a constant as an enum of one; Google's enums are of strings."""
    if "const" in node:
        node["enum"] = [node.pop("const")]
    values = node.get("enum")
    if values is None:
        return node
    if None in values:
        node["nullable"] = True
        node["enum"] = values = [value for value in values if value is not None]
    if not values:
        del node["enum"]
    elif _strings(values):
        node.update(type="string", format="enum")
    elif all(type(value) is int for value in values):
        node["type"] = "integer"
    return node


def _as_one(options: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Say a union as one type, where there is one that takes the same values."""
    types = {option.get("type") for option in options}
    if types == {"integer", "number"} and all(len(option) == 1 for option in options):
        return {"type": "number"}
    worded = [_values(dict(option)) for option in options]
    if all(
        each.keys() <= {"type", "enum", "format", "title"} and "enum" in each for each in worded
    ):
        values = [value for each in worded for value in each["enum"]]
        return {"enum": list(dict.fromkeys(values))} if _strings(values) else None
    return None


def _strings(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _tuple(node: dict[str, Any]) -> dict[str, Any]:
    """Give a tuple the `items` that Google wants of every array."""
    if "prefixItems" in node and "items" not in node:
        options = [
            item
            for at, item in enumerate(node["prefixItems"])
            if item not in node["prefixItems"][:at]
        ]
        node["items"] = options[0] if len(options) == 1 else {"anyOf": options}
    return node


def forced(name: str) -> dict[str, Any]:
    """Word that the model must call a tool."""
    return {"function_calling_config": {"mode": "ANY", "allowed_function_names": [name]}}
