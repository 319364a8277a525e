"""What was said: only when asked for, and only what the user's function leaves of it."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.content import (
    Citation,
    CitationChunk,
    ImageChunk,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    URLDocumentSource,
)
from mirascope.llm.testing import Cut, Status, Turn, simulate
from tests.llm.conftest import Colour
from tests.llm.telemetry.spans import Exported

MODEL = "openai/gpt-5-mini"
SECRET = "hunter2"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def add(a: int, word: str = "") -> list[Any]:
    """Add."""
    return [a, word]


def conversation() -> list[llm.Message]:
    """Return what has every part that there is; the secret is in each."""
    document = llm.Document(
        source=URLDocumentSource(type="url_document_source", url=f"https://x.y/{SECRET}.pdf")
    )
    call = llm.ToolCall(id="call_1", name="add", args=json.dumps({"a": 1, "word": SECRET}))
    return [
        llm.messages.system(f"Keep {SECRET}."),
        llm.messages.user([f"Here is {SECRET}", llm.Image.from_bytes(PNG), document]),
        llm.messages.assistant(
            [llm.Thought(thought=f"Hm, {SECRET}"), llm.Text(text="So."), call],
            provider_id=None,
            model_id=None,
        ),
        llm.messages.user([llm.ToolOutput(id="call_1", name="add", result=[1, SECRET])]),
    ]


def ask(exported: Exported, colour: Colour, **settings: Any) -> dict[str, Any]:
    """Ask, run a tool, and return the attributes of both spans."""
    toolkit: Any = [llm.tool(add)]
    calls = [("add", {"a": 2, "word": SECRET})]
    turn = Turn(thoughts=f"Well, {SECRET}", text=f"It is {SECRET}", tool_calls=calls)
    model = llm.Model(MODEL, thinking={"level": "low", "include_thoughts": True})
    with simulate([turn]), exported.trace(**settings):
        response = colour.read(model, conversation(), tools=toolkit)
        colour.run(response.execute_tools())
    return {**exported.attributes(0), **exported.attributes(1)}


def test_nothing_is_said_unless_asked_for(exported: Exported, colour: Colour) -> None:
    said = ask(exported, colour)
    assert SECRET not in repr(said)
    assert SECRET not in "".join(span.to_json() for span in exported.spans)
    assert not [name for name in said if "messages" in name or "arguments" in name]
    assert said["gen_ai.request.reasoning.level"] == "low"


def test_media_of_an_output_stand_beside_it(exported: Exported) -> None:
    calls = [llm.ToolCall(id="call_1", name="add", args="{}")]
    output: llm.ToolOutput[str] = llm.ToolOutput(
        id="call_1", name="add", result="Here.", media=[llm.Image.from_bytes(PNG)]
    )
    asked = [
        llm.messages.user("Add."),
        llm.messages.assistant(calls, provider_id=None, model_id=None),
        llm.messages.user(output),
    ]
    with simulate(), exported.trace(capture_content=True):
        llm.Model(MODEL).call(asked)
    [*_, last] = json.loads(exported.attributes(0)["gen_ai.input.messages"])
    assert last["role"] == "tool"
    response, image = last["parts"]
    assert response == {"type": "tool_call_response", "id": "call_1", "response": "Here."}
    assert (image["type"], image["modality"], image["content"]) == ("blob", "image", "")
    assert image["size"] == len(PNG)


def test_an_error_is_not_quoted_unless_asked_for(exported: Exported, colour: Colour) -> None:
    refused = Turn(fault=Status(400, message=f"I do not like {SECRET}"))
    for settings in ({}, {"capture_content": True}):
        model = llm.Model(MODEL, layers=[exported.trace(**settings)])
        with simulate([refused]), pytest.raises(llm.BadRequestError, match=SECRET):
            colour.read(model, "hi")
    silent, telling = exported.spans
    assert SECRET not in silent.to_json()
    assert SECRET in (telling.status.description or "")


def test_what_was_said(exported: Exported, colour: Colour) -> None:
    said = ask(exported, colour, capture_content=True)
    assert json.loads(said["gen_ai.system_instructions"]) == [
        {"type": "text", "content": f"Keep {SECRET}."}
    ]
    assert json.loads(said["gen_ai.input.messages"]) == [
        {
            "role": "user",
            "parts": [
                {"type": "text", "content": f"Here is {SECRET}"},
                {
                    "type": "blob",
                    "modality": "image",
                    "mime_type": "image/png",
                    "content": "",
                    "size": len(PNG),
                },
                {"type": "uri", "modality": "document", "uri": f"https://x.y/{SECRET}.pdf"},
            ],
        },
        {
            "role": "assistant",
            "parts": [
                {"type": "reasoning", "content": f"Hm, {SECRET}"},
                {"type": "text", "content": "So."},
                {
                    "type": "tool_call",
                    "id": "call_1",
                    "name": "add",
                    "arguments": {"a": 1, "word": SECRET},
                },
            ],
        },
        {
            "role": "tool",
            "parts": [{"type": "tool_call_response", "id": "call_1", "response": [1, SECRET]}],
        },
    ]
    [answer] = json.loads(said["gen_ai.output.messages"])
    assert answer["finish_reason"] == "tool_call"
    assert [part["type"] for part in answer["parts"]] == ["reasoning", "text", "tool_call"]
    assert answer["parts"][1]["content"] == f"It is {SECRET}"
    [tool] = json.loads(said["gen_ai.tool.definitions"])
    assert (tool["type"], tool["name"], tool["description"]) == ("function", "add", "Add.")
    assert tool["parameters"]["required"] == ["a"]
    assert json.loads(said["gen_ai.tool.call.arguments"]) == {"a": 2, "word": SECRET}
    assert json.loads(said["gen_ai.tool.call.result"]) == [2, SECRET]


def test_what_is_left_by_the_users_function(exported: Exported, colour: Colour) -> None:
    said = ask(
        exported, colour, capture_content=True, redact=lambda text: text.replace(SECRET, "***")
    )
    assert SECRET not in "".join(span.to_json() for span in exported.spans)
    assert "Here is ***" in said["gen_ai.input.messages"]
    assert json.loads(said["gen_ai.tool.call.arguments"]) == {"a": 2, "word": "***"}


def test_what_may_not_be_said_is_left_out(exported: Exported, colour: Colour) -> None:
    said = ask(exported, colour, capture_content=True, redact=lambda text: None)
    assert SECRET not in "".join(span.to_json() for span in exported.spans)
    assert "gen_ai.system_instructions" not in said
    [user, assistant, outputs] = json.loads(said["gen_ai.input.messages"])
    assert [part["type"] for part in user["parts"]] == ["blob"]
    assert assistant["parts"] == [{"type": "tool_call", "id": "call_1", "name": "add"}]
    assert outputs["parts"] == [{"type": "tool_call_response", "id": "call_1"}]


def test_a_function_that_fails_lets_nothing_out(
    exported: Exported, colour: Colour, caplog: pytest.LogCaptureFixture
) -> None:
    def redact(text: str) -> str:
        raise LookupError(text)

    said = ask(exported, colour, capture_content=True, redact=redact)
    assert SECRET not in repr(said) + caplog.text
    assert "Content could not be redacted: LookupError" in caplog.messages
    assert said["mirascope.response.state"] == "complete"


def test_what_came_before_the_end_is_said(exported: Exported, colour: Colour) -> None:
    model = llm.Model(MODEL, layers=[exported.trace(capture_content=True)])
    with simulate([Turn(text="one two three four", fault=Cut())]):
        response = colour.stream(model, "hi")
        with pytest.raises(llm.StreamTruncatedError):
            colour.finish(response)
    [answer] = json.loads(exported.attributes()["gen_ai.output.messages"])
    assert answer == {"role": "assistant", "parts": [{"type": "text", "content": response.text()}]}
    assert response.text()


def test_an_object_by_a_tool_is_text(exported: Exported, colour: Colour) -> None:
    model = llm.Model(MODEL, layers=[exported.trace(capture_content=True)])
    with simulate([Turn(json={"value": 490})]):
        colour.read(model, "hi", format=llm.format(int, mode="tool"))
    [answer] = json.loads(exported.attributes()["gen_ai.output.messages"])
    [part] = answer["parts"]
    assert part["type"] == "text"
    assert json.loads(part["content"]) == {"value": 490}


def test_no_key_is_ever_in_it(exported: Exported, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "mirascope.llm")
    llm.register_provider("openai", api_key="sk-abcdef0123456789")
    headers = {"x-secret": "h1dden"}
    layers = [exported.trace(capture_content=True)]
    with simulate():
        llm.Model(MODEL, layers=layers, extra_headers=headers).call("hi")
    text = caplog.text + "".join(span.to_json() for span in exported.spans)
    assert "sk-abc" not in text
    assert "h1dden" not in text


def test_what_the_vendors_own_tools_and_media_say(exported: Exported, colour: Colour) -> None:
    """No codec writes these yet, so a layer does."""
    found = ProviderToolOutput(id="ws_1", name="web_search", result=[{"text": SECRET}])

    def canned(request: llm.Request, open: llm.Open) -> llm.LayerFlow:
        yield [
            ProviderToolCallStartChunk(id="ws_1", name="web_search"),
            ProviderToolCallChunk(id="ws_1", delta=json.dumps({"query": SECRET})),
            ProviderToolCallEndChunk(id="ws_1"),
            ProviderToolOutputChunk(output=found),
            llm.TextStartChunk(id="t"),
            llm.TextChunk(id="t", delta="So."),
            CitationChunk(id="t", citation=Citation(cited_text=SECRET)),
            llm.TextEndChunk(id="t"),
            CitationChunk(id="t", citation=Citation(url="https://x.y")),
            ImageChunk(id="i", image=llm.Image.from_bytes(PNG)),
        ]

    for settings in ({}, {"capture_content": True}):
        layers = [exported.trace(**settings), canned]
        response = colour.read(llm.Model(MODEL, layers=layers), "hi")
        assert response.state == "complete"
    silent, telling = exported.spans
    assert SECRET not in silent.to_json()
    for span in (silent, telling):
        assert (span.attributes or {})["mirascope.response.state"] == "complete"
    [answer] = json.loads(str((telling.attributes or {})["gen_ai.output.messages"]))
    call, output, text, image = answer["parts"]
    assert call["type"] == "server_tool_call"
    assert call["server_tool_call"] == {"type": "web_search", "arguments": {"query": SECRET}}
    assert output["server_tool_call_response"]["result"] == [{"text": SECRET}]
    assert text == {"type": "text", "content": "So."}
    assert image["modality"] == "image"


def test_a_video_is_told_by_its_kind_and_size(exported: Exported, colour: Colour) -> None:
    clip = llm.Video.from_bytes(b"\0\0\0\x18ftypisom\0\0\0\0")
    there = llm.Video.from_url(f"https://youtu.be/{SECRET}")
    model = llm.Model("google/gemini-2.5-flash")
    with simulate(), exported.trace(capture_content=True):
        colour.read(model, [llm.messages.user([clip, there, "?"])])
    [asked] = json.loads(exported.attributes(0)["gen_ai.input.messages"])
    blob, uri, _ = asked["parts"]
    told = {"type": "blob", "modality": "video", "mime_type": "video/mp4", "content": ""}
    assert blob == {**told, "size": 16}
    assert uri == {"type": "uri", "modality": "video", "uri": f"https://youtu.be/{SECRET}"}
