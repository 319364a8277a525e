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

_MAX_DEPTH = 200
"""Deeper values count as endless: far less than what Python's stack holds."""


def plain(value: object, *, whole: bool = False) -> object:
    """Return `value` as what `json` writes: str, int, finite float, bool, None, list and dict.

    Mappings and dataclasses become dicts, their keys strings; sequences and sets become lists, a
    set's in order where there is one; an object with ``model_dump_json()`` or ``json()`` becomes
    what it writes; NaN and the infinities become None; anything else becomes its `str`. So does the
    whole if it holds itself, or is nested deeper than anything that is meant to be read.

    What is plain already comes back equal, so ``plain(plain(value)) == plain(value)``.

    Args:
        value: Anything.
        whole: Whether nothing may be given up, however deep it is.

    Raises:
        RecursionError: It holds itself, or Python's stack is too small for it; only with `whole`.
    """
    try:
        return _plain(value, 0, math.inf if whole else _MAX_DEPTH)
    except RecursionError:
        if whole:
            raise
    try:
        return str(value)
    except RecursionError:
        return f"<{type(value).__name__}, nested too deeply>"


def _plain(value: object, depth: int, most: float) -> object:
    # Loops rather than comprehensions, which cost a second frame for each level.
    if depth > most:
        raise RecursionError
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
            name = str.__str__(key) if isinstance(key, str) else str(key)
            pairs[name] = _plain(item, depth + 1, most)
        return pairs
    if isinstance(value, (bytes, bytearray, memoryview, type)):  # the first two are sequences too
        return str(cast("object", value))
    if isinstance(value, (Sequence, Set)):
        items: list[object] = []
        for item in cast("Sequence[object]", value):
            items.append(_plain(item, depth + 1, most))
        return _in_order(items) if isinstance(value, (set, frozenset)) else items
    for method in ("model_dump_json", "json"):
        if callable(write := getattr(value, method, None)):
            return _plain(_read(write()), depth + 1, most)
    if dataclasses.is_dataclass(value):
        fields: dict[str, object] = {}
        for field in dataclasses.fields(value):
            fields[field.name] = _plain(getattr(value, field.name, None), depth + 1, most)
        return fields
    return str(value)


def _in_order(items: list[object]) -> list[object]:
    """Return the items of a set in an order that is the same in every process, if they have one."""
    try:
        return [*sorted(cast("list[str]", items))]  # whatever they are: it is tried
    except TypeError:
        return items


def _read(written: object) -> object:
    """Return what JSON text says; text that is no JSON, and whatever is no text, as it is."""
    if not isinstance(written, (str, bytes)):
        return written
    try:
        return json.loads(written)
    except ValueError:
        return written
