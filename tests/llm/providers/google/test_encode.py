"""Requests to the generateContent wire."""

from __future__ import annotations

import base64
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
from mirascope.llm.providers.google.codec import GoogleCodec
from tests.llm.providers.traffic import (
    FIXTURES,
    body_of,
    decode_events,
    events_of,
    log_of,
    request,
)

CODEC = GoogleCodec()
MODEL = "google/gemini-2.5-flash"


def contents(messages: list[Message], model: str = MODEL, **more: Any) -> list[dict[str, Any]]:
    return body_of(CODEC, request(model, messages, **more))["contents"]


def said(content: Any, **more: Any) -> Message:
    return assistant(content, model_id=None, provider_id=None, **more)


def test_a_whole_request() -> None:
    asked = request(MODEL, [system("Be kind."), user("Hi.")], max_tokens=5, stop_sequences=("x",))
    encoded = CODEC.encode(asked)
    assert encoded.method == "POST"
    assert encoded.url == "/v1beta/models/gemini-2.5-flash:generateContent"
    assert encoded.headers["content-type"] == "application/json"
    assert json.loads(encoded.body) == {
        "contents": [{"role": "user", "parts": [{"text": "Hi."}]}],
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "generationConfig": {"maxOutputTokens": 5, "stopSequences": ["x"]},
    }
    streamed = CODEC.encode(request(MODEL, stream=True))
    assert streamed.url == "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"
    assert json.loads(streamed.body).keys() == {"contents"}
    tuned = CODEC.encode(request("google/tunedModels/my-model"))
    assert tuned.url == "/v1beta/tunedModels/my-model:generateContent"


def test_params() -> None:
    asked = request(MODEL, temperature=0.5, top_p=0.9, top_k=4, seed=0, max_tokens=9)
    assert body_of(CODEC, asked)["generationConfig"] == {
        "temperature": 0.5,
        "topP": 0.9,
        "topK": 4,
        "maxOutputTokens": 9,
        "seed": 0,
    }
    assert asked.warnings == []


def inline(mime_type: str, data: str) -> dict[str, Any]:
    return {"inlineData": {"mimeType": mime_type, "data": data}}


def response(value: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"functionResponse": {**more, "name": "f", "response": value}}


@pytest.mark.parametrize(
    ("part", "encoded"),
    [
        (Text(text=""), {"text": ""}),
        (
            Image(
                source=Base64ImageSource(
                    type="base64_image_source", data="aW1n", mime_type="image/heic"
                )
            ),
            inline("image/heic", "aW1n"),
        ),
        (
            Audio(
                source=Base64AudioSource(
                    type="base64_audio_source", data="YXVk", mime_type="audio/wav"
                )
            ),
            inline("audio/wav", "YXVk"),
        ),
        (
            Document(
                source=Base64DocumentSource(
                    type="base64_document_source", data="cGRm", media_type="application/pdf"
                )
            ),
            inline("application/pdf", "cGRm"),
        ),
        (
            Document(
                source=TextDocumentSource(
                    type="text_document_source", data="hellö", media_type="text/x-python"
                )
            ),
            inline("text/x-python", base64.b64encode("hellö".encode()).decode()),
        ),
        (ToolOutput(id="c1", name="f", result="sun"), response({"output": "sun"}, id="c1")),
        (ToolOutput(id="c1", name="f", result='{"a":1}'), response({"output": '{"a":1}'}, id="c1")),
        (ToolOutput(id="c1", name="f", result={"a": [1]}), response({"a": [1]}, id="c1")),
        (ToolOutput(id="c1", name="f", result=[1, None]), response({"output": [1, None]}, id="c1")),
        (ToolOutput(id="c1", name="f", result=None), response({"output": None}, id="c1")),
        (ToolOutput(id="google_unknown_tool_id", name="f", result=1), response({"output": 1})),
        (ToolOutput(id="google_unknown_tool_id_3", name="f", result=1), response({"output": 1})),
        (
            ToolOutput(id="c1", name="f", result="no", error=ToolExecutionError("no")),
            response({"error": "no"}, id="c1"),
        ),
    ],
)
def test_user_parts(part: Any, encoded: dict[str, Any]) -> None:
    assert contents([user([part])]) == [{"role": "user", "parts": [encoded]}]


@pytest.mark.parametrize(
    ("content", "feature"),
    [
        ([Image.from_url("https://example.com/a.png")], "url_image_source"),
        ([Document.from_url("https://example.com/a.pdf")], "url_document_source"),
        ([], "empty message content"),
    ],
)
def test_what_the_wire_cannot_carry(content: list[Any], feature: str) -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        contents([user(content)])
    assert caught.value.feature == feature
    assert caught.value.provider_id == "google"


def test_nothing_to_say() -> None:
    with pytest.raises(FeatureNotSupportedError):
        contents([system("x"), said([])])


CALLS = [
    ToolCall(id="google_unknown_tool_id", name="f", args='{"a": 1}'),
    ToolCall(id="c2", name="g", args=""),
]


def test_a_conversation() -> None:
    sent = contents(
        [
            user("Go."),
            said([Thought(thought="Hm."), "Going.", *CALLS]),
            user(["See.", ToolOutput(id="google_unknown_tool_id", name="f", result="one")]),
            user(ToolOutput(id="c2", name="g", result="two")),
        ]
    )
    assert sent == [
        {"role": "user", "parts": [{"text": "Go."}]},
        {
            "role": "model",
            "parts": [
                {"text": "Going."},
                {"functionCall": {"name": "f", "args": {"a": 1}}},
                {"functionCall": {"id": "c2", "name": "g", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "f", "response": {"output": "one"}}},
                {"functionResponse": {"id": "c2", "name": "g", "response": {"output": "two"}}},
                {"text": "See."},
            ],
        },
    ]


