"""What to show of a value while its JSON comes in: a table of rows, and the frames that they make.

A reader of unfinished JSON (`mirascope._wire.partial_json`) goes through the text once. At each
place of the document it asks the place's **shape** what the value there means. A shape is a `Row`
with a cell for each of the three events that can begin a value; `partial_types` says which type
has which row:

    type                     a leaf                  {                       [
    str, int, float, ...     itself, growing         -                       -
    date, enum, literal      checked when complete   -                       -
    types unknown to us      checked when complete   checked at }            checked at ]
    list, tuple, set         -                       -                       _ItemsFrame
    dict, TypedDict, model   -                       _MembersFrame           -
    RootModel                the cells of its value, with the model around what they show
    union                    the first that fits     _UnionFrame of what the members' cells make
    wrapped value            -                       _WrapperFrame           -

An empty cell (-) rejects. A **frame** is the state of one open container, and the reader drives it
with four events: `shape(key)`, a member begins; `refresh(key, child)`, return the snapshot now that
this member shows `child`; `add(key, value)`, it is complete; and `close()`.

What a place shows goes through these states; all but values are marks, which nobody else sees:

    ABSENT      nothing has arrived, or not far enough
    a value     it grows until it is complete; what was handed out is never changed
    INVALID     complete, but not allowed, such as an unknown enum member: as if it had not arrived,
                but in a union it counts against the member
    REJECTED    of another kind than the type, such as a number for a model: so is what contains it,
                up to the answer, and only the same key with a better value puts that right

Why this is linear: a character touches the innermost frame only, and `add` takes a complete value,
already of its type, that is never looked at again. A delta refreshes the open frames from the
inside out. One whose child is the same object as before returns the snapshot it has; any other
copies the references to its members. A union has one frame for each member that may be meant, and
passes each event on to all of them.

Rows make frames, and frames ask rows what a member is, so both are in this one module. It is
imported only when a partial is made, because pydantic is slow to import.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import repeat
from operator import itemgetter
from typing import Any, Final, Literal, cast

from pydantic import TypeAdapter
from pydantic_core import to_json

from mirascope._wire.json_frames import (
    ABSENT,
    ANY,
    SKIP,
    DictFrame,
    Frame,
    ListFrame,
    Missing,
    Shape,
    same,
)
from mirascope.llm.formatting.types import AnyTypeForm

__all__ = [
    "ANYTHING",
    "NOTHING",
    "Check",
    "Place",
    "Plan",
    "RejectFrame",
    "Row",
    "adapter_check",
    "array_of",
    "basic",
    "deferred",
    "nullable",
    "record",
    "root",
    "union",
    "whole",
    "wrapper",
]

INVALID: Final[object] = Missing("INVALID")
REJECTED: Final[object] = Missing("REJECTED")

Check = Callable[[object], object]
"""Turns a complete plain value into one of the type, or `INVALID`."""

_WRAPPER_KEY = "output"  # as `create_wrapper_model` calls it


def adapter_check(type_: AnyTypeForm) -> Check:
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


# Frames.


class RejectFrame(Frame):
    """A container where there should be none."""

    __slots__ = ()

    def shape(self, key: str) -> Shape:
        return SKIP

    def build(self, key: str, child: object) -> object:
        return REJECTED


class _ItemsFrame(ListFrame):
    """The items of an array, as a list or as what `make` turns a list into."""

    __slots__ = ("_make", "_rejected")

    def __init__(self, item: Shape, make: Callable[[object], object] | None) -> None:
        super().__init__(item)
        self._make = make
        self._rejected = False

    def add(self, key: str, value: object) -> None:
        self._rejected = self._rejected or value is REJECTED
        super().add(key, ABSENT if value is INVALID else value)

    def build(self, key: str, child: object) -> object:
        if self._rejected or child is REJECTED:
            return REJECTED
        items = ListFrame.build(self, key, child)  # for each delta: super() takes longer
        if self._make is None:
            return items
        try:
            made = self._make(items)
        except TypeError:  # an item of a set that cannot be hashed
            return REJECTED
        return self._built if made == self._built else made  # a set may get a member twice


@dataclass(slots=True, frozen=True)
class Place:
    """Where a field's value may be found."""

    field: str
    rank: int
    """Of the field's places that have a value, the one of the lowest rank counts."""
    shape: Shape
    path: tuple[str | int, ...] = ()
    """From the value of the key on, for alias paths."""


def _as_they_are(values: object, arrived: object, one_more: object) -> object:
    return values


