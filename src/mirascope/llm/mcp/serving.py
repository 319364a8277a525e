"""Our tools and calls, offered to clients of the protocol."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout, suppress
from typing import Any, Literal, TypeAlias

from mcp import MCPError
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ContentBlock,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from mcp.types import Tool as ServerTool

from mirascope.llm.content import ToolCall
from mirascope.llm.content.tool_output import plain_result
from mirascope.llm.context import Context
from mirascope.llm.mcp.offers import AnyCall, OfferedTools, offered
from mirascope.llm.mcp.progress import progress_told
from mirascope.llm.mcp.results import block_of
from mirascope.llm.tools import AnyToolSchema

__all__ = ["ContextMaker", "Transport", "make_server", "serve", "serve_async"]

ContextMaker: TypeAlias = Callable[[ServerRequestContext[Any, Any]], Context[Any]]
"""Makes the context of one call; its argument has the client's request."""

Transport: TypeAlias = Literal["stdio", "http"]

_Request: TypeAlias = ServerRequestContext[Any, Any]
_GRACE = 2
"""Seconds that answers have to end when an HTTP server is stopped; streams to clients never do."""


def make_server(
    tools: OfferedTools = (),
    calls: Iterable[AnyCall] = (),
    *,
    name: str = "mirascope",
    version: str = "",
    instructions: str | None = None,
    context: Context[Any] | ContextMaker | None = None,
) -> Server[Any]:
    """Make a server of the library `mcp`, to be run in any of its ways.

    ``make_server(...).streamable_http_app()`` is an ASGI application, for one.

    Args:
        tools: Tools of any kind, or a toolkit. Synchronous ones run in threads.
        calls: Calls of any kind: clients see tools whose result is the model's answer. What the
            model calls is run until it has answered.
        name: What clients are told the server is.
        version: Of which version.
        instructions: What clients may tell their model of its use.
        context: What tools and calls with a context get: the context, or a function that makes it
            of the client's request, of its headers, say.

    Raises:
        TypeError: Something is no tool or call, requires approval, or takes a context and there is
            none.
        ValueError: Two have the same name.
    """
    toolkit = offered(tools, calls, has_context=context is not None)
    described = [_described(tool) for tool in toolkit.tools_dict.values()]

    async def list_tools(
        request: _Request, params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(tools=described)

    async def call_tool(request: _Request, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in toolkit.tools_dict:
            raise MCPError(code=INVALID_PARAMS, message=f"Unknown tool: {params.name}")
        ctx = context(request) if callable(context) else context
        call = ToolCall(
            id=str(request.request_id), name=params.name, args=json.dumps(params.arguments or {})
        )
        async with progress_told(request.session.report_progress):
            # Only tools that take a context look at it, and then there is one.
            output = await toolkit.execute(ctx or Context(deps=None), call)
        result = plain_result(output.result)
        text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
        told: list[ContentBlock] = [TextContent(type="text", text=text)]
        if output.media and not text:
            told = []
        return CallToolResult(
            content=[*told, *map(block_of, output.media)],
            structured_content=result if isinstance(result, dict) else None,
            is_error=output.error is not None,
        )

    return Server(
        name,
        version=version,
        instructions=instructions,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _described(tool: AnyToolSchema) -> ServerTool:
    schema = tool.parameters.model_dump(by_alias=True, exclude_none=True)
    return ServerTool(
        name=tool.name, description=tool.description, input_schema={"type": "object", **schema}
    )


def serve(
    tools: OfferedTools = (),
    calls: Iterable[AnyCall] = (),
    *,
    name: str = "mirascope",
    version: str = "",
    instructions: str | None = None,
    context: Context[Any] | ContextMaker | None = None,
    transport: Transport = "stdio",
    host: str = "127.0.0.1",
    port: int = 8000,
) -> None:
    """Offer tools and calls to clients, until they are gone or the process is interrupted.

    A tool that fails is told to the client as one that failed, with the text of its error; when a
    client cancels a call, the tool is cancelled, if it is async.

    Args:
        tools: See `make_server`.
        calls: See `make_server`.
        name: See `make_server`.
        version: See `make_server`.
        instructions: See `make_server`.
        context: See `make_server`.
        transport: ``stdio``, for one client that has started this process, or ``http``, streamable
            HTTP for any number of them, at the path ``/mcp``. What is printed goes to standard
            error with the first: its standard output is the protocol's.
        host: Where to listen for HTTP. Only requests that name this machine are answered unless it
            is another one's address; there is no authentication either way.
        port: The port for HTTP.

    Raises:
        TypeError: Something is no tool or call, requires approval, or takes a context and there is
            none.
        ValueError: Two have the same name.
    """
    server = make_server(
        tools, calls, name=name, version=version, instructions=instructions, context=context
    )
    with suppress(KeyboardInterrupt):  # the regular way to end it
        asyncio.run(serve_async(server, transport=transport, host=host, port=port))


async def serve_async(
    server: Server[Any],
    *,
    transport: Transport = "stdio",
    host: str = "127.0.0.1",
    port: int = 8000,
) -> None:
    """Run a server of `make_server` in a program that has an event loop; see `serve`."""
    if transport == "stdio":
        async with stdio_server() as (read, write):
            # What a tool prints would wait in a buffer, and reach the client when all is over.
            with redirect_stdout(sys.stderr):
                await server.run(read, write, server.create_initialization_options())
        return
    import uvicorn  # a server over standard streams does without

    app = server.streamable_http_app(host=host)
    config = uvicorn.Config(app, host=host, port=port, timeout_graceful_shutdown=_GRACE)
    await uvicorn.Server(config).serve()
