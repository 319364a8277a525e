"""Closing, from wherever: the reader wakes up, the server sees it, and pools stay in order."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mirascope.llm.transport import sync_driver, sync_pools
from mirascope.llm.transport.http import (
    Abort,
    ConnectFailed,
    DeadlineExceeded,
    StreamClosed,
    TransportError,
)
from tests.llm.transport.colours import Colour, get, post, soon
from tests.loopback import Exchange, Reply, Server

PIECES = [b"data: 1\n\n", b"data: 22\n\n"]


class Failing(threading.Thread):
    """Runs what should fail in a thread of its own, and keeps the error."""

    def __init__(self, function: object, *args: object, **options: object) -> None:
        super().__init__(daemon=True)
        self._call = (function, args, options)
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        function, args, options = self._call
        try:
            function(*args, **options)  # type: ignore[operator]
        except BaseException as error:
            self.error = error

    def wait(self) -> BaseException | None:
        self.join(30)
        assert not self.is_alive(), "nothing woke it"
        return self.error


@pytest.mark.parametrize("deadline", [None, 60])
@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
def test_close_wakes_the_reader(
    server: Server, colour: Colour, framing: str, deadline: float | None
) -> None:
    reply = Reply(body=PIECES, stall="after first", framing=framing, wrong_length=0)  # type: ignore[arg-type]
    server.route("*", reply)
    stream = colour.open(post(server.url("/")))
    assert stream.read() == PIECES[0]
    reading = Failing(stream.read, None if deadline is None else soon(deadline))
    time.sleep(0.1)
    assert reading.is_alive()
    stream.close()
    assert isinstance(reading.wait(), StreamClosed)
    server.requests[0].wait_disconnected()
    stream.close()
    with pytest.raises(StreamClosed):
        stream.read()


def test_close_without_a_reader(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES, stall="after body"))
    stream = colour.open(post(server.url("/")))
    stream.close()
    server.requests[0].wait_disconnected()
    with pytest.raises(StreamClosed):
        stream.read(soon(1))


def test_close_after_the_end_keeps_the_connection(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES))
    for _ in range(3):
        stream = colour.open(post(server.url("/")))
        stream.read_all()
        stream.close()
    assert server.connections == 1


def test_one_connection_for_requests_in_a_row(server: Server, colour: Colour) -> None:
    server.route("/chunked", Reply(body=PIECES))
    server.route("/length", Reply(body=PIECES, framing="length"))
    server.route("/none", Reply(status=204, framing="length"))
    server.route("/error", Reply(status=500, body=b"no", framing="length"))
    for path in ("/chunked", "/length", "/none", "/error", "/chunked"):
        colour.open(post(server.url(path))).read_all()
    assert server.connections == 1


def test_new_connection_after_an_early_close(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES, stall="after first"), Reply(body=PIECES))
    stream = colour.open(post(server.url("/")))
    stream.read()
    stream.close()
    assert colour.open(post(server.url("/"))).read_all() == b"".join(PIECES)
    assert server.connections == 2


def test_new_connection_where_the_server_says_so(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES, headers={"connection": "close"}))
    for _ in range(2):
        assert colour.open(post(server.url("/"))).read_all() == b"".join(PIECES)
    assert server.connections == 2


def test_kept_connection_that_the_server_has_closed(server: Server, colour: Colour) -> None:
    def once(exchange: Exchange) -> None:
        exchange.head(headers={"content-length": "2"})
        exchange.write(b"ok")

    server.route("*", once)  # and the connection is closed
    for count in range(3):
        assert colour.open(post(server.url("/"))).read_all() == b"ok"
        server.requests[count].wait_disconnected()
        time.sleep(0.02)
    assert server.connections == 3


def test_dropped_stream_is_closed(server: Server, ours: Colour) -> None:
    server.route("*", Reply(body=PIECES, stall="after first"))
    stream = ours.open(post(server.url("/")))
    stream.read(soon(60))  # so that a timer is set
    stream.drop()
    gc.collect()
    server.requests[0].wait_disconnected()


def test_stream_dropped_in_a_cycle_is_closed(server: Server, ours: Colour) -> None:
    server.route("*", Reply(body=PIECES, stall="after first"))
    stream = ours.open(post(server.url("/")))
    circle: list[object] = [stream.inner]
    circle.append(circle)
    stream.drop()
    del circle
    gc.collect()
    server.requests[0].wait_disconnected()


def test_abort_while_waiting_for_headers(server: Server, colour: Colour) -> None:
    if colour.name in ("httpx", "httpx2"):
        pytest.skip("a synchronous httpx client shows no socket before the headers are there")
    server.route("*", Reply(stall="before headers"))
    abort = Abort()
    opening = Failing(colour.open, post(server.url("/")), abort=abort)
    server.wait_requests(1)
    abort.fire()
    assert isinstance(opening.wait(), StreamClosed)
    server.requests[0].wait_disconnected()


def test_abort_on_a_kept_connection(server: Server, ours: Colour) -> None:
    server.route("*", Reply(body=b"ok"), Reply(stall="before headers"), Reply(body=b"ok"))
    ours.open(post(server.url("/"))).read_all()
    abort = Abort()
    opening = Failing(ours.open, post(server.url("/")), abort=abort)
    server.wait_requests(2)
    abort.fire()
    assert isinstance(opening.wait(), StreamClosed)
    assert ours.open(post(server.url("/"))).read_all() == b"ok"
    assert server.connections == 2


def test_abort_beforehand(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES))
    abort = Abort()
    abort.fire()
    with pytest.raises(StreamClosed):
        colour.open(post(server.url("/")), abort=abort)


def test_abort_afterwards_has_no_effect(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES))
    abort = Abort()
    stream = colour.open(post(server.url("/")), abort=abort)
    abort.fire()
    assert stream.read_all() == b"".join(PIECES)


def test_transport_can_be_used_after_its_close(server: Server, ours: Colour) -> None:
    server.route("*", Reply(body=b"ok"))
    for _ in range(2):
        assert ours.open(post(server.url("/"))).read_all() == b"ok"
        if ours.is_async:
            ours.run(ours.transport.aclose())  # type: ignore[union-attr]
        else:
            ours.transport.close()  # type: ignore[union-attr]
        server.requests[-1].wait_disconnected()
    assert server.connections == 2


def test_transport_closes_its_connections_while_an_answer_is_kept(
    server: Server, ours: Colour
) -> None:
    server.route("*", Reply(body=b"ok"))
    stream = ours.open(post(server.url("/")))
    assert stream.read_all() == b"ok"
    if ours.is_async:
        ours.run(ours.transport.aclose())  # type: ignore[union-attr]
    else:
        ours.transport.close()  # type: ignore[union-attr]
    server.requests[-1].wait_disconnected()
    stream.close()


def test_many_at_once(server: Server, colour: Colour) -> None:
    """More streams than any pool has places, read in turn; each gets its own answer."""
    server.route("*", lambda exchange: Reply(body=[exchange.request.body, b"!"])(exchange))
    results: dict[int, bytes] = {}

    def ask(number: int) -> None:
        results[number] = colour.open(post(server.url("/"), b"%d" % number)).read_all()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: b"%d!" % number for number in range(24)}


def test_threads_reading_and_closing_at_random(server: Server) -> None:
    """Whatever the order of `close` and `read`: an answer or StreamClosed, and no mixed answers."""
    server.route("*", lambda exchange: Reply(body=[exchange.request.body] * 20)(exchange))
    driver = sync_driver.SyncDriver()
    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(15):
            body = b"<%d.%d>" % (number, turn)
            stream = driver.open(post(server.url("/"), body), connect=None, deadline=None)
            closing = threading.Timer(0.001 * ((number + turn) % 3), stream.close)
            closing.start()
            received = b""
            try:
                while data := stream.read(None):
                    received += data
            except StreamClosed:
                if not (body * 20).startswith(received):
                    wrong.append(received)
            except Exception as error:
                wrong.append(error)
            else:
                if received != body * 20:
                    wrong.append(received)
            closing.join()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    driver.close()
    assert wrong == []


@contextmanager
def silent_listener() -> Iterator[int]:
    """Accept connections, in the operating system only, and never say a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_limit_for_connecting(colour: Colour) -> None:
    """TLS belongs to connecting: nobody answers its greeting here."""
    with silent_listener() as port, pytest.raises(DeadlineExceeded) as caught:
        colour.open(post(f"https://127.0.0.1:{port}/"), connect=0.1, deadline=soon(60))
    assert caught.value.connecting


