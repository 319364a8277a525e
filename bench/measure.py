"""How everything is measured: CPU time of this process, the best of several runs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Row", "cpu_us", "cpu_us_in_turn", "serving", "table"]


@dataclass(frozen=True)
class Row:
    """One line of the report."""

    what: str
    value: float
    unit: str
    budget: str = ""
    ok: bool | None = None


def cpu_us(work: Callable[[], object], per: int, runs: int = 3) -> float:
    """Return the CPU microseconds of `work` divided by `per`, all threads included."""
    best = float("inf")
    for _ in range(runs):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return best / per * 1e6


def cpu_us_in_turn(works: Sequence[Callable[[], object]], per: int, runs: int) -> Sequence[float]:
    """Return the same of several, which take turns: what else the machine does hits them alike."""
    rounds = [[cpu_us(work, per, runs=1) for work in works] for _ in range(runs)]
    return [min(found) for found in zip(*rounds, strict=True)]


@contextmanager
def serving(module: str = "bench.server") -> Iterator[str]:
    """Run a server in a process of its own; yield its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.wait()


def table(title: str, rows: list[Row]) -> None:
    """Print rows under a title."""
    print(f"\n{title}")
    for row in rows:
        verdict = {None: "", True: "within", False: "OVER"}[row.ok]
        print(f"  {row.what:<52}{row.value:>10.2f} {row.unit:<11}{row.budget:<26}{verdict}")
