"""The body of an answer on its way from an event loop to its reader.

aiohttp connects, keeps connections, sends the request and reads the headers. What comes then is
taken out of its framing by the code that the other driver uses, and waits here. For aiohttp this
is the answer's payload: it is told the end, for then the connection can be kept, and tells this
when the answer is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any, Literal

from aiohttp import StreamReader
from aiohttp.client_proto import ResponseHandler

from mirascope.llm.transport.body import Body
from mirascope.llm.transport.http import ConnectionLost

__all__ = ["AsyncBody"]

_ENOUGH = 128 * 1024
"""Bytes that wait for the reader, above which no more are taken from the socket."""


class AsyncBody:
    """What has come of one body. Everything happens in the thread of its event loop.

    Attributes:
        pieces: What waits for the reader.
        done: Whether all of it has come.
        error: What it was broken off by; what had come before stays to be read.
        waiter: What is done once something comes, if the reader waits for that.
    """

    __slots__ = (
        "_connection",
        "_framing",
        "_on_end",
        "_paused",
        "_payload",
        "_size",
        "done",
        "error",
        "pieces",
        "waiter",
    )

    def __init__(self, framing: Body, connection: ResponseHandler, payload: StreamReader) -> None:
        """Begin before the first byte.

        Args:
            framing: Tells where the body ends.
            connection: What brings it.
            payload: What it takes the place of.
        """
        self.done: bool = framing.done
        self._framing = framing
        self._connection: ResponseHandler | None = connection
        self._payload = payload
        self.pieces: list[bytes] = []
        self._size = 0
        self._paused = False
        self.error: BaseException | None = None
        self.waiter: asyncio.Future[None] | None = None
        self._on_end: list[Callable[[], Any]] = []

    # --- for the connection

    def feed(self, data: bytes) -> None:
        """Take what came from the socket."""
        framing = self._framing
        if self.done:
            self._spoil()  # nobody has asked for it
            return
        try:
            content = framing.feed(data)
        except ConnectionLost as error:
            self.set_exception(error)
            self._abandon()
            return
        if content:
            self.pieces.append(content)
            self._size += len(content)
            if self._size > _ENOUGH:
                self._pause()
            waiter = self.waiter  # and `_wake`, without a call for each chunk
            if waiter is not None and not waiter.done():
                waiter.set_result(None)
        if framing.done:
            self._end()

    def lost(self, error: BaseException | None) -> None:
        """Take note that the connection is gone; of an error, if it was not closed properly."""
        self._connection = None
        if self.done or self.error is not None:
            return
        if error is None:
            try:
                self._framing.end()
            except ConnectionLost as early:
                error = early
        if error is None:
            self._end()
        else:
            self.set_exception(error)

    def _end(self) -> None:
        self.done = True
        self._resume()  # the next answer would stand in line
        self._wake()
        if not self._framing.reusable:
            self._spoil()
        self._payload.feed_eof()
        callbacks, self._on_end = self._on_end, []
        for callback in callbacks:
            callback()

    def _spoil(self) -> None:
        """See to it that the connection carries no other answer."""
        if self._connection is not None:
            self._connection.force_close()

    def _abandon(self) -> None:
        if self._connection is not None and self._connection.transport is not None:
            self._connection.transport.abort()

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._flow("pause_reading")

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._flow("resume_reading")

    def _flow(self, change: Literal["pause_reading", "resume_reading"]) -> None:
        transport = None if self._connection is None else self._connection.transport
        with contextlib.suppress(AttributeError, NotImplementedError, RuntimeError):
            getattr(transport, change)()  # it is gone, cannot, or is closing

    def _wake(self) -> None:
        waiter = self.waiter
        if waiter is not None and not waiter.done():  # as it is once the reader was cancelled
            waiter.set_result(None)

    # --- for aiohttp

    def on_eof(self, callback: Callable[[], Any]) -> None:
        """Have `callback` called at the end; now, where that was before."""
        if self.done:
            callback()
        else:
            self._on_end.append(callback)

    def exception(self) -> BaseException | None:
        """Return what the body was broken off by."""
        return self.error

    def set_exception(self, error: BaseException) -> None:
        """Break the body off; what has come stays to be read."""
        self.error = error
        self._wake()

    # --- for the reader

    def take(self) -> bytes:
        """Return all that waits."""
        pieces = self.pieces
        self.pieces = []
        self._size = 0
        if self._paused:
            self._resume()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
