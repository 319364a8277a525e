"""Requests to the Messages wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

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
from mirascope.llm.exceptions import FeatureNotSupportedError, ToolExecutionError
from mirascope.llm.messages import Message, assistant, system, user
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from tests.llm.providers.traffic import body_of, decode_events, log_of, request

CODEC = AnthropicCodec()
MODEL = "anthropic/claude-sonnet-4-5"
CACHED = {"type": "ephemeral"}


def messages_of(messages: list[Message], **more: Any) -> list[dict[str, Any]]:
    return body_of(CODEC, request(MODEL, messages, **more))["messages"]


def said(content: Any, **more: Any) -> Message:
    return assistant(content, model_id=None, provider_id=None, **more)


def image(mime_type: Any = "image/png") -> Image:
    return Image(
        source=Base64ImageSource(type="base64_image_source", data="aW1n", mime_type=mime_type)
    )


def test_a_whole_request() -> None:
    asked = request(MODEL, [system("Be kind."), user("Hi.")], stream=True)
    encoded = CODEC.encode(asked)
    assert encoded.method == "POST"
    assert encoded.url == "/v1/messages"
    assert encoded.headers["anthropic-version"] == "2023-06-01"
    assert encoded.headers["content-type"] == "application/json"
    assert "anthropic-beta" not in encoded.headers
    assert json.loads(encoded.body) == {
        "model": "claude-sonnet-4-5",
        "max_tokens": 16000,
        "system": [{"type": "text", "text": "Be kind.", "cache_control": CACHED}],
        "messages": [{"role": "user", "content": "Hi."}],
        "stream": True,
    }
    assert "stream" not in body_of(CODEC, request(MODEL))


@pytest.mark.parametrize(
    ("part", "block"),
    [
        (Text(text="Hi"), {"type": "text", "text": "Hi"}),
        (
            image(),
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "aW1n"},
            },
        ),
        (
            Image.from_url("https://example.com/a.png"),
            {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        ),
        (
            Document(
                source=Base64DocumentSource(
                    type="base64_document_source", data="cGRm", media_type="application/pdf"
                )
            ),
            {
                "type": "document",
                "source": {"type": "base64", "media_type": "application/pdf", "data": "cGRm"},
            },
        ),
        (
            Document(
                source=TextDocumentSource(
                    type="text_document_source", data="x = 1", media_type="text/x-python"
                )
            ),
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "x = 1"},
            },
        ),
        (
            Document.from_url("https://example.com/a.pdf"),
            {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
        ),
        (
            ToolOutput(id="t1", name="f", result={"a": [1, None]}),
            {"type": "tool_result", "tool_use_id": "t1", "content": '{"a": [1, null]}'},
        ),
        (
            ToolOutput(id="call|1", name="f", result="no", error=ToolExecutionError("no")),
            {"type": "tool_result", "tool_use_id": "call_1", "content": "no", "is_error": True},
        ),
        (
            ToolOutput(id="t1", name="f", result="", error=ToolExecutionError("")),
            {
                "type": "tool_result",
                "tool_use_id": "t1",
                "content": "The tool failed.",
                "is_error": True,
            },
        ),
    ],
)
def test_user_parts(part: Any, block: dict[str, Any]) -> None:
    other = {"type": "text", "text": "And?"}
    content = messages_of([user([part, "And?"])])[0]["content"]
    assert content == [block, other]


@pytest.mark.parametrize(
    ("part", "feature"),
    [
        (
            Audio(
                source=Base64AudioSource(type="base64_audio_source", data="", mime_type="audio/wav")
            ),
            "audio input",
        ),
        (image("image/heic"), "Image with mime_type: image/heic"),
        (Text(text=" \n"), "empty message content"),
    ],
)
def test_what_the_wire_cannot_carry(part: Any, feature: str) -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        messages_of([user([part])])
    assert caught.value.feature == feature
    assert caught.value.provider_id == "anthropic"


def test_nothing_to_say() -> None:
    for messages in ([user([])], [system("x")], [system("x"), said([])]):
        with pytest.raises(FeatureNotSupportedError) as caught:
            messages_of(messages)
        assert caught.value.feature == "empty message content"


def test_a_conversation() -> None:
    call = ToolCall(id="t1", name="f", args='{"a": 1}')
    bad = ToolCall(id="t2", name="g", args="{oops")
    empty = ToolCall(id="t3", name="h", args="")
    sent = messages_of(
        [
            user("Go."),
            said([Thought(thought="Hm."), "Going.", call, bad, empty]),
            user(["See above.", ToolOutput(id="t1", name="f", result="one")]),
            user(ToolOutput(id="t2", name="g", result="two")),
        ]
    )
    assert sent == [
        {"role": "user", "content": "Go."},
        {
            "role": "assistant",
            "content": [
                {"type": "text", "text": "Going."},
                {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
                {
                    "type": "tool_use",
                    "id": "t2",
                    "name": "g",
                    "input": {"invalid_arguments": "{oops"},
                },
                {"type": "tool_use", "id": "t3", "name": "h", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "t1", "content": "one"},
                {
                    "type": "tool_result",
                    "tool_use_id": "t2",
                    "content": "two",
                    "cache_control": CACHED,
                },
                {"type": "text", "text": "See above."},
            ],
        },
    ]


def test_the_end_of_a_conversation_is_cached_and_nothing_else_says_so() -> None:
    sent = messages_of([user("A"), said("B"), user("C")])
    assert sent[2]["content"] == [{"type": "text", "text": "C", "cache_control": CACHED}]
    assert json.dumps(sent).count("cache_control") == 1
    no_output = user(ToolOutput(id="t", name="f", result=""))
    assert "cache_control" not in json.dumps(messages_of([user("A"), said("B"), no_output]))


def test_turns_of_one_role_become_one_and_empty_answers_none() -> None:
    sent = messages_of([user("A"), said([]), user("B"), said("C"), said("D")])
    assert [turn["role"] for turn in sent] == ["user", "assistant"]
    assert [block["text"] for block in sent[0]["content"]] == ["A", "B"]
    assert [block["text"] for block in sent[1]["content"]] == ["C", "D"]


def test_system_messages() -> None:
    body = body_of(
        CODEC, request(MODEL, [system("A"), system("B"), user("Hi"), system("C"), user("D")])
    )
    assert [block["text"] for block in body["system"]] == ["A\nB"]
    assert [block["text"] for block in body["messages"][0]["content"]] == [
        *("Hi", "<system>\nC\n</system>", "D")
    ]
    assert "system" not in body_of(CODEC, request(MODEL, [system(""), user("Hi")]))


def test_thoughts_as_text() -> None:
    thinking = {"level": "none", "encode_thoughts_as_text": True}
    raw = {"role": "assistant", "content": [{"type": "text", "text": "raw"}]}
    answer = assistant(
        [Thought(thought="Hm."), "Yes."],
        model_id=MODEL,
        provider_id="anthropic",
        provider_model_name="claude-sonnet-4-5",
        raw_message=raw,
    )
    sent = messages_of([user("A"), answer, user("B")], thinking=thinking)
    assert [block["text"] for block in sent[1]["content"]] == ["**Thinking:** Hm.", "Yes."]
    sent = messages_of([user("A"), answer, user("B")])
    assert sent[1]["content"] == "raw"


def test_the_format_tool_in_history_is_text() -> None:
    call = ToolCall(id="t", name="__mirascope_formatted_output_tool__", args='{"a": 1}')
    assert messages_of([user("A"), said(call), user("B")])[1]["content"] == '{"a": 1}'


def test_what_was_streamed_goes_back_as_it_came() -> None:
    content = [
        {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
        {"type": "redacted_thinking", "data": "cmVk"},
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "x"}},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": []},
        {"type": "text", "text": "Yes.", "citations": [{"cited_text": "y"}]},
        {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
    ]
    events: list[dict[str, Any]] = [{"type": "message_start", "message": {"content": content}}]
    events.append({"type": "message_stop"})
    asked = request(MODEL)
    streamed = log_of(
        decode_events(CODEC.decoder(asked), [("", json.dumps(e).encode()) for e in events])
    )
    whole = log_of(CODEC.decode(json.dumps({"content": content}).encode(), asked))
    for log in (streamed, whole):
        answer = assistant(
            log.content,
            model_id=MODEL,
            provider_id="anthropic",
            provider_model_name=CODEC.provider_model_name(asked),
            raw_message=json.loads(json.dumps(log.raw_message)),
        )
        result = user(ToolOutput(id="t", name="f", result="2"))
        sent = messages_of([user("A"), answer, result])
        assert sent[1] == {"role": "assistant", "content": content}


def test_extras() -> None:
    asked = request(
        MODEL,
        extra_body={"metadata": {"user_id": "u"}, "max_tokens": 5},
        extra_headers={"Anthropic-Beta": "one,two", "X-Mine": "1"},
    )
    encoded = CODEC.encode(asked)
    body = json.loads(encoded.body)
    assert body["metadata"] == {"user_id": "u"}
    assert body["max_tokens"] == 5
    assert encoded.headers["anthropic-beta"] == "one,two"
    assert encoded.headers["x-mine"] == "1"


def test_ids_that_another_vendor_gave_twice() -> None:
    call = ToolCall(id="unknown/id", name="f", args="")
    result = ToolOutput(id="unknown/id", name="f", result="1")
    sent = messages_of([user("A"), said(call), user(result), said(call), user(result)])
    calls = [sent[turn]["content"][0]["id"] for turn in (1, 3)]
    results = [sent[turn]["content"][0]["tool_use_id"] for turn in (2, 4)]
    assert calls == results == ["unknown_id", "unknown_id_2"]
