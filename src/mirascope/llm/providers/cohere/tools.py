"""Tools, and which of them the model has to call, to the Chat wire."""

from __future__ import annotations

from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.cohere.models import Capabilities
from mirascope.llm.providers.cohere.schemas import strict_schema
from mirascope.llm.providers.encoding import skip, unsupported
from mirascope.llm.providers.schemas import closed_objects, tool_parameters
from mirascope.llm.providers.tools import format_tool, server_tool, tool_choice, user_tools
from mirascope.llm.tools import AnyToolSchema

__all__ = ["encode_tools"]


def encode_tools(request: Request, can: Capabilities) -> dict[str, object]:
    """Return the fields that tools need.

    A call can be demanded, but not of which tool; where one is named, only that one is offered.

    Raises:
        FeatureNotSupportedError: Some tool has to be strict and not all of them can be, or the
            vendor is to run a tool itself.
    """
    for tool in request.toolkit.provider_tools_dict.values():
        server_tool(tool, request, {})
    hidden = format_tool(request.format)
    others = user_tools(request)
    offered = others if hidden is None else [*others, hidden]
    choice = tool_choice(request, hidden, others)
    if choice not in (None, "auto", "none", "required"):
        offered = [tool for tool in offered if tool.name == choice] or offered
    if not offered:
        return {}
    strict = _strict(request, offered)
    fields: dict[str, object] = {"tools": [_function(tool, strict) for tool in offered]}
    if strict:
        fields["strict_tools"] = True
    if choice not in (None, "auto"):
        if can.tool_choice:
            fields["tool_choice"] = "NONE" if choice == "none" else "REQUIRED"
        elif choice == request.params.get("tool_choice"):
            skip(request, "tool_choice", choice)
    return fields


def _strict(request: Request, offered: list[AnyToolSchema]) -> bool:
    """Return whether tools are strict, which is a matter of all of them."""
    if not any(tool.strict for tool in offered):
        return False
    for tool in offered:
        schema = strict_schema(tool_parameters(tool), keep_optional=tool.strict is None)
        if tool.strict is False or schema is None:
            raise unsupported(
                request,
                "strict tools",
                f"Cohere's tools are strict all or none, and '{tool.name}' cannot be: it says not "
                "to, or its arguments have no strict schema in which something is required.",
            )
    return True


def _function(tool: AnyToolSchema, strict: bool) -> dict[str, object]:
    parameters = tool_parameters(tool)
    schema = strict_schema(parameters, keep_optional=tool.strict is None) if strict else None
    function = {
        "name": tool.name,
        "description": tool.description,
        "parameters": schema or closed_objects(parameters),
    }
    return {"type": "function", "function": function}
