"""The layers that the documentation shows, in both colours, streamed and whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Status, Turn, simulate
from tests.llm.layering.ways import Way

PAGE = Path(__file__).parents[3] / "docs" / "layers.md"
MODEL = "openai/gpt-5-mini"


@pytest.fixture
def shown() -> dict[str, Any]:
    """Return what the page defines: its samples up to the first that asks a model."""
    namespace: dict[str, Any] = {}
    for code in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        exec(compile(code.partition("\nwith llm.testing")[0], str(PAGE), "exec"), namespace)
    return namespace


def test_a_log(way: Way, shown: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    with simulate(["490 metres."]):
        assert way.ask(llm.Model(MODEL, layers=[shown["log"]])).text() == "490 metres."
    assert capsys.readouterr().out == f"asking {MODEL}\nanswered 1 message\n"


def test_a_cache(way: Way, shown: dict[str, Any]) -> None:
    model = llm.Model(MODEL, layers=[shown["cache"]])
    with simulate(["a", "b"]) as simulator:
        first, again, other = (way.ask(model, text) for text in ("x", "x", "y"))
        assert len(simulator.requests) == 2
    assert (first.text(), again.text(), other.text()) == ("a", "a", "b")
    assert again.usage == first.usage
    assert again.messages == first.messages


def test_a_cache_keeps_nothing_that_broke(way: Way, shown: dict[str, Any]) -> None:
    model = llm.Model(MODEL, layers=[shown["cache"]])
    with simulate([Turn(text="one two three", fault=llm.testing.Cut()), "whole"]):
        with pytest.raises(llm.ProviderError):
            way.ask(model)
        assert way.ask(model).text() == "whole"


def test_falling_back(way: Way, shown: dict[str, Any]) -> None:
    model = llm.Model(MODEL, layers=[shown["fall_back"]])
    with simulate([Turn(fault=Status(529)), "there"]):
        response = way.ask(model)
    assert response.text() == "there"
    assert response.provider_id == "anthropic"
    with simulate(["here"]):
        assert way.ask(model).text() == "here"


def test_a_plain_function(way: Way, shown: dict[str, Any]) -> None:
    with simulate() as simulator:
        way.ask(llm.Model(MODEL, layers=[shown["terse"]]))
    assert simulator.requests[0].body["max_output_tokens"] == 3
