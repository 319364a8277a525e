"""What a server offers: tools, and calls that look like tools to clients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, cast

from mirascope.llm.calls.calls import BaseCall
from mirascope.llm.prompts import AsyncContextPrompt, AsyncPrompt, ContextPrompt
from mirascope.llm.tools import (
    AnyToolSchema,
    AsyncContextTool,
    AsyncContextToolkit,
    AsyncTool,
    BaseToolkit,
    ContextTool,
    ProviderTool,
    Tool,
)
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.types.refusals import require, wrong_type

__all__ = ["AnyCall", "OfferedTools", "offered"]

AnyCall: TypeAlias = BaseCall[Any]
"""A call of any of the kinds."""

OfferedTools: TypeAlias = Iterable[AnyToolSchema] | BaseToolkit[AnyToolSchema]
"""Tools of any kind."""


def offered(
    tools: OfferedTools, calls: Iterable[AnyCall], *, has_context: bool
) -> AsyncContextToolkit[Any]:
    """Return all of them as one toolkit.

    Args:
        tools: Tools, or a toolkit.
        calls: Each becomes a tool whose arguments are those of the prompt, and whose result is the
            model's answer, once the tools that the model calls have run.
        has_context: Whether there is a context to run them with.

    Raises:
        TypeError: Something is neither, requires approval, or takes a context and there is none.
        ValueError: Two have the same name.
    """
    given = tools.tools if isinstance(tools, BaseToolkit) else tools
    require("tools", given, Iterable, "a list of tools")
    require("calls", calls, Iterable, "a list of calls")
    found: list[Any] = [*given, *(_tool_of(call) for call in calls)]
    for tool in found:
        if isinstance(tool, ProviderTool):
            raise TypeError(f"A provider runs {tool.name!r} itself: no MCP client can call it.")
        if getattr(tool, "requires_approval", False):
            raise TypeError(
                f"{tool.name!r} requires approval, and nobody can be asked here. MCP clients ask "
                "their users: offer a tool that does not require it, if that will do."
            )
        if isinstance(tool, ContextTool | AsyncContextTool) and not has_context:
            name = cast("AnyToolSchema", tool).name
            raise TypeError(f"{name!r} takes a context: pass context= to llm.mcp.serve.")
    return AsyncContextToolkit(found)


def _tool_of(call: AnyCall) -> AnyToolSchema:
    if not isinstance(cast("object", call), BaseCall):
        raise wrong_type("calls", "functions that llm.call decorates", call)
    prompt = call.prompt
    takes_context = isinstance(prompt, ContextPrompt | AsyncContextPrompt)
    kind: type[AnyToolSchema]
    if isinstance(prompt, AsyncPrompt | AsyncContextPrompt):
        kind = AsyncContextTool if takes_context else AsyncTool
        ask = _asking_async(call, takes_context)
    else:
        kind = ContextTool if takes_context else Tool
        ask = _asking(call, takes_context)
    described = kind.from_function(cast("Any", prompt).fn)
    return described._made_of(ask)  # pyright: ignore[reportPrivateUsage]  # as calls do it


def _asking(call: Any, takes_context: bool) -> Callable[..., Jsonable]:
    def ask(*args: object, **kwargs: object) -> Jsonable:
        ctx = args[:1] if takes_context else ()
        response = call(*args, **kwargs)
        while response.tool_calls:
            response = response.resume(*ctx, response.execute_tools(*ctx))
        return _answer(response)

    return ask


def _asking_async(call: Any, takes_context: bool) -> Callable[..., Any]:
    async def ask(*args: object, **kwargs: object) -> Jsonable:
        ctx = args[:1] if takes_context else ()
        response = await call(*args, **kwargs)
        while response.tool_calls:
            response = await response.resume(*ctx, await response.execute_tools(*ctx))
        return _answer(response)

    return ask


def _answer(response: Any) -> Jsonable:
    answer: Jsonable = response.text() if response.format is None else response.parse()
    return answer
