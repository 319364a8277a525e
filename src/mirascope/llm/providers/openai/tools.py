"""Tools and formats, as far as both wires ask for them alike."""

from __future__ import annotations

import re

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import Format
from mirascope.llm.formatting.format_tool import FORMAT_TOOL_NAME
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import closed_objects, skip, strict_schema, tool_parameters
from mirascope.llm.providers.openai.models import ModelFeatures
from mirascope.llm.tools import AnyToolSchema, ProviderTool

__all__ = [
    "check_strict_format",
    "count_calls",
    "format_tool",
    "function_fields",
    "json_schema_fields",
    "tool_choice",
    "user_tools",
]


def user_tools(request: Request) -> list[AnyToolSchema]:
    """Return the tools that run on this side."""
    return [tool for tool in request.toolkit.tools if not isinstance(tool, ProviderTool)]


def count_calls(request: Request) -> int:
    """Return how many calls the conversation has; ids made up for new ones go on from there."""
    return sum(
        part.type == "tool_call"
        for message in request.messages
        if message.role == "assistant"
        for part in message.content
    )


def format_tool(request: Request) -> AnyToolSchema | None:
    """Return the hidden tool, if the answer is asked for in the form of a call."""
    if request.format is None or request.format.mode != "tool":
        return None
    return request.format.create_tool_schema()


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
        raise FeatureNotSupportedError(
            "strict tools",
            request.provider_id,
            request.model_id,
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


def tool_choice(request: Request) -> str | None:
    """Return ``auto``, ``none``, ``required``, the name of a tool, or None to say nothing.

    With a format asked for as a tool call, some call is required; the hidden tool itself when no
    other may be called.
    """
    choice = request.params.get("tool_choice")
    if request.format is not None and request.format.mode == "tool":
        if choice == "none" or not user_tools(request):
            return FORMAT_TOOL_NAME
        return "required" if choice in (None, "auto") else choice
    if request.toolkit.tools:
        return choice
    if choice not in ("auto", "none"):
        skip(request, "tool_choice", choice)
    return None


def check_strict_format(request: Request, features: ModelFeatures) -> None:
    """Raise if the model is known not to follow schemas.

    Raises:
        FeatureNotSupportedError: It is.
    """
    if features.json_schema is False:
        raise FeatureNotSupportedError(
            "formatting_mode:strict", request.provider_id, request.model_id
        )


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
