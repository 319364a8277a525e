"""A server on raw sockets that sends exactly what a case says, byte for byte.

A request names its case in the header ``x-case``; what was planned for the case is played, one
`Script` a request, in order. A script is a list of steps: bytes are sent as they are, a number is
a pause in seconds, and the rest are below. A script that has come to its end leaves the
connection open, for the next request on it.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import ssl
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Forever", "Paced", "Plan", "Reply", "Script", "Server", "Step"]

THREADS = "attack-server"
"""How the names of the server's threads begin."""


@dataclass(frozen=True)
class Forever:
    """The same bytes until the client has gone, with a pause after each time."""

    data: bytes
    pause: float = 0.0


@dataclass(frozen=True)
class Paced:
    """Each piece in a write of its own, with a pause after it."""

    pieces: Sequence[bytes]
    pause: float = 0.0


Step: TypeAlias = bytes | float | Forever | Paced | Literal["fin", "rst", "silence"]
"""``fin`` and ``rst`` end the connection, ``silence`` waits until the client does."""
Script: TypeAlias = Sequence[Step]
Reply: TypeAlias = Script | Callable[[bytes], Script]
"""A script, or what writes one when it sees the request."""


class Plan:
    """What a case's requests are answered with, and what was seen of them."""

    def __init__(self, scripts: Iterable[Reply]) -> None:
        self.scripts = deque(scripts)
        self.requests: list[tuple[int, bytes]] = []
        """The connection's number and the bytes of each request."""
        self.gone = threading.Event()
        """Set when a client has left a connection of this case."""
        self.played = threading.Event()
        """Set when a script has come to its end, or to the silence in it."""


class Server:
    """The server; it listens until it is closed."""

    def __init__(self) -> None:
        self._plans: dict[bytes, Plan] = {}
        self._open: dict[int, socket.socket] = {}
        self._numbers = itertools.count()
        self._listeners: list[socket.socket] = []
        self.port: int = self.listen(0)

    def listen(self, port: int, *, rude: bool = False, tls: ssl.SSLContext | None = None) -> int:
        """Listen on one more port, of its own choice where it is 0; return which.

        One that is `rude` answers before it is asked, which is no TLS. One with `tls` shows its
        certificate, and hangs up on whoever likes it.
        """
        listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self._listeners.append(listener)
        threading.Thread(
            target=self._accept, args=(listener, rude, tls), name=THREADS, daemon=True
        ).start()
        return int(listener.getsockname()[1])

    def leave(self, port: int) -> None:
        """Stop listening on a port, if it is listened on."""
        for listener in [one for one in self._listeners if one.getsockname()[1] == port]:
            self._listeners.remove(listener)
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def plan(self, case: str, *scripts: Reply) -> Plan:
        """Answer the requests of `case` with `scripts`, in order."""
        plan = self._plans[case.encode()] = Plan(scripts)
        return plan

    def arrived(self, case: str) -> int:
        """Return how many requests of `case` have arrived."""
        plan = self._plans.get(case.encode())
        return len(plan.requests) if plan else 0

    def forget(self, case: str) -> None:
        """Drop the plan of a case that is over."""
        self._plans.pop(case.encode(), None)

    def hang_up(self) -> None:
        """End every connection, which wakes a client that hangs."""
        for sock in list(self._open.values()):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Stop listening and end every connection."""
        for listener in list(self._listeners):
            self.leave(listener.getsockname()[1])
        self.hang_up()

    def _accept(
        self, listener: socket.socket, rude: bool, tls: ssl.SSLContext | None = None
    ) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            if tls is not None:
                with contextlib.suppress(OSError), tls.wrap_socket(sock, server_side=True):
                    pass
                continue
            if rude:
                with contextlib.suppress(OSError), sock:
                    sock.recv(65536)
                    sock.sendall(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            number = next(self._numbers)
            self._open[number] = sock
            threading.Thread(
                target=self._serve, args=(sock, number), name=THREADS, daemon=True
            ).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        plan: Plan | None = None
        try:
            while request := _request(sock):
                name = re.search(rb"^x-case: *(\S+)", request, re.MULTILINE | re.IGNORECASE)
                plan = self._plans.get(name[1]) if name else None
                if plan is None or not plan.scripts:
                    return
                plan.requests.append((number, request))
                reply = plan.scripts.popleft()
                if not _play(sock, plan, reply(request) if callable(reply) else reply):
                    return
        except OSError:
            pass  # the client went away, as clients do
        finally:
            self._open.pop(number, None)
            sock.close()
            if plan is not None:
                plan.played.set()
                plan.gone.set()


def _play(sock: socket.socket, plan: Plan, script: Script) -> bool:
    """Play a script; say whether the connection goes on."""
    for step in script:
        match step:
            case bytes():
                sock.sendall(step)
            case Forever(data, pause):
                plan.played.set()
                while True:
                    sock.sendall(data)
                    if pause:
                        time.sleep(pause)
            case Paced(pieces, pause):
                for piece in pieces:
                    sock.sendall(piece)
                    if pause:
                        time.sleep(pause)
            case "fin":
                sock.shutdown(socket.SHUT_WR)
                plan.played.set()
                return _wait(sock)
            case "rst":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.close()
                plan.played.set()
                return False
            case "silence":
                plan.played.set()
                while sock.recv(65536):
                    pass
                return False
            case _:
                time.sleep(step)
    plan.played.set()
    return True


def _wait(sock: socket.socket) -> bool:
    """Wait for the client's end, so that nothing on its way to it is lost."""
    sock.settimeout(5)
    while sock.recv(65536):
        pass
    return False


def _request(sock: socket.socket) -> bytes:
    """Read one request, head and body; nothing where the client has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = sock.recv(65536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"^content-length: *(\d+)", head, re.MULTILINE | re.IGNORECASE)
    pieces = [body]
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        piece = sock.recv(65536)
        if not piece:
            return b""
        pieces.append(piece)
        missing -= len(piece)
    return head + b"\r\n\r\n" + b"".join(pieces)
