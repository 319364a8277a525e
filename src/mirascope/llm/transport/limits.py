"""From limits and deadlines to what libraries take."""

from __future__ import annotations

import time

from mirascope.llm.transport.http import DeadlineExceeded

__all__ = ["AT_ONCE", "finite", "seconds_left"]

AT_ONCE = 0.5
"""Seconds in which the goodbye of a server that knows of no request is there: a round trip."""

_LONG = 1e8  # seconds, three years; system calls take not much more


def finite(seconds: float | None) -> float | None:
    """Return `seconds`, or None where they are as good as infinite."""
    return None if seconds is None or seconds > _LONG else seconds


def seconds_left(deadline: float | None) -> float | None:
    """Return the seconds left until `deadline`; None for ever.

    Raises:
        DeadlineExceeded: There are none.
    """
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise DeadlineExceeded
    return finite(left)
