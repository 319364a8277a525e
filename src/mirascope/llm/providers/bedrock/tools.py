"""Tools, and which of them the model has to call, to the Converse wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mirascope._wire.json_values import as_object, as_objects
from mirascope.llm.providers.anthropic.tools import strict_tools
from mirascope.llm.providers.bedrock.messages import CACHE_POINT
from mirascope.llm.providers.bedrock.models import Capabilities
from mirascope.llm.providers.bedrock.server_tools import encode_server_tool
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import skip
from mirascope.llm.providers.schemas import tool_parameters
from mirascope.llm.providers.tools import tool_choice, user_tools
from mirascope.llm.providers.turns import Block
from mirascope.llm.tools import AnyToolSchema

__all__ = ["encode_tools"]


def encode_tools(
    request: Request,
    can: Capabilities,
    hidden: AnyToolSchema | None,
    output_schema: Mapping[str, object] | None,
    messages: Iterable[Block],
    *,
    thinks: bool,
) -> dict[str, object] | None:
    """Return the tools, the format's last, and which has to be called; None without any.

    The wire has no word for calling none. Then none are offered, unless the conversation has calls
    already: without tools, the vendor refuses those.

    Args:
        request: Its toolkit holds the tools.
        can: What the model can do.
        hidden: The format's tool, which carries the answer, if there is one.
        output_schema: The strict schema of the answer itself, if it has one.
        messages: The conversation, as it is sent.
        thinks: Whether the model thinks; then no call can be forced on it, if it is Claude.

    Raises:
        FeatureNotSupportedError: A tool has to be strict and cannot be, or the vendor does not
            have a server-side tool.
    """
    functions = [*user_tools(request), *([hidden] if hidden else [])]
    choice = tool_choice(request, hidden, request.toolkit.tools)
    called = _called(messages)
    if choice == "none" and not called:
        return None
    strict = strict_tools(request, functions, output_schema, can_be_strict=can.strict)
    tools: list[Block] = [
        encode_server_tool(tool, request) for tool in request.toolkit.provider_tools_dict.values()
    ]
    tools += [_function(tool, strict.get(tool.name)) for tool in functions]
    if not tools:
        if not called:
            return None
        # A conversation that had tools goes on without them.
        tools = [_spec(name, "Not available any more.", {"type": "object"}) for name in called]
    if "tools" in can.cached:
        tools.append(CACHE_POINT)
    config: dict[str, object] = {"tools": tools}
    if (said := _choice(choice, request, can, thinks)) is not None:
        config["toolChoice"] = said
    return config


def _function(tool: AnyToolSchema, strict: dict[str, object] | None) -> Block:
    if strict is None:
        return _spec(tool.name, tool.description, tool_parameters(tool))
    return _spec(tool.name, tool.description, strict, strict=True)


def _spec(
    name: str, description: str | None, schema: Mapping[str, object], **more: object
) -> Block:
    spec: Block = {"name": name, "inputSchema": {"json": schema}, **more}
    if description:  # an empty one is refused
        spec["description"] = description
    return {"toolSpec": spec}


def _called(messages: Iterable[Block]) -> list[str]:
    """Return the names of the tools that were called."""
    calls = (
        as_object(block.get("toolUse"))
        for message in messages
        for block in as_objects(message["content"])
    )
    own = (str(call["name"]) for call in calls if "name" in call and "type" not in call)
    return list(dict.fromkeys(own))


def _choice(
    asked: str | None, request: Request, can: Capabilities, thinks: bool
) -> dict[str, object] | None:
    """Return the wire's choice; a wish that the model has no word for is noted."""
    if asked is None:
        return None
    if asked == "auto":
        return {"auto": {}}
    kind = "any" if asked == "required" else "tool"
    forced = asked != "none" and kind in can.choices and not (thinks and can.claude is not None)
    if not forced:
        if asked == request.params.get("tool_choice"):
            skip(request, "tool_choice", asked)
        return None
    return {"any": {}} if kind == "any" else {"tool": {"name": asked}}
