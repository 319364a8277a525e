r"""A transport without a network: a function answers.

    def handler(request: HttpRequest) -> MemoryReply:
        return MemoryReply(chunks=[b"data: 1\n\n", Pause(0.1), b"data: 2\n\n", Cut()])

    transport = MemoryTransport(handler)      # both colours

A handler that raises a `TransportError` makes `open` fail. Other errors of it pass through.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from mirascope.llm.transport.headers import incoming, outgoing
from mirascope.llm.transport.http import (
    Abort,
    ConnectionLost,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
)

__all__ = ["Cut", "MemoryReply", "MemoryTransport", "Pause", "Step"]


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing arrives for a while; by default for ever.

    A pause without end does not wait for a deadline, which it can only miss: it raises
    `DeadlineExceeded` at once. Without a deadline it lasts until the stream is closed.
    """

    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection breaks."""


Step: TypeAlias = bytes | Pause | Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryReply:
    """An answer.

    `chunks` is what each `read` returns in turn; it is iterated as it is read, so it may be a
    generator that decides late. `pause` comes before the headers.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    chunks: Iterable[Step] = ()
    pause: Pause | None = None


class MemoryTransport:
    """A transport in both colours that asks `handler`; see the module."""

    def __init__(
        self,
        handler: Callable[[HttpRequest], MemoryReply],
        *,
        sleep: Callable[[float], None] | None = None,
        async_sleep: Callable[[float], Awaitable[None]] | None = None,
    ) -> None:
        """Start.

        Args:
            handler: Is given each request with the headers that would be sent.
            sleep: Waits so many seconds; None to wait in real time, and wake at a `close`.
            async_sleep: The same for the other colour.
        """
        self._handler = handler
        self._sleep = sleep
        self._async_sleep = async_sleep

    def open(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> _MemoryStream:
        """Ask the handler; see `Transport.open`."""
        reply = self._answer(request)
        stream = _MemoryStream(reply, self._sleep)
        if abort is not None:
            abort.watch(stream.close)
        if reply.pause is not None:
            stream.wait(reply.pause, deadline)
        return stream

    async def open_async(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> _AsyncMemoryStream:
        """Ask the handler; see `AsyncTransport.open_async`."""
        reply = self._answer(request)
        stream = _AsyncMemoryStream(reply, self._async_sleep)
        if abort is not None:
            abort.watch(stream.close)
        if reply.pause is not None:
            await stream.wait(reply.pause, deadline)
        return stream

    def close(self) -> None:
        """Do nothing: there are no connections."""

    async def aclose(self) -> None:
        """Do nothing: there are no connections."""

    def _answer(self, request: HttpRequest) -> MemoryReply:
        return self._handler(outgoing(request))


class _Replay:
    """The steps of a reply, in either colour."""

    def __init__(self, reply: MemoryReply) -> None:
        self.status: int = reply.status
        self.headers: Mapping[str, str] = incoming(reply.headers.items())
        self._steps = iter(reply.chunks)
        self._closed = threading.Event()

    def _next(self, deadline: float | None) -> bytes | Pause:
        self._check()
        if deadline is not None and time.monotonic() >= deadline:
            raise DeadlineExceeded
        step = next(self._steps, b"")
        if isinstance(step, Cut):
            self._steps = itertools.repeat(step)
            raise ConnectionLost("the connection ended before the answer was whole")
        return step

    def _check(self) -> None:
        if self._closed.is_set():
            raise StreamClosed("closed before or while being read")


def _within(pause: Pause, deadline: float | None) -> tuple[float, bool]:
    """Return how long to wait, and whether that is all of `pause`."""
    if deadline is None:
        return pause.seconds, True
    left = max(deadline - time.monotonic(), 0)
    if pause.seconds == math.inf:
        return 0, False
    return min(left, pause.seconds), pause.seconds < left


class _MemoryStream(_Replay):
    """See `ByteStream`."""

    def __init__(self, reply: MemoryReply, sleep: Callable[[float], None] | None) -> None:
        super().__init__(reply)
        self._sleep = sleep

    def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `ByteStream.read`."""
        while isinstance(step := self._next(deadline), Pause):
            self.wait(step, deadline)
        return step

    def wait(self, pause: Pause, deadline: float | None) -> None:
        seconds, whole = _within(pause, deadline)
        if self._sleep is not None and seconds < math.inf:
            self._sleep(seconds)
        else:
            self._closed.wait(seconds if seconds < math.inf else None)
        self._check()
        if not whole:
            raise DeadlineExceeded

    def close(self) -> None:
        """Wake the reader."""
        self._closed.set()


class _AsyncMemoryStream(_Replay):
    """See `AsyncByteStream`."""

    def __init__(
        self, reply: MemoryReply, sleep: Callable[[float], Awaitable[None]] | None
    ) -> None:
        super().__init__(reply)
        self._sleep = sleep
        self._loop = asyncio.get_running_loop()
        self._waking = asyncio.Event()
        self._pause: Pause | None = None  # what is left of it, where its reader was cancelled

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `AsyncByteStream.read`."""
        while isinstance(step := self._pause or self._next(deadline), Pause):
            self._check()
            await self.wait(step, deadline)
        return step

    async def wait(self, pause: Pause, deadline: float | None) -> None:
        self._pause = None
        began = time.monotonic()
        seconds, whole = _within(pause, deadline)
        try:
            if self._sleep is not None and seconds < math.inf:
                await self._sleep(seconds)
            else:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds if seconds < math.inf else None):
                        await self._waking.wait()
        except asyncio.CancelledError:
            passed = time.monotonic() - began if self._sleep is None else 0  # on a clock of its own
            self._pause = Pause(max(pause.seconds - passed, 0))
            raise
        self._check()
        if not whole:
            raise DeadlineExceeded

    def close(self) -> None:
        """Wake the reader, from any thread."""
        self._closed.set()
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._waking.set)
