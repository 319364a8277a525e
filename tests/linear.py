"""Whether work takes time in proportion to its size, told by ratios and not by a clock's limit."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["cpu_time", "growth"]


def cpu_time(work: Callable[[], object]) -> float:
    """Return how many seconds of CPU `work` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def growth(prepare: Callable[[int], Callable[[], object]], n: int, tries: int = 5) -> float:
    """Return how many times more the work of size 4n costs than that of size n.

    4 is linear, 16 quadratic. Each cost is the least of several tries.

    Args:
        prepare: Returns the work of a size; what it does itself is not counted.
        n: The smaller size.
        tries: How often each is measured.
    """
    small = min(cpu_time(prepare(n)) for _ in range(tries))
    large = min(cpu_time(prepare(4 * n)) for _ in range(tries))
    return large / max(small, 1e-6)
