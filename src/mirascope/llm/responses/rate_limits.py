"""What a vendor says is left of its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["RateLimit", "RateLimits"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RateLimit:
    """One limit, as it stood when the answer began."""

    limit: int | None = None
    """How many there are in all; None when the vendor did not say."""
    remaining: int | None = None
    """How many of them were left."""
    resets_in: float | None = None
    """In how many seconds all of them are there again."""


@dataclass(kw_only=True, slots=True)
class RateLimits:
    """What the head of an answer says is left of the vendor's limits.

    Where a vendor tells of several limits of a kind, such as those of a minute and of a day, it is
    the one of which the fewest are left.
    """

    type: Literal["rate_limits"] = "rate_limits"
    requests: RateLimit | None = None
    """None when the vendor did not say."""
    tokens: RateLimit | None = None
    """None when the vendor did not say."""
    measured: float
    """When it was said, in seconds since the epoch."""
