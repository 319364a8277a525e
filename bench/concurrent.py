"""Many streams at once, fifty chunks a second each."""

from __future__ import annotations

import asyncio

from bench.measure import Row, cpu_us
from bench.wire import _model, raw_async

CHUNKS = 100


def rows(url: str) -> list[Row]:
    """Measure 100 and 1,000 streams."""
    target = f"{url}/slow/{CHUNKS}"
    raw = cpu_us(lambda: asyncio.run(_raw(target, 100)), 100 * CHUNKS, runs=2)
    hundred = cpu_us(lambda: asyncio.run(_library(target, 100)), 100 * CHUNKS, runs=2)
    thousand = cpu_us(lambda: asyncio.run(_library(target, 1000)), 1000 * CHUNKS, runs=1)
    return [
        Row("100 streams: raw socket, async", raw, "us/chunk"),
        Row(
            "100 streams: mirascope, async",
            hundred,
            "us/chunk",
            f"{hundred / raw:.2f} x raw (budget 1.3)",
            hundred / raw <= 1.3,
        ),
        Row(
            "1,000 streams: mirascope, async",
            thousand,
            "us/chunk",
            f"{thousand / hundred:.2f} x 100 (budget 1.5)",
            thousand / hundred <= 1.5,
        ),
    ]


async def _raw(target: str, streams: int) -> None:
    await asyncio.gather(*[raw_async(target) for _ in range(streams)])


async def _library(target: str, streams: int) -> None:
    model = _model(target)

    async def read() -> int:
        response = await model.stream_async("hi")
        count = 0
        async for _ in response.text_stream():
            count += 1
        return count

    counts = await asyncio.gather(*[read() for _ in range(streams)])
    assert counts == [CHUNKS] * streams, "chunks were lost"
