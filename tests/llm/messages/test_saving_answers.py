"""What vendors really answer, saved in the middle of a conversation, goes on as if never saved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pydantic import TypeAdapter

from mirascope import llm
from mirascope.llm.messages import Message, from_json, to_json
from mirascope.llm.testing import Turn

MODELS = [
    "openai/gpt-5-mini:responses",
    "openai/gpt-5-mini:completions",
    "anthropic/claude-sonnet-4-5",
    "google/gemini-2.5-flash",
]
ADAPTER: TypeAdapter[list[Message]] = TypeAdapter(list[Message])


@llm.tool
def tide(harbour: str) -> dict[str, object]:
    """Look up the times of high water."""
    if harbour == "Atlantis":
        raise LookupError(f"{harbour} has sunk")
    return {"harbour": harbour, "times": ("04:12", "16:40")}


SCRIPT = [
    Turn(
        thoughts="I have to look.",
        text="Let me see.",
        tool_calls=[("tide", {"harbour": "Cascais"}), ("tide", {"harbour": "Atlantis"})],
    ),
    Turn(text="At 04:12 and 16:40."),
]


def as_it_is(messages: list[Message]) -> list[Message]:
    return messages


def saved(messages: list[Message]) -> list[Message]:
    return from_json(to_json(messages))


def validated(messages: list[Message]) -> list[Message]:
    return ADAPTER.validate_json(ADAPTER.dump_json(messages))


def converse(model_id: str, keep: Callable[[list[Message]], list[Message]]) -> list[object]:
    """Return the bodies of the requests, the second of them made from what was kept."""
    model = llm.Model(model_id, thinking={"level": "low", "include_thoughts": True})
    with llm.testing.simulate(script=SCRIPT) as simulator:
        response = model.stream([llm.messages.user("When is high water?")], tools=[tide])
        response.finish()
        history = [*response.messages, llm.messages.user(response.execute_tools())]
        kept = keep(history)
        assert kept[:-1] == history[:-1]
        assert isinstance(kept[1], llm.AssistantMessage)
        assert kept[1].raw_message is not None
        answer = model.call(kept, tools=[tide])
        assert answer.text() == "At 04:12 and 16:40."
        return [request.body for request in simulator.requests]


@pytest.mark.parametrize("keep", [saved, validated])
@pytest.mark.parametrize("model_id", MODELS)
def test_the_next_request_is_the_same(
    model_id: str, keep: Callable[[list[Message]], list[Message]]
) -> None:
    """With raw messages and the signatures in them, tool calls, their results and errors."""
    assert converse(model_id, keep) == converse(model_id, as_it_is)


def test_an_answer_can_be_saved_while_it_streams() -> None:
    model = llm.Model("openai/gpt-5-mini")
    with llm.testing.simulate(script=["one two three"]):
        response = model.stream("count")
        for _ in response.text_stream():
            [*_, answer] = from_json(to_json(response.messages))
            assert answer.content == [llm.Text(text=response.text())]
    assert response.text() == "one two three"
    assert from_json(to_json(response.messages)) == list(response.messages)
