"""Our tools and calls, as clients of the library see them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent

from mirascope import llm
from mirascope.llm import mcp
from tests.llm.mcp.running import HERE, free_port, listening, stdio, until


@pytest.fixture(params=["stdio", "http"], scope="module")
def where(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a server, or None for a process of one's own."""
    if request.param == "stdio":
        yield None
        return
    port = free_port()
    command = [sys.executable, str(HERE / "servers" / "ours.py"), "http", str(port)]
    with listening(command, port):
        yield f"http://127.0.0.1:{port}/mcp"


@pytest.fixture(params=["auto", "legacy"])
def mode(request: pytest.FixtureRequest) -> str:
    """Which of the protocol's two forms the client speaks."""
    return str(request.param)


@asynccontextmanager
async def connected(where: str | None, mode: str) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers={"user": "local"}) as http:
        server: Any = stdio("ours", "stdio")
        if where is not None:
            server = streamable_http_client(where, http_client=http)
        async with Client(server, mode=mode) as client:
            yield client


OFFERED = ["add", "hang", "fail", "book", "whoami", "explain", "recommend", "advise"]


def text_of(result: Any) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text


async def test_everything(where: str | None, mode: str) -> None:
    """In one test, for each needs a process of its own."""
    async with connected(where, mode) as client:
        assert client.server_info is not None
        assert client.server_info.name == "ours"
        assert client.instructions == "Add things."

        listed = (await client.list_tools()).tools
        tools = {tool.name: tool for tool in listed}
        assert list(tools) == OFFERED
        assert tools["add"].description == "Add two numbers."
        assert tools["add"].input_schema == {
            "type": "object",
            "properties": {
                "a": {"description": "The first.", "title": "A", "type": "integer"},
                "b": {"default": 2, "title": "B", "type": "integer"},
            },
            "required": ["a"],
            "additionalProperties": False,
        }
        assert tools["whoami"].input_schema["properties"] == {}
        assert tools["explain"].description == "Explain something."
        assert tools["explain"].input_schema["required"] == ["topic"]
        assert list(tools["advise"].input_schema["properties"]) == ["topic"]

        heard: list[tuple[float, float | None, str | None]] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            heard.append((progress, total, message))

        added = await client.call_tool("add", {"a": 1}, progress_callback=hear)
        assert (text_of(added), added.is_error) == ("3", False)
        assert heard == [(1, 2, "half"), (2, 2, None)]
        assert text_of(await client.call_tool("add", {"a": 1, "b": 5})) == "6"  # nobody listens

        book = await client.call_tool("book")
        assert book.structured_content == {"title": "Emma"}
        assert text_of(book) == '{"title": "Emma"}'

        failed = await client.call_tool("fail")
        assert failed.is_error
        assert text_of(failed) == "KeyError: 'no such city'"
        wrong = await client.call_tool("add", {"a": "x"})
        assert wrong.is_error
        assert "valid integer" in text_of(wrong)
        with pytest.raises(MCPError, match="Unknown tool: nothing"):
            await client.call_tool("nothing")

        assert text_of(await client.call_tool("whoami")) == "local"
        assert "Explain tea in 1" in text_of(await client.call_tool("explain", {"topic": "tea"}))
        assert "Advise local on" in text_of(await client.call_tool("advise", {"topic": "tea"}))
        recommended = await client.call_tool("recommend", {"genre": "fantasy"})
        assert list(recommended.structured_content or {}) == ["title"]


async def test_a_cancelled_call_cancels_the_tool(
    where: str | None, mode: str, tmp_path: Path
) -> None:
    sign, began = tmp_path / "sign", tmp_path / "sign.began"
    async with connected(where, mode) as client:
        calling = asyncio.create_task(client.call_tool("hang", {"sign": str(sign)}))
        await asyncio.to_thread(until, began.exists)
        calling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await calling
        await asyncio.to_thread(until, sign.exists)


async def test_calls_at_once() -> None:
    async with connected(None, "auto") as client:
        calls = [client.call_tool("add", {"a": number, "b": 0}) for number in range(30)]
        results = await asyncio.gather(*calls)
    assert [text_of(result) for result in results] == [str(number) for number in range(30)]


@llm.tool
def plain() -> str:
    """Do nothing."""
    return ""


@llm.tool
def aware(ctx: llm.Context[str]) -> str:
    """Know something."""
    return ctx.deps


@llm.tool(requires_approval=True)
def careful() -> str:
    """Do something that somebody has to allow."""
    return ""


@llm.call("openai/gpt-5-mini")
def asking(ctx: llm.Context[str]) -> str:
    return ctx.deps


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([aware],), "'aware' takes a context: pass context="),
        (([], [asking]), "'asking' takes a context: pass context="),
        (([print],), "print is not a tool"),
        (([], [plain]), "calls takes functions that llm.call decorates, not Tool"),
        ((plain,), "tools takes a list of tools, not Tool"),
        (([llm.WebSearchTool()],), "no MCP client can call it"),
        (([careful],), "'careful' requires approval, and nobody can be asked here"),
    ],
)
def test_what_cannot_be_offered(arguments: tuple[Any, ...], says: str) -> None:
    with pytest.raises(TypeError, match=says):
        mcp.make_server(*arguments)


def test_two_of_one_name() -> None:
    with pytest.raises(ValueError, match="Multiple tools with name: plain"):
        mcp.make_server([plain, plain])


async def test_a_server_in_the_same_process() -> None:
    toolkit = llm.ContextToolkit([plain, aware])
    server = mcp.make_server(toolkit, context=llm.Context(deps="deps"))
    async with Client(server) as client:
        assert text_of(await client.call_tool("aware")) == "deps"
        assert text_of(await client.call_tool("plain")) == ""
        own = mcp.MCPClient(client.session)
        assert (await own.call_tool("aware")).content == [llm.Text(text="deps")]


MEDIA = [
    llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4)),
    llm.Audio.from_bytes(b"RIFF\0\0\0\0WAVEfmt "),
    llm.Document.from_bytes(b"%PDF-1.7"),
]


@llm.tool
def draw() -> list[Any]:
    """Draw."""
    return [
        "Here.",
        *MEDIA,
        llm.Document.from_bytes(b"Tides.", mime_type="text/plain"),
        llm.Image.from_url("https://example.com/a.png"),
        llm.Image.from_file_id("file_1", provider="openai"),
    ]


@llm.tool
def photo() -> Any:
    """Take a photo."""
    return MEDIA[0]


async def test_media_are_given_as_the_protocol_has_them() -> None:
    async with Client(mcp.make_server([draw, photo])) as client:
        own = mcp.MCPClient(client.session)
        assert (await own.call_tool("draw")).content == [
            llm.Text(text="Here."),
            *MEDIA,
            llm.Text(text="Tides."),
            llm.Text(text="image: https://example.com/a.png"),
            llm.Text(text="[image: file_1, kept by openai]"),
        ]
        tools = {tool.name: tool for tool in await own.list_tools()}
        output = await tools["photo"].execute(llm.ToolCall(id="1", name="photo", args="{}"))
        assert (output.result, output.media) == ("", [MEDIA[0]])
        output = await tools["draw"].execute(llm.ToolCall(id="2", name="draw", args="{}"))
        assert output.media == MEDIA
        assert isinstance(output.result, list)
        assert output.result[1:4] == ["[image 1]", "[audio 2]", "[document 3]"]


def test_progress_outside_of_a_call() -> None:
    mcp.report_progress(1)
