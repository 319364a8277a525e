"""Shapes of values that are no records: what to show of them while they come in.

Three things may stand where a value is missing: `ABSENT`, it has not arrived (far enough);
`INVALID`, it is complete but not one of the values its type allows, such as an unknown enum member,
and stays absent; `REJECTED`, it is of another kind than its type, such as a number for a model, so
the whole answer cannot be of the format.

Imported only when a partial is made, because pydantic is slow to import.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from pydantic import TypeAdapter
from pydantic_core import to_json

from mirascope._wire.json_frames import ABSENT, ANY, DictFrame, Frame, ListFrame, Missing, Shape
from mirascope.llm.formatting.types import TypeForm

__all__ = [
    "INVALID",
    "NOTHING",
    "REJECTED",
    "WHOLE",
    "ArrayShape",
    "Basic",
    "Check",
    "Deferred",
    "MapShape",
    "Opaque",
    "RejectFrame",
    "Scalar",
    "adapter_check",
    "convert",
    "nullable",
]

Check = Callable[[object], object]
"""Turns a complete plain value into one of the type, or `INVALID`."""


INVALID: Final[object] = Missing("INVALID")
REJECTED: Final[object] = Missing("REJECTED")


def adapter_check(type_: TypeForm) -> Check:
    """Return a check by pydantic, made when first used; it treats the value as JSON."""
    adapter: TypeAdapter[Any] | None = None  # Any: validates whatever the type is

    def check(value: object) -> object:
        nonlocal adapter
        try:
            if adapter is None:
                adapter = TypeAdapter(type_)
            return adapter.validate_json(to_json(value, inf_nan_mode="constants"))
        except Exception:  # validators are the user's code; a partial never raises
            return INVALID

    return check


def convert(value: object, shape: Shape) -> object:
    """Return what `shape` makes of a complete plain value."""
    if isinstance(value, dict):
        frame, items = shape.object(), list(cast("dict[str, object]", value).items())
    elif isinstance(value, list):
        frame, items = shape.array(), [("", item) for item in cast("list[object]", value)]
    else:
        return shape.leaf(value, True)
    for key, item in items:
        frame.add(key, convert(item, frame.shape(key)))
    frame.close()
    return frame.refresh("", ABSENT)


class RejectFrame(Frame):
    """A container where there should be none."""

    __slots__ = ()

    def shape(self, key: str) -> Shape:
        return NOTHING

    def build(self, key: str, child: object) -> object:
        return REJECTED


class Basic(Shape):
    """A string, number, boolean, bytes or None; strings, bytes and numbers grow."""

    __slots__ = ("_lax", "_nullable", "_type")

    def __init__(self, type_: type, *, nullable: bool = False) -> None:
        self._type = type_
        self._nullable = nullable
        self._lax = adapter_check(type_)

    @property
    def type(self) -> type:
        """The Python type of a value that fits exactly."""
        return self._type

    def leaf(self, value: object, complete: bool) -> object:
        if type(value) is self._type or (value is None and self._nullable):
            return value
        if self._type is float and type(value) is int:
            value = self._lax(value)  # not float(): some integers are too large
        elif self._type is bytes and type(value) is str:
            return value.encode(errors="replace")
        elif not complete and self._type is not str:  # "12" may become an integer
            return ABSENT
        else:
            value = self._lax(value)
        return REJECTED if value is INVALID else value

    def object(self) -> Frame:
        return RejectFrame()

    def array(self) -> Frame:
        return RejectFrame()


def nullable(shape: Shape) -> Shape:
    """Return the shape of null, or a value of `shape`."""
    if isinstance(shape, Basic):  # most fields: worth a shape that does it by itself
        return Basic(shape.type, nullable=True)
    return shape if isinstance(shape, _Nullable) else _Nullable(shape)


class _Nullable(Shape):
    __slots__ = ("_shape",)

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    @property
    def grows(self) -> bool:  # type: ignore[override]  # as the other shape says
        return self._shape.grows

    def leaf(self, value: object, complete: bool) -> object:
        return None if value is None else self._shape.leaf(value, complete)

    def object(self) -> Frame:
        return self._shape.object()

    def array(self) -> Frame:
        return self._shape.array()


class _Nothing(Shape):
    __slots__ = ()

    def leaf(self, value: object, complete: bool) -> object:
        return REJECTED

    def object(self) -> Frame:
        return RejectFrame()

    def array(self) -> Frame:
        return RejectFrame()


NOTHING: Final = _Nothing()
"""Rejects everything."""


class Scalar(Shape):
    """A string or number with a meaning, such as a date or an enum member: all or nothing."""

    __slots__ = ("_check",)

    grows = False

    def __init__(self, check: Check) -> None:
        self._check = check

    def leaf(self, value: object, complete: bool) -> object:
        return self._check(value) if complete else ABSENT

    def object(self) -> Frame:
        return RejectFrame()

    def array(self) -> Frame:
        return RejectFrame()


class Opaque(Scalar):
    """Any value whose inside is no business of ours: all or nothing, too."""

    __slots__ = ()

    def object(self) -> Frame:
        return _OpaqueDict(self._check)

    def array(self) -> Frame:
        return _OpaqueList(self._check)


class _OpaqueDict(DictFrame):
    __slots__ = ("_check",)

    def __init__(self, check: Check) -> None:
        super().__init__(WHOLE)
        self._check = check

    def build(self, key: str, child: object) -> object:
        return self._check(super().build(key, child)) if self.closed else ABSENT

    def close(self) -> None:
        super().close()
        self._dirty = True


class _OpaqueList(ListFrame):
    __slots__ = ("_check",)

    def __init__(self, check: Check) -> None:
        super().__init__(WHOLE)
        self._check = check

    def build(self, key: str, child: object) -> object:
        return self._check(super().build(key, child)) if self.closed else ABSENT

    def close(self) -> None:
        super().close()
        self._dirty = True


def _unchanged(value: object) -> object:
    return value


WHOLE: Final = Opaque(_unchanged)
"""Builds plain Python values, once they are complete."""


class ArrayShape(Shape):
    """An array as a list, or whatever `make` turns a list into."""

    __slots__ = ("_item", "_make")

    def __init__(self, item: Shape, make: Callable[[list[object]], object] | None = None) -> None:
        self._item = item
        self._make = make

    def leaf(self, value: object, complete: bool) -> object:
        return REJECTED

    def object(self) -> Frame:
        return RejectFrame()

    def array(self) -> Frame:
        return ListFrame(ANY) if self._item is ANY and not self._make else self._frame()

    def _frame(self) -> Frame:
        return _ArrayFrame(self._item) if self._make is None else _MadeFrame(self._item, self._make)


class _ArrayFrame(ListFrame):
    __slots__ = ("_rejected",)

    def __init__(self, item: Shape) -> None:
        super().__init__(item)
        self._rejected = False

    def add(self, key: str, value: object) -> None:
        super().add(key, ABSENT if value is INVALID else value)

    def put(self, key: str, value: object) -> None:
        if value is REJECTED:
            self._rejected = True
        super().put(key, value)

    def build(self, key: str, child: object) -> object:
        if self._rejected or child is REJECTED:
            return REJECTED
        return ListFrame.build(self, key, child)  # for each delta: super() takes longer


class _MadeFrame(_ArrayFrame):
    __slots__ = ("_make",)

    def __init__(self, item: Shape, make: Callable[[list[object]], object]) -> None:
        super().__init__(item)
        self._make = make

    def build(self, key: str, child: object) -> object:
        items = super().build(key, child)
        if not isinstance(items, list):
            return items
        try:
            made = self._make(cast("list[object]", items))
        except TypeError:  # an item of a set that cannot be hashed
            return REJECTED
        return self._built if made == self._built else made  # a set may get a member twice


class MapShape(Shape):
    """An object as a dict; its keys are strings, or what `key` turns strings into."""

    __slots__ = ("_key", "_value")

    def __init__(self, value: Shape, key: Check | None = None) -> None:
        self._value = value
        self._key = key

    def leaf(self, value: object, complete: bool) -> object:
        return REJECTED

    def object(self) -> Frame:
        return _MapFrame(self._value, self._key)

    def array(self) -> Frame:
        return RejectFrame()


class _MapFrame(DictFrame):
    __slots__ = ("_key", "_rejected")

    def __init__(self, value: Shape, key: Check | None) -> None:
        super().__init__(value)
        self._key = key
        self._rejected: set[str] = set()

    def add(self, key: str, value: object) -> None:
        super().add(key, ABSENT if value is INVALID else value)

    def put(self, key: str, value: object) -> None:
        if (value is REJECTED) != (key in self._rejected):
            self._rejected ^= {key}
            self._dirty = True
        super().put(key, value)

    def build(self, key: str, child: object) -> object:
        if child is REJECTED or self._rejected:
            return REJECTED
        items = super().build(key, child)
        if self._key is None or not isinstance(items, dict):
            return items
        members = cast("dict[str, object]", items).items()
        converted = ((self._key(text), value) for text, value in members)
        return {key: value for key, value in converted if key is not INVALID}


class Deferred(Shape):
    """Stands for a shape that refers to itself while it is being made."""

    __slots__ = ("target",)

    def __init__(self) -> None:
        self.target: Shape = ANY

    @property
    def grows(self) -> bool:  # type: ignore[override]  # as the target says
        return self.target.grows

    def leaf(self, value: object, complete: bool) -> object:
        return self.target.leaf(value, complete)

    def object(self) -> Frame:
        return self.target.object()

    def array(self) -> Frame:
        return self.target.array()
