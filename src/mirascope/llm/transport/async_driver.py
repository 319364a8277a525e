"""HTTP for asynchronous callers, on aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import http
import io
import os
import socket
import ssl
import threading
import time
import weakref
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from aiohttp.connector import Connection
from yarl import URL

from mirascope.llm.transport.addresses import Admits, check_behind_proxy
from mirascope.llm.transport.body import Inflater, unpacker
from mirascope.llm.transport.environment import Proxies, tls_context
from mirascope.llm.transport.failures import (
    address,
    by_proxy,
    chain,
    from_below,
    reason,
    via,
)
from mirascope.llm.transport.headers import incoming, outgoing
from mirascope.llm.transport.http import (
    Abort,
    AddressRefused,
    AsyncByteStream,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.limits import finite, seconds_left
from mirascope.llm.transport.loops import OTHER_LOOP, cut_short, running_loop
from mirascope.llm.transport.sockets import has_unread, shut_down

__all__ = ["AsyncDriver"]

_IDLE_LIMIT = 30.0  # seconds that a connection is kept; see the sync driver
_MAX_HEADER = 64 * 1024  # bytes, as in `http.client`
_LARGE_BODY = 1024 * 1024  # above that, aiohttp wants to send a file in pieces


class AsyncDriver:
    """Sends requests through a session for each event loop; see `AsyncTransport`.

    A session is closed when its loop shuts down, as `asyncio.run` sees to. A process forked off
    runs loops of its own and leaves its parent's connections alone.
    """

    def __init__(self, admits: Admits | None = None) -> None:
        """Connect to nothing so far; see `SyncDriver`."""
        self._admits = admits
        self._sessions: _Sessions = {}
        self._proxies = Proxies()
        self._tls: ssl.SSLContext | None = None
        self._making = threading.Lock()
        weakref.finalize(self, _close_all, self._sessions, os.getpid())

    async def open_async(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> AsyncByteStream:
        """Send `request`; see `AsyncTransport.open_async`."""
        host = address(request.url)
        request = outgoing(request)
        proxy = self._proxies.find(request.url)
        if self._admits is not None and proxy is not None:
            check_behind_proxy(urlsplit(request.url).hostname or "", self._admits)
        large = len(request.body) > _LARGE_BODY
        left = seconds_left(deadline)
        loop = asyncio.get_running_loop()
        kept = self._sessions.get(loop) or await self._start(loop)
        scope = asyncio.timeout(left)
        admitting = _admitting.set(self._admits if proxy is None else None)
        way = _Way(host, None if proxy is None else address(proxy))
        response: aiohttp.ClientResponse | None = None
        failure: TransportError | None = None
        try:
            async with scope:
                tls = await self._context() if request.url.startswith("https") else True
                if abort is not None:
                    abort.watch(lambda: cut_short(loop, scope))
                response = await kept.session.request(
                    request.method,
                    URL(request.url, encoded=True),
                    data=(io.BytesIO(request.body) if large else request.body) or None,
                    headers=dict(request.headers),
                    proxy=proxy,
                    ssl=tls,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=None, connect=finite(connect)),
                )
        # A timeout is an OSError too, and a name that cannot be one a ValueError.
        except (aiohttp.ClientError, OSError, ValueError) as error:
            closed = abort is not None and abort.fired
            failure = from_below(
                StreamClosed("closed while waiting for the answer")
                if closed
                else way.translated(error),
                error,
            )
        finally:
            _admitting.reset(admitting)
            if abort is not None:
                abort.watch(None)
        if failure is not None:  # here, where what aiohttp raised is not its context
            raise failure
        assert response is not None
        stream = _AsyncStream(response, loop)
        try:
            if way.proxy and response.status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                raise by_proxy(host, way.proxy, "answers 407")
            if response.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                raise ConnectionLost(f"{host} speaks another protocol, which nobody asked for")
            inflater = unpacker(stream.headers, request.headers)
        except TransportError:
            stream.close()
            raise
        return stream if inflater is None else _PackedStream(stream, inflater)

    async def aclose(self) -> None:
        """Close every connection pooled for the running event loop."""
        kept = self._sessions.get(asyncio.get_running_loop())
        if kept is not None:
            await kept.keeper.aclose()

    async def _start(self, loop: asyncio.AbstractEventLoop) -> _Kept:
        """Make the session of `loop`."""
        self._forget_closed_loops()
        # Neither cookies nor what `trust_env` brings: it would put a password from ~/.netrc in the
        # place of the key. Proxies are looked up here, as in the other driver.
        session = aiohttp.ClientSession(
            connector=_Connector(
                limit=0,
                keepalive_timeout=_IDLE_LIMIT,
                socket_factory=None if self._admits is None else _admitted_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,  # the drivers are to agree on what is whole
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
        )
        kept = self._sessions[loop] = _Kept(session, _keep(self._sessions, loop, session))
        await anext(kept.keeper)  # runs to its `yield` without waiting for anything
        return kept

    async def _context(self) -> ssl.SSLContext:
        """Return the certificates to trust, read in a thread: there are hundreds."""
        if self._tls is None:
            return await asyncio.to_thread(self._new_context)
        return self._tls

    def _new_context(self) -> ssl.SSLContext:
        with self._making:
            if self._tls is None:
                self._tls = tls_context()
            return self._tls

    def _forget_closed_loops(self) -> None:
        """Drop the sessions of loops that were closed without the clean-up of `asyncio.run`."""
        for loop in list(self._sessions):
            if loop.is_closed() and (kept := self._sessions.pop(loop, None)):
                _abandon(kept.session)  # another loop's thread may have come first


_admitting: ContextVar[Admits | None] = ContextVar("_admitting", default=None)
"""Which addresses the request of this task may be sent to; all when None, as to a proxy."""


def _admitted_socket(info: tuple[Any, ...]) -> socket.socket:
    """Return a socket for an address, which is connected to next.

    Raises:
        AddressRefused: It is not admitted.
    """
    family, kind, protocol, _, address = info
    admits = _admitting.get()
    if admits is not None and not admits(str(address[0])):
        raise AddressRefused("the address is not admitted")
    return socket.socket(family, kind, protocol)


class _Connector(aiohttp.TCPConnector):
    """Makes and keeps connections, and keeps none on which the server says something unasked.

    That is its goodbye, or bytes that would be taken for the answer to the next request.
    """

    @functools.cached_property
    def _used(self) -> weakref.WeakSet[asyncio.BaseProtocol]:
        return weakref.WeakSet()

    async def connect(self, *args: Any, **options: Any) -> Connection:
        """Return a connection, kept or new, on which nothing has come unasked."""
        while True:
            connection = await super().connect(*args, **options)
            protocol = connection.protocol
            if protocol is None or protocol not in self._used:
                break
            transport = connection.transport
            unread = transport is None or has_unread(transport.get_extra_info("socket"))
            if not (unread or protocol.should_close):  # which has to do with what was read
                break
            connection.close()
        if protocol is not None:
            self._used.add(protocol)
        return connection


class _Kept(NamedTuple):
    session: aiohttp.ClientSession
    keeper: AsyncGenerator[None, None]


_Sessions: TypeAlias = dict[asyncio.AbstractEventLoop, _Kept]


def _close_all(sessions: _Sessions, process: int) -> None:
    """Close what a driver leaves behind when it is dropped, or at the end of the program."""
    if process != os.getpid():
        return
    for loop, kept in list(sessions.items()):
        if loop.is_running():
            with contextlib.suppress(RuntimeError):  # closed meanwhile
                loop.call_soon_threadsafe(loop.create_task, kept.keeper.aclose())
        elif sessions.pop(loop, None):
            _abandon(kept.session)


async def _keep(
    sessions: _Sessions, loop: asyncio.AbstractEventLoop, session: aiohttp.ClientSession
) -> AsyncGenerator[None, None]:
    """Close `session` when `loop` shuts down, which closes every generator that has started."""
    try:
        yield
    finally:
        sessions.pop(loop, None)
        await session.close()


def _abandon(session: aiohttp.ClientSession) -> None:
    """Close what can be closed without a running loop, so that nothing is said about the rest."""
    connector = session.connector
    session.detach()
    if connector is not None:
        connector.__exit__(None, None, None)  # the one way that does not have to be awaited


class _Way(NamedTuple):
    """Where a request goes; see `failures`."""

    host: str
    proxy: str | None

    def translated(self, error: Exception) -> TransportError:
        """Return the error of this package that `error` stands for."""
        host, proxy = self
        if any(isinstance(item, AddressRefused) for item in chain(error)):
            return AddressRefused(f"no address of {host} is admitted")
        there = via(host, proxy)
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            return DeadlineExceeded(f"no connection to {there} in time", connecting=True)
        if proxy and isinstance(error, aiohttp.ClientHttpProxyError):
            return by_proxy(host, proxy, f"answers {error.status}")
        # What needs a proxy leaves it to that to look up the name.
        unreached = aiohttp.ClientProxyConnectionError | aiohttp.ClientConnectorDNSError
        if proxy and isinstance(error, unreached):
            return by_proxy(host, proxy, f"cannot be reached: {reason(error)}")
        if isinstance(error, aiohttp.ClientConnectorError | ValueError):
            return ConnectFailed(f"cannot connect to {there}: {reason(error)}")
        if isinstance(error, TimeoutError):
            return DeadlineExceeded(f"no answer from {there} in time")
        return ConnectionLost(f"the connection to {there} broke before an answer: {reason(error)}")


class _Borrowed:
    """The connection that carries one answer. Outlives a stream that was dropped, to be closed."""

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        loop: asyncio.AbstractEventLoop,
        on_lost: Callable[[], None],
    ) -> None:
        self._response = response
        self._loop = loop
        self._process = os.getpid()
        self._on_lost = on_lost
        connection = response.connection
        protocol = None if connection is None else connection.protocol
        self._lost = None if protocol is None else protocol.closed
        if self._lost is not None:
            self._lost.add_done_callback(self._connection_lost)

    def _connection_lost(self, lost: asyncio.Future[None]) -> None:
        _look_at_error(lost)
        self._on_lost()

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
        if self._lost is not None:
            self._lost.remove_done_callback(self._connection_lost)
            self._lost.remove_done_callback(_look_at_error)  # an earlier answer's
            self._lost.add_done_callback(_look_at_error)

    def _shut_down(self) -> None:
        """Let the peer know now; the loop would close the socket in its next round at the earliest.

        After the end of the body the response has no connection any more.
        """
        connection = self._response.connection
        if connection is not None and connection.transport is not None:
            shut_down(connection.transport.get_extra_info("socket"))


def _look_at_error(lost: asyncio.Future[None]) -> None:
    """Keep asyncio from reporting that nobody did."""
    if not lost.cancelled():
        lost.exception()


def _latin_1(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Read headers anew as what they are by the standard; aiohttp takes them for UTF-8."""
    for name, value in headers:
        if not value.isascii():
            value = value.encode("utf-8", "surrogateescape").decode("latin-1")
        yield name, value


