"""``mirascope mcp serve``: the user's tools and calls, for clients of the protocol."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, cast

from mirascope.llm.calls.calls import BaseCall
from mirascope.llm.cli.exits import Exit, UsageError, one_line
from mirascope.llm.cli.found import find_module, find_object
from mirascope.llm.cli.signals import interruptible
from mirascope.llm.cli.terminal import tell
from mirascope.llm.tools import BaseToolkit, ToolSchema

__all__ = ["run"]


def run(options: argparse.Namespace) -> Exit:
    """Serve until the client is gone or the process is interrupted, and return how it went."""
    try:
        from mirascope.llm import mcp  # an extra
    except ImportError as error:
        tell(f"mirascope: {error}")
        return Exit.USAGE
    try:
        tools, calls = _offers(options.target)
        server = mcp.make_server(tools, calls, name=options.name or options.target)
    except (UsageError, TypeError, ValueError) as error:
        tell(f"mirascope: {one_line(str(error))}")
        return Exit.USAGE
    import asyncio  # slow, and --help does without

    if options.http:
        tell(f"Serving MCP on http://{options.host}:{options.port}/mcp (Ctrl-C ends it)")
        interruptible()
    with suppress(KeyboardInterrupt):  # the regular way to end it
        asyncio.run(
            mcp.serve_async(
                server,
                transport="http" if options.http else "stdio",
                host=options.host,
                port=options.port,
            )
        )
    return Exit.OK


def _offers(target: str) -> tuple[list[ToolSchema[Any]], list[BaseCall[Any]]]:
    """Return the tools and the calls that `target` names.

    Raises:
        UsageError: There are none.
    """
    module, colon, name = target.partition(":")
    try:
        found = find_object(module, name) if colon else vars(find_module(module)).values()
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"{target}: {error}") from error
    if isinstance(found, BaseToolkit):
        found = cast("Any", found).tools
    single = isinstance(found, ToolSchema | BaseCall) or not isinstance(found, Iterable)
    items = cast("list[object]", [found] if single else list(cast("Iterable[object]", found)))
    tools: list[Any] = [item for item in items if isinstance(item, ToolSchema)]
    calls: list[Any] = [item for item in items if isinstance(item, BaseCall)]
    if not tools and not calls:
        raise UsageError(f"{target}: there is nothing made by llm.tool or llm.call")
    return tools, calls
