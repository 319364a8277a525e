"""Limits bound the whole of what they are for, however the other side spreads it out."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from mirascope.llm.transport.http import Abort, ConnectFailed, DeadlineExceeded, StreamClosed
from mirascope.llm.transport.sync_driver import SyncDriver
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
    connect, deadline = (1.0, soon(60)) if connecting else (60, soon(1.0))
    with pytest.raises(DeadlineExceeded) as caught:
        colour.open(post("https://localhost/"), connect=connect, deadline=deadline)
    assert caught.value.connecting is connecting
    server.requests[0].wait_disconnected()
    colour.close()


@contextmanager
def deaf() -> Generator[tuple[str, int]]:
    """Listen where no further connection is accepted, and what knocks gets no word."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Have every name but a number resolve to `addresses`."""
    system = socket.getaddrinfo

    def look_up(host: str, *args: object, **options: object) -> object:
        if not isinstance(host, str) or not host.endswith(".test"):
            return system(host, *args, **options)  # type: ignore[arg-type]
        if options.get("flags", 0) & socket.AI_NUMERICHOST:  # type: ignore[operator]
            raise socket.gaierror(socket.EAI_NONAME, "no number")
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, address) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def open_sync(url: str, connect: float | None, deadline: float | None, abort: Abort) -> None:
    SyncDriver().open(post(url), connect=connect, deadline=deadline, abort=abort)


@pytest.mark.parametrize("connecting", [True, False])
def test_all_addresses_together(connecting: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    connect, deadline = (0.3, soon(60)) if connecting else (60, soon(0.3))
    started = time.monotonic()
    with deaf() as address:
        resolve_to(monkeypatch, *[address] * 10)
        with pytest.raises(DeadlineExceeded) as caught:
            open_sync("http://many.test/", connect, deadline, Abort())
    assert caught.value.connecting is connecting
    assert time.monotonic() - started < 2  # of ten limits, that is


def test_next_address_has_its_share(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.route("*", spread_interim_answers)
    with deaf() as address:
        resolve_to(monkeypatch, address, ("127.0.0.1", server.port))
        with pytest.raises(DeadlineExceeded) as caught:
            open_sync("http://two.test/", 0.6, soon(1), Abort())
    assert not caught.value.connecting
    assert server.connections == 1


def test_close_while_connecting() -> None:
    abort = Abort()
    threading.Timer(0.1, abort.fire).start()
    with deaf() as (host, port), pytest.raises(StreamClosed):
        open_sync(f"http://{host}:{port}/", 5, None, abort)


def test_close_while_tls_is_made() -> None:
    abort = Abort()
    threading.Timer(0.2, abort.fire).start()
    with talking(lambda sock: time.sleep(PATIENCE)) as port, pytest.raises(StreamClosed):
        open_sync(f"https://127.0.0.1:{port}/", 60, None, abort)


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Have a name looked up for as long as the test takes, and fail then."""
    go = threading.Event()
    system = socket.getaddrinfo

    def look_up(host: str, *args: object, **options: object) -> object:
        if host != "slow.test":
            return system(host, *args, **options)  # type: ignore[arg-type]
        if not options.get("flags", 0) & socket.AI_NUMERICHOST:  # type: ignore[operator]
            go.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield
    go.set()


@pytest.mark.parametrize("connecting", [True, False])
@pytest.mark.usefixtures("slow_names")
def test_name_that_is_looked_up_for_long(connecting: bool) -> None:
    connect, deadline = (0.2, soon(60)) if connecting else (60, soon(0.2))
    with pytest.raises(DeadlineExceeded) as caught:
        open_sync("http://slow.test/", connect, deadline, Abort())
    assert caught.value.connecting is connecting


@pytest.mark.usefixtures("slow_names")
def test_close_while_a_name_is_looked_up() -> None:
    abort = Abort()
    threading.Timer(0.1, abort.fire).start()
    with pytest.raises(StreamClosed):
        open_sync("http://slow.test/", 60, None, abort)


@pytest.mark.parametrize("host", ["a..test", "x" * 70 + ".test"])
def test_name_that_cannot_be(ours: Colour, host: str) -> None:
    with pytest.raises(ConnectFailed):
        ours.open(post(f"http://{host}/?key=secret"))
