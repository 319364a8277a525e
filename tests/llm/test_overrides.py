"""Other settings for one question: with the question, with a call or prompt, and on going on."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.testing import Stall, Turn, simulate

from .running.ways import MODELS, Way
from .running.ways import way as way  # a fixture

OPENAI, CLAUDE = MODELS[0], MODELS[2]


class Tide(BaseModel):
    high: str


def look(harbour: str) -> str:
    """Look at a harbour."""
    return f"{harbour}: calm"


def listen(harbour: str) -> str:
    """Listen to a harbour."""
    return f"{harbour}: loud"


class Noted:
    """A layer that says who asks."""

    def __init__(self, name: str, said: list[str]) -> None:
        self.name, self.said = name, said

    def __call__(self, request: llm.Request, open: llm.Open) -> llm.Answer:
        self.said.append(self.name)
        return open(request)


# --- with the question


def test_parameters_and_layers_with_a_question(way: Way) -> None:
    said: list[str] = []
    model = llm.Model(CLAUDE, temperature=0.1, max_tokens=50, layers=[Noted("model", said)])
    with simulate(["one", "two", "three"]) as simulator:
        more: Any = {"temperature": 0.9, "layers": [Noted("question", said)]}
        response = way.ask(model, "Hi.", **more)
        way.finish(response)
        after = way.resume(response, "And?")
        way.finish(after)
        way.finish(way.ask(model, "Hi."))
    temperatures = [request.body["temperature"] for request in simulator.requests]
    assert temperatures == [0.9, 0.9, 0.1]
    assert {request.body["max_tokens"] for request in simulator.requests} == {50}
    assert said == ["question", "model", "question", "model", "model"]
    assert (response.params["temperature"], model.params["temperature"]) == (0.9, 0.1)


def test_a_timeout_with_a_question(way: Way) -> None:
    with simulate([Turn(text="late", fault=Stall())]), pytest.raises(llm.TimeoutError):
        way.finish(way.ask(llm.Model(OPENAI, timeout=3600), "Hi.", timeout=1))


def test_a_choice_of_tool_is_for_one_question(way: Way) -> None:
    """Or a run would call the tool for ever."""
    tools = [way.tool(look), way.tool(listen)]
    with simulate() as simulator:
        response = way.ask(llm.Model(OPENAI, seed=3), "Hi.", tools=tools, tool_choice="look")
        response = way.run(response)
    assert response.rounds[0].calls[0].name == "look"
    assert "tool_choice" in simulator.requests[0].body
    assert all("tool_choice" not in request.body for request in simulator.requests[1:])


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"temperature": "hot"}, "temperature takes a number"),
        ({"layers": 3}, "layers takes a list of layers"),
        ({"tempeature": 3}, "Unknown argument 'tempeature'"),
        ({"timeout": -1}, "positive"),
    ],
    ids=str,
)
def test_wrong_settings(way: Way, wrong: dict[str, Any], error: str) -> None:
    with simulate(["Hello."]) as simulator, pytest.raises((TypeError, ValueError), match=error):
        way.ask(llm.Model(OPENAI), "Hi.", **wrong)
    assert simulator.requests == []


def test_a_retrying_model_and_its_fallbacks(way: Way) -> None:
    model = llm.retry(llm.Model(CLAUDE), fallback_models=[OPENAI.replace("gpt-5-mini", "gpt-4o")])
    changed = model.with_options(temperature=0.3)
    assert [one.params for one in changed.models] == [{"temperature": 0.3}] * 2
    assert [one.params for one in model.models] == [{}, {}]
    with simulate(["Hello.", "Again."]) as simulator:
        response = way.ask(model, "Hi.", temperature=0.4)
        way.finish(response)
        assert "Retry" in type(response).__name__
        after = way.resume(response, "And?")
        way.finish(after)
    assert [request.body["temperature"] for request in simulator.requests] == [0.4, 0.4]
    assert "Retry" in type(after).__name__


# --- calls and prompts


def test_a_call_with_options() -> None:
    said: list[str] = []

    @llm.call(OPENAI, tools=[look], layers=[Noted("call", said)], seed=3)
    def ask(model: str, timeout: int = 0) -> str:
        """Ask; the names of its parameters are its own."""
        return f"{model} {timeout}"

    with simulate() as simulator, llm.model("google/gemini-2.5-flash"):
        changed = ask.with_options(
            model=llm.Model(CLAUDE, max_tokens=30),
            tools=[listen],
            layers=[Noted("option", said)],
            temperature=0.2,
        )
        response = changed("a", timeout=3)
        changed.stream("b").finish()
        ask("c")
    first, second, third = simulator.requests
    assert (first.model, second.model, third.model) == (
        "claude-haiku-4-5",
        "claude-haiku-4-5",
        "gemini-2.5-flash",
    )
    assert first.body["temperature"] == 0.2
    assert first.body["max_tokens"] == 30
    assert [tool["name"] for tool in first.body["tools"]] == ["listen"]
    assert said == ["option", "call"] * 2 + ["call"]
    assert response.params == {"max_tokens": 30, "temperature": 0.2}
    assert list(ask.prompt.toolkit.tools_dict) == ["look"]


def test_options_add_up_and_outlive_binding_and_retries() -> None:
    class Bot:
        @llm.call(OPENAI)
        def ask(self, question: str) -> str:
            return question

        changed = ask.with_options(model=CLAUDE, temperature=0.1).with_options(max_tokens=9)

    with simulate(["a", "b"]) as simulator:
        assert Bot().changed("Hi.").params == {"temperature": 0.1, "max_tokens": 9}
        retrying = llm.retry(Bot().changed, max_retries=1)
        assert "Retry" in type(retrying("Hi.")).__name__
    assert [request.model for request in simulator.requests] == ["claude-haiku-4-5"] * 2
    assert [request.body["temperature"] for request in simulator.requests] == [0.1, 0.1]


def test_a_prompt_with_options() -> None:
    said: list[str] = []

    @llm.prompt(tools=[look])
    def ask(question: str) -> str:
        return question

    changed = ask.with_options(tools=[], layers=[Noted("option", said)], temperature=0.2)
    with simulate(["a", "b", "c"]) as simulator:
        changed(CLAUDE, "Hi.")
        llm.retry(changed)(CLAUDE, "Hi.")
        ask(CLAUDE, "Hi.")
    assert [request.body.get("temperature") for request in simulator.requests] == [0.2, 0.2, None]
    assert ["tools" in request.body for request in simulator.requests] == [False, False, True]
    assert said == ["option"] * 2


async def test_asynchronous_calls_and_prompts_with_a_context() -> None:
    @llm.call(OPENAI)
    async def ask(ctx: llm.Context[int], question: str) -> str:
        return question

    with simulate(["a", "b"]) as simulator:
        changed = ask.with_options(model=CLAUDE, temperature=0.2)
        await changed(llm.Context(deps=1), "Hi.")
        stream = await ask.prompt.with_options(temperature=0.3).stream(
            CLAUDE, llm.Context(deps=1), "Hi."
        )
        await stream.finish()
    assert [request.body["temperature"] for request in simulator.requests] == [0.2, 0.3]


def test_wrong_options_of_calls() -> None:
    @llm.call(OPENAI)
    def ask() -> str:
        return "Hi."

    wrong: list[dict[str, Any]] = [
        {"temperature": "hot"},
        {"tempeature": 1},
        {"model": 3},
        {"layers": [3]},
        {"tools": [3]},
    ]
    for options in wrong:
        with pytest.raises(TypeError):
            ask.with_options(**options)


# --- going on


@pytest.mark.parametrize("model_id", MODELS)
def test_other_tools_from_now_on(way: Way, model_id: str) -> None:
    with simulate(["one", "two", "three"]) as simulator:
        response = way.ask(llm.Model(model_id), "Hi.", tools=[way.tool(look)])
        way.finish(response)
        response = way.resume(response, "And?", tools=[way.tool(listen)])
        way.finish(response)
        assert list(response.toolkit.tools_dict) == ["listen"]
        response = way.resume(response, "And?", tools=[])
        way.finish(response)
        assert not response.toolkit.tools_dict
    offered = [
        ("'look'" in str(one.body), "'listen'" in str(one.body)) for one in simulator.requests
    ]
    assert offered == [(True, False), (False, True), (False, False)]


def test_another_format_from_now_on(way: Way) -> None:
    with simulate(["Hello.", Turn(json={"high": "04:12"}), "Bye."]):
        response = way.ask(llm.Model(OPENAI), "Hi.")
        way.finish(response)
        response = way.resume(response, "When?", format=Tide)
        way.finish(response)
        assert response.parse() == Tide(high="04:12")
        response = way.resume(response, "Bye.", format=None)
        way.finish(response)
        assert response.parse() is None


@pytest.mark.parametrize("given", [CLAUDE, llm.Model(CLAUDE, temperature=0.7)], ids=str)
def test_another_model_from_now_on(way: Way, given: Any) -> None:
    with simulate(["one", "two", "three"]) as simulator, llm.model(OPENAI, temperature=0.7):
        response = way.ask(llm.Model(OPENAI, temperature=0.7), "Hi.")
        way.finish(response)
        response = way.resume(response, "And?", model=given)
        way.finish(response)
    with simulate(["three"]) as later:
        way.finish(way.resume(response, "And?"))
    requests = [*simulator.requests, *later.requests]
    assert [request.model for request in requests][1:] == ["claude-haiku-4-5"] * 2
    assert requests[1].body["temperature"] == 0.7


def test_wrong_arguments_of_resume(way: Way) -> None:
    with simulate(["one"]):
        response = way.ask(llm.Model(OPENAI), "Hi.")
        way.finish(response)
        with pytest.raises(TypeError, match="Unknown argument 'modle'"):
            way.resume(response, "And?", modle=CLAUDE)
        with pytest.raises(TypeError, match=r"model takes an llm\.Model"):
            way.resume(response, "And?", model=llm.Model)
