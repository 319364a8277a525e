# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""A server of the protocol, of v1's tools and prompts."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from mcp import types
from mcp.server import MCPServer as Server
from mcp.server.mcpserver.prompts.base import AssistantMessage, Message, UserMessage

from mirascope.core.base import BaseMessageParam, BaseTool, TextPart

__all__ = ["MCPServer"]

_ToolT = TypeVar("_ToolT", bound=Callable[..., Any])


class MCPServer:
    """A server, declared with decorators and run over its standard streams.

    v1 called it deprecated; a new server is better written with `mcp` itself.

    Attributes:
        server: The server of the library `mcp` that does the work.
    """

    def __init__(
        self,
        name: str,
        version: str = "1.0.0",
        tools: Iterable[Callable[..., Any]] | None = None,
        prompts: Iterable[Callable[..., Any]] | None = None,
    ) -> None:
        """Declare a server.

        Args:
            name: What clients are told it is.
            version: Of which version.
            tools: Functions and `BaseTool` types to offer.
            prompts: Prompt functions to offer.
        """
        self.server: Server[Any] = Server(name, version=version)
        for tool in tools or ():
            self.tool()(tool)
        for prompt in prompts or ():
            self.prompt()(prompt)

    def tool(self) -> Callable[[_ToolT], _ToolT]:
        """Make a decorator that offers a function, or a `BaseTool` type, as a tool."""

        def offer(tool: _ToolT) -> _ToolT:
            given: Any = tool
            if isinstance(given, type) and issubclass(given, BaseTool):
                name = given.__custom_name__ or given.__name__
                function = _function_of(given)
            else:
                name, function = None, given
            self.server.add_tool(function, name=name, description=inspect.getdoc(given))
            return tool

        return offer

    def resource(
        self,
        uri: str,
        *,
        name: str | None = None,
        description: str | None = None,
        mime_type: str | None = None,
    ) -> Callable[[_ToolT], _ToolT]:
        """Make a decorator that offers what a function returns as a resource.

        Args:
            uri: Its URI.
            name: Its name; the function's without one.
            description: What it is.
            mime_type: Its kind; plain text without one.
        """
        return self.server.resource(uri, name=name, description=description, mime_type=mime_type)

    def prompt(self) -> Callable[[_ToolT], _ToolT]:
        """Make a decorator that offers a function as a prompt.

        It returns text or messages, as a prompt function of a call does, so one that is decorated
        with `prompt_template` will do.
        """

        def offer(fn: _ToolT) -> _ToolT:
            self.server.prompt(description=inspect.getdoc(fn))(_messages_of(fn))
            return fn

        return offer

    async def run(self) -> None:
        """Serve over the standard streams of the process, until they end."""
        await self.server.run_stdio_async()


def _function_of(tool: type[BaseTool]) -> Callable[..., Any]:
    """Make a function of a tool type: of its fields, parameters."""

    async def call(**arguments: Any) -> Any:
        given = tool.model_validate(arguments)
        result = given.call()
        return await result if inspect.isawaitable(result) else result

    fields = {
        name: f for name, f in tool.model_fields.items() if name not in {"tool_call", "delta"}
    }
    signature: Any = call
    signature.__signature__ = inspect.Signature(
        [
            inspect.Parameter(
                field.alias or name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if field.is_required() else field.get_default(),
                annotation=field.annotation,
            )
            for name, field in fields.items()
        ]
    )
    call.__annotations__ = {field.alias or name: field.annotation for name, field in fields.items()}
    return call


def _messages_of(fn: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(fn)
    async def messages(*args: Any, **kwargs: Any) -> list[Message]:
        made = fn(*args, **kwargs)
        if inspect.isawaitable(made):
            made = await made
        items: list[Any] = made if isinstance(made, list) else [made]
        return [message for item in items for message in _worded(item)]

    # What it returns is not what the function says.
    messages.__annotations__ = {**fn.__annotations__, "return": list[Message]}
    return messages


def _worded(item: Any) -> list[Message]:
    """Word what a prompt function gave; the protocol knows no system messages."""
    if not isinstance(item, BaseMessageParam):
        return [UserMessage(str(item))]
    make = AssistantMessage if item.role == "assistant" else UserMessage
    if isinstance(item.content, str):
        return [make(item.content)]
    texts = [part.text for part in item.content if isinstance(part, TextPart)]
    return [make(types.TextContent(type="text", text=text)) for text in texts]
