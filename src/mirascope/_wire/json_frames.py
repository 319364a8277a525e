"""What a reader of unfinished JSON builds: shapes of places, and frames of open containers."""

from __future__ import annotations

import sys
from typing import Final, TypeAlias

__all__ = [
    "ABSENT",
    "ANY",
    "SKIP",
    "DictFrame",
    "Frame",
    "ListFrame",
    "Missing",
    "Shape",
    "same",
]


class Missing:
    """What stands where there is no value, and why."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


ABSENT: Final[object] = Missing("ABSENT")
"""Stands where there is no value (yet)."""


def same(one: object, other: object) -> bool:
    """Return whether two values are equal and of one type: ``1``, ``1.0`` and ``True`` differ."""
    return one is other or (type(one) is type(other) and one == other)


class Shape:
    """What may stand at one place of the document; this one builds plain Python values."""

    __slots__ = ()

    grows: bool = True
    """Whether `leaf` makes something of strings and numbers that are still coming in."""

    def leaf(self, value: object, complete: bool) -> object:
        """Return what to show for a string, number, boolean or null; `ABSENT` for nothing."""
        return value

    def object(self) -> Frame:
        """Return the frame of an object that begins here."""
        return DictFrame(self)

    def array(self) -> Frame:
        """Return the frame of an array that begins here."""
        return ListFrame(self)


class Frame:
    """Collects the members of one open container."""

    __slots__ = ("_built", "_dirty", "_shown", "closed")

    def __init__(self) -> None:
        self._built: object = ABSENT
        self._dirty = True
        self._shown: object = ABSENT
        self.closed: bool = False

    def shape(self, key: str) -> Shape:
        """Return the shape of the member `key` (empty in arrays)."""
        raise LookupError(key)  # pragma: no cover - every frame says its own

    def held(self, key: str) -> object:
        """Return the complete member under `key`, `ABSENT` if there is none."""
        return ABSENT

    def put(self, key: str, value: object) -> None:
        """Keep a complete member; it may be `ABSENT`."""

    def build(self, key: str, child: object) -> object:
        """Return a new snapshot: the complete members, and `child` so far, unless `ABSENT`."""
        return ABSENT

    def add(self, key: str, value: object) -> None:
        """Keep a complete member, noting whether it differs from what was shown last."""
        shown = self._shown if self._shown is not ABSENT else self.held(key)
        self._shown = ABSENT
        if not same(value, shown):
            self._dirty = True
        self.put(key, value)

    def refresh(self, key: str, child: object) -> object:
        """Return the current snapshot, the same object as last time if nothing changed."""
        if self._dirty or child is not self._shown:
            # A repeated key may have the value that it had before.
            if self._dirty or self._shown is not ABSENT or not same(child, self.held(key)):
                self._built = self.build(key, child)
                self._dirty = False
            self._shown = child
        return self._built

    def close(self) -> None:
        """Take note that the container is complete."""
        self.closed = True


class DictFrame(Frame):
    """An object as a dict whose values all have one shape."""

    __slots__ = ("_items", "_shape")

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._shape = shape
        self._items: dict[str, object] = {}

    def shape(self, key: str) -> Shape:
        return self._shape

    def held(self, key: str) -> object:
        return self._items.get(key, ABSENT)

    def put(self, key: str, value: object) -> None:
        if value is not ABSENT:
            self._items[key] = value

    def build(self, key: str, child: object) -> object:
        if self.closed:  # nothing is added any more: no copy needed
            return self._items
        items = self._items.copy()
        if child is not ABSENT:
            items[key] = child
        return items


_Built: TypeAlias = tuple[list[object], int]
"""What was built, and how many of its items were complete."""


def _references(last: _Built) -> int:
    """Return how many references there are to a built list, as counted here."""
    return sys.getrefcount(last[0])


_NOBODY_ELSE = _references(([], 0))


class ListFrame(Frame):
    """An array as a list whose items all have one shape.

    To copy all items for each delta would make a long array quadratic. A reader that looks at one
    value after the other has only the last one: then the list of the one before is filled up
    instead. Lists inside of lists are copied: the outer one of the two still has them.
    """

    __slots__ = ("_items", "_last", "_last_but_one", "_shape")

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._shape = shape
        self._items: list[object] = []
        self._last: _Built = ([], 0)
        self._last_but_one: _Built = ([], 0)

    def shape(self, key: str) -> Shape:
        return self._shape

    def put(self, key: str, value: object) -> None:
        if value is not ABSENT:
            self._items.append(value)

    def build(self, key: str, child: object) -> object:
        if self.closed:
            return self._items
        if _references(self._last_but_one) == _NOBODY_ELSE:
            items, complete = self._last_but_one
            items[complete:] = self._items[complete:]
        else:
            items = self._items.copy()
        self._last_but_one = self._last
        self._last = items, len(self._items)
        if child is not ABSENT:
            items.append(child)
        return items


class _Skip(Shape):
    __slots__ = ()

    grows = False

    def leaf(self, value: object, complete: bool) -> object:
        return ABSENT

    def object(self) -> Frame:
        return _SkipFrame()

    def array(self) -> Frame:
        return _SkipFrame()


class _SkipFrame(Frame):
    __slots__ = ()

    def shape(self, key: str) -> Shape:
        return SKIP


ANY: Final = Shape()
"""Builds plain Python values."""
SKIP: Final = _Skip()
"""Reads past a value and builds nothing."""
