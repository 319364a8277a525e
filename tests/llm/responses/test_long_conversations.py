"""A long conversation that is kept, and gone on with in a process that knows nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn
from tests.llm.processes import elsewhere

# What the vendor wants to see again, and finds in its raw messages only.
MODELS = {
    "openai/gpt-5-mini:responses": "'encrypted_content': 'c2lt",
    "openai/gpt-5-mini:completions": "tool_calls",
    "anthropic/claude-sonnet-4-5": "signature",
    "google/gemini-2.5-flash": "thoughtSignature",
}
THINKING: llm.types.ThinkingConfig = {"level": "low", "include_thoughts": True}
TURNS = 40
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(200))

Body: TypeAlias = object


@llm.tool
def tide(harbour: str) -> dict[str, object]:
    """Look up the times of high water."""
    if harbour == "Atlantis":
        raise LookupError(f"{harbour} has sunk 🌊")
    return {"harbour": harbour, "times": ("04:12", 16.4, None)}


def script() -> list[Turn]:
    turns: list[Turn] = []
    for n in range(TURNS):
        calls: Sequence[Any] = ()
        if n % 4 == 1:
            calls = [("tide", {"harbour": "Cascais"}), ("tide", {"harbour": "Atlantis"})]
        elif n % 4 == 3:
            calls = [("ebb", {})]  # a tool that is not there
        thoughts = None if n % 5 == 4 else f"Thought {n}: é 🐉 \u2028 half?"
        turns.append(Turn(thoughts=thoughts, text=f"Answer {n}.\n", tool_calls=calls))
    return turns


def converse(model_id: str) -> llm.StreamResponse:
    """Return the last of many answers; every other was whole and not streamed."""
    params: llm.Params = {"thinking": THINKING, "max_tokens": 5000}
    if model_id.endswith(":responses"):  # which hands out its reasoning only when it keeps nothing
        params["extra_body"] = {"store": False}
    model = llm.Model(model_id, **params)
    history: list[llm.Message] = [llm.messages.system("You know the sea.")]
    content: list[Any] = ["Where is this?", llm.Image.from_bytes(PICTURE)]
    with llm.testing.simulate(script=script()):
        for n in range(TURNS):
            history.append(llm.messages.user(content))
            if n % 2 and n != TURNS - 1:
                whole = model.call(history, tools=[tide])
                history, content = list(whole.messages), [*whole.execute_tools()]
            else:
                streamed = model.stream(history, tools=[tide])
                streamed.finish()
                history, content = list(streamed.messages), [*streamed.execute_tools()]
                last = streamed
            if n % 7 == 0 and not model_id.startswith("google/"):  # which fetches none
                content.append(llm.Image.from_url(f"https://example.com/{n}.png"))
            content.append(f"Question {n + 1}")
    return last


def as_it_is(response: llm.StreamResponse) -> tuple[Body, bool, Body]:
    return *resumed(response), asked(response, list(response.messages))


def loaded(response: str, messages: str) -> tuple[Body, bool, Body]:
    """Return the bodies of the next requests, in a process that has the texts only."""
    streamed = llm.StreamResponse.from_json(response, tools=[tide])
    whole = llm.Response.from_json(response, tools=[tide])
    assert whole.messages == streamed.messages
    return *resumed(streamed), asked(streamed, llm.messages.from_json(messages))


def resumed(response: llm.StreamResponse) -> tuple[Body, bool]:
    with llm.testing.simulate(script=["The end."]) as simulator:
        following = response.resume([*response.execute_tools(), "And now?"])
        following.finish()
        request = simulator.requests[-1]
        return request.body, request.stream


def asked(response: llm.StreamResponse, history: list[llm.Message]) -> Body:
    model: Any = response.model
    question = llm.messages.user([*response.execute_tools(), "And now?"])
    with llm.testing.simulate(script=["The end."]) as simulator:
        model.call([*history, question], tools=[tide])
        return simulator.requests[-1].body


@pytest.mark.parametrize("model_id", MODELS)
def test_gone_on_with_in_another_process(model_id: str) -> None:
    response = converse(model_id)
    messages = list(response.messages)
    answers = [one for one in messages if isinstance(one, llm.AssistantMessage)]
    assert len(answers) == TURNS
    assert all(answer.raw_message is not None for answer in answers)
    kinds = {type(part) for one in messages if one.role != "system" for part in one.content}
    assert {llm.Thought, llm.ToolCall, llm.ToolOutput, llm.Image, llm.Text} <= kinds
    expected = as_it_is(response)
    assert MODELS[model_id] in str(expected[0])
    assert expected[1]
    assert elsewhere(loaded, response.to_json(), llm.messages.to_json(messages)) == expected
