"""A server on raw sockets that sends exactly what a case says, byte for byte.

A request names its case in the header ``x-case``; what was planned for the case is played, one
`Script` a request, in order. A script is a list of steps: bytes are sent as they are, a number is
a pause in seconds, and the rest are below. A script that has come to its end leaves the
connection open, for the next request on it.
"""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Forever", "Paced", "Plan", "Script", "Server", "Step"]

THREADS = "attack-server"
"""How the names of the server's threads begin."""


@dataclass(frozen=True)
class Forever:
    """The same bytes until the client has gone."""

    data: bytes


@dataclass(frozen=True)
class Paced:
    """Each piece in a write of its own, with a pause after it."""

    pieces: Sequence[bytes]
    pause: float = 0.0


Step: TypeAlias = bytes | float | Forever | Paced | Literal["fin", "rst", "silence"]
"""``fin`` and ``rst`` end the connection, ``silence`` waits until the client does."""
Script: TypeAlias = Sequence[Step]


class Plan:
    """What a case's requests are answered with, and what was seen of them."""

    def __init__(self, scripts: Iterable[Script]) -> None:
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
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name=THREADS, daemon=True).start()

    def plan(self, case: str, *scripts: Script) -> Plan:
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
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def _accept(self) -> None:
        number = 0
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open[number] = sock
            threading.Thread(
                target=self._serve, args=(sock, number), name=THREADS, daemon=True
            ).start()
            number += 1

    def _serve(self, sock: socket.socket, number: int) -> None:
        plan: Plan | None = None
        try:
            while request := _request(sock):
                name = re.search(rb"^x-case: *(\S+)", request, re.MULTILINE | re.IGNORECASE)
                plan = self._plans.get(name[1]) if name else None
                if plan is None or not plan.scripts:
                    return
                plan.requests.append((number, request))
                if not _play(sock, plan, plan.scripts.popleft()):
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
            case Forever(data):
                plan.played.set()
                while True:
                    sock.sendall(data)
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