@dataclass(slots=True)
class Plan:
    """What is known of a type that is an object; it may be completed after its shape is made."""

    make: Callable[[dict[Any, object], Collection[Any], Any], object] = _as_they_are
    """Makes a snapshot of the values, the names of the complete ones, and that of the open one."""
    template: dict[str, object] = field(default_factory=dict[str, object])
    """The values before anything has arrived."""
    keys: dict[str, Place] = field(default_factory=dict[str, Place])
    """The keys that hold one field's value as it is."""
    shared: dict[str, list[Place]] = field(default_factory=dict[str, list[Place]])
    """The other keys that are read: with values of several fields, or with paths into them."""
    rest: Shape = SKIP
    """Of the values under all other keys: members of a dict by their keys, no fields."""
    key: Check | None = None
    """Turns those keys into others than strings."""
    required: frozenset[str] = frozenset()
    closed: bool = False
    """Whether other keys are an error."""


class _MembersFrame(Frame):
    """The members of an object, by the field that they belong to, or else by their key."""

    __slots__ = ("_misfit", "_name", "_named", "_plan", "_rank", "_rejected", "_values", "ranks")

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self._plan = plan
        self._values: dict[Any, object] = plan.template.copy()  # Any: a dict has keys of its own
        self._name: object = ""  # where the value of the current key belongs
        self._rank = 0
        self._named: set[str] = set()  # the fields whose keys have arrived
        self._rejected: set[object] = set()
        self._misfit = False
        self.ranks: dict[object, int] = {}  # of the fields that have arrived, complete and valid

    def fit(self) -> tuple[bool, bool, int]:
        """Say how well the members so far suit the type; greater is better."""
        missing = self.closed and not self._plan.required <= self.ranks.keys()
        return not self._misfit, not missing, len(self._named)

    def shape(self, key: str) -> Shape:
        plan = self._plan
        place = plan.keys.get(key)
        if place is None:
            self._name, self._rank = key, 0
            if key in plan.shared:
                return WHOLE
            if plan.key is not None:
                self._name = plan.key(key)
            if self._name is INVALID or plan.closed:
                self._misfit = True
                return SKIP
            return plan.rest
        self._name = name = place.field
        self._rank = rank = place.rank
        if rank > self.ranks.get(name, rank):
            return SKIP  # a better alias has been there before
        self._named.add(name)
        return place.shape

    def held(self, key: str) -> object:
        return self._values.get(self._name, ABSENT)

    def add(self, key: str, value: object) -> None:
        if value is ABSENT or value is INVALID:  # as if it had not arrived, but it may be shown
            self._dirty = self._dirty or self._shown is not ABSENT
            self._shown = ABSENT
            self.put(key, value)
            return
        if key not in self._plan.shared:
            Frame.add(self, key, value)  # takes less than super()
            return
        for place in self._plan.shared[key]:
            self._name, self._rank = place.field, place.rank
            before = self.held(key)
            self.put(key, _convert(_follow(value, place.path), place.shape))
            self._dirty = self._dirty or not same(self.held(key), before)

    def put(self, key: str, value: object) -> None:
        name = self._name
        if value is ABSENT or self._rank > self.ranks.get(name, self._rank):
            return
        if value is INVALID:  # a dict shows its other members and thinks no more of it
            self._misfit = self._misfit or self._plan.rest is SKIP
            return
        if (value is REJECTED) != (name in self._rejected):
            self._rejected ^= {name}
            self._dirty = True
        self._values[name] = value
        if value is not REJECTED:
            self.ranks[name] = self._rank

    def build(self, key: str, child: object) -> object:
        if self._rejected or child is REJECTED:
            return REJECTED
        values = self._values if self.closed else self._values.copy()
        if child is ABSENT:
            return self._plan.make(values, self.ranks, "")
        values[self._name] = child
        return self._plan.make(values, self.ranks, self._name)