class _AsyncStream:
    """The body of an answer; see `AsyncByteStream`."""

    def __init__(self, response: aiohttp.ClientResponse, loop: asyncio.AbstractEventLoop) -> None:
        self.status: int = response.status
        self.headers: Mapping[str, str] = incoming(_latin_1(response.headers.items()))
        self._content = response.content
        self._loop = loop
        self._closed = False
        self._failure: TransportError | None = None
        self._reading = False
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        # Neither it nor a timer may keep a stream that was dropped.
        self._self: weakref.ref[_AsyncStream] = weakref.ref(self)
        self._borrowed = _Borrowed(response, loop, functools.partial(_tell_lost, self._self))
        # Not `__del__`: among the garbage of a cycle, the connection may be finalized first, and
        # complain; this keeps it. Later, since garbage is collected in the middle of anything.
        self._finalizer = weakref.finalize(self, self._borrowed.close, later=True)

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `AsyncByteStream.read`."""
        if self._closed:
            raise StreamClosed("read after it was closed")
        content = self._content
        if self._failure is not None:
            raise self._failure
        if content.at_eof():
            return self._ended()
        broken = content.exception()
        if broken is not None:
            return self._last_bytes(broken)
        if deadline is not None and time.monotonic() >= deadline:
            raise DeadlineExceeded
        data = content.read_nowait()
        if data:
            return data
        if self._loop.is_closed():
            raise self._failed(ConnectionLost())
        self._set_deadline(deadline)
        self._reading = True
        try:
            return await content.readany() or self._ended()
        except Exception as error:  # of several unrelated classes; a cancellation is none of them
            failure = (
                from_below(StreamClosed("closed while being read"), error)
                if self._closed
                else self._failed(_translated_break(error))
            )
        finally:
            self._reading = False
        raise failure  # here, where what aiohttp raised is not its context

    def _last_bytes(self, error: BaseException) -> bytes:
        """Return what came before the connection broke, which aiohttp keeps behind its error."""
        self._content.set_exception(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # there is no other way
        data = self._content.read_nowait()
        failure = self._failed(_translated_break(error))
        if data:
            return data
        raise failure

    def _failed(self, failure: TransportError) -> TransportError:
        """Take note of what ended the stream, and let go of its connection."""
        if self._loop.is_closed():
            failure = ConnectionLost(OTHER_LOOP)
        self._failure = failure
        self._release()
        return failure

    def _ended(self) -> bytes:
        self._release()
        return b""

    def _release(self) -> None:
        """Let go of the connection: it is in its pool already where the body has ended."""
        self._stop_timer()
        if self._finalizer.detach() is not None:
            self._borrowed.close()

    def _set_deadline(self, deadline: float | None) -> None:
        """Have the next wait end at `deadline`: by one timer, moved only when it is too late."""
        self._deadline = deadline
        if deadline is None or (self._timer is not None and self._timer_at <= deadline):
            return
        self._stop_timer()
        self._start_timer(deadline)

    def _start_timer(self, deadline: float) -> None:
        left = min(deadline - time.monotonic(), 1e8)
        self._timer = self._loop.call_later(left, _expire, self._self)
        self._timer_at = deadline

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def expire(self) -> None:
        """End the wait if it lasts longer than it may; look again when that may be."""
        self._timer = None
        if not self._reading or self._deadline is None:
            return
        if time.monotonic() < self._deadline:
            self._start_timer(self._deadline)
        else:
            self._content.set_exception(DeadlineExceeded())

    def lost(self) -> None:
        """Fail if nobody said what became of the body: aiohttp forgets to after a bad chunk."""
        if self._content.exception() is None and not self._content.is_eof():
            self._content.set_exception(aiohttp.ClientPayloadError("the body is damaged"))

    def close(self) -> None:
        """Close at once; see `AsyncByteStream.close`. From other threads too."""
        if not self._closed:
            self._closed = True
            self._release()


class _PackedStream:
    """The body of an answer that is unpacked on its way."""

    def __init__(self, stream: _AsyncStream, inflater: Inflater) -> None:
        self.status = stream.status
        self.headers = stream.headers
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


def _expire(stream: weakref.ref[_AsyncStream]) -> None:
    found = stream()
    if found is not None:
        found.expire()


def _tell_lost(stream: weakref.ref[_AsyncStream]) -> None:
    found = stream()
    if found is not None:
        found.lost()


def _translated_break(error: BaseException) -> TransportError:
    if isinstance(error, DeadlineExceeded):
        return DeadlineExceeded()
    if isinstance(error, aiohttp.ClientPayloadError):
        what = "the connection ended before the answer was whole, or it is damaged"
    else:
        what = f"the connection broke: {reason(error)}"
    return from_below(ConnectionLost(what), error)
