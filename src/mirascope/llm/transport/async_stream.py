"""The body of an answer that aiohttp brings, read as the contract of `http` says."""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import time
import weakref
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import aiohttp

from mirascope.llm.transport.async_body import AsyncBody
from mirascope.llm.transport.body import Inflater
from mirascope.llm.transport.failures import from_below, reason
from mirascope.llm.transport.headers import incoming
from mirascope.llm.transport.http import (
    ConnectionLost,
    DeadlineExceeded,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.loops import OTHER_LOOP, running_loop
from mirascope.llm.transport.sockets import shut_down

__all__ = ["AsyncStream", "PackedStream"]


class _Borrowed:
    """The connection that carries one answer. Outlives a stream that was dropped, to be closed."""

    def __init__(self, response: aiohttp.ClientResponse, loop: asyncio.AbstractEventLoop) -> None:
        self._response = response
        self._loop = loop
        self._process = os.getpid()

    def close(self, *, later: bool = False) -> None:
        """Close it, from any thread, and wake the reader.

        Args:
            later: To do so in the loop's next round; the peer sees the end at once all the same.
        """
        if self._process != os.getpid():  # the parent's
            return
        with contextlib.suppress(RuntimeError):  # the loop is closed, by now at least
            if running_loop() is not self._loop and self._loop.is_running():
                self._loop.call_soon_threadsafe(self._close)  # there, nobody else gets it meanwhile
            elif later and self._loop.is_running():
                self._shut_down()
                self._loop.call_soon(self._close)
            else:
                self._close()

    def _close(self) -> None:
        self._shut_down()
        connection = self._response.connection
        transport = None if connection is None else connection.transport
        self._response.close()
        if connection is not None and self._loop.is_closed():
            connection.close()  # which the response then leaves out
        elif transport is not None:
            transport.abort()  # no goodbye in TLS, which would have to be awaited

    def _shut_down(self) -> None:
        """Let the peer know now; the loop would close the socket in its next round at the earliest.

        After the end of the body the response has no connection any more.
        """
        connection = self._response.connection
        if connection is not None and connection.transport is not None:
            shut_down(connection.transport.get_extra_info("socket"))


def _latin_1(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Read headers anew as what they are by the standard; aiohttp takes them for UTF-8."""
    for name, value in headers:
        if not value.isascii():
            value = value.encode("utf-8", "surrogateescape").decode("latin-1")
        yield name, value


class AsyncStream:
    """The body of an answer; see `AsyncByteStream`."""

    def __init__(self, response: aiohttp.ClientResponse, loop: asyncio.AbstractEventLoop) -> None:
        self.status: int = response.status
        self.headers: Mapping[str, str] = incoming(_latin_1(response.headers.items()))
        body: Any = response.content  # as the connection has given it to aiohttp
        self._body: AsyncBody = body
        self._loop = loop
        self._closed = False
        self._failure: TransportError | None = None
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf
        self._borrowed = _Borrowed(response, loop)
        # Not `__del__`: among the garbage of a cycle, the connection may be finalized first, and
        # complain; this keeps it. Later, since garbage is collected in the middle of anything.
        self._finalizer = weakref.finalize(self, self._borrowed.close, later=True)

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `AsyncByteStream.read`."""
        body = self._body
        while True:
            if self._closed:
                raise StreamClosed("closed before or while being read")
            if self._failure is not None:
                raise self._failure
            if not body.pieces:
                if body.done:
                    self._release()
                    return b""
                if (broken := body.error) is not None:
                    raise self._failed(_translated_break(broken))
                if self._loop.is_closed():
                    raise self._failed(ConnectionLost())
                self._deadline = deadline
                if deadline is not None and deadline < self._timer_at:
                    self._start_timer(deadline)
                waiter: asyncio.Future[None] = asyncio.Future(loop=self._loop)
                body.waiter = waiter
                await waiter
                continue
            if deadline is not None and time.monotonic() >= deadline:
                raise DeadlineExceeded
            return body.take()

    def _failed(self, failure: TransportError) -> TransportError:
        """Take note of what ended the stream, and let go of its connection."""
        if self._loop.is_closed():
            failure = ConnectionLost(OTHER_LOOP)
        self._failure = failure
        self._release()
        return failure

    def _release(self) -> None:
        """Let go of the connection: it is in its pool already where the body has ended."""
        self._stop_timer()
        if self._finalizer.detach() is not None:
            self._borrowed.close()

    def _start_timer(self, at: float) -> None:
        """Have a wait end at its deadline: by one timer, moved only when it is too late."""
        self._stop_timer()
        stream: weakref.ref[AsyncStream] = weakref.ref(self)  # a timer must not keep it
        left = min(at - time.monotonic(), 1e8)
        self._timer = self._loop.call_later(left, _expire, stream)
        self._timer_at = at

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._timer_at = math.inf

    def expire(self) -> None:
        """End the wait if it lasts longer than it may; look again when that may be."""
        self._stop_timer()
        waiter = self._body.waiter
        if waiter is None or waiter.done() or self._deadline is None:
            return
        if time.monotonic() < self._deadline:
            self._start_timer(self._deadline)
        else:
            self._body.set_exception(DeadlineExceeded())

    def close(self) -> None:
        """Close at once; see `AsyncByteStream.close`. From other threads too."""
        if not self._closed:
            self._closed = True
            self._release()


class PackedStream:
    """The body of an answer that is unpacked on its way."""

    def __init__(self, stream: AsyncStream, inflater: Inflater) -> None:
        self.status: int = stream.status
        self.headers: Mapping[str, str] = stream.headers
        self._stream = stream
        self._inflater = inflater
        self._ended = False
        self._closed = False

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `AsyncByteStream.read`."""
        inflater = self._inflater
        try:
            while not self._ended:
                if self._closed:
                    raise StreamClosed("read after it was closed")
                packed = b"" if inflater.pending else await self._stream.read(deadline)
                if not packed and not inflater.pending:
                    inflater.end()
                    self._ended = True
                elif data := inflater.feed(packed):
                    return data
        except ConnectionLost:
            self.close()
            raise
        return b""

    def close(self) -> None:
        """Close at once; see `AsyncByteStream.close`."""
        self._closed = True
        self._stream.close()


def _expire(stream: weakref.ref[AsyncStream]) -> None:
    found = stream()
    if found is not None:
        found.expire()


def _translated_break(error: BaseException) -> TransportError:
    if isinstance(error, TransportError):  # ours
        return error
    return from_below(ConnectionLost(f"the connection broke: {reason(error)}"), error)
