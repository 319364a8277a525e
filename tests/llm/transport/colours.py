"""Every driver behind one blocking interface, so that one test body runs all of them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import TypeVar

import httpx
import httpx2

from mirascope.llm.transport.async_driver import AsyncDriver
from mirascope.llm.transport.http import (
    Abort,
    AsyncByteStream,
    AsyncTransport,
    ByteStream,
    HttpRequest,
    Transport,
)
from mirascope.llm.transport.httpx_driver import HttpxDriver
from mirascope.llm.transport.sync_driver import SyncDriver

__all__ = ["ALL", "OURS", "Colour", "Stream", "get", "post", "soon"]

T = TypeVar("T")

OURS = ("sync", "async")
ALL = (*OURS, "httpx", "httpx async", "httpx2", "httpx2 async")


def soon(seconds: float = 0.1) -> float:
    """Return a deadline that is near."""
    return time.monotonic() + seconds


def get(url: str, headers: Mapping[str, str] | None = None) -> HttpRequest:
    return HttpRequest(url=url, headers=headers or {}, method="GET")


def post(url: str, body: bytes = b"{}", headers: Mapping[str, str] | None = None) -> HttpRequest:
    return HttpRequest(
        url=url, headers={"content-type": "application/json", **(headers or {})}, body=body
    )


class Stream:
    """A stream of either colour. `read` blocks; `close` comes from the thread of the test."""

    def __init__(self, colour: Colour, stream: ByteStream | AsyncByteStream) -> None:
        self.status = stream.status
        self.headers = stream.headers
        self.inner: ByteStream | AsyncByteStream | None = stream
        self._colour = colour

    def read(self, deadline: float | None = None) -> bytes:
        return self._colour.read(self.inner, deadline)

    def read_all(self) -> bytes:
        pieces: list[bytes] = []
        while data := self.read():
            pieces.append(data)
        return b"".join(pieces)

    def read_until_error(self, deadline: float | None = None) -> tuple[bytes, Exception | None]:
        """Return what came, and what went wrong after it."""
        pieces: list[bytes] = []
        try:
            while data := self.read(deadline):
                pieces.append(data)
        except Exception as error:
            return b"".join(pieces), error
        return b"".join(pieces), None

    def close(self) -> None:
        assert self.inner is not None
        self._colour.close_stream(self.inner)

    def drop(self) -> None:
        """Forget the stream without closing it."""
        self.inner = None


class Colour:
    """A transport in its colour; whether clients of httpx look at the environment is said."""

    def __init__(self, name: str, *, environment: bool = False) -> None:
        self.name = name
        self._environment = environment
        self.is_async = name.endswith("async")
        self.is_ours = name in OURS
        self._clients: list[httpx.Client | httpx2.Client] = []
        self._async_clients: list[httpx.AsyncClient | httpx2.AsyncClient] = []
        self._runner = asyncio.Runner()
        self._loop: asyncio.AbstractEventLoop | None = None
        if self.is_async:
            self._loop = self._runner.get_loop()
            self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
            self._thread.start()
        self.transport = self._new_transport()

    def _new_transport(self) -> Transport | AsyncTransport:
        match self.name:
            case "sync":
                return SyncDriver()
            case "async":
                return AsyncDriver()
            case "httpx":
                self._clients.append(httpx.Client(trust_env=self._environment, verify=False))
                return HttpxDriver(self._clients[-1])
            case "httpx2":
                self._clients.append(httpx2.Client(trust_env=self._environment, verify=False))
                return HttpxDriver(self._clients[-1])
            case "httpx async":
                self._async_clients.append(
                    httpx.AsyncClient(trust_env=self._environment, verify=False)
                )
                return HttpxDriver(async_client=self._async_clients[-1])
            case _:
                self._async_clients.append(
                    httpx2.AsyncClient(trust_env=self._environment, verify=False)
                )
                return HttpxDriver(async_client=self._async_clients[-1])

    def run(self, coroutine: Coroutine[object, object, T]) -> T:
        """Run `coroutine` in the loop of this colour."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def call(self, function: Callable[[], T]) -> T:
        """Call `function` where this colour lives."""

        async def calling() -> T:
            return function()

        return self.run(calling()) if self.is_async else function()

    def open(
        self,
        request: HttpRequest,
        *,
        connect: float | None = 10,
        deadline: float | None = None,
        abort: Abort | None = None,
    ) -> Stream:
        transport = self.transport
        stream: ByteStream | AsyncByteStream
        if self.is_async:
            stream = self.run(
                transport.open_async(request, connect=connect, deadline=deadline, abort=abort)  # type: ignore[union-attr]
            )
        else:
            stream = transport.open(request, connect=connect, deadline=deadline, abort=abort)  # type: ignore[union-attr]
        return Stream(self, stream)

    def read(self, stream: ByteStream | AsyncByteStream | None, deadline: float | None) -> bytes:
        assert stream is not None
        data = stream.read(deadline)
        return data if isinstance(data, bytes) else self.run(data)

    def close_stream(self, stream: ByteStream | AsyncByteStream) -> None:
        self.call(stream.close)

    def close(self) -> None:
        if not self.is_async:
            self.transport.close()  # type: ignore[union-attr]
            for client in self._clients:
                client.close()
            return
        self.run(self.transport.aclose())  # type: ignore[union-attr]
        for async_client in self._async_clients:
            self.run(async_client.aclose())
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._runner.close()
