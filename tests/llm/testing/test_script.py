"""Scripted turns, on every wire."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mirascope import llm
from mirascope.llm.testing import (
    Cut,
    Malformed,
    ScriptExhausted,
    Simulator,
    Stall,
    Status,
    StreamError,
    Turn,
    TurnRequest,
    load_script,
)
from tests.llm.testing.clients import FORMAT_TOOL, Client, Question

SQRT = {"type": "object", "properties": {"number": {"type": "number"}}, "required": ["number"]}


def test_texts_are_said_in_order(client: Client, stream: bool) -> None:
    simulator = Simulator(["one", "zwei", "três"])
    said = [client.ask(simulator, Question(stream=stream)).text for _ in range(3)]
    assert said == ["one", "zwei", "três"]


def test_a_script_ends_with_a_clear_error(client: Client) -> None:
    simulator = Simulator(["only"])
    client.ask(simulator, Question())
    with pytest.raises(ScriptExhausted, match=r"1 turn\(s\) is over.*square root of 4242"):
        client.ask(simulator, Question())


def test_parts_and_finish(client: Client, stream: bool) -> None:
    turn = Turn(
        thoughts=["First. ", "Second."],
        text="Here you go.",
        tool_calls=[
            ("add", {"a": 1, "b": "ü"}),
            llm.ToolCall(id="mine_1", name="sqrt_tool", args='{"number": 9}'),
        ],
    )
    answer = client.ask(Simulator([turn]), Question(stream=stream))
    assert answer.thoughts == "First. Second."
    assert answer.text == "Here you go."
    assert [call["name"] for call in answer.calls] == ["add", "sqrt_tool"]
    assert answer.args() == [{"a": 1, "b": "ü"}, {"number": 9}]
    if client.name != "generate_content":
        assert answer.calls[1]["id"] == "mine_1"
    assert answer.finish == client.finishes["tools"]


def test_several_texts_where_the_wire_has_them(client: Client, stream: bool) -> None:
    answer = client.ask(Simulator([Turn(text=["One.", "Two."])]), Question(stream=stream))
    assert answer.text == "One.Two."
    if client.name in ("responses", "messages"):
        assert answer.texts == ["One.", "Two."]


def test_an_empty_answer(client: Client, stream: bool) -> None:
    answer = client.ask(Simulator([Turn(text="")]), Question(stream=stream))
    assert answer.text == ""
    assert answer.complete


def test_a_turn_without_content_is_the_patient_models(client: Client) -> None:
    answer = client.ask(Simulator([Turn(chunk_size=3)]), Question(text="Hello.", stream=True))
    assert "“Hello.”" in answer.text
    assert {len(delta) for delta in answer.deltas[:-1]} == {3}


def test_finish_reasons(client: Client, stream: bool) -> None:
    reasons = {
        llm.FinishReason.MAX_TOKENS: client.finishes["limit"],
        llm.FinishReason.REFUSAL: client.finishes["refusal"],
    }
    for reason, expected in reasons.items():
        turn = Turn(text="No.", finish_reason=reason)
        answer = client.ask(Simulator([turn]), Question(stream=stream))
        assert answer.finish == expected
        assert answer.text == "No."


def test_context_length_where_the_wire_has_a_word(client: Client) -> None:
    turn = Turn(text="", finish_reason=llm.FinishReason.CONTEXT_LENGTH_EXCEEDED)
    answer = client.ask(Simulator([turn]), Question())
    own = {"messages": "model_context_window_exceeded"}
    assert answer.finish == own.get(client.name, client.finishes["limit"])


def test_usage_as_given(client: Client, stream: bool) -> None:
    usage = llm.Usage(
        input_tokens=1000,
        output_tokens=50,
        cache_read_tokens=600,
        cache_write_tokens=100,
        reasoning_tokens=20,
    )
    answer = client.ask(Simulator([Turn(text="x", usage=usage)]), Question(stream=stream))
    assert answer.usage == (1000, 50, 20)


def test_no_usage(client: Client, stream: bool) -> None:
    answer = client.ask(Simulator([Turn(text="x", report_usage=False)]), Question(stream=stream))
    assert answer.usage is None


def test_json_comes_as_text_or_through_the_format_tool(client: Client, stream: bool) -> None:
    turn = Turn(json={"title": "Ü"})
    asked = Question(schema={"type": "object", "properties": {}}, stream=stream)
    answer = client.ask(Simulator([turn]), asked)
    assert json.loads(answer.text) == {"title": "Ü"}
    asked = Question(tools={FORMAT_TOOL: SQRT}, choice=FORMAT_TOOL, stream=stream)
    answer = client.ask(Simulator([turn]), asked)
    assert answer.text == ""
    assert [(call["name"], json.loads(call["args"])) for call in answer.calls] == [
        (FORMAT_TOOL, {"title": "Ü"})
    ]


def test_a_turn_may_depend_on_the_request(client: Client, stream: bool) -> None:
    seen: list[TurnRequest] = []

    def reply(request: TurnRequest) -> str | Turn:
        seen.append(request)
        return request.question.upper() if len(seen) == 1 else Turn(text=request.model)

    simulator = Simulator([reply, reply])
    question = Question(text="hey", system="Be brief.", tools={"sqrt_tool": SQRT}, stream=stream)
    assert client.ask(simulator, question).text == "HEY"
    assert client.ask(simulator, question).text in client.url(question) + str(client.body(question))
    assert seen[0].wire == client.name
    assert seen[0].system == "Be brief."
    assert seen[0].stream is stream
    assert [tool.name for tool in seen[0].tools] == ["sqrt_tool"]


def test_calls_may_be_interleaved(client: Client) -> None:
    calls = [("a", {"text": "one two"}), ("b", {"text": "three four five"})]
    turn = Turn(tool_calls=calls, interleave=True, chunk_size=4)
    answer = client.ask(Simulator([turn]), Question(stream=True))
    assert answer.args() == [args for _, args in calls]
    if client.name in ("chat", "responses"):
        numbers = [delta[0] for delta in answer.deltas]
        assert numbers != sorted(numbers)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_chunk_size(client: Client, size: int) -> None:
    text = "Ein längerer Satz, mit Umlauten 🙂 und mehr."
    answer = client.ask(Simulator([text], chunk_size=size), Question(stream=True))
    assert answer.text == text
    assert len(answer.deltas) == -(-len(text) // size)


@pytest.mark.parametrize("name", ["chunk_size", "split_bytes"])
def test_sizes_are_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"Turn.{name} must be at least 1, got 0"):
        Turn(**{name: 0})


def test_ids_of_calls_differ() -> None:
    call = llm.ToolCall(id="one", name="add", args="{}")
    with pytest.raises(ValueError, match="tool_calls has the id 'one' more than once"):
        Turn(tool_calls=[call, call])


def test_a_turn_may_depend_on_the_whole_conversation(client: Client) -> None:
    seen: list[TurnRequest] = []

    def reply(request: TurnRequest) -> str | Turn:
        seen.append(request)
        return Turn(tool_calls=[("sqrt_tool", {"number": 9})])

    simulator = Simulator([reply, reply])
    question = Question(text="hey", system="Be brief.", tools={"sqrt_tool": SQRT})
    question.turns = [client.ask(simulator, question), ["3"]]
    client.ask(simulator, question)
    system, user, model, tool = seen[1].messages
    assert system == llm.messages.system("Be brief.")
    assert user == llm.messages.user("hey")
    (call,), (output,) = model.content, tool.content
    assert isinstance(call, llm.ToolCall)
    assert (call.name, json.loads(call.args)) == ("sqrt_tool", {"number": 9})
    assert output == llm.ToolOutput(id=call.id, name="sqrt_tool", result="3")


def test_each_turn_is_said_once_to_many_threads(client: Client) -> None:
    simulator = Simulator([f"turn {number}" for number in range(200)])
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: client.ask(simulator, Question()).text, range(200)))
    assert sorted(said) == sorted(f"turn {number}" for number in range(200))
    assert len(simulator.requests) == 200


def test_a_script_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "script.json"
    turns = [
        "Hello",
        {"text": ["a", "b"], "thoughts": "hm", "chunk_size": 2, "delay": 0.5},
        {"tool_calls": [{"name": "add", "args": {"a": 1}}], "finish_reason": "max_tokens"},
        {"json": {"a": [1]}, "usage": {"input_tokens": 3}},
        {"fault": {"status": 429, "retry_after": 2}},
        {"fault": {"cut": {"after_bytes": 10}}},
        {"fault": {"stall": {"seconds": 1}}},
        {"fault": {"malformed": {}}},
        {"fault": {"stream_error": {"code": "x"}}},
    ]
    file.write_text(json.dumps(turns))
    assert load_script(file) == [
        "Hello",
        Turn(text=["a", "b"], thoughts="hm", chunk_size=2, delay=0.5),
        Turn(tool_calls=[("add", {"a": 1})], finish_reason=llm.FinishReason.MAX_TOKENS),
        Turn(json={"a": [1]}, usage=llm.Usage(input_tokens=3)),
        Turn(fault=Status(429, retry_after=2)),
        Turn(fault=Cut(after_bytes=10)),
        Turn(fault=Stall(seconds=1)),
        Turn(fault=Malformed()),
        Turn(fault=StreamError(code="x")),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "expected a JSON array of turns"),
        ('[{"txt": "x"}]', "txt"),
        ('[{"fault": {"explode": 1}}]', "a fault is one of status, cut"),
        ('[{"finish_reason": "tired"}]', "tired"),
        ("[", "Expecting value"),
    ],
)
def test_a_wrong_script_file_says_so(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "script.json"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_script(file)
