"""Requests to the Responses API, as JSON."""

from __future__ import annotations

import base64
import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import (
    Audio,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
)
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import Format
from mirascope.llm.formatting.format_tool import FORMAT_TOOL_NAME
from mirascope.llm.messages import Message, assistant, system, user
from mirascope.llm.providers.openai.quirks import XAI
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from mirascope.llm.tools import ProviderTool, WebSearchTool
from tests.llm.providers.traffic import body_of, request

OPENAI = OpenAIResponsesCodec()
GROK = OpenAIResponsesCodec(XAI)


class Book(BaseModel):
    """A book."""

    title: str
    pages: int = 100


@llm.tool
def weather(city: str) -> str:
    """Tell the weather."""
    return city


@llm.tool
def count(totals: dict[str, int]) -> str:
    """Count."""
    return str(totals)


def book(mode: Literal["strict", "json", "tool"]) -> Format[Book]:
    found = llm.format(Book, mode=mode)
    assert found is not None
    return found


def body(model_id: str = "openai/gpt-4o", codec: OpenAIResponsesCodec = OPENAI, **more: Any) -> Any:
    return body_of(codec, request(model_id, **more))


def items(*given: Message, **more: Any) -> Any:
    return body(messages=given, **more)["input"]


def said(content: Any, **more: Any) -> Message:
    return assistant(content, model_id="openai/gpt-4o", provider_id="openai", **more)


IMAGE = Image(
    source=Base64ImageSource(type="base64_image_source", data="QQ==", mime_type="image/png")
)
PDF = Document(
    source=Base64DocumentSource(
        type="base64_document_source", data="QQ==", media_type="application/pdf"
    )
)
CODE = Document(
    source=TextDocumentSource(type="text_document_source", data="é = 1", media_type="text/x-python")
)
AUDIO = Audio(
    source=Base64AudioSource(type="base64_audio_source", data="QQ==", mime_type="audio/wav")
)


@pytest.mark.parametrize(
    ("message", "encoded"),
    [
        (system("Be brief."), [{"role": "developer", "content": "Be brief."}]),
        (user("Hi."), [{"content": "Hi.", "role": "user"}]),
        (user([]), []),
        (
            user(["Look:", IMAGE, Image.from_url("https://x.org/i.png")]),
            [
                {
                    "content": [
                        {"text": "Look:", "type": "input_text"},
                        {
                            "image_url": "data:image/png;base64,QQ==",
                            "detail": "auto",
                            "type": "input_image",
                        },
                        {
                            "image_url": "https://x.org/i.png",
                            "detail": "auto",
                            "type": "input_image",
                        },
                    ],
                    "role": "user",
                    "type": "message",
                }
            ],
        ),
        (
            user([PDF, CODE, Document.from_url("https://x.org/d.pdf")]),
            [
                {
                    "content": [
                        {
                            "type": "input_file",
                            "file_data": "data:application/pdf;base64,QQ==",
                            "filename": "document.pdf",
                        },
                        {
                            "type": "input_file",
                            "file_data": "data:text/x-python;base64,"
                            + base64.b64encode("é = 1".encode()).decode(),
                            "filename": "document.txt",
                        },
                        {"type": "input_file", "file_url": "https://x.org/d.pdf"},
                    ],
                    "role": "user",
                    "type": "message",
                }
            ],
        ),
        (
            user(["Before.", ToolOutput(id="call_1", name="f", result={"t": 3}), "After."]),
            [
                {"content": "Before.", "role": "user"},
                {"call_id": "call_1", "output": '{"t": 3}', "type": "function_call_output"},
                {"content": "After.", "role": "user"},
            ],
        ),
        (
            said([Thought(thought="Hm."), "One.", ToolCall(id="c", name="f", args=""), "Two."]),
            [
                {"content": "One.", "role": "assistant"},
                {"call_id": "c", "name": "f", "arguments": "{}", "type": "function_call"},
                {"content": "Two.", "role": "assistant"},
            ],
        ),
    ],
)
def test_items(message: Message, encoded: list[Any]) -> None:
    assert items(message) == encoded


