"""A conversation goes on whatever became of its tool calls."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers.prepare import answered
from mirascope.llm.testing import Turn, simulate

from .conftest import Colour

MODELS = [
    "openai/gpt-5-mini",
    "openai/gpt-5-mini:completions",
    "anthropic/claude-haiku-4-5",
    "google/gemini-2.5-flash",
]
CALLS = Turn(tool_calls=[("left", {"x": 1}), ("right", {"y": 2})])


@llm.tool
def left(x: int) -> str:
    """Go left."""
    return f"left {x}"


@llm.tool
def right(y: int) -> str:
    """Go right."""
    return f"right {y}"


def not_run(message: Any) -> list[str]:
    return [part.name for part in message.content if part.type == "tool_output" and part.error]


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("done", [0, 1, 2])
def test_some_or_none_were_run(model_id: str, done: int) -> None:
    with simulate([CALLS, "As you like."]):
        response = llm.Model(model_id).call("go", tools=[left, right])
        outputs = [*response.execute_tools()][:done]
        after = response.resume([*outputs, "never mind"])
    assert after.text() == "As you like."
    names = ["left", "right"][done:]
    assert [name for m in after.messages if m.role == "user" for name in not_run(m)] == names


@pytest.mark.parametrize("model_id", MODELS)
def test_a_turn_that_was_cut(model_id: str) -> None:
    cut = Turn(tool_calls=CALLS.tool_calls, fault=llm.testing.Cut(), chunk_size=3)
    with simulate([cut, "Fine."]):
        response = llm.Model(model_id).stream("go", tools=[left, right])
        with pytest.raises(llm.ProviderError):
            response.finish()
        after = response.resume("what now?")
        after.finish()
    assert after.text() == "Fine."


@pytest.mark.parametrize("model_id", MODELS)
def test_two_turns_later(model_id: str, colour: Colour) -> None:
    with simulate([CALLS, CALLS, "There."]):
        tools: Any = [] if colour.asynchronous else [left, right]
        first = colour.call(llm.Model(model_id), "go", tools=tools)
        second = colour.run(first.resume("no"))
        third = colour.run(second.resume("no, again"))
    assert third.text() == "There."
    assert len([m for m in third.messages if m.role == "user" and not_run(m)]) == 2


def test_what_is_answered_stays_as_it_is() -> None:
    call = llm.ToolCall(id="1", name="left", args="{}")
    asked = llm.messages.assistant([call], model_id=None, provider_id=None)
    output: Any = llm.ToolOutput(id="1", name="left", result="x")
    conversation = [
        llm.messages.user("go"),
        asked,
        llm.messages.user("in a minute"),
        llm.messages.user([output]),
        llm.messages.assistant("done", model_id=None, provider_id=None),
    ]
    assert answered(conversation) is conversation
    assert len(answered([asked])) == 2
