"""A client of a real server, over each transport."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mcp import ClientSession, MCPError
from mcp.client.stdio import stdio_client as streams

from mirascope import llm
from mirascope.llm import mcp
from mirascope.llm.mcp.results import AnyToolResult, result_of
from tests.llm.mcp.running import Connect, call, running, stdio, until
from tests.llm.mcp.servers.library import PNG, WAV


@pytest.fixture(params=["stdio", "http", "sse"], scope="module")
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    with running(request.param) as connect:
        yield connect


@pytest.fixture
async def client(connect: Connect) -> AsyncIterator[mcp.MCPClient]:
    async with connect() as client:
        yield client


async def test_a_tool_as_the_model_sees_it(client: mcp.MCPClient) -> None:
    tools = {tool.name: tool for tool in await client.list_tools()}
    greet = tools["greet"]
    assert isinstance(greet, llm.AsyncTool)
    assert (greet.name, greet.__name__, greet.description) == ("greet", "greet", "Greet a user.")
    assert greet.strict is False
    assert greet.parameters.model_dump(by_alias=True, exclude_none=True) == {
        "properties": {"name": {"title": "Name", "type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    }
    assert await greet.execute(call("greet", '{"name": "Alice"}')) == llm.ToolOutput(
        id="call_1",
        name="greet",
        result=[
            {
                "type": "text",
                "text": "Welcome to Zombo.com, Alice",
                "annotations": None,
                "meta": None,
            }
        ],
    )


async def test_a_tool_that_fails_is_told_to_the_model(client: mcp.MCPClient) -> None:
    toolkit = llm.AsyncToolkit(await client.list_tools())
    output = await toolkit.execute(call("fail"))
    assert isinstance(output.error, llm.ToolExecutionError)
    assert isinstance(output.error.tool_exception, mcp.MCPToolError)
    assert "Error executing tool fail" in str(output.result)
    wrong = await toolkit.execute(call("greet", '{"name": []}'))
    assert "valid string" in str(wrong.result)
    assert wrong.error is not None


async def test_structured_results(client: mcp.MCPClient) -> None:
    result = await client.call_tool("sums", {"numbers": [1, 2]})
    assert result.structured == {"sum": 3, "count": 2}
    (told,) = result.told  # the text says the same, so it is not said twice
    assert isinstance(told, dict)
    assert json.loads(str(told["text"])) == {"sum": 3, "count": 2}


async def test_a_result_of_many_kinds(client: mcp.MCPClient) -> None:
    result = await client.call_tool("everything")
    assert result.content == [
        llm.Text(text="words"),
        llm.Image.from_bytes(PNG),
        llm.Text(text="[image: image/svg+xml, 6 bytes]"),
        llm.Audio.from_bytes(WAV),
        llm.Text(text="a poem"),
        llm.Document.from_bytes(b"%PDF-1.7"),
        llm.Text(text="more: data://more (the rest)"),
    ]
    assert [part for part in result.told if not isinstance(part, dict)] == [
        part for part in result.content if not isinstance(part, llm.Text)
    ]
    told = json.dumps([block for block in result.told if isinstance(block, dict)])
    assert "a poem" in told
    assert "data://more" in told
    assert "image/svg+xml" in told
    assert "PHN2Zy8+" not in told  # no bytes that no model can read
    (tool,) = [tool for tool in await client.list_tools() if tool.name == "everything"]
    assert (await tool.execute(call("everything"))).error is None


async def test_resources(client: mcp.MCPClient) -> None:
    listed = {resource.uri: resource for resource in await client.list_resources()}
    assert listed["data://poem"].description == "A poem."
    assert await client.read_resource("data://poem") == [llm.Text(text="a poem")]
    assert await client.read_resource("data://picture") == [llm.Image.from_bytes(PNG)]
    (template,) = await client.list_resource_templates()
    assert template.uri_template == "data://shelf/{number}"
    assert await client.read_resource("data://shelf/3") == [llm.Text(text="shelf 3")]
    with pytest.raises(MCPError):
        await client.read_resource("data://nowhere")


async def test_prompts(client: mcp.MCPClient) -> None:
    (prompt,) = await client.list_prompts()
    assert (prompt.name, prompt.description) == ("recommend", "Ask for a book.")
    messages = await client.get_prompt("recommend", {"genre": "fantasy"})
    assert messages == [llm.messages.user("Recommend a fantasy book.")]
    with pytest.raises(MCPError):
        await client.get_prompt("recommend")


async def test_instructions(client: mcp.MCPClient) -> None:
    assert client.instructions == "Be quick."


async def test_a_cancelled_call_is_cancelled_there(client: mcp.MCPClient, tmp_path: Path) -> None:
    sign, began = tmp_path / "sign", tmp_path / "sign.began"
    calling = asyncio.create_task(client.call_tool("hang", {"sign": str(sign)}))
    await asyncio.to_thread(until, began.exists)
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    await asyncio.to_thread(until, sign.exists)
    assert (await client.call_tool("process")).structured["result"] > 0  # the others go on


async def test_many_calls_at_once(client: mcp.MCPClient) -> None:
    calls = [client.call_tool("greet", {"name": str(number)}) for number in range(50)]
    results = await asyncio.gather(*calls)
    assert [result.structured["result"] for result in results] == [
        f"Welcome to Zombo.com, {number}" for number in range(50)
    ]


async def test_a_large_result(client: mcp.MCPClient) -> None:
    result = await client.call_tool("large", {"size": 400_000})
    assert result.content == [llm.Text(text="x" * 400_000)]


async def test_a_result_larger_than_the_library_takes() -> None:
    with running("sse") as connect:
        async with connect() as client:
            with pytest.raises(llm.ConnectionError, match=r"lost: SSEError: .* byte limit"):
                await client.call_tool("large", {"size": 1_000_000})


async def test_progress(connect: Connect) -> None:
    heard: list[mcp.MCPProgress] = []
    async with connect(on_progress=heard.append) as client:
        await client.call_tool("count", {"to": 3})
    assert [(p.tool, p.progress, p.total, p.message) for p in heard] == [
        ("count", number, 3, f"number {number}") for number in (1, 2, 3)
    ]


async def test_a_call_that_takes_too_long_is_cancelled_there(
    connect: Connect, tmp_path: Path
) -> None:
    sign = tmp_path / "sign"
    async with connect() as patient:
        client = mcp.MCPClient(patient.session, timeout=0.5)
        with pytest.raises(llm.TimeoutError, match=r"'hang'.*did not answer in time"):
            await client.call_tool("hang", {"sign": str(sign)})
        await asyncio.to_thread(until, sign.exists)


async def test_a_time_limit_for_every_request(connect: Connect) -> None:
    async with connect(timeout=60) as client:
        assert await client.list_tools()


async def test_a_result_as_it_came(connect: Connect) -> None:
    results: list[mcp.MCPResult] = []
    async with connect(on_result=results.append) as client:
        tools = llm.AsyncToolkit(await client.list_tools())
        await tools.execute(call("everything"))
        await tools.execute(call("fail"))
    (result,) = results
    assert result.tool == "everything"
    assert llm.Image.from_bytes(PNG) in result.content


@pytest.mark.parametrize("connect", ["http"], indirect=True)
@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"include": ["greet", "sums"]}, ["greet", "sums"]),
        ({"include": ["g*", "sums"], "exclude": ["sum?"]}, ["greet"]),
        ({"include": []}, []),
        ({"include": ["greet"], "prefix": "lib_"}, ["lib_greet"]),
        ({"include": ["greet"], "rename": {"greet": "hello"}, "prefix": "a_"}, ["a_hello"]),
        ({"include": ["greet"], "rename": str.upper}, ["GREET"]),
    ],
)
async def test_tools_filtered_and_renamed(
    connect: Connect, options: dict[str, Any], names: list[str]
) -> None:
    async with connect(**options) as client:
        tools = await client.list_tools()
        assert [tool.name for tool in tools] == names
        if "greet" in options["include"]:
            output = await tools[0].execute(call(tools[0].name, '{"name": "Bo"}'))
            assert "Zombo.com, Bo" in str(output.result)
            assert output.name == names[0]


@pytest.mark.parametrize("connect", ["http"], indirect=True)
@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"include": ["great"]}, "no tool 'great'; it has: greet, sums"),
        ({"rename": {"great": "x"}}, "no tool 'great'"),
        ({"rename": lambda name: "same"}, "'greet' and 'sums' would both be 'same'"),
    ],
)
async def test_names_that_cannot_be(connect: Connect, options: dict[str, Any], says: str) -> None:
    async with connect(**options) as client:
        with pytest.raises(ValueError, match=says):
            await client.list_tools()


async def test_a_name_for_a_list_of_names() -> None:
    with pytest.raises(TypeError, match="include takes a list of names, not str"):
        async with mcp.stdio_client(stdio("library", "stdio"), include="greet"):  # type: ignore[arg-type]
            pass


async def test_a_session_of_ones_own() -> None:
    async with (
        streams(stdio("library", "stdio")) as (read, write),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        client = mcp.MCPClient(session, include=["greet"])
        assert client.session is session
        tools = llm.AsyncToolkit(await client.list_tools())
    output = await tools.execute(call("greet", '{"name": "Bo"}'))
    assert isinstance(output.error, llm.ToolExecutionError)
    assert isinstance(output.error.tool_exception, anyio.ClosedResourceError)


async def test_tools_in_a_call() -> None:
    script = [
        llm.testing.Turn(tool_calls=[("greet", {"name": "Alice"})]),
        llm.testing.Turn(text="Done."),
    ]
    async with mcp.stdio_client(stdio("library", "stdio"), include=["greet"]) as client:

        @llm.call("openai/gpt-5-mini", tools=await client.list_tools())
        async def ask() -> str:
            return "Greet Alice."

        with llm.testing.simulate(script):
            response = await ask()
            outputs = await response.execute_tools()
            assert "Zombo.com, Alice" in str(outputs[0].result)
            assert (await response.resume(outputs)).text() == "Done."


def test_a_video_is_a_part_of_a_resource_and_no_output_of_a_tool() -> None:
    clip = b"\0\0\0\x18ftypisom\0\0\0\0"
    blob = base64.b64encode(clip).decode()
    resource = {"uri": "data://clip", "mimeType": "video/mp4", "blob": blob}
    came = AnyToolResult.model_validate({"content": [{"type": "resource", "resource": resource}]})
    result = result_of("film", came)
    assert result.content == [llm.Video.from_bytes(clip)]
    [told] = result.told
    assert isinstance(told, dict)
    assert "left_out" in json.dumps(told)
    assert blob not in json.dumps(told)
