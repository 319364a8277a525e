"""What a layer costs when nothing goes wrong: one that does nothing, and those we have."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import TracerProvider

from bench.measure import Row, cpu_us_in_turn
from bench.wire import CHUNKS, _model
from mirascope import llm
from mirascope.llm.layering.request_log import log_request

LIMIT = 0.5
REQUESTS = 500
RUNS = 7
QUESTION = "hi, in one piece"
"""Not that of the streams, whose answer the cache has."""


def rows(url: str) -> list[Row]:
    """Measure bursts, and whole answers, with and without, in both colours."""
    return [*chunk_rows(f"{url}/burst/{CHUNKS}"), *request_rows(f"{url}/kept/0")]


def chunk_rows(target: str) -> list[Row]:
    """Measure long streams: what a chunk costs."""
    result = []
    for colour, work in (("sync", library), ("async", library_async)):
        plain, costs = _measured(work, target, CHUNKS)
        for (what, layer), cost in zip(LAYERS.items(), costs, strict=True):
            extra = cost - plain
            label = f"{what}, {colour}: on top of {plain:.2f}"
            budget = (f"budget {LIMIT}", extra <= LIMIT) if layer is passing else ("", None)
            result.append(Row(label, extra, "us/chunk", *budget))
    return result


def request_rows(target: str) -> list[Row]:
    """Measure whole answers on a kept connection: what a request costs."""
    result = []
    for colour, work in (("sync", whole), ("async", whole_async)):
        plain, costs = _measured(work, target, REQUESTS)
        for what, cost in zip(LAYERS, costs, strict=True):
            label = f"{what}, {colour}: on top of {plain:.0f}"
            result.append(Row(label, cost - plain, "us/request"))
    return result


def _measured(
    work: Callable[[str, list[llm.Layer]], None], target: str, per: int
) -> tuple[float, Sequence[float]]:
    """Return what it costs without layers, and with each of them."""
    stacks: list[list[llm.Layer]] = [[], *([layer] for layer in LAYERS.values())]
    ways = [partial(work, target, layers) for layers in stacks]
    plain, *costs = cpu_us_in_turn(ways, per, RUNS)
    return plain, costs


class Forgetful:
    """Keeps nothing, so that every answer is asked for, and offered to be kept."""

    blocks = False

    def get(self, key: str) -> bytes | None:
        """Return nothing."""

    def put(self, key: str, value: bytes, ttl: float | None) -> None:
        """Forget it."""


def passing(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    """Pass the answer on."""
    yield open(request)


def looking(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
    """Pass the events on, batch by batch."""
    answer = open(request)
    while events := (yield answer.pull()):
        yield events


LAYERS: dict[str, llm.Layer] = {
    "yield open(request)": passing,
    "pull and emit": looking,
    "llm.retry()": llm.retry(),
    "llm.recover()": llm.recover(),
    "the log of requests": log_request,
    "llm.telemetry.trace()": llm.telemetry.trace(
        tracer_provider=TracerProvider(), meter_provider=MeterProvider()
    ),
    "llm.limit, requests": llm.limit(concurrency=100, requests_per_minute=10**9),
    "llm.limit, tokens": llm.limit(tokens_per_minute=10**12),
    "llm.cache, never kept": llm.cache(Forgetful()),
    "llm.cache, kept": llm.cache(),
    "llm.hedge": llm.retries.HedgeLayer([llm.Model("bench/model")], 1000),
}


def library(target: str, layers: list[llm.Layer]) -> None:
    """Iterate over text."""
    model = _model(target).within(layers)
    assert sum(1 for _ in model.stream("hi").text_stream()) == CHUNKS


def library_async(target: str, layers: list[llm.Layer]) -> None:
    """Iterate over text, asynchronously."""

    async def read() -> None:
        response = await _model(target).within(layers).stream_async("hi")
        count = 0
        async for _ in response.text_stream():
            count += 1
        assert count == CHUNKS

    asyncio.run(read())


def whole(target: str, layers: list[llm.Layer]) -> None:
    """Ask for whole answers."""
    model = _model(target).within(layers)
    for _ in range(REQUESTS):
        assert model.call(QUESTION).text()


def whole_async(target: str, layers: list[llm.Layer]) -> None:
    """Ask for whole answers, asynchronously."""

    async def ask() -> None:
        model = _model(target).within(layers)
        for _ in range(REQUESTS):
            assert (await model.call_async(QUESTION)).text()

    asyncio.run(ask())
