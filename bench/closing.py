"""How long it takes from `close()` until the server sees the disconnect."""

from __future__ import annotations

import asyncio
import socket
import statistics
import threading
import time

from bench.measure import Row
from bench.server import HEAD, event
from bench.wire import _model

TIMES = 50


def rows(_: str) -> list[Row]:
    """Measure both colours; the median of many closes."""
    result = []
    for colour, latency in (("sync", _sync()), ("async", asyncio.run(_async()))):
        milliseconds = statistics.median(latency) * 1000
        result.append(
            Row(
                f"close() to disconnect, {colour}",
                milliseconds,
                "ms",
                "budget 5",
                milliseconds <= 5,
            )
        )
    return result


class _Listener:
    """Sends one chunk on each connection and notes when the other side hangs up."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.seen = threading.Event()
        self.at = 0.0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                while b"\r\n\r\n" not in connection.recv(65536):
                    pass
                connection.sendall(HEAD + event("word"))
                try:
                    while connection.recv(65536):
                        pass
                except ConnectionError:
                    pass
                self.at = time.perf_counter()
                self.seen.set()


def _sync() -> list[float]:
    listener = _Listener()
    model = _model(listener.url)
    result = []
    for _ in range(TIMES):
        listener.seen.clear()
        response = model.stream("hi")
        next(response.text_stream())
        started = time.perf_counter()
        response.close()
        listener.seen.wait()
        result.append(listener.at - started)
    return result


async def _async() -> list[float]:
    listener = _Listener()
    model = _model(listener.url)
    result = []
    for _ in range(TIMES):
        listener.seen.clear()
        response = await model.stream_async("hi")
        await anext(response.text_stream())
        started = time.perf_counter()
        await response.aclose()
        await asyncio.to_thread(listener.seen.wait)
        result.append(listener.at - started)
    return result
