"""A client of a server: its tools, resources and prompts."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Self, TypeVar

from mcp import ClientSession
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import (
    CallToolRequest,
    CallToolRequestParams,
    Prompt,
    Resource,
    ResourceTemplate,
)
from mcp.types import Tool as ServerTool
from typing_extensions import Unpack

from mirascope.llm.mcp.connection import GivenSession, Sessions
from mirascope.llm.mcp.options import ClientOptions, MCPProgress, ToolNames
from mirascope.llm.mcp.pages import all_pages
from mirascope.llm.mcp.results import (
    AnyToolResult,
    MCPPart,
    MCPResult,
    contents_of,
    message_of,
    result_of,
)
from mirascope.llm.mcp.schemas import parameters_of
from mirascope.llm.messages import Message
from mirascope.llm.tools import AsyncTool, ToolParameterSchema
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["MCPClient", "tool_facts"]

_logger = logging.getLogger(__name__)
_T = TypeVar("_T")


class MCPClient:
    """A client of a server: its tools, resources and prompts, as ours."""

    def __init__(self, session: ClientSession, **options: Unpack[ClientOptions]) -> None:
        """Take a session that is open; whoever opened it closes it.

        Args:
            session: The session, initialized.
            **options: See `ClientOptions`.
        """
        self._take(GivenSession(session), options)

    @classmethod
    def of(cls, sessions: Sessions, options: ClientOptions) -> Self:
        """Make a client whose session may be another one tomorrow."""
        client = cls.__new__(cls)
        client._take(sessions, options)
        return client

    def _take(self, sessions: Sessions, options: ClientOptions) -> None:
        self._sessions = sessions
        self._names = ToolNames(
            include=options.get("include"),
            exclude=options.get("exclude", ()),
            rename=options.get("rename"),
            prefix=options.get("prefix", ""),
        )
        self._timeout = options.get("timeout")
        self._on_progress = options.get("on_progress")
        self._on_result = options.get("on_result")

    @property
    def session(self) -> ClientSession:
        """Return the session, for what has no method here."""
        return self._sessions.session

    @property
    def instructions(self) -> str | None:
        """Return what the server says of its use, to be told to a model."""
        return self.session.instructions

    async def list_tools(self) -> list[AsyncTool[..., Jsonable]]:
        """Return the server's tools, those of every page.

        A tool that fails at the server has an error in its output, which the model is told.

        Raises:
            ValueError: The server's pages do not end; or a tool that was asked for by name is not
                there, or two would have the same name.
            ConnectionError: The connection is lost.
            TimeoutError: The server did not answer in time.
            ResponseValidationError: The answer is not what the protocol has.
            mcp.MCPError: The server answers with an error.
        """
        return [self._tool(tool, name) for tool, name in await self.list_chosen()]

    async def list_chosen(self) -> list[tuple[ServerTool, str]]:
        """Return the tools to offer as the server describes them, each with our name."""
        listed = await self._all("tools/list", ClientSession.list_tools, lambda page: page.tools)
        tools: dict[str, ServerTool] = {}
        for tool in listed:
            if tools.setdefault(tool.name, tool) is not tool:
                _logger.warning("an MCP server lists the tool %r twice", tool.name)
        return [(tools[name], ours) for name, ours in self._names.chosen(tools).items()]

    def _tool(self, tool: ServerTool, name: str) -> AsyncTool[..., Jsonable]:
        async def call(**arguments: object) -> Jsonable:
            return (await self.call_tool(tool.name, arguments)).told

        call.__name__ = call.__qualname__ = name
        description, parameters = tool_facts(tool)
        return AsyncTool(call, name, description, parameters, strict=False)

    async def call_tool(
        self, name: str, arguments: Mapping[str, object] | None = None
    ) -> MCPResult:
        """Call a tool yourself.

        When this is cancelled, the server is told to stop.

        Args:
            name: As the server calls it, whether it is among those that are offered or not.
            arguments: As JSON.

        Raises:
            MCPToolError: The tool failed; its `result` has what it said.
            ConnectionError: The connection is lost, and whether the tool ran is not known.
            TimeoutError: The server did not answer in time.
            ResponseValidationError: The answer is not what the protocol has.
            mcp.MCPError: The server answers with an error, as for arguments that do not fit.
        """
        given = dict(arguments or {})
        progress = self._progress_of(name)
        request = CallToolRequest(params=CallToolRequestParams(name=name, arguments=given))
        # Not `call_tool`: that may list the tools after the call, and a call whose listing fails
        # has run, but looks as if it had not.
        result = await self._sessions.ask(
            f"MCP tool {name!r}",
            lambda session: session.send_request(
                request,
                AnyToolResult,
                request_read_timeout_seconds=self._timeout,
                progress_callback=progress,
            ),
        )
        taken = result_of(name, result)
        if self._on_result is not None:
            self._on_result(taken)
        return taken

    def _progress_of(self, tool: str) -> ProgressFnT | None:
        heard = self._on_progress
        if heard is None:
            return None  # the server need not tell any

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            heard(MCPProgress(tool=tool, progress=progress, total=total, message=message))

        return hear

    async def list_resources(self) -> list[Resource]:
        """Return the server's resources, those of every page; raises as `list_tools`."""
        return await self._all(
            "resources/list", ClientSession.list_resources, lambda page: page.resources
        )

    async def list_resource_templates(self) -> list[ResourceTemplate]:
        """Return the patterns of URIs that the server has resources for, as `list_resources`."""
        return await self._all(
            "resources/templates/list",
            ClientSession.list_resource_templates,
            lambda page: page.resource_templates,
        )

    async def read_resource(self, uri: str) -> list[MCPPart]:
        """Return a resource as parts of a message: text, pictures, sound, PDFs.

        What no part can hold is told in a `Text`. Raises as `list_tools`.
        """
        result = await self._sessions.ask(
            f"MCP resource {uri!r}", lambda session: session.read_resource(uri)
        )
        return contents_of(result.contents)

    async def list_prompts(self) -> list[Prompt]:
        """Return the server's prompts, those of every page; raises as `list_tools`."""
        return await self._all(
            "prompts/list", ClientSession.list_prompts, lambda page: page.prompts
        )

    async def get_prompt(
        self, name: str, arguments: Mapping[str, str] | None = None
    ) -> list[Message]:
        """Return a prompt's messages, to be sent to a model; raises as `list_tools`."""
        given = dict(arguments or {})
        result = await self._sessions.ask(
            f"MCP prompt {name!r}", lambda session: session.get_prompt(name, given)
        )
        return [message_of(message) for message in result.messages]

    async def _all(
        self,
        method: str,
        fetch: Callable[..., Awaitable[Any]],  # Any: a page of each of four lists
        items: Callable[[Any], list[_T]],
    ) -> list[_T]:
        return await all_pages(
            method,
            lambda params: self._sessions.ask(
                f"MCP {method}", lambda session: fetch(session, params=params)
            ),
            items,
        )


def tool_facts(tool: ServerTool) -> tuple[str, ToolParameterSchema]:
    """Return a tool's description and parameters.

    What the schema of a tool of ours cannot hold is told in the description.
    """
    parameters, rest = parameters_of(tool.input_schema)
    description = tool.description or tool.name
    if rest:
        schema = json.dumps(rest, ensure_ascii=False)
        description += f"\n\nThe arguments also have to fit this JSON schema: {schema}"
    return description, parameters
