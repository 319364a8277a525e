"""Measure one row in a process of its own: ``python -m bench.row KIND PEER URL SIZE``.

Prints the figure as JSON. What is measured comes after a small run of the same, so that imports,
connections' pools and caches are made; `import` is the exception.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from bench.peers import PEERS, Peer


def main() -> None:
    """Measure what the command line names."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(16384, hard), hard))
    kind, name, url, size = sys.argv[1:5]
    print(json.dumps(KINDS[kind](PEERS[name], url, int(size))))


def _cpu(work: Callable[[], Any]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e6


def _sync(pace: str, wire: str = "chat") -> Callable[[Peer, str, int], float]:
    def measure(peer: Peer, url: str, chunks: int) -> float:
        peer.stream(f"{url}/burst/20", wire, 20)
        return _cpu(lambda: peer.stream(f"{url}/{pace}/{chunks}", wire, chunks)) / chunks

    return measure


def _async(pace: str, streams: int = 1) -> Callable[[Peer, str, int], float]:
    def measure(peer: Peer, url: str, chunks: int) -> float:
        async def all_of_them(target: str, count: int, chunks: int) -> None:
            await asyncio.gather(*[peer.stream_async(target, chunks) for _ in range(count)])

        async def both() -> float:
            await all_of_them(f"{url}/burst/20", 1, 20)
            gc.collect()
            started = time.process_time()
            await all_of_them(f"{url}/{pace}/{chunks}", streams, chunks)
            return (time.process_time() - started) * 1e6

        return asyncio.run(both()) / chunks / streams

    return measure


def _request(chunks: int) -> Callable[[Peer, str, int], float]:
    def measure(peer: Peer, url: str, requests: int) -> float:
        target = f"{url}/kept/{chunks}"
        peer.requests(target, chunks, 20)
        return _cpu(lambda: peer.requests(target, chunks, requests)) / requests

    return measure


def _structured(peer: Peer, url: str, chunks: int) -> float:
    peer.structured(f"{url}/items/50")
    return _cpu(lambda: peer.structured(f"{url}/items/{chunks}")) / chunks


def _first_content(peer: Peer, url: str, streams: int) -> float:
    """Return the median milliseconds from a first chunk's sending until its reader has it."""

    async def all_of_them() -> list[float]:
        await peer.stream_async(f"{url}/burst/20", 20)
        target = f"{url}/every200/3"
        return await asyncio.gather(*[peer.first_async(target) for _ in range(streams)])

    return statistics.median(asyncio.run(all_of_them()))


def _kept(peer: Peer, url: str, chunks: int) -> float:
    """Return the bytes that what is kept of an answer takes for each chunk."""
    peer.keep(f"{url}/burst/20")
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    kept = peer.keep(f"{url}/burst/{chunks}")
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    assert kept is not None
    return (after - before) / chunks


def _resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


def _idle(peer: Peer, url: str, streams: int) -> float:
    """Return the bytes of the process for each stream that waits for its second chunk."""

    async def all_of_them() -> float:
        target = f"{url}/every20000/2"
        first = await peer.open_async(target)
        gc.collect()
        before = _resident()
        held = await asyncio.gather(*[peer.open_async(target) for _ in range(streams)])
        gc.collect()
        grown = (_resident() - before) / streams
        assert first is not None
        assert len(held) == streams
        print(json.dumps(grown), flush=True)
        os._exit(0)  # the streams have nothing to say, and each library its own way to be closed

    return asyncio.run(all_of_them())


def _process(code: str, times: int) -> float:
    """Return the CPU milliseconds of a process that does this, but for those of Python itself."""

    def cost(code: str) -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000

    cost(code)  # compiles what has changed
    return min(cost(code) for _ in range(times)) - min(cost("") for _ in range(times))


def _import(peer: Peer, url: str, times: int) -> float:
    return _process(peer.imported, times)


def _first_request(peer: Peer, url: str, times: int) -> float:
    name = next(name for name, one in PEERS.items() if one is peer)
    ask = f"PEERS[{name!r}].requests({url + '/kept/0'!r}, 0, 1)"
    return _process(f"from bench.peers import PEERS; {ask}", times)


KINDS: dict[str, Callable[[Peer, str, int], float]] = {
    **{f"sync {pace}": _sync(pace) for pace in ("paced", "steady", "burst")},
    **{f"async {pace}": _async(pace) for pace in ("paced", "burst")},
    **{
        f"wire {wire}": _sync("burst", wire)
        for wire in ("chat", "responses", "messages", "google", "cohere", "bedrock")
    },
    "1 stream": _async("every20"),
    "100 streams": _async("every20", 100),
    "1000 streams": _async("every200", 1000),
    "5000 streams": _async("every1000", 5000),
    "request": _request(0),
    "short stream": _request(20),
    "structured": _structured,
    "first content": _first_content,
    "kept": _kept,
    "idle": _idle,
    "import": _import,
    "first request": _first_request,
}

if __name__ == "__main__":
    main()
