"""Tools, as far as all wires ask for them alike; each only words what is decided here."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from typing import TypeVar, cast

from mirascope.llm.formatting import FORMAT_TOOL_NAME, Format
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import skip, unsupported
from mirascope.llm.tools import AnyToolFn, AnyToolSchema, ComputerSchema, ProviderTool
from mirascope.llm.tools.computer import COMPUTER

__all__ = [
    "computer_of",
    "format_tool",
    "function_tools",
    "server_tool",
    "set_fields",
    "tool_choice",
    "user_tools",
]

_T = TypeVar("_T")


def user_tools(request: Request) -> list[AnyToolSchema]:
    """Return the tools that run on this side, for a wire where all of these are functions.

    Raises:
        FeatureNotSupportedError: One of them is a computer.
    """
    if computer_of(request) is not None:
        raise unsupported(request, "computer use")
    return function_tools(request)


def function_tools(request: Request) -> list[AnyToolSchema]:
    """Return the tools that run on this side, but for the computer."""
    tools = request.toolkit.tools_dict.values()
    return [tool for tool in tools if not isinstance(tool, ComputerSchema)]


def computer_of(request: Request) -> ComputerSchema[AnyToolFn] | None:
    """Return the computer that the model may use, if there is one."""
    tool = request.toolkit.tools_dict.get(COMPUTER)
    return tool if isinstance(tool, ComputerSchema) else None


def format_tool(format: Format[object] | None) -> AnyToolSchema | None:
    """Return the hidden tool, if the answer is asked for in the form of a call."""
    return format.create_tool_schema() if format is not None and format.mode == "tool" else None


def server_tool(tool: ProviderTool, request: Request, known: Mapping[str, _T]) -> _T:
    """Return the wire's word for a tool that the vendor runs, from those it has by our names.

    Raises:
        FeatureNotSupportedError: The vendor has no such tool.
    """
    if tool.name not in known:
        raise unsupported(request, f"Provider tool {tool.name}")
    return known[tool.name]


def set_fields(tool: ProviderTool, request: Request, known: Collection[str]) -> dict[str, object]:
    """Return the settings of a tool that were made, by their own names.

    Raises:
        FeatureNotSupportedError: The vendor does not know one of them.
    """
    made: dict[str, object] = {}
    for field in dataclasses.fields(tool):
        value: object = getattr(tool, field.name)
        if field.name == "name" or value == field.default:
            continue
        if field.name not in known:
            raise unsupported(
                request,
                f"{type(tool).__name__}({field.name}=...)",
                f"{request.provider_id} does not know {field.name} of {type(tool).__name__}.",
            )
        made[field.name] = (
            list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value
        )
    return made


def tool_choice(
    request: Request, hidden: AnyToolSchema | None, others: Collection[object]
) -> str | None:
    """Return ``auto``, ``none``, ``required``, the name of a tool, or None to say nothing.

    With a format asked for as a tool call, some call is required; the hidden tool itself when no
    other may be called. Without any tool there is nothing to choose from, and the wish is noted.

    Args:
        request: Its parameters have the caller's wish.
        hidden: The format's tool, if there is one.
        others: The tools beside it that the wire's choice is about.
    """
    wish = request.params.get("tool_choice")
    if hidden is not None:
        if wish == "none" or not others:
            return FORMAT_TOOL_NAME
        return "required" if wish in (None, "auto") else wish
    if others:
        return wish
    if wish not in ("auto", "none"):
        skip(request, "tool_choice", wish)
    return None
