"""Run every row with every peer, in turn, several times; write one file of JSON a run.

Each figure is of a process of its own. The peers take turns within a row, and the rows within a
round, so that what else the machine does hits them alike; the median of the rounds is what counts.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.measure import serving

__all__ = ["ROWS", "Row", "run"]

PUBLISHED = Path(sys.prefix, "published")
"""Where the published mirascope is: apart, for it has the name of this package."""


@dataclass(frozen=True)
class Row:
    """One line of a table."""

    kind: str
    """Of `bench.row`."""
    title: str
    unit: str
    size: int
    peers: tuple[str, ...]
    sizes: dict[str, int] | None = None
    """Smaller ones, of peers for which the usual one would take minutes."""
    key: str = ""

    @property
    def name(self) -> str:
        """Return what tells it from the others."""
        return self.key or self.kind


CHUNK, MS = "us a chunk", "ms"
SYNC = ("raw", "by hand", "mirascope", "openai", "published", "langchain-openai", "litellm")
ASYNC = ("raw", "mirascope", "openai", "published", "langchain-openai", "pydantic-ai", "litellm")
MANY = ("raw", "mirascope", "openai", "published", "pydantic-ai")
FEW = ("raw", "mirascope", "openai")
REQUESTS = ("raw", "mirascope", "openai", "published", "langchain-openai", "pydantic-ai", "litellm")
LOADED = (*REQUESTS[1:4], "anthropic", *REQUESTS[4:], "instructor")

ROWS = (
    Row("sync paced", "sync, one chunk a read, asleep between", CHUNK, 2000, SYNC),
    Row("sync steady", "sync, one chunk a read, awake between", CHUNK, 4000, SYNC),
    Row("sync burst", "sync, bursts", CHUNK, 4000, SYNC),
    Row("async paced", "async, one chunk a read, asleep between", CHUNK, 2000, ASYNC),
    Row("async burst", "async, bursts", CHUNK, 4000, ASYNC),
    Row("wire responses", "Responses, sync, bursts", CHUNK, 4000, ("mirascope", "openai")),
    Row("wire messages", "Messages, sync, bursts", CHUNK, 4000, ("mirascope", "anthropic")),
    Row("wire google", "generateContent, sync, bursts", CHUNK, 4000, ("mirascope",)),
    Row("wire bedrock", "Converse, sync, bursts", CHUNK, 4000, ("mirascope",)),
    Row("wire cohere", "Cohere Chat, sync, bursts", CHUNK, 4000, ("mirascope",)),
    Row("1 stream", "1 stream, 50 chunks/s", CHUNK, 150, MANY),
    Row("100 streams", "100 streams, 50 chunks/s each", CHUNK, 100, MANY),
    Row("1000 streams", "1,000 streams, 5 chunks/s each", CHUNK, 20, MANY),
    Row("5000 streams", "5,000 streams, 1 chunk/s each", CHUNK, 8, ("raw", "mirascope")),
    Row("request", "a whole request, its answer in one piece", "us", 400, REQUESTS),
    Row("short stream", "a whole request, its answer a stream of 20", "us", 400, REQUESTS),
    *(
        Row(
            "structured",
            f"structured_stream(), {size:,} chunks",
            CHUNK,
            size,
            peers,
            key=f"structured {size}",
        )
        for size, peers in (
            (1000, ("mirascope", "published", "instructor")),
            (10_000, ("mirascope",)),
            (100_000, ("mirascope",)),
        )
    ),
    Row("first content", "from sent to read, first text of 1,000 streams", MS, 1000, FEW),
    Row(
        "kept", "kept of an answer, each chunk", "bytes", 4000, ("mirascope", "openai", "published")
    ),
    Row("idle", "each of 500 streams that wait", "bytes", 500, FEW),
    Row("import", "import", "ms CPU", 3, LOADED),
    Row("first request", "import and the first request", "ms CPU", 3, REQUESTS),
)

PACKAGES = {
    "openai": "openai",
    "anthropic": "anthropic",
    "pydantic-ai": "pydantic-ai-slim",
    "langchain-openai": "langchain-openai",
    "litellm": "litellm",
    "instructor": "instructor",
}


def run(rounds: int, wanted: list[str], scale: float = 1.0) -> dict[str, Any]:
    """Measure, and return all there is to say about it.

    Args:
        rounds: How often.
        wanted: The kinds of rows; all when empty.
        scale: How much of each row's size to do, to try things out.
    """
    rows = [row for row in ROWS if not wanted or row.kind in wanted]
    found: dict[str, dict[str, list[float]]] = {row.name: {} for row in rows}
    failed: dict[str, str] = {}
    began = {"when": time.strftime("%Y-%m-%d", time.gmtime()), "load before": os.getloadavg()[0]}
    with serving() as url:
        for number in range(rounds):
            for row in rows:
                for peer in row.peers:
                    size = row.size if row.size < 10 else max(int(row.size * scale), 10)
                    figure = _measure(row, peer, url, size)
                    if isinstance(figure, float):
                        found[row.name].setdefault(peer, []).append(figure)
                        note = f"{figure:,.1f} {row.unit}"
                    else:
                        failed[f"{row.name}: {peer}"] = note = figure
                    print(f"{number + 1}/{rounds} {row.title}: {peer}: {note}", flush=True)
    return {
        "machine": {**began, "load after": os.getloadavg()[0], "rounds": rounds, **_machine()},
        "versions": dict(_versions()),
        "failed": failed,
        "rows": {
            row.name: {
                "title": row.title,
                "unit": row.unit,
                "peers": {peer: _summary(found[row.name][peer]) for peer in found[row.name]},
            }
            for row in rows
        },
    }


def _measure(row: Row, peer: str, url: str, size: int) -> float | str:
    environment = dict(os.environ)
    if peer == "published":
        environment["PYTHONPATH"] = str(PUBLISHED)
        if not PUBLISHED.exists():
            return "it is not installed"
    command = [sys.executable, "-m", "bench.row", row.kind, peer, url, str(size)]
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=300, check=False
        )
    except subprocess.TimeoutExpired:
        return "took more than five minutes"
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["it failed"])[-1][:200]
    return float(json.loads(done.stdout.strip().splitlines()[-1]))


def _summary(values: list[float]) -> dict[str, float | list[float]]:
    return {
        "median": round(statistics.median(values), 2),
        "least": round(min(values), 2),
        "most": round(max(values), 2),
        "values": [round(value, 2) for value in values],
    }


def _machine() -> dict[str, object]:
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
    }


def _versions() -> Iterator[tuple[str, str]]:
    for peer, package in PACKAGES.items():
        try:
            yield peer, version(package)
        except PackageNotFoundError:
            continue
    for info in PUBLISHED.glob("mirascope-*.dist-info"):
        yield "published", info.name.removeprefix("mirascope-").removesuffix(".dist-info")
