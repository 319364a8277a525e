"""A real HTTP/1.1 server on 127.0.0.1, as well or as badly behaved as a test needs.

It runs in threads on raw sockets, takes a free port, and shares no code with the package: what it
sends is exactly what the test says, down to the byte where the connection breaks.

    with Server() as server:
        server.route("/v1/chat", Reply(body=[b"data: 1\\n\\n", b"data: 2\\n\\n"]))
        ...                                 # ask server.url("/v1/chat")
        request = server.requests[0]        # method, path, query, headers, body, connection
        request.wait_disconnected()         # the monotonic time the client's end was seen gone

`Reply` describes an answer. Its body is bytes, or a list of bytes (one write each, one chunk each
where chunked) and floats (seconds to wait):

    Reply(body=b"{}", framing="length")                     content-length
    Reply(body=[b"a", 0.05, b"b"])                          chunked (the default), paced
    Reply(body=[b"a"], framing="close")                     the end of the connection is the end
    Reply(status=429, headers={"retry-after": "2"}, body=b"{}")
    Reply(body=[b"a", b"b"], delay=0.1)                     seconds before the headers
    Reply(body=[b"a", b"b"], cut_after=7)                   close after 7 bytes of the framed body
    Reply(body=[b"a", b"b"], cut_after=7, reset=True)       the same with a RST
    Reply(body=b"abc", framing="length", wrong_length=+2)   promise two bytes too many
    Reply(stall="before headers")                           silence, until the client goes away
    Reply(body=[b"a", b"b"], stall="after headers")
    Reply(body=[b"a", b"b"], stall="after first")           after the first piece of the body
    Reply(body=[b"a", b"b"], stall="after body")            the terminating chunk never comes
    Reply(body=[b"a"], forever=b": ping\\n\\n", every=0.01)   keep-alives without end

A route may also be a function that is given the `Exchange` and does what it likes with it: `head`,
`write`, `chunk`, `end`, `sleep`, `stall`, `reset`; when it returns, the connection is kept alive if
`end` was called, closed otherwise. A list of replies is given out in turn, the last one for ever.
Paths without a route are answered with 404. Use one for every path with `server.route("*", ...)`.

`Server(tls=context)` speaks TLS. `server.connections` counts what was accepted.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import BinaryIO, Literal, TypeAlias

__all__ = ["Exchange", "Received", "Reply", "Route", "Server", "refused_port"]

_SAFETY = 30.0  # seconds after which a test that waits for something gives up


@dataclass
class Received:
    """A request, as it came."""

    method: str
    path: str
    query: str
    target: str
    """As in the request line."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    connection: int
    """Which of the server's connections it came on, from 0."""
    disconnected_at: float | None = None
    """When the client, or else the server, was done with the connection; `time.monotonic`."""
    gone: threading.Event = field(default_factory=threading.Event, repr=False)

    def wait_disconnected(self) -> float:
        """Return when the client was seen to be gone, once it is."""
        assert self.gone.wait(_SAFETY), "the client is still connected"
        assert self.disconnected_at is not None
        return self.disconnected_at