def test_thoughts_are_sent_as_text_when_asked() -> None:
    thinking = {"level": "none", "encode_thoughts_as_text": True}
    assert items(said([Thought(thought="Hm."), "Yes."]), thinking=thinking) == [
        {"content": "**Thinking:** Hm.", "role": "assistant"},
        {"content": "Yes.", "role": "assistant"},
    ]


@pytest.mark.parametrize(
    ("model_id", "more", "feature"),
    [
        ("openai/gpt-4o", {"messages": [user([AUDIO])]}, "audio input"),
        ("openai/gpt-4o", {"tools": [ProviderTool("maps")]}, "Provider tool maps"),
        ("openai/gpt-4", {"format": book("strict")}, "formatting_mode:strict"),
        ("openai/gpt-4o:completions", {}, "completions API"),
        ("openai/gpt-4o", {"tools": [llm.tool(strict=True)(count.fn)]}, "strict tools"),
    ],
)
def test_what_the_wire_cannot_carry(model_id: str, more: dict[str, Any], feature: str) -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        OPENAI.encode(request(model_id, **more))
    assert caught.value.feature == feature
    assert (caught.value.provider_id, caught.value.model_id) == ("openai", model_id)


def test_the_request_itself() -> None:
    asked = request("openai/gpt-4o:responses", stream=True)
    http = OPENAI.encode(asked)
    assert (http.method, http.url) == ("POST", "/responses")
    assert json.loads(http.body) == {
        "model": "gpt-4o",
        "input": [{"content": "Hi.", "role": "user"}],
        "stream": True,
    }
    assert OPENAI.provider_model_name(asked) == "gpt-4o:responses"
    assert "stream" not in body()


def parameters(
    model_id: str, codec: OpenAIResponsesCodec = OPENAI, **more: Any
) -> tuple[Any, list[str]]:
    asked = request(model_id, **more)
    encoded = body_of(codec, asked)
    del encoded["model"], encoded["input"]
    return encoded, asked.warnings


def test_parameters() -> None:
    everything: dict[str, Any] = {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 3,
        "max_tokens": 100,
        "seed": 7,
        "stop_sequences": ["END"],
    }
    skipped = ["top_k=3", "seed=7", "stop_sequences=['END']"]
    sampled = {"temperature": 0.5, "top_p": 0.9, "max_output_tokens": 100}
    assert parameters("openai/gpt-4o", **everything) == (sampled, skipped)
    assert parameters("xai/grok-4", GROK, **everything) == (sampled, skipped)
    assert parameters("openai/o3", **everything) == (
        {"max_output_tokens": 100},
        ["temperature=0.5", "top_p=0.9", *skipped],
    )


@pytest.mark.parametrize(
    ("model_id", "codec", "thinking", "reasoning"),
    [
        ("openai/gpt-5.2", OPENAI, {"level": "max"}, {"effort": "xhigh"}),
        ("openai/o3", OPENAI, {"level": "max"}, {"effort": "high"}),
        (
            "openai/gpt-5",
            OPENAI,
            {"level": "default", "include_thoughts": True},
            {"effort": "medium", "summary": "auto"},
        ),
        ("xai/grok-3-mini", GROK, {"level": "medium"}, {"effort": "high"}),
        ("xai/grok-4", GROK, {"level": "none"}, None),
        ("openai/gpt-4o", OPENAI, {"level": "none"}, None),
    ],
)
def test_thinking(
    model_id: str, codec: OpenAIResponsesCodec, thinking: Any, reasoning: Any
) -> None:
    encoded, warnings = parameters(model_id, codec, thinking=thinking)
    assert encoded.get("reasoning") == reasoning
    assert warnings == []


def test_thinking_of_models_without() -> None:
    for model_id, codec in (("openai/gpt-4o", OPENAI), ("xai/grok-4", GROK)):
        encoded, warnings = parameters(model_id, codec, thinking={"level": "high"})
        assert encoded == {}
        assert warnings == ["thinking={'level': 'high'}"]


WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"title": "City", "type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


def test_tools() -> None:
    assert body(tools=[weather])["tools"] == [WEATHER]
    assert body(tools=[WebSearchTool(), weather])["tools"] == [{"type": "web_search"}, WEATHER]
    # The API takes tools that say nothing for strict ones.
    assert body(tools=[llm.tool(strict=False)(weather.fn)])["tools"][0]["strict"] is False
    assert body(tools=[count])["tools"][0]["strict"] is False


