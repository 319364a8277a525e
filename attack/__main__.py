"""Run the attack: ``python -m attack [--cases N] [--seed S] [--case N] [family ...]``."""

from __future__ import annotations

import argparse
import secrets
import sys
import time

from attack.families import FAMILIES
from attack.runner import attack, cores, run_part, show, work
from attack.world import World


def main() -> int:
    """Run what the command line names; return whether anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m attack", description="Attack the library.")
    parser.add_argument("families", nargs="*", metavar="family", help=", ".join(FAMILIES))
    parser.add_argument("--cases", type=int, default=50_000, help="how many in all (50000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other cases (0)")
    parser.add_argument("--case", type=int, help="only this one of the family")
    parser.add_argument("--parts", type=int, default=cores(), help="processes (one a core)")
    parser.add_argument(
        "--patience", type=float, default=60, help="seconds after which a case hangs (60)"
    )
    parser.add_argument("--most", type=int, default=5, help="reds shown of each kind (5)")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    given = parser.parse_args()
    families = given.families or list(FAMILIES)
    if unknown := [name for name in families if name not in FAMILIES]:
        parser.error(f"no family {unknown[0]!r}; there are {', '.join(FAMILIES)}")
    if given.case is not None:
        if len(given.families) != 1:
            parser.error("--case is a case of one family")
        world = World(f"sk-attack-{secrets.token_hex(12)}", given.patience)
        report = run_part(world, families[0], [given.case], given.seed, alone=True)
        world.close()
        show(report)
        return bool(report.reds)
    if given.part:
        part, _, parts = given.part.partition("/")
        work(families, given.cases, given.seed, int(part), int(parts), given.patience)
        return 0
    started = time.monotonic()
    cases = reds = 0
    for report in attack(families, given.cases, given.seed, given.parts, given.patience):
        show(report, given.most)
        cases += report.cases
        reds += len(report.reds)
    print(f"{'all':<10}{cases:>7} cases{reds:>5} red{time.monotonic() - started:>8.1f} s")
    return bool(reds)


if __name__ == "__main__":
    sys.exit(main())
