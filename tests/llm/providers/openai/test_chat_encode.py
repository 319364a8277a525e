"""Requests to Chat Completions, as JSON."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import (
    Audio,
    AudioMimeType,
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
from mirascope.llm.providers.openai import quirks
from mirascope.llm.providers.openai.chat import OpenAIChatCodec
from mirascope.llm.providers.prepare import prepare
from mirascope.llm.tools import ProviderTool, WebSearchTool
from tests.llm.providers.traffic import body_of, request

OPENAI = OpenAIChatCodec()
COMPATIBLE = OpenAIChatCodec(quirks.COMPATIBLE)


class Book(BaseModel):
    """A book."""

    title: str
    pages: int = 100


@llm.tool
def weather(city: str) -> str:
    """Tell the weather."""
    return city


@llm.tool
def search(query: str, limit: int = 10) -> str:
    """Search."""
    return query


@llm.tool
def count(totals: dict[str, int]) -> str:
    """Count."""
    return str(totals)


def book(mode: Literal["strict", "json", "tool"]) -> Format[Book]:
    found = llm.format(Book, mode=mode)
    assert found is not None
    return found


def body(model_id: str = "openai/gpt-4o", codec: OpenAIChatCodec = OPENAI, **more: Any) -> Any:
    return body_of(codec, request(model_id, **more))


def messages(*given: Message, **more: Any) -> Any:
    return body(messages=given, **more)["messages"]


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


def audio(mime_type: AudioMimeType) -> Audio:
    return Audio(
        source=Base64AudioSource(type="base64_audio_source", data="QQ==", mime_type=mime_type)
    )


def output(id: str, result: Any) -> ToolOutput[Any]:
    return ToolOutput(id=id, name="weather", result=result)


def said(content: Any, **more: Any) -> Message:
    return assistant(content, model_id="openai/gpt-4o", provider_id="openai", **more)


TEXT_PART = {"text": "Look:", "type": "text"}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Wien"}'},
}


@pytest.mark.parametrize(
    ("message", "encoded"),
    [
        (system("Be brief."), [{"role": "system", "content": "Be brief."}]),
        (user("Hi."), [{"role": "user", "content": "Hi."}]),
        (user(""), [{"role": "user", "content": ""}]),
        (user([]), []),
        (
            user(["Look:", IMAGE, Image.from_url("https://x.org/i.png")]),
            [
                {
                    "role": "user",
                    "content": [
                        TEXT_PART,
                        {
                            "type": "image_url",
                            "image_url": {"url": "data:image/png;base64,QQ==", "detail": "auto"},
                        },
                        {
                            "type": "image_url",
                            "image_url": {"url": "https://x.org/i.png", "detail": "auto"},
                        },
                    ],
                }
            ],
        ),
        (
            user([PDF, CODE]),
            [
                {
                    "role": "user",
                    "content": [
                        {
                            "type": "file",
                            "file": {
                                "file_data": "data:application/pdf;base64,QQ==",
                                "filename": "document.pdf",
                            },
                        },
                        {
                            "type": "file",
                            "file": {
                                "file_data": "data:text/x-python;base64,"
                                + base64.b64encode("é = 1".encode()).decode(),
                                "filename": "document.txt",
                            },
                        },
                    ],
                }
            ],
        ),
        (
            user(["Before.", output("call_1", {"t": 3}), output("call_2", "warm"), "After."]),
            [  # outputs stand right behind the message with their calls, or are refused
                {"role": "tool", "content": '{"t": 3}', "tool_call_id": "call_1"},
                {"role": "tool", "content": "warm", "tool_call_id": "call_2"},
                {"role": "user", "content": "Before."},
                {"role": "user", "content": "After."},
            ],
        ),
        (said("Yes."), [{"role": "assistant", "content": "Yes."}]),
        (
            said(["One.", "Two."]),
            [
                {
                    "role": "assistant",
                    "content": [{"text": "One.", "type": "text"}, {"text": "Two.", "type": "text"}],
                }
            ],
        ),
        (
            said([Thought(thought="Hm."), ToolCall(id="call_1", name="weather", args=" ")]),
            [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [
                        {
                            "id": "call_1",
                            "type": "function",
                            "function": {"name": "weather", "arguments": "{}"},
                        }
                    ],
                }
            ],
        ),
        # Nothing was said, as after a stream cut short; null alone is refused.
        (said([]), [{"role": "assistant", "content": ""}]),
    ],
)
def test_messages(message: Message, encoded: list[Any]) -> None:
    assert messages(message) == encoded


def test_a_late_system_message_stays_in_its_place() -> None:
    roles = [message["role"] for message in messages(user("a"), system("b"), user("c"))]
    assert roles == ["user", "system", "user"]


def test_thoughts_are_sent_as_text_when_asked() -> None:
    history = said([Thought(thought="Hm."), "Yes."], raw_message={"role": "assistant"})
    thinking = {"level": "default", "encode_thoughts_as_text": True}
    assert messages(history, model_id="openai/gpt-5", thinking=thinking) == [
        {
            "role": "assistant",
            "content": [
                {"text": "**Thinking:** Hm.", "type": "text"},
                {"text": "Yes.", "type": "text"},
            ],
        }
    ]


def test_audio() -> None:
    for mime_type in ("audio/wav", "audio/mp3"):
        encoded = messages(user(["Look:", audio(mime_type)]), model_id="openai/gpt-audio")
        part = {"data": "QQ==", "format": mime_type.removeprefix("audio/")}
        assert encoded[0]["content"] == [TEXT_PART, {"type": "input_audio", "input_audio": part}]
    assert messages(user([audio("audio/wav")]), codec=COMPATIBLE, model_id="my/model")


@pytest.mark.parametrize(
    ("model_id", "more", "feature"),
    [
        ("openai/gpt-4o", {"messages": [user([audio("audio/wav")])]}, "Audio inputs"),
        ("openai/gpt-audio", {"messages": [user([audio("audio/ogg")])]}, "Audio format: ogg"),
        (
            "openai/gpt-4o",
            {"messages": [user([Document.from_url("https://x.org/d.pdf")])]},
            "url_document_source",
        ),
        ("openai/gpt-4o", {"tools": [WebSearchTool()]}, "WebSearchTool"),
        ("openai/gpt-4o", {"tools": [ProviderTool("maps")]}, "Provider tool maps"),
        ("openai/gpt-4", {"format": book("strict")}, "formatting_mode:strict"),
        ("openai/gpt-4o:responses", {}, "responses API"),
        ("openai/gpt-4o", {"tools": [llm.tool(strict=True)(count.fn)]}, "strict tools"),
    ],
)
def test_what_the_wire_cannot_carry(model_id: str, more: dict[str, Any], feature: str) -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        OPENAI.encode(request(model_id, **more))
    assert caught.value.feature == feature
    assert caught.value.provider_id == "openai"
    assert caught.value.model_id == model_id


def test_the_request_itself() -> None:
    asked = request("openai/gpt-4o:completions", stream=True)
    http = OPENAI.encode(asked)
    assert (http.method, http.url) == ("POST", "/chat/completions")
    assert http.headers["content-type"] == "application/json"
    assert "authorization" not in http.headers
    assert json.loads(http.body) == {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "Hi."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert OPENAI.provider_model_name(asked) == "gpt-4o:completions"
    assert COMPATIBLE.provider_model_name(request("my/org/model")) == "org/model"
    assert "stream_options" not in body(codec=OpenAIChatCodec(quirks.MISTRAL), stream=True)


EVERYTHING: dict[str, Any] = {
    "temperature": 0.5,
    "top_p": 0.9,
    "top_k": 3,
    "max_tokens": 100,
    "seed": 7,
    "stop_sequences": ("END",),
}


def parameters(
    model_id: str, codec: OpenAIChatCodec = OPENAI, **more: Any
) -> tuple[Any, list[str]]:
    asked = request(model_id, **more)
    encoded = body_of(codec, asked)
    del encoded["model"], encoded["messages"]
    return encoded, asked.warnings


def test_parameters() -> None:
    common = {"temperature": 0.5, "top_p": 0.9, "seed": 7, "stop": ["END"], "max_tokens": 100}
    assert parameters("openai/gpt-4o", **EVERYTHING) == (common, ["top_k=3"])
    assert parameters("openai/ft:gpt-4o-2024-08-06:me::1", **EVERYTHING) == (common, ["top_k=3"])
    assert parameters("my/model", COMPATIBLE, **EVERYTHING) == (common, ["top_k=3"])
    reasoning = {"seed": 7, "max_completion_tokens": 100}
    skipped = ["temperature=0.5", "top_p=0.9", "stop_sequences=('END',)", "top_k=3"]
    assert parameters("openai/o3", **EVERYTHING) == (reasoning, skipped)
    gateway = OpenAIChatCodec(quirks.OPENROUTER)
    routed = {**reasoning, "top_k": 3}
    assert parameters("openrouter/openai/o3", gateway, **EVERYTHING) == (routed, skipped[:3])
    french, _ = parameters("mistral/m", OpenAIChatCodec(quirks.MISTRAL), **EVERYTHING)
    assert "seed" not in french
    assert french["random_seed"] == 7
    named = OpenAIChatCodec(quirks.ChatQuirks(max_tokens_field="limit"))
    assert parameters("openai/o3", named, max_tokens=5) == ({"limit": 5}, [])


def test_the_escape_hatch() -> None:
    encoded = body(temperature=0.5, extra_body={"temperature": 1, "service_tier": "flex"})
    assert encoded["temperature"] == 1
    assert encoded["service_tier"] == "flex"


@pytest.mark.parametrize(
    ("model", "level", "effort"),
    [
        ("gpt-5.2", "none", "none"),
        ("gpt-5.2", "max", "xhigh"),
        ("gpt-5.2", "minimal", "low"),
        ("gpt-5.1", "max", "high"),
        ("gpt-5-mini", "none", "minimal"),
        ("gpt-5", "default", "medium"),
        ("gpt-5-2025-08-07", "minimal", "minimal"),
        ("gpt-5-codex", "minimal", "low"),
        ("gpt-5-pro", "low", "high"),
        ("gpt-5.3-chat-latest", "low", "medium"),
        ("o3-mini", "none", "low"),
        ("o4-mini", "max", "high"),
        ("gpt-9", "max", "xhigh"),
    ],
)
def test_thinking_levels_are_clamped_to_the_model(model: str, level: str, effort: str) -> None:
    encoded, warnings = parameters(f"openai/{model}", thinking={"level": level})
    assert encoded == {"reasoning_effort": effort}
    assert warnings == []


def test_a_model_told_not_to_reason_takes_sampling_parameters() -> None:
    encoded, _ = parameters("openai/gpt-5.2", thinking={"level": "none"}, temperature=0.5)
    assert encoded == {"reasoning_effort": "none", "temperature": 0.5}


def test_thinking_of_models_and_servers_that_cannot_say_it() -> None:
    thinking = {"level": "high"}
    for model_id, codec in (("openai/gpt-4o", OPENAI), ("my/model", COMPATIBLE)):
        encoded, warnings = parameters(model_id, codec, thinking=thinking)
        assert encoded == {}
        assert warnings == ["thinking={'level': 'high'}"]
    assert parameters("openai/gpt-4o", thinking={"level": "none"}) == ({}, [])


@pytest.mark.parametrize(
    ("quirk", "thinking", "encoded"),
    [
        (quirks.DEEPSEEK, {"level": "none"}, {"thinking": {"type": "disabled"}}),
        (quirks.DEEPSEEK, {"level": "low"}, {"thinking": {"type": "enabled"}}),
        (quirks.OLLAMA, {"level": "low"}, {"reasoning_effort": "low"}),
        (
            quirks.OPENROUTER,
            {"level": "low", "include_thoughts": True},
            {"reasoning": {"effort": "low"}},
        ),
        (
            quirks.OPENROUTER,
            {"level": "default"},
            {"reasoning": {"enabled": True, "exclude": True}},
        ),
    ],
)
def test_thinking_in_the_words_of_others(
    quirk: quirks.ChatQuirks, thinking: Any, encoded: dict[str, Any]
) -> None:
    assert parameters("a/b", OpenAIChatCodec(quirk), thinking=thinking) == (encoded, [])


WEATHER = {
    "name": "weather",
    "description": "Tell the weather.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"title": "City", "type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}


def functions(*tools: Any, codec: OpenAIChatCodec = OPENAI, **more: Any) -> list[Any]:
    encoded = body(tools=tools, codec=codec, **more)["tools"]
    assert {tool["type"] for tool in encoded} == {"function"}
    return [tool["function"] for tool in encoded]


def test_tools() -> None:
    assert functions(weather) == [{**WEATHER, "strict": True}]
    assert functions(llm.tool(strict=False)(weather.fn)) == [{**WEATHER, "strict": False}]
    assert functions(weather, codec=COMPATIBLE) == [WEATHER]
    insisting = llm.tool(strict=True)(weather.fn)
    assert functions(insisting, codec=COMPATIBLE) == [{**WEATHER, "strict": True}]


def test_optional_arguments_stay_optional_unless_a_tool_insists_on_being_strict() -> None:
    [loose] = functions(search)
    assert loose["strict"] is False
    assert loose["parameters"]["required"] == ["query"]
    assert loose["parameters"]["properties"]["limit"]["default"] == 10
    [strict] = functions(llm.tool(strict=True)(search.fn))
    assert strict["strict"] is True
    assert strict["parameters"]["required"] == ["query", "limit"]
    assert "default" not in strict["parameters"]["properties"]["limit"]


def test_a_schema_without_a_strict_form_is_sent_loose() -> None:
    [loose] = functions(count)
    assert loose["strict"] is False
    totals = loose["parameters"]["properties"]["totals"]
    assert totals["additionalProperties"] == {"type": "integer"}


FORCED = {"type": "function", "function": {"name": FORMAT_TOOL_NAME}}


@pytest.mark.parametrize(
    ("choice", "tools", "formatted", "encoded"),
    [
        (None, True, False, None),
        ("auto", True, False, "auto"),
        ("none", True, False, "none"),
        ("required", True, False, "required"),
        ("weather", True, False, {"type": "function", "function": {"name": "weather"}}),
        ("auto", False, False, None),
        ("required", False, False, None),
        (None, False, True, FORCED),
        (None, True, True, "required"),
        ("auto", True, True, "required"),
        ("required", True, True, "required"),
        ("none", True, True, FORCED),
        ("weather", True, True, {"type": "function", "function": {"name": "weather"}}),
    ],
)
def test_tool_choice(choice: str | None, tools: bool, formatted: bool, encoded: Any) -> None:
    more: dict[str, Any] = {} if choice is None else {"tool_choice": choice}
    asked = request(
        "openai/gpt-4o",
        tools=[weather] if tools else [],
        format=book("tool") if formatted else None,
        **more,
    )
    assert body_of(OPENAI, asked).get("tool_choice") == encoded
    ignored = choice == "required" and not tools and not formatted
    assert asked.warnings == (["tool_choice=required"] if ignored else [])


def test_formats() -> None:
    strict = body(format=book("strict"), tools=[weather])
    schema = strict["response_format"]["json_schema"].pop("schema")
    assert strict["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "Book", "description": "A book.", "strict": True},
    }
    assert schema["required"] == ["title", "pages"]
    assert schema["additionalProperties"] is False
    assert [tool["function"]["name"] for tool in strict["tools"]] == ["weather"]
    assert "tool_choice" not in strict

    alone = body(format=book("tool"))
    assert alone["parallel_tool_calls"] is False
    [hidden] = alone["tools"]
    assert hidden["function"]["name"] == FORMAT_TOOL_NAME
    assert hidden["function"]["strict"] is True
    assert hidden["function"]["parameters"]["required"] == ["title", "pages"]
    beside = body(format=book("tool"), tools=[weather])
    assert "parallel_tool_calls" not in beside
    names = [tool["function"]["name"] for tool in beside["tools"]]
    assert names == ["weather", FORMAT_TOOL_NAME]

    assert body(format=book("json"))["response_format"] == {"type": "json_object"}
    assert "response_format" not in body("openai/gpt-4", format=book("json"))
    assert "response_format" not in body("my/m", COMPATIBLE, format=book("json"))

    @llm.output_parser(formatting_instructions="Say it in capitals.")
    def capitals(response: llm.AnyResponse) -> str:
        return response.text()

    parsed = llm.format(capitals, mode="parser")
    assert body(format=parsed) == body()


def test_a_schema_the_server_cannot_enforce_becomes_a_tool() -> None:
    loose = llm.format(dict[str, int], mode="strict")
    asked = replace(request("openai/gpt-4o"), format_spec=loose)
    sent = body_of(OPENAI, prepare(asked, "tool", OPENAI.enforces))
    assert "response_format" not in sent
    (hidden,) = sent["tools"]
    assert hidden["function"]["name"] == FORMAT_TOOL_NAME
    assert hidden["function"]["strict"] is False
    output_schema = hidden["function"]["parameters"]["properties"]["output"]
    assert output_schema["additionalProperties"] == {"type": "integer"}
    with pytest.raises(FeatureNotSupportedError, match="strict"):
        body(format=loose)


def test_the_name_of_a_schema_has_no_brackets() -> None:
    odd = Format[Any](
        name="Page[Book]" * 10, description=None, schema=Book.model_json_schema(),
        mode="strict", formattable=Book,
    )  # fmt: skip
    schema = body(format=odd)["response_format"]["json_schema"]
    assert schema["name"] == ("Page_Book_" * 10)[:64]
    assert "description" not in schema


@pytest.mark.parametrize(
    ("codec", "model_id", "mode"),
    [
        (OPENAI, "openai/gpt-4o", "strict"),
        (OPENAI, "openai/gpt-4o-2024-05-13", "tool"),
        (OPENAI, "openai/gpt-4", "tool"),
        (OPENAI, "openai/gpt-99", "strict"),
        (COMPATIBLE, "my/gpt-4o", "tool"),
        (OpenAIChatCodec(quirks.OPENROUTER), "openrouter/openai/gpt-4o", "strict"),
        (OpenAIChatCodec(quirks.OPENROUTER), "openrouter/openai/gpt-oss-20b", "tool"),
        (OpenAIChatCodec(quirks.OPENROUTER), "openrouter/meta/llama", "tool"),
        (OpenAIChatCodec(quirks.NAMES_OPENAI_BARE), "api-route/gpt-4o", "strict"),
        (OpenAIChatCodec(quirks.NAMES_OPENAI_BARE), "api-route/claude", "tool"),
    ],
)
def test_the_default_mode(codec: OpenAIChatCodec, model_id: str, mode: str) -> None:
    assert codec.default_mode(request(model_id)) == mode


RAW = {
    "role": "assistant",
    "content": "Yes.",
    "annotations": [],
    "reasoning_content": "Hm.",
    "reasoning_details": [{"type": "reasoning.text", "text": "Hm.", "signature": "s"}],
    "citations": ["https://x.org"],
    "executed_tools": [{"type": "search"}],
    "audio": {"id": "audio_1", "data": "QQ==", "transcript": "Yes."},
}


def turn(raw: Any, provider_id: str = "openai", name: str = "gpt-4o:completions") -> Message:
    return assistant(
        [Text(text="Yes."), ToolCall(id="call_1", name="weather", args='{"city": "Wien"}')],
        model_id="a/b",
        provider_id=provider_id,
        provider_model_name=name,
        raw_message=raw,
    )


def test_a_raw_message_goes_back_without_what_the_server_does_not_take() -> None:
    assert messages(turn(RAW)) == [
        {"role": "assistant", "content": "Yes.", "annotations": [], "audio": {"id": "audio_1"}}
    ]
    assert messages(turn({"role": "assistant", "reasoning": "Hm."})) == [
        {"role": "assistant", "content": ""}
    ]
    again = {"role": "assistant", "tool_calls": [CALL]}
    assert messages(turn(again)) == [again]


def test_a_raw_message_of_somebody_else_is_encoded_anew() -> None:
    anew = [{"role": "assistant", "content": "Yes.", "tool_calls": [CALL]}]
    assert messages(turn(RAW, name="gpt-4o:responses")) == anew
    assert messages(turn(RAW, name="gpt-5:completions")) == anew
    assert messages(turn(RAW, provider_id="xai")) == anew
    assert messages(turn([{"type": "message"}])) == anew


@pytest.mark.parametrize(
    ("quirk", "calls", "fields"),
    [
        (quirks.COMPATIBLE, False, set()),
        (quirks.COMPATIBLE, True, {"reasoning_content", "reasoning_details"}),
        (quirks.OPENROUTER, False, {"reasoning_content", "reasoning_details"}),
        (quirks.MISTRAL, True, set()),
    ],
)
def test_reasoning_goes_back_where_it_is_wanted(
    quirk: quirks.ChatQuirks, calls: bool, fields: set[str]
) -> None:
    raw = {**RAW, "tool_calls": [CALL]} if calls else RAW
    [sent] = messages(turn(raw, "my", "model"), model_id="my/model", codec=OpenAIChatCodec(quirk))
    assert {key for key in sent if key.startswith("reasoning")} == fields
