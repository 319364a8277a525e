"""A client for programs without an event loop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio
import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mirascope import llm
from mirascope.llm import mcp
from tests.llm.mcp.running import call, environment, free_port, stdio, until
from tests.llm.mcp.servers.library import PNG

LIBRARY = stdio("library", "stdio")


@pytest.fixture(scope="module")
def client() -> Iterator[mcp.SyncMCPClient]:
    with mcp.connect(LIBRARY, exclude=["die"], prefix="lib_") as client:
        yield client


def test_its_tools(client: mcp.SyncMCPClient) -> None:
    toolkit = llm.Toolkit(client.tools)
    assert {tool.name: tool.__name__ for tool in client.tools}["lib_greet"] == "lib_greet"
    assert "lib_die" not in toolkit.tools_dict
    outputs = toolkit.execute_all(
        [call("lib_greet", '{"name": "Alice"}'), call("lib_fail"), call("lib_greet")]
    )
    assert "Zombo.com, Alice" in str(outputs[0].output)
    assert isinstance(outputs[1].error, llm.ToolExecutionError)
    assert isinstance(outputs[2].error, llm.ToolExecutionError)


def test_the_rest(client: mcp.SyncMCPClient) -> None:
    assert client.instructions == "Be quick."
    assert client.call_tool("sums", {"numbers": [1, 2]}).structured == {"sum": 3, "count": 2}
    assert "data://poem" in [resource.uri for resource in client.list_resources()]
    assert client.read_resource("data://picture") == [llm.Image.from_bytes(PNG)]
    assert [prompt.name for prompt in client.list_prompts()] == ["recommend"]
    messages = client.get_prompt("recommend", {"genre": "fantasy"})
    assert messages == [llm.messages.user("Recommend a fantasy book.")]


def test_from_many_threads(client: mcp.SyncMCPClient) -> None:
    with ThreadPoolExecutor(10) as pool:
        results = pool.map(lambda n: client.call_tool("greet", {"name": str(n)}), range(40))
    assert [result.structured["result"] for result in results] == [
        f"Welcome to Zombo.com, {number}" for number in range(40)
    ]


def test_after_its_end() -> None:
    before = threading.active_count()
    with mcp.connect(stdio("hostile", "nothing wrong")) as client:
        (tool,) = client.tools
    output = tool.execute(call("tool0"))
    assert isinstance(output.error, llm.ToolExecutionError)
    assert isinstance(output.error.tool_exception, anyio.ClosedResourceError)
    assert threading.active_count() == before


def test_what_cannot_be_reached() -> None:
    with (
        pytest.raises(llm.ConnectionError, match="Cannot connect"),
        mcp.connect(f"http://127.0.0.1:{free_port()}/mcp", headers={"a": "b"}),
    ):
        pass


def test_errors_in_the_block_stay_what_they_are() -> None:
    with pytest.raises(KeyError), mcp.connect(stdio("hostile", "nothing wrong")):
        raise KeyError("mine")


def test_an_interrupted_call_is_cancelled_there(tmp_path: Path) -> None:
    sign, began = tmp_path / "sign", tmp_path / "sign.began"
    program = (
        "from mirascope import llm\n"
        "from tests.llm.mcp.running import stdio\n"
        "with llm.mcp.connect(stdio('library', 'stdio')) as client:\n"
        "    try:\n"
        f"        client.call_tool('hang', {{'sign': {str(sign)!r}}})\n"
        "    except KeyboardInterrupt:\n"
        "        print(client.call_tool('greet', {'name': 'Bo'}).structured)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, **environment()},
        stdout=subprocess.PIPE,
        text=True,
    )
    until(began.exists)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate()
    assert "Zombo.com, Bo" in printed
    until(sign.exists)
