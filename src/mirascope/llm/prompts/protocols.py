"""The functions that prompts are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, Protocol, TypeAlias, TypeVar

from mirascope.llm.context import Context
from mirascope.llm.messages import Message, UserContent
from mirascope.llm.types.type_vars import P

__all__ = [
    "AsyncContextFn",
    "AsyncContextMessageTemplate",
    "AsyncContextMethod",
    "AsyncMessageTemplate",
    "AwaitedT",
    "ContextFn",
    "ContextMessageTemplate",
    "ContextMethod",
    "DepsT",
    "MessageTemplate",
    "SaidT",
]

# Without the default of the shared one, which a parameter without default could not follow.
DepsT = TypeVar("DepsT")

SaidT = TypeVar("SaidT", bound=UserContent | Sequence[Message], covariant=True)
"""What a function returns: the content of one user message, or messages."""
AwaitedT = TypeVar("AwaitedT", bound=Awaitable[UserContent | Sequence[Message]], covariant=True)
"""What an async function returns."""

MessageTemplate: TypeAlias = Callable[P, UserContent | Sequence[Message]]
"""Returns the content of one user message, or messages."""

AsyncMessageTemplate: TypeAlias = Callable[P, Awaitable[UserContent | Sequence[Message]]]

ContextMessageTemplate: TypeAlias = Callable[
    Concatenate[Context[DepsT], P], UserContent | Sequence[Message]
]

AsyncContextMessageTemplate: TypeAlias = Callable[
    Concatenate[Context[DepsT], P], Awaitable[UserContent | Sequence[Message]]
]


class ContextFn(Protocol[DepsT, P, SaidT]):
    """A function with a context: its first parameter is ``ctx``."""

    def __call__(self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs) -> SaidT:
        """Return what to say."""
        ...


class AsyncContextFn(Protocol[DepsT, P, AwaitedT]):
    """As `ContextFn`, asynchronous."""

    def __call__(self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs) -> AwaitedT:
        """Return what to say."""
        ...


class ContextMethod(Protocol[DepsT, P, SaidT]):
    """A method with a context: its first parameters are ``self`` and ``ctx``."""

    def __call__(_self, self: Any, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs) -> SaidT:
        """Return what to say."""
        ...


class AsyncContextMethod(Protocol[DepsT, P, AwaitedT]):
    """As `ContextMethod`, asynchronous."""

    def __call__(
        _self, self: Any, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AwaitedT:
        """Return what to say."""
        ...
