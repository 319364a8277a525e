"""What a value of any type is, told to type checkers.

`isinstance` makes a list or a mapping of unknown things of it; these make one of any things.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeGuard

__all__ = ["is_collection", "is_items", "is_list", "is_mapping"]


def is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a mapping."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a list."""
    return isinstance(value, list)


def is_collection(value: object) -> TypeGuard[Collection[Any]]:
    """Whether a value is a list, a tuple or a set."""
    return isinstance(value, list | tuple | set | frozenset)


def is_items(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether a value is a sequence of things: no text and no bytes."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)
