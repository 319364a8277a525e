"""Tools, and which of them the model has to call, to the Messages wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.providers.anthropic.models import Capabilities, capabilities
from mirascope.llm.providers.anthropic.schemas import fits_the_limits, strict_schema
from mirascope.llm.providers.anthropic.server_tools import encode_server_tool
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import skip, unsupported
from mirascope.llm.providers.schemas import tool_parameters
from mirascope.llm.providers.tools import computer_of, function_tools, tool_choice
from mirascope.llm.tools import AnyToolFn, AnyToolSchema, ComputerSchema

__all__ = ["computer_beta", "encode_tool_choice", "encode_tools", "strict_tools"]


def encode_tools(
    request: Request,
    can: Capabilities,
    hidden: AnyToolSchema | None,
    output_schema: Mapping[str, object] | None,
) -> list[dict[str, object]]:
    """Return the tools: the vendor's own, the computer, functions, and the format's last.

    Args:
        request: Its toolkit holds the tools.
        can: What the model can do.
        hidden: The format's tool, which carries the answer, if there is one.
        output_schema: The strict schema of the answer itself, if it has one.

    Raises:
        FeatureNotSupportedError: A tool has to be strict and cannot be, the vendor does not have a
            server-side tool, or the model is too old to use a computer.
    """
    functions = [*function_tools(request), *([hidden] if hidden else [])]
    strict = strict_tools(request, functions, output_schema, can_be_strict=can.strict)
    encoded: list[dict[str, object]] = [
        encode_server_tool(tool, request) for tool in request.toolkit.provider_tools_dict.values()
    ]
    if (computer := computer_of(request)) is not None:
        encoded.append(_computer(computer, request, can))
    encoded += [_function(tool, strict.get(tool.name)) for tool in functions]
    return encoded


def _computer(
    computer: ComputerSchema[AnyToolFn], request: Request, can: Capabilities
) -> dict[str, object]:
    """Return the computer, whose actions the model knows.

    https://docs.claude.com/en/docs/agents-and-tools/tool-use/computer-use-tool (2026-02).
    """
    if can.computer is None:
        raise unsupported(request, "computer use")
    return {
        "type": f"computer_{can.computer.replace('-', '')}",
        "name": computer.name,
        "display_width_px": computer.width,
        "display_height_px": computer.height,
    }


def computer_beta(request: Request) -> list[str]:
    """Return the beta that the computer needs, if there is one among the tools."""
    version = capabilities(request.model_name).computer
    return [f"computer-use-{version}"] if computer_of(request) is not None and version else []


def strict_tools(
    request: Request,
    functions: Sequence[AnyToolSchema],
    output_schema: Mapping[str, object] | None,
    *,
    can_be_strict: bool,
) -> dict[str, dict[str, object]]:
    """Return the schemas of the tools that are strict, by name.

    Where a tool leaves it open whether it is strict, all such are, if the model can do that and
    the request stays within the vendor's limits.

    Args:
        request: What is asked.
        functions: The tools.
        output_schema: The strict schema of the answer itself, which counts for the limits too.
        can_be_strict: Whether the model enforces schemas of tools.

    Raises:
        FeatureNotSupportedError: A tool has to be strict and cannot be.
    """
    strict = {
        tool.name: schema
        for tool in functions
        if can_be_strict
        and tool.strict is not False
        and (schema := strict_schema(tool_parameters(tool))) is not None
    }
    counted = [*strict.values(), *([output_schema] if output_schema else [])]
    if not fits_the_limits(counted, len(strict)):
        insisted = {tool.name for tool in functions if tool.strict}
        strict = {name: schema for name, schema in strict.items() if name in insisted}
    for tool in functions:
        if tool.strict and tool.name not in strict:
            raise unsupported(
                request,
                "strict tools",
                f"Tool '{tool.name}' cannot be strict: the model does not support that, or not "
                "for this schema.",
            )
    return strict


def _function(tool: AnyToolSchema, strict: dict[str, object] | None) -> dict[str, object]:
    encoded: dict[str, object] = {"name": tool.name, "description": tool.description}
    if strict is None:
        return {**encoded, "input_schema": tool_parameters(tool)}
    return {**encoded, "input_schema": strict, "strict": True}


def encode_tool_choice(
    request: Request, hidden: AnyToolSchema | None, thinks: bool
) -> dict[str, object] | None:
    """Return which tool has to be called, if the caller or the format says so.

    While a model thinks, none can be forced on it: then it is asked to call the format tool by the
    instructions in the system message only.
    """
    asked = tool_choice(request, hidden, request.toolkit.tools)
    if asked is None:
        return None
    if asked in ("auto", "none"):
        return {"type": asked}
    if thinks:
        if asked == request.params.get("tool_choice"):
            skip(request, "tool_choice", asked)
        return {"type": "auto"}
    if asked == "required":
        return {"type": "any"}
    choice: dict[str, object] = {"type": "tool", "name": asked}
    return {**choice, "disable_parallel_tool_use": True} if asked == FORMAT_TOOL_NAME else choice
