"""Where answers are kept: what a store is, and one in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

__all__ = ["CacheStore", "MemoryStore"]


class CacheStore(Protocol):
    """Keeps bytes by key; any thread may ask, several at once.

    What it raises is logged and counts as an answer that is not there, and so do bytes that are not
    those that were put. It may forget whatever it likes.
    """

    @property
    def blocks(self) -> bool:
        """Return whether asking it takes time: it is done in a thread of its own then."""
        ...

    def get(self, key: str) -> bytes | None:
        """Return what was put last for `key`, 64 hexadecimal digits; None when there is nothing."""
        ...

    def put(self, key: str, value: bytes, ttl: float | None) -> None:
        """Keep `value`.

        Args:
            key: What for.
            value: The bytes.
            ttl: Seconds after which nobody wants it any more, so that it may be deleted; None for
                never. The cache itself looks at how old an answer is.
        """
        ...


class MemoryStore:
    """Keeps answers in this process, and forgets those first that were not wanted for longest."""

    blocks = False

    def __init__(self, *, max_entries: int = 1000, max_bytes: int = 64 * 1024 * 1024) -> None:
        """Say how much is kept.

        Args:
            max_entries: The most answers.
            max_bytes: The most bytes of all answers together.

        Raises:
            ValueError: One of them is not positive.
        """
        for name, value in (("max_entries", max_entries), ("max_bytes", max_bytes)):
            if value <= 0:
                raise ValueError(f"{name} must be positive, got {value!r}.")
        self.max_entries = max_entries
        self.max_bytes = max_bytes
        self._entries: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[object, ...]:
        # Sent elsewhere, it begins with nothing.
        return _memory_store, (self.max_entries, self.max_bytes)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: str) -> bytes | None:
        """Return an answer, which is the one wanted last then."""
        with self._lock:
            value = self._entries.get(key)
            if value is not None:
                self._entries.move_to_end(key)
            return value

    def put(self, key: str, value: bytes, ttl: float | None) -> None:
        """Keep an answer, and forget as many as need be; one that is too large is not kept."""
        with self._lock:
            self._bytes += len(value) - len(self._entries.pop(key, b""))
            self._entries[key] = value
            while len(self._entries) > self.max_entries or self._bytes > self.max_bytes:
                _, forgotten = self._entries.popitem(last=False)
                self._bytes -= len(forgotten)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0


def _memory_store(max_entries: int, max_bytes: int) -> MemoryStore:
    return MemoryStore(max_entries=max_entries, max_bytes=max_bytes)
