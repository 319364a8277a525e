"""HTTP through a client that the user made, of `httpx` or of `httpx2`.

The client keeps what its owner gave it: proxies, certificates, headers, hooks, limits, transports.
Only its timeouts give way to those of the request. Neither package is imported here, and the client
is never closed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from mirascope.llm.transport.failures import address, by_proxy, from_below, reason, via
from mirascope.llm.transport.headers import outgoing
from mirascope.llm.transport.http import (
    Abort,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
    TransportError,
)
from mirascope.llm.transport.httpx_streams import (
    HttpxAsyncStream,
    HttpxStream,
    is_theirs,
)
from mirascope.llm.transport.limits import finite, seconds_left
from mirascope.llm.transport.loops import cut_short

__all__ = ["HttpxDriver"]

_NO_CONNECTION = {"ConnectError", "UnsupportedProtocol", "InvalidURL"}


class HttpxDriver:
    """Sends requests through a client for each colour; see `Transport` and `AsyncTransport`."""

    def __init__(self, client: object | None = None, async_client: object | None = None) -> None:
        """Start.

        Args:
            client: An ``httpx.Client`` or ``httpx2.Client``, for synchronous calls.
            async_client: An ``AsyncClient`` of either, for asynchronous calls.
        """
        # Seen through `Any`: two packages, neither of which need be there.
        self._client = cast("Any", client)
        self._async_client = cast("Any", async_client)

    @classmethod
    def of(cls, http_client: object) -> HttpxDriver:
        """Return the driver of a client, or of a pair of them in both colours.

        Raises:
            TypeError: It is something else.
        """
        pair = isinstance(http_client, tuple)
        clients = cast("tuple[object, ...]", http_client) if pair else (http_client,)
        found = {
            "async_client" if hasattr(client, "aclose") else "client": client
            for client in clients
            if is_theirs(client) and not isinstance(client, type)
        }
        if not found or len(found) < len(clients):
            raise TypeError(
                "http_client must be a client of httpx or httpx2, or a tuple of a Client and an "
                f"AsyncClient, not {_describe(http_client)}."
            )
        return cls(**found)

    def open(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> HttpxStream:
        """Send `request`; see `Transport.open`. A fired `abort` shows once the headers are there.

        Raises:
            TypeError: Only an asynchronous client was given.
        """
        client = self._client
        if client is None:
            raise _wrong_colour(self._async_client, "a synchronous", "Client")
        request = outgoing(request)
        host = address(request.url)
        left = seconds_left(deadline)
        sent = _build(client, request, connect, left)
        way = _Way(request.url, host)
        sent.extensions["trace"] = way.trace
        response: Any = None
        failure: TransportError | None = None
        try:
            response = client.send(sent, stream=True, follow_redirects=False)
        except Exception as error:  # of any transport
            failure = way.translated(error, connecting=_is_first(connect, left))
            if failure is None:
                raise
        if failure is not None:  # here, where what httpx raised is not its context
            raise failure
        response.request.extensions.pop("trace", None)
        stream = HttpxStream(response)
        if refusal := way.refusal(stream.status):
            stream.close()
            raise refusal
        if abort is not None and abort.fired:
            stream.close()
            raise StreamClosed("closed while waiting for the answer")
        return stream

    async def open_async(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> HttpxAsyncStream:
        """Send `request`; see `AsyncTransport.open_async`.

        Raises:
            TypeError: Only a synchronous client was given.
        """
        client = self._async_client
        if client is None:
            raise _wrong_colour(self._client, "an asynchronous", "AsyncClient")
        request = outgoing(request)
        host = address(request.url)
        left = seconds_left(deadline)
        sent = _build(client, request, connect, left)
        way = _Way(request.url, host)
        sent.extensions["trace"] = way.trace_async
        loop = asyncio.get_running_loop()
        # The client's own limits come first: they leave no half-made TLS connection behind. This
        # is for headers that trickle in.
        scope = asyncio.timeout(None if left is None else left + 1)
        response: Any = None
        failure: TransportError | None = None
        try:
            async with scope:
                if abort is not None:
                    abort.watch(lambda: cut_short(loop, scope))
                response = await client.send(sent, stream=True, follow_redirects=False)
        except Exception as error:  # of any transport
            if abort is not None and abort.fired:
                failure = from_below(StreamClosed("closed while waiting for the answer"), error)
            else:
                failure = way.translated(error, connecting=_is_first(connect, left))
                if failure is None:
                    raise
        finally:
            if abort is not None:
                abort.watch(None)
        if failure is not None:
            raise failure
        response.request.extensions.pop("trace", None)
        stream = HttpxAsyncStream(response, loop)
        if refusal := way.refusal(stream.status):
            stream.close()
            raise refusal
        return stream

    def close(self) -> None:
        """Do nothing: the client is closed by who made it."""

    async def aclose(self) -> None:
        """Do nothing: the client is closed by who made it."""


def _build(client: Any, request: HttpRequest, connect: float | None, left: float | None) -> Any:
    """Return the client's own request; its limits are connect, read, write and pool."""
    limits = [limit for limit in (finite(connect), left) if limit is not None]
    return client.build_request(
        request.method,
        request.url,
        content=request.body or None,
        headers=dict(request.headers),
        timeout=(min(limits, default=None), left, left, left),
    )


