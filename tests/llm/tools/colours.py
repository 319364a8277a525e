"""One body for the four kinds of tools and toolkits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.context import Context
from mirascope.llm.tools import (
    AsyncContextTool,
    AsyncContextToolkit,
    AsyncTool,
    AsyncToolkit,
    ContextTool,
    ContextToolkit,
    Tool,
    Toolkit,
    tool,
)

__all__ = ["CTX", "KINDS", "TOOLKITS", "called", "every_kind", "run", "run_in", "variant"]

KINDS = {
    "plain": Tool,
    "async": AsyncTool,
    "context": ContextTool,
    "async context": AsyncContextTool,
}
TOOLKITS = {
    "plain": Toolkit,
    "async": AsyncToolkit,
    "context": ContextToolkit,
    "async context": AsyncContextToolkit,
}
CTX = Context(deps="the deps")

every_kind = pytest.mark.parametrize("kind", list(KINDS))


def called(name: str = "probe", /, **arguments: object) -> ToolCall:
    """Return a model's call."""
    return ToolCall(id="call_1", name=name, args=json.dumps(arguments))


def variant(kind: str, body: Callable[..., Any], **options: Any) -> Any:
    """Return a tool of `kind` named ``probe`` that takes ``x: int`` and does `body`.

    `body` is given the argument, and the context after it where there is one.
    """
    if kind == "plain":

        def probe(x: int) -> Any:
            return body(x)

    elif kind == "async":

        async def probe(x: int) -> Any:
            await asyncio.sleep(0)
            return body(x)

    elif kind == "context":

        def probe(ctx: Context[str], x: int) -> Any:
            return body(x, ctx)

    else:

        async def probe(ctx: Context[str], x: int) -> Any:
            await asyncio.sleep(0)
            return body(x, ctx)

    return tool(**options)(probe)


def run(a_tool: Any, call: ToolCall) -> ToolOutput[Any]:
    """Execute a tool of any kind."""
    context = [CTX] if isinstance(a_tool, (ContextTool, AsyncContextTool)) else []
    outcome = a_tool.execute(*context, call)
    return outcome if isinstance(outcome, ToolOutput) else asyncio.run(outcome)


def run_in(toolkit: Any, *calls: ToolCall) -> list[ToolOutput[Any]]:
    """Execute calls in a toolkit of any kind."""
    context = [CTX] if isinstance(toolkit, (ContextToolkit, AsyncContextToolkit)) else []
    outcome = toolkit.execute_all(*context, calls)
    return outcome if isinstance(outcome, list) else asyncio.run(outcome)
