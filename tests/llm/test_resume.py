"""Whole and streamed answers agree, and a conversation goes on with what the vendor said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm import testing

from .conftest import Colour

MODELS = {
    "responses": "openai/gpt-5-mini",
    "chat": "openai/gpt-5-mini:completions",
    "messages": "anthropic/claude-sonnet-4-5",
    "generate_content": "google/gemini-2.5-flash",
    "cohere": "cohere/command-a-reasoning-08-2025",
}
THINKING: Any = {"level": "medium", "include_thoughts": True}


class Book(BaseModel):
    title: str
    pages: int


@llm.tool
def sqrt(number: float) -> float:
    """Return the square root of a number."""
    return number**0.5


@llm.tool
async def sqrt_async(number: float) -> float:
    """Return the square root of a number."""
    return number**0.5


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> llm.Model:
    return llm.Model(MODELS[request.param], thinking=THINKING)


def ask(colour: Colour, model: llm.Model, streaming: bool, content: Any, **more: Any) -> Any:
    if not streaming:
        return colour.call(model, content, **more)
    response = colour.stream(model, content, **more)
    colour.finish(response)
    return response


def summary(response: Any) -> tuple[Any, ...]:
    usage = response.usage
    parts = [
        ("call", part.name, json.loads(part.args)) if isinstance(part, llm.ToolCall) else part
        for part in response.content  # the ids of calls are new in every answer
    ]
    return (
        parts,
        response.finish_reason,
        usage and (usage.input_tokens, usage.output_tokens, usage.reasoning_tokens),
        response.provider_model_name,
    )


def blocks(raw: Any) -> list[Any]:
    """Return the parts of a raw message that have to be sent back word for word."""
    if isinstance(raw, list):  # Responses: items
        return raw
    return raw.get("tool_calls") or raw.get("parts") or raw["content"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["text", "tools", "format"])
def test_whole_and_streamed_answers_agree(colour: Colour, model: llm.Model, kind: str) -> None:
    more: dict[str, Any] = {}
    if kind == "tools":
        more["tools"] = [sqrt_async if colour.asynchronous else sqrt]
    if kind == "format":
        more["format"] = Book
    with testing.simulate():
        whole, streamed = (
            ask(colour, model, streaming, "the root of 4242", **more) for streaming in (False, True)
        )
    assert whole.content
    assert summary(streamed) == summary(whole)


@pytest.mark.parametrize("streaming", [False, True])
def test_raw_messages_are_json_and_are_sent_back(
    colour: Colour, model: llm.Model, streaming: bool
) -> None:
    tools = [sqrt_async if colour.asynchronous else sqrt]
    with testing.simulate() as simulation:
        first = ask(colour, model, streaming, "the root of 4242", tools=tools)
        raw = first.messages[-1].raw_message
        assert raw
        assert json.loads(json.dumps(raw)) == raw
        outputs = colour.run(first.execute_tools())
        second = colour.run(first.resume(outputs))
        if streaming:
            colour.finish(second)
    sent = json.dumps(simulation.requests[1].body)
    for block in blocks(raw):
        assert json.dumps(block) in sent
    assert "65.13" in second.text()


@pytest.mark.parametrize("streaming", [False, True])
def test_another_vendor_goes_on_with_the_content(colour: Colour, streaming: bool) -> None:
    tools = [sqrt_async if colour.asynchronous else sqrt]
    for first_model in MODELS.values():
        for second_model in MODELS.values():
            with testing.simulate():
                model = llm.Model(first_model, thinking=THINKING)
                response = ask(colour, model, streaming, "the root of 4242", tools=tools)
                outputs = colour.run(response.execute_tools())
                with llm.model(second_model):
                    response = colour.run(response.resume(outputs))
                if streaming:
                    colour.finish(response)
            assert response.model_id == second_model
            assert "65.13" in response.text()


@pytest.mark.parametrize("mode", ["strict", "json", "tool"])
@pytest.mark.parametrize("streaming", [False, True])
def test_every_mode_gives_the_object(
    colour: Colour, model: llm.Model, mode: Any, streaming: bool
) -> None:
    with testing.simulate():
        format = llm.format(Book, mode=mode)
        response = ask(colour, model, streaming, "a book", format=format)
        assert isinstance(response.parse(), Book)
        assert response.tool_calls == []
        again = colour.run(response.resume("another"))
        if streaming:
            colour.finish(again)
        assert isinstance(again.parse(), Book)


@pytest.mark.parametrize("mode", ["strict", "json", "tool"])
def test_a_format_beside_tools(colour: Colour, model: llm.Model, mode: Any) -> None:
    if mode != "tool" and model.provider_id == "google":
        pytest.skip("Gemini 2.5 cannot combine tools with a response schema")
    if mode != "tool" and model.provider_id == "cohere":
        pytest.skip("Cohere cannot combine tools with a format")
    tools = [sqrt_async if colour.asynchronous else sqrt]
    with testing.simulate():
        format = llm.format(Book, mode=mode)
        response = ask(colour, model, True, "the root of 4242", tools=tools, format=format)
        for _ in range(3):
            if not response.tool_calls:
                break
            response = colour.run(response.resume(colour.run(response.execute_tools())))
            colour.finish(response)
        assert isinstance(response.parse(), Book)


def test_interrupted_conversations_go_on(colour: Colour, model: llm.Model) -> None:
    with testing.simulate(script=["one two three four five six", "seven"]) as simulation:
        response = colour.stream(model, "count")
        text = response.text_stream()
        seen = colour.next(text)
        colour.close_response(response)
        resumed = colour.run(response.resume("go on"))
        colour.finish(resumed)
    assert resumed.text() == "seven"
    assert seen.strip() in json.dumps(simulation.requests[1].body)


def test_after_an_error_the_partial_text_is_sent(colour: Colour, model: llm.Model) -> None:
    turn = testing.Turn(text="a long answer that breaks off", fault=testing.Cut(after_bytes=1500))
    with testing.simulate(script=[turn, "the rest"]) as simulation:
        response = colour.stream(model, "tell")
        try:
            colour.finish(response)
        except llm.StreamTruncatedError:
            pass
        else:
            pytest.skip("this wire says it all in fewer bytes")
        colour.finish(colour.run(response.resume("go on")))
    if response.text():
        assert response.text() in json.dumps(simulation.requests[1].body)


@pytest.mark.parametrize("streaming", [False, True])
def test_there_has_to_be_something_to_resume_with(
    colour: Colour, model: llm.Model, streaming: bool
) -> None:
    with testing.simulate(script=["No tools needed."]) as simulator:
        response = ask(colour, model, streaming, "How high is it?")
        with pytest.raises(ValueError, match="only while response\\.tool_calls has any"):
            colour.run(response.resume(colour.run(response.execute_tools())))
    assert len(simulator.requests) == 1
