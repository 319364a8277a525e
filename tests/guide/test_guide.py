"""The programs of the founding Streaming guide, as they are written there.

The guide is one long line, so each program's layout (indent and words of each line) is kept here to
restore its line breaks. Skipped where the founding documents are not present.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mirascope import llm
from mirascope.llm import testing

from .server import ADVICE, BOOK, VendorServer

FOUNDING = Path(__file__).parents[2] / "../shared/founding"

CALL = "0:4 0:1 0:3 1:5 0:3"
LAYOUTS = {
    "call": "0:4 0:1 0:3 1:5 0:4 0:4 1:3",
    "prompt": "0:4 0:1 0:3 1:5 0:5 0:4 1:3",
    "model": "0:4 0:3 0:7 0:4 1:3",
    "streams": "0:2 0:4 0:1 0:5 1:7 1:2 0:1 1:1 1:1 1:4 0:1 0:3 1:2 0:8 0:7 0:2 1:10 1:4 2:4 3:4 "
    "4:3 3:1 2:4 3:3 3:4 4:3 3:1 1:2 2:3 1:1 2:1",
    "chunks": f"{CALL} 0:4 1:2 2:2 3:3 2:2 3:1 0:1",
    "accumulated": f"{CALL} 0:5 0:4 1:3 0:10 0:2 0:3 0:4 0:2",
    "finish": "0:6 0:5",
    "replay": f"{CALL} 0:7 0:2 0:4 1:3 0:7 0:12 0:2 0:3 0:4 1:3",
    "tools": "0:2 0:4 0:1 0:5 1:7 1:2 0:2 0:3 1:2 0:8 0:2 1:9 1:4 2:3 1:1 1:3 2:1 1:3 1:3",
    "structured": "0:4 0:4 0:2 1:2 1:2 1:2 0:2 0:3 1:5 0:3 0:8 0:4 1:9 1:2 0:6 0:3 0:4",
    "partial": "0:4 1:3 1:4 2:2",
    "async": "0:2 0:4 0:1 0:4 1:5 0:3 1:5 1:5 2:3 0:1",
    "errors": f"{CALL} 0:1 1:4 2:3 0:4 1:4 0:4 1:3 0:4 1:4",
}


@pytest.fixture(scope="module")
def programs() -> dict[str, str]:
    """Return the guide's programs by name, line breaks restored."""
    found = list(FOUNDING.glob("002_*.txt"))
    if not found:
        pytest.skip("the founding documents (../shared/founding) are not here")
    blocks = re.findall(r"```python (.*?) ```", found[0].read_text())
    assert len(blocks) == len(LAYOUTS)
    return {
        name: restore(block, layout)
        for (name, layout), block in zip(LAYOUTS.items(), blocks, strict=True)
    }


def restore(block: str, layout: str) -> str:
    words = iter(block.split())
    lines = []
    for line in layout.split():
        indent, count = map(int, line.split(":"))
        lines.append("    " * indent + " ".join(next(words) for _ in range(count)))
    assert next(words, None) is None
    return "\n".join(lines) + "\n"


Run = Callable[..., str]


