"""The four kinds of tools: with or without a context, synchronous or not."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import (
    Any,
    ClassVar,
    Concatenate,
    Generic,
    ParamSpec,
    Self,
    TypeAlias,
    TypeVar,
    overload,
)

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.context import Context, DepsT
from mirascope.llm.tools.tool_fns import AsyncContextToolFn, AsyncToolFn, ContextToolFn, ToolFn
from mirascope.llm.tools.tool_schema import ToolSchema, require_call
from mirascope.llm.types.jsonable import Jsonable, JsonableCovariantT
from mirascope.llm.types.type_vars import AnyP
from mirascope.llm.types.watching import Work, watched

__all__ = ["AnyTool", "AsyncContextTool", "AsyncTool", "ContextTool", "Tool", "ToolT"]

_InstanceT = TypeVar("_InstanceT")
_BoundP = ParamSpec("_BoundP")
_ResultT = TypeVar("_ResultT", bound=Jsonable)


class Tool(ToolSchema[ToolFn[AnyP, JsonableCovariantT]], Generic[AnyP, JsonableCovariantT]):
    """A function that a model may call."""

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(
        self: Tool[Concatenate[_InstanceT, _BoundP], _ResultT],
        instance: _InstanceT,
        owner: type | None = None,
    ) -> Tool[_BoundP, _ResultT]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Self: ...
    def __get__(self, instance: object, owner: type | None = None) -> object:
        """Return the tool, bound to `instance` if its function is a method."""
        return self._bound(instance, owner)

    def __call__(self, *args: AnyP.args, **kwargs: AnyP.kwargs) -> JsonableCovariantT:
        """Call the function itself; nothing is converted."""
        return self.fn(*args, **kwargs)

    def execute(self, tool_call: ToolCall) -> ToolOutput[JsonableCovariantT]:
        """Run the function with the arguments of a model's call.

        Any `Exception`, from wrong arguments or from the function, becomes the `error` of the
        output, and so does a result that a model cannot be told. The name in the call is not looked
        at.
        """
        require_call(tool_call)
        with watched(Work("tool", self.name, self, tool_call)) as tell:
            try:
                output = self._succeeded(tool_call, self._invoke_now(tool_call))
            except Exception as error:
                output = self._failed(tool_call, error)
            tell(output)
        return output


class AsyncTool(
    ToolSchema[AsyncToolFn[AnyP, JsonableCovariantT]], Generic[AnyP, JsonableCovariantT]
):
    """An async function that a model may call."""

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(
        self: AsyncTool[Concatenate[_InstanceT, _BoundP], _ResultT],
        instance: _InstanceT,
        owner: type | None = None,
    ) -> AsyncTool[_BoundP, _ResultT]: ...
    @overload
    def __get__(self, instance: object, owner: type | None = None) -> Self: ...
    def __get__(self, instance: object, owner: type | None = None) -> object:
        """Return the tool, bound to `instance` if its function is a method."""
        return self._bound(instance, owner)

    def __call__(self, *args: AnyP.args, **kwargs: AnyP.kwargs) -> Awaitable[JsonableCovariantT]:
        """Call the function itself; nothing is converted."""
        return self.fn(*args, **kwargs)

    async def execute(self, tool_call: ToolCall) -> ToolOutput[JsonableCovariantT]:
        """Run the function with the arguments of a model's call; see `Tool.execute`."""
        require_call(tool_call)
        with watched(Work("tool", self.name, self, tool_call)) as tell:
            try:
                output = self._succeeded(tool_call, await self._invoke(tool_call))
            except Exception as error:
                output = self._failed(tool_call, error)
            tell(output)
        return output


class ContextTool(
    ToolSchema[ContextToolFn[DepsT, AnyP, JsonableCovariantT]],
    Generic[DepsT, JsonableCovariantT, AnyP],
):
    """A function with a context that a model may call."""

    _takes_context: ClassVar[bool] = True

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """Return the tool, bound to `instance` if its function is a method."""
        return self._bound(instance, owner)

    def __call__(
        self, ctx: Context[DepsT], *args: AnyP.args, **kwargs: AnyP.kwargs
    ) -> JsonableCovariantT:
        """Call the function itself; nothing is converted."""
        return self.fn(ctx, *args, **kwargs)

    def execute(self, ctx: Context[DepsT], tool_call: ToolCall) -> ToolOutput[JsonableCovariantT]:
        """Run the function with `ctx` and a model's arguments; see `Tool.execute`."""
        require_call(tool_call)
        with watched(Work("tool", self.name, self, tool_call)) as tell:
            try:
                output = self._succeeded(tool_call, self._invoke_now(tool_call, ctx))
            except Exception as error:
                output = self._failed(tool_call, error)
            tell(output)
        return output


class AsyncContextTool(
    ToolSchema[AsyncContextToolFn[DepsT, AnyP, JsonableCovariantT]],
    Generic[DepsT, JsonableCovariantT, AnyP],
):
    """An async function with a context that a model may call."""

    _takes_context: ClassVar[bool] = True

    def __get__(self, instance: object, owner: type | None = None) -> Self:
        """Return the tool, bound to `instance` if its function is a method."""
        return self._bound(instance, owner)

    def __call__(
        self, ctx: Context[DepsT], *args: AnyP.args, **kwargs: AnyP.kwargs
    ) -> Awaitable[JsonableCovariantT]:
        """Call the function itself; nothing is converted."""
        return self.fn(ctx, *args, **kwargs)

    async def execute(
        self, ctx: Context[DepsT], tool_call: ToolCall
    ) -> ToolOutput[JsonableCovariantT]:
        """Run the function with `ctx` and a model's arguments; see `Tool.execute`."""
        require_call(tool_call)
        with watched(Work("tool", self.name, self, tool_call)) as tell:
            try:
                output = self._succeeded(tool_call, await self._invoke(tool_call, ctx))
            except Exception as error:
                output = self._failed(tool_call, error)
            tell(output)
        return output


AnyTool: TypeAlias = (
    Tool[..., Jsonable]
    | AsyncTool[..., Jsonable]
    | ContextTool[Any, Jsonable, ...]
    | AsyncContextTool[Any, Jsonable, ...]
)
"""A tool of any of the four kinds."""

ToolT = TypeVar("ToolT", bound=AnyTool, covariant=True)
