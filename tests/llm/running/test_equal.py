"""A run is the documented loop, to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.testing import Turn, simulate

from .ways import MODELS, Way, outputs_answer_calls
from .ways import way as way  # a fixture


class Verdict(BaseModel):
    left: int
    right: str


def left(x: int) -> str:
    """Go left."""
    return f"left {x}"


def right(y: int) -> dict[str, int]:
    """Go right."""
    if y < 0:
        raise ValueError("no such way")
    return {"right": y}


SCRIPT = [
    Turn(text="Let me see.", tool_calls=[("left", {"x": 1}), ("right", {"y": 2})]),
    Turn(thoughts="Hm.", tool_calls=[("right", {"y": -1}), ("nowhere", {}), ("left", {"x": "?"})]),
    Turn(tool_calls=[("left", {"x": 3})]),
    Turn(text="There it is."),
]


def bodies(simulator: Any) -> list[str]:
    return [json.dumps(request.body) for request in simulator.requests]


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("options", [{}, {"parallel": 1}, {"parallel": None, "tool_timeout": 60}])
def test_every_wire_and_way(model_id: str, way: Way, options: dict[str, Any]) -> None:
    tools = [way.tool(left), way.tool(right)]
    model = llm.Model(model_id)
    with simulate(SCRIPT) as by_hand:
        expected = way.by_hand(way.ask(model, "Which way?", tools=tools))
    with simulate(SCRIPT) as simulator:
        response = way.run(way.ask(model, "Which way?", tools=tools), **options)
    assert response.text() == expected.text() == "There it is."
    assert response.messages == expected.messages
    assert bodies(simulator) == bodies(by_hand)
    assert type(response) is type(expected)
    assert outputs_answer_calls(response.messages)
    assert [[call.name for call in one.calls] for one in response.rounds] == [
        ["left", "right"],
        ["right", "nowhere", "left"],
        ["left"],
    ]
    assert [output for one in response.rounds for output in one.outputs] == [
        part
        for message in expected.messages
        if message.role == "user"
        for part in message.content
        if part.type == "tool_output"
    ]


@pytest.mark.parametrize("model_id", MODELS)
def test_turns_as_streams(model_id: str, way: Way) -> None:
    tools = [way.tool(left), way.tool(right)]
    model = llm.Model(model_id)
    with simulate(SCRIPT) as by_hand:
        expected = way.by_hand(way.ask(model, "Which way?", tools=tools))
    with simulate(SCRIPT) as simulator:
        first = way.ask(model, "Which way?", tools=tools)
        run = way.run_stream(first)
        turns = way.list(run)
    assert [turn.consumed for turn in turns] == [True] * len(turns)
    assert (turns[0] is first) == way.streams
    assert len(turns) == (4 if way.streams else 3)
    assert run.response is turns[-1]
    sent = [message for message in run.response.messages if message.role == "user"]
    assert sent == [message for message in expected.messages if message.role == "user"]
    if way.streams:
        assert run.response.messages == expected.messages
        assert bodies(simulator) == bodies(by_hand)
    assert way.list(run) == []


def test_turns_are_shown_while_they_arrive(way: Way) -> None:
    with simulate(SCRIPT):
        first = way.ask(llm.Model(MODELS[0]), "Which way?", tools=[way.tool(left), way.tool(right)])
        run = way.run_stream(first)
        states, texts = [], []
        while True:
            try:
                turn = way.do(anext(run)) if way.asynchronous else next(run)
            except (StopIteration, StopAsyncIteration):
                break
            states.append(turn.state)
            texts.append("".join(way.list(turn.text_stream())))
    assert set(states) == {"pending"}
    assert texts == ["Let me see.", "", "", "There it is."][not way.streams :]


@pytest.mark.parametrize("model_id", MODELS)
def test_the_answer_in_a_format(model_id: str, way: Way) -> None:
    if model_id.startswith("google"):
        pytest.skip("Gemini 2.5 cannot combine tools with a response schema")
    script = [SCRIPT[0], Turn(json={"left": 1, "right": "two"})]
    with simulate(script):
        response = way.ask(
            llm.Model(model_id), "?", tools=[way.tool(left), way.tool(right)], format=Verdict
        )
        assert way.run(response).parse() == Verdict(left=1, right="two")


def test_an_answer_without_calls_is_itself(way: Way) -> None:
    with simulate(["Hello."]) as simulator:
        response = way.ask(llm.Model(MODELS[0]), "Hi.")
        assert way.run(response) is response
        assert way.list(way.run_stream(response)) == []  # it was read
        assert response.text() == "Hello."
    assert len(simulator.requests) == 1


def test_who_goes_on(way: Way) -> None:
    """A retrying model, and one of the context, as in the loop."""
    tools = [way.tool(left), way.tool(right)]
    with simulate([SCRIPT[2], "There."]) as simulator:
        retrying = llm.retry(llm.Model(MODELS[0]), max_retries=1)
        response = way.run(way.ask(retrying, "?", tools=tools))
        assert type(response).__name__.endswith("RetryResponse" if not way.streams else "Response")
        assert "Retry" in type(response).__name__
    with simulate([SCRIPT[2], "There."]) as simulator:
        response = way.ask(llm.Model(MODELS[0]), "?", tools=tools)
        way.finish(response)
        with llm.model(MODELS[2]):
            assert way.run(response).model_id == MODELS[2]
    assert [request.model for request in simulator.requests] == ["gpt-5-mini", "claude-haiku-4-5"]


# --- when it ends


@pytest.mark.parametrize("stop", ["right", lambda answer: "right" in str(answer.tool_calls)])
def test_stop_when(way: Way, stop: Any) -> None:
    script = [SCRIPT[2], SCRIPT[0]]
    ran: list[str] = []

    def note(x: int) -> str:
        """Note it."""
        ran.append(str(x))
        return "noted"

    tools = [way.tool(left), way.tool(right), way.tool(note)]
    with simulate([Turn(tool_calls=[("note", {"x": 1})]), *script]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "?", tools=tools), stop_when=stop)
    assert [call.name for call in response.tool_calls] == ["left", "right"]
    assert ran == ["1"]
    assert [output.result for output in way.execute_tools(response)] == ["left 1", {"right": 2}]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"max_turn": 3}, "does not know 'max_turn', only max_turns"),
        ({"max_turns": 0}, "max_turns takes a number of 1 or more, not 0"),
        ({"max_turns": "3"}, "max_turns takes a whole number"),
        ({"parallel": True}, "parallel takes a whole number"),
        ({"tool_timeout": 0}, "tool_timeout takes seconds, more than 0, not 0"),
        ({"tool_timeout": float("nan")}, "tool_timeout takes seconds"),
        ({"stop_when": 3}, "stop_when takes the name of a tool"),
        ({"limits": 3}, "limits takes an llm.UsageLimits"),
    ],
    ids=repr,
)
def test_wrong_options(way: Way, wrong: dict[str, Any], error: str) -> None:
    with simulate(["Hello."]):
        response = way.ask(llm.Model(MODELS[0]), "Hi.")
        with pytest.raises((TypeError, ValueError), match=error):
            way.run(response, **wrong)
        with pytest.raises((TypeError, ValueError), match=error):
            way.run_stream(response, **wrong)
