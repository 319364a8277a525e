"""Formats that are read by a function of the user's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeGuard

from mirascope.llm.formatting.types import FormattableT

if TYPE_CHECKING:
    from mirascope.llm.responses import AnyResponse

__all__ = ["OutputParser", "is_output_parser", "output_parser"]


class OutputParser(Generic[FormattableT]):
    """A function that makes something of a whole response, and what to tell the model for it."""

    def __init__(
        self, func: Callable[[AnyResponse], FormattableT], formatting_instructions: str
    ) -> None:
        self.func = func
        self.__name__: str = getattr(func, "__name__", type(func).__name__)
        self.__doc__ = func.__doc__
        self._formatting_instructions = formatting_instructions

    def formatting_instructions(self) -> str:
        """Return what to tell the model; empty to tell it nothing."""
        return self._formatting_instructions

    def __call__(self, response: AnyResponse) -> FormattableT:
        """Return what the function makes of `response`; its errors pass through."""
        return self.func(response)

    def __repr__(self) -> str:
        return f"OutputParser({self.__name__})"


def output_parser(
    *, formatting_instructions: str
) -> Callable[[Callable[[AnyResponse], FormattableT]], OutputParser[FormattableT]]:
    """Turn the decorated function into a format.

    The function receives the response itself and returns what `response.parse()` should return.

    Args:
        formatting_instructions: Added to the system message, so that the model writes what the
            function can read.
    """

    def decorate(func: Callable[[AnyResponse], FormattableT]) -> OutputParser[FormattableT]:
        return OutputParser(func, formatting_instructions)

    return decorate


def is_output_parser(obj: object) -> TypeGuard[OutputParser[object]]:
    """Return whether `obj` is an output parser."""
    return isinstance(obj, OutputParser)