@pytest.fixture
def run(programs: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run(name: str, **names: object) -> str:
        exec(compile(programs[name], f"<guide: {name}>", "exec"), names)
        return capsys.readouterr().out

    return run


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    with VendorServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-guide")
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-guide")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        llm.reset_provider_registry()
        yield server
    llm.reset_provider_registry()


class TestServer:
    @pytest.mark.parametrize("name", ["call", "prompt", "model", "async"])
    def test_text(self, server: VendorServer, run: Run, name: str) -> None:
        assert run(name) == ADVICE
        ((path, headers, body),) = server.requests
        assert path == "/v1/responses"
        assert headers["authorization"] == "Bearer sk-guide"
        assert (body["model"], body["stream"]) == ("gpt-5-mini", True)

    def test_chunks(self, server: VendorServer, run: Run) -> None:
        assert run("chunks") == ADVICE + "\n"

    def test_streams(self, server: VendorServer, run: Run) -> None:
        thinking = "Thinking: A root is wanted.\n"
        assert run("streams") == f"{thinking}{thinking}It is about 65.13.\n"
        first, second = [body for _, _, body in server.requests]
        assert second["messages"][0] == first["messages"][0]
        thinking_block = second["messages"][1]["content"][0]
        assert thinking_block["signature"] == "c2lnbmVk"
        assert second["messages"][2]["content"][0]["tool_use_id"] == "toolu_1"

    def test_accumulated(self, server: VendorServer, run: Run) -> None:
        output = run("accumulated")
        assert output.startswith(f"{ADVICE}\nTexts: 1\nContent parts: 1\nMessages in history: 2\n")
        assert "input_tokens=11" in output

    def test_replay(self, server: VendorServer, run: Run) -> None:
        assert run("replay") == f"First pass:\n{ADVICE}Second pass (replay):\n{ADVICE}"
        assert len(server.requests) == 1

    def test_finish(self, server: VendorServer, run: Run) -> None:
        stream = llm.Model("openai/gpt-5-mini").stream("hi")
        assert run("finish", stream_response=stream) == ADVICE + "\n"

    def test_tools(self, server: VendorServer, run: Run) -> None:
        assert run("tools") == ('**ToolCall (sqrt_tool):** {"number": 4242}\nIt is about 65.13.\n')
        output = server.requests[1][2]["input"][-1]
        assert output == {
            "type": "function_call_output",
            "call_id": "call_1",
            "output": str(math.sqrt(4242)),
        }

    def test_structured(self, server: VendorServer, run: Run) -> None:
        *partials, _, final = run("structured").splitlines()
        assert "title=None" in partials[0]
        assert f"title='{BOOK['title']}'" in partials[-1]
        assert len(set(partials)) == len(partials) > 5
        assert final == f"Final: {BOOK['title']} by {BOOK['author']}"

    def test_partial(self, server: VendorServer, run: Run) -> None:
        from pydantic import create_model

        book = create_model("Book", title=(str, ...), author=(str, ...), summary=(str, ...))
        response = llm.Model("openai/gpt-5-mini").stream("fantasy", format=book)
        lines = run("partial", response=response).splitlines()
        assert lines[0] != lines[-1] == f"Title: {BOOK['title']}"

    def test_a_refusal_is_raised_while_iterating(self, server: VendorServer) -> None:
        server.status = 429
        response = llm.Model("openai/gpt-5-mini").stream("hi")
        assert server.requests == []
        with pytest.raises(llm.RateLimitError) as raised:
            next(response.text_stream())
        assert raised.value.status_code == 429
        assert raised.value.retry_after == 7
        assert raised.value.request_id == "req_guide"
        assert raised.value.provider == "openai"

    def test_errors(self, server: VendorServer, run: Run) -> None:
        server.status = 429
        assert run("errors").startswith("Rate limit exceeded: ")
        server.status = 200
        assert run("errors") == ADVICE

    def test_a_server_that_is_gone(self, server: VendorServer, run: Run) -> None:
        server.__exit__()
        assert run("errors").startswith("Connection error: ")


class TestSimulator:
    @pytest.mark.parametrize("name", LAYOUTS)
    def test_runs(self, run: Run, name: str) -> None:
        with testing.simulate() as simulation:
            names: dict[str, object] = {}
            if name == "finish":
                names["stream_response"] = llm.Model("openai/gpt-5-mini").stream("hi")
            if name == "partial":
                from pydantic import create_model

                book = create_model("Book", title=(str, ...), author=(str, ...))
                model = llm.Model("openai/gpt-5-mini")
                names["response"] = model.stream("fantasy", format=book)
            output = run(name, **names)
        assert output.strip()
        assert "rror" not in output
        assert simulation.requests

    def test_the_last_one_catches_a_429(self, run: Run) -> None:
        with testing.simulate(script=[testing.Turn(fault=testing.Status(429, retry_after=1))]):
            assert run("errors").startswith("Rate limit exceeded: ")
