"""Servers that others wrote, where they are installed: npm's reference servers, and fastmcp.

npm install @modelcontextprotocol/server-everything      anywhere; MCP_NODE_BIN names its .bin
pip install fastmcp                                      in an environment of its own;
                                                         MCP_FASTMCP_PYTHON names its python
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mirascope import llm
from mirascope.llm import mcp
from tests.llm.mcp.running import call, free_port, listening


def everything() -> str:
    """Return the command of the reference server, or skip."""
    path = os.pathsep.join([os.environ.get("MCP_NODE_BIN", ""), os.environ.get("PATH", "")])
    found = shutil.which("mcp-server-everything", path=path)
    if found is None or shutil.which("node") is None:
        pytest.skip("npm's @modelcontextprotocol/server-everything is not installed")
    return found


async def look_around(client: mcp.MCPClient) -> None:
    """Use what the reference server is there to have used."""
    tools = llm.AsyncToolkit(await client.list_tools())
    echo = await tools.execute(call("echo", '{"message": "hello"}'))
    assert "Echo: hello" in str(echo.output)
    added = await tools.execute(call("get-sum", '{"a": 1, "b": 2}'))
    assert "3" in str(added.output)
    wrong = await tools.execute(call("get-sum", '{"a": "x"}'))
    assert isinstance(wrong.error, llm.ToolExecutionError)
    weather = await client.call_tool("get-structured-content", {"location": "Chicago"})
    assert set(weather.structured) == {"temperature", "conditions", "humidity"}
    picture = await client.call_tool("get-tiny-image")
    assert [type(part) for part in picture.content] == [llm.Text, llm.Image, llm.Text]
    assert await client.list_prompts()
    resources = await client.list_resources()
    assert all([await client.read_resource(resource.uri) for resource in resources[:3]])


async def test_the_reference_server_over_standard_streams() -> None:
    heard: list[mcp.MCPProgress] = []
    parameters = mcp.StdioServerParameters(command=everything(), args=["stdio"])
    async with mcp.stdio_client(parameters, on_progress=heard.append) as client:
        await look_around(client)
        steps = {"duration": 0.2, "steps": 4}
        await client.call_tool("trigger-long-running-operation", steps)
    assert [progress.progress for progress in heard][-4:] == [1, 2, 3, 4]


async def test_the_reference_server_over_http_and_its_restart() -> None:
    port = free_port()
    command = [everything(), "streamableHttp"]
    url = f"http://127.0.0.1:{port}/mcp"
    first = listening(command, port, PORT=str(port))
    with first:
        connection = mcp.streamable_http_client(url, reconnect=True)
        client = await connection.__aenter__()
        await look_around(client)
    with listening(command, port, PORT=str(port)):
        await look_around(client)
        await connection.__aexit__(None, None, None)


FASTMCP = """
import sys
from fastmcp import FastMCP

server = FastMCP("fast")


@server.tool
def add(a: int, b: int) -> int:
    "Add two numbers."
    return a + b


@server.tool
def fail() -> str:
    "Fail."
    raise ValueError("it failed")


@server.resource("data://config")
def config() -> dict[str, int]:
    "A configuration."
    return {"answer": 42}


if len(sys.argv) > 2:
    server.run(transport="http", port=int(sys.argv[2]), show_banner=False)
else:
    server.run(show_banner=False)
"""


@pytest.mark.parametrize("transport", ["stdio", "http"])
async def test_fastmcp(transport: str, tmp_path: Path) -> None:
    python = os.environ.get("MCP_FASTMCP_PYTHON")
    if python is None:
        pytest.skip("MCP_FASTMCP_PYTHON names no python with fastmcp")
    script = tmp_path / "server.py"
    script.write_text(FASTMCP)
    if transport == "stdio":
        parameters = mcp.StdioServerParameters(command=python, args=[str(script)])
        async with mcp.stdio_client(parameters) as client:
            await use_fastmcp(client)
        return
    port = free_port()
    with listening([python, str(script), "http", str(port)], port, PYTHONPATH=""):
        async with mcp.streamable_http_client(f"http://127.0.0.1:{port}/mcp") as client:
            await use_fastmcp(client)


async def use_fastmcp(client: mcp.MCPClient) -> None:
    tools = llm.AsyncToolkit(await client.list_tools())
    output = await tools.execute(call("add", '{"a": 1, "b": 2}'))
    assert output.output == [{"type": "text", "text": "3", "annotations": None, "meta": None}]
    assert (await client.call_tool("add", {"a": 1, "b": 2})).structured == {"result": 3}
    failed = await tools.execute(call("fail"))
    assert isinstance(failed.error, llm.ToolExecutionError)
    assert "it failed" in str(failed.result)
    (part,) = await client.read_resource("data://config")
    assert isinstance(part, llm.Text)
    assert "42" in part.text
