"""What only the synchronous driver has to do: Ctrl-C, forks, and reads that cost little."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Literal

import pytest

from mirascope.llm.transport import sync_pools
from mirascope.llm.transport.http import ConnectionLost, DeadlineExceeded, StreamClosed
from mirascope.llm.transport.sockets import BlockingReceiver, FileReceiver
from mirascope.llm.transport.sync_driver import SyncDriver
from tests.llm.transport.colours import post
from tests.loopback import Reply, Server


def interrupt_soon() -> threading.Timer:
    """Press Ctrl-C in a moment."""
    timer = threading.Timer(
        0.1, lambda: signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    )
    timer.start()
    return timer


def test_ctrl_c_while_waiting_for_headers(server: Server) -> None:
    server.route("*", Reply(stall="before headers"))
    driver = SyncDriver()
    timer = interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        driver.open(post(server.url("/")), connect=10, deadline=time.monotonic() + 60)
    timer.join()
    server.requests[0].wait_disconnected()
    driver.close()


def test_ctrl_c_while_reading(server: Server) -> None:
    server.route("*", Reply(body=[b"1", 0.5, b"2"]))
    driver = SyncDriver()
    stream = driver.open(post(server.url("/")), connect=10, deadline=None)
    assert stream.read(None) == b"1"
    timer = interrupt_soon()
    with pytest.raises(KeyboardInterrupt):
        stream.read(time.monotonic() + 60)
    timer.join()
    assert stream.read(None) == b"2"  # whoever goes on, may
    assert stream.read(None) == b""
    driver.close()


def test_close_in_a_signal_handler(server: Server) -> None:
    server.route("*", Reply(stall="after headers"))
    driver = SyncDriver()
    stream = driver.open(post(server.url("/")), connect=10, deadline=None)
    before = signal.signal(signal.SIGINT, lambda *_: stream.close())
    try:
        timer = interrupt_soon()
        with pytest.raises(StreamClosed):
            stream.read(None)
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)
    server.requests[0].wait_disconnected()
    driver.close()


@contextmanager
def alarms(every: float) -> Generator[None]:
    """Handle a signal again and again, each time long before any limit."""

    def ring(number: int, frame: object) -> None:
        nonlocal left
        left -= 1
        if not left:  # so that nothing hangs
            signal.setitimer(signal.ITIMER_REAL, 0)

    left = round(5 / every)
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, every, every)
    try:
        yield
        assert left, "the alarms came to their end before the limit did"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_until(driver: SyncDriver, url: str, deadline: float) -> None:
    stream = driver.open(post(url), connect=10, deadline=deadline)
    while stream.read(deadline):
        pass


@pytest.mark.parametrize("stall", ["before headers", "after headers", "after first"])
def test_signals_do_not_move_the_deadline(
    server: Server, stall: Literal["before headers", "after headers", "after first"]
) -> None:
    server.route("*", Reply(body=[b"1"], stall=stall))
    driver = SyncDriver()
    with alarms(0.05), pytest.raises(DeadlineExceeded):
        read_until(driver, server.url("/"), time.monotonic() + 0.3)
    driver.close()


def test_stream_without_a_terminating_chunk_is_not_whole(server: Server) -> None:
    server.route("*", Reply(body=[b"1"], cut_after=6))
    driver = SyncDriver()
    stream = driver.open(post(server.url("/")), connect=10, deadline=None)
    assert stream.read(None) == b"1"
    with pytest.raises(ConnectionLost):
        stream.read(None)
    driver.close()


def test_chunks_that_are_there_come_together(server: Server) -> None:
    server.route("*", Reply(body=[b"data: x\n\n"] * 1000))
    driver = SyncDriver()
    stream = driver.open(post(server.url("/")), connect=10, deadline=None)
    time.sleep(0.2)
    reads = 0
    while stream.read(None):
        reads += 1
    assert reads < 20
    driver.close()


def test_limit_of_one_answer_is_not_that_of_the_next(server: Server) -> None:
    server.route("*", Reply(body=[b"ok"]), Reply(delay=0.2, body=[b"o", 0.2, b"k"]))
    driver = SyncDriver()
    stream = driver.open(post(server.url("/")), connect=10, deadline=None)
    assert stream.read(time.monotonic() + 0.1) == b"ok"
    assert stream.read(time.monotonic() + 0.1) == b""
    stream = driver.open(post(server.url("/")), connect=10, deadline=None)
    assert stream.read(None) == b"o"
    assert stream.read(None) == b"k"
    assert server.connections == 1
    driver.close()


@pytest.mark.parametrize("kind", [BlockingReceiver, FileReceiver])
def test_receivers(kind: type[BlockingReceiver] | type[FileReceiver]) -> None:
    here, there = socket.socketpair()
    with here, there, here.makefile("rb") as file:
        there.sendall(b"line\nrest")
        assert file.readline() == b"line\n"
        receiver = kind(here, file)
        assert receiver.receive() == b"rest"
        receiver.limit(0.05)
        started = time.monotonic()
        with pytest.raises(TimeoutError) as caught:
            receiver.receive()
        assert caught.value.errno is None
        assert time.monotonic() - started >= 0.05
        receiver.rest()
    here, there = socket.socketpair()
    with here, there, here.makefile("rb") as file:
        receiver = kind(here, file)
        for limit in (math.inf, 10.0, 1e8, math.inf):
            receiver.limit(limit)
            there.sendall(b"x")
            assert receiver.receive() == b"x"
        there.shutdown(socket.SHUT_WR)
        assert receiver.receive() == b""
        assert receiver.receive() == b""


def ask_in_child(driver: SyncDriver, url: str, pipe: Connection) -> None:
    stream = driver.open(post(url, b"child"), connect=10, deadline=None)
    answer = b""
    while data := stream.read(None):
        answer += data
    pipe.send((os.getpid(), answer))


def test_child_process_leaves_the_connections_of_its_parent_alone(server: Server) -> None:
    server.route("*", lambda exchange: Reply(body=[exchange.request.body])(exchange))
    server.route("/open", Reply(body=[b"1", 0.6, b"2"]))
    driver = SyncDriver()
    for _ in range(2):
        stream = driver.open(post(server.url("/"), b"parent"), connect=10, deadline=None)
        assert stream.read(None) == b"parent"
        assert stream.read(None) == b""
    reading = driver.open(post(server.url("/open")), connect=10, deadline=None)
    assert reading.read(None) == b"1"
    assert server.connections == 1

    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()

    def child() -> None:
        reading.close()  # the parent's: must not end it
        ask_in_child(driver, server.url("/"), there)
        driver.close()

    process = context.Process(target=child)
    process.start()
    pid, answer = here.recv()
    process.join()
    assert process.exitcode == 0
    assert pid != os.getpid()
    assert answer == b"child"
    assert server.connections == 2
    assert reading.read(None) == b"2"
    assert reading.read(None) == b""
    stream = driver.open(post(server.url("/"), b"parent"), connect=10, deadline=None)
    assert stream.read(None) == b"parent"
    assert stream.read(None) == b""
    assert server.connections == 2
    driver.close()


def at_once(driver: SyncDriver, server: Server, count: int) -> None:
    """Have so many streams open at the same time, then read them all."""
    streams = [driver.open(post(server.url("/")), connect=10, deadline=None) for _ in range(count)]
    for stream in streams:
        while stream.read(None):
            pass


def test_more_than_a_hundred_streams_at_once(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.route("*", Reply(body=[b"data: x\n\n"]))
    driver = SyncDriver()
    for _ in range(3):
        at_once(driver, server, 130)
    assert server.connections == 130
    assert [record.getMessage() for record in caplog.records] == []
    driver.close()


def test_connections_that_nobody_needs_any_more_are_closed(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.route("*", Reply(body=[b"data: x\n\n"]))
    driver = SyncDriver()
    at_once(driver, server, 120)
    monkeypatch.setattr(sync_pools, "IDLE_LIMIT", 0.05)
    time.sleep(0.1)
    at_once(driver, server, 1)
    assert server.connections == 121
    for request in server.requests[:-1]:
        request.wait_disconnected()
    assert not server.requests[-1].gone.is_set()
    driver.close()
