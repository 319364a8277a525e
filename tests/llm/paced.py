"""Answers that arrive when a test says so, over every way there is to read one asynchronously."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

import httpx
import httpx2

from mirascope import llm
from mirascope.llm.providers.base import BaseProvider
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.transport.memory import Cut, MemoryReply, MemoryTransport, Pause
from tests.loopback import Exchange, Server

from .answers import ANSWERS

__all__ = ["REMOTE", "WORLDS", "Paced", "World", "open_world"]

CHAT = ANSWERS["chat"]
REMOTE = ("aiohttp", "httpx", "httpx2")
WORLDS = (*REMOTE, "memory", "generator")


class Paced:
    """A route that sends what it is told, when it is told."""

    def __init__(self) -> None:
        self._orders: queue.SimpleQueue[tuple[bytes | None, threading.Event]] = queue.SimpleQueue()
        self._asked = False

    def send(self, data: bytes | None) -> None:
        """Have bytes sent, and wait until they are; None to break the connection.

        What is sent before there is a request waits for that, and nobody waits for it here.
        """
        done = threading.Event()
        asked = self._asked
        self._orders.put((data, done))
        if asked:
            done.wait()

    def __call__(self, exchange: Exchange) -> None:
        started = False
        self._asked = True
        while True:
            try:
                data, done = self._orders.get_nowait()
            except queue.Empty:
                exchange.sleep(0.002)  # which notices that the client has gone
                continue
            try:
                if data is None:
                    exchange.reset()
                    return
                if not started:
                    exchange.head(
                        200, {"content-type": "text/event-stream", "transfer-encoding": "chunked"}
                    )
                    started = True
                elif data:
                    exchange.chunk(data)
                else:
                    exchange.end()
                    return
            finally:
                done.set()


class World(Protocol):
    """Somewhere that answers come from, one event at a time."""

    @property
    def events(self) -> Sequence[Any]:
        """Return what can be sent."""
        ...

    @property
    def requests(self) -> int:
        """Return how many have arrived."""
        ...

    async def ask(self, layers: Sequence[llm.Layer] = ()) -> Any:
        """Return a stream; nothing of it arrives before `begin` and `send`."""
        ...

    async def asked(self) -> None:
        """Wait until the request has arrived; somebody must be reading."""
        ...

    def begin(self) -> None:
        """Let the headers come."""
        ...

    def send(self, index: int) -> None:
        """Let an event come; it is on this machine when this returns."""
        ...

    def end(self) -> None:
        """Let the end of the body come."""
        ...

    def cut(self) -> None:
        """Break the connection."""
        ...

    async def gone(self) -> None:
        """Wait until the other side has noticed that the stream is closed."""
        ...

    async def aclose(self) -> None:
        """End everything."""
        ...


class _Remote:
    events = CHAT.events

    def __init__(self, name: str) -> None:
        self.server = Server()
        self.server.__enter__()
        self._route = Paced()
        self.server.route("*", self._route)
        self._client: Any = None
        if name == "httpx":
            self._client = httpx.AsyncClient(trust_env=False)
        elif name == "httpx2":
            self._client = httpx2.AsyncClient(trust_env=False)
        llm.register_provider(
            CHAT.provider,
            scope="my/",
            base_url=self.server.url("").rstrip("/"),
            http_client=self._client,
        )

    @property
    def requests(self) -> int:
        return len(self.server.requests)

    async def ask(self, layers: Sequence[llm.Layer] = ()) -> Any:
        return await llm.Model(CHAT.model_id, layers=layers).stream_async("hi")

    async def asked(self) -> None:
        await asyncio.to_thread(self.server.wait_requests, 1)

    def begin(self) -> None:
        self._route.send(b"head")

    def send(self, index: int) -> None:
        self._route.send(self.events[index])

    def end(self) -> None:
        self._route.send(b"")

    def cut(self) -> None:
        self._route.send(None)

    async def gone(self) -> None:
        await asyncio.to_thread(self.server.requests[0].wait_disconnected)

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        await asyncio.to_thread(self.server.__exit__, None, None, None)


_TICK = 1e-6  # shorter than any limit that the library has for a read


class _Gate:
    """How far the answer may go; passed as often as one likes."""

    def __init__(self) -> None:
        self.level = 0
        self._raised = asyncio.Event()

    def raise_to(self, level: int) -> None:
        self.level = max(level, self.level)
        self._raised.set()
        self._raised = asyncio.Event()

    async def wait(self, level: int) -> None:
        while self.level < level:
            await self._raised.wait()

    async def sleep(self, seconds: float) -> None:
        """Wait for the level that a `Pause` of `_TICK` seconds a level stands for."""
        await self.wait(round(seconds / _TICK))


class _Gated:
    """What the worlds share in which no socket is: who writes the answer waits at a gate."""

    def __init__(self) -> None:
        self.requests = 0
        self._gate = _Gate()
        self._cut = False

    async def asked(self) -> None:
        while not self.requests:  # noqa: ASYNC110 - there is nothing to wait for but this
            await asyncio.sleep(0)

    def begin(self) -> None:
        self._gate.raise_to(1)

    def send(self, index: int) -> None:
        self._gate.raise_to(2 + index)

    def end(self) -> None:
        self._gate.raise_to(1000)

    def cut(self) -> None:
        self._cut = True
        self._gate.raise_to(self._gate.level + 1)

    async def aclose(self) -> None:
        pass


class _Memory(_Gated):
    events = CHAT.events

    def __init__(self) -> None:
        super().__init__()
        transport = MemoryTransport(self._answer, async_sleep=self._gate.sleep)
        llm.register_provider(
            CHAT.provider, scope="my/", base_url="http://memory", http_client=transport
        )

    def _answer(self, request: HttpRequest) -> MemoryReply:
        self.requests += 1
        return MemoryReply(
            headers={"content-type": "text/event-stream"}, chunks=self._chunks(), pause=Pause(_TICK)
        )

    def _chunks(self) -> Any:
        for index, event in enumerate(self.events):
            yield Pause((2 + index) * _TICK)
            if self._cut:
                yield Cut()
            yield event
        yield Pause((2 + len(self.events)) * _TICK)

    async def ask(self, layers: Sequence[llm.Layer] = ()) -> Any:
        return await llm.Model(CHAT.model_id, layers=layers).stream_async("hi")

    async def gone(self) -> None:
        self._gate.raise_to(1000)  # a sleep that is not the transport's own ends in its time


class _Generator(_Gated):
    events = (llm.TextStartChunk(), *[llm.TextChunk(delta=d) for d in "abcdef"], llm.TextEndChunk())

    def __init__(self) -> None:
        super().__init__()
        self._gone = asyncio.Event()

    async def _chunks(self) -> AsyncIterator[Any]:
        self.requests += 1
        try:
            await self._gate.wait(1)
            for index, event in enumerate(self.events):
                await self._gate.wait(2 + index)
                if self._cut:
                    raise llm.StreamTruncatedError("cut", "test")
                yield event
            await self._gate.wait(2 + len(self.events))
        finally:
            self._gone.set()

    async def ask(self, layers: Sequence[llm.Layer] = ()) -> Any:
        if layers:
            llm.register_provider(_Own(self._chunks), scope="my/")
            return await llm.Model("my/model", layers=layers).stream_async("hi")
        response: llm.AsyncStreamResponse = llm.AsyncStreamResponse(
            provider_id="test",
            model_id="test/model",
            provider_model_name="model",
            params={},
            input_messages=[],
            chunk_iterator=self._chunks(),
        )
        return response

    async def gone(self) -> None:
        await self._gone.wait()


class _Own(BaseProvider):
    """A provider whose answer is an asynchronous generator."""

    id = "own"
    default_scope = "my/"

    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks

    def open_async(self, request: Any) -> Any:
        return self._chunks()


def open_world(name: str) -> World:
    """Return a world by its name; call it in the event loop."""
    if name in REMOTE:
        return _Remote(name)
    return _Memory() if name == "memory" else _Generator()
