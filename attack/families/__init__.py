"""The families, and how much of an attack each of them is.

A family is a function that runs one case and raises `Fault`, or anything else, when something does
not hold. Its share is out of a thousand cases: what is quick, or has many combinations, gets more;
what has to wait, less.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from attack.case import Case
from attack.families import (
    closing,
    dribbles,
    encodings,
    endings,
    floods,
    growth,
    limits,
    malformed,
    misuse,
    readers,
    secrets,
    signals,
    statuses,
    types,
)
from attack.world import World

__all__ = ["FAMILIES", "Family"]


@dataclass(frozen=True)
class Family:
    """A family of cases."""

    run: Callable[[World, Case], None]
    share: float
    most: int | None = None
    """No more cases than this are run, however many are asked for."""

    @property
    def what(self) -> str:
        """What it tries, in a line."""
        return (self.run.__doc__ or "").partition("\n")[0]


FAMILIES = {
    "endings": Family(endings.run, 250),
    "types": Family(types.run, 230),
    "malformed": Family(malformed.run, 150),
    "misuse": Family(misuse.run, 150),
    "statuses": Family(statuses.run, 80),
    "secrets": Family(secrets.run, 40),
    "encodings": Family(encodings.run, 34),
    "dribbles": Family(dribbles.run, 20),
    "closing": Family(closing.run, 20),
    "readers": Family(readers.run, 16),
    "limits": Family(limits.run, 6),
    "floods": Family(floods.run, 2),
    "signals": Family(signals.run, 1),
    "growth": Family(growth.run, 1, most=128),
}
