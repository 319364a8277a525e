"""What can become a tool: functions, with or without a context, synchronous or not."""

from __future__ import annotations

from collections.abc import Awaitable
from types import CodeType
from typing import Any, Protocol, TypeAlias

from typing_extensions import TypeVar

from mirascope.llm.context import Context, DepsT
from mirascope.llm.types.jsonable import Jsonable, JsonableCovariantT
from mirascope.llm.types.type_vars import AnyP

__all__ = [
    "AnyToolFn",
    "AsyncContextToolFn",
    "AsyncToolFn",
    "ContextToolFn",
    "PlainFn",
    "ToolFn",
    "ToolFnT",
]


class ToolFn(Protocol[AnyP, JsonableCovariantT]):
    """A function to be called by a model."""

    def __call__(self, *args: AnyP.args, **kwargs: AnyP.kwargs) -> JsonableCovariantT:
        """Run the tool."""
        ...


class AsyncToolFn(Protocol[AnyP, JsonableCovariantT]):
    """An async function to be called by a model."""

    def __call__(self, *args: AnyP.args, **kwargs: AnyP.kwargs) -> Awaitable[JsonableCovariantT]:
        """Run the tool."""
        ...


class ContextToolFn(Protocol[DepsT, AnyP, JsonableCovariantT]):
    """A function to be called by a model; its first parameter is ``ctx``."""

    def __call__(
        self, ctx: Context[DepsT], *args: AnyP.args, **kwargs: AnyP.kwargs
    ) -> JsonableCovariantT:
        """Run the tool with the context of the conversation."""
        ...


class AsyncContextToolFn(Protocol[DepsT, AnyP, JsonableCovariantT]):
    """An async function to be called by a model; its first parameter is ``ctx``."""

    def __call__(
        self, ctx: Context[DepsT], *args: AnyP.args, **kwargs: AnyP.kwargs
    ) -> Awaitable[JsonableCovariantT]:
        """Run the tool with the context of the conversation."""
        ...


class PlainFn(Protocol):
    """A function with type hints and a docstring, of which a toolkit makes a tool."""

    @property
    def __code__(self) -> CodeType:
        """Return what tells a function from a tool, which can be called as well."""
        ...

    def __call__(self, *args: Any, **kwargs: Any) -> Jsonable | Awaitable[Jsonable]:
        """Run the function."""
        ...


AnyToolFn: TypeAlias = (
    ToolFn[..., Jsonable]
    | AsyncToolFn[..., Jsonable]
    | ContextToolFn[Any, ..., Jsonable]
    | AsyncContextToolFn[Any, ..., Jsonable]
)
"""Any of the four."""

ToolFnT = TypeVar("ToolFnT", bound=AnyToolFn, covariant=True, default=AnyToolFn)
