"""JSON-compatible values."""

from __future__ import annotations

import dataclasses
import functools
import json
import math
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
    Mapping,
    Sequence,
    Set,
    ValuesView,
)
from enum import Enum
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from typing_extensions import TypeAliasType, TypeVar

from mirascope.llm.types.error_text import told
from mirascope.llm.types.type_vars import Dataclass

__all__ = [
    "Jsonable",
    "JsonableCovariantT",
    "JsonableObject",
    "JsonableT",
    "NotJsonableError",
    "plain",
    "strictly_plain",
]


class JsonableObject(Protocol):
    """An object that can write itself as a JSON string."""

    def json(self) -> str:
        """Return the object as JSON text."""
        ...


if TYPE_CHECKING:
    from datetime import date, time, timedelta
    from decimal import Decimal
    from pathlib import PurePath
    from uuid import UUID

    # The values of mappings are not looked at: those of a TypedDict are objects to checkers.
    Jsonable: TypeAlias = (
        str
        | int
        | float
        | bool
        | Sequence["Jsonable"]
        | Set["Jsonable"]
        | Mapping[Any, object]  # Any: keys are invariant, so that `object` would fit no other
        | Dataclass
        | JsonableObject
        | Enum
        | date
        | time
        | timedelta
        | Decimal
        | UUID
        | PurePath
        | None
    )
else:
    # Evaluated where annotations are, as in ``Jsonable | None``. It is shorter than what checkers
    # see, because most of those classes are slow to import.
    Jsonable = TypeAliasType(
        "Jsonable",
        "str | int | float | bool | Sequence[Jsonable] | Mapping[str, Jsonable] | JsonableObject"
        " | None",
    )
"""A value that can be written as JSON, nested to any depth; see `plain` for how."""

JsonableT = TypeVar("JsonableT", bound=Jsonable)
JsonableCovariantT = TypeVar("JsonableCovariantT", covariant=True, bound=Jsonable, default=Jsonable)

_MAX_DEPTH = 200
"""Deeper values count as endless: far less than what Python's stack holds."""
_MAX_VALUES = 1_000_000
"""More of them count as endless, too: a few lists that hold each other can stand for billions."""
_MAX_BITS = 14_000
"""Python does not write integers of more than 4,300 digits, which is a little more than this."""


class NotJsonableError(TypeError):
    """A value has no JSON form; the text names what it holds, for a sentence to end with."""


def plain(value: object, *, whole: bool = False) -> object:
    """Return `value` as what `json` writes: str, int, finite float, bool, None, list and dict.

    Mappings and dataclasses become dicts, their keys strings; sequences and sets become lists, a
    set's in order where there is one; an object with ``model_dump_json()`` or ``json()`` becomes
    what it writes; a member of an enum becomes its value, a date or time its ISO form; NaN and the
    infinities become None; anything else becomes its `str`. So does the whole if it holds itself,
    or is nested deeper than anything that is meant to be read.

    What is plain already comes back equal, so ``plain(plain(value)) == plain(value)``.

    Args:
        value: Anything.
        whole: Whether nothing may be given up, however deep it is.

    Raises:
        RecursionError: It holds itself, or Python's stack is too small for it; only with `whole`.
    """
    try:
        return _Plain(math.inf if whole else _MAX_DEPTH).form(value, 0)
    except RecursionError:
        if whole:
            raise
    try:
        return str(value)
    except RecursionError:
        return f"<{type(value).__name__}, nested too deeply>"


def strictly_plain(
    value: object, *, whole: bool = False, refused: Mapping[type, str] | None = None
) -> object:
    """Return `value` as `plain` does, but refuse what has no form: it would become its `repr`.

    Args:
        value: Anything.
        whole: Whether it may be as deep and as large as it likes.
        refused: Classes that are refused beside those, and what the error says of them.

    Raises:
        NotJsonableError: It holds bytes, an iterator, an object of an unknown class and the like;
            or, but for `whole`, it holds itself or is larger than anything that is meant to be
            read.
        RecursionError: It holds itself, or Python's stack is too small for it; only with `whole`.
    """
    try:
        if whole:
            return _Strict(math.inf, math.inf, refused or {}).form(value, 0)
        return _Strict(_MAX_DEPTH, _MAX_VALUES, refused or {}).form(value, 0)
    except RecursionError:
        if whole:
            raise
        raise NotJsonableError(
            f"a value that holds itself, or is nested more than {_MAX_DEPTH} levels deep"
        ) from None


