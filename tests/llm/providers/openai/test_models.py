"""What OpenAI's models can do, and which API a question goes to."""

from __future__ import annotations

import pytest

from mirascope.llm.content import Audio, Base64AudioSource
from mirascope.llm.messages import system, user
from mirascope.llm.providers.openai.models import (
    EFFORTS,
    bare_capabilities,
    capabilities,
    closest_effort,
    openai_route,
    scoped_capabilities,
    unknown_capabilities,
    wire_name,
    xai_capabilities,
)

AUDIO = user(
    [
        Audio(
            source=Base64AudioSource(type="base64_audio_source", data="QQ==", mime_type="audio/wav")
        )
    ]
)


@pytest.mark.parametrize(
    ("model_id", "route"),
    [
        ("openai/gpt-5-mini", "responses"),
        ("openai/gpt-5-mini:completions", "completions"),
        ("openai/gpt-4o-search-preview", "completions"),
        ("openai/gpt-4o-search-preview:responses", "responses"),
        ("openai/gpt-4o-mini-search-preview-2025-03-11", "completions"),
        ("openai/gpt-5-search-api", "completions"),
        ("openai/gpt-3.5-turbo-16k", "completions"),
        ("openai/gpt-audio-mini", "completions"),
        ("openai/gpt-4o-audio-preview", "completions"),
        ("openai/o3-pro", "responses"),
        ("openai/not-known-yet", "responses"),
        ("vllm/meta-llama/Llama-3", "completions"),
        ("grok/grok-4:responses", "responses"),
        ("gpt-5", "completions"),
    ],
)
def test_the_route(model_id: str, route: str) -> None:
    assert openai_route(model_id, [system("x"), user("Hi.")]) == route


def test_audio_goes_where_it_is_heard() -> None:
    assert openai_route("openai/gpt-5", [AUDIO]) == "completions"
    assert openai_route("openai/gpt-5:responses", [AUDIO]) == "responses"


@pytest.mark.parametrize(
    ("name", "reasoning", "json_schema", "json_object", "audio"),
    [
        ("gpt-4o", False, True, True, False),
        ("gpt-4o-2024-05-13", False, False, True, False),
        ("gpt-4", False, False, False, False),
        ("gpt-4-0613", False, False, False, False),
        ("gpt-4-turbo", False, False, True, False),
        ("gpt-4.1-nano", False, True, True, False),
        ("gpt-3.5-turbo-16k", False, False, True, False),
        ("chatgpt-4o-latest", False, False, True, False),
        ("gpt-4o-search-preview", False, True, False, False),
        ("gpt-4o-audio-preview", False, True, True, True),
        ("gpt-audio", False, True, True, True),
        ("gpt-5-chat-latest", False, True, True, False),
        ("gpt-5", True, True, True, False),
        ("gpt-5.2-pro", True, True, True, False),
        ("o4-mini", True, True, True, False),
        ("ft:gpt-4o-2024-08-06:me::1", False, True, True, False),
        ("ft:o4-mini-2025-04-16:me::1", True, True, True, False),
        ("gpt-17-audio-telepathy", True, True, True, True),
    ],
)
def test_features(
    name: str, reasoning: bool, json_schema: bool, json_object: bool, audio: bool
) -> None:
    features = capabilities(name)
    assert features.reasoning is reasoning
    assert features.json_schema is json_schema
    assert features.json_object is json_object
    assert features.audio is audio
    assert bool(features.efforts) is reasoning


def test_features_behind_gateways() -> None:
    nothing = unknown_capabilities("gpt-4")
    assert (nothing.reasoning, nothing.json_schema, nothing.audio) == (None, None, None)
    assert scoped_capabilities("openai/gpt-4") == capabilities("gpt-4")
    assert scoped_capabilities("openai/gpt-4o:free") == capabilities("gpt-4o")
    assert scoped_capabilities("openai/gpt-oss-120b") == nothing
    assert scoped_capabilities("meta/llama") == nothing
    assert bare_capabilities("o3") == capabilities("o3")
    assert bare_capabilities("gpt-oss-20b") == nothing
    assert bare_capabilities("claude-sonnet") == nothing
    assert xai_capabilities("grok-code-fast-1").efforts == ()
    assert xai_capabilities("grok-4-fast").efforts == ()
    assert "low" in xai_capabilities("grok-9").efforts


def test_the_closest_effort() -> None:
    assert closest_effort("medium", ()) is None
    assert closest_effort("none", ("low", "high")) == "low"
    assert closest_effort("medium", ("low", "high")) == "high"
    assert closest_effort("max", ("low", "high")) == "high"
    assert closest_effort("default", EFFORTS) == "medium"
    for name in ("o1", "gpt-5", "gpt-5.1", "gpt-5.1-codex-max", "gpt-5.2-codex", "new"):
        assert set(capabilities(name).efforts) <= set(EFFORTS)


def test_the_name_on_the_wire() -> None:
    assert wire_name("gpt-5:responses") == "gpt-5"
    assert wire_name("gpt-5:completions") == "gpt-5"
    assert wire_name("ft:gpt-4o:me::1") == "ft:gpt-4o:me::1"
