"""HTTP through a client that the user made, of `httpx` or of `httpx2`.

The client keeps what its owner gave it: proxies, certificates, headers, hooks, limits, transports.
Only its timeouts give way to those of the request. Neither package is imported here, and the client
is never closed here.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from mirascope.llm.transport.failures import address, reason
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

_NO_CONNECTION = {"ConnectError", "ProxyError", "UnsupportedProtocol", "InvalidURL"}


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
        try:
            response = client.send(sent, stream=True, follow_redirects=False)
        except Exception as error:  # of any transport
            translated = _translated(error, host, connecting=_is_first(connect, left))
            if translated is None:
                raise
            raise translated from error
        stream = HttpxStream(response)
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
        loop = asyncio.get_running_loop()
        # The client's own limits come first: they leave no half-made TLS connection behind. This
        # is for headers that trickle in.
        scope = asyncio.timeout(None if left is None else left + 1)
        try:
            async with scope:
                if abort is not None:
                    abort.watch(lambda: cut_short(loop, scope))
                response = await client.send(sent, stream=True, follow_redirects=False)
        except Exception as error:  # of any transport
            if abort is not None and abort.fired:
                raise StreamClosed("closed while waiting for the answer") from error
            translated = _translated(error, host, connecting=_is_first(connect, left))
            if translated is None:
                raise
            raise translated from error
        finally:
            if abort is not None:
                abort.watch(None)
        return HttpxAsyncStream(response, loop)

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


def _translated(error: Exception, host: str, *, connecting: bool) -> TransportError | None:
    """Return the error of this package that `error` of `send` stands for; None if not theirs."""
    names = {cls.__name__ for cls in type(error).__mro__}
    if isinstance(error, TimeoutError):
        return DeadlineExceeded(f"no answer from {host} in time")
    if not is_theirs(error):
        return None
    if "TimeoutException" in names:
        connecting = connecting and type(error).__name__ == "ConnectTimeout"
        return DeadlineExceeded(f"no answer from {host} in time", connecting=connecting)
    if names & _NO_CONNECTION:
        return ConnectFailed(f"cannot connect to {host}: {reason(error)}")
    return ConnectionLost(f"the connection to {host} broke before an answer: {reason(error)}")