def test_calls_that_another_vendor_made_are_signed_where_that_is_checked() -> None:
    sent = contents([user("Go."), said(CALLS), user("?")], "google/gemini-3-pro-preview")
    first, second = sent[1]["parts"]
    assert first["thoughtSignature"] == "skip_thought_signature_validator"
    assert "thoughtSignature" not in second


def test_system_messages() -> None:
    asked = request(MODEL, [system("A"), system("B"), user("Hi"), system("C"), user("D")])
    body = body_of(CODEC, asked)
    assert body["systemInstruction"] == {"parts": [{"text": "A"}, {"text": "B"}]}
    assert body["contents"] == [
        {
            "role": "user",
            "parts": [{"text": "Hi"}, {"text": "<system>\nC\n</system>"}, {"text": "D"}],
        }
    ]


def test_thoughts_as_text() -> None:
    thinking = {"level": "none", "encode_thoughts_as_text": True}
    answer = said([Thought(thought="Hm."), "Yes."])
    parts = contents([user("A"), answer, user("B")], thinking=thinking)[1]["parts"]
    assert parts == [{"text": "**Thinking:** Hm."}, {"text": "Yes."}]


def test_the_format_tool_in_history_is_text() -> None:
    call = ToolCall(id="t", name="__mirascope_formatted_output_tool__", args='{"a": 1}')
    assert contents([user("A"), said(call), user("B")])[1]["parts"] == [{"text": '{"a": 1}'}]


@pytest.mark.parametrize("name", ["thinking-tools", "code", "search", "call-in-pieces"])
def test_what_was_streamed_goes_back_as_it_came(name: str) -> None:
    asked = request(MODEL)
    events = events_of(CODEC, [(FIXTURES / f"google-{name}.sse").read_bytes()])
    log = log_of(decode_events(CODEC.decoder(asked), events))
    answer = assistant(
        log.content,
        model_id=MODEL,
        provider_id="google",
        provider_model_name=CODEC.provider_model_name(asked),
        raw_message=json.loads(json.dumps(log.raw_message)),
    )
    assert contents([user("A"), answer, user("B")])[1] == log.raw_message


@pytest.mark.parametrize(
    ("model", "level", "config"),
    [
        *(
            ("gemini-2.5-flash", level, {"thinkingBudget": budget})
            for level, budget in (
                *(("none", 0), ("default", -1), ("minimal", 1600), ("low", 3200)),
                *(("medium", 6400), ("high", 9600), ("max", 12800)),
            )
        ),
        *(
            ("gemini-3-flash-preview", level, {"thinkingLevel": name} if name else None)
            for level, name in (
                *(("none", "MINIMAL"), ("default", None), ("minimal", "MINIMAL")),
                *(("low", "LOW"), ("medium", "MEDIUM"), ("high", "HIGH"), ("max", "HIGH")),
            )
        ),
        *(
            ("gemini-3-pro-preview", level, {"thinkingLevel": name})
            for level, name in (
                *(("none", "LOW"), ("minimal", "LOW"), ("low", "LOW")),
                *(("medium", "HIGH"), ("high", "HIGH"), ("max", "HIGH")),
            )
        ),
        ("gemini-3.1-pro-preview", "medium", {"thinkingLevel": "MEDIUM"}),
        ("gemini-12-flash", "none", {"thinkingLevel": "MINIMAL"}),
        ("gemini-2.5-pro", "none", {"thinkingBudget": 128}),
        ("gemini-2.5-flash-lite", "minimal", {"thinkingBudget": 1600}),
        ("gemini-flash-latest", "low", {"thinkingBudget": 3200}),
        ("gemini-2.0-flash", "none", None),
    ],
)
def test_thinking(model: str, level: str, config: dict[str, Any] | None) -> None:
    asked = request(f"google/{model}", thinking={"level": level})
    sent = body_of(CODEC, asked).get("generationConfig", {})
    assert sent.get("thinkingConfig") == config
    assert asked.warnings == []


def test_budgets_stay_within_what_the_model_knows() -> None:
    def budget(model: str, max_tokens: int) -> int:
        asked = request(f"google/{model}", thinking={"level": "max"}, max_tokens=max_tokens)
        return body_of(CODEC, asked)["generationConfig"]["thinkingConfig"]["thinkingBudget"]

    assert budget("gemini-2.5-pro", 100) == 128
    assert budget("gemini-2.5-pro", 65_000) == 32_768
    assert budget("gemini-2.5-flash", 65_000) == 24_576
    assert budget("gemini-2.5-flash-lite", 100) == 512


def test_shown_thoughts() -> None:
    thinking = {"level": "default", "include_thoughts": True}
    sent = body_of(CODEC, request("google/gemini-3-flash", thinking=thinking))
    assert sent["generationConfig"]["thinkingConfig"] == {"includeThoughts": True}


def test_models_that_cannot_think() -> None:
    for model in ("gemini-2.0-flash", "gemma-3-27b-it"):
        asked = request(f"google/{model}", thinking={"level": "low", "include_thoughts": True})
        assert body_of(CODEC, asked).keys() == {"contents"}
        assert [warning.partition("=")[0] for warning in asked.warnings] == ["thinking"]


def test_extras() -> None:
    safety = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}]
    more = {"safetySettings": safety, "generationConfig": {"candidateCount": 1}}
    asked = request(MODEL, temperature=1, extra_body=more, extra_headers={"X-Mine": "1"})
    encoded = CODEC.encode(asked)
    body = json.loads(encoded.body)
    assert body["safetySettings"] == safety
    assert body["generationConfig"] == {"temperature": 1, "candidateCount": 1}
    assert encoded.headers["x-mine"] == "1"
