"""Run every measurement and print one report: ``python -m bench``."""

from __future__ import annotations

import resource
import sys

from bench import closing, concurrent, layers, memory, requests, structured, v1, wire
from bench.measure import serving, table

PARTS = {
    "CPU per chunk, wire to text_stream()": wire,
    "Requests on a kept connection": requests,
    "Layers, when nothing goes wrong": layers,
    "Many streams, 50 chunks a second each": concurrent,
    "Structured output": structured,
    "Memory": memory,
    "Closing": closing,
    "The v1 API on top of the SDK": v1,
}


def main() -> None:
    """Print the report; name parts on the command line to run only those."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, hard), hard))
    wanted = sys.argv[1:]
    for title, part in PARTS.items():
        name = part.__name__.rpartition(".")[2]
        if not wanted or name in wanted:
            with serving() as url:
                table(f"{title} ({name})", part.rows(url))


if __name__ == "__main__":
    main()
