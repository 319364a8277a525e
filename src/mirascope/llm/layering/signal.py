"""Something that a layer waits for, and others bring about."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

__all__ = ["Signal"]


class Signal:
    """Is set once, from any thread, task or destructor; layers `wait` for it.

    There is no lock in it: a destructor that sets it may run in the middle of anything.

    Attributes:
        is_set: Whether it is set.
        watchers: What is called when it is set, for each that waits.
    """

    __slots__ = ("is_set", "watchers")

    def __init__(self) -> None:
        self.is_set: bool = False
        self.watchers: list[Callable[[], object]] = []

    def set(self) -> None:
        """Let everybody go on who waits for it."""
        self.is_set = True
        with contextlib.suppress(IndexError):
            while True:
                self.watchers.pop()()

    def watch(self, call: Callable[[], object]) -> None:
        """Have `call` called, perhaps more than once, when it is set; at once if it is."""
        self.watchers.append(call)
        if self.is_set:
            call()

    def forget(self, call: Callable[[], object]) -> None:
        """Have it called no more."""
        with contextlib.suppress(ValueError):
            self.watchers.remove(call)
