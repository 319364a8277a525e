"""The transport without a network, in both colours."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest

from mirascope.llm.transport.http import (
    Abort,
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
)
from mirascope.llm.transport.memory import Cut, MemoryReply, MemoryTransport, Pause, Step

REQUEST = HttpRequest(url="http://a.invalid/x", headers={"a": "b"}, body=b"{}")
SOON = 0.05


class Client:
    """A memory transport, asked in the one colour or the other."""

    def __init__(self, is_async: bool) -> None:
        self.is_async = is_async
        self.slept: list[float] = []
        self.requests: list[HttpRequest] = []

    def ask(
        self,
        *chunks: Step,
        status: int = 200,
        pause: Pause | None = None,
        deadline: float | None = None,
        injected: bool = False,
        abort: Abort | None = None,
        close_after: float | None = None,
    ) -> tuple[list[bytes], Exception | None]:
        """Return the pieces of an answer, and the error that ended it."""
        reply = MemoryReply(status=status, headers={"X-A": "1"}, chunks=chunks, pause=pause)

        def handler(request: HttpRequest) -> MemoryReply:
            self.requests.append(request)
            return reply

        async def async_sleep(seconds: float) -> None:
            self.slept.append(seconds)

        transport = MemoryTransport(
            handler,
            sleep=self.slept.append if injected else None,
            async_sleep=async_sleep if injected else None,
        )
        pieces: list[bytes] = []
        options = {"connect": None, "deadline": deadline, "abort": abort}

        async def run_async() -> None:
            stream = await transport.open_async(REQUEST, **options)  # type: ignore[arg-type]
            assert (stream.status, stream.headers) == (status, {"x-a": "1"})
            if close_after is not None:
                threading.Timer(close_after, stream.close).start()
            while data := await stream.read(deadline):
                pieces.append(data)
            assert await stream.read(deadline) == b""
            await transport.aclose()

        def run() -> None:
            stream = transport.open(REQUEST, **options)  # type: ignore[arg-type]
            assert (stream.status, stream.headers) == (status, {"x-a": "1"})
            if close_after is not None:
                threading.Timer(close_after, stream.close).start()
            while data := stream.read(deadline):
                pieces.append(data)
            assert stream.read(deadline) == b""
            transport.close()

        try:
            asyncio.run(run_async()) if self.is_async else run()
        except Exception as error:
            return pieces, error
        return pieces, None


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest) -> Client:
    return Client(request.param == "async")


def test_pieces(client: Client) -> None:
    assert client.ask(b"1", b"2", status=201) == ([b"1", b"2"], None)
    (request,) = client.requests
    assert (request.url, request.body) == (REQUEST.url, b"{}")
    assert request.headers["a"] == "b"
    assert request.headers["user-agent"].startswith("mirascope/")


def test_cut(client: Client) -> None:
    pieces, error = client.ask(b"1", Cut(), b"2")
    assert pieces == [b"1"]
    assert isinstance(error, ConnectionLost)


def test_pause(client: Client) -> None:
    started = time.monotonic()
    assert client.ask(b"1", Pause(SOON), b"2", pause=Pause(SOON)) == ([b"1", b"2"], None)
    assert time.monotonic() - started >= 2 * SOON


def test_injected_sleep(client: Client) -> None:
    chunks = (b"1", Pause(1000), b"2")
    assert client.ask(*chunks, pause=Pause(500), injected=True) == ([b"1", b"2"], None)
    assert client.slept == [500, 1000]


def test_pause_past_the_deadline(client: Client) -> None:
    deadline = time.monotonic() + SOON
    pieces, error = client.ask(b"1", Pause(1000), b"2", deadline=deadline)
    assert pieces == [b"1"]
    assert isinstance(error, DeadlineExceeded)
    assert time.monotonic() >= deadline - 0.01


def test_pause_without_end_does_not_wait_for_a_deadline(client: Client) -> None:
    deadline = time.monotonic() + 1000
    pieces, error = client.ask(b"1", Pause(), deadline=deadline)
    assert pieces == [b"1"]
    assert isinstance(error, DeadlineExceeded)
    pieces, error = client.ask(pause=Pause(), deadline=deadline)
    assert pieces == []
    assert isinstance(error, DeadlineExceeded)


def test_deadline_that_has_passed(client: Client) -> None:
    pieces, error = client.ask(b"1", deadline=time.monotonic() - 1)
    assert pieces == []
    assert isinstance(error, DeadlineExceeded)


@pytest.mark.parametrize("pause", [Pause(), Pause(1000)])
def test_close_wakes_the_reader(client: Client, pause: Pause) -> None:
    pieces, error = client.ask(b"1", pause, close_after=SOON)
    assert pieces == [b"1"]
    assert isinstance(error, StreamClosed)


def test_abort(client: Client) -> None:
    abort = Abort()
    threading.Timer(SOON, abort.fire).start()
    _, error = client.ask(pause=Pause(), abort=abort)
    assert isinstance(error, StreamClosed)
    _, error = client.ask(b"1", abort=abort)
    assert isinstance(error, StreamClosed)


def test_handler_that_raises() -> None:
    def handler(request: HttpRequest) -> MemoryReply:
        raise ConnectFailed("no such host")

    transport = MemoryTransport(handler)
    with pytest.raises(ConnectFailed):
        transport.open(REQUEST, connect=None, deadline=None)
    with pytest.raises(ConnectFailed):
        asyncio.run(transport.open_async(REQUEST, connect=None, deadline=None))


def test_chunks_are_made_as_they_are_read() -> None:
    made: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        for piece in (b"1", b"2"):
            made.append(piece)
            yield piece

    transport = MemoryTransport(lambda request: MemoryReply(chunks=chunks()))
    stream = transport.open(REQUEST, connect=None, deadline=None)
    assert made == []
    assert stream.read(None) == b"1"
    assert made == [b"1"]