def test_deadline_while_connecting(colour: Colour) -> None:
    with silent_listener() as port, pytest.raises(DeadlineExceeded) as caught:
        colour.open(post(f"https://127.0.0.1:{port}/"), connect=60, deadline=soon(0.1))
    assert not caught.value.connecting


def test_limit_for_connecting_is_not_for_the_rest(server: Server, colour: Colour) -> None:
    server.route("*", Reply(delay=0.3, body=b"ok"))
    assert colour.open(post(server.url("/")), connect=0.2).read_all() == b"ok"
    # On a kept connection too.
    assert colour.open(post(server.url("/")), connect=0.2).read_all() == b"ok"


def test_old_kept_connection_is_not_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.route("*", Reply(body=b"ok"))
    driver = sync_driver.SyncDriver()
    monkeypatch.setattr(sync_pools, "IDLE_LIMIT", 0.05)
    for pause in (0.0, 0.0, 0.1):
        time.sleep(pause)
        stream = driver.open(get(server.url("/")), connect=None, deadline=None)
        assert stream.read(None) == b"ok"
        assert stream.read(None) == b""
    driver.close()
    assert server.connections == 2


def test_errors_of_the_tree() -> None:
    assert issubclass(StreamClosed, TransportError)
    assert issubclass(ConnectFailed, TransportError)
