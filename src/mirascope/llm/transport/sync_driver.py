"""HTTP for synchronous callers, on urllib3.

urllib3 connects, keeps connections, speaks TLS and to proxies, sends the request and reads the
headers. The body is read here, straight from the socket's buffer: whatever arrived is there after
one system call, however many chunks it is (in a burst, a chunk costs half of what it costs
through `read_chunked`), the deadline also holds inside a chunk, and another thread can end it.
"""

from __future__ import annotations

import http.client
import logging
import math
import os
import socket
import threading
import time
import weakref
from collections.abc import Mapping
from urllib.parse import urlsplit

import urllib3

from mirascope.llm.transport.addresses import Admits, check_behind_proxy
from mirascope.llm.transport.body import Body, ChunkedBody, SizedBody, UnsizedBody, unpacker
from mirascope.llm.transport.dialing import current
from mirascope.llm.transport.failures import address, by_proxy, from_below, reason
from mirascope.llm.transport.headers import incoming, outgoing
from mirascope.llm.transport.http import (
    Abort,
    ConnectionLost,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.limits import finite, seconds_left
from mirascope.llm.transport.sockets import Receiver, receiver, shut_down
from mirascope.llm.transport.sync_pools import Connection, Opening, Pools, proxy_of, ran_out

__all__ = ["SyncDriver"]

_SLACK = 0.02  # seconds that a read may end late, to save a system call a read


def _is_fit_to_log(record: logging.LogRecord) -> bool:
    """Keep what may hold a key out of what urllib3 logs of our requests, and theirs as it is.

    Those are headers that it cannot read, which it quotes, the queries of addresses, and lengths,
    for a server may send any digits.
    """
    if current.bounds is None:
        return True
    if isinstance(record.args, tuple):
        record.args = tuple(map(_fit_to_log, record.args))
    return record.name != "urllib3.connection"


def _fit_to_log(value: object) -> object:
    if isinstance(value, str):
        return value.partition("?")[0]
    return min(value, 0xFFFF) if isinstance(value, int) else value


for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_is_fit_to_log)


