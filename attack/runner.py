"""Runs an attack: a process for each core, each with every so many-th case of every family."""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import secrets
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from attack.case import ROUND, Case, Fault
from attack.families import FAMILIES
from attack.world import World

__all__ = ["Report", "attack", "numbers", "run_case", "run_part"]

SWEEP = 250
"""After so many cases what was left unclosed or unseen is looked for."""


@dataclass
class Report:
    """What came of a family's cases."""

    family: str
    cases: int = 0
    seconds: float = 0.0
    reds: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """The line that repeats the case, and what does not hold."""

    def add(self, other: Report) -> None:
        """Take in what another process found."""
        self.cases += other.cases
        self.seconds = max(self.seconds, other.seconds)
        self.reds += [(line, what) for line, what in other.reds]


def numbers(family: str, cases: int, families: Sequence[str]) -> range:
    """Return the numbers of a family's cases, of so many in all families together."""
    share = FAMILIES[family].share / sum(FAMILIES[name].share for name in families)
    count = max(ROUND, round(cases * share))
    return range(min(count, FAMILIES[family].most or count))


def run_case(world: World, case: Case) -> str | None:
    """Run one case; return what does not hold."""
    world.logged.clear()
    try:
        with world.watched():
            FAMILIES[case.family].run(world, case)
    except Fault as fault:
        return str(fault)
    except Exception as error:
        return f"{type(error).__name__}: {error}\n{''.join(traceback.format_exception(error)[-3:])}"
    finally:
        world.server.forget(case.id)
    return None


def run_part(
    world: World, family: str, chosen: Sequence[int], seed: int, *, alone: bool = False
) -> Report:
    """Run cases of a family, and look for what they leave behind."""
    report = Report(family)
    before = world.counts()
    world.complaint()
    started = time.monotonic()
    for count, number in enumerate(chosen, 1):
        case = Case(family, number, seed)
        what = run_case(world, case)
        if what is not None:
            report.reds.append((case.line, what))
        elif alone:
            print(f"{case.line}: holds")
        if count % SWEEP == 0:
            gc.collect()
        if (complaint := world.complaint()) is not None:
            report.reds.append((f"{case.line} (or one shortly before)", complaint))
    report.cases = len(chosen)
    report.seconds = time.monotonic() - started
    after = world.counts()
    if (complaint := world.complaint()) is not None:
        report.reds.append((f"python -m attack {family} --cases {len(chosen)}", complaint))
    left = {
        name: f"{before[name]} -> {after[name]}" for name in after if after[name] > before[name]
    }
    if left:
        report.reds.append((f"python -m attack {family} --cases {len(chosen)}", f"left: {left}"))
    return report


def work(
    families: Sequence[str], cases: int, seed: int, part: int, parts: int, patience: float
) -> None:
    """Run a part of every family, and print the reports as JSON lines."""
    world = World(f"sk-attack-{secrets.token_hex(12)}", patience)
    for family in families:
        chosen = [n for n in numbers(family, cases, families) if n // ROUND % parts == part]
        with contextlib.redirect_stdout(io.StringIO()):  # `print` is also given where it should not
            report = run_part(world, family, chosen, seed)
        print(json.dumps(asdict(report)), flush=True)
    world.close()


def attack(
    families: Sequence[str], cases: int, seed: int, parts: int, patience: float
) -> Iterator[Report]:
    """Run everything; yield each family's report when all parts of it are in."""
    command = [sys.executable, "-m", "attack", *families]
    command += ["--cases", str(cases), "--seed", str(seed), "--patience", str(patience), "--part"]
    workers = [
        subprocess.Popen([*command, f"{part}/{parts}"], stdout=subprocess.PIPE, text=True)
        for part in range(parts)
    ]
    reports = {family: Report(family) for family in families}
    try:
        for family in families:
            for worker in workers:
                assert worker.stdout is not None
                line = worker.stdout.readline()
                if not line:
                    reports[family].reds.append(
                        (f"python -m attack {family}", f"the process ended: {worker.wait()}")
                    )
                    continue
                found = json.loads(line)
                reports[family].add(Report(**found))
            yield reports[family]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
            if worker.stdout is not None:
                worker.stdout.close()


def show(report: Report, most: int = 5) -> None:
    """Print a report: a line, and the first of each kind of red."""
    what = FAMILIES[report.family].what
    print(
        f"{report.family:<10}{report.cases:>7} cases{len(report.reds):>5} red"
        f"{report.seconds:>8.1f} s  {what}",
        flush=True,
    )
    kinds: Counter[str] = Counter()
    for line, fault in report.reds:
        kind = fault[:40]
        kinds[kind] += 1
        if kinds[kind] <= most:
            print(f"    {line}\n        ! " + fault.strip()[:1500].replace("\n", "\n          "))
    for kind, count in kinds.items():
        if count > most:
            print(f"    ... {count - most} more like {kind!r}")


def cores() -> int:
    """Return how many processes are worth their while."""
    return os.cpu_count() or 1
