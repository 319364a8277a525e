"""The simulator as an HTTP server, for SDKs in any language. Needs the extra ``server``."""

from __future__ import annotations

import asyncio
import json
import math
import socket
from collections.abc import Callable
from typing import assert_never

from mirascope._install import needs
from mirascope.llm.testing.script import ScriptExhausted
from mirascope.llm.testing.simulator import Simulator
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.transport.memory import Cut, MemoryReply, Pause

# This module is only imported by who wants a server.
with needs("server", "The simulator's server needs packages that are not installed"):
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send

__all__ = ["application", "serve"]

Log = Callable[[str], None]


def application(simulator: Simulator, log: Log | None = None) -> Starlette:
    """Return an ASGI application that answers with `simulator`.

    Args:
        simulator: Who answers.
        log: Called with one line a request.
    """

    async def answer(request: Request) -> Response:
        incoming = HttpRequest(
            url=str(request.url),
            method="POST" if request.method == "POST" else "GET",
            headers=dict(request.headers),
            body=await request.body(),
        )
        try:
            reply = simulator.handle(incoming)
        except ScriptExhausted as error:
            reply = _exhausted(str(error))
        if log is not None:
            log(f"{request.method} {request.url.path} {reply.status}")
        return _Delivery(reply)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])


def serve(simulator: Simulator, listener: socket.socket, log: Log | None = None) -> None:
    """Answer on `listener`, which listens already, until the process is interrupted."""
    config = uvicorn.Config(
        application(simulator, log),
        lifespan="off",
        # A connection that the script breaks is an error to uvicorn; `log` tells what is wanted.
        log_level="critical",
        timeout_graceful_shutdown=1,  # a stalled answer would never end by itself
    )
    uvicorn.Server(config).run(sockets=[listener])


def _exhausted(message: str) -> MemoryReply:
    # 400, since no SDK retries that.
    error = {"error": {"message": message, "type": "script_exhausted", "code": 400}}
    headers = {"content-type": "application/json"}
    return MemoryReply(status=400, headers=headers, chunks=[json.dumps(error).encode()])


class _Delivery(Response):
    """Plays a reply: its bytes, its pauses and the end that it has."""

    def __init__(self, reply: MemoryReply) -> None:
        super().__init__(status_code=reply.status)
        self._reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the reply; stop when the client has gone."""
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await self._deliver(send, gone)
        finally:
            gone.cancel()

    async def _deliver(self, send: Send, gone: asyncio.Task[None]) -> None:
        reply = self._reply
        if reply.pause is not None:
            await asyncio.wait([gone], timeout=_seconds(reply.pause))
        headers = [(name.encode(), value.encode()) for name, value in reply.headers.items()]
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        for step in reply.chunks:
            if gone.done():
                return
            match step:
                case bytes():
                    await send({"type": "http.response.body", "body": step, "more_body": True})
                case Pause():
                    await asyncio.wait([gone], timeout=_seconds(step))
                case Cut():
                    return  # without an end, for which the server closes the connection
                case _:
                    assert_never(step)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _seconds(pause: Pause) -> float | None:
    return None if pause.seconds == math.inf else pause.seconds


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