class SyncDriver:
    """Sends requests through pools of connections; see `Transport`. Usable from every thread.

    A process forked off starts with pools of its own and leaves its parent's connections alone.
    """

    def __init__(self, admits: Admits | None = None) -> None:
        """Connect to nothing so far.

        Args:
            admits: Which addresses may be connected to; all when None. Where a proxy connects, it
                only counts for hosts that are given by number.
        """
        self._admits = admits
        self._pools: dict[int, Pools] = {}  # by process

    def open(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> _SyncStream:
        """Send `request`; see `Transport.open`."""
        host = address(request.url)
        request = outgoing(request)
        pools = self._pools.get(os.getpid()) or self._pools.setdefault(os.getpid(), Pools())
        manager = pools.manager(request.url)
        proxy = proxy_of(manager)
        admits = self._admits
        if admits is not None and proxy is not None:
            check_behind_proxy(urlsplit(request.url).hostname or "", admits)
            admits = None  # the proxy itself is in the private network, as a rule
        opening = Opening(connect, deadline, abort, host, proxy, admits)
        seconds_left(deadline)
        outer, current.bounds = current.bounds, opening  # a signal's handler may ask, too
        try:
            response = _send(manager, request, opening)
        finally:
            current.bounds = outer
            opening.on_abort(None)
        if isinstance(response, TransportError):
            raise response
        assert opening.connection is not None
        stream = _SyncStream(_Borrowed(opening.connection, response), response, request.headers)
        if opening.proxy and stream.status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            stream.close()
            raise by_proxy(host, opening.proxy, "answers 407")
        return stream

    def close(self) -> None:
        """Close every pooled connection; a later `open` starts with fresh ones."""
        pools = self._pools.pop(os.getpid(), None)
        if pools is not None:
            pools.close()


_NO_RETRIES = urllib3.Retry(False, redirect=False)
_FAILURES = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


def _send(
    manager: urllib3.PoolManager, request: HttpRequest, opening: Opening
) -> urllib3.BaseHTTPResponse | TransportError:
    """Return the answer, or what went wrong, once that is not being handled any more."""
    try:
        try:
            return _urlopen(manager, request)
        except _FAILURES as error:
            if not opening.found_closed(error):
                raise
        opening.begin_again()
        return _urlopen(manager, request)
    except _FAILURES as error:
        return from_below(opening.translated(error), error)


def _urlopen(manager: urllib3.PoolManager, request: HttpRequest) -> urllib3.BaseHTTPResponse:
    return manager.urlopen(
        request.method,
        request.url,
        body=request.body or None,
        headers=dict(request.headers),
        timeout=None,  # the sockets see to it
        preload_content=False,
        decode_content=False,
        redirect=False,
        retries=_NO_RETRIES,
    )


class _Borrowed:
    """The connection that carries one answer, until it is given back to its pool.

    Apart from the stream, so that it outlives a stream that was dropped, and can be closed then.
    """

    def __init__(self, connection: Connection, response: urllib3.BaseHTTPResponse) -> None:
        self.head: http.client.HTTPResponse = connection.head
        self.channel: socket.socket = connection.channel
        self.receiver: Receiver = receiver(self.channel, self.head.fp)
        self.closed: bool = False
        self.reading: threading.Lock = threading.Lock()  # held while reading, and to give back
        self._guard = threading.RLock()  # what is given back belongs to somebody else at once
        self._given_back = False
        self._connection = connection
        self._response = response
        self._process = os.getpid()

    def close(self) -> None:
        """End the connection at once, from any thread; the parent's one is left alone."""
        if self.closed or self._process != os.getpid():
            return
        self.closed = True
        with self._guard:
            if not self._given_back:
                shut_down(self.channel)  # wakes whoever is reading
        self.tidy()

    def tidy(self) -> None:
        """Let go of a closed connection, unless a reader holds it, who comes here again."""
        if self.reading.acquire(blocking=False):
            try:
                self.give_back(reusable=False)
            finally:
                self.reading.release()

    def give_back(self, *, reusable: bool) -> None:
        """Return the connection to its pool, if it can carry more; else close it."""
        with self._guard:
            if self._given_back:
                return
            self._given_back = True
        self.head.close()
        if reusable and not self.head.will_close:
            self.receiver.rest()
            self._connection.rested_at = time.monotonic()
            self._response.release_conn()
        else:
            # The pool does without it: this may run as garbage is collected, perhaps in the middle
            # of the pool's own code and under its lock.
            self._connection.close()


class _SyncStream:
    """The body of an answer; see `ByteStream`."""

    def __init__(
        self, borrowed: _Borrowed, response: urllib3.BaseHTTPResponse, asked: Mapping[str, str]
    ) -> None:
        self.status: int = response.status
        self.headers: Mapping[str, str] = incoming(response.headers.items())
        self._borrowed = borrowed
        self._ended = False
        self._limit = math.nan  # of the socket; not set so far, and so equal to nothing
        self._body = _body(borrowed.head)
        try:
            self._inflater = unpacker(self.headers, asked)
        except ConnectionLost:
            borrowed.close()
            raise
        # Not `__del__`: among the garbage of a cycle, the socket may be finalized first.
        weakref.finalize(self, borrowed.close)

    def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `ByteStream.read`."""
        borrowed = self._borrowed
        try:
            with borrowed.reading:
                return self._read(deadline)
        except (OSError, ValueError, TransportError) as error:
            closed = borrowed.closed
            borrowed.close()
            if closed:
                raise StreamClosed("closed before or while being read") from error
            if isinstance(error, TransportError):
                raise
            if ran_out(error):
                raise DeadlineExceeded from error
            raise ConnectionLost(f"the connection broke: {reason(error)}") from error
        finally:
            if borrowed.closed:  # meanwhile, by another thread, which left the rest to this one
                borrowed.tidy()

    def _read(self, deadline: float | None) -> bytes:
        borrowed = self._borrowed
        body = self._body
        while not self._ended:
            if borrowed.closed:
                raise StreamClosed
            inflater = self._inflater
            if inflater is not None and inflater.pending:
                if data := inflater.feed(b""):
                    return data
                continue
            if body.done:
                self._ended = True
                if inflater is not None:
                    inflater.end()
                borrowed.give_back(reusable=body.reusable)
                break
            left = None if deadline is None else deadline - time.monotonic()
            # A limit that is nearly right is left as it is: to set it is a system call.
            if left is None or not 0 < left <= self._limit <= left + _SLACK:
                self._set_limit(left)
            data = borrowed.receiver.receive()
            if not data:
                body.end()
            data = body.feed(data)
            if inflater is not None:
                data = inflater.feed(data)
            if data:
                return data
        return b""

    def _set_limit(self, left: float | None) -> None:
        """Let reads from the socket take as long as is left, and a little longer."""
        if left is not None and left <= 0:
            raise DeadlineExceeded
        left = finite(left)
        limit = math.inf if left is None else left + _SLACK / 2
        if limit != self._limit:
            self._borrowed.receiver.limit(limit)
            self._limit = limit

    def close(self) -> None:
        """Close at once, from any thread; see `ByteStream.close`."""
        self._borrowed.close()


def _body(head: http.client.HTTPResponse) -> Body:
    if head.chunked:
        return ChunkedBody()
    return UnsizedBody() if head.length is None else SizedBody(head.length)
