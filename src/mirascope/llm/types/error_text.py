"""What an exception says, whatever its class makes of that."""

from __future__ import annotations

from typing import cast

__all__ = ["text_of", "told"]

_MOST = 20
"""Of a group, so many errors are told at each level."""
_DEEPEST = 5
"""Of groups within groups, so many levels are told."""


def text_of(error: BaseException) -> str:
    """Return the text of an exception; empty if that itself fails."""
    try:
        return str(error)
    except Exception:  # a user's class may do anything
        return ""


def told(error: BaseException, depth: int = 0) -> str:
    """Return what a model is told of what a tool raised: ``ValueError: no such city``.

    The errors of a group follow it, one a line; an error without a text is its class.
    """
    text = text_of(error)
    lines = [f"{type(error).__name__}: {text}" if text else type(error).__name__]
    if isinstance(error, BaseExceptionGroup) and depth < _DEEPEST:
        members = cast("BaseExceptionGroup[BaseException]", error).exceptions
        for member in members[:_MOST]:
            lines.append(f"- {told(member, depth + 1)}".replace("\n", "\n  "))
    return "\n".join(lines)
