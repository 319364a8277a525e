"""The research agent of the examples, on every wire, with a tool of a real MCP server."""

from __future__ import annotations

import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate

from .ways import MODELS, outputs_answer_calls

EXAMPLES = Path(__file__).parents[3] / "examples"
EXAMPLE = runpy.run_path(str(EXAMPLES / "research_agent.py"))
research: Any = EXAMPLE["research"]
SCRIPT = [
    Turn(text="I look for it.", tool_calls=[("search", {"words": "tides in Cascais"})]),
    Turn(
        tool_calls=[
            ("read", {"title": "tides"}),
            ("read", {"title": "cascais"}),
            ("buy_chart", {"area": "Cascais", "euros": 30}),
            ("harbour_tide", {"harbour": "Cascais"}),
        ],
        chunk_size=1,
    ),
    Turn(json={"answer": "After the 12th.", "sources": ["tides", "cascais"], "sure": True}),
]


WIRES = (*MODELS, "cohere/command-a-03-2025", "bedrock/us.anthropic.claude-sonnet-4-5")


@pytest.fixture(scope="module")
def harbour() -> Iterator[list[Any]]:
    """Return the tools of a server that is a program of its own."""
    server = llm.mcp.StdioServerParameters(
        command=sys.executable,
        args=[str(EXAMPLES / "mcp_tools.py"), "serve"],
        env=dict(os.environ),
    )
    with llm.mcp.connect(server, exclude=["translate"], prefix="harbour_") as client:
        yield [*client.tools]


@pytest.mark.parametrize("model_id", WIRES)
@pytest.mark.parametrize("approved", [False, True])
def test_by_a_script(
    model_id: str, approved: bool, harbour: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def decide(call: llm.ToolCall) -> bool:
        asked.append(call.name)
        return approved

    with simulate(SCRIPT):
        response = research("When?", model_id=model_id, more=harbour, approved=decide)
    report = response.parse()
    assert (report.answer, report.sources, report.sure) == (
        "After the 12th.",
        ["tides", "cascais"],
        True,
    )
    assert asked == ["buy_chart"]
    results = [str(output.result) for one in response.rounds for output in one.outputs]
    assert results[0] == "['tides', 'cascais']"
    assert "a day or two" in results[1]
    assert "southerly gale" in results[2]
    assert results[3].startswith("A chart of Cascais" if approved else "The user does not want")
    assert "High water in Cascais: 04:12 and 16:40." in results[4]
    assert outputs_answer_calls(response.messages)
    assert capsys.readouterr().out.count("[read") == 2  # each turn was shown once


@pytest.mark.parametrize("model_id", WIRES)
def test_by_the_patient_model(model_id: str, harbour: list[Any]) -> None:
    """It calls each tool once, with arguments that fit."""
    with simulate():
        response = research("When?", model_id=model_id, more=harbour, approved=lambda _: True)
    called = {call.name for one in response.rounds for call in one.calls}
    assert called == {"search", "read", "buy_chart", "harbour_tide"}
    assert isinstance(response.parse().answer, str)
