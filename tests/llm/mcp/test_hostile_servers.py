"""Servers that do not behave."""

from __future__ import annotations

import logging
from typing import Any

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mirascope import llm
from mirascope.llm import mcp
from mirascope.llm.mcp.pages import MAX_PAGES
from tests.llm.mcp.running import call, stdio


async def names_of(how: str) -> list[str]:
    async with mcp.stdio_client(stdio("hostile", how)) as client:
        return [tool.name for tool in await client.list_tools()]


async def test_a_repeated_cursor() -> None:
    with pytest.raises(ValueError, match=r"^MCP tools/list returned a repeated pagination cursor$"):
        await names_of("repeats its cursor")


async def test_pages_without_end() -> None:
    with pytest.raises(ValueError, match=f"tools/list returned more than {MAX_PAGES:,} pages"):
        await names_of("never ends")


async def test_an_empty_cursor_is_one() -> None:
    assert await names_of("has an empty cursor") == ["late"]


async def test_a_tool_twice(caplog: pytest.LogCaptureFixture) -> None:
    async with mcp.stdio_client(stdio("hostile", "lists a tool twice")) as client:
        (tool,) = await client.list_tools()
    assert tool.description == "first"
    assert "lists the tool 'twice' twice" in caplog.text


async def test_a_tool_that_is_none() -> None:
    with pytest.raises(llm.ResponseValidationError) as caught:
        await names_of("has a tool that is none")
    assert "tools/list" in str(caught.value)
    assert "inputSchema: Field required" in str(caught.value)


async def test_lines_that_are_no_messages(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    async with mcp.stdio_client(stdio("hostile", "talks nonsense")) as client:
        (tool,) = await client.list_tools()
        assert "done" in str((await tool.execute(call("tool0"))).output)


async def test_a_slow_start() -> None:
    assert await names_of("starts slowly") == ["tool0"]


async def test_silence() -> None:
    async with mcp.stdio_client(stdio("hostile", "never answers"), timeout=0.5) as client:
        (tool,) = await client.list_tools()
        output = await tool.execute(call("tool0"))
    assert "'never-answers'" not in str(output.result)
    assert "did not answer in time" in str(output.result)


@pytest.mark.parametrize("how", ["dies in a call", "closes its output"])
async def test_an_end_in_a_call(how: str) -> None:
    async with mcp.stdio_client(stdio("hostile", how), name="the bad one") as client:
        (tool,) = await client.list_tools()
        output = await tool.execute(call("tool0"))
    assert isinstance(output.error, llm.ToolExecutionError)
    assert isinstance(output.error.tool_exception, llm.ConnectionError)
    assert "the MCP server 'the bad one' is lost" in str(output.result)


async def result_of(how: str) -> llm.ToolOutput[Any]:
    async with mcp.stdio_client(stdio("hostile", how)) as client:
        (tool,) = await client.list_tools()
        return await tool.execute(call("tool0"))


async def test_much() -> None:
    output = await result_of("returns much")
    assert output.output[0]["text"] == "é" * 2_000_000


async def test_a_failure_without_a_word() -> None:
    output = await result_of("fails without a word")
    assert "the tool failed, and the server does not say why" in str(output.result)
    assert output.error is not None


async def test_strange_content() -> None:
    async with mcp.stdio_client(stdio("hostile", "returns strange content")) as client:
        result = await client.call_tool("tool0")
        (tool,) = await client.list_tools()
        output = await tool.execute(call("tool0"))
    assert result.content == [
        llm.Text(text="[image: image/png, which is no base64]"),
        llm.Text(text="[audio: audio/x-none, 3 bytes]"),
    ]
    assert output.output[-1] == {"type": "structured", "structured_content": {"kept": True}}


async def test_an_answer_that_is_none() -> None:
    output = await result_of("returns no content")
    assert isinstance(output.error, llm.ToolExecutionError)
    assert isinstance(output.error.tool_exception, llm.ResponseValidationError)
    assert "surprise" not in str(output.result)
