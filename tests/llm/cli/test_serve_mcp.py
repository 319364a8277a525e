"""``mirascope mcp serve``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mirascope import llm
from mirascope.llm import mcp
from mirascope.llm.cli.main import main
from tests.llm.mcp.running import environment, free_port, listening

MODULE = """
from mirascope import llm

@llm.tool
def add(a: int, b: int) -> int:
    "Add two numbers."
    return a + b

@llm.tool
def shout(text: str) -> str:
    "Say it loud."
    return text.upper()

@llm.call("openai/gpt-5-mini")
def explain(topic: str) -> str:
    return topic

@llm.tool
def aware(ctx: llm.Context[str]) -> str:
    return ctx.deps

both = [shout, explain]
kit = llm.Toolkit([shout])
number = 3
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "offered.py").write_text(MODULE)
    (tmp_path / "every.py").write_text(MODULE.replace("aware(ctx: llm.Context[str])", "aware()"))
    return tmp_path


@pytest.mark.parametrize(
    ("target", "names"),
    [
        ("offered:add", ["add"]),
        ("offered:both", ["shout", "explain"]),
        ("offered:kit", ["shout"]),
        ("every", ["add", "shout", "aware", "explain"]),
    ],
)
async def test_what_is_offered(folder: Path, target: str, names: list[str]) -> None:
    parameters = mcp.StdioServerParameters(
        command=sys.executable,
        args=["-m", "mirascope", "mcp", "serve", target],
        env=environment(),
        cwd=folder,
    )
    async with mcp.stdio_client(parameters) as client:
        assert [tool.name for tool in await client.list_tools()] == names
        assert client.session.server_info is not None
        assert client.session.server_info.name == target
        if "add" in names:
            result = await client.call_tool("add", {"a": 1, "b": 2})
            assert result.content == [llm.Text(text="3")]


async def test_over_http(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.chdir(folder)
    command = [sys.executable, "-m", "mirascope", "mcp", "serve", "offered:add", "--name", "sums"]
    with listening([*command, "--http", "--port", str(port)], port):
        async with mcp.streamable_http_client(f"http://127.0.0.1:{port}/mcp") as client:
            assert client.session.server_info is not None
            assert client.session.server_info.name == "sums"
            assert (await client.call_tool("add", {"a": 1, "b": 2})).content[0] == llm.Text(
                text="3"
            )


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("nothing_of_the_kind", "No module named 'nothing_of_the_kind'"),
        ("offered:nothing", "has no attribute 'nothing'"),
        ("offered:number", "there is nothing made by llm.tool or llm.call"),
        ("offered", "'aware' takes a context"),
        ("", "mirascope: "),
    ],
)
def test_what_cannot_be_offered(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    target: str,
    says: str,
) -> None:
    monkeypatch.chdir(folder)
    assert main(["mcp", "serve", target]) == 2
    assert says in capsys.readouterr().err