class _Plain:
    def __init__(self, deepest: float, most: float = math.inf) -> None:
        self._deepest = deepest
        self._left = most

    def form(self, value: object, depth: int) -> object:
        # Loops rather than comprehensions, which cost a second frame for each level.
        if depth > self._deepest:
            raise RecursionError
        self._left -= 1
        if self._left < 0:
            raise NotJsonableError(f"more than {_MAX_VALUES:,} values")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str.__str__(value)  # a member of a string enum becomes its value
        if isinstance(value, int):
            return self.number(int(value))
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else None
        self.look_at(value)
        if isinstance(value, Enum):
            return self.form(value.value, depth + 1)
        if isinstance(value, Mapping):
            pairs: dict[str, object] = {}
            for key, item in cast("Mapping[object, object]", value).items():
                pairs[self.key(key)] = self.form(item, depth + 1)
            return pairs
        if isinstance(value, (bytes, bytearray, memoryview, type)):  # the first two: sequences too
            return self.unknown(cast("object", value))
        if isinstance(value, (Sequence, Set, ValuesView)):
            items: list[object] = []
            for item in cast("Sequence[object]", value):
                items.append(self.form(item, depth + 1))
            return _in_order(items) if isinstance(value, (set, frozenset)) else items
        for method in ("model_dump_json", "json"):
            if callable(write := getattr(value, method, None)):
                return self.form(_read(self.written(value, write)), depth + 1)
        if dataclasses.is_dataclass(value):
            fields: dict[str, object] = {}
            for field in dataclasses.fields(value):
                fields[field.name] = self.form(getattr(value, field.name, None), depth + 1)
            return fields
        return self.known(value)

    def key(self, key: object) -> str:
        """Return a mapping's key as text."""
        while isinstance(key, Enum) and not isinstance(key, (str, int)):
            key = key.value
        if isinstance(key, str):
            return str.__str__(key)
        if key is None or isinstance(key, (Integral, Real)):
            return str(key)
        text = _text(key)
        return self.unknown_key(key) if text is None else text

    def known(self, value: object) -> object:
        """Return the form of what is neither JSON nor made of other values."""
        if (text := _text(value)) is not None:
            return text
        # As numpy's numbers are, and unlike `Decimal`, which is neither.
        if isinstance(value, Integral):
            return self.number(int(value))
        if isinstance(value, Real):
            return self.form(float(value), 0)
        return self.unknown(value)

    def written(self, value: object, write: Callable[[], object]) -> object:
        """Return what an object writes of itself."""
        return write()

    def number(self, value: int) -> int:
        """Return an integer."""
        return value

    def look_at(self, value: object) -> None:
        """See each value but those that JSON knows as they are."""

    def unknown(self, value: object) -> object:
        """Return what stands for a value that has no form."""
        return str(value)

    def unknown_key(self, key: object) -> str:
        """Return what stands for a key that has no form."""
        return str(key)


class _Strict(_Plain):
    def __init__(self, deepest: float, most: float, refused: Mapping[type, str]) -> None:
        super().__init__(deepest, most)
        self._refused = refused
        self._classes = tuple(refused)

    def written(self, value: object, write: Callable[[], object]) -> object:
        try:
            return write()
        except Exception as error:
            raise NotJsonableError(
                f"an object of class {type(value).__name__}, which fails to write itself: "
                f"{told(error)}"
            ) from error

    def number(self, value: int) -> int:
        if value.bit_length() > _MAX_BITS:
            raise NotJsonableError("an integer with thousands of digits")
        return value

    def look_at(self, value: object) -> None:
        if isinstance(value, self._classes):
            for cls, problem in self._refused.items():
                if isinstance(value, cls):
                    raise NotJsonableError(problem)

    def unknown(self, value: object) -> object:
        raise NotJsonableError(_problem(value))

    def unknown_key(self, key: object) -> str:
        raise NotJsonableError(f"a dict with a key of class {type(key).__name__}: use text")


def _problem(value: object) -> str:
    name = type(value).__name__
    if isinstance(value, type):
        return f"the class {value.__name__} itself instead of an object"
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{name}, which are no text: decode them, or write them as base64"
    if isinstance(value, Iterator):
        return f"an iterator of class {name}: make a list of it"
    if isinstance(value, AsyncIterator):
        return f"an async iterator of class {name}: make a list of it with `async for`"
    if isinstance(value, Awaitable):
        if isinstance(value, Coroutine):
            value.close()  # nobody will await it
        return f"something to await, of class {name}: await it first"
    return (
        f"an object of class {name}, which has no JSON form: use text, numbers, lists, dicts, "
        "dataclasses or pydantic models"
    )


def _text(value: object) -> str | None:
    """Return the text of a value of the standard library that is as good as text."""
    dates, others = _kinds_of_text()
    if isinstance(value, dates):
        return str(cast("date", value).isoformat())
    return str(value) if isinstance(value, others) else None


@functools.cache
def _kinds_of_text() -> tuple[tuple[type, ...], tuple[type, ...]]:
    # Imported here, for most programs need few of them, and together they take 8 ms.
    from datetime import date, time, timedelta
    from decimal import Decimal
    from fractions import Fraction
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
    from pathlib import PurePath
    from uuid import UUID

    addresses = (IPv4Address, IPv4Network, IPv6Address, IPv6Network)
    return (date, time), (timedelta, Decimal, Fraction, *addresses, PurePath, UUID)


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
