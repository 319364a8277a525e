"""JSON-compatible values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeAlias

from typing_extensions import TypeVar

__all__ = ["Jsonable", "JsonableCovariantT", "JsonableObject", "JsonableT"]


class JsonableObject(Protocol):
    """An object that can write itself as a JSON string."""

    def json(self) -> str:
        """Return the object as JSON text."""
        ...


Jsonable: TypeAlias = (
    "str | int | float | bool | Sequence[Jsonable] | Mapping[str, Jsonable] | JsonableObject | None"
)
"""A value that can be written as JSON, nested to any depth."""

JsonableT = TypeVar("JsonableT", bound=Jsonable)
JsonableCovariantT = TypeVar("JsonableCovariantT", covariant=True, bound=Jsonable, default=Jsonable)
