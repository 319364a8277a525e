"""The research agent of the examples, on every wire."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate

from .ways import MODELS, outputs_answer_calls

EXAMPLE = runpy.run_path(str(Path(__file__).parents[3] / "examples" / "research_agent.py"))
research: Any = EXAMPLE["research"]
SCRIPT = [
    Turn(text="I look for it.", tool_calls=[("search", {"words": "tides in Cascais"})]),
    Turn(
        tool_calls=[
            ("read", {"title": "tides"}),
            ("read", {"title": "cascais"}),
            ("buy_chart", {"area": "Cascais", "euros": 30}),
            ("distance", {"place": "Cascais"}),
        ],
        chunk_size=1,
    ),
    Turn(json={"answer": "After the 12th.", "sources": ["tides", "cascais"], "sure": True}),
]


@llm.tool
def distance(place: str) -> str:
    """Stand for a tool of a server."""
    return f"{place}: 30 km"


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("approved", [False, True])
def test_by_a_script(model_id: str, approved: bool, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[str] = []

    def decide(call: llm.ToolCall) -> bool:
        asked.append(call.name)
        return approved

    with simulate(SCRIPT):
        response = research("When?", model_id=model_id, more=[distance], approved=decide)
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
    assert results[4] == "Cascais: 30 km"
    assert outputs_answer_calls(response.messages)
    assert capsys.readouterr().out.count("[read") == 2  # each turn was shown once


@pytest.mark.parametrize("model_id", MODELS)
def test_by_the_patient_model(model_id: str) -> None:
    """It calls each tool once, with arguments that fit."""
    with simulate():
        response = research("When?", model_id=model_id, more=[distance], approved=lambda _: True)
    called = {call.name for one in response.rounds for call in one.calls}
    assert called == {"search", "read", "buy_chart", "distance"}
    assert isinstance(response.parse().answer, str)
