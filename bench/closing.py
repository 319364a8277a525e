"""How long it takes until a server sees the disconnect: of `close()`, and of who lost a hedge."""

from __future__ import annotations

import asyncio
import socket
import statistics
import threading
import time

from bench.measure import Row
from bench.server import HEAD, event
from bench.wire import _model
from mirascope import llm

TIMES = 50
HEDGES = 300


def rows(_: str) -> list[Row]:
    """Measure both colours; the median of many closes, and of many hedges."""
    return [*close_rows(), *hedge_rows()]


def hedge_rows() -> list[Row]:
    """Measure from the winner's first content, as it is sent, until the loser's socket is shut."""
    result = []
    for colour, head, latency in (
        ("sync", "", _hedged(_Race(head=True))),
        ("sync", ", no head yet", _hedged(_Race(head=False))),
        ("async", "", asyncio.run(_hedged_async(_Race(head=True)))),
        ("async", ", no head yet", asyncio.run(_hedged_async(_Race(head=False)))),
    ):
        milliseconds = sorted(one * 1000 for one in latency)
        median, late = statistics.median(milliseconds), milliseconds[int(HEDGES * 0.99)]
        label = f"the loser of a hedge, {colour}{head}"
        result.append(Row(f"{label}, median", median, "ms", "budget 5", median <= 5))
        result.append(Row(f"{label}, p99", late, "ms", f"at most {milliseconds[-1]:.2f}"))
    return result


def close_rows() -> list[Row]:
    """Measure `close()`."""
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


class _Race:
    """Two servers: one that is asked and says nothing, and one that speaks once that one is."""

    def __init__(self, *, head: bool) -> None:
        self.head = head
        self.asked = threading.Event()
        self.gone = threading.Event()
        self.spoke = self.shut = 0.0
        slow, fast = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
        threading.Thread(target=self._lose, args=(slow,), daemon=True).start()
        threading.Thread(target=self._win, args=(fast,), daemon=True).start()
        for name, listener in (("slow", slow), ("fast", fast)):
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            llm.register_provider("openai:completions", scope=f"{name}/", base_url=url, api_key="k")
        self.models = ["slow/model", "fast/model"]

    def _lose(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                _read_head(connection)
                if self.head:
                    connection.sendall(HEAD)
                self.asked.set()
                while connection.recv(65536):
                    pass
                self.shut = time.perf_counter()
                self.gone.set()

    def _win(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            with connection:
                _read_head(connection)
                self.asked.wait()
                time.sleep(0.002)  # so that the loser is waited for
                self.spoke = time.perf_counter()
                connection.sendall(HEAD + event("word"))
                while connection.recv(65536):
                    pass

    def begin(self) -> None:
        """Forget the last time."""
        self.asked.clear()
        self.gone.clear()

    def took(self) -> float:
        """Return the seconds, once the loser is gone."""
        self.gone.wait()
        return self.shut - self.spoke


def _read_head(connection: socket.socket) -> None:
    while b"\r\n\r\n" not in connection.recv(65536):
        pass


def _hedged(race: _Race) -> list[float]:
    result = []
    for _ in range(HEDGES):
        race.begin()
        with llm.hedge(race.models, after=0).stream("hi") as response:
            next(response.text_stream())
            result.append(race.took())
    return result


async def _hedged_async(race: _Race) -> list[float]:
    result = []
    for _ in range(HEDGES):
        race.begin()
        response = await llm.hedge(race.models, after=0).stream_async("hi")
        await anext(response.text_stream())
        result.append(await asyncio.to_thread(race.took))
        await response.aclose()
    return result
