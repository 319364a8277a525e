"""What is done to sockets directly."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

__all__ = ["shut_down"]


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
