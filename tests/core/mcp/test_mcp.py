"""Clients and servers of the Model Context Protocol: real processes, real sockets."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not
pytest.importorskip("openai")

from pydantic import ValidationError

from mirascope.core import openai
from mirascope.core.base import BaseMessageParam, ImagePart, TextPart
from mirascope.mcp import MCPClient, StdioServerParameters, sse_client, stdio_client
from tests.core.loopback import Loopback, Script, ToolScript

HERE = Path(__file__).parent
V1 = StdioServerParameters(command=sys.executable, args=[str(HERE / "v1_server.py")])


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of the library `mcp` alone, over HTTP."""
    command = [sys.executable, str(HERE / "sse_server.py")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    yield f"http://127.0.0.1:{port}/sse"
    server.terminate()
    server.wait()
    server.stdout.close()


async def tool_named(client: MCPClient, name: str) -> Any:
    (tool,) = (tool for tool in await client.list_tools() if tool._name() == name)
    return tool


async def test_the_tools_of_our_own_server() -> None:
    async with stdio_client(V1) as client:
        names = [tool._name() for tool in await client.list_tools()]
        assert names == ["Shout", "recommend"]
        recommend = await tool_named(client, "recommend")
        assert recommend._description() == "Recommend a book."
        assert await recommend(genre="fantasy").call() == "3 fantasy books"
        assert await recommend(genre="fantasy", limit=1).call() == "1 fantasy books"
        shout = await tool_named(client, "Shout")
        assert shout._description() == "Say it loud."
        assert await shout(text="tea").call() == "TEA!"


async def test_the_prompts_and_resources_of_our_own_server() -> None:
    async with stdio_client(V1) as client:
        assert [prompt.name for prompt in await client.list_prompts()] == ["plain", "styled"]
        plain = await client.get_prompt_template("plain")
        assert await plain(genre="fantasy") == [
            BaseMessageParam(role="user", content="A fantasy book")
        ]
        styled = await client.get_prompt_template("styled")
        assert [(m.role, m.content) for m in await styled(genre="fantasy")] == [
            ("user", "Be brief."),
            ("user", "A fantasy book"),
            ("assistant", "Gladly."),
        ]
        (resource,) = await client.list_resources()
        assert (resource.name, resource.mime_type) == ("Books", "text/plain")
        assert await client.read_resource(resource.uri) == [
            TextPart(type="text", text="Emma, Dune")
        ]


async def test_a_server_over_http(url: str) -> None:
    async with sse_client(url, read_timeout_seconds=timedelta(seconds=60)) as client:
        add = await tool_named(client, "add")
        assert await add(a=1, b=2).call() == "3"
        assert add(a=1, b=2).args == {"a": 1, "b": 2}
        picture = await tool_named(client, "picture")
        (part,) = await picture().call()
        assert isinstance(part, ImagePart)
        assert (part.media_type, part.image) == ("image/png", b"png")
        fail = await tool_named(client, "fail")
        assert (await fail().call()).startswith("Error: ")
        (blob,) = await client.read_resource("data://blob")
        assert not isinstance(blob, TextPart)


async def test_names_that_are_no_names_of_fields(url: str) -> None:
    async with sse_client(url) as client:
        odd = await tool_named(client, "odd")
        properties = odd.model_json_schema()["properties"]
        assert {*properties} == {"model_name", "call", "id", "json", "class_"}
        made = odd.model_validate(
            {"model_name": "m", "call": "c", "id": "i", "json": "j", "class_": "k"}
        )
        assert made.args == {"model_name": "m", "call": "c", "id": "i", "json": "j", "class_": "k"}


async def test_the_schema_is_the_servers_own_and_the_fields_have_its_types(url: str) -> None:
    async with sse_client(url) as client:
        add = await tool_named(client, "add")
        assert add.model_json_schema()["required"] == ["a", "b"]
        sent = openai.OpenAITool.type_from_base_model_type(add).tool_schema()["function"]
        assert sent["name"] == "add"
        assert {*sent["parameters"]["properties"]} == {"a", "b"}
        with pytest.raises(ValidationError):
            add(a="one", b=2)


async def test_a_session_that_is_open_is_used_and_stays_open(url: str) -> None:
    async with sse_client(url) as client:
        async with sse_client("http://127.0.0.1:9/sse", session=client) as same:
            assert await (await tool_named(same, "add"))(a=1, b=2).call() == "3"
        assert await client.list_tools()


async def test_what_cannot_be_read_is_told() -> None:
    told: list[str] = []
    noisy = StdioServerParameters(
        command=sys.executable, args=[str(HERE / "v1_server.py"), "--noise"]
    )

    async def tell(error: Exception) -> None:
        told.append(type(error).__name__)

    async with stdio_client(noisy, read_stream_exception_handler=tell) as client:
        assert await client.list_tools()
    assert told


async def test_a_model_calls_a_tool_of_a_server(loopback: Loopback) -> None:
    said = iter(
        [
            Script(
                texts=(), tools=(ToolScript("call_1", "recommend", ('{"genre": ', '"fantasy"}')),)
            ),
            Script(texts=("Three ", "of them")),
        ]
    )
    loopback.answer = lambda seen: next(said)
    async with stdio_client(V1) as client:
        tools = await client.list_tools()

        @openai.call("gpt-4o-mini", stream=True, tools=tools)
        async def ask(history: list[Any]) -> list[Any]:
            return [BaseMessageParam(role="user", content="How many?"), *history]

        history: list[Any] = []
        stream = await ask(history)
        outputs = [(tool, await tool.call()) async for _, tool in stream if tool]
        history += [stream.message_param, *stream.tool_message_params(outputs)]
        stream = await ask(history)
        answer = "".join([chunk.content async for chunk, _ in stream])
    assert answer == "Three of them"
    assert loopback.last.body["messages"][-1]["content"] == "3 fantasy books"


def test_without_the_library_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['mcp'] = None\n"
        "try:\n"
        "    import mirascope.mcp\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install '.[mcp]'" in done.stdout, done.stderr
