"""Connections of the sync driver, bounded until the headers of an answer are there.

Python's limits are for one call each: a peer that sends a byte now and then passes none of them.
Here every call is given what is left of the whole, and so is TLS, a proxy's too: urllib3 makes it
out of the classes below. The calls themselves are exact, also where a signal interrupts them.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from mirascope.llm.transport.addresses import Admits
from mirascope.llm.transport.http import Abort, AddressRefused
from mirascope.llm.transport.limits import finite
from mirascope.llm.transport.sockets import shut_down

__all__ = ["BoundSocket", "BoundTLSSocket", "Bounds", "current", "dial"]


class Bounds:
    """What bounds one `open`.

    Attributes:
        admits: Which addresses may be connected to; all when None.
        connected: Whether the request can be sent: from then on, `connect` bounds nothing.
        answered: Whether a byte of an answer has come.
    """

    def __init__(
        self,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None,
        admits: Admits | None = None,
    ) -> None:
        self.admits = admits
        self.connected: bool = False
        self.answered = False
        self._connect = None if connect is None else time.monotonic() + connect
        self._deadline = deadline
        self._abort = abort

    @property
    def aborted(self) -> bool:
        """Whether `abort` was fired."""
        return self._abort is not None and self._abort.fired

    @property
    def passed(self) -> bool:
        """Whether the deadline has passed, and not only the limit for connecting."""
        return self._deadline is not None and self._deadline <= time.monotonic()

    def left(self) -> float | None:
        """Return the seconds left, or None for ever.

        Raises:
            TimeoutError: There are none.
        """
        ends = [self._deadline] if self.connected else [self._deadline, self._connect]
        end = min((end for end in ends if end is not None), default=None)
        if end is None:
            return None
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return finite(left)

    def watch(self, sock: object) -> None:
        """Have `abort` end whatever `sock` waits for."""
        self.on_abort(lambda: shut_down(sock))

    def on_abort(self, wake: Callable[[], None] | None) -> None:
        """Have `abort` call `wake`, or nothing any more; see `Abort.watch`."""
        if self._abort is not None:
            self._abort.watch(wake)


class _Current(threading.local):
    bounds: Bounds | None = None


current: _Current = _Current()
"""The bounds of the `open` that this thread is in: urllib3 hands nothing of ours on."""


def _bind(sock: socket.socket) -> None:
    if current.bounds is not None:
        sock.settimeout(current.bounds.left())


def _received(count: int) -> int:
    if count and current.bounds is not None and current.bounds.connected:
        current.bounds.answered = True
    return count


class BoundSocket(socket.socket):
    """A socket whose calls end when the current `Bounds` do."""

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Receive; from a TLS socket around it, which has the descriptor, nothing comes here."""
        _bind(self)
        return _received(super().recv_into(*args, **options))

    def sendall(self, *args: Any, **options: Any) -> None:
        """Send all of it."""
        _bind(self)
        super().sendall(*args, **options)


class BoundTLSSocket(ssl.SSLSocket):
    """The same for TLS, where `sendall` is made of many calls."""

    def do_handshake(self, block: bool = False) -> None:
        """Agree on the keys."""
        if current.bounds is not None:
            current.bounds.watch(self)  # it has the descriptor now
        _bind(self)
        super().do_handshake(block)

    def recv(self, *args: Any, **options: Any) -> bytes:
        """Receive."""
        _bind(self)
        return super().recv(*args, **options)

    def recv_into(self, *args: Any, **options: Any) -> int:
        """Receive."""
        _bind(self)
        return _received(super().recv_into(*args, **options))

    def send(self, *args: Any, **options: Any) -> int:
        """Send some of it."""
        _bind(self)
        return super().send(*args, **options)


def dial(
    host: str, port: int, bounds: Bounds, options: Iterable[tuple[int, int, int | bytes]] | None
) -> socket.socket:
    """Return a connection to one of the addresses of `host`.

    Each is given an even share of the time that is left, so that one which swallows what is sent
    to it leaves some for the next.

    Raises:
        AddressRefused: `bounds` admits none of them.
        OSError: There is none, or `bounds` ended it; the last address's error.
    """
    found = _addresses(host.strip("[]"), port, bounds)
    if bounds.admits is not None:  # those that are connected to, not what a second look-up gives
        found = [entry for entry in found if bounds.admits(str(entry[4][0]))]
        if not found:
            raise AddressRefused(f"no address of {host} is admitted")
    failure: OSError | None = None
    for tried, (family, kind, protocol, _, address) in enumerate(found):
        failure = None
        left = bounds.left()
        sock = BoundSocket(family, kind, protocol)
        try:
            for option in options or ():
                sock.setsockopt(*option)
            bounds.watch(sock)
            sock.settimeout(None if left is None else left / (len(found) - tried))
            sock.connect(address)
        except BaseException as error:
            bounds.on_abort(None)
            sock.close()
            if not isinstance(error, OSError):
                raise
            failure = error
        if bounds.aborted:  # some systems call what was shut down connected
            sock.close()
            raise ConnectionAbortedError
        if failure is None:
            return sock
    raise failure or OSError("the name has no address")


_Addresses: TypeAlias = Sequence[tuple[int, int, int, str, Any]]


def _addresses(host: str, port: int, bounds: Bounds) -> _Addresses:
    """Look up `host`: in a thread, for the system's call can neither be limited nor ended."""
    with contextlib.suppress(socket.gaierror, UnicodeError):  # a number needs no network
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    outcome: SimpleQueue[_Addresses | OSError] = SimpleQueue()  # the handler of a signal may put

    def look_up() -> None:
        try:
            outcome.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            outcome.put(error)
        except UnicodeError:  # a part of the name is empty, or too long
            outcome.put(socket.gaierror(socket.EAI_NONAME, "this cannot be a name"))

    bounds.on_abort(lambda: outcome.put(ConnectionAbortedError()))
    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    try:
        found = outcome.get(timeout=bounds.left())
    except Empty:
        raise TimeoutError from None
    finally:
        bounds.on_abort(None)
    if isinstance(found, OSError):
        raise found
    return found
