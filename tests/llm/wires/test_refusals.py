"""What the vendors refuse, the server's side of their wires refuses too."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.content import TextChunk, TextEndChunk, TextStartChunk
from mirascope.llm.responses.chunks import AnswerEnd
from mirascope.llm.testing import simulate
from mirascope.llm.testing.conversation import turn_request
from mirascope.llm.wires import Asked, Incoming, InvalidRequest, Wire
from tests.llm.wires.sides import CHAT, COHERE, GENERATE_CONTENT, MESSAGES, RESPONSES

QUESTION = {"role": "user", "content": "Hi."}
CHAT_CALL = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    ],
}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
TOOL_USE = {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "f"}]}
TOOL_RESULT = {"type": "tool_result", "tool_use_id": "c1", "content": "x"}
TEXT = {"type": "text", "text": "Well."}
FUNCTION_CALL = {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}}]}
FUNCTION_RESPONSE = {"functionResponse": {"name": "f", "response": {"output": "x"}}}


def chat(*messages: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [QUESTION, *messages], **more}


def responses(*items: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "input": [QUESTION, *items], **more}


def messages(*turns: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": [QUESTION, *turns], **more}


def contents(*turns: Any, **more: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": "Hi."}]}, *turns], **more}


def read(wire: Wire, body: dict[str, Any]) -> Asked:
    path = {
        "chat": "/v1/chat/completions",
        "responses": "/v1/responses",
        "messages": "/v1/messages",
        "generate_content": "/v1beta/models/m:generateContent",
        "cohere": "/v2/chat",
    }[wire.name]
    return wire.read(Incoming(path=path, query="", body=json.loads(json.dumps(body))))


def chat_tool(name: str) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {}}}


def config(**values: Any) -> dict[str, Any]:
    return contents(generationConfig=values)


def listed(limit: str) -> dict[str, Any]:
    schema = {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": limit}
    return config(responseMimeType="application/json", responseSchema=schema)


REFUSED: list[tuple[Wire, dict[str, Any], str]] = [
    (CHAT, chat(CHAT_CALL), "did not have response messages: c1"),
    (CHAT, chat(CHAT_CALL, QUESTION), "did not have response messages: c1"),
    (CHAT, chat({"role": "tool", "tool_call_id": "c1", "content": "x"}), "must be a response to"),
    (
        CHAT,
        chat(CHAT_CALL, QUESTION, {"role": "tool", "tool_call_id": "c1", "content": "x"}),
        "must be a response to",
    ),
    (CHAT, chat({"role": "model", "content": "x"}), "Invalid value: 'model'"),
    (CHAT, chat(tools=[chat_tool("a b")]), r"tools\[0\].function.name': string does not match"),
    (CHAT, chat(tools=[chat_tool("a" * 65)]), "maximum length 64"),
    (CHAT, chat(max_completion_tokens=0), "'max_completion_tokens': integer below minimum"),
    (CHAT, chat(temperature=2.1), "'temperature': decimal above maximum"),
    (CHAT, chat(temperature=-1), "'temperature': decimal below minimum"),
    (CHAT, chat(tool_choice="any"), "Invalid value: 'any'"),
    (
        CHAT,
        chat(
            tools=[chat_tool("f")],
            tool_choice={"type": "function", "function": {"name": "g"}},
        ),
        "no function named 'g'",
    ),
    (CHAT, chat(model=""), "you must provide a model"),
    (
        CHAT,
        chat({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "cat.png"}}]}),
        "Expected a valid URL",
    ),
    (RESPONSES, responses(CALL), "No tool output found for function call c1"),
    (
        RESPONSES,
        responses({"type": "function_call_output", "call_id": "c1", "output": "x"}),
        "No tool call found for function call output with call_id c1",
    ),
    (
        RESPONSES,
        responses(tools=[{"type": "function", "name": "é", "parameters": {}}]),
        "does not match pattern",
    ),
    (RESPONSES, responses(max_output_tokens=0), "integer below minimum"),
    (RESPONSES, responses(top_p=1.5), "'top_p': decimal above maximum"),
    (
        RESPONSES,
        responses({"role": "user", "content": [{"type": "input_image", "image_url": "cat.png"}]}),
        "Expected a valid URL",
    ),
    (MESSAGES, messages(TOOL_USE), "without `tool_result` blocks immediately after: c1"),
    (
        MESSAGES,
        messages(TOOL_USE, {"role": "user", "content": [TEXT, TOOL_RESULT]}),
        "without `tool_result` blocks immediately after: c1",
    ),
    (
        MESSAGES,
        messages({"role": "user", "content": [TOOL_RESULT]}),
        "unexpected `tool_use_id` found in `tool_result` blocks: c1",
    ),
    (MESSAGES, messages({"role": "system", "content": "x"}), "Input should be 'user' or"),
    (
        MESSAGES,
        {"model": "m", "max_tokens": 9, "messages": [{"role": "assistant", "content": "x"}]},
        'first message must use the "user" role',
    ),
    (
        MESSAGES,
        messages({"role": "user", "content": "x"}, {"role": "assistant", "content": "One. "}),
        "final assistant content cannot end with trailing whitespace",
    ),
    (MESSAGES, messages(tools=[{"name": "a b", "input_schema": {}}]), "should match pattern"),
    (MESSAGES, messages(max_tokens=0), "greater than or equal to 1"),
    (MESSAGES, messages(temperature=1.5), r"range: 0\.\.1"),
    (MESSAGES, messages(tool_choice={"type": "required"}), "Input tag 'required'"),
    (MESSAGES, messages(tool_choice={"type": "tool", "name": "g"}), "Tool 'g' not found"),
    (MESSAGES, messages(model=""), "model: Field required"),
    (
        MESSAGES,
        messages(
            {
                "role": "user",
                "content": [{"type": "image", "source": {"type": "url", "url": "cat.png"}}],
            }
        ),
        "Only HTTPS URLs are supported",
    ),
    (GENERATE_CONTENT, contents(FUNCTION_CALL), "number of function response parts"),
    (
        GENERATE_CONTENT,
        contents({"role": "user", "parts": [FUNCTION_RESPONSE]}),
        "number of function response parts",
    ),
    (
        GENERATE_CONTENT,
        contents({"role": "assistant", "parts": [{"text": "x"}]}),
        "Please use a valid role: user, model",
    ),
    (
        GENERATE_CONTENT,
        contents(tools=[{"functionDeclarations": [{"name": "1st"}]}]),
        "Invalid function name",
    ),
    (COHERE, chat(CHAT_CALL), "found none for c1"),
    (COHERE, chat(CHAT_CALL, QUESTION), "found none for c1"),
    (COHERE, chat({"role": "tool", "tool_call_id": "c1", "content": "x"}), "call with id c1"),
    (COHERE, chat({"role": "developer", "content": "x"}), "must be one of"),
    (COHERE, chat(tools=[chat_tool("a b")]), "can only contain"),
    (COHERE, chat(tool_choice="REQUIRED"), "needs tools"),
    (COHERE, chat(model=""), "model is required"),
    (COHERE, chat(max_tokens=0), "max_tokens must be"),
    (COHERE, chat(temperature=-1), "must not be negative"),
    (
        COHERE,
        chat(response_format={"type": "json_object"}, documents=["x"]),
        "not supported with tools or documents",
    ),
    (
        COHERE,
        chat(response_format={"type": "json_object"}, tools=[chat_tool("f")]),
        "not supported with tools or documents",
    ),
    (GENERATE_CONTENT, config(maxOutputTokens=0), "max_output_tokens must be positive"),
    (GENERATE_CONTENT, config(temperature=3), r"in the range \[0.0, 2.0\]"),
    (GENERATE_CONTENT, listed("some"), r"'minItems' \(TYPE_INT64\), 'some'"),
    (GENERATE_CONTENT, listed("9" * 5000), "TYPE_INT64"),
]

TAKEN: list[tuple[Wire, dict[str, Any]]] = [
    (CHAT, chat(CHAT_CALL, {"role": "tool", "tool_call_id": "c1", "content": "x"}, QUESTION)),
    (CHAT, chat(tools=[chat_tool("a" * 64)], tool_choice="required", temperature=2)),
    (RESPONSES, responses(CALL, QUESTION, {**CALL, "type": "function_call_output"})),
    (
        RESPONSES,
        responses(
            {"type": "function_call_output", "call_id": "c1", "output": "x"},
            previous_response_id="resp_1",  # which has the call
        ),
    ),
    (MESSAGES, messages(TOOL_USE, {"role": "user", "content": [TOOL_RESULT, TEXT]})),
    (MESSAGES, messages({"role": "assistant", "content": "It is"}, temperature=1)),
    (COHERE, chat(CHAT_CALL, {"role": "tool", "tool_call_id": "c1", "content": "x"}, QUESTION)),
    (
        COHERE,
        chat(
            tools=[chat_tool("f")],
            strict_tools=True,
            tool_choice="REQUIRED",
            documents=["x", {"id": "d", "data": {"title": "T", "text": "y"}}],
            thinking={"type": "enabled", "token_budget": 5},
        ),
    ),
    (
        GENERATE_CONTENT,
        contents(FUNCTION_CALL, {"role": "user", "parts": [{"text": "x"}, FUNCTION_RESPONSE]}),
    ),
]


@pytest.mark.parametrize(("wire", "body", "why"), REFUSED)
def test_what_a_vendor_refuses_is_refused(wire: Wire, body: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        read(wire, body)


@pytest.mark.parametrize(("wire", "body"), TAKEN)
def test_what_a_vendor_takes_is_taken(wire: Wire, body: dict[str, Any]) -> None:
    assert read(wire, body).messages


# --- anything may come

WORDS = [
    "NONE",
    "citations",
    "documents",
    "json_object",
    "json_schema",
    "strict_tools",
    "token_budget",
    "tool_plan",
    "assistant",
    "auto",
    "base64",
    "choice",
    "content",
    "contents",
    "data",
    "developer",
    "document",
    "effort",
    "file",
    "fileData",
    "function",
    "functionCall",
    "functionCallingConfig",
    "functionDeclarations",
    "functionResponse",
    "function_call",
    "function_call_output",
    "generationConfig",
    "id",
    "image",
    "image_url",
    "input",
    "input_image",
    "input_schema",
    "json_schema",
    "max_tokens",
    "messages",
    "mode",
    "model",
    "name",
    "output",
    "output_config",
    "parameters",
    "parts",
    "reasoning",
    "response",
    "response_format",
    "role",
    "schema",
    "source",
    "stop",
    "stream",
    "system",
    "text",
    "thinking",
    "tool",
    "tool_call_id",
    "tool_calls",
    "tool_choice",
    "tool_result",
    "tool_use",
    "tools",
    "type",
    "url",
    "user",
    "data:text/plain;base64,!!",
    "https://a.test/x",
]
VALUES = st.recursive(
    st.sampled_from([*WORDS, None, True, -1, 0, 0.5, 10**30, ""]),
    lambda below: (
        st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(WORDS), below, max_size=5)
    ),
    max_leaves=30,
)
BODIES = [(wire, body) for wire, body, _ in REFUSED] + TAKEN


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of everything in `value`."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    below = [(item, (*path, key)) for key, item in items]
    inner = [p for item, at in below if isinstance(item, (dict, list)) for p in paths(item, at)]
    return [*(at for _, at in below), *inner]


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_value(value[path[0]], path[1:], new)
    return copy


@given(data=st.data())
def test_nothing_but_a_refusal_is_raised(data: st.DataObject) -> None:
    """Whatever a client sends: the wire reads it, or says that the vendor would not."""
    wire, body = data.draw(st.sampled_from(BODIES))
    more = data.draw(st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=2))
    changed: Any = {**body, **more}
    place = data.draw(st.sampled_from(paths(changed)))
    changed = with_value(changed, place, data.draw(VALUES))
    try:
        asked = read(wire, changed)
    except InvalidRequest:
        return
    turn_request(asked)
    answer = [TextStartChunk(), TextChunk(delta="x"), TextEndChunk(), AnswerEnd(state="complete")]
    assert list(wire.frames(answer, asked, 1))
    assert wire.body(answer, asked, 1)


@pytest.mark.parametrize(
    "model_id", ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-6", "google/gemini-2.5-flash"]
)
def test_a_program_sees_the_refusal(model_id: str) -> None:
    output: Any = llm.ToolOutput(id="c1", name="f", result="x")  # of a call that nobody made
    with simulate() as simulator, pytest.raises(llm.BadRequestError, match=r"function|tool_use"):
        llm.Model(model_id).call([llm.messages.user("Hi."), llm.messages.user(output)])
    assert simulator.requests == []
