"""Whether work takes time in proportion to its size, told by ratios and not by a clock's limit."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

__all__ = ["cpu_time", "growth"]


def cpu_time(work: Callable[[], object]) -> float:
    """Return how many seconds of CPU `work` takes; collecting garbage, of others too, is not it."""
    gc.disable()
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        gc.enable()


def growth(prepare: Callable[[int], Callable[[], object]], n: int, tries: int = 5) -> float:
    """Return how many times more the work of size 4n costs than that of size n.

    4 is linear, 16 quadratic. It is the least of several tries: whatever else the machine does may
    slow one of the two down.

    Args:
        prepare: Returns the work of a size; what it does itself is not counted.
        n: The smaller size.
        tries: How often both are measured.
    """
    gc.collect()
    costs = ((cpu_time(prepare(4 * n)), cpu_time(prepare(n))) for _ in range(tries))
    return min(large / max(small, 1e-6) for large, small in costs)
