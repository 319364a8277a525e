"""What the simulator says without a script, on every wire, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mirascope.llm.testing import Simulator
from tests.llm.testing.clients import FORMAT_TOOL, Answer, Client, Question, content, post

SQRT = {
    "type": "object",
    "properties": {"number": {"type": "number"}},
    "required": ["number"],
    "additionalProperties": False,
}
ADD = {
    "type": "object",
    "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
    "required": ["a", "b"],
}
BOOK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "author": {"type": "string"},
        "year": {"type": "integer", "minimum": 1900, "maximum": 2000},
        "genre": {"type": "string", "enum": ["mystery", "fantasy"]},
        "sequel": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 3},
    },
    "required": ["title", "author", "year", "genre", "sequel", "tags"],
    "additionalProperties": False,
}


def test_it_echoes_the_question(client: Client, stream: bool) -> None:
    answer = client.ask(Simulator(), Question(text="Recommend a book.", stream=stream))
    assert "“Recommend a book.”" in answer.text
    assert answer.finish == client.finishes["stop"]
    assert answer.complete
    assert answer.calls == []
    assert answer.thoughts == ""
    assert answer.usage is not None
    assert answer.usage[0] > 0
    assert answer.usage[1] == len(answer.text.split())


def test_a_stream_comes_in_small_deltas(client: Client) -> None:
    answer = client.ask(Simulator(), Question(stream=True))
    assert "".join(answer.deltas) == answer.text
    assert len(answer.deltas) > 10
    assert max(map(len, answer.deltas)) <= 14


QUESTIONS = [
    Question(),
    Question(tools={"sqrt_tool": SQRT}),
    Question(tools={"sqrt_tool": SQRT, "add": ADD}, thinking=True),
    Question(schema=BOOK),
    Question(thinking=True),
    Question(thinking=True, max_tokens=16),
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_whole_and_streamed_answers_are_equal(client: Client, question: Question) -> None:
    whole = client.ask(Simulator(), question)
    streamed = client.ask(Simulator(), Question(**{**vars(question), "stream": True}))
    streamed.deltas = []
    assert streamed == whole


def test_the_same_question_gets_the_same_answer(client: Client, stream: bool) -> None:
    question = Question(tools={"sqrt_tool": SQRT}, thinking=True, stream=stream)
    assert client.ask(Simulator(), question) == client.ask(Simulator(), question)


def test_it_calls_each_tool_once_and_then_answers(client: Client, stream: bool) -> None:
    question = Question(
        text="What is 3 plus 4, and the root of 16?",
        tools={"add": ADD, "sqrt_tool": SQRT},
        stream=stream,
    )
    simulator = Simulator()
    called = client.ask(simulator, question)
    assert called.finish == client.finishes["tools"]
    assert [call["name"] for call in called.calls] == ["add", "sqrt_tool"]
    assert called.args() == [{"a": 3, "b": 4}, {"number": 3}]
    ids = {call["id"] for call in called.calls}
    assert len(ids) == (1 if client.name == "generate_content" else 2)
    question.turns = [called, ["seven", "four"]]
    answer = client.ask(simulator, question)
    assert answer.calls == []
    assert "add gave seven; sqrt_tool gave four" in answer.text


def test_a_later_question_calls_the_tools_again(client: Client) -> None:
    simulator = Simulator()
    first = Question(tools={"sqrt_tool": SQRT})
    called = client.ask(simulator, first)
    first.turns = [called, ["65.13"]]
    answered = client.ask(simulator, first)
    second = Question(
        tools={"sqrt_tool": SQRT},
        turns=[called, ["65.13"], answered, "And of 9?"],
    )
    again = client.ask(simulator, second)
    assert again.args() == [{"number": 9}]


def test_the_question_among_results_counts(client: Client) -> None:
    simulator = Simulator()
    question = Question(tools={"sqrt_tool": SQRT})
    called = client.ask(simulator, question)
    question.turns = [called, ["65.13"], "Say it in French."]
    answer = client.ask(simulator, question)
    assert "sqrt_tool gave 65.13" in answer.text
    assert "“Say it in French.”" in answer.text


def test_tools_may_be_forbidden(client: Client, stream: bool) -> None:
    question = Question(tools={"sqrt_tool": SQRT}, choice="none", stream=stream)
    answer = client.ask(Simulator(), question)
    assert answer.calls == []
    assert "4242" in answer.text


def test_a_tool_may_be_required_also_after_results(client: Client) -> None:
    question = Question(tools={"sqrt_tool": SQRT, "add": ADD}, choice="required")
    called = client.ask(Simulator(), question)
    question.turns = [called, ["65.13", "9"]]
    again = client.ask(Simulator(), question)
    assert len(again.calls) == 2


def test_one_tool_may_be_named(client: Client, stream: bool) -> None:
    question = Question(tools={"sqrt_tool": SQRT, "add": ADD}, choice="add", stream=stream)
    answer = client.ask(Simulator(), question)
    assert [call["name"] for call in answer.calls] == ["add"]


def test_parallel_calls_may_be_forbidden(client: Client) -> None:
    if client.name in ("generate_content", "cohere"):
        pytest.skip("the wire has no word for it")
    simulator = Simulator()
    question = Question(tools={"sqrt_tool": SQRT, "add": ADD}, alone=True)
    first = client.ask(simulator, question)
    question.turns = [first, ["65.13"]]
    second = client.ask(simulator, question)
    question.turns = [first, ["65.13"], second, ["9"]]
    last = client.ask(simulator, question)
    names = [[call["name"] for call in answer.calls] for answer in (first, second, last)]
    assert names == [["sqrt_tool"], ["add"], []]
    assert "add gave 9" in last.text


def test_it_fits_a_schema(client: Client, stream: bool) -> None:
    answer = client.ask(Simulator(), Question(text="A book", schema=BOOK, stream=stream))
    made = json.loads(answer.text)
    jsonschema.validate(made, BOOK)
    assert made["title"] == "The Lighthouse at the End of the Map"
    assert made["genre"] == "mystery"
    assert made["sequel"] is not None


def test_tools_come_before_the_schema(client: Client) -> None:
    if client.name == "cohere":
        pytest.skip("the wire refuses the two together")
    simulator = Simulator()
    question = Question(tools={"sqrt_tool": SQRT}, schema=BOOK)
    called = client.ask(simulator, question)
    assert len(called.calls) == 1
    question.turns = [called, ["65.13"]]
    jsonschema.validate(json.loads(client.ask(simulator, question).text), BOOK)


def test_the_format_tool_is_filled_in(client: Client, stream: bool) -> None:
    question = Question(tools={FORMAT_TOOL: BOOK}, choice=FORMAT_TOOL, stream=stream)
    answer = client.ask(Simulator(), question)
    assert [call["name"] for call in answer.calls] == [FORMAT_TOOL]
    jsonschema.validate(answer.args()[0], BOOK)


def test_the_format_tool_is_called_after_the_others(client: Client) -> None:
    simulator = Simulator()
    tools = {FORMAT_TOOL: BOOK, "sqrt_tool": SQRT}
    question = Question(tools=tools, choice="required")
    called = client.ask(simulator, question)
    assert [call["name"] for call in called.calls] == ["sqrt_tool"]
    question.turns = [called, ["65.13"]]
    answer = client.ask(simulator, question)
    assert [call["name"] for call in answer.calls] == [FORMAT_TOOL]


def test_the_name_of_the_format_tool_is_the_librarys() -> None:
    from mirascope.llm.testing import patient_model
    from mirascope.llm.tools import FORMAT_TOOL_NAME

    assert patient_model.FORMAT_TOOL == FORMAT_TOOL_NAME == FORMAT_TOOL


@pytest.mark.parametrize("json_mode", [False, True])
def test_a_schema_in_the_instructions_is_found(
    client: Client, stream: bool, json_mode: bool
) -> None:
    system = f"Be {{nice}}. Reply with JSON that matches this:\n{json.dumps(BOOK, indent=2)}\nOK?"
    question = Question(system=system, json_mode=json_mode, stream=stream)
    jsonschema.validate(json.loads(client.ask(Simulator(), question).text), BOOK)


def test_json_mode_without_a_schema(client: Client) -> None:
    if client.name == "messages":
        pytest.skip("the wire has no such mode")
    answer = client.ask(Simulator(), Question(text="Why?", json_mode=True))
    assert json.loads(answer.text) == {"answer": "A simulated answer to: Why?"}


def test_it_thinks_when_asked_to(client: Client, stream: bool) -> None:
    question = Question(tools={"sqrt_tool": SQRT}, thinking=True, stream=stream)
    answer = client.ask(Simulator(), question)
    assert "sqrt_tool" in answer.thoughts
    assert answer.signed == (client.name not in ("chat", "cohere"))
    assert answer.usage is not None
    assert answer.usage[2] == len(answer.thoughts.split())
    assert answer.usage[1] > answer.usage[2]


HIDDEN: dict[str, dict[str, Any]] = {
    "responses": {"reasoning": {"effort": "high"}},
    "messages": {"thinking": {"type": "adaptive", "display": "omitted"}},
    "generate_content": {"generationConfig": {"thinkingConfig": {"thinkingLevel": "HIGH"}}},
}


def test_thoughts_may_be_hidden_but_count(client: Client, stream: bool) -> None:
    if client.name not in HIDDEN:
        pytest.skip("the wire shows thoughts or has none")
    question = Question(thinking=True, stream=stream)
    body = {**client.body(question), **HIDDEN[client.name]}
    reply = post(Simulator(), client.url(question), body)
    answer = client.read(content(reply), question)
    assert answer.thoughts == ""
    assert answer.usage is not None
    assert answer.usage[2] > 0
    assert answer.text


@pytest.mark.parametrize("limit", [1, 5, 14, 20])
def test_the_limit_of_tokens_is_kept(client: Client, stream: bool, limit: int) -> None:
    question = Question(thinking=True, max_tokens=limit, stream=stream)
    answer = client.ask(Simulator(), question)
    assert answer.finish == client.finishes["limit"]
    assert answer.usage is not None
    assert answer.usage[1] == limit
    assert len(answer.thoughts.split()) + len(answer.text.split()) == limit


def test_arguments_may_be_cut_by_the_limit(client: Client) -> None:
    question = Question(tools={"sqrt_tool": SQRT}, max_tokens=1, stream=True)
    answer = client.ask(Simulator(), question)
    assert answer.finish == client.finishes["limit"]
    if client.name == "generate_content":  # arguments come whole or not at all
        assert answer.calls == []
    else:
        assert answer.calls[0]["args"] == '{"number":'


def test_a_stop_sequence_ends_the_text(client: Client, stream: bool) -> None:
    if client.name == "responses":
        pytest.skip("the wire has no stop sequences")
    answer = client.ask(Simulator(), Question(text="x", stop=" simulated", stream=stream))
    assert answer.text == "You said “x”. I am a"
    words = {"messages": "stop_sequence", "cohere": "STOP_SEQUENCE"}
    assert answer.finish == words.get(client.name, client.finishes["stop"])


def test_a_tool_without_arguments(client: Client, stream: bool) -> None:
    empty = {"type": "object", "properties": {}}
    answer = client.ask(Simulator(), Question(tools={"now": empty}, stream=stream))
    assert answer.args() == [{}]


def test_a_long_question_is_shortened(client: Client) -> None:
    answer = client.ask(Simulator(), Question(text="long " * 1000))
    assert len(answer.text) < 500


def test_an_answer_is_what_the_client_makes_of_it() -> None:
    assert Answer(texts=["a", "b"]).text == "ab"