@dataclass(kw_only=True)
class Reply:
    """An answer; see the top of the module."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | Sequence[bytes | float] = b""
    framing: Literal["chunked", "length", "close"] = "chunked"
    delay: float = 0
    stall: Literal["before headers", "after headers", "after first", "after body"] | None = None
    cut_after: int | None = None
    reset: bool = False
    wrong_length: int = 0
    forever: bytes | None = None
    every: float = 0.01

    def __call__(self, exchange: Exchange) -> None:
        """Send it."""
        exchange.sleep(self.delay)
        if self.stall == "before headers":
            exchange.stall()
            return
        pieces = [self.body] if isinstance(self.body, bytes) else list(self.body)
        headers = dict(self.headers)
        if self.framing == "chunked":
            headers["transfer-encoding"] = "chunked"
        elif self.framing == "length":
            length = sum(len(piece) for piece in pieces if isinstance(piece, bytes))
            headers["content-length"] = str(length + self.wrong_length)
        else:
            headers["connection"] = "close"
        exchange.head(self.status, headers)
        exchange.limit = self.cut_after
        try:
            self._body(exchange, pieces)
        except _Cut:
            exchange.keep_alive = False
            if self.reset:
                exchange.reset()

    def _body(self, exchange: Exchange, pieces: Sequence[bytes | float]) -> None:
        send = exchange.chunk if self.framing == "chunked" else exchange.write
        if self.stall == "after headers":
            exchange.stall()
            return
        for piece in pieces:
            if isinstance(piece, bytes):
                send(piece)
                if self.stall == "after first":
                    exchange.stall()
                    return
            else:
                exchange.sleep(piece)
        while self.forever is not None:
            send(self.forever)
            exchange.sleep(self.every)
        if self.stall == "after body":
            exchange.stall()
        elif self.framing == "chunked":
            exchange.end()
        elif self.framing == "length" and self.wrong_length == 0:
            exchange.keep_alive = True
        if self.reset:
            exchange.reset()


class _Gone(Exception):
    """The client is no longer there."""


class _Cut(Exception):
    """As many bytes were sent as should be."""


class Exchange:
    """One request and the connection to answer it on."""

    def __init__(self, sock: socket.socket, request: Received) -> None:
        self.request = request
        self.keep_alive = False
        self.limit: int | None = None
        """How many bytes may still be written before the connection is cut."""
        self._sock = sock

    def head(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Send the status line and the headers as they are; nothing is added."""
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.write("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def write(self, data: bytes) -> None:
        """Send bytes."""
        cut = self.limit is not None and len(data) >= self.limit
        if cut:
            data = data[: self.limit]
        elif self.limit is not None:
            self.limit -= len(data)
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise _Gone from error
        if cut:
            raise _Cut

    def chunk(self, data: bytes) -> None:
        """Send one chunk of a chunked body; none where `data` is empty, for that would end it."""
        if data:
            self.write(b"%x\r\n%s\r\n" % (len(data), data))

    def end(self) -> None:
        """End a chunked body; the connection is kept for the next request."""
        self.write(b"0\r\n\r\n")
        self.keep_alive = True

    def sleep(self, seconds: float) -> None:
        """Wait, and notice if the client goes away meanwhile."""
        self._watch(time.monotonic() + seconds)

    def stall(self) -> None:
        """Say nothing more, until the client goes away."""
        self._watch(None)

    def reset(self) -> None:
        """Close with a RST."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.keep_alive = False

    def _watch(self, until: float | None) -> None:
        while until is None or until > time.monotonic():
            wait = None if until is None else max(0.0, until - time.monotonic())
            try:
                readable, _, _ = select.select([self._sock], [], [], wait)
                # Below TLS, whose sockets cannot peek: what comes there unasked says goodbye.
                if readable and not _peek(self._sock):
                    raise _Gone
                if readable and isinstance(self._sock, ssl.SSLSocket):
                    raise _Gone
            except (OSError, ValueError) as error:
                raise _Gone from error
            if readable:  # a request sent ahead of its turn
                time.sleep(0.001)


def _peek(sock: socket.socket) -> bytes:
    return socket.socket.recv(sock, 1, socket.MSG_PEEK)


Route: TypeAlias = Callable[[Exchange], None]


class Server:
    """The server; see the top of the module. Use it as a context manager."""

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Received] = []
        self.connections = 0
        self._tls = tls
        self._routes: dict[str, list[Route]] = {}
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]

    def route(self, path: str, *replies: Route) -> None:
        """Answer `path`, without its query, with `replies` in turn; the last one for ever."""
        self._routes[path] = list(replies)

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """Return the address of `path`."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def wait_requests(self, count: int) -> list[Received]:
        """Return the requests, once there are `count` of them."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, _SAFETY)
            return list(self.requests)

    def __enter__(self) -> Server:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._lock:
            self._closed = True
            sockets = list(self._open)
        for sock in [self._listener, *sockets]:  # wakes whoever is blocked on it
            with contextlib.suppress(OSError):
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(_SAFETY)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                number = self.connections
                self.connections += 1
            self._start(self._serve, sock, number)

    def _serve(self, sock: socket.socket, number: int) -> None:
        if not self._opened(sock):
            return
        if self._tls is not None:
            plain = sock
            try:
                sock = self._tls.wrap_socket(plain, server_side=True)
            except OSError:  # the client does not like our certificate, or went away
                plain.close()
                return
            finally:
                self._open.discard(plain)
            if not self._opened(sock):
                return
        last: Received | None = None
        try:
            with sock.makefile("rb") as file:
                while request := _read_request(file, number):
                    last = request
                    with self._arrived:
                        self.requests.append(request)
                        self._arrived.notify_all()
                        route = self._next_route(request.path)
                    exchange = Exchange(sock, request)
                    route(exchange)
                    if not exchange.keep_alive:
                        return
        except (OSError, ValueError, _Gone, _Cut):
            pass
        finally:
            if last is not None:
                last.disconnected_at = time.monotonic()
                last.gone.set()
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def _opened(self, sock: socket.socket) -> bool:
        with self._lock:
            if self._closed:
                sock.close()
            else:
                self._open.add(sock)
            return not self._closed

    def _next_route(self, path: str) -> Route:
        replies = self._routes.get(path) or self._routes.get("*")
        if not replies:
            return Reply(status=404, framing="length", body=b"no such route")
        return replies.pop(0) if len(replies) > 1 else replies[0]


def _read_request(file: BinaryIO, number: int) -> Received | None:
    """Return the next request, or None where the client has closed."""
    readline, read = file.readline, file.read
    start = readline().decode("latin-1").split()
    if len(start) != 3:
        return None
    headers: dict[str, str] = {}
    while line := readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = b""
    if headers.get("transfer-encoding") == "chunked":
        while size := int(readline(), 16):
            body += read(size)
            readline()
        readline()
    elif "content-length" in headers:
        body = read(int(headers["content-length"]))
    path, _, query = start[1].partition("?")
    return Received(start[0], path, query, start[1], headers, body, number)


def refused_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
