"""HTTP for synchronous callers, on urllib3.

urllib3 connects, keeps connections, speaks TLS and to proxies, sends the request and reads the
headers. The body is read here, straight from the socket's buffer: whatever arrived is there after
one system call, however many chunks it is (in a burst, a chunk costs half of what it costs
through `read_chunked`), the deadline also holds inside a chunk, and another thread can end it.
"""

from __future__ import annotations

import http.client
import io
import logging
import math
import os
import queue
import re
import socket
import ssl
import threading
import time
import weakref
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url

from mirascope.llm.transport.addresses import Admits, check_behind_proxy
from mirascope.llm.transport.body import Body, ChunkedBody, SizedBody, UnsizedBody, unpacker
from mirascope.llm.transport.dialing import Bounds, BoundTLSSocket, current, dial
from mirascope.llm.transport.environment import Proxies, tls_context
from mirascope.llm.transport.failures import address, by_proxy, chain, from_below, reason, via
from mirascope.llm.transport.headers import incoming, outgoing
from mirascope.llm.transport.http import (
    Abort,
    AddressRefused,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.limits import finite, seconds_left
from mirascope.llm.transport.sockets import Receiver, receiver, shut_down

__all__ = ["SyncDriver"]

IDLE_LIMIT = 30.0
"""Seconds after which a kept connection is not trusted any more: a router on the way may have
forgotten it without telling either end, and a request on it would wait for its deadline."""
_AT_ONCE = 0.5  # seconds, more than a round trip
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
        self._pools: dict[int, _Pools] = {}  # by process

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
        pools = self._pools.get(os.getpid()) or self._pools.setdefault(os.getpid(), _Pools())
        manager = pools.manager(request.url)
        proxy = _proxy_of(manager)
        admits = self._admits
        if admits is not None and proxy is not None:
            check_behind_proxy(urlsplit(request.url).hostname or "", admits)
            admits = None  # the proxy itself is in the private network, as a rule
        opening = _Opening(connect, deadline, abort, host, proxy, admits)
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


_FAILURES = (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError)


def _send(
    manager: urllib3.PoolManager, request: HttpRequest, opening: _Opening
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
        retries=False,
    )


def _proxy_of(manager: urllib3.PoolManager) -> str | None:
    return None if manager.proxy is None else address(manager.proxy.url)


class _Pools:
    """The pools of one process: for each proxy or none, with TLS or without."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._proxies = Proxies()
        self._managers: dict[tuple[str | None, bool], urllib3.PoolManager] = {}
        self._context: ssl.SSLContext | None = None

    def manager(self, url: str) -> urllib3.PoolManager:
        with self._lock:
            proxy = self._proxies.find(url)
            key = (proxy, url.startswith("https") or (proxy or "").startswith("https"))
            if key not in self._managers:
                self._managers[key] = self._new_manager(*key)
            return self._managers[key]

    def _new_manager(self, proxy: str | None, tls: bool) -> urllib3.PoolManager:
        if tls and self._context is None:
            self._context = tls_context()
            self._context.sslsocket_class = BoundTLSSocket
        # Any number of connections is made and kept, as long as they are of use; see `_Resting`.
        options: dict[str, Any] = {"maxsize": 0}
        if tls:
            options["ssl_context"] = self._context
        if proxy is None:
            manager = urllib3.PoolManager(**options)
        else:
            user = parse_url(proxy).auth
            login = b64encode(unquote_to_bytes(user)).decode() if user else None
            headers = {"proxy-authorization": f"Basic {login}"} if login else None
            manager = urllib3.ProxyManager(
                proxy, proxy_headers=headers, proxy_ssl_context=self._context, **options
            )
        manager.pool_classes_by_scheme = _POOL_CLASSES
        return manager

    def close(self) -> None:
        with self._lock:
            for manager in self._managers.values():
                manager.clear()
            self._managers.clear()


class _Opening(Bounds):
    """One call of `open`, from the limits it has to what it has reached."""

    dialed = False  # whether there is a connection, perhaps to a proxy
    tunnelled = False  # whether the proxy has made one of its own
    connection: _Connection | None = None
    fresh = False  # whether kept connections are not to be used
    _kept_at: float | None = None  # when a kept connection was taken

    def __init__(
        self,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None,
        host: str,
        proxy: str | None,
        admits: Admits | None,
    ) -> None:
        super().__init__(connect, deadline, abort, admits)
        self.proxy = proxy
        self._host = host

    def reached(self, connection: _Connection, *, kept: bool = False) -> None:
        """Take note that the request can be sent now."""
        self.connected = True
        self.connection = connection
        self._kept_at = time.monotonic() if kept else None
        self.watch(connection.sock)

    def found_closed(self, error: Exception) -> bool:
        """Say whether the server had closed a kept connection before it knew of the request.

        Its goodbye and the request have crossed then: the error is there within a round trip, and
        nothing else. A server that gives up on a request it has read would take its time.
        """
        return (
            self._kept_at is not None
            and time.monotonic() - self._kept_at < _AT_ONCE
            and not self.answered
            and not self.aborted
            and any(isinstance(item, ConnectionError | ssl.SSLEOFError) for item in chain(error))
        )

    def begin_again(self) -> None:
        """Prepare for another attempt, on a connection of its own."""
        self.on_abort(None)
        self.connected = self.dialed = self.tunnelled = False
        self.connection = None
        self.fresh = True

    def translated(self, error: Exception) -> TransportError:
        """Return the error of this package that `error` stands for."""
        if self.aborted:
            return StreamClosed("closed while waiting for the answer")
        if any(isinstance(item, AddressRefused) for item in chain(error)):
            return AddressRefused(f"no address of {self._host} is admitted")
        there = via(self._host, self.proxy)
        timed_out = any(_ran_out(item) for item in chain(error))
        if not self.connected:
            if timed_out:
                return DeadlineExceeded(
                    f"no connection to {there} in time", connecting=not self.passed
                )
            if self.proxy and not self.dialed:
                return by_proxy(self._host, self.proxy, f"cannot be reached: {reason(error)}")
            if self.proxy and not self.tunnelled and (status := _tunnel_status(error)):
                return by_proxy(self._host, self.proxy, f"answers {status}")
            return ConnectFailed(f"cannot connect to {there}: {reason(error)}")
        if timed_out:
            return DeadlineExceeded(f"no answer from {there} in time")
        return ConnectionLost(f"the connection to {there} broke before an answer: {reason(error)}")


_TUNNEL_STATUS = re.compile(r"Tunnel connection failed: ([0-9]{3})")


def _tunnel_status(error: BaseException) -> str | None:
    """Return the status with which a proxy refused; the text goes on with its own words."""
    statuses = (_TUNNEL_STATUS.match(str(item)) for item in chain(error))
    return next((status[1] for status in statuses if status), None)


def _ran_out(error: BaseException) -> bool:
    """Say whether a limit of ours has passed; one of the operating system's has a number."""
    return isinstance(error, TimeoutError) and error.errno is None


def _opening() -> _Opening:
    opening = current.bounds
    assert isinstance(opening, _Opening)
    return opening


class _Connection(HTTPConnection):
    """A connection made by `dial`, which tells the `_Opening` of its thread how far it has come."""

    head: http.client.HTTPResponse
    channel: socket.socket
    rested_at: float = 0.0

    @property
    def is_connected(self) -> bool:
        if _opening().fresh or time.monotonic() - self.rested_at > IDLE_LIMIT:
            return False
        return super().is_connected

    def _new_conn(self) -> socket.socket:
        opening = _opening()
        sock = dial(self._dns_host, self.port, opening, self.socket_options)
        opening.dialed = True
        return sock

    def _tunnel(self) -> None:
        super()._tunnel()
        _opening().tunnelled = True

    def connect(self) -> None:
        super().connect()
        _opening().reached(self)

    def request(self, *args: Any, **options: Any) -> None:
        opening = _opening()
        if self.sock is not None and opening.connection is not self:  # not made just now
            opening.reached(self, kept=True)
        super().request(*args, **options)

    def response_class(  # type: ignore[override]  # called like the class it stands for
        self, sock: socket.socket, *args: Any, **options: Any
    ) -> http.client.HTTPResponse:
        self.channel = sock
        self.head = _Head(sock, *args, **options)
        return self.head


class _Head(http.client.HTTPResponse):
    """Status and headers.

    `http.client` takes the end of the connection for the end of headers, and every interim answer
    but a 100 for the answer; what answers the request would then answer the next one.
    """

    def begin(self) -> None:
        lines = _HeaderLines(self.fp)
        self.fp = cast("io.BufferedReader", lines)
        try:
            super().begin()
            while 100 <= self.status < 200:
                if self.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                    raise http.client.HTTPException("nobody asked for another protocol")
                self.headers = self.msg = cast("http.client.HTTPMessage", None)  # as at the start
                super().begin()
        finally:
            if not self.isclosed():
                self.fp = lines.file
        if not lines.last:
            self.close()
            raise http.client.RemoteDisconnected("the connection ended within the headers")
        lengths = self.headers.get_all("content-length", ())
        if len(lengths) > 1 or not all(text.isascii() and text.isdigit() for text in lengths):
            raise http.client.HTTPException("the length is no number")  # not: no length


class _HeaderLines:
    """Remembers the last line read from a file."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.file = file
        self.close = file.close
        self.last = b""

    def readline(self, size: int) -> bytes:
        self.last = self.file.readline(size)
        return self.last


class _TLSConnection(_Connection, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]  # `response_class` again
    pass


class _Resting(queue.LifoQueue["_Connection"]):
    """The connections at rest, last come first, and so the longest at rest at the front.

    A fixed number of them would have a program that runs more streams at once connect anew for each
    of the rest. Here as many are kept as were in use, until nobody has needed them for a while.
    """

    def _put(self, item: _Connection | None) -> None:
        if item is None:  # in the place of one that broke
            return
        until = time.monotonic() - IDLE_LIMIT
        while self.queue and self.queue[0].rested_at < until:
            self.queue.pop(0).close()
        self.queue.append(item)


class _Pool(HTTPConnectionPool):
    QueueCls = _Resting  # type: ignore[assignment]  # made for items of any kind
    ConnectionCls = _Connection  # pyright: ignore[reportAssignmentType]  # nor does urllib3's own fit


class _TLSPool(HTTPSConnectionPool):
    QueueCls = _Resting  # type: ignore[assignment]  # made for items of any kind
    ConnectionCls = _TLSConnection  # pyright: ignore[reportAssignmentType]  # the same


_POOL_CLASSES: dict[str, type[HTTPConnectionPool] | type[HTTPSConnectionPool]] = {
    "http": _Pool,
    "https": _TLSPool,
}


class _Borrowed:
    """The connection that carries one answer, until it is given back to its pool.

    Apart from the stream, so that it outlives a stream that was dropped, and can be closed then.
    """

    def __init__(self, connection: _Connection, response: urllib3.BaseHTTPResponse) -> None:
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
            if _ran_out(error):
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
