"""Video: in the form of each wire that has one, and refused before anything is sent elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.limiting.estimates import estimate_tokens
from mirascope.llm.providers.bedrock.codec import ConverseCodec
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.providers.google.quirks import VERTEX
from mirascope.llm.testing import simulate
from tests.llm.conftest import Colour
from tests.llm.providers.traffic import body_of, request

MP4 = b"\0\0\0\x18ftypisom\0\0\0\0"
CLIP = llm.Video.from_bytes(MP4)
MKV = llm.Video.from_bytes(b"\x1aE\xdf\xa3\xa3B\x82\x88matroska")
AVI = llm.Video.from_bytes(b"RIFF\0\0\0\0AVI LIST")
DATA = "AAAAGGZ0eXBpc29tAAAAAA=="
YOUTUBE = llm.Video.from_url("https://www.youtube.com/watch?v=9hE5-98ZeCg")
ADDRESS = llm.Video.from_url("https://a.example/clip.mov")
NOVA = "bedrock/us.amazon.nova-lite-v1:0"
GEMINI, ON_VERTEX, CONVERSE = GoogleCodec(), GoogleCodec(VERTEX), ConverseCodec()


def sent(codec: Any, model_id: str, part: llm.Video) -> Any:
    body = body_of(codec, request(model_id, [llm.messages.user([part, "What happens?"])]))
    [message] = body.get("contents") or body["messages"]
    return (message.get("parts") or message["content"])[0]


def in_file(mime_type: str, uri: str) -> dict[str, Any]:
    return {"fileData": {"mimeType": mime_type, "fileUri": uri}}


def in_s3(kind: str, uri: str) -> dict[str, Any]:
    return {"video": {"format": kind, "source": {"s3Location": {"uri": uri}}}}


FORMS: list[tuple[Any, str, llm.Video, dict[str, Any]]] = [
    (GEMINI, "google/gemini-2.5-flash", CLIP,
     {"inlineData": {"mimeType": "video/mp4", "data": DATA}}),
    (GEMINI, "google/gemini-2.5-flash", YOUTUBE,
     in_file("video/mp4", "https://www.youtube.com/watch?v=9hE5-98ZeCg")),
    (ON_VERTEX, "vertex/gemini-2.5-flash", YOUTUBE,
     in_file("video/mp4", "https://www.youtube.com/watch?v=9hE5-98ZeCg")),
    (ON_VERTEX, "vertex/gemini-2.5-flash", ADDRESS,
     in_file("video/quicktime", "https://a.example/clip.mov")),
    (ON_VERTEX, "vertex/gemini-2.5-flash", llm.Video.from_url("gs://bucket/clip.3gp"),
     in_file("video/3gpp", "gs://bucket/clip.3gp")),
    (CONVERSE, NOVA, CLIP, {"video": {"format": "mp4", "source": {"bytes": DATA}}}),
    (CONVERSE, NOVA, llm.Video.from_url("s3://bucket/clip.mkv"), in_s3("mkv", "s3://bucket/clip.mkv")),
    (CONVERSE, NOVA, llm.Video.from_url("s3://bucket/a.3gp"), in_s3("three_gp", "s3://bucket/a.3gp")),
    (CONVERSE, NOVA, llm.Video.from_url("s3://bucket/a"), in_s3("mp4", "s3://bucket/a")),
]  # fmt: skip


@pytest.mark.parametrize(("codec", "model_id", "part", "form"), FORMS)
def test_each_wire_has_its_form(
    codec: Any, model_id: str, part: llm.Video, form: dict[str, Any]
) -> None:
    assert sent(codec, model_id, part) == form


TAKE_IT = [
    "qwen/qwen3-vl-plus",
    "qwen/qwen2.5-omni-7b",
    "moonshot/kimi-k2.6",
    "openrouter/google/gemini-2.5-flash",
    "vllm/Qwen/Qwen3-VL-8B",
]


@pytest.mark.parametrize("model_id", TAKE_IT)
def test_vendors_that_document_a_form_on_chat_completions_are_sent_it(
    colour: Colour, model_id: str
) -> None:
    with simulate(script=["A stork lands.", "The same."]) as simulator:
        model = llm.Model(model_id)
        assert colour.call(model, [CLIP, "What happens?"]).text() == "A stork lands."
        colour.call(model, [ADDRESS, "What happens?"])
    urls = [f"data:video/mp4;base64,{DATA}", "https://a.example/clip.mov"]
    parts = [asked.body["messages"][-1]["content"][0] for asked in simulator.requests]  # type: ignore[index,call-overload]  # JSON
    assert parts == [{"type": "video_url", "video_url": {"url": url}} for url in urls]


REFUSED: list[tuple[str, llm.Video, str]] = [
    ("openai/gpt-5-mini", CLIP, "video input"),
    ("openai/gpt-5-mini:responses", CLIP, "video input"),
    ("openai/gpt-5-mini:completions", CLIP, "video input"),
    ("openrouter/openai/gpt-5-mini", CLIP, "video input"),
    ("groq/llama-4-scout", CLIP, "video input"),
    ("qwen/qwen-plus", CLIP, "video input"),
    ("moonshot/kimi-k2-thinking", CLIP, "Video inputs"),
    ("xai/grok-4", CLIP, "video input"),
    ("anthropic/claude-sonnet-4-6", CLIP, "video input"),
    ("cohere/command-a-vision-07-2025", CLIP, "video input"),
    ("google/gemini-2.5-flash", ADDRESS, "url_video_source"),
    ("google/gemini-2.5-flash", MKV, "Video with mime_type: video/x-matroska"),
    ("google/gemini-2.5-flash",
     llm.Video.from_url("https://www.youtube.com.a.example/watch?v=x"), "url_video_source"),
    ("qwen/qwen3-vl-plus", llm.Video.from_file_id("f", provider="qwen"), "file_source"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("model_id", "part", "feature"),
    REFUSED,
    ids=[f"{n}-{m}" for n, (m, _, _) in enumerate(REFUSED)],
)
def test_elsewhere_it_is_refused_before_anything_is_sent(
    colour: Colour, model_id: str, part: llm.Video, feature: str
) -> None:
    with simulate() as simulator, pytest.raises(llm.FeatureNotSupportedError) as raised:
        colour.call(llm.Model(model_id), [part, "What happens?"])
    assert simulator.requests == []
    assert raised.value.feature == feature
    assert raised.value.provider_id == model_id.partition("/")[0]
    assert raised.value.model_id == model_id
    assert DATA not in str(raised.value)


@pytest.mark.parametrize(
    ("model_id", "part", "feature"),
    [
        (NOVA, AVI, "Video with mime_type: video/avi"),
        (NOVA, ADDRESS, "video URLs"),
        ("bedrock/us.amazon.nova-micro-v1:0", CLIP, "Video inputs"),
        ("bedrock/us.anthropic.claude-sonnet-4-6", CLIP, "Video inputs"),
    ],
)
def test_converse_refuses_what_it_has_no_word_for(
    model_id: str, part: llm.Video, feature: str
) -> None:
    with pytest.raises(llm.FeatureNotSupportedError) as raised:
        sent(CONVERSE, model_id, part)
    assert raised.value.feature == feature


def test_the_type_of_an_address_is_told_from_its_end_alone() -> None:
    with pytest.raises(llm.FeatureNotSupportedError) as raised:
        sent(
            ON_VERTEX, "vertex/gemini-2.5-flash", llm.Video.from_url("https://k:s3cret@a.example/x")
        )
    assert "s3cret" not in str(raised.value)


def test_a_whole_conversation_is_saved_and_asked_again() -> None:
    messages: list[llm.Message] = [llm.messages.user([CLIP, "What happens?"])]
    saved = llm.messages.to_json(messages)
    assert json.loads(saved)
    with simulate(script=["A stork.", "White."]) as simulator:
        response = llm.Model("google/gemini-2.5-flash").call(llm.messages.from_json(saved))
        response.resume("Which colour?")
    first, second = (asked.body["contents"][0] for asked in simulator.requests)  # type: ignore[index,call-overload]  # JSON
    inline = {"inlineData": {"mimeType": "video/mp4", "data": DATA}}
    assert first["parts"][0] == second["parts"][0] == inline


def test_it_counts_in_limits_and_tells_requests_apart() -> None:
    asked = request("google/gemini-2.5-flash", [llm.messages.user([CLIP])], max_tokens=1)
    assert estimate_tokens(asked) > 1000
    with simulate(script=["One.", "Two."]) as simulator:
        model = llm.Model("google/gemini-2.5-flash", layers=[llm.cache()])
        first = model.call([CLIP, "?"]).text()
        assert model.call([CLIP, "?"]).text() == first
        assert model.call([AVI, "?"]).text() != first
    assert len(simulator.requests) == 2
