"""The bodies of answers that came through a client of `httpx` or `httpx2`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from mirascope.llm.transport.failures import reason
from mirascope.llm.transport.headers import incoming
from mirascope.llm.transport.http import (
    ConnectionLost,
    DeadlineExceeded,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.limits import seconds_left
from mirascope.llm.transport.loops import cut_short, running_loop
from mirascope.llm.transport.sockets import shut_down

__all__ = ["HttpxAsyncStream", "HttpxStream", "is_theirs"]

_PACKAGES = ("httpx", "httpx2")


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
        self.headers: Mapping[str, str] = incoming(response.headers.multi_items())

    def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `ByteStream.read`."""
        try:
            with self._lock:
                return self._read(deadline)
        except Exception as error:
            closed = self._closed
            self.close()
            if closed:
                raise StreamClosed("closed before or while being read") from error
            if isinstance(error, TransportError):
                raise
            if self._late:
                raise DeadlineExceeded from error
            raise _translated_break(error) from error
        finally:
            if self._closed:  # meanwhile, by another thread, which left the rest to this one
                self._let_go()

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
    """The body of an answer; see `AsyncByteStream`."""

    def __init__(self, response: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._closed = False
        self._response = response
        self._loop = loop
        self._chunks: AsyncIterator[bytes] = response.aiter_bytes()
        response.request.extensions["timeout"]["read"] = None  # only the deadline of a read counts
        self._socket = _own_socket(response)
        self._scope: asyncio.Timeout | None = None  # of the read that is going on
        self.status: int = response.status_code
        self.headers: Mapping[str, str] = incoming(response.headers.multi_items())

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `AsyncByteStream.read`."""
        if self._closed:
            raise StreamClosed("closed before or while being read")
        left = seconds_left(deadline)
        try:
            data = await self._next(left)
        except BaseException as error:  # of any kind: `httpx` has closed the connection by now
            closed, self._closed = self._closed, True
            self._let_go()
            if not isinstance(error, Exception):
                raise
            if closed:
                raise StreamClosed("closed before or while being read") from error
            raise _translated_break(error) from error
        if self._closed:  # meanwhile, and the rest was left to this task
            self._let_go()
            raise StreamClosed("closed before or while being read")
        return data

    async def _next(self, left: float | None) -> bytes:
        try:
            async with asyncio.timeout(left) as self._scope:
                async for data in self._chunks:
                    if data:
                        return data
            return b""
        finally:
            self._scope = None

    def close(self) -> None:
        """Close at once; see `AsyncByteStream.close`. From other threads too."""
        if self._closed:
            return
        self._closed = True
        if not self._response.is_closed:
            shut_down(self._socket)
        if running_loop() is self._loop:
            self._let_go()
        else:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        """Close the response, unless a task reads it: then wake that, which comes here again."""
        if self._scope is not None:
            cut_short(self._loop, self._scope)
        elif not self._response.is_closed:
            task = self._loop.create_task(_close_quietly(self._response))
            _closing.add(task)
            task.add_done_callback(_closing.discard)

    def __del__(self) -> None:
        self.close()


_closing: set[asyncio.Task[None]] = set()  # a loop keeps no task alive


async def _close_quietly(response: Any) -> None:
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
