"""Whether work takes time in proportion to its size, told by ratios and not by a clock's limit."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable

__all__ = ["LINEAR", "cpu_time", "growth"]

LINEAR = 6
"""Growth below which work is linear: 4 is what it is then, 16 is quadratic."""


def cpu_time(work: Callable[[], object]) -> float:
    """Return how many seconds of CPU `work` takes; collecting garbage, of others too, is not it."""
    gc.disable()
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        gc.enable()


def growth(prepare: Callable[[int], Callable[[], object]], n: int, tries: int = 25) -> float:
    """Return how many times more the work of size 4n costs than that of size n.

    It is the least of several tries: whatever else the machine does may slow one of the two down.
    The first below `LINEAR` is the last.

    Args:
        prepare: Returns the work of a size; what it does itself is not counted.
        n: The smaller size.
        tries: How often both are measured, at most.
    """
    gc.collect()
    least = math.inf
    for _ in range(tries):
        large, small = cpu_time(prepare(4 * n)), cpu_time(prepare(n))
        least = min(least, large / max(small, 1e-6))
        if least < LINEAR:
            break
    return least
