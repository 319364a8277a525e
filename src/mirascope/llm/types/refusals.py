"""How an argument of a wrong type is refused, for callers that no type checker has seen.

A check stands at the public door, where what is wrong has the name that the caller knows. What is
given is told by its type and never by its value, which may be a key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

__all__ = ["described", "require", "wrong_type"]


def require(
    argument: str, given: object, kinds: type | tuple[type, ...], accepted: str = "text"
) -> None:
    """Raise what `wrong_type` returns for an argument that is none of `kinds`."""
    if not isinstance(given, kinds):
        raise wrong_type(argument, accepted, given)


def wrong_type(argument: str, accepted: str, given: object) -> TypeError:
    """Return the error for an argument that is not what it has to be.

    Args:
        argument: Its name.
        accepted: What it takes, with an example where that helps.
        given: What it was given.
    """
    return TypeError(f"{argument} takes {accepted}, not {described(given)}.")


def described(value: object) -> str:
    """Return the type of a value, and for a list the types of what is in it."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    kind = type(value).__name__
    if isinstance(value, (list, tuple)):
        items = cast("Sequence[object]", value)
        kinds = sorted({type(item).__name__ for item in items}) or ["nothing"]
        return f"{kind} of {', '.join(kinds)}"
    return kind
