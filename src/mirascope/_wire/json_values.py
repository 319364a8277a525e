"""Decoded JSON of somebody else: anything may be in it, so it is looked at before it is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

__all__ = [
    "Json",
    "JsonObject",
    "as_list",
    "as_number",
    "as_object",
    "as_objects",
    "as_text",
    "is_list",
    "is_object",
]

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = Mapping[str, object]


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Tell whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Tell whether `value` is a JSON array."""
    return isinstance(value, list)


def as_object(value: object) -> JsonObject:
    """Return `value` if it is an object, an empty one otherwise."""
    return value if is_object(value) else {}


def as_list(value: object) -> list[object]:
    """Return `value` if it is an array, an empty one otherwise."""
    return value if is_list(value) else []


def as_objects(value: object) -> list[JsonObject]:
    """Return the objects in `value`, none if it is no array."""
    return [item for item in as_list(value) if is_object(item)]


def as_text(value: object) -> str:
    """Return `value` if it is a string, an empty one otherwise."""
    return value if isinstance(value, str) else ""


def as_number(value: object) -> float | None:
    """Return `value` if it is a number, which true and false are not."""
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value