FORCED = {"type": "function", "name": FORMAT_TOOL_NAME}
ALLOWED = {
    "type": "allowed_tools",
    "mode": "required",
    "tools": [{"type": "function", "name": "weather"}, FORCED],
}


@pytest.mark.parametrize(
    ("choice", "tools", "formatted", "encoded"),
    [
        (None, [weather], False, None),
        ("auto", [weather], False, "auto"),
        ("none", [weather], False, "none"),
        ("required", [weather], False, "required"),
        ("weather", [weather], False, {"type": "function", "name": "weather"}),
        ("web_search", [WebSearchTool()], False, {"type": "web_search"}),
        (None, [], True, FORCED),
        (None, [WebSearchTool()], True, FORCED),
        (None, [weather, WebSearchTool()], True, ALLOWED),
        ("required", [weather], True, ALLOWED),
        ("none", [weather], True, FORCED),
        ("weather", [weather], True, {"type": "function", "name": "weather"}),
    ],
)
def test_tool_choice(choice: str | None, tools: list[Any], formatted: bool, encoded: Any) -> None:
    more: dict[str, Any] = {} if choice is None else {"tool_choice": choice}
    formats = book("tool") if formatted else None
    assert body(tools=tools, format=formats, **more).get("tool_choice") == encoded


def test_a_server_that_knows_no_allowed_tools() -> None:
    encoded = body("xai/grok-4", GROK, tools=[weather], format=book("tool"))
    assert encoded["tool_choice"] == "required"


def test_formats() -> None:
    strict = body(format=book("strict"))["text"]["format"]
    schema = strict.pop("schema")
    assert strict == {
        "type": "json_schema",
        "name": "Book",
        "description": "A book.",
        "strict": True,
    }
    assert schema["required"] == ["title", "pages"]
    assert body(format=book("json"))["text"] == {"format": {"type": "json_object"}}
    assert "text" not in body("openai/gpt-4", format=book("json"))
    hidden = body(format=book("tool"))
    assert [tool["name"] for tool in hidden["tools"]] == [FORMAT_TOOL_NAME]
    assert "text" not in hidden
    assert OPENAI.default_mode(request("openai/gpt-5.2")) == "strict"
    assert OPENAI.default_mode(request("openai/gpt-4")) == "tool"
    assert GROK.default_mode(request("xai/grok-4")) == "strict"


REASONING = {"id": "rs_1", "type": "reasoning", "summary": []}
SECRET = {**REASONING, "id": "rs_2", "encrypted_content": "gAAA"}
ANSWER = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "output_text", "text": "Yes."}],
}


def turn(raw: Any, name: str = "gpt-4o:responses", provider_id: str = "openai") -> Message:
    return assistant(
        [Text(text="Yes.")],
        model_id="a/b",
        provider_id=provider_id,
        provider_model_name=name,
        raw_message=raw,
    )


def test_raw_items_go_back() -> None:
    assert items(user("Hi."), turn([REASONING, ANSWER]), user("So?")) == [
        {"content": "Hi.", "role": "user"},
        REASONING,
        ANSWER,
        {"content": "So?", "role": "user"},
    ]
    anew = [{"content": "Yes.", "role": "assistant"}]
    assert items(turn([ANSWER], name="gpt-4o:completions")) == anew
    assert items(turn([ANSWER], provider_id="xai")) == anew
    assert items(turn({"role": "assistant"})) == anew
    grok = turn([ANSWER], name="grok-4:responses", provider_id="xai")
    assert items(grok, model_id="xai/grok-4", codec=GROK) == [ANSWER]


def test_reasoning_that_nothing_follows_stays_here() -> None:
    assert items(turn([ANSWER, REASONING, SECRET])) == [ANSWER]


def test_without_storing_reasoning_goes_both_ways_encrypted() -> None:
    stateless = {"extra_body": {"store": False}}
    encoded = body("openai/gpt-5", **stateless)
    assert encoded["store"] is False
    assert encoded["include"] == ["reasoning.encrypted_content"]
    assert "include" not in body("openai/gpt-4o", **stateless)
    assert "include" not in body("openai/gpt-5")
    message = turn([REASONING, SECRET, ANSWER])
    assert items(message, **stateless) == [SECRET, ANSWER]