def _describe(value: object) -> str:
    """Return the class of `value`, of each item where it is a tuple."""
    if isinstance(value, tuple):
        items = cast("tuple[object, ...]", value)
        return f"({', '.join(_describe(item) for item in items)})"
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def _wrong_colour(other: object, needed: str, name: str) -> TypeError:
    return TypeError(
        f"http_client is {_describe(other)}, with which {needed} call cannot be made. Pass "
        f"{name}(...) of the same package, or a tuple with one of each."
    )


def _is_first(connect: float | None, left: float | None) -> bool:
    """Say whether the limit for connecting ends before the time that is left for everything."""
    return connect is not None and (left is None or connect < left)


class _Way:
    """Where a request goes. Clients do not tell of their proxies, but where they connect to."""

    def __init__(self, url: str, host: str) -> None:
        parts = urlsplit(url)
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._name = parts.hostname or ""
        self._host = host
        self._reached = True
        self._proxy: str | None = None

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of where a connection is made; see the extension "trace" of httpcore."""
        if event == "connection.connect_tcp.started":
            name, port = str(info["host"]).strip("[]"), info["port"]
            if (name, port) != (self._name, self._port):
                self._proxy = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
                self._reached = False
        elif event == "connection.connect_tcp.complete":
            self._reached = True

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of where a connection is made; see `trace`."""
        self.trace(event, info)

    def refusal(self, status: int) -> TransportError | None:
        """Return the error for an answer of the proxy's own: no server asks for its login."""
        if self._proxy and status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            return by_proxy(self._host, self._proxy, f"answers {status}")
        return None

    def translated(self, error: Exception, *, connecting: bool) -> TransportError | None:
        """Return what `error` of `send` stands for in this package; None if not theirs."""
        names = {cls.__name__ for cls in type(error).__mro__}
        if not isinstance(error, TimeoutError) and not is_theirs(error):
            return None
        return from_below(self._stands_for(error, names, connecting), error)

    def _stands_for(self, error: Exception, names: set[str], connecting: bool) -> TransportError:
        there = via(self._host, self._proxy)
        if isinstance(error, TimeoutError):
            return DeadlineExceeded(f"no answer from {there} in time")
        if "TimeoutException" in names:
            if connecting and type(error).__name__ == "ConnectTimeout":
                return DeadlineExceeded(f"no connection to {there} in time", connecting=True)
            return DeadlineExceeded(f"no answer from {there} in time")
        if self._proxy and not self._reached:
            return by_proxy(self._host, self._proxy, f"cannot be reached: {reason(error)}")
        if "ProxyError" in names:
            # Its text is the status and the words of the proxy, of which the former is told.
            status = str(error)[:3]
            what = f"answers {status}" if status.isdecimal() else f"fails: {reason(error)}"
            return by_proxy(self._host, self._proxy or "of the client", what)
        if names & _NO_CONNECTION:
            return ConnectFailed(f"cannot connect to {there}: {reason(error)}")
        return ConnectionLost(f"the connection to {there} broke before an answer: {reason(error)}")
