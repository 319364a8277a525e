"""The tools of one conversation."""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, cast

from typing_extensions import TypeVar

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.context import Context, DepsT
from mirascope.llm.exceptions import ToolNotFoundError
from mirascope.llm.tools import functions
from mirascope.llm.tools.decorator import tool as make_tool
from mirascope.llm.tools.provider_tools import ProviderTool
from mirascope.llm.tools.threads import in_thread
from mirascope.llm.tools.tool_fns import PlainFn
from mirascope.llm.tools.tool_schema import AnyToolSchema, ToolSchema, ToolSchemaT, require_call
from mirascope.llm.tools.tools import AsyncContextTool, AsyncTool, ContextTool, Tool
from mirascope.llm.types import NoneType
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.types.refusals import require
from mirascope.llm.types.shown import shown

__all__ = [
    "AsyncContextToolkit",
    "AsyncToolkit",
    "BaseToolkit",
    "ContextToolkit",
    "Toolkit",
    "ToolkitT",
]


@dataclass(init=False, repr=False)
class BaseToolkit(Generic[ToolSchemaT]):
    """Tools by name; equal to a toolkit of the same class with equal tools."""

    tools: Sequence[ToolSchemaT | ProviderTool]
    tools_dict: dict[str, ToolSchemaT]
    """Those that run here, by name."""
    provider_tools_dict: dict[str, ProviderTool]
    """Those that the provider runs, by name."""

    _kinds: ClassVar[tuple[type[ToolSchema[Any]], ...]] = (ToolSchema,)

    def __init__(self, tools: Sequence[ToolSchemaT | ProviderTool | PlainFn] | None = None) -> None:
        """Take the tools; a function with type hints and a docstring is made one.

        Raises:
            TypeError: Something is no tool, or one of a kind that this toolkit cannot run.
            ValueError: Two tools, or two provider tools, have the same name.
        """
        if isinstance(tools, BaseToolkit):
            raise TypeError(
                f"{type(tools).__name__} is not what is needed here: pass {type(self).__name__} or "
                "a list of tools."
            )
        require("tools", tools, (Iterable, NoneType), "a list of tools")
        # The list itself where it holds tools only: it may be looked at later.
        given: Sequence[Any] = tools if isinstance(tools, Sequence) else list(tools or ())
        if any(map(functions.is_plain, given)):
            given = [make_tool(one) if functions.is_plain(one) else one for one in given]
        self.tools = cast("Sequence[ToolSchemaT | ProviderTool]", given or [])
        self.tools_dict = {}
        self.provider_tools_dict = {}
        for tool in self.tools:
            if isinstance(tool, ProviderTool):
                if tool.name in self.provider_tools_dict:
                    raise ValueError(f"Multiple provider tools with name: {tool.name}")
                self.provider_tools_dict[tool.name] = tool
            else:
                self._check(tool)
                if tool.name in self.tools_dict:
                    raise ValueError(f"Multiple tools with name: {tool.name}")
                self.tools_dict[tool.name] = tool

    def __repr__(self) -> str:
        names = [*self.tools_dict, *self.provider_tools_dict]
        return shown(self, [f"[{', '.join(names)}]"])

    def _check(self, tool: object) -> None:
        if not isinstance(tool, ToolSchema):
            name = getattr(tool, "__name__", repr(tool))
            raise TypeError(
                f"{name} is not a tool: decorate the function with llm.tool. Without that, it "
                "needs a docstring and a type for each parameter."
            )
        if not isinstance(tool, self._kinds):
            kinds = " or ".join(kind.__name__ for kind in self._kinds)
            given = type(cast("AnyToolSchema", tool)).__name__
            raise TypeError(
                f"{type(self).__name__} cannot run {tool.name!r}, a {given}: it "
                f"takes {kinds}. Async tools need an async prompt or call, and tools with a "
                "context need a prompt or call with a context."
            )
        if tool.needs_instance:
            raise TypeError(
                f"Tool {tool.name!r} is a method: take it from an instance, as in "
                f"`instance.{tool.__name__}`."
            )

    def get(self, tool_call: ToolCall) -> ToolSchemaT:
        """Return the tool that the model calls.

        Raises:
            ToolNotFoundError: There is none of that name; provider tools don't count.
            TypeError: `tool_call` is no tool call.
        """
        require_call(tool_call)
        try:
            return self.tools_dict[tool_call.name]
        except KeyError:
            raise ToolNotFoundError(tool_call.name) from None


class Toolkit(BaseToolkit[Tool[..., Jsonable]]):
    """Synchronous tools."""

    _kinds = (Tool,)

    def execute(self, tool_call: ToolCall) -> ToolOutput[Jsonable]:
        """Run the tool that the model calls.

        A call of an unknown tool, and whatever goes wrong in a tool, is told in the output.
        """
        try:
            tool = self.get(tool_call)
        except ToolNotFoundError as error:
            return _not_found(tool_call, error)
        return tool.execute(tool_call)

    def execute_all(self, tool_calls: Sequence[ToolCall]) -> list[ToolOutput[Jsonable]]:
        """Run the called tools one after another, in the thread of the caller.

        Args:
            tool_calls: The calls; what is wrong with one is told in its output, see `execute`.

        Returns:
            An output for each call, in the order of the calls.
        """
        return [self.execute(tool_call) for tool_call in _calls(tool_calls)]


