# The client gives other types than the session it is, as v1's did.
# pyright: reportIncompatibleMethodOverride=false
"""Clients of servers of the protocol."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Self

from mcp import ClientSession, StdioServerParameters, types
from mcp.client.session import ListRootsFnT, SamplingFnT
from mcp.client.sse import sse_client as sse_transport
from mcp.client.stdio import stdio_client as stdio_transport

from mirascope.core.base import BaseMessageParam, BaseTool, TextPart
from mirascope.llm.mcp.pages import all_pages

from .convert import message_of, parts_of, tool_of

__all__ = ["MCPClient", "sse_client", "stdio_client"]


class MCPClient(ClientSession):
    """A session with a server, that speaks of v1's tools, messages and parts."""

    @classmethod
    def of(cls, session: ClientSession) -> Self:
        """Make a client of a session that is open; whoever opened it closes it."""
        client = cls.__new__(cls)
        client.__dict__ = session.__dict__
        return client

    async def list_resources(self) -> list[types.Resource]:  # type: ignore[override]  # as v1's
        """List the resources, from every page."""
        return await all_pages(
            "resources/list",
            lambda params: ClientSession.list_resources(self, params=params),
            lambda page: page.resources,
        )

    async def read_resource(  # type: ignore[override]  # as v1's
        self, uri: str
    ) -> list[TextPart | types.BlobResourceContents]:
        """Read a resource.

        Args:
            uri: Its URI.

        Returns:
            Text as parts, and anything else as it came.
        """
        result = await super().read_resource(str(uri))
        return [
            TextPart(type="text", text=each.text)
            if isinstance(each, types.TextResourceContents)
            else each
            for each in result.contents
        ]

    async def list_prompts(self) -> list[types.Prompt]:  # type: ignore[override]  # as v1's
        """List the prompts, from every page."""
        return await all_pages(
            "prompts/list",
            lambda params: ClientSession.list_prompts(self, params=params),
            lambda page: page.prompts,
        )

    async def get_prompt_template(
        self, name: str
    ) -> Callable[..., Awaitable[list[BaseMessageParam]]]:
        """Make a function of a prompt: given its arguments by name, it gives the messages.

        Args:
            name: The prompt's name.
        """

        async def template(**arguments: str) -> list[BaseMessageParam]:
            result = await self.get_prompt(name, arguments)
            return [message_of(message) for message in result.messages]

        template.__name__ = template.__qualname__ = name
        return template

    async def list_tools(self) -> list[type[BaseTool]]:  # type: ignore[override]  # as v1's
        """List the tools, from every page, as tool types whose `call` is to be awaited."""
        tools = await all_pages(
            "tools/list",
            lambda params: ClientSession.list_tools(self, params=params),
            lambda page: page.tools,
        )
        return [tool_of(tool, self._call) for tool in tools]

    async def _call(self, name: str, arguments: dict[str, Any]) -> Any:
        """Call a tool.

        Returns:
            The text, or the parts where not all of them are text. An error of the tool is told in
            the text: it is for the model.
        """
        result = await self.call_tool(name, arguments)
        parts = parts_of(result.content)
        texts = [part.text for part in parts if isinstance(part, TextPart)]
        if len(texts) < len(parts):
            return parts
        text = "\n".join(texts)
        return f"Error: {text}" if result.is_error else text


@asynccontextmanager
async def sse_client(
    url: str,
    list_roots_callback: ListRootsFnT | None = None,
    read_timeout_seconds: float | timedelta | None = None,
    sampling_callback: SamplingFnT | None = None,
    session: ClientSession | None = None,
) -> AsyncGenerator[MCPClient]:
    """Connect to a server that speaks over HTTP, with server-sent events.

    Args:
        url: Where its events are.
        list_roots_callback: Asked by the server for the client's roots.
        read_timeout_seconds: How long to wait for each answer; None for ever.
        sampling_callback: Asked by the server for a model's answer.
        session: A session that is open, to use in place of a new connection.

    Yields:
        The client. The connection ends with the block.
    """
    if session is not None:
        yield MCPClient.of(session)
        return
    if isinstance(read_timeout_seconds, timedelta):
        read_timeout_seconds = read_timeout_seconds.total_seconds()
    async with (
        sse_transport(url) as (read, write),
        MCPClient(
            read,
            write,
            read_timeout_seconds=read_timeout_seconds,
            sampling_callback=sampling_callback,
            list_roots_callback=list_roots_callback,
        ) as client,
    ):
        await client.initialize()
        yield client


@asynccontextmanager
async def stdio_client(
    server_parameters: StdioServerParameters,
    read_stream_exception_handler: Callable[[Exception], Any] | None = None,
) -> AsyncGenerator[MCPClient]:
    """Start a server and connect to it over its standard streams.

    Args:
        server_parameters: How it is started.
        read_stream_exception_handler: Called, and awaited if that is what it wants, with what goes
            wrong in reading; without it nobody is told.

    Yields:
        The client. The server is stopped at the end of the block.
    """

    async def handle(message: object) -> None:
        if isinstance(message, Exception) and read_stream_exception_handler is not None:
            handled = read_stream_exception_handler(message)
            if inspect.isawaitable(handled):
                await handled

    async with (
        stdio_transport(server_parameters) as (read, write),
        MCPClient(read, write, message_handler=handle) as client,
    ):
        await client.initialize()
        yield client
