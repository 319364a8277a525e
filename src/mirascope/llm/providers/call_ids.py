"""Ids of calls that other vendors made, as one that is particular about them accepts them."""

from __future__ import annotations

import re

__all__ = ["CallIds"]

_NOT_IN_IDS = re.compile(r"[^a-zA-Z0-9_-]")


class CallIds:
    """The ids of the calls of one conversation, in its order.

    Some vendors refuse ids that come twice, which happens where another numbers the calls of each
    turn, ids with characters of many kinds, and long ones.
    """

    def __init__(self, longest: int | None = None) -> None:
        """Start a conversation.

        Args:
            longest: How many characters an id may have.
        """
        self._longest = longest
        self._current: dict[str, str] = {}
        self._used: set[str] = set()

    def new(self, id: str) -> str:
        """Return the id of a call."""
        base = unique = self._accepted(id)
        number = 2
        while unique in self._used:
            end = f"_{number}"
            unique = base[: self._longest and self._longest - len(end)] + end
            number += 1
        self._used.add(unique)
        self._current[id] = unique
        return unique

    def current(self, id: str) -> str:
        """Return the id of the last call that had `id`, for its result."""
        return self._current.get(id) or self._accepted(id)

    def _accepted(self, id: str) -> str:
        return _NOT_IN_IDS.sub("_", id)[: self._longest]
