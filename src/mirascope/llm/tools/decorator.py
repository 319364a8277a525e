"""The decorator that makes a tool of a function."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any, Protocol, overload

from typing_extensions import TypeVar

from mirascope.llm.context import Context
from mirascope.llm.context._utils import first_param_is_context
from mirascope.llm.tools import functions
from mirascope.llm.tools.tool_fns import AsyncContextToolFn, ContextToolFn
from mirascope.llm.tools.tools import AnyTool, AsyncContextTool, AsyncTool, ContextTool, Tool
from mirascope.llm.types.jsonable import JsonableCovariantT, JsonableT
from mirascope.llm.types.type_vars import AnyP, P

__all__ = ["ToolDecorator", "tool"]

_DepsT = TypeVar("_DepsT")
"""Without the default of `DepsT`, which a checker would prefer to what it can infer."""


class _ContextMethod(Protocol[_DepsT, AnyP, JsonableCovariantT]):
    def __call__(
        _self, self: Any, ctx: Context[_DepsT], *args: AnyP.args, **kwargs: AnyP.kwargs
    ) -> JsonableCovariantT: ...


class _AsyncContextMethod(Protocol[_DepsT, AnyP, JsonableCovariantT]):
    def __call__(
        _self, self: Any, ctx: Context[_DepsT], *args: AnyP.args, **kwargs: AnyP.kwargs
    ) -> Awaitable[JsonableCovariantT]: ...


@dataclass(kw_only=True, frozen=True, repr=False)
class ToolDecorator:
    """Makes tools of functions: `llm.tool`, and what it returns when it is given settings.

    Attributes:
        strict: Whether the model's arguments have to follow the schema exactly.
        name: What the model calls the tool; the function's own name when None.
        description: What the model is told about it; the docstring when None.
        eager: Whether `run` may start a call of it while the model still speaks.
        requires_approval: Whether a call of it has to be approved before it is run.
    """

    strict: bool | None = None
    name: str | None = None
    description: str | None = None
    eager: bool = False
    requires_approval: bool = False

    def __repr__(self) -> str:
        settings = {one.name: getattr(self, one.name) for one in fields(self)}
        said = [f"{name}={value!r}" for name, value in settings.items() if value]
        return f"{type(self).__name__}({', '.join(said or [f'strict={self.strict}'])})"

    # Overlaps below: a function with a context is a function too. The first that fits is taken.
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: AsyncContextToolFn[_DepsT, P, JsonableT]
    ) -> AsyncContextTool[_DepsT, JsonableT, P]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: ContextToolFn[_DepsT, P, JsonableT]
    ) -> ContextTool[_DepsT, JsonableT, P]: ...
    @overload
    def __call__(
        self, fn: _AsyncContextMethod[_DepsT, P, JsonableT]
    ) -> AsyncContextTool[_DepsT, JsonableT, P]: ...
    @overload
    def __call__(
        self, fn: _ContextMethod[_DepsT, P, JsonableT]
    ) -> ContextTool[_DepsT, JsonableT, P]: ...
    @overload
    def __call__(self, fn: Callable[P, Awaitable[JsonableT]]) -> AsyncTool[P, JsonableT]: ...
    @overload
    def __call__(self, fn: Callable[P, JsonableT]) -> Tool[P, JsonableT]: ...
    @overload
    def __call__(
        self,
        *,
        strict: bool | None = None,
        name: str | None = None,
        description: str | None = None,
        eager: bool = False,
        requires_approval: bool = False,
    ) -> ToolDecorator: ...
    def __call__(
        self,
        fn: Callable[..., Any] | None = None,
        *,
        strict: bool | None = None,
        name: str | None = None,
        description: str | None = None,
        eager: bool = False,
        requires_approval: bool = False,
    ) -> AnyTool | ToolDecorator:
        """Make a tool of a function, a method or another callable.

        What the model is told is the function's name, its docstring, and the types, defaults and
        descriptions of its parameters. A first parameter ``ctx: llm.Context`` makes it a context
        tool, ``async def`` an async one. With `classmethod` or `staticmethod` it goes on top.

        Args:
            fn: The function, when the decorator is used without parentheses.
            strict: Whether the model's arguments have to follow the schema exactly: True to
                insist, False for never, None for as strictly as the provider can.
            name: What the model calls the tool, in place of the function's own name.
            description: What the model is told about it, in place of the docstring. Parameters are
                described by the docstring all the same.
            eager: Whether `run` may start a call as soon as its arguments are complete, while the
                model still speaks. For what may run for nothing: the answer may yet break off.
            requires_approval: Whether `run` and `execute_tools` wait until a call of it is approved
                or denied.

        Returns:
            The tool; a decorator when `fn` is not given.

        Raises:
            TypeError: `fn` is no function, a generator function or a lambda, or does not tell its
                parameters. Or settings are given to a decorator that was made with settings.
            PydanticSchemaGenerationError: A parameter is of a type that JSON cannot hold.
        """
        if fn is None:
            if self != tool:
                raise TypeError("This decorator has its settings already: give it a function.")
            return ToolDecorator(
                strict=strict,
                name=name,
                description=description,
                eager=eager,
                requires_approval=requires_approval,
            )
        takes_context = first_param_is_context(fn)
        kind: type[AnyTool]
        if functions.is_async(fn):
            kind = AsyncContextTool if takes_context else AsyncTool
        else:
            kind = ContextTool if takes_context else Tool
        return kind.from_function(
            fn,
            strict=self.strict,
            name=self.name,
            description=self.description,
            eager=self.eager,
            requires_approval=self.requires_approval,
        )


tool: ToolDecorator = ToolDecorator()
"""Make a tool of a function, bare or with settings: ``@llm.tool``, ``@llm.tool(strict=True)``."""
