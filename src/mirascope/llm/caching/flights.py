"""Requests that are under way, for those who ask the same meanwhile."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from mirascope.llm.layering import Signal, Step, wait

__all__ = ["Flight"]

_SILENT = 300.0
"""Seconds without any event after which nobody waits any longer: perhaps nobody reads it."""


class Flight:
    """One request, asked by one and waited for by others, in whatever thread, task or loop.

    The others wait until the answer is whole, and then get all of it. So none of them sees a word
    of an answer that breaks, or that is closed by who asked: then one of them asks.

    It has no lock, for a destructor may end it: whoever writes is the one that asks.
    """

    def __init__(self) -> None:
        self.over: bool = False
        self.entry: bytes | None = None
        """The answer, once it is over; None when it failed, or cannot be kept."""
        self._handed_out: float | None = None
        self._heard = time.monotonic()
        self._waiting: list[Signal] = []

    def end(self, entry: bytes | None = None) -> None:
        """Say that it is over, once; the first to say so counts."""
        if not self.over:
            self.entry, self.over = entry, True
            for signal in tuple(self._waiting):
                signal.set()

    def hands_out(self) -> None:
        """Note that events came, and that it is the reader's turn."""
        self._handed_out = self._heard = time.monotonic()

    def goes_on(self) -> None:
        """Note that the reader wants more."""
        self._handed_out = None
        self._heard = time.monotonic()

    def landed(self, patience: float) -> Generator[Step, Any, bool]:
        """Wait until it is over.

        Args:
            patience: Seconds to wait while who asked does not read on.

        Returns:
            Whether it is over; if not, waiting longer may be in vain.
        """
        signal = Signal()
        self._waiting.append(signal)
        try:
            while not self.over:
                came: bool = yield wait(signal, seconds=patience)
                if not came and self._is_stuck(patience):
                    return False
            return True
        finally:
            self._waiting.remove(signal)

    def _is_stuck(self, patience: float) -> bool:
        now, handed_out = time.monotonic(), self._handed_out
        if handed_out is not None and now - handed_out >= patience:
            return True
        return now - self._heard >= _SILENT
