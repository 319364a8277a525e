"""JSON-compatible values."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from typing_extensions import TypeAliasType, TypeVar

__all__ = ["Jsonable", "JsonableCovariantT", "JsonableObject", "JsonableT", "plain"]


class JsonableObject(Protocol):
    """An object that can write itself as a JSON string."""

    def json(self) -> str:
        """Return the object as JSON text."""
        ...


Jsonable: TypeAlias = (
    "str | int | float | bool | Sequence[Jsonable] | Mapping[str, Jsonable] | JsonableObject | None"
)
"""A value that can be written as JSON, nested to any depth."""

if not TYPE_CHECKING:  # pyright knows recursive aliases of the old kind only
    # A bare string fails where annotations are evaluated, as in ``Jsonable | None``.
    Jsonable = TypeAliasType("Jsonable", Jsonable)

JsonableT = TypeVar("JsonableT", bound=Jsonable)
JsonableCovariantT = TypeVar("JsonableCovariantT", covariant=True, bound=Jsonable, default=Jsonable)


def plain(value: object) -> object:
    """Return `value` as what `json` writes: str, int, finite float, bool, None, list and dict.

    Mappings and dataclasses become dicts, their keys strings; sequences and sets become lists; an
    object with ``model_dump_json()`` or ``json()`` becomes what it writes; NaN and the infinities
    become None; anything else becomes its `str`.

    Raises:
        RecursionError: It is nested too deeply, or holds itself.
    """
    # Loops rather than comprehensions, which cost a second frame for each level.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # a member of a string enum becomes its value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        pairs: dict[str, object] = {}
        for key, item in cast("Mapping[object, object]", value).items():
            pairs[str.__str__(key) if isinstance(key, str) else str(key)] = plain(item)
        return pairs
    if isinstance(value, (bytes, bytearray, memoryview, type)):  # the first two are sequences too
        return str(cast("object", value))
    if isinstance(value, (Sequence, Set)):
        items: list[object] = []
        for item in cast("Sequence[object]", value):
            items.append(plain(item))
        return items
    for method in ("model_dump_json", "json"):
        if callable(write := getattr(value, method, None)):
            written = write()
            return plain(json.loads(written) if isinstance(written, (str, bytes)) else written)
    if dataclasses.is_dataclass(value):
        fields: dict[str, object] = {}
        for field in dataclasses.fields(value):
            fields[field.name] = plain(getattr(value, field.name, None))
        return fields
    return str(value)
