"""Measure: ``python -m bench [--rounds N] [--write] [row ...]``, or ``python -m bench part ...``.

Without names every row is measured beside its peers, see `bench.run`; the run is written to a file
of its own, and, with ``--write``, into docs/performance.md. The parts measure what no peer has, and
the budgets: their names are in `PARTS`, and ``parts`` is all of them.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from importlib import import_module
from pathlib import Path

from bench import page
from bench.measure import serving, table
from bench.run import ROWS, run

PARTS = {
    "wire": "CPU per chunk, wire to text_stream()",
    "requests": "Requests on a kept connection",
    "layers": "Layers, when nothing goes wrong",
    "concurrent": "Many streams, 50 chunks a second each",
    "objects": "Structured output",
    "memory": "Memory",
    "closing": "Closing",
    "v1": "The v1 API on top of the SDK",
}
RUNS = Path(__file__).parents[1] / ".bench"


def main() -> None:
    """Do what the command line says."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(16384, hard), hard))
    kinds = list(dict.fromkeys(row.kind for row in ROWS))
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("names", nargs="*", help=f"rows ({', '.join(kinds)}) or parts")
    parser.add_argument("--rounds", type=int, default=5, help="how often each row is measured")
    parser.add_argument("--scale", type=float, default=1.0, help="how much of each row to do")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    given = parser.parse_args()
    parts = list(PARTS) if given.names == ["parts"] else given.names
    if parts and set(parts) <= PARTS.keys():
        report(parts)
        return
    if unknown := [name for name in given.names if name not in kinds]:
        parser.error(f"there is no row or part {unknown[0]!r}")
    if given.write and (given.names or given.scale != 1):
        parser.error("--write takes a run of everything")
    found = run(given.rounds, given.names, given.scale)
    RUNS.mkdir(exist_ok=True)
    path = RUNS / time.strftime("%Y%m%dT%H%M%SZ.json", time.gmtime())
    path.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    print(f"\n{path}")
    if given.write:
        page.write(found)


def report(names: list[str]) -> None:
    """Print what parts measure."""
    for name in names:
        with serving() as url:
            table(f"{PARTS[name]} ({name})", import_module(f"bench.{name}").rows(url))


if __name__ == "__main__":
    main()