class AsyncToolkit(BaseToolkit[Tool[..., Jsonable] | AsyncTool[..., Jsonable]]):
    """Tools of an async call; those that are not async run in threads, each in one of its own."""

    _kinds = (Tool, AsyncTool)

    async def execute(self, tool_call: ToolCall) -> ToolOutput[Jsonable]:
        """Run the tool that the model calls; see `Toolkit.execute`.

        When this is cancelled it raises at once. A tool that runs in a thread goes on all the same,
        to its end: threads cannot be stopped.
        """
        try:
            tool = self.get(tool_call)
        except ToolNotFoundError as error:
            return _not_found(tool_call, error)
        if isinstance(tool, Tool):
            return await in_thread(tool.execute, tool_call)
        return await tool.execute(tool_call)

    async def execute_all(self, tool_calls: Sequence[ToolCall]) -> list[ToolOutput[Jsonable]]:
        """Run the called tools concurrently; the outputs are in the order of the calls.

        When this is cancelled, or something worse than an `Exception` leaves a tool, the other
        tools are cancelled too; see `execute` for those in threads.
        """
        return await _concurrently([self.execute(tool_call) for tool_call in _calls(tool_calls)])


class ContextToolkit(BaseToolkit[Tool[..., Jsonable] | ContextTool[DepsT, Jsonable, ...]]):
    """Synchronous tools, some of which take a context."""

    _kinds = (Tool, ContextTool)

    def execute(self, ctx: Context[DepsT], tool_call: ToolCall) -> ToolOutput[Jsonable]:
        """Run the tool that the model calls, with `ctx` if it takes one; see `Toolkit.execute`."""
        try:
            tool = self.get(tool_call)
        except ToolNotFoundError as error:
            return _not_found(tool_call, error)
        if isinstance(tool, ContextTool):
            return tool.execute(ctx, tool_call)
        return tool.execute(tool_call)

    def execute_all(
        self, ctx: Context[DepsT], tool_calls: Sequence[ToolCall]
    ) -> list[ToolOutput[Jsonable]]:
        """Run the called tools with `ctx`; see `Toolkit.execute_all`."""
        return [self.execute(ctx, tool_call) for tool_call in _calls(tool_calls)]


class AsyncContextToolkit(
    BaseToolkit[
        Tool[..., Jsonable]
        | AsyncTool[..., Jsonable]
        | ContextTool[DepsT, Jsonable, ...]
        | AsyncContextTool[DepsT, Jsonable, ...]
    ]
):
    """Tools of an async call, some of which take a context; see `AsyncToolkit`."""

    _kinds = (Tool, AsyncTool, ContextTool, AsyncContextTool)

    async def execute(self, ctx: Context[DepsT], tool_call: ToolCall) -> ToolOutput[Jsonable]:
        """Run the tool that the model calls, with `ctx` if it takes one.

        See `AsyncToolkit.execute`.
        """
        try:
            tool = self.get(tool_call)
        except ToolNotFoundError as error:
            return _not_found(tool_call, error)
        if isinstance(tool, ContextTool):
            return await in_thread(tool.execute, ctx, tool_call)
        if isinstance(tool, AsyncContextTool):
            return await tool.execute(ctx, tool_call)
        if isinstance(tool, Tool):
            return await in_thread(tool.execute, tool_call)
        return await tool.execute(tool_call)

    async def execute_all(
        self, ctx: Context[DepsT], tool_calls: Sequence[ToolCall]
    ) -> list[ToolOutput[Jsonable]]:
        """Run the called tools concurrently with `ctx`; see `AsyncToolkit.execute_all`."""
        return await _concurrently(
            [self.execute(ctx, tool_call) for tool_call in _calls(tool_calls)]
        )


ToolkitT = TypeVar(
    "ToolkitT", bound=BaseToolkit[AnyToolSchema], covariant=True, default=BaseToolkit[AnyToolSchema]
)


def _calls(tool_calls: Sequence[ToolCall]) -> Sequence[ToolCall]:
    """Return the calls; raises `TypeError` before the first one is run if one of them is none."""
    require("tool_calls", tool_calls, Iterable, "a list of llm.ToolCall")
    calls = list(tool_calls)
    for tool_call in calls:
        require_call(tool_call)
    return calls


def _not_found(tool_call: ToolCall, error: ToolNotFoundError) -> ToolOutput[Any]:
    return ToolOutput(id=tool_call.id, name=tool_call.name, result=str(error), error=error)


async def _concurrently(
    executions: Sequence[Coroutine[Any, Any, ToolOutput[Jsonable]]],
) -> list[ToolOutput[Jsonable]]:
    import asyncio  # slow to import, and loaded already where there is a running loop

    tasks = [asyncio.create_task(execution) for execution in executions]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        # Not a `TaskGroup`: that lets the others run on when a tool itself raises `CancelledError`.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        raise
