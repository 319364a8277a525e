"""Formats that are read by a function of the user's."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Generic, Self, TypeAlias, TypeGuard, cast

from mirascope.llm.formatting.types import FormattableT
from mirascope.llm.types.by_name import ByName
from mirascope.llm.types.refusals import require, wrong_type

__all__ = ["OutputParser", "is_output_parser", "output_parser"]

_Response: TypeAlias = Any
"""What a parser is given: an `llm.AnyResponse`, and its author annotates it so. Any here, because
responses are made of formats and come after them; no type of this layer would accept that author's
function."""


class OutputParser(ByName, Generic[FormattableT]):
    """A function that makes something of a whole response, and what to tell the model for it."""

    def __init__(
        self, func: Callable[[_Response], FormattableT], formatting_instructions: str
    ) -> None:
        if not callable(func):
            raise wrong_type("An output parser", "a function of the response", func)
        self.func = func
        self.__name__: str = type(func).__name__
        functools.update_wrapper(cast("Any", self), func, updated=())
        self._formatting_instructions = formatting_instructions

    def _made_of(self, fn: Callable[..., Any]) -> Self:
        return type(self)(fn, self._formatting_instructions)

    def formatting_instructions(self) -> str:
        """Return what to tell the model; empty to tell it nothing."""
        return self._formatting_instructions

    def __call__(self, response: _Response) -> FormattableT:
        """Return what the function makes of `response`; its errors pass through."""
        return self.func(response)

    def __repr__(self) -> str:
        return f"OutputParser({self.__name__})"


def output_parser(
    *, formatting_instructions: str
) -> Callable[[Callable[[_Response], FormattableT]], OutputParser[FormattableT]]:
    """Turn the decorated function into a format.

    The function receives the response itself, an `llm.AnyResponse`, and returns what
    `response.parse()` should return.

    Args:
        formatting_instructions: Added to the system message, so that the model writes what the
            function can read.

    Raises:
        TypeError: `formatting_instructions` is no text, or what is decorated is no function.
    """
    require("formatting_instructions", formatting_instructions, str)

    def decorate(func: Callable[[_Response], FormattableT]) -> OutputParser[FormattableT]:
        return OutputParser(func, formatting_instructions)

    return decorate


def is_output_parser(obj: object) -> TypeGuard[OutputParser[object]]:
    """Return whether `obj` is an output parser."""
    return isinstance(obj, OutputParser)
