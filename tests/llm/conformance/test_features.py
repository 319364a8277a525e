"""What cannot be had says so before anything is sent, with the contract's words for it.

The words are those of sections 6 to 9. The contract's ``provider_id`` is now the vendor, now its
API (``openai`` for audio, ``openai:completions`` for a tool); here it is always who was asked.
"""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.content import Audio, AudioMimeType, Base64AudioSource, Base64ImageSource
from mirascope.llm.providers import ROWS
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server


class Book(BaseModel):
    title: str


@llm.tool
def plain(title: str) -> str:
    """Look a title up."""
    return title


@llm.tool(strict=True)
def insisting(title: str) -> str:
    """Look a title up."""
    return title


@llm.tool(strict=True)
def impossible(counts: dict[str, int]) -> str:
    """Count."""
    return str(counts)


def audio(mime_type: AudioMimeType) -> Audio:
    return Audio(
        source=Base64AudioSource(type="base64_audio_source", data="QQ==", mime_type=mime_type)
    )


HEIC = llm.Image(
    source=Base64ImageSource(type="base64_image_source", data="QQ==", mime_type="image/heic")
)
IMAGE_URL = llm.Image.from_url("https://x.org/i.png")
DOCUMENT_URL = llm.Document.from_url("https://x.org/d.pdf")
TELEPORT = {"tools": [llm.ProviderTool("teleport")]}
NO_THOUGHTS = {"thinking": {"level": "none"}}


def formatted(mode: Any) -> dict[str, Any]:
    return {"format": llm.format(Book, mode=mode)}


OPENAI = ("openai", "openai:completions")
RESPONSES = ("openai", "openai:responses")

# Providers, model, content, what else is asked, and the feature.
TABLE: list[tuple[tuple[str, ...], str, Any, dict[str, Any], str]] = [
    # 6.2 to 6.5
    (OPENAI, "gpt-audio:completions", audio("audio/ogg"), {}, "Audio format: ogg"),
    (OPENAI, "gpt-4o:completions", audio("audio/wav"), {}, "Audio inputs"),
    (OPENAI, "gpt-4o:completions", DOCUMENT_URL, {}, "url_document_source"),
    (OPENAI, "gpt-4o:completions", "Hi.", {"tools": [llm.WebSearchTool()]}, "WebSearchTool"),
    (OPENAI, "gpt-4o:completions", "Hi.", TELEPORT, "Provider tool teleport"),
    (OPENAI, "gpt-4:completions", "Hi.", formatted("strict"), "formatting_mode:strict"),
    (OPENAI, "gpt-4o:completions", "Hi.", {"tools": [impossible]}, "strict tools"),
    (("openai:completions",), "gpt-4o:responses", "Hi.", {}, "responses API"),
    # 7.1 to 7.3
    (("openai:responses",), "gpt-4o:completions", "Hi.", {}, "completions API"),
    (RESPONSES, "gpt-4o:responses", audio("audio/wav"), {}, "audio input"),
    (RESPONSES, "gpt-4o:responses", "Hi.", TELEPORT, "Provider tool teleport"),
    # 8.3 to 8.6
    (("anthropic",), "claude-sonnet-4-5", HEIC, {}, "Image with mime_type: image/heic"),
    (("anthropic",), "claude-sonnet-4-5", audio("audio/wav"), {}, "audio input"),
    (("anthropic",), "claude-sonnet-4-5", "", {}, "empty message content"),
    (("anthropic",), "claude-3-5-haiku-latest", "Hi.", {"tools": [insisting]}, "strict tools"),
    (("anthropic",), "claude-sonnet-4-5", "Hi.", TELEPORT, "Provider tool teleport"),
    (("anthropic",), "claude-opus-5-5", "Hi.", NO_THOUGHTS, "thinking level 'none'"),
    (
        ("anthropic",),
        "claude-3-5-haiku-latest",
        "Hi.",
        formatted("strict"),
        "formatting_mode:strict",
    ),
    # 9.2 to 9.5
    (("google",), "gemini-2.5-flash", IMAGE_URL, {}, "url_image_source"),
    (("google",), "gemini-2.5-flash", DOCUMENT_URL, {}, "url_document_source"),
    (("google",), "gemini-2.5-flash", "Hi.", {"tools": [insisting]}, "strict tools"),
    (("google",), "gemini-2.5-flash", "Hi.", TELEPORT, "Provider tool teleport"),
    *(
        (
            ("google",),
            "gemini-2.5-flash",
            "Hi.",
            {"tools": [plain], **formatted(mode)},
            f"formatting_mode:{mode} with tools",
        )
        for mode in ("strict", "json")
    ),
]


@pytest.mark.parametrize(
    ("providers", "name", "content", "more", "feature"),
    TABLE,
    ids=[f"{providers[0]}: {feature}" for providers, *_, feature in TABLE],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_a_feature_that_is_missing(
    colour: Colour,
    providers: tuple[str, ...],
    name: str,
    content: Any,
    more: dict[str, Any],
    feature: str,
    streaming: bool,
) -> None:
    with Server() as server:
        server.route("*", Reply(status=418, body=b"{}"))
        for provider in providers:
            llm.register_provider(provider, base_url=server.url("/v1"), api_key="k")
            model_id = ROWS[provider].scopes[0] + name
            asked = dict(more)
            model = llm.Model(model_id, thinking=asked.pop("thinking", None))
            if asked.get("tools") and colour.asynchronous:
                asked["tools"] = [_asynchronous(tool) for tool in asked["tools"]]
            ask = colour.read if streaming else colour.call
            with pytest.raises(llm.FeatureNotSupportedError) as caught:
                ask(model, content, **asked)
            assert caught.value.feature == feature
            assert caught.value.provider_id == provider
            assert caught.value.model_id == model_id
            assert not isinstance(caught.value, llm.ProviderError)  # and no retry asks again
        assert server.requests == []


def _asynchronous(tool: Any) -> Any:
    if not isinstance(tool, llm.Tool):
        return tool

    async def run(*args: Any) -> str:
        return ""

    return llm.AsyncTool(run, tool.name, tool.description, tool.parameters, strict=tool.strict)


def test_what_is_said_of_it() -> None:
    """The text names the feature, who was asked, and the model where it is the model's limit."""
    error = llm.FeatureNotSupportedError("teleport", "openai", "openai/m")
    assert all(word in str(error) for word in ("teleport", "openai", "openai/m"))
    given = llm.FeatureNotSupportedError("teleport", "openai", message="In these words.")
    assert (str(given), given.model_id) == ("In these words.", None)
