"""Tools and schemas of chat completions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mirascope._wire.json_schema import map_below

from ...base.jsonable import tool_output
from ...base.tool import BaseTool

__all__ = ["ChatTool", "json_switch", "strict_schema", "tool_dicts"]


class ChatTool(BaseTool):
    """A tool whose call is `id`, `function.name` and `function.arguments`."""

    # Whether a tool without parameters has a schema that says so.
    _empty_schema: ClassVar[bool] = False

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool as a function."""
        function: dict[str, Any] = {"name": cls._name(), "description": cls._description()}
        parameters = cls.parameters()
        if parameters.get("properties"):
            function["parameters"] = parameters
        elif cls._empty_schema:
            function["parameters"] = {"type": "object"}
        if cls.tool_config.get("strict") and "strict" in cls._known_config:
            function["strict"] = True
            function["parameters"] = strict_schema(parameters)
        return {"type": "function", "function": function}


def tool_dicts(tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Make one message of role `tool` for each output."""
    return [
        {
            "role": "tool",
            "content": tool_output(output),
            # Not `tool.id`: a tool may have a parameter of that name.
            "tool_call_id": tool._call_id(tool.tool_call),
            "name": tool._name(),
        }
        for tool, output in tools_and_outputs
    ]


def json_switch(schema: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """Make the `response_format` of JSON mode, with a schema where strictness is asked for."""
    if schema is None:
        return {"type": "json_object"}
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "schema": strict_schema(schema), "strict": True},
    }


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Word a schema as strict mode wants it.

    Every object is closed and has all its properties required, nothing has a default, and a
    reference stands alone: https://platform.openai.com/docs/guides/structured-outputs, read
    2026-11-20.
    """
    definitions = schema.get("$defs", {})

    def strict(node: Mapping[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
        reference = node.get("$ref")
        if isinstance(reference, str):
            name = reference.rsplit("/", 1)[-1]
            if len(node) == 1 or name in seen:
                return {"$ref": reference}
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return strict({**definitions[name], **rest}, (*seen, name))
        kept = {key: value for key, value in node.items() if key != "default"}
        result = map_below(kept, lambda child: strict(child, seen))
        if "properties" in node:
            result.update(additionalProperties=False, required=list(node["properties"]))
        return result

    return {**strict(schema, ()), "additionalProperties": False}