def _follow(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        try:
            value = cast("Any", value)[step]  # Any: what has no items raises TypeError
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return value


def _convert(value: object, shape: Shape) -> object:
    """Return what `shape` makes of a complete plain value."""
    if isinstance(value, dict):
        frame, items = shape.object(), list(cast("dict[str, object]", value).items())
    elif isinstance(value, list):
        frame, items = shape.array(), [("", item) for item in cast("list[object]", value)]
    else:
        return value if value is ABSENT else shape.leaf(value, True)
    for key, item in items:
        frame.add(key, _convert(item, frame.shape(key)))
    frame.close()
    return frame.refresh("", ABSENT)


class _ThroughFrame(Frame):
    """Passes everything on to another frame, and shows what `make` turns its snapshots into."""

    __slots__ = ("_inner", "_late", "_make", "_seen")

    def __init__(self, inner: Frame, make: Check, *, late: bool = False) -> None:
        super().__init__()
        self._inner = inner
        self._make = make
        self._late = late  # nothing is shown before the end
        self._seen: object = ABSENT

    def shape(self, key: str) -> Shape:
        return self._inner.shape(key)

    def add(self, key: str, value: object) -> None:
        self._inner.add(key, value)

    def refresh(self, key: str, child: object) -> object:
        if self._late and not self.closed:
            return ABSENT
        seen = self._inner.refresh(key, child)
        if seen is not self._seen:
            self._seen = seen
            self._built = seen if isinstance(seen, Missing) else self._make(seen)
        return self._built

    def close(self) -> None:
        self.closed = True
        self._inner.close()


class _WrapperFrame(Frame):
    """The object that a value travels in which is no object itself; shows the value."""

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


class _WrapperOrBareFrame(_ThroughFrame):
    """A wrapper, or else, as its first key says, the bare value: models forget wrappers."""

    __slots__ = ("_bare",)

    def __init__(self, wrapper: Frame, bare: Frame) -> None:
        super().__init__(wrapper, _unchanged)
        self._bare: Frame | None = bare

    def shape(self, key: str) -> Shape:
        self._choose(key)
        return self._inner.shape(key)

    def close(self) -> None:
        self._choose("")
        self._inner.close()

    def _choose(self, key: str) -> None:
        if self._bare is not None and key != _WRAPPER_KEY:
            self._inner = self._bare
        self._bare = None


class _ForkFrame(Frame):
    """Reads one container as several frames at once, and shows a tuple of what each shows."""

    __slots__ = ("_frames",)

    def __init__(self, frames: Sequence[Frame]) -> None:
        super().__init__()
        self._frames = frames

    def shape(self, key: str) -> Shape:
        shapes = [frame.shape(key) for frame in self._frames]
        return SKIP if all(shape is SKIP for shape in shapes) else _fork(shapes)

    def add(self, key: str, value: object) -> None:
        for frame, part in zip(self._frames, _split(value), strict=False):
            frame.add(key, part)

    def refresh(self, key: str, child: object) -> object:
        parts = zip(self._frames, _split(child), strict=False)
        return tuple([frame.refresh(key, part) for frame, part in parts])

    def close(self) -> None:
        for frame in self._frames:
            frame.close()


def _split(value: object) -> Iterable[object]:
    return repeat(ABSENT) if value is ABSENT else cast("tuple[object, ...]", value)


class _UnionFrame(_ForkFrame):
    """A container that is read as several members of a union; the likeliest one is shown."""

    __slots__ = ("_tag", "best")

    def __init__(self, tag: str | None, frames: Sequence[Frame]) -> None:
        super().__init__(frames)
        self._tag = tag
        self.best = frames[0]

    def refresh(self, key: str, child: object) -> object:
        values = cast("tuple[object, ...]", super().refresh(key, child))
        best: tuple[bool, bool, int] | None = None
        shown = ABSENT
        for frame, value in zip(self._frames, values, strict=True):
            if value is REJECTED or value is INVALID:
                continue
            members = _members_of(frame)
            if self._tag is None or (members is not None and self._tag in members.ranks):
                fit = (True, True, 0) if members is None else members.fit()
                if best is None or fit > best:
                    best, self.best, shown = fit, frame, value
        rejected = best is None and all(value is REJECTED for value in values)
        return REJECTED if rejected else shown


def _members_of(frame: Frame) -> _MembersFrame | None:
    while isinstance(frame, _UnionFrame):
        frame = frame.best
    return frame if isinstance(frame, _MembersFrame) else None


# The rows.


def _reject(value: object, complete: bool) -> object:
    return REJECTED


@dataclass(slots=True, eq=False)
class Row(Shape):
    """What may stand at one place: a cell for each event that can begin a value."""

    on_leaf: Callable[[object, bool], object] = _reject
    """What to show of a string, number, boolean or null, complete or not."""
    on_object: Callable[[], Frame] = RejectFrame
    on_array: Callable[[], Frame] = RejectFrame
    exact: type | None = None
    """The Python type of leaves that fit as they are."""
    nullable: bool = False
    grows: bool = True
    """Whether anything is shown of a leaf that is not complete."""
    kind: Literal["container", "opaque", "other"] = "other"
    """``container``: a leaf, if there may be one, needs no pydantic; ``opaque``: only pydantic
    knows what may be inside."""

    def leaf(self, value: object, complete: bool) -> object:
        if type(value) is self.exact or (value is None and self.nullable):
            return value
        return self.on_leaf(value, complete)

    def object(self) -> Frame:
        return self.on_object()

    def array(self) -> Frame:
        return self.on_array()


def _over(
    shapes: Sequence[Shape],
    leaf: Callable[[object, bool], object],
    frame: Callable[[list[Frame]], Frame],
    kind: Literal["container", "other"] = "other",
) -> Row:
    """Return a row over others: its frames are made of theirs."""
    return Row(
        leaf,
        lambda: frame([shape.object() for shape in shapes]),
        lambda: frame([shape.array() for shape in shapes]),
        grows=any(shape.grows for shape in shapes),
        kind=kind,
    )


def deferred(target: list[Row]) -> Row:
    """Return a stand-in for a row that is still being made; then it is put into the list."""
    target.append(ANYTHING)
    return _over(target, lambda value, complete: target[0].leaf(value, complete), itemgetter(0))


def nullable(row: Row) -> Row:
    """Return the row of null, or a value of `row`."""
    return replace(row, nullable=True, kind="other")


def basic(type_: type) -> Row:
    """Return the row of a string, number, boolean or bytes; all but booleans grow."""
    lax = adapter_check(type_)

    def leaf(value: object, complete: bool) -> object:
        if type_ is bytes and type(value) is str:
            return value.encode(errors="replace")
        number = type_ is float and type(value) is int  # not float(): some are too large
        if not (complete or number or type_ is str):  # "12" may become an integer
            return ABSENT
        checked = lax(value)
        return REJECTED if checked is INVALID else checked

    return Row(leaf, exact=type_)


def whole(check: Check, *, opaque: bool = True) -> Row:
    """Return the row of a value that is shown when it is complete.

    Args:
        check: Makes it of the plain value.
        opaque: It may be a container, of which only pydantic knows what is inside.
    """

    def leaf(value: object, complete: bool) -> object:
        return check(value) if complete else ABSENT

    if not opaque:
        return Row(leaf, grows=False)
    return Row(
        leaf,
        lambda: _ThroughFrame(DictFrame(WHOLE), check, late=True),
        lambda: _ThroughFrame(ListFrame(WHOLE), check, late=True),
        grows=False,
        kind="opaque",
    )


def array_of(item: Row, make: Callable[[Any], object] | None) -> Row:  # Any: a list
    """Return the row of an array: a list, or what `make` turns a list into."""
    plain = item is ANYTHING and make is None
    frame = ANYTHING.on_array if plain else partial(_ItemsFrame, item, make)
    return Row(on_array=frame, kind="container")


def record(plan: Plan) -> Row:
    """Return the row of an object that goes by a plan."""
    return Row(on_object=lambda: _MembersFrame(plan), kind="container")


def root(inner: Row, make: Check) -> Row:
    """Return the row of a model of a bare value: the cells of the value, and `make` around them."""

    def leaf(value: object, complete: bool) -> object:
        shown = inner.leaf(value, complete)
        return shown if isinstance(shown, Missing) else make(shown)

    def around(frames: list[Frame]) -> Frame:
        (frame,) = frames
        return frame if isinstance(frame, RejectFrame) else _ThroughFrame(frame, make)

    return _over([inner], leaf, around, "container")


def wrapper(inner: Row) -> Row:
    """Return the row of the object that a value travels in which is no object itself."""

    def frame() -> Frame:
        wrapped, bare = _WrapperFrame(inner), inner.object()
        return wrapped if isinstance(bare, RejectFrame) else _WrapperOrBareFrame(wrapped, bare)

    return Row(on_object=frame)


def union(members: Sequence[Row], check: Check | None, tag: str | None) -> Row:
    """Return the row of one of several.

    Args:
        members: In order of preference.
        check: Decides about complete strings, numbers and booleans, where the basic types among
            the members do not suffice for that.
        tag: The field that tells the members apart: nothing is shown before it has arrived.
    """

    def leaf(value: object, complete: bool) -> object:
        if complete and check is not None:
            checked = check(value)
            if checked is not INVALID:
                return checked
        for member in members:
            if member.exact is type(value):
                return value
        nothing = REJECTED if complete else ABSENT
        for member in members:
            shown = member.leaf(value, complete)
            if shown is INVALID:
                nothing = INVALID
            elif shown is not ABSENT and shown is not REJECTED:
                return shown
        return nothing

    def frame(frames: list[Frame]) -> Frame:
        frames = [frame for frame in frames if not isinstance(frame, RejectFrame)]
        if not frames:
            return RejectFrame()
        return frames[0] if len(frames) == 1 else _UnionFrame(tag, frames)

    return _over(members, leaf, frame)


def _fork(shapes: Sequence[Shape]) -> Row:
    def leaf(value: object, complete: bool) -> object:
        return tuple(shape.leaf(value, complete) for shape in shapes)

    return _over(shapes, leaf, _ForkFrame)


def _unchanged(value: object) -> object:
    return value


NOTHING: Final = Row()
"""Rejects everything."""
ANYTHING: Final = Row(lambda value, _: value, partial(DictFrame, ANY), partial(ListFrame, ANY))
"""Builds plain Python values."""
WHOLE: Final = whole(_unchanged)
"""Builds plain Python values, once they are complete."""
