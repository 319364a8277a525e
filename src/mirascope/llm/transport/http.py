"""What passes between a provider and the network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

__all__ = [
    "Abort",
    "AddressRefused",
    "AsyncByteStream",
    "AsyncTransport",
    "ByteStream",
    "ConnectFailed",
    "ConnectionLost",
    "DeadlineExceeded",
    "HttpRequest",
    "StreamClosed",
    "Transport",
    "TransportError",
]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class HttpRequest:
    """A request, complete but for its credentials until a signer has added them."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names in lower case."""
    body: bytes = b""
    method: Literal["POST", "GET"] = "POST"

    def __repr__(self) -> str:
        """Return what is no secret: no user, no value of the query or of a header, no body."""
        address, _, query = self.url.partition("?")
        scheme, slashes, rest = address.partition("://")
        netloc, slash, path = rest.partition("/")
        url = f"{scheme}{slashes}{netloc.rpartition('@')[2]}{slash}{path}"
        pairs = (part.partition("=") for part in query.split("&"))
        names = [f"{name}=..." for name, given, _ in pairs if given]
        shown = f"{url}?{'&'.join(names)}" if names else url
        return f"HttpRequest({self.method} {shown!r}, headers={[*self.headers]})"


class TransportError(Exception):
    """Base of what a transport raises; the provider turns it into an `llm` error.

    Messages never hold a URL's query, a header's value or a body.
    """


class ConnectFailed(TransportError):
    """The connection could not be made: name, network, TLS or proxy."""


class AddressRefused(ConnectFailed, OSError):
    """The host has no address that may be connected to.

    Also an `OSError`, as which it passes the libraries that connect.
    """


class ConnectionLost(TransportError):
    """The connection broke, or ended before the body was whole."""


class DeadlineExceeded(TransportError):
    """The deadline passed.

    Attributes:
        connecting: Whether it was the limit for connecting.
        fetching: Whether it passed while credentials were fetched, before anything was sent.
    """

    def __init__(
        self,
        message: str = "deadline exceeded",
        *,
        connecting: bool = False,
        fetching: bool = False,
    ) -> None:
        super().__init__(message)
        self.connecting = connecting
        self.fetching = fetching


class StreamClosed(TransportError):
    """The stream was closed on this side, perhaps by another thread or task, while being read."""


class Abort:
    """Ends an `open` that still waits, from any thread or task; the `open` raises `StreamClosed`.

    Once `open` has returned, the stream's own `close` does that, and this has no effect.

    Attributes:
        fired: Whether `fire` was called.
    """

    __slots__ = ("_lock", "_wake", "fired")

    def __init__(self) -> None:
        self.fired: bool = False
        self._wake: Callable[[], None] | None = None
        self._lock = threading.RLock()  # a signal's handler may fire what its thread watches

    def fire(self) -> None:
        """End it."""
        with self._lock:
            self.fired = True
            if self._wake is not None:
                self._wake()

    def watch(self, wake: Callable[[], None] | None) -> None:
        """Have `wake` called by `fire`, at once where that was before; for transports.

        Args:
            wake: Is called in the thread of `fire`; must not raise, nor wait. None when there is
                nothing left to wake: once this returns, nothing is called any more.
        """
        with self._lock:
            self._wake = wake
            if self.fired and wake is not None:
                wake()


class ByteStream(Protocol):
    """The body of an answer as it arrives. One reader at a time; `close` from any thread."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""

    def read(self, deadline: float | None) -> bytes:
        """Return the next bytes, as many as are there; empty at the end of the body.

        Args:
            deadline: On the clock of `time.monotonic`; None to wait for ever.

        Raises:
            DeadlineExceeded: Nothing came until `deadline`.
            ConnectionLost: The connection broke, or the body ended too early.
            StreamClosed: `close` was called, before or meanwhile.
        """
        ...

    def close(self) -> None:
        """Close at once; the socket too, unless the body was read to its end. Never raises."""
        ...


class AsyncByteStream(Protocol):
    """As `ByteStream`, for one event loop. A `read` may be cancelled; the next loses nothing."""

    status: int
    headers: Mapping[str, str]

    async def read(self, deadline: float | None) -> bytes:
        """Return the next bytes; see `ByteStream.read`."""
        ...

    def close(self) -> None:
        """Close at once, without waiting; see `ByteStream.close`."""
        ...


class Transport(Protocol):
    """Sends requests, synchronously. Safe to use from several threads."""

    def open(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> ByteStream:
        """Send `request` and return the answer once its status and headers are there.

        Any status is returned, not raised. Redirects are not followed.

        Args:
            request: What to send.
            connect: Limit in seconds for making the connection.
            deadline: Until when the headers must be there, on the clock of `time.monotonic`.
            abort: What ends it early.

        Raises:
            ConnectFailed: The connection could not be made.
            ConnectionLost: It broke before the headers were whole.
            DeadlineExceeded: One of the two limits passed.
            StreamClosed: `abort` was fired.
            ValueError: A header cannot be sent, as it holds a line end for example.
        """
        ...

    def close(self) -> None:
        """Close every pooled connection."""
        ...


class AsyncTransport(Protocol):
    """Sends requests, asynchronously. One object serves any number of event loops."""

    async def open_async(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> AsyncByteStream:
        """Send `request`; see `Transport.open`."""
        ...

    async def aclose(self) -> None:
        """Close every connection pooled for the running event loop."""
        ...
