"""A tiny HTTP proxy on 127.0.0.1: absolute addresses are fetched, CONNECT is tunnelled."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from urllib.parse import urlsplit

__all__ = ["Proxy"]


class Proxy:
    """The proxy; use it as a context manager.

    `refuse` is a status that it answers everything with, `say` any other bytes. `lines` are the
    request lines it got, `logins` the ``proxy-authorization`` of each.
    """

    def __init__(self, *, refuse: int | None = None, say: bytes | None = None) -> None:
        self._say = say
        self.lines: list[str] = []
        self.logins: list[str | None] = []
        self._refuse = refuse
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Proxy:
        self._start(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for sock in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()
        for sock in self._sockets:
            sock.close()

    def _start(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._sockets.append(sock)
                self._start(self._serve, sock)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            data = b""
            while b"\r\n\r\n" not in data:
                piece = client.recv(65536)
                if not piece:
                    return
                data += piece
            head, _, rest = data.partition(b"\r\n\r\n")
            line, *headers = head.decode("latin-1").split("\r\n")
            method, target, _ = line.split()
            self.lines.append(line)
            login = [h for h in headers if h.lower().startswith("proxy-authorization:")]
            self.logins.append(login[0].partition(":")[2].strip() if login else None)
            if self._say is not None:
                client.sendall(self._say)
                client.shutdown(socket.SHUT_WR)
                return
            if self._refuse is not None:
                client.sendall(b"HTTP/1.1 %d No\r\ncontent-length: 0\r\n\r\n" % self._refuse)
                client.shutdown(socket.SHUT_WR)
                return
            if method == "CONNECT":
                host, _, port = target.rpartition(":")
                upstream = self._connect(host, int(port))
                client.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            else:
                parts = urlsplit(target)
                upstream = self._connect(parts.hostname or "", parts.port or 80)
                path = parts._replace(scheme="", netloc="").geturl() or "/"
                kept = [h for h in headers if not h.lower().startswith("proxy-")]
                lines = [f"{method} {path} HTTP/1.1", *kept, "", ""]
                upstream.sendall("\r\n".join(lines).encode("latin-1"))
            upstream.sendall(rest)
            self._start(self._pump, upstream, client)
            self._pump(client, upstream)

    def _connect(self, host: str, port: int) -> socket.socket:
        # Every name is this machine: the client is not to look it up.
        sock = socket.create_connection(("127.0.0.1", port))
        self._sockets.append(sock)
        return sock

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for sock in (source, target):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
