"""Connections that cannot be made, break, or are made again."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mcp import MCPError

from mirascope import llm
from mirascope.llm import mcp
from tests.llm.mcp.running import HERE, call, free_port, listening, running, stdio, until
from tests.loopback import Reply, Server, refused_port

LIBRARY = stdio("library", "stdio")


async def number(client: mcp.MCPClient) -> int:
    """Return the number of the server's process."""
    result = await client.call_tool("process")
    return int(result.structured["result"])


async def test_a_server_that_dies_in_a_call() -> None:
    async with mcp.stdio_client(LIBRARY) as client:
        tools = llm.AsyncToolkit(await client.list_tools())
        output = await tools.execute(call("die"))
        assert isinstance(output.error, llm.ToolExecutionError)
        assert isinstance(output.error.tool_exception, llm.ConnectionError)
        assert "its result is not known" in str(output.result)
        assert "pass reconnect=True" in str(output.result)
        with pytest.raises(llm.ConnectionError, match=r"'greet': the connection .* lost"):
            await client.call_tool("greet", {"name": "Bo"})


async def test_a_process_started_again() -> None:
    async with mcp.stdio_client(LIBRARY, reconnect=True) as client:
        tools = llm.AsyncToolkit(await client.list_tools())
        before = await number(client)
        with pytest.raises(llm.ConnectionError, match=r"The next request connects again"):
            await client.call_tool("die")
        output = await tools.execute(call("greet", '{"name": "Bo"}'))
        assert "Zombo.com, Bo" in str(output.result)
        assert await number(client) != before


async def test_one_new_connection_for_many_calls() -> None:
    async with mcp.stdio_client(LIBRARY, reconnect=True) as client:
        with pytest.raises(llm.ConnectionError):
            await client.call_tool("die")
        assert len(set(await asyncio.gather(*(number(client) for _ in range(10))))) == 1


def command(transport: str, port: int) -> list[str]:
    return [sys.executable, str(HERE / "servers" / "library.py"), transport, str(port)]


def client_of(transport: str, port: int, **options: Any) -> Any:
    if transport == "sse":
        return mcp.sse_client(f"http://127.0.0.1:{port}/sse", **options)
    return mcp.streamable_http_client(f"http://127.0.0.1:{port}/mcp", **options)


@pytest.mark.parametrize("transport", ["http", "sse"])
async def test_a_restart_over_http_with_reconnect(transport: str) -> None:
    port = free_port()
    with ExitStack() as running:
        running.enter_context(listening(command(transport, port), port))
        async with client_of(transport, port, reconnect=True) as client:
            before = await number(client)
            await asyncio.to_thread(running.close)
            with pytest.raises(llm.ConnectionError):
                await number(client)
            with pytest.raises(llm.ConnectionError):
                await number(client)  # as long as it is down
            with listening(command(transport, port), port):
                assert await number(client) != before
                assert await number(client) != before


async def test_a_restart_over_sse_without_reconnect() -> None:
    port = free_port()
    with ExitStack() as running:
        running.enter_context(listening(command("sse", port), port))
        async with client_of("sse", port) as client:
            await number(client)
            await asyncio.to_thread(running.close)
            with (
                listening(command("sse", port), port),
                pytest.raises(llm.ConnectionError, match="reconnect=True"),
            ):
                await number(client)


