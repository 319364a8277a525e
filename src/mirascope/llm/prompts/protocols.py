"""The functions that prompts are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Concatenate, TypeAlias, TypeVar

from mirascope.llm.context import Context
from mirascope.llm.messages import Message, UserContent
from mirascope.llm.types.type_vars import P

__all__ = [
    "AsyncContextMessageTemplate",
    "AsyncMessageTemplate",
    "ContextMessageTemplate",
    "DepsT",
    "MessageTemplate",
]

# Without the default of the shared one, which a parameter without default could not follow.
DepsT = TypeVar("DepsT")

MessageTemplate: TypeAlias = Callable[P, UserContent | Sequence[Message]]
"""Returns the content of one user message, or messages."""

AsyncMessageTemplate: TypeAlias = Callable[P, Awaitable[UserContent | Sequence[Message]]]

ContextMessageTemplate: TypeAlias = Callable[
    Concatenate[Context[DepsT], P], UserContent | Sequence[Message]
]

AsyncContextMessageTemplate: TypeAlias = Callable[
    Concatenate[Context[DepsT], P], Awaitable[UserContent | Sequence[Message]]
]
