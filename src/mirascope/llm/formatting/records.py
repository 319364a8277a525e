"""Shapes of records, of which fields are still missing, and of values that travel in one.

Records are models, dataclasses and TypedDicts. A value that is no object itself travels in a
wrapper; a `RootModel` is a model around a bare value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from mirascope._wire.json_frames import ABSENT, SKIP, Frame, Missing, Shape, same
from mirascope.llm.formatting.shapes import INVALID, REJECTED, WHOLE, RejectFrame, convert

__all__ = [
    "Place",
    "RecordFrame",
    "RecordPlan",
    "RecordShape",
    "RootShape",
    "WrapperShape",
]


_WRAPPER_KEY = "output"  # as `create_wrapper_model` calls it


@dataclass(slots=True, frozen=True)
class Place:
    """Where a field's value may be found."""

    field: str
    rank: int
    """Of the field's places that have a value, the one of the lowest rank counts."""
    shape: Shape
    path: tuple[str | int, ...] = ()
    """From the value of the key on, for alias paths."""


@dataclass(slots=True)
class RecordPlan:
    """What is known of a record type."""

    make: Callable[[dict[str, object], set[str]], object]
    """Makes a partial of the values by field, and the names of those that have arrived."""
    template: dict[str, object] = field(default_factory=dict[str, object])
    """The values before anything has arrived."""
    keys: dict[str, Place] = field(default_factory=dict[str, Place])
    """The keys that hold one field's value as it is."""
    shared: dict[str, list[Place]] = field(default_factory=dict[str, list[Place]])
    """The other keys that are read: with values of several fields, or with paths into them."""
    required: frozenset[str] = frozenset()
    closed: bool = False
    """Whether unknown keys are an error."""


class RecordShape(Shape):
    """An object with the fields of a plan; the plan may be completed after the shape is made."""

    __slots__ = ("plan",)

    def __init__(self, plan: RecordPlan) -> None:
        self.plan = plan

    def leaf(self, value: object, complete: bool) -> object:
        return REJECTED

    def object(self) -> Frame:
        return RecordFrame(self.plan)

    def array(self) -> Frame:
        return RejectFrame()


class RecordFrame(Frame):
    """Collects the fields of one record."""

    __slots__ = ("_misfit", "_named", "_plan", "_ranks", "_rejected", "_values")

    def __init__(self, plan: RecordPlan) -> None:
        super().__init__()
        self._plan = plan
        self._values = plan.template.copy()
        self._ranks: dict[str, int] = {}  # of the fields that have arrived
        self._named: set[str] = set()  # the fields whose keys have arrived
        self._rejected: set[str] = set()
        self._misfit = False

    def fit(self) -> tuple[bool, bool, int]:
        """Say how well the members so far suit this record; greater is better."""
        missing = self.closed and not self._plan.required <= self._ranks.keys()
        return not self._misfit, not missing, len(self._named)

    def has(self, name: str) -> bool:
        """Return whether the field has arrived, complete and valid."""
        return name in self._ranks

    def shape(self, key: str) -> Shape:
        place = self._plan.keys.get(key)
        if place is None:
            if key in self._plan.shared:
                return WHOLE
            self._misfit = self._misfit or self._plan.closed
            return SKIP
        if place.rank > self._ranks.get(place.field, place.rank):
            return SKIP  # a better alias has been there before
        self._named.add(place.field)
        return place.shape

    def held(self, key: str) -> object:
        place = self._plan.keys.get(key)
        return ABSENT if place is None else self._values.get(place.field, ABSENT)

    def add(self, key: str, value: object) -> None:
        if key in self._plan.shared:
            for place in self._plan.shared[key]:
                found = _follow(value, place.path)
                if found is not ABSENT:
                    before = self._values.get(place.field, ABSENT)
                    self._take(place, convert(found, place.shape))
                    if not same(self._values.get(place.field, ABSENT), before):
                        self._dirty = True
        elif value is INVALID:  # as if it had not arrived, except for choosing among a union
            self._misfit = True
        elif key in self._plan.keys and value is not ABSENT:
            super().add(key, value)

    def put(self, key: str, value: object) -> None:
        self._take(self._plan.keys[key], value)

    def _take(self, place: Place, value: object) -> None:
        name = place.field
        if place.rank > self._ranks.get(name, place.rank):
            return
        if (value is REJECTED) != (name in self._rejected):
            self._rejected ^= {name}
            self._dirty = True
        if value is REJECTED:
            return
        if value is INVALID:
            self._misfit = True
        else:
            self._values[name] = value
            self._ranks[name] = place.rank

    def build(self, key: str, child: object) -> object:
        if self._rejected or child is REJECTED:
            return REJECTED
        values = self._values.copy()
        arrived = set(self._ranks)
        if child is not ABSENT:
            place = self._plan.keys.get(key)
            if place is not None:
                values[place.field] = child
                arrived.add(place.field)
        return self._plan.make(values, arrived)


