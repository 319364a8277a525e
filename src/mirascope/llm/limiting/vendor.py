"""What the vendor has left, as the heads of its answers say.

A head tells how things stood when it was written. Who was let through and has no head yet may be
counted in it or not, and is taken not to be: so fewer may go for a moment than could, and the next
head puts it right.
"""

from __future__ import annotations

import time

from mirascope.llm.responses.rate_limits import RateLimit, RateLimits

__all__ = ["LONGEST_PAUSE", "Left"]

LONGEST_PAUSE = 60.0
"""Seconds for which the vendor's word holds everybody at most: it may concern one model only."""


class Left:
    """What is left of the vendor's limits."""

    def __init__(self) -> None:
        self._left: dict[str, int] = {}
        self._whole: dict[str, int | None] = {}
        self._until: dict[str, float] = {}

    def hear(self, said: RateLimits, when: float, costs: tuple[int, int]) -> None:
        """Take in what a head says.

        Args:
            said: What it says.
            when: When it came, on the clock of `time.monotonic`.
            costs: The requests that are under way and have no head yet, and their tokens.
        """
        limits: tuple[RateLimit | None, RateLimit | None] = (said.requests, said.tokens)
        for what, limit, cost in zip(("requests", "tokens"), limits, costs, strict=True):
            if limit is not None and limit.remaining is not None and limit.resets_in:
                self._left[what] = limit.remaining - cost
                self._whole[what] = limit.limit
                self._until[what] = when + min(limit.resets_in, LONGEST_PAUSE)

    def seconds_until(self, tokens: int) -> float:
        """Return how long a request has to wait; 0 when there is enough for it."""
        now, longest = time.monotonic(), 0.0
        for what, cost in (("requests", 1), ("tokens", max(tokens, 1))):
            if what not in self._left:
                continue
            # What is estimated to take more than there ever is has to be let through when all is.
            if self._left[what] < min(cost, self._whole[what] or cost):
                if self._until[what] > now:
                    longest = max(longest, self._until[what] - now)
                else:
                    del self._left[what]
        return longest

    def take(self, tokens: int) -> None:
        """Count a request that is let through."""
        for what, cost in (("requests", 1), ("tokens", tokens)):
            if what in self._left:
                self._left[what] -= cost
