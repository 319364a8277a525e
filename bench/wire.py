"""CPU per chunk from the wire to the user: raw sockets, pyreqwest, and this library."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from bench.measure import Row, cpu_us
from mirascope import llm

CHUNKS = 4000
ONE = {"sync": 2, "async": 1}
"""Most that one chunk a read may cost, as multiples of a bare socket."""
BURSTS = {"sync": 4.5, "async": 5}
"""Most that a chunk of many in one read may cost, in microseconds."""


def rows(url: str) -> list[Row]:
    """Measure one chunk a read, with and without the reader falling asleep, and bursts."""
    return [*_of(url, "steady"), *_of(url, "paced"), *_of(url, "burst")]


def _of(url: str, pace: str) -> list[Row]:
    target = f"{url}/{pace}/{CHUNKS}"
    label = {
        "steady": "one chunk a read, steady",
        "paced": "one chunk a read, paused",
        "burst": "bursts",
    }[pace]
    costs: dict[str, float] = {}
    ways: dict[str, Callable[[], object]] = {
        "raw socket, sync": lambda: raw(target),
        "raw socket, async": lambda: asyncio.run(raw_async(target)),
        "mirascope, sync": lambda: library(target),
        "mirascope, async": lambda: asyncio.run(library_async(target)),
    }
    try:
        import pyreqwest  # noqa: F401  # only measured where it is installed
    except ImportError:
        pass
    else:
        ways["pyreqwest, sync"] = lambda: pyreqwest_sync(target)
        ways["pyreqwest, async"] = lambda: asyncio.run(pyreqwest_async(target))
    for name, work in ways.items():
        costs[name] = cpu_us(work, CHUNKS)
    result = []
    for name, cost in costs.items():
        budget, ok = "", None
        if name.startswith("mirascope"):
            colour = name.rpartition(" ")[2]
            if pace == "burst":
                budget, ok = f"budget {BURSTS[colour]}", cost <= BURSTS[colour]
            else:
                ratio = cost / costs[name.replace("mirascope", "raw socket")]
                budget, ok = f"{ratio:.2f} x raw (budget {ONE[colour]})", ratio <= ONE[colour]
        result.append(Row(f"{label}: {name}", cost, "us/chunk", budget, ok))
    return result


def _request(target: str) -> tuple[tuple[str, int], bytes]:
    parts = urlsplit(target)
    assert parts.hostname
    assert parts.port
    head = f"POST {parts.path} HTTP/1.1\r\nhost: {parts.netloc}\r\n\r\n"
    return (parts.hostname, parts.port), head.encode()


def raw(target: str) -> None:
    """Read everything from a blocking socket."""
    address, request = _request(target)
    with socket.create_connection(address) as connection:
        connection.sendall(request)
        while connection.recv(65536):
            pass


def by_hand(target: str) -> int:
    """Return how many texts come: the shortest loop there is, which trusts the server blindly."""
    address, request = _request(target)
    texts, waiting = 0, b""
    with socket.create_connection(address) as connection:
        connection.sendall(request)
        while data := connection.recv(65536):
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:  # among them the sizes of chunks, which it does not look at
                if line.startswith(b"data: {") and (choices := json.loads(line[6:])["choices"]):
                    texts += bool(choices[0]["delta"].get("content"))
    return texts


async def raw_async(target: str) -> None:
    """Read everything from a socket in an event loop."""
    address, request = _request(target)
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, address)
        await loop.sock_sendall(connection, request)
        while await loop.sock_recv(connection, 65536):
            pass


def _model(target: str) -> llm.Model:
    llm.reset_provider_registry()
    llm.register_provider("openai:completions", scope="bench/", base_url=target, api_key="k")
    return llm.Model("bench/model", keep_raw=False)


def library(target: str) -> None:
    """Iterate over text."""
    count = sum(1 for _ in _model(target).stream("hi").text_stream())
    assert count == CHUNKS, count


async def library_async(target: str) -> None:
    """Iterate over text, asynchronously."""
    response = await _model(target).stream_async("hi")
    count = 0
    async for _ in response.text_stream():
        count += 1
    assert count == CHUNKS, count


def pyreqwest_sync(target: str) -> None:
    """Read everything through pyreqwest."""
    from pyreqwest.client import SyncClientBuilder

    request = SyncClientBuilder().build().post(target).streamed_read_buffer_limit(0)
    with request.build_streamed() as response:
        while response.body_reader.read_chunk() is not None:
            pass


async def pyreqwest_async(target: str) -> None:
    """Read everything through pyreqwest, asynchronously."""
    from pyreqwest.client import ClientBuilder

    async with ClientBuilder().build() as client:
        request = client.post(target).streamed_read_buffer_limit(0)
        async with request.build_streamed() as response:
            while await response.body_reader.read_chunk() is not None:
                pass
