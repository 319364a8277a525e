"""What is done to sockets directly."""

from __future__ import annotations

import contextlib
import importlib
import io
import math
import select
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import Any, Protocol

__all__ = ["BlockingReceiver", "FileReceiver", "Receiver", "has_unread", "receiver", "shut_down"]

READ_SIZE = 64 * 1024

_SIGNALS = tuple(signal.valid_signals())
_INTERRUPT = signal.default_int_handler
# `signal.getsignal` without the enumerations, which cost twenty times as much.
_handler: Callable[[int], object] = importlib.import_module("_signal").getsignal


def shut_down(sock: object) -> None:
    """End both directions of a connection at once, from any thread; it stays to be closed.

    Below TLS, which would want to talk about it first. Whoever is blocked on the socket wakes up,
    and the peer sees the end, which a `close` brings neither.

    Args:
        sock: A socket, what stands for one in asyncio or urllib3, or None.
    """
    found: Any = sock
    while not isinstance(found, socket.socket) and hasattr(found, "socket"):
        found = found.socket  # urllib3's TLS inside the TLS of a proxy
    # Already closed; or an object of another event loop that does not offer it.
    with contextlib.suppress(OSError, AttributeError, TypeError):
        if isinstance(found, socket.socket):
            socket.socket.shutdown(found, socket.SHUT_RDWR)
        elif found is not None:
            found.shutdown(socket.SHUT_RDWR)


def has_unread(sock: Any) -> bool:
    """Say whether something has come that nobody has read: bytes, or the peer's end.

    Args:
        sock: A socket, or what stands for one in asyncio, with a `fileno`.
    """
    try:
        if hasattr(select, "poll"):  # where `select` takes no high numbers
            poll = select.poll()
            poll.register(sock, select.POLLIN)
            return bool(poll.poll(0))
        return bool(select.select([sock], [], [], 0)[0])
    except (OSError, ValueError):  # closed meanwhile
        return True


class Receiver(Protocol):
    """Reads a body from a socket."""

    def receive(self) -> bytes:
        """Return what is there, waiting for it if need be; empty at the end.

        Raises:
            TimeoutError: The limit has passed.
        """
        ...

    def limit(self, seconds: float) -> None:
        """Let each `receive` wait so long; `math.inf` for ever."""
        ...

    def rest(self) -> None:
        """Leave the socket as it was found."""
        ...


def receiver(sock: socket.socket, file: io.BufferedReader) -> Receiver:
    """Return the cheapest receiver that works for `sock`.

    Args:
        sock: A socket, or what stands for one in TLS.
        file: What was read from so far; it may hold the beginning of the body.
    """
    plain = type(sock).recv is socket.socket.recv  # no TLS in between
    if plain and sys.platform in ("linux", "darwin") and not _signals_are_handled():
        return BlockingReceiver(sock, file)
    return FileReceiver(sock, file)


def _signals_are_handled() -> bool:
    """Say whether a signal may interrupt a wait and have it go on; Ctrl-C by default ends it."""
    handlers = filter(callable, map(_handler, _SIGNALS))  # most are numbers, or none
    return any(handler is not _INTERRUPT for handler in handlers)


class BlockingReceiver:
    """Leaves the limit to the operating system: a read is one system call.

    Python's own limits make it two, a `poll` and the read, and a chunk costs a third more. The
    price: a signal that is handled while waiting starts the wait anew, again and again where a
    timer sends it. So this is for programs that handle none.
    """

    def __init__(self, sock: socket.socket, file: io.BufferedReader) -> None:
        self._sock = sock
        self._file: io.BufferedReader | None = file
        self._limited = False

    def receive(self) -> bytes:
        """Return what is there; see `Receiver`."""
        if self._file is not None:
            first = self._held(self._file)
            self._file = None
            if first:
                return first
        try:
            return self._sock.recv(READ_SIZE)
        except BlockingIOError as error:
            raise TimeoutError from error

    def _held(self, file: io.BufferedReader) -> bytes:
        self._sock.settimeout(0)  # so that nothing but what is there is taken out of `file`
        try:
            return file.read1(READ_SIZE) or b""
        finally:
            self._sock.settimeout(None)

    def limit(self, seconds: float) -> None:
        """Set how long to wait; see `Receiver`."""
        self._limited = seconds != math.inf
        # A `struct timeval`, of which zero means for ever.
        whole = math.floor(seconds) if self._limited else 0
        micros = max(math.floor((seconds - whole) * 1e6), 1) if self._limited else 0
        value = struct.pack("ll", whole, micros)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, value)

    def rest(self) -> None:
        """Take the limit away."""
        if self._limited:
            self.limit(math.inf)


class FileReceiver:
    """Reads through the file and Python's own limits; works for everything."""

    def __init__(self, sock: socket.socket, file: io.BufferedReader) -> None:
        self._sock = sock
        self._file = file

    def receive(self) -> bytes:
        """Return what is there; see `Receiver`."""
        return self._file.read1(READ_SIZE)

    def limit(self, seconds: float) -> None:
        """Set how long to wait; see `Receiver`."""
        self._sock.settimeout(None if seconds == math.inf else seconds)

    def rest(self) -> None:
        """Leave the limit; each request sets its own."""
