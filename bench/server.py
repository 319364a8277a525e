"""A server for the measurements, in a process of its own: Chat Completions streams.

The path says how they are sent: ``/paced/<chunks>`` one chunk a write with a pause after each, so
that every read brings one chunk and the reader sleeps in between; ``/steady/<chunks>`` the same
without a pause long enough to sleep; ``/burst/<chunks>`` all at once; ``/slow/<chunks>`` fifty a
second. ``/kept/<chunks>`` answers whole, or, where there are chunks, with a stream at once, and
keeps the connection for the next request. ``/every<milliseconds>/<chunks>`` has a pause of its own,
and its chunks say when they were sent. ``/items/<chunks>`` writes an object, four characters a
chunk, all at once.

The rest of the path tells the wire: Chat Completions is written here, as its vendor does; all
others as the simulator writes them.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache

HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)
PAUSES = {"paced": 0.0003, "burst": 0.0, "slow": 0.02}
STEADY = 0.0001  # seconds between two chunks, too short for the reader's core to go to sleep


def event(text: str, finish: str = "null") -> bytes:
    """Return one chunk of a stream, framed as SSE and as a chunk of HTTP."""
    data = (
        b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,'
        b'"model":"gpt-5-mini","service_tier":"default","system_fingerprint":"fp_1","choices":'
        b'[{"index":0,"delta":{"content":"%s"},"logprobs":null,"finish_reason":%s}],'
        b'"usage":null,"obfuscation":"a1b2c3"}\n\n' % (text.encode(), finish.encode())
    )
    return b"%x\r\n%s\r\n" % (len(data), data)


def body(chunks: int) -> list[bytes]:
    """Return the writes of one answer."""
    done = b"data: [DONE]\n\n"
    writes = [event(f"word{index} ") for index in range(chunks)]
    return [
        *writes,
        event("", '"stop"') + b"%x\r\n%s\r\n" % (len(done), done) + b"0\r\n\r\n",
    ]


WHOLE = (
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-5-mini",'
    b'"choices":[{"index":0,"message":{"role":"assistant","content":"Good morning to you.",'
    b'"refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":'
    b'{"prompt_tokens":9,"completion_tokens":5,"total_tokens":14}}'
)


def chunked(data: bytes) -> bytes:
    """Frame bytes as a chunk of HTTP."""
    return b"%x\r\n%s\r\n" % (len(data), data)


@cache
def written(path: str, chunks: int) -> tuple[str, list[bytes]]:
    """Return the content type and the writes of an answer on the wire that a path belongs to."""
    from mirascope import llm
    from mirascope.llm.responses.chunks import AnswerEnd
    from mirascope.llm.wires import Asked, wire_for

    wire = wire_for(path)
    assert wire is not None, path
    asked = Asked(wire=wire.name, model="model", stream=True)
    events = [
        llm.TextStartChunk(id="t"),
        *[llm.TextChunk(delta=f"word{index} ", id="t") for index in range(chunks)],
        llm.TextEndChunk(id="t"),
        AnswerEnd(state="complete", error=None),
    ]
    frames = [chunked(frame.data) for frame in wire.frames(events, asked, 1)]
    return wire.content_type(asked, failed=False), [*frames, b"0\r\n\r\n"]


def timed(chunks: int) -> Iterator[bytes]:
    """Yield the writes of an answer whose chunks say when they were sent, in nanoseconds."""
    for _ in range(chunks):
        yield event(f"{time.monotonic_ns()} ")
    yield body(0)[-1]


def items_text(chunks: int) -> str:
    """Return an object as JSON, about four characters for each of the chunks."""
    items = [{"name": f"thing {index}", "amount": index} for index in range(chunks * 4 // 34)]
    return json.dumps({"owner": "me", "items": items})


def items(chunks: int) -> Iterator[bytes]:
    """Yield the writes of an answer that is an object."""
    text = items_text(chunks)
    for start in range(0, len(text), 4):
        yield event(json.dumps(text[start : start + 4])[1:-1])
    yield body(0)[-1]


@cache
def kept(chunks: int) -> bytes:
    """Return an answer that leaves the connection open."""
    if chunks:
        return HEAD.replace(b"connection: close\r\n", b"") + b"".join(body(chunks))
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(WHOLE) + WHOLE


def _writes(pace: str, chunks: int) -> Iterable[bytes]:
    if pace == "every":
        return timed(chunks)
    return items(chunks) if pace == "items" else body(chunks)


async def request(reader: asyncio.StreamReader) -> bytes:
    """Read one request and return its head."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    if length:
        await reader.readexactly(int(length[1]))
    return head


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request, then close, or answer several."""
    head = await request(reader)
    try:
        while match := re.search(r"/kept/(\d+)", head.decode().split()[1]):
            writer.write(kept(int(match[1])))
            await writer.drain()
            head = await request(reader)
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        writer.close()  # cancelled: the measurement is over
        return
    path = head.decode().split()[1]
    match = re.search(r"/(steady|paced|burst|slow|items|every)(\d*)/(\d+)", path)
    assert match, head
    pace, chunks = match[1], int(match[3])
    pause = int(match[2]) / 1000 if match[2] else PAUSES.get(pace, 0.0)
    start, writes = HEAD, _writes(pace, chunks)
    rest = path[match.end() :].partition("?")[0]
    if rest and not rest.endswith("/chat/completions"):
        content_type, writes = written(rest, chunks)
        start = HEAD.replace(b"text/event-stream", content_type.encode())
    writer.write(start)
    await writer.drain()
    try:
        if pace in ("burst", "items"):
            writer.write(b"".join(writes))
        else:
            for data in writes:
                writer.write(data)
                if pace == "steady":
                    until = time.perf_counter() + STEADY
                    while time.perf_counter() < until:
                        pass
                else:
                    await asyncio.sleep(pause)
        await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until standard input closes; the port is printed first."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
