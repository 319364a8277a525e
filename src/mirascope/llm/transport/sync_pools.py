"""What urllib3 does for the synchronous driver: its connections and pools, bounded as ours are.

An `Opening` is one request on its way to an answer. The connections of its thread find it, whatever
urllib3 does between them.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import operator
import queue
import re
import socket
import ssl
import threading
import time
from base64 import b64encode
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url

from mirascope.llm.transport.addresses import Admits
from mirascope.llm.transport.dialing import Bounds, BoundTLSSocket, current, dial
from mirascope.llm.transport.environment import Proxies, tls_context
from mirascope.llm.transport.failures import address, by_proxy, chain, reason, via
from mirascope.llm.transport.http import (
    Abort,
    AddressRefused,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.limits import AT_ONCE

__all__ = ["Connection", "Opening", "Pools", "proxy_of", "ran_out"]

IDLE_LIMIT = 30.0
"""Seconds after which a kept connection is not trusted any more: a router on the way may have
forgotten it without telling either end, and a request on it would wait for its deadline."""

_MOST_HELD = 64 * 1024
"""Bytes of a piece that is worth a copy to save a system call."""


def proxy_of(manager: urllib3.PoolManager) -> str | None:
    """Return host and port of the proxy that the pools of `manager` go through, if any."""
    return None if manager.proxy is None else address(manager.proxy.url)


class Pools:
    """The pools of one process: for each proxy or none, with TLS or without."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._proxies = Proxies()
        self._managers: dict[tuple[str | None, bool], urllib3.PoolManager] = {}
        self._context: ssl.SSLContext | None = None

    def manager(self, url: str) -> urllib3.PoolManager:
        """Return the pools for `url`."""
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
        by_name: Any = dict.fromkeys(_POOL_CLASSES, _pool_key)  # the keys need be no `PoolKey`
        manager.key_fn_by_scheme = by_name
        return manager

    def close(self) -> None:
        """Close every kept connection."""
        with self._lock:
            for manager in self._managers.values():
                # urllib3 closes them when nothing has the pool any more, and an answer that
                # somebody keeps has it.
                for key in manager.pools.keys():  # noqa: SIM118  # it cannot be iterated
                    pool = manager.pools.get(key)
                    if pool is not None and isinstance(pool.pool, _Resting):
                        pool.pool.close()
                manager.clear()
            self._managers.clear()


_pool_key = operator.itemgetter("scheme", "host", "port")
"""What tells the pools of one manager apart. urllib3's own key gathers three dozen options for each
request, which are the same for all of ours."""


class Opening(Bounds):
    """One call of `open`, from the limits it has to what it has reached."""

    dialed: bool = False  # whether there is a connection, perhaps to a proxy
    tunnelled: bool = False  # whether the proxy has made one of its own
    connection: Connection | None = None
    fresh: bool = False  # whether kept connections are not to be used
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

    def reached(self, connection: Connection, *, kept: bool = False) -> None:
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
            and time.monotonic() - self._kept_at < AT_ONCE
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
        timed_out = any(ran_out(item) for item in chain(error))
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


def ran_out(error: BaseException) -> bool:
    """Say whether a limit of ours has passed; one of the operating system's has a number."""
    return isinstance(error, TimeoutError) and error.errno is None


def _opening() -> Opening:
    opening = current.bounds
    assert isinstance(opening, Opening)
    return opening


class Connection(HTTPConnection):
    """A connection made by `dial`, which tells the `Opening` of its thread how far it has come."""

    head: http.client.HTTPResponse
    channel: socket.socket
    rested_at: float = 0.0
    _held: list[bytes] | None = None  # what of a request is to be sent together

    @property
    def is_connected(self) -> bool:
        """Return whether this can be used; one that has rested for long is not trusted."""
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
        """Connect, and take note of it."""
        super().connect()
        _opening().reached(self)

    def request(self, *args: Any, **options: Any) -> None:
        """Send the request: head and body together, as a rule.

        urllib3 sends them one by one. For what fits into a few packets, that is twice the system
        calls on both sides, and a server that is woken by half a request.
        """
        opening = _opening()
        if self.sock is not None and opening.connection is not self:  # not made just now
            opening.reached(self, kept=True)
        self._held = []
        try:
            super().request(*args, **options)
            self._send_held()
        finally:
            self._held = None

    def send(self, data: Any) -> None:
        """Send some of the request, or hold it until there is more to send with it."""
        if self._held is not None and isinstance(data, bytes) and len(data) <= _MOST_HELD:
            self._held.append(data)
            return
        self._send_held()
        super().send(data)

    def _send_held(self) -> None:
        held, self._held = self._held, None  # what connects first, to a proxy say, also sends
        if held:
            super().send(b"".join(held))

    def response_class(  # type: ignore[override]  # called like the class it stands for
        self, sock: socket.socket, *args: Any, **options: Any
    ) -> http.client.HTTPResponse:
        """Return the answer's head, and remember it: its body is read from it."""
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


class _TLSConnection(Connection, HTTPSConnection):  # pyright: ignore[reportIncompatibleVariableOverride]  # `response_class` again
    pass


class _Resting(queue.LifoQueue["Connection"]):
    """The connections at rest, last come first, and so the longest at rest at the front.

    A fixed number of them would have a program that runs more streams at once connect anew for each
    of the rest. Here as many are kept as were in use, until nobody has needed them for a while.
    """

    def _put(self, item: Connection | None) -> None:
        if item is None:  # in the place of one that broke
            return
        until = time.monotonic() - IDLE_LIMIT
        while self.queue and self.queue[0].rested_at < until:
            self.queue.pop(0).close()
        self.queue.append(item)

    def close(self) -> None:
        """Close all that are there; who has the pool can go on with new ones."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.get(block=False).close()


class _Pool(HTTPConnectionPool):
    QueueCls = _Resting  # type: ignore[assignment]  # made for items of any kind
    ConnectionCls = Connection  # pyright: ignore[reportAssignmentType]  # nor does urllib3's own fit


class _TLSPool(HTTPSConnectionPool):
    QueueCls = _Resting  # type: ignore[assignment]  # made for items of any kind
    ConnectionCls = _TLSConnection  # pyright: ignore[reportAssignmentType]  # the same


_POOL_CLASSES: dict[str, type[HTTPConnectionPool] | type[HTTPSConnectionPool]] = {
    "http": _Pool,
    "https": _TLSPool,
}
