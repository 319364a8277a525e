"""So much in any window of time, counted here or in a store that processes share.

The window is cut into slices, each with a counter of its own. What is charged goes into the slice
of the moment, and is looked at together with all slices that a window may reach back to: so there
is never more in *any* window, wherever it begins. A unit counts for a window and up to a slice
more.

    slice      k-12 ........................ k-1    k
    counter     7    0    3             ...   9     2+cost   <= amount ?

Charging is adding first and looking then. Two processes that do so at once may both find that it
is too much, and take back what they added; but never do both find that it is not. One that dies in
between leaves its charge to the window.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

__all__ = ["SLICES", "Budget", "CountStore", "Later", "MemoryCounts"]

SLICES = 12


class CountStore(Protocol):
    """Counters by key, such as any storage of the package `limits`; any thread may ask."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter, at once for all who ask, and return the sum.

        Args:
            key: Whose counter.
            expiry: Seconds after which a counter that begins now may be forgotten.
            amount: What to add; may be negative.
        """
        ...

    def get(self, key: str) -> int:
        """Return a counter; 0 when there is none."""
        ...


class MemoryCounts:
    """Counters of this process, for one thread at a time."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._expires: dict[str, float] = {}

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter; see `CountStore`."""
        if key not in self._counts:
            now = time.monotonic()
            for old in [old for old, expires in self._expires.items() if expires <= now]:
                del self._expires[old], self._counts[old]
            self._expires[key] = now + expiry
        count = self._counts[key] = self._counts.get(key, 0) + amount
        return count

    def get(self, key: str) -> int:
        """Return a counter."""
        return self._counts.get(key, 0)


@dataclass(frozen=True, slots=True)
class Later:
    """There is not enough now."""

    seconds: float
    """In how many there may be."""
    held_by: str
    """How users call what there is not enough of."""


class Budget:
    """So many units in any window.

    Attributes:
        amount: How many.
        width: Of a slice, in seconds.
    """

    def __init__(
        self, counts: CountStore, name: str, amount: int, window: float, label: str
    ) -> None:
        """Say how many.

        Args:
            counts: Where to count.
            name: Of the counters: those who use the same name share the budget.
            amount: Units.
            window: Seconds.
            label: How users call it, for messages.
        """
        self.amount = amount
        self._label = label
        self._counts = counts
        self._name = f"{name}:{window:g}"
        self._window = window
        self.width: float = window / SLICES
        self._expiry = int(2 * window) + 2

    def charge(self, cost: int) -> int | Later:
        """Take `cost` units.

        Returns:
            The slice that they were taken from, for `correct`; or when to ask again, where there
            are not so many left.
        """
        while True:
            now = time.time()
            slice = int(now // self.width)
            used = self._add(slice, cost)
            before = [
                max(self._counts.get(self._key(one)), 0) for one in range(slice - SLICES, slice)
            ]
            excess = used + sum(before) - self.amount
            if excess > 0:
                self._add(slice, -cost)
                return Later(self._until_gone(excess, [*before, used], slice), self._label)
            if int(time.time() // self.width) == slice:
                return slice
            self._add(slice, -cost)  # it took too long: it would count from too early on

    def correct(self, slice: int, difference: int) -> None:
        """Add what was used beyond what was charged, or give it back if it is negative."""
        if time.time() < slice * self.width + self._window:  # or nobody looks at it any more
            self._add(slice, difference)

    def _until_gone(self, excess: int, counts: list[int], slice: int) -> float:
        """Return how long it is until so much has left the window."""
        gone = slice + 1
        for count in counts:
            excess -= count
            if excess <= 0:
                break
            gone += 1
        return max(gone * self.width - time.time(), 0.001)

    def _add(self, slice: int, amount: int) -> int:
        return self._counts.incr(self._key(slice), self._expiry, amount)

    def _key(self, slice: int) -> str:
        return f"{self._name}:{slice}"
