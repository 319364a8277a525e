"""Shapes of unions: every member that may still be meant is read, and the likeliest one shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from mirascope._wire.json_frames import ABSENT, SKIP, Frame, Shape
from mirascope.llm.formatting.records import RecordFrame
from mirascope.llm.formatting.shapes import INVALID, REJECTED, Basic, Check, RejectFrame

__all__ = ["UnionFrame", "UnionShape"]


class UnionShape(Shape):
    """One of several shapes."""

    __slots__ = ("_check", "_grows", "_members", "_tag")

    def __init__(
        self, members: Sequence[Shape], check: Check | None = None, tag: str | None = None
    ) -> None:
        """Take the members.

        Args:
            members: In order of preference.
            check: Decides about complete strings, numbers and booleans, where the basic types
                among the members do not suffice for that.
            tag: The field that tells the members apart: nothing is shown before it has arrived.
        """
        self._members = members
        self._check = check
        self._tag = tag

    @property
    def grows(self) -> bool:  # type: ignore[override]  # if one of the members does
        return any(member.grows for member in self._members)

    def leaf(self, value: object, complete: bool) -> object:
        if complete and self._check is not None:
            checked = self._check(value)
            if checked is not INVALID:
                return checked
        for member in self._members:
            if isinstance(member, Basic) and member.type is type(value):
                return value
        nothing = REJECTED if complete else ABSENT
        for member in self._members:
            shown = member.leaf(value, complete)
            if shown is INVALID:
                nothing = INVALID
            elif shown is not ABSENT and shown is not REJECTED:
                return shown
        return nothing

    def object(self) -> Frame:
        return self._frame([member.object() for member in self._members])

    def array(self) -> Frame:
        return self._frame([member.array() for member in self._members])

    def _frame(self, frames: list[Frame]) -> Frame:
        frames = [frame for frame in frames if not isinstance(frame, RejectFrame)]
        if not frames:
            return RejectFrame()
        return frames[0] if len(frames) == 1 else UnionFrame(frames, self._tag)


class _Parallel(Shape):
    """Reads one value into several shapes at once; shows a tuple of what each of them shows."""

    __slots__ = ("_shapes",)

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self._shapes = shapes

    @property
    def grows(self) -> bool:  # type: ignore[override]  # if one of the shapes does
        return any(shape.grows for shape in self._shapes)

    def leaf(self, value: object, complete: bool) -> object:
        return tuple(shape.leaf(value, complete) for shape in self._shapes)

    def object(self) -> Frame:
        return _ParallelFrame([shape.object() for shape in self._shapes])

    def array(self) -> Frame:
        return _ParallelFrame([shape.array() for shape in self._shapes])


class _ParallelFrame(Frame):
    __slots__ = ("_frames", "_values")

    def __init__(self, frames: Sequence[Frame]) -> None:
        super().__init__()
        self._frames = frames
        self._values: tuple[object, ...] = ()

    def shape(self, key: str) -> Shape:
        shapes = [frame.shape(key) for frame in self._frames]
        return SKIP if all(shape is SKIP for shape in shapes) else _Parallel(shapes)

    def add(self, key: str, value: object) -> None:
        for frame, member in zip(self._frames, self._split(value), strict=True):
            frame.add(key, member)

    def refresh(self, key: str, child: object) -> object:
        members = zip(self._frames, self._split(child), strict=True)
        values = tuple(frame.refresh(key, member) for frame, member in members)
        if len(values) != len(self._values) or any(
            new is not old for new, old in zip(values, self._values, strict=True)
        ):
            self._values = values
        return self._values

    def close(self) -> None:
        for frame in self._frames:
            frame.close()

    def _split(self, value: object) -> tuple[object, ...]:
        if value is ABSENT:
            return (ABSENT,) * len(self._frames)
        return cast("tuple[object, ...]", value)  # what _Parallel makes


class UnionFrame(_ParallelFrame):
    """A container that is read as several members at once."""

    __slots__ = ("_best", "_tag")

    def __init__(self, frames: Sequence[Frame], tag: str | None) -> None:
        super().__init__(frames)
        self._tag = tag
        self._best = frames[0]

    def fit(self) -> tuple[bool, bool, int]:
        """Say how well the members so far suit the likeliest member; greater is better."""
        return _fit(self._best)

    def has(self, name: str) -> bool:
        """Return whether the field has arrived in the likeliest member."""
        return _has(self._best, name)

    def refresh(self, key: str, child: object) -> object:
        super().refresh(key, child)
        rejected = 0
        best: tuple[tuple[bool, bool, int], Frame, object] | None = None
        for frame, value in zip(self._frames, self._values, strict=True):
            if value is REJECTED:
                rejected += 1
            elif value is not INVALID and (self._tag is None or _has(frame, self._tag)):
                fit = _fit(frame)
                if best is None or fit > best[0]:
                    best = fit, frame, value
        if best is None:
            return REJECTED if rejected == len(self._frames) else ABSENT
        self._best = best[1]
        return best[2]


def _fit(frame: Frame) -> tuple[bool, bool, int]:
    if isinstance(frame, (RecordFrame, UnionFrame)):
        return frame.fit()
    return True, True, 0


def _has(frame: Frame, name: str) -> bool:
    return isinstance(frame, (RecordFrame, UnionFrame)) and frame.has(name)
