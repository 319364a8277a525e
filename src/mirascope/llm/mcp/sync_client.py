"""A client for programs without an event loop: one runs in a thread behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import anyio
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import StdioServerParameters
from mcp.types import Prompt, Resource
from typing_extensions import Unpack

from mirascope.llm.mcp.client import MCPClient, tool_facts
from mirascope.llm.mcp.options import ConnectionOptions
from mirascope.llm.mcp.results import MCPPart, MCPResult
from mirascope.llm.mcp.transports import stdio_client, streamable_http_client
from mirascope.llm.messages import Message
from mirascope.llm.tools import Tool
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["SyncMCPClient", "connect"]

_T = TypeVar("_T")


@contextmanager
def connect(
    server: StdioServerParameters | str,
    *,
    headers: Mapping[str, str] | None = None,
    **options: Unpack[ConnectionOptions],
) -> Generator[SyncMCPClient]:
    """Connect to a server from a program without an event loop.

    Args:
        server: How it is started, or its address for streamable HTTP.
        headers: Sent with every request, if it has an address.
        **options: See `ConnectionOptions`. What they call is called in another thread.

    Yields:
        The client, which any thread may use.

    Raises:
        ConnectionError: The server cannot be started or reached, or does not speak the protocol.
    """
    if isinstance(server, StdioServerParameters):
        opened = stdio_client(server, **options)
    else:
        opened = streamable_http_client(server, headers=headers, **options)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(opened) as client:
        yield SyncMCPClient(client, portal)


class SyncMCPClient:
    """As `MCPClient`, without `await`; `connect` makes it."""

    def __init__(self, client: MCPClient, portal: BlockingPortal) -> None:
        """Stand before a client whose event loop is in another thread.

        Args:
            client: The client.
            portal: The way to its event loop.
        """
        self._client = client
        self._portal = portal

    @property
    def tools(self) -> list[Tool[..., Jsonable]]:
        """Return the server's tools; see `list_tools`."""
        return self.list_tools()

    @property
    def instructions(self) -> str | None:
        """Return what the server says of its use, to be told to a model."""
        return self._client.instructions

    def list_tools(self) -> list[Tool[..., Jsonable]]:
        """Return the server's tools; see `MCPClient.list_tools`."""
        made: list[Tool[..., Jsonable]] = []
        for tool, name in self._wait(self._client.list_chosen):
            call = self._caller(tool.name)
            call.__name__ = call.__qualname__ = name
            description, parameters = tool_facts(tool)
            made.append(Tool(call, name, description, parameters, strict=False))
        return made

    def _caller(self, tool: str) -> Callable[..., Jsonable]:
        def call(**arguments: object) -> Jsonable:
            return self.call_tool(tool, arguments).told

        return call

    def call_tool(self, name: str, arguments: Mapping[str, object] | None = None) -> MCPResult:
        """Call a tool; see `MCPClient.call_tool`. On Ctrl-C, the server is told to stop."""
        return self._wait(self._client.call_tool, name, arguments)

    def list_resources(self) -> list[Resource]:
        """Return the server's resources; see `MCPClient.list_resources`."""
        return self._wait(self._client.list_resources)

    def read_resource(self, uri: str) -> list[MCPPart]:
        """Return a resource as parts; see `MCPClient.read_resource`."""
        return self._wait(self._client.read_resource, uri)

    def list_prompts(self) -> list[Prompt]:
        """Return the server's prompts; see `MCPClient.list_prompts`."""
        return self._wait(self._client.list_prompts)

    def get_prompt(self, name: str, arguments: Mapping[str, str] | None = None) -> list[Message]:
        """Return a prompt's messages; see `MCPClient.get_prompt`."""
        return self._wait(self._client.get_prompt, name, arguments)

    def _wait(self, method: Callable[..., Awaitable[_T]], *args: object) -> _T:
        try:
            pending = self._portal.start_task_soon(method, *args)
        except RuntimeError as error:
            raise anyio.ClosedResourceError(
                "The connection to the MCP server is closed. Its tools work inside the block of "
                "llm.mcp.connect."
            ) from error
        try:
            return pending.result()
        except BaseException:  # Ctrl-C above all
            pending.cancel()
            raise
