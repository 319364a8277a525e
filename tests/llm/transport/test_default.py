"""Which transport a provider gets, and when the libraries behind it are imported."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import httpx2
import pytest

from mirascope.llm.transport.default import (
    DefaultTransport,
    default_transport,
    transport_for,
)
from mirascope.llm.transport.httpx_driver import HttpxDriver
from mirascope.llm.transport.memory import MemoryReply, MemoryTransport
from tests.llm.transport.colours import get, post
from tests.loopback import Reply, Server


def test_default_is_shared() -> None:
    assert transport_for(None) is default_transport()
    assert isinstance(default_transport(), DefaultTransport)


def test_default_in_both_colours(server: Server) -> None:
    server.route("*", Reply(body=b"ok"))
    transport = DefaultTransport()
    stream = transport.open(get(server.url()), connect=10, deadline=None)
    assert stream.read(None) == b"ok"
    assert stream.read(None) == b""
    transport.close()

    async def ask() -> None:
        stream = await transport.open_async(get(server.url()), connect=10, deadline=None)
        assert await stream.read(None) == b"ok"
        assert await stream.read(None) == b""
        await transport.aclose()

    asyncio.run(ask())


def test_close_of_what_was_never_used() -> None:
    transport = DefaultTransport()
    transport.close()
    asyncio.run(transport.aclose())


def test_libraries_are_imported_at_the_first_use() -> None:
    script = (
        "import sys; from mirascope.llm.transport.default import default_transport; "
        "default_transport(); print(*(name for name in "
        "('ssl', 'urllib3', 'http.client', 'aiohttp', 'asyncio', 'httpx', 'httpx2') "
        "if name in sys.modules))"
    )
    output = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert output.strip() == ""


def test_transport_of_the_user() -> None:
    transport = MemoryTransport(lambda request: MemoryReply())
    assert transport_for(transport) is transport


AT_ONCE = """
import asyncio, gc, sys, threading

from mirascope.llm.transport.default import default_transport
from mirascope.llm.transport.http import HttpRequest

COUNT = 16
start = threading.Barrier(COUNT)
pieces = {}
sys.setswitchinterval(1e-5)

async def ask(number):
    request = HttpRequest(url=sys.argv[1], method="GET")
    start.wait()
    stream = await default_transport().open_async(request, connect=10, deadline=None)
    gc.collect()
    received = b""
    while data := await stream.read(None):
        received += data
    pieces[number] = received

def ask_sync(number):
    request = HttpRequest(url=sys.argv[1], method="GET")
    start.wait()
    stream = default_transport().open(request, connect=10, deadline=None)
    gc.collect()
    received = b""
    while data := stream.read(None):
        received += data
    pieces[number] = received

if sys.argv[2] == "async":
    work = lambda number: asyncio.run(ask(number))
else:
    work = ask_sync
threads = [threading.Thread(target=work, args=(number,)) for number in range(COUNT)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(*sorted(piece.decode() for piece in pieces.values()))
"""


@pytest.mark.parametrize("colour", ["sync", "async"])
def test_first_use_by_many_threads_at_once(server: Server, colour: str) -> None:
    server.route("*", Reply(body=[b"1", 0.2, b"2", 0.2, b"3"]))
    output = subprocess.run(
        [sys.executable, "-c", AT_ONCE, server.url(), colour],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        check=True,
        capture_output=True,
        text=True,
    )
    assert output.stdout.split() == ["123"] * 16, output.stderr


class OwnClient(httpx.Client):
    """A subclass, as some SDKs make one."""


@pytest.mark.parametrize("make", [httpx.Client, httpx2.Client, OwnClient])
def test_client_of_one_colour(server: Server, make: type[httpx.Client]) -> None:
    server.route("*", Reply(body=b"ok"))
    with make(headers={"x-own": "1"}, trust_env=False) as client:
        transport = transport_for(client)
        stream = transport.open(post(server.url()), connect=10, deadline=None)
        assert stream.read(None) == b"ok"
        assert stream.read(None) == b""
        assert server.requests[0].headers["x-own"] == "1"
        with pytest.raises(TypeError, match="AsyncClient"):
            asyncio.run(transport.open_async(post(server.url()), connect=10, deadline=None))
        transport.close()
        assert not client.is_closed


@pytest.mark.parametrize("make", [httpx.AsyncClient, httpx2.AsyncClient])
def test_async_client(server: Server, make: type[httpx.AsyncClient]) -> None:
    server.route("*", Reply(body=b"ok"))

    async def ask() -> None:
        async with make(trust_env=False) as client:
            transport = transport_for(client)
            stream = await transport.open_async(post(server.url()), connect=10, deadline=None)
            assert await stream.read(None) == b"ok"
            assert await stream.read(None) == b""
            with pytest.raises(TypeError, match="AsyncClient, with which a synchronous call"):
                transport.open(post(server.url()), connect=10, deadline=None)
            await transport.aclose()
            assert not client.is_closed

    asyncio.run(ask())


def test_pair_of_clients(server: Server) -> None:
    server.route("*", Reply(body=b"ok"))

    async def ask(transport: HttpxDriver) -> None:
        stream = await transport.open_async(post(server.url()), connect=10, deadline=None)
        assert await stream.read(None) == b"ok"
        stream.close()

    async def ask_with_both() -> None:
        async with httpx2.AsyncClient(trust_env=False) as second:
            with httpx.Client(trust_env=False) as first:
                transport = transport_for((second, first))
                assert isinstance(transport, HttpxDriver)
                await ask(transport)
                stream = transport.open(post(server.url()), connect=10, deadline=None)
                assert stream.read(None) == b"ok"
                stream.close()

    asyncio.run(ask_with_both())


def test_client_with_a_transport_of_its_own() -> None:
    """Without a socket there is nothing to shut down, and nothing to wait for."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=request.content + b"!")

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        stream = transport_for(client).open(post("http://a.invalid/"), connect=1, deadline=None)
        assert stream.read(None) == b"{}!"
        assert stream.read(None) == b""
        stream.close()


def test_error_of_a_transport_of_its_own_passes_through() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise LookupError("mine")

    with (
        httpx.Client(transport=httpx.MockTransport(fail)) as client,
        pytest.raises(LookupError, match="mine"),
    ):
        transport_for(client).open(post("http://a.invalid/"), connect=1, deadline=None)


@pytest.mark.parametrize(
    "wrong",
    ["http://a.invalid", object(), httpx.Client, 1, (), (1, 2)],
    ids=["text", "object", "class", "number", "nothing", "numbers"],
)
def test_something_else(wrong: object) -> None:
    with pytest.raises(TypeError, match="http_client must be a client of httpx or httpx2"):
        transport_for(wrong)


def test_two_of_the_same_colour() -> None:
    with (
        httpx.Client() as one,
        httpx.Client() as two,
        pytest.raises(TypeError, match=r"\(Client, Client\)"),
    ):
        transport_for((one, two))
