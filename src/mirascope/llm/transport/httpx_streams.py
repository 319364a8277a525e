"""The bodies of answers that came through a client of `httpx` or `httpx2`."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from mirascope.llm.transport.failures import from_below, reason
from mirascope.llm.transport.headers import incoming
from mirascope.llm.transport.http import (
    ConnectionLost,
    DeadlineExceeded,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.limits import seconds_left
from mirascope.llm.transport.loops import OTHER_LOOP, running_loop
from mirascope.llm.transport.sockets import shut_down

__all__ = ["HttpxAsyncStream", "HttpxStream", "is_theirs"]

_PACKAGES = ("httpx", "httpx2")


def _headers(response: Any) -> dict[str, str]:
    """Return the headers, read as what they are by the standard; httpx guesses at UTF-8."""
    raw = response.headers.raw
    return incoming((name.decode("ascii"), value.decode("latin-1")) for name, value in raw)


class HttpxStream:
    """The body of an answer; see `ByteStream`.

    In HTTP/1, `httpx` takes its limit for reads only once a body, so an alarm ends a read that is
    late. In HTTP/2 the socket is everybody's; there the limit is looked at for each read, and
    `close` from another thread has to wait for it.
    """

    def __init__(self, response: Any) -> None:
        self._closed = False
        self._late = False
        self._response = response
        self._chunks: Iterator[bytes] = response.iter_bytes()
        self._limits: dict[str, float | None] = response.request.extensions["timeout"]
        self._limits["read"] = None
        self._socket = _own_socket(response)
        self._alarm = _Alarm(weakref.WeakMethod(self._end_late_read))
        self._lock = threading.Lock()  # held while reading, and to close the response
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = _headers(response)

    def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `ByteStream.read`."""
        try:
            with self._lock:
                return self._read(deadline)
        except Exception as error:
            closed = self._closed
            self.close()
            if isinstance(error, TransportError) and not closed:
                raise
            failure = (
                StreamClosed("closed before or while being read")
                if closed
                else DeadlineExceeded()
                if self._late
                else _translated_break(error)
            )
            failure = from_below(failure, error)
        finally:
            if self._closed:  # meanwhile, by another thread, which left the rest to this one
                self._let_go()
        raise failure  # here, where what httpx raised is not its context

    def _read(self, deadline: float | None) -> bytes:
        if self._closed:
            raise StreamClosed("closed before or while being read")
        left = seconds_left(deadline)
        if self._socket is None:
            self._limits["read"] = left
        else:
            self._alarm.set(None if left is None else deadline)
        try:
            data = next(filter(None, self._chunks), b"")
        finally:
            self._alarm.set(None)
        if self._closed:
            raise StreamClosed("closed before or while being read")
        return data

    def _end_late_read(self) -> None:
        self._late = True
        shut_down(self._socket)

    def close(self) -> None:
        """Close at once, from any thread; see `ByteStream.close`."""
        if not self._closed:
            self._closed = True
            self._alarm.stop()
            if not self._response.is_closed:
                shut_down(self._socket)
            self._let_go()

    def _let_go(self) -> None:
        """Close the response, unless a reader holds it, who then does that."""
        if self._lock.acquire(blocking=False):
            try:
                with contextlib.suppress(Exception):  # of any transport; `close` never raises
                    self._response.close()
            finally:
                self._lock.release()

    def __del__(self) -> None:
        self.close()


class _Alarm:
    """Calls a method at a moment that may be moved. Costs a thread while it is set."""

    def __init__(self, method: weakref.WeakMethod[Callable[[], None]]) -> None:
        self._method = method  # weak: a stream that was dropped must not be kept by its alarm
        self._lock = threading.Lock()
        self._moment: float | None = None
        self._timer: threading.Timer | None = None
        self._rings_at = 0.0

    def set(self, moment: float | None) -> None:
        """Ring at `moment`, on the clock of `time.monotonic`; None for never."""
        with self._lock:
            self._moment = moment
            if moment is None or (self._timer is not None and self._rings_at <= moment):
                return
            self._stop()
            self._start(moment)

    def stop(self) -> None:
        """Never ring again."""
        with self._lock:
            self._moment = None
            self._stop()

    def _start(self, moment: float) -> None:
        self._rings_at = moment
        self._timer = threading.Timer(max(moment - time.monotonic(), 0), self._look)
        self._timer.daemon = True
        self._timer.start()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """Ring, or wait again where the moment was moved."""
        with self._lock:
            self._timer = None
            if self._moment is None:
                return
            if time.monotonic() < self._moment:
                self._start(self._moment)
                return
        method = self._method()
        if method is not None:
            method()


