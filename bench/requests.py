"""CPU of a whole request on a kept connection: an answer in one piece, and a short stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bench.measure import Row, cpu_us
from bench.wire import _model

REQUESTS = 500
CHUNKS = 20


def rows(url: str) -> list[Row]:
    """Measure both kinds of answers in both colours, against `http.client` with `json`."""
    result = []
    for what, chunks in (("whole answer", 0), (f"stream of {CHUNKS}", CHUNKS)):
        target = f"{url}/kept/{chunks}"
        raw = cpu_us(lambda target=target: bare(target), REQUESTS)
        result.append(Row(f"{what}: http.client, sync", raw, "us"))
        ways: dict[str, Callable[[], object]] = {
            "sync": lambda target=target, chunks=chunks: library(target, chunks),
            "async": lambda target=target, chunks=chunks: asyncio.run(
                library_async(target, chunks)
            ),
        }
        for colour, work in ways.items():
            cost = cpu_us(work, REQUESTS)
            ratio = cost / raw
            result.append(
                Row(
                    f"{what}: mirascope, {colour}",
                    cost,
                    "us",
                    f"{ratio:.2f} x that (budget 4)" if colour == "sync" else f"{ratio:.2f} x that",
                    ratio <= 4 if colour == "sync" else None,
                )
            )
    return result


def bare(target: str, times: int = REQUESTS) -> None:
    """Ask and read with Python's own client, one request after the other, and read the JSON."""
    parts = urlsplit(target)
    connection = HTTPConnection(parts.netloc)
    for _ in range(times):
        body = json.dumps({"model": "model", "messages": [{"role": "user", "content": "hi"}]})
        connection.request("POST", parts.path, body, {"content-type": "application/json"})
        answer = connection.getresponse()
        if target.endswith("/0"):
            assert json.loads(answer.read())["choices"]
        else:
            for line in answer:
                if line.startswith(b"data: {"):
                    assert json.loads(line[6:])["choices"]
    connection.close()


def library(target: str, chunks: int) -> None:
    """Ask synchronously."""
    model = _model(target)
    for _ in range(REQUESTS):
        if chunks:
            assert sum(1 for _ in model.stream("hi").text_stream()) == chunks
        else:
            assert model.call("hi").text()


async def library_async(target: str, chunks: int) -> None:
    """Ask asynchronously."""
    model = _model(target)
    for _ in range(REQUESTS):
        if chunks:
            response = await model.stream_async("hi")
            count = 0
            async for _ in response.text_stream():
                count += 1
            assert count == chunks
        else:
            assert (await model.call_async("hi")).text()
