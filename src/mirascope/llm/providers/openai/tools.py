"""Tools and formats, as far as both wires ask for them alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mirascope.llm.formatting import Format
from mirascope.llm.providers.capabilities import Capabilities
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import unsupported
from mirascope.llm.providers.schemas import closed_objects, strict_schema, tool_parameters
from mirascope.llm.tools import AnyToolSchema

__all__ = [
    "count_calls",
    "enforces",
    "function_fields",
    "json_schema_fields",
]


def count_calls(request: Request) -> int:
    """Return how many calls the conversation has; ids made up for new ones go on from there."""
    return sum(
        part.type == "tool_call"
        for message in request.messages
        if message.role == "assistant"
        for part in message.content
    )


def function_fields(
    tool: AnyToolSchema, request: Request, *, strict_default: bool
) -> dict[str, object]:
    """Return what both wires say about a function.

    A tool that does not say is strict where that is the server's custom and its schema has a strict
    form that leaves optional arguments optional. ``strict`` is left out for servers that may not
    know it, unless a tool insists.

    Raises:
        FeatureNotSupportedError: The tool insists on being strict and its schema has no such form.
    """
    parameters = tool_parameters(tool)
    strict = None
    if tool.strict or (tool.strict is None and strict_default):
        strict = strict_schema(parameters, keep_optional=tool.strict is None)
    if strict is None and tool.strict:
        raise unsupported(
            request,
            "strict tools",
            f"The tool '{tool.name}' cannot be strict: some part of its arguments, such as a dict "
            "with free keys, a tuple or a value of any type, has no strict schema.",
        )
    fields: dict[str, object] = {
        "name": tool.name,
        "description": tool.description,
        "parameters": strict or closed_objects(parameters),
    }
    if strict is not None or strict_default:
        fields["strict"] = strict is not None
    return fields


def enforces(schema: Mapping[str, object], can: Capabilities) -> bool:
    """Return whether an answer can be held to `schema`; see `Codec.enforces`."""
    return can.json_schema is False or strict_schema(schema) is not None


def json_schema_fields(format: Format[object], request: Request) -> dict[str, object]:
    """Return how both wires describe the schema that the answer is held to.

    Raises:
        FeatureNotSupportedError: The schema has no strict form.
    """
    schema = strict_schema(format.schema)
    if schema is None:
        raise unsupported(request, "formatting_mode:strict")
    fields: dict[str, object] = {
        # The API takes no other characters; generic models have brackets in their names.
        "name": re.sub(r"[^a-zA-Z0-9_-]", "_", format.name)[:64],
        "schema": schema,
        "strict": True,
    }
    if format.description:
        fields["description"] = format.description
    return fields