def _follow(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        try:
            value = cast("Any", value)[step]  # Any: what has no items raises TypeError
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return value


class RootShape(Shape):
    """A model of a bare value: the value's shape, and `make` around what it shows."""

    __slots__ = ("_inner", "_make")

    def __init__(self, inner: Shape, make: Callable[[object], object]) -> None:
        self._inner = inner
        self._make = make

    @property
    def grows(self) -> bool:  # type: ignore[override]  # as the value's shape says
        return self._inner.grows

    def leaf(self, value: object, complete: bool) -> object:
        return _made(self._inner.leaf(value, complete), self._make)

    def object(self) -> Frame:
        return _around(self._inner.object(), self._make)

    def array(self) -> Frame:
        return _around(self._inner.array(), self._make)


def _made(value: object, make: Callable[[object], object]) -> object:
    return value if isinstance(value, Missing) else make(value)


def _around(frame: Frame, make: Callable[[object], object]) -> Frame:
    return frame if isinstance(frame, RejectFrame) else _RootFrame(frame, make)


class _RootFrame(Frame):
    __slots__ = ("_inner", "_inner_built", "_make")

    def __init__(self, inner: Frame, make: Callable[[object], object]) -> None:
        super().__init__()
        self._inner = inner
        self._inner_built: object = ABSENT
        self._make = make

    def shape(self, key: str) -> Shape:
        return self._inner.shape(key)

    def add(self, key: str, value: object) -> None:
        self._inner.add(key, value)

    def refresh(self, key: str, child: object) -> object:
        built = self._inner.refresh(key, child)
        if built is not self._inner_built:
            self._inner_built = built
            self._built = _made(built, self._make)
        return self._built

    def close(self) -> None:
        self._inner.close()


class WrapperShape(Shape):
    """The object that a value travels in which is no object itself; what is shown is the value.

    Models forget wrappers: where the value may be an object, one that does not begin with the
    wrapper's key is taken for the value.
    """

    __slots__ = ("_inner",)

    def __init__(self, inner: Shape) -> None:
        self._inner = inner

    def leaf(self, value: object, complete: bool) -> object:
        return REJECTED

    def object(self) -> Frame:
        bare = self._inner.object()
        wrapper = _WrapperFrame(self._inner)
        return wrapper if isinstance(bare, RejectFrame) else _WrapperOrBareFrame(wrapper, bare)

    def array(self) -> Frame:
        return RejectFrame()


class _WrapperFrame(Frame):
    __slots__ = ("_inner", "_value")

    def __init__(self, inner: Shape) -> None:
        super().__init__()
        self._inner = inner
        self._value: object = ABSENT

    def shape(self, key: str) -> Shape:
        return self._inner if key == _WRAPPER_KEY else SKIP

    def held(self, key: str) -> object:
        return self._value if key == _WRAPPER_KEY else ABSENT

    def put(self, key: str, value: object) -> None:
        if key == _WRAPPER_KEY:
            self._value = value

    def build(self, key: str, child: object) -> object:
        return self._value if child is ABSENT else child


class _WrapperOrBareFrame(Frame):
    __slots__ = ("_bare", "_chosen", "_wrapper")

    def __init__(self, wrapper: Frame, bare: Frame) -> None:
        super().__init__()
        self._wrapper = wrapper
        self._bare = bare
        self._chosen: Frame | None = None

    def shape(self, key: str) -> Shape:
        if self._chosen is None:
            self._chosen = self._wrapper if key == _WRAPPER_KEY else self._bare
        return self._chosen.shape(key)

    def add(self, key: str, value: object) -> None:
        if self._chosen is not None:
            self._chosen.add(key, value)

    def refresh(self, key: str, child: object) -> object:
        return ABSENT if self._chosen is None else self._chosen.refresh(key, child)

    def close(self) -> None:
        self._chosen = self._chosen or self._bare
        self._chosen.close()
