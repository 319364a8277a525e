"""HTTP for asynchronous callers, on aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import functools
import http
import io
import os
import socket
import ssl
import threading
import time
import weakref
from collections.abc import AsyncGenerator
from contextvars import ContextVar
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from yarl import URL

from mirascope.llm.transport.addresses import Admits, check_behind_proxy
from mirascope.llm.transport.async_body import AsyncBody
from mirascope.llm.transport.async_stream import AsyncStream, PackedStream
from mirascope.llm.transport.body import Body, ChunkedBody, SizedBody, UnsizedBody, unpacker
from mirascope.llm.transport.environment import Proxies, tls_context
from mirascope.llm.transport.failures import (
    address,
    by_proxy,
    chain,
    from_below,
    reason,
    via,
)
from mirascope.llm.transport.headers import outgoing
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
from mirascope.llm.transport.limits import AT_ONCE, finite, seconds_left
from mirascope.llm.transport.loops import cut_short
from mirascope.llm.transport.sockets import has_unread

__all__ = ["AsyncDriver"]

_IDLE_LIMIT = 30.0  # seconds that a connection is kept; see the sync driver
_MAX_HEADER = 64 * 1024  # bytes, as in `http.client`
_READ_SIZE = 256 * 1024  # bytes, as in asyncio
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
        left = seconds_left(deadline)
        loop = asyncio.get_running_loop()
        kept = self._sessions.get(loop) or await self._start(loop)
        scope = asyncio.timeout(left)
        opening = _Opening(self._admits if proxy is None else None)
        outer = _openings.set(opening)
        way = _Way(host, None if proxy is None else address(proxy))
        response: aiohttp.ClientResponse | None = None
        failure: TransportError | None = None
        try:
            async with scope:
                tls = await self._context() if request.url.startswith("https") else True
                if abort is not None:
                    abort.watch(lambda: cut_short(loop, scope))
                ask = functools.partial(_ask, kept.session, request, proxy, tls, connect)
                try:
                    response = await ask()
                except (aiohttp.ClientError, OSError) as error:
                    if not opening.found_closed(error) or (abort is not None and abort.fired):
                        raise
                if response is None:
                    opening.fresh = True
                    response = await ask()
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
            _openings.reset(outer)
            if abort is not None:
                abort.watch(None)
        if failure is not None:  # here, where what aiohttp raised is not its context
            raise failure
        assert response is not None, "it is there, or why it is not"
        stream = AsyncStream(response, loop)
        try:
            if way.proxy and response.status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
                raise by_proxy(host, way.proxy, "answers 407")
            if response.status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                raise ConnectionLost(f"{host} speaks another protocol, which nobody asked for")
            inflater = unpacker(stream.headers, request.headers)
        except TransportError:
            stream.close()
            raise
        return stream if inflater is None else PackedStream(stream, inflater)

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


async def _ask(
    session: aiohttp.ClientSession,
    request: HttpRequest,
    proxy: str | None,
    tls: ssl.SSLContext | bool,
    connect: float | None,
) -> aiohttp.ClientResponse:
    large = len(request.body) > _LARGE_BODY
    return await session.request(
        request.method,
        URL(request.url, encoded=True),
        data=(io.BytesIO(request.body) if large else request.body) or None,
        headers=dict(request.headers),
        proxy=proxy,
        ssl=tls,
        allow_redirects=False,
        timeout=aiohttp.ClientTimeout(total=None, connect=finite(connect)),
    )


class _Opening:
    """One request on its way to an answer; the connections of its task find it."""

    def __init__(self, admits: Admits | None) -> None:
        self.admits = admits
        """Which addresses it may be sent to; all when None, as to a proxy."""
        self.fresh = False
        """Whether kept connections are not to be used."""
        self.kept: _Handler | None = None
        """The kept connection that it was sent on."""
        self.kept_at = 0.0

    def found_closed(self, error: Exception) -> bool:
        """Say whether the server had closed a kept connection; see `sync_pools.Opening`."""
        return (
            self.kept is not None
            and not self.kept.heard
            and time.monotonic() - self.kept_at < AT_ONCE
            and any(map(_is_goodbye, chain(error)))
        )


_openings: ContextVar[_Opening | None] = ContextVar("_openings", default=None)


def _is_goodbye(error: BaseException) -> bool:
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionError):
        return True
    return isinstance(error, OSError) and error.errno in (errno.ECONNRESET, errno.EPIPE)


def _admitted_socket(info: tuple[Any, ...]) -> socket.socket:
    """Return a socket for an address, which is connected to next.

    Raises:
        AddressRefused: It is not admitted.
    """
    family, kind, protocol, _, address = info
    opening = _openings.get()
    admits = None if opening is None else opening.admits
    if admits is not None and not admits(str(address[0])):
        raise AddressRefused("the address is not admitted")
    return socket.socket(family, kind, protocol)


class _Handler(ResponseHandler, asyncio.BufferedProtocol):
    """What a connection says.

    It lends the loop what to read into: for a plain protocol, the loop asks the operating system
    for a quarter of a megabyte at each read, and gives it back, which costs more than the read.
    """

    used = False  # whether a request was sent on it
    heard = False  # whether anything has come since the last one
    body: AsyncBody | None = None  # of its answer, once the head has come

    def __init__(self, room: memoryview, loop: asyncio.AbstractEventLoop) -> None:
        """Begin; all connections of a loop share `room`, for it is free again after each read."""
        super().__init__(loop)
        self._room = room

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return what to read into."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Take what was read."""
        data = bytes(self._room[:nbytes])
        body = self.body
        if body is None:
            self.heard = True
            self.data_received(data)
        else:
            body.feed(data)

    def data_received(self, data: bytes) -> None:
        """Give aiohttp the head, by its lines, and the body what follows it."""
        start = 0
        while start < len(data):
            if self.body is not None:
                self.body.feed(data[start:])
                return
            end = data.find(b"\n", start) + 1 or len(data)
            super().data_received(data[start:end])
            start = end
            if self.transport is None or self.transport.is_closing():  # that line was wrong
                return

    def feed_data(self, data: Any, size: int = 0) -> None:
        """Hand over the head of an answer, and what its body will come through."""
        message, payload = data
        if message.code >= http.HTTPStatus.OK:
            self.body = AsyncBody(_framing(message, payload), self, payload)
            data = message, self.body
        super().feed_data(data, size)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell the reader of a body that was not at its end."""
        if self.body is not None:
            self.body.lost(exc)
        super().connection_lost(exc)
        if (lost := self.closed) is not None and lost.done() and not lost.cancelled():
            lost.exception()  # or asyncio reports that nobody looked at it


def _framing(message: Any, payload: object) -> Body:
    """Return what tells where a body ends, given its head and what aiohttp would read it into."""
    if payload is aiohttp.EMPTY_PAYLOAD:
        return SizedBody(0)
    if message.chunked:
        return ChunkedBody()
    length = message.headers.get("content-length")  # a number: aiohttp has seen to it
    return UnsizedBody() if length is None else SizedBody(int(length))


class _Connector(aiohttp.TCPConnector):
    """Makes and keeps connections, and keeps none on which the server says something unasked.

    That is its goodbye, or bytes that would be taken for the answer to the next request.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType]  # aiohttp's types
        handler: Any = functools.partial(_Handler, memoryview(bytearray(_READ_SIZE)), self._loop)
        self._factory = handler

    async def connect(self, *args: Any, **options: Any) -> Connection:
        """Return a connection, kept or new, on which nothing has come unasked."""
        opening = _openings.get()
        while True:
            connection = await super().connect(*args, **options)
            protocol = connection.protocol
            if not isinstance(protocol, _Handler) or not protocol.used:
                break
            transport = connection.transport
            unread = transport is None or has_unread(transport.get_extra_info("socket"))
            # `should_close` has to do with what was read.
            if not (unread or protocol.should_close or (opening is not None and opening.fresh)):
                if opening is not None:
                    opening.kept, opening.kept_at = protocol, time.monotonic()
                break
            connection.close()
        if isinstance(protocol, _Handler):
            protocol.used, protocol.heard, protocol.body = True, False, None
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
