"""The hidden tool whose arguments are the answer, for the mode ``tool``."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import cast

from mirascope.llm.content.tool_call import FORMAT_TOOL_NAME
from mirascope.llm.tools.parameter_schema import ToolParameterSchema
from mirascope.llm.tools.tool_schema import ToolSchema

__all__ = ["FORMAT_TOOL_NAME", "create_format_tool"]


def _answer(**arguments: object) -> None:
    """Refuse to run: the arguments are the answer, there is nothing to execute."""
    raise TypeError(f"{FORMAT_TOOL_NAME} holds the answer's format and cannot be called")


# One function for all formats, so that equal formats give equal (and cacheable) tools.
_answer.__name__ = _answer.__qualname__ = FORMAT_TOOL_NAME


def create_format_tool(
    name: str, description: str | None, schema: dict[str, object]
) -> ToolSchema[Callable[..., None]]:
    """Return the tool for a format.

    Every property is required of the model, also those with a default: an answer that leaves
    fields out is worse than one that repeats a default.
    """
    root = _root(schema)
    properties = cast("dict[str, dict[str, object]]", copy.deepcopy(root.get("properties", {})))
    parameters: dict[str, object] = {
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    if "$defs" in schema:
        parameters["$defs"] = copy.deepcopy(schema["$defs"])
    text = f"Call this tool to give the final response as structured {name} data."
    return ToolSchema(
        fn=_answer,
        name=FORMAT_TOOL_NAME,
        description=f"{text}\n{description}" if description else text,
        parameters=ToolParameterSchema.model_validate(parameters),
        strict=None,
    )


def _root(schema: dict[str, object]) -> dict[str, object]:
    """Follow the reference that is the whole root of a recursive type's schema."""
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    definitions = cast("dict[str, dict[str, object]]", schema.get("$defs", {}))
    return definitions.get(reference.removeprefix("#/$defs/"), schema)