class HttpxAsyncStream:
    """The body of an answer; see `AsyncByteStream`.

    `httpx` closes the connection when a read is cancelled. So each read is a task of its own, which
    knows nothing of the stream: a reader that is cancelled leaves it to the next one.
    """

    def __init__(self, response: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._closed = False
        self._response = response
        self._loop = loop
        self._chunks: AsyncIterator[bytes] = response.aiter_bytes()
        response.request.extensions["timeout"]["read"] = None  # only the deadline of a read counts
        self._socket = _own_socket(response)
        self._reading: asyncio.Task[bytes] | None = None
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = _headers(response)

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `AsyncByteStream.read`."""
        if self._closed:
            raise StreamClosed("closed before or while being read")
        if self._loop.is_closed():
            self.close()
            raise ConnectionLost(OTHER_LOOP)
        reading = self._reading
        if reading is None:
            reading = self._reading = self._loop.create_task(_next(self._chunks))
            reading.add_done_callback(_look_at_error)
        if not reading.done():
            await asyncio.wait([reading], timeout=seconds_left(deadline))
        if self._closed:
            raise StreamClosed("closed before or while being read")
        if not reading.done():
            self.close()
            raise DeadlineExceeded
        self._reading = None
        try:
            return reading.result()
        except asyncio.CancelledError as error:  # by the loop that shuts down, not of the reader
            self.close()
            raise StreamClosed("the read was cancelled") from error
        except Exception as error:  # of any kind
            self.close()
            failure = from_below(_translated_break(error), error)
        raise failure  # here, where what httpx raised is not its context

    def close(self) -> None:
        """Close at once; see `AsyncByteStream.close`. From other threads too."""
        if self._closed:
            return
        self._closed = True
        if not self._response.is_closed:
            shut_down(self._socket)
        let_go = functools.partial(_let_go, self._loop, self._response, self._reading)
        if running_loop() is self._loop:
            let_go()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(let_go)

    def __del__(self) -> None:
        self.close()


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    async for data in chunks:
        if data:
            return data
    return b""


def _look_at_error(reading: asyncio.Task[bytes]) -> None:
    """Keep asyncio from reporting that nobody did: the reader may have gone for good."""
    if not reading.cancelled():
        reading.exception()


def _let_go(
    loop: asyncio.AbstractEventLoop, response: Any, reading: asyncio.Task[bytes] | None
) -> None:
    """Stop the read that is going on, which wakes its reader, and close the response."""
    if reading is not None:
        reading.cancel()
    elif response.is_closed:
        return
    task = loop.create_task(_close_quietly(response, reading))
    _closing.add(task)
    task.add_done_callback(_closing.discard)


_closing: set[asyncio.Task[None]] = set()  # a loop keeps no task alive


async def _close_quietly(response: Any, reading: asyncio.Task[bytes] | None) -> None:
    if reading is not None:
        await asyncio.wait([reading])
    with contextlib.suppress(Exception):  # of any transport
        await response.aclose()


def _own_socket(response: Any) -> object:
    """Return the socket that carries this answer and no other, where there is one."""
    if not response.extensions.get("http_version", b"").startswith(b"HTTP/1"):
        return None
    stream = response.extensions.get("network_stream")
    return None if stream is None else stream.get_extra_info("socket")


def _translated_break(error: Exception) -> TransportError:
    """Return the error of this package that `error` of a read stands for, of any transport."""
    names = {cls.__name__ for cls in type(error).__mro__}
    if isinstance(error, TimeoutError) or "TimeoutException" in names:
        return DeadlineExceeded()
    return ConnectionLost(f"the connection broke: {reason(error)}")


def is_theirs(value: object) -> bool:
    """Say whether `value` is of one of the two packages, or of a subclass of a class of theirs."""
    return any(cls.__module__.partition(".")[0] in _PACKAGES for cls in type(value).__mro__)
