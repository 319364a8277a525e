"""Tools and formats, as far as both wires ask for them alike."""

from __future__ import annotations

import re

from mirascope.llm.formatting import Format
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import unsupported
from mirascope.llm.providers.openai.models import Capabilities
from mirascope.llm.providers.schemas import closed_objects, strict_schema, tool_parameters
from mirascope.llm.tools import AnyToolSchema

__all__ = [
    "check_strict_format",
    "count_calls",
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


def check_strict_format(request: Request, can: Capabilities) -> None:
    """Raise if the model is known not to follow schemas.

    Raises:
        FeatureNotSupportedError: It is.
    """
    if can.json_schema is False:
        raise unsupported(request, "formatting_mode:strict")


def json_schema_fields(format: Format[object]) -> dict[str, object]:
    """Return how both wires describe the answer's schema.

    One without a strict form is sent as it is: the model then follows it without being held to it.
    """
    strict = strict_schema(format.schema)
    fields: dict[str, object] = {
        # The API takes no other characters; generic models have brackets in their names.
        "name": re.sub(r"[^a-zA-Z0-9_-]", "_", format.name)[:64],
        "schema": strict or closed_objects(format.schema),
        "strict": strict is not None,
    }
    if format.description:
        fields["description"] = format.description
    return fields