# A server of the protocol of 2025, which has sessions, that forgets them at a restart.
SESSIONS = """
import json, sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, status, known = int(sys.argv[1]), int(sys.argv[2]), set()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.say(405, None)

    def do_DELETE(self):
        self.say(200, None)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["content-length"])))
        session, headers = self.headers.get("mcp-session-id"), {}
        if message["method"] == "initialize":
            session = f"session-{len(known)}"
            known.add(session)
            headers["mcp-session-id"] = session
            result = {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "sessions", "version": "1"},
            }
        elif message["method"] == "server/discover":
            error = {"code": -32601, "message": "unknown"}
            return self.say(200, {"jsonrpc": "2.0", "id": message["id"], "error": error})
        elif session not in known:
            error = {"code": -32000, "message": "Bad Request: No valid session ID provided"}
            return self.say(status, {"jsonrpc": "2.0", "id": None, "error": error})
        elif "id" not in message:
            return self.say(202, None)
        elif message["method"] == "tools/call" and message["params"]["name"] == "forget":
            known.clear()
            result = {"content": []}
        elif message["method"] == "tools/call":
            result = {"content": [{"type": "text", "text": session}]}
        else:
            tools = [{"name": name, "inputSchema": {"type": "object"}} for name in "ab"]
            result = {"tools": tools}
        self.say(200, {"jsonrpc": "2.0", "id": message["id"], "result": result}, headers)

    def say(self, status, message, headers={}):
        body = b"" if message is None else json.dumps(message).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-type", "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


@pytest.mark.parametrize("status", ["404", "400"])
async def test_a_session_that_is_not_known_any_more(status: str) -> None:
    port = free_port()
    with listening([sys.executable, "-c", SESSIONS, str(port), status], port):
        async with client_of("http", port) as client:
            await client.call_tool("forget")
            for _ in range(2):
                with pytest.raises(llm.ConnectionError, match="does not know the session any more"):
                    await client.call_tool("a")
        async with client_of("http", port, reconnect=True) as client:
            await client.call_tool("forget")
            assert (await client.call_tool("a")).content == [llm.Text(text="session-0")]


async def test_errors_of_ones_own_stay_what_they_are() -> None:
    with pytest.raises(KeyError):  # and no group of errors
        async with mcp.stdio_client(LIBRARY):
            raise KeyError("mine")


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (mcp.StdioServerParameters(command="no-such-command"), "'no-such-command': FileNotFound"),
        (stdio("hostile", "closes at once"), "it closed the connection"),
        (mcp.StdioServerParameters(command="echo", args=["hello"]), "it closed the connection"),
    ],
)
async def test_a_process_that_is_no_server(
    parameters: mcp.StdioServerParameters, says: str
) -> None:
    with pytest.raises(llm.ConnectionError, match=f"Cannot connect to the MCP server.*{says}"):
        async with mcp.stdio_client(parameters):
            pass


@pytest.mark.parametrize("connect", [mcp.streamable_http_client, mcp.sse_client])
@pytest.mark.parametrize("status", [None, 401, 500])
async def test_an_address_that_is_no_server(connect: Any, status: int | None) -> None:
    with Server() as server:
        server.route("*", Reply(status=status or 200, body=b"Bearer sekret-key is not welcome"))
        port = refused_port() if status is None else int(server.url("").rsplit(":", 1)[1])
        url = f"http://user:sekret-name@127.0.0.1:{port}/mcp?key=sekret-query"
        with pytest.raises(llm.ConnectionError) as caught:
            async with connect(url, headers={"authorization": "Bearer sekret-key"}):
                pass
    text = str(caught.value)
    assert f"Cannot connect to the MCP server at http://127.0.0.1:{port}/mcp: " in text
    assert status is None or f"HTTP {status}" in text
    told = [text]
    error: BaseException | None = caught.value
    while error is not None:
        told.append(repr(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert "sekret" not in "".join(told)


async def test_headers_are_sent() -> None:
    with Server() as server:
        server.route("*", Reply(status=403, body=b""))
        with pytest.raises(llm.ConnectionError, match="HTTP 403"):
            async with mcp.streamable_http_client(server.url("/mcp"), headers={"user": "Ada"}):
                pass
        assert server.requests[0].headers["user"] == "Ada"


async def test_connecting_may_be_cancelled(tmp_path: Path) -> None:
    silent = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-c", f"open({str(tmp_path / 'began')!r}, 'w'); import sys; sys.stdin.read()"],
    )

    async def connect() -> None:
        async with mcp.stdio_client(silent):
            pass

    connecting = asyncio.create_task(connect())
    await asyncio.to_thread(until, (tmp_path / "began").exists)
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting


async def test_a_block_that_is_cancelled_stops_the_server() -> None:
    numbers: list[int] = []

    async def work() -> None:
        async with mcp.stdio_client(LIBRARY) as client:
            numbers.append(await number(client))
            await asyncio.Event().wait()

    working = asyncio.create_task(work())
    await asyncio.to_thread(until, lambda: bool(numbers))
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await asyncio.to_thread(until, lambda: not Path(f"/proc/{numbers[0]}").exists())


async def test_a_limit_around_a_block() -> None:
    """Its scope cancels again and again, and the process is stopped all the same."""
    async with anyio.create_task_group() as group, mcp.stdio_client(LIBRARY) as client:
        process = await number(client)
        group.cancel_scope.cancel()
        with pytest.raises(asyncio.CancelledError):
            await client.call_tool("process")
        await anyio.sleep_forever()
    await asyncio.to_thread(until, lambda: not Path(f"/proc/{process}").exists())


@pytest.mark.parametrize("transport", ["stdio", "http", "sse"])
async def test_tools_outlive_their_client(transport: str) -> None:
    with running(transport) as connect:
        async with connect() as client:
            tools = llm.AsyncToolkit(await client.list_tools())
        output = await tools.execute(call("greet", '{"name": "Bo"}'))
    assert isinstance(output.error, llm.ToolExecutionError)
    assert isinstance(output.error.tool_exception, anyio.ClosedResourceError)
    assert "inside the block" in str(output.result)


async def test_an_error_of_the_protocol_is_one() -> None:
    async with mcp.stdio_client(stdio("ours", "stdio")) as client:
        with pytest.raises(MCPError, match="Unknown tool: nothing"):
            await client.call_tool("nothing")


def test_an_error_of_a_tool_is_pickled() -> None:
    import pickle

    error = mcp.MCPToolError("it failed")
    assert pickle.loads(pickle.dumps(error)) == error
    assert re.search("it failed", str(error))
