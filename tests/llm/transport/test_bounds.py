"""Limits bound the whole of what they are for, however the other side spreads it out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from mirascope.llm.transport.http import DeadlineExceeded
from tests.llm.transport.colours import Colour, post, soon
from tests.loopback import Exchange, Server

PATIENCE = 4.0  # seconds after which the other side comes to its point, so that nothing hangs


def dribble(write: Callable[[bytes], object], data: bytes) -> None:
    """Write `data` byte by byte, each well within any limit, until patience is at its end."""
    for byte in data:
        write(bytes([byte]))
        time.sleep(PATIENCE / len(data))


ANSWER = b"HTTP/1.1 200 OK\r\nx-long: " + b"x" * 200 + b"\r\ncontent-length: 2\r\n\r\nok"


def spread_head(exchange: Exchange) -> None:
    dribble(exchange.write, ANSWER)


def spread_interim_answers(exchange: Exchange) -> None:
    for _ in range(200):
        exchange.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(PATIENCE / 200)
    exchange.write(ANSWER)


def flood_of_interim_answers(exchange: Exchange) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        exchange.write(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 1000)
    exchange.write(ANSWER)


@pytest.mark.parametrize("answer", [spread_head, spread_interim_answers, flood_of_interim_answers])
def test_headers_that_come_bit_by_bit(
    server: Server, ours: Colour, answer: Callable[[Exchange], None]
) -> None:
    server.route("*", answer)
    with pytest.raises(DeadlineExceeded) as caught:
        ours.open(post(server.url("/")), connect=10, deadline=soon(0.3))
    assert not caught.value.connecting
    server.requests[0].wait_disconnected()


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Generator[int]:
    """Have `talk` speak first on every connection, whatever the client says."""

    def speak(sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            talk(sock)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=speak, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()


def test_tls_that_comes_bit_by_bit(ours: Colour) -> None:
    record = b"\x16\x03\x03\x10\x00\x02\x00\x0f\xfc\x03\x03" + bytes(200)
    with (
        talking(lambda sock: dribble(sock.sendall, record)) as port,
        pytest.raises(DeadlineExceeded) as caught,
    ):
        ours.open(post(f"https://127.0.0.1:{port}/"), connect=0.3, deadline=soon(60))
    assert caught.value.connecting


@pytest.mark.parametrize("name", ["sync", "async"])
@pytest.mark.parametrize("connecting", [True, False])
def test_proxy_that_answers_bit_by_bit(
    server: Server, name: str, connecting: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy belongs to connecting."""
    server.route("*", spread_head)
    monkeypatch.setenv("HTTPS_PROXY", server.url(""))
    colour = Colour(name)
    connect, deadline = (0.3, soon(60)) if connecting else (60, soon(0.3))
    with pytest.raises(DeadlineExceeded) as caught:
        colour.open(post("https://localhost/"), connect=connect, deadline=deadline)
    assert caught.value.connecting is connecting
    server.requests[0].wait_disconnected()
    colour.close()
