"""What only the asynchronous driver has to do: cancellation, many streams, and event loops."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from mirascope.llm.transport.async_driver import AsyncDriver
from mirascope.llm.transport.http import AsyncByteStream, DeadlineExceeded, StreamClosed
from tests.llm.transport.colours import post, soon
from tests.loopback import Exchange, Reply, Server

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def driver() -> AsyncIterator[AsyncDriver]:
    driver = AsyncDriver()
    yield driver
    await driver.aclose()


async def opened(driver: AsyncDriver, url: str, body: bytes = b"{}") -> AsyncByteStream:
    return await driver.open_async(post(url, body), connect=10, deadline=None)


async def read_all(stream: AsyncByteStream) -> bytes:
    received = b""
    while data := await stream.read(None):
        received += data
    return received


async def until_gone(server: Server, number: int = 0) -> None:
    await asyncio.to_thread(server.requests[number].wait_disconnected)


async def test_cancelled_read_leaves_a_stream_that_can_be_closed(
    server: Server, driver: AsyncDriver
) -> None:
    server.route("*", Reply(body=[b"1"], stall="after first"))
    stream = await opened(driver, server.url("/"))
    assert await stream.read(soon(60)) == b"1"
    reading = asyncio.create_task(stream.read(soon(60)))
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert server.requests[0].disconnected_at is None
    stream.close()
    await until_gone(server)


async def test_read_goes_on_after_a_cancelled_one(server: Server, driver: AsyncDriver) -> None:
    server.route("*", Reply(body=[b"1", 0.2, b"2"]))
    stream = await opened(driver, server.url("/"))
    assert await stream.read(None) == b"1"
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await stream.read(soon(60))
    assert await stream.read(soon(60)) == b"2"
    assert await stream.read(soon(60)) == b""


async def test_cancelled_open_closes_the_connection(server: Server, driver: AsyncDriver) -> None:
    server.route("*", Reply(stall="before headers"))
    opening = asyncio.create_task(opened(driver, server.url("/")))
    await asyncio.to_thread(server.wait_requests, 1)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await until_gone(server)


@pytest.mark.parametrize(
    ("unasked", "seen"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nPOISON", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nPOISON", True),
        (b"HTTP/1.1 200 OK\r\nx: ", False),
        (b"HTTP/1.1 200 OK\r\nx: ", True),
        (b"\0", False),
        (b"\0", True),
    ],
)
async def test_what_a_server_says_unasked_answers_nothing(
    server: Server, driver: AsyncDriver, unasked: bytes, seen: bool
) -> None:
    """Whether or not the loop has read it from the socket before the next request."""
    said = threading.Event()

    def first(exchange: Exchange) -> None:
        Reply(body=b"first", framing="length")(exchange)
        exchange.sleep(0.05)  # the answer is read by then, and the connection rests
        exchange.write(unasked)
        said.set()

    server.route("*", first, Reply(body=b"second", framing="length"))
    assert await read_all(await opened(driver, server.url("/"))) == b"first"
    if seen:
        await asyncio.to_thread(said.wait)
        await asyncio.sleep(0.05)
    else:
        said.wait()
    assert await read_all(await opened(driver, server.url("/"))) == b"second"
    assert server.connections == 2


async def test_close_is_seen_before_the_loop_runs_again(
    server: Server, driver: AsyncDriver
) -> None:
    server.route("*", Reply(body=[b"1"], stall="after first"))
    stream = await opened(driver, server.url("/"))
    assert await stream.read(None) == b"1"
    stream.close()
    server.requests[0].wait_disconnected()  # blocks the loop


async def test_close_from_another_thread(server: Server, driver: AsyncDriver) -> None:
    server.route("*", Reply(body=[b"1"], stall="after first"))
    stream = await opened(driver, server.url("/"))
    assert await stream.read(None) == b"1"
    timer = threading.Timer(0.05, stream.close)
    timer.start()
    with pytest.raises(StreamClosed):
        await stream.read(soon(60))
    await until_gone(server)
    timer.join()


async def test_two_hundred_streams_at_once(server: Server, driver: AsyncDriver) -> None:
    server.route(
        "*", lambda exchange: Reply(body=[exchange.request.body, 0.05, b"."] * 3)(exchange)
    )

    async def ask(number: int) -> bytes:
        return await read_all(await opened(driver, server.url("/"), b"%d" % number))

    answers = await asyncio.gather(*(ask(number) for number in range(200)))
    assert answers == [b"%d." % number * 3 for number in range(200)]
    assert server.connections == 200


async def test_deadline_of_each_of_many_streams(server: Server, driver: AsyncDriver) -> None:
    server.route("*", Reply(body=[b"1"], stall="after first"))
    streams = [await opened(driver, server.url("/")) for _ in range(20)]

    async def late(stream: AsyncByteStream, seconds: float) -> float:
        deadline = soon(seconds)
        assert await stream.read(deadline) == b"1"
        with pytest.raises(DeadlineExceeded):
            await stream.read(deadline)
        return time.monotonic() - deadline

    lateness = await asyncio.gather(*(late(s, 0.05 + n / 100) for n, s in enumerate(streams)))
    assert min(lateness) >= 0
    for stream in streams:
        stream.close()


async def test_reads_with_moving_deadlines_share_a_timer(
    server: Server, driver: AsyncDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.route("*", Reply(body=[piece for _ in range(30) for piece in (b"x", 0.002)]))
    stream = await opened(driver, server.url("/"))
    loop = asyncio.get_running_loop()
    call_later = loop.call_later
    set_for: list[float] = []

    def counting(delay: float, *args: object, **options: object) -> asyncio.TimerHandle:
        set_for.append(delay)
        return call_later(delay, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "call_later", counting)
    while await stream.read(soon(50)):
        pass
    assert len([delay for delay in set_for if 40 < delay <= 50]) == 1


async def test_server_that_floods_is_held_up(server: Server, driver: AsyncDriver) -> None:
    """What nobody reads is not taken in, and nothing of it is lost."""
    piece, count = b"x" * 65536, 1000
    sent = [0]

    def flood(exchange: Exchange) -> None:
        exchange.head(200, {"transfer-encoding": "chunked"})
        for _ in range(count):
            exchange.chunk(piece)
            sent[0] += 1
        exchange.end()

    server.route("*", flood)
    stream = await opened(driver, server.url("/"))
    before = -1
    while sent[0] > before:  # until it stands still
        before = sent[0]
        await asyncio.sleep(0.2)
    assert 0 < sent[0] < count / 2
    received = 0
    while data := await stream.read(soon(60)):
        assert len(data) < 2**20, "more was taken in than the reader had asked for"
        received += len(data)
    assert received == len(piece) * count
    assert await read_all(await opened(driver, server.url("/"))) == piece * count
    assert server.connections == 1, "the connection was not kept"


async def test_a_read_asks_for_no_memory_of_its_own(server: Server, driver: AsyncDriver) -> None:
    """asyncio, left to itself, takes 256 KiB from the system for each read and gives it back."""
    server.route("*", Reply(body=[piece for _ in range(50) for piece in (b"x" * 100, 0.002)]))
    stream = await opened(driver, server.url("/"))
    await stream.read(soon(60))
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        while await stream.read(soon(60)):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < 128 * 1024


@pytest.mark.parametrize("cut", range(1, 60, 7))
async def test_head_and_body_that_are_cut_anywhere(
    server: Server, driver: AsyncDriver, cut: int
) -> None:
    answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"

    def cutting(exchange: Exchange) -> None:
        exchange.write(answer[:cut])
        exchange.sleep(0.02)
        exchange.write(answer[cut:])
        exchange.keep_alive = True

    server.route("*", cutting)
    for _ in range(2):
        assert await read_all(await opened(driver, server.url("/"))) == b"abc"
    assert server.connections == 1


async def test_dropped_stream_with_a_timer_is_collected(
    server: Server, driver: AsyncDriver
) -> None:
    server.route("*", Reply(body=[b"1"], stall="after first"))
    stream = await opened(driver, server.url("/"))
    await stream.read(soon(1000))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await stream.read(soon(1000))
    del stream
    gc.collect()
    await until_gone(server)


def test_each_loop_has_connections_of_its_own(server: Server) -> None:
    server.route("*", Reply(body=b"ok"))
    driver = AsyncDriver()

    async def ask_twice() -> None:
        for _ in range(2):
            assert await read_all(await opened(driver, server.url("/"))) == b"ok"

    for count in range(1, 4):
        asyncio.run(ask_twice())
        server.requests[-1].wait_disconnected()  # closed with its loop
        assert server.connections == count


def run_script(server: Server, script: str) -> str:
    """Run `script` with every warning shown, and return what it printed, errors too."""
    prelude = """
        import asyncio, gc, io, sys, unittest
        from mirascope.llm.transport.async_driver import AsyncDriver
        from mirascope.llm.transport.http import HttpRequest

        driver = AsyncDriver()

        async def opened(path):
            request = HttpRequest(url=sys.argv[1] + path)
            return await driver.open_async(request, connect=10, deadline=None)

        async def ask():
            stream = await opened("ok")
            while await stream.read(None):
                pass
            print("done", flush=True)
    """
    server.route("/ok", Reply(body=b"ok"))
    server.route("/stall", Reply(body=[b"1"], stall="after first"))
    result = subprocess.run(
        [
            *(sys.executable, "-W", "always", "-c"),
            textwrap.dedent(prelude) + textwrap.dedent(script),
            server.url("/"),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return result.stdout


@pytest.mark.parametrize(
    "script",
    [
        "asyncio.run(ask())",
        "asyncio.run(ask()); asyncio.run(ask())",
        """
        with asyncio.Runner() as runner:
            runner.run(ask())
        """,
        """
        async def main():
            await ask()
            await driver.aclose()
            await ask()
            await driver.aclose()
        asyncio.run(main())
        """,
        # The driver goes before the loop does.
        """
        async def main():
            global driver
            await ask()
            del driver
            gc.collect()
            await asyncio.sleep(0.01)
        asyncio.run(main())
        """,
        """
        class Test(unittest.IsolatedAsyncioTestCase):
            async def test(self):
                await ask()
        unittest.main(argv=["x"], verbosity=0, exit=False, testRunner=unittest.TextTestRunner(
            stream=io.StringIO(), verbosity=0))
        """,
        # A stream that is left open when the loop ends.
        """
        async def main():
            global stream
            stream = await opened("stall")
            await stream.read(None)
            print("done")
        asyncio.run(main())
        """,
        # One that is dropped.
        """
        async def main():
            stream = await opened("stall")
            await stream.read(None)
            print("done")
        asyncio.run(main())
        """,
        # One that another task still reads.
        """
        async def read():
            stream = await opened("stall")
            while True:
                await stream.read(None)
        async def main():
            task = asyncio.create_task(read())
            await asyncio.sleep(0.1)
            print("done")
        asyncio.run(main())
        """,
    ],
)
def test_nothing_is_said_at_the_end(server: Server, script: str) -> None:
    lines = run_script(server, script).split("\n")
    noise = [line for line in lines if line not in ("done", "")]
    assert noise == [], "\n".join(noise)
    assert "done" in lines


@pytest.mark.parametrize("end", ["loop.close()", "pass"])
def test_loop_without_its_clean_up(server: Server, end: str) -> None:
    """asyncio itself then warns of its loops and transports, and nothing else is said."""
    # A collection at the wrong moment would have it finalize a loop's sockets before the loop.
    script = """
        gc.disable()
        for _ in range(2):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(ask())
    """
    output = run_script(server, f"{script}    {end}")
    assert output.count("done") == 2
    assert "Unclosed" not in output
    assert "Traceback" not in output


async def ask_in_child(driver: AsyncDriver, url: str) -> bytes:
    return await read_all(await opened(driver, url, b"child"))


def run_child(driver: AsyncDriver, reading: AsyncByteStream, url: str, pipe: Connection) -> None:
    reading.close()  # the parent's: must not end it
    pipe.send(asyncio.run(ask_in_child(driver, url)))


async def test_child_process_leaves_the_connections_of_its_parent_alone(server: Server) -> None:
    server.route("*", lambda exchange: Reply(body=[exchange.request.body])(exchange))
    server.route("/open", Reply(body=[b"1", 0.6, b"2"]))
    driver = AsyncDriver()
    assert await read_all(await opened(driver, server.url("/"), b"parent")) == b"parent"
    reading = await opened(driver, server.url("/open"))
    assert await reading.read(None) == b"1"
    assert server.connections == 1

    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    process = context.Process(target=run_child, args=(driver, reading, server.url("/"), there))
    process.start()
    assert await asyncio.to_thread(here.recv) == b"child"
    await asyncio.to_thread(process.join)
    assert process.exitcode == 0
    assert server.connections == 2
    assert await read_all(reading) == b"2"
    assert await read_all(await opened(driver, server.url("/"), b"parent")) == b"parent"
    assert server.connections == 2
    await driver.aclose()
