"""A server for the load test, in a process of its own: streams that break where they are told to.

The question says what is to happen (see `Order`). The first answer to an order has its fault, every
later one has none. A request that holds the beginning of the answer is answered as a model would
that was told to go on: with the characters that it was asked to repeat, and the rest.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bench.server import HEAD, event

__all__ = ["FAULTS", "Fault", "Order"]

Fault: TypeAlias = Literal["cut", "reset", "stall", "busy", "overload", "none"]
FAULTS: tuple[Fault, ...] = ("cut", "reset", "stall", "busy", "overload")

OPEN = HEAD.replace(b"connection: close\r\n", b"")
END = event("", '"stop"') + b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"
OVERLOADED = b'data: {"error":{"message":"Too much today.","code":"overloaded"}}\n\n'
BUSY = (
    b"HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/json\r\nretry-after: 1\r\n"
    b'content-length: 40\r\n\r\n{"error":{"message":"Too many of you."}}'
)
LINGER = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Order:
    """What one stream is to bring."""

    number: int
    chunks: int
    pause: int
    """Milliseconds before each chunk."""
    fault: Fault
    at: int
    """How many chunks come before the fault."""

    @property
    def words(self) -> list[str]:
        """Return the text of each chunk; no two answers have one in common."""
        return [f"{self.number}w{index} " for index in range(self.chunks)]

    def __str__(self) -> str:
        return f"load {self.number} {self.chunks} {self.pause} {self.fault} {self.at}"

    @classmethod
    def read(cls, text: str) -> Order:
        """Return the order that was written as `text`."""
        match = re.fullmatch(r"load (\d+) (\d+) (\d+) (\w+) (\d+)", text)
        assert match, text
        number, chunks, pause, fault, at = match.groups()
        known: Any = fault
        return cls(int(number), int(chunks), int(pause), known, int(at))


class Server:
    """Answers orders; remembers which have had their fault."""

    def __init__(self) -> None:
        self._broken: set[int] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection, until either side ends it."""
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the measurement is over
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        assert length, head
        messages = json.loads(await reader.readexactly(int(length[1])))["messages"]
        order = Order.read(messages[0]["content"])
        fault = "none" if order.number in self._broken else order.fault
        self._broken.add(order.number)
        if fault == "busy":
            writer.write(BUSY)
            return True
        words = order.words
        if len(messages) > 1:  # the question, the answer so far, and the request to go on
            _, said, more = (message["content"] for message in messages)
            _, _, anchor = more.partition("which are:\n\n")
            words = [anchor, *re.findall(r"\S+ ", "".join(words)[len(said) :])]
        writer.write(OPEN)
        for index, word in enumerate(words):
            await asyncio.sleep(order.pause / 1000)
            if fault != "none" and index == order.at:
                return await self._break(fault, reader, writer)
            writer.write(event(word))
        writer.write(END)
        await writer.drain()
        return True

    async def _break(
        self, fault: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        if fault == "stall":
            await reader.read()  # until the client has had enough
        elif fault == "reset":
            connection: socket.socket = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        elif fault == "overload":
            writer.write(b"%x\r\n%s\r\n" % (len(OVERLOADED), OVERLOADED))
            writer.write(END)
            return True
        return False


async def main() -> None:
    """Serve until standard input closes; the port is printed first."""
    server = await asyncio.start_server(Server().serve, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
