"""Servers as processes of their own, and what is asked of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

from mirascope import llm
from mirascope.llm import mcp
from tests.llm.mcp.environments import environment

__all__ = [
    "HERE",
    "Connect",
    "call",
    "environment",
    "free_port",
    "listening",
    "running",
    "stdio",
    "until",
]

Connect: TypeAlias = Callable[..., AbstractAsyncContextManager[mcp.MCPClient]]

HERE = Path(__file__).parent
_SAFETY = 60.0  # seconds after which a test that waits for something gives up


def stdio(script: str, *args: str) -> mcp.StdioServerParameters:
    """Return how a script of `servers` is started."""
    path = str(HERE / "servers" / f"{script}.py")
    return mcp.StdioServerParameters(command=sys.executable, args=[path, *args], env=environment())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def listening(command: list[str], port: int, **env: str) -> Iterator[None]:
    """Run a command, from when it listens on a port until the block ends."""
    environ = {**os.environ, **environment(), **env}
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until(lambda: _answers(port) or process.poll() is not None)
        assert process.poll() is None, "the server did not start"
        yield
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that will happen."""
    end = time.monotonic() + _SAFETY
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@contextmanager
def running(transport: str, script: str = "library") -> Iterator[Connect]:
    """Run a script of `servers`, and give what connects to it."""
    if transport == "stdio":
        yield partial(mcp.stdio_client, stdio(script, "stdio"))
        return
    port = free_port()
    path = str(HERE / "servers" / f"{script}.py")
    with listening([sys.executable, path, transport, str(port)], port):
        if transport == "sse":
            yield partial(mcp.sse_client, f"http://127.0.0.1:{port}/sse")
        else:
            yield partial(mcp.streamable_http_client, f"http://127.0.0.1:{port}/mcp")


def call(name: str, args: str = "{}") -> llm.ToolCall:
    return llm.ToolCall(id="call_1", name=name, args=args)
