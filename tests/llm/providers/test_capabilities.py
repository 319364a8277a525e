"""What a model is known not to take is refused before anything is sent; the rest is allowed."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.providers import ROWS
from mirascope.llm.providers.capabilities import Capabilities, Fact, Knowledge
from mirascope.llm.providers.compatible import COMPATIBLE_VENDORS
from mirascope.llm.retries.retry_layer import fallback
from mirascope.llm.testing import simulate
from tests.llm.conftest import Colour

IMAGE = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n0000")
AUDIO = llm.Audio.from_bytes(b"RIFF0000WAVE0000")
VIDEO = llm.Video.from_bytes(b"\0\0\0\x18ftypisom\0\0\0\0")
PDF = llm.Document.from_bytes(b"%PDF-1.7 0000")


class Book(BaseModel):
    """A book."""

    title: str


@llm.tool
def search(query: str) -> str:
    """Search."""
    return query


def can(**what: Any) -> Capabilities:
    return Capabilities(**what)


def fact(models: str, **what: Any) -> Fact:
    return Fact(models=models, can=can(**what), date="2026-11", source="a test")


# --- what is known


def test_of_each_capability_the_first_fact_that_says_something_counts() -> None:
    knows = Knowledge(
        (
            fact("^big-2", images=True),
            fact("^big", images=False, tools=False),
            fact("", tools=True, json_schema=True, efforts=("low",)),
        ),
        otherwise=lambda name: can(audio=False, json_schema=False),
    )
    rest: Any = {"audio": False, "json_schema": True, "efforts": ("low",)}
    assert knows("big-2-mini") == can(images=True, tools=False, **rest)
    assert knows("BIG-1") == can(images=False, tools=False, **rest)
    assert knows("small-big") == can(tools=True, **rest)
    assert Knowledge()("anything") == Capabilities()


@pytest.mark.parametrize(
    ("model_id", "images"),
    [
        ("cerebras/gpt-oss-120b", False),
        ("cerebras/llama3.1-8b", False),
        ("cerebras/qwen-3-32b", False),
        ("cerebras/qwen-3.8-27b", None),
        ("fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct", False),
        ("fireworks/accounts/fireworks/models/llama-v3p2-11b-vision-instruct", None),
        ("nvidia/nvidia/llama-3.1-nemotron-nano-vl-8b-v1", None),
        ("nvidia/meta/llama-3.3-70b-instruct", False),
        ("huggingface/deepseek-ai/DeepSeek-V3.1", False),
        ("huggingface/Qwen/Qwen3-VL-235B-A22B-Instruct", None),
        ("zai/glm-4.7", False),
        ("zai/glm-4.5v", None),
        ("moonshot/moonshot-v1-8k", False),
        ("moonshot/moonshot-v1-8k-vision-preview", None),
        ("moonshot/kimi-k2.6", None),
        ("qwen/qwen-plus-latest", False),
        ("qwen/qwen3-vl-plus", None),
        ("qwen/qwen3.8-max", None),
        ("vercel/openai/gpt-3.5-turbo", False),
        ("vercel/openai/gpt-5", True),
        ("github-models/openai/gpt-4.1", True),
        ("github-models/openai/gpt-oss-120b", False),
        ("vllm/openai/gpt-oss-120b", None),  # its owner's name, which may stand for anything
        ("openai/gpt-5", True),
        ("openai/gpt-3.5-turbo:completions", False),
        ("openai/o3-mini", False),
        ("openai/gpt-4-turbo", True),
        ("anthropic/claude-2.1", False),
        ("anthropic/claude-sonnet-4-6", True),
        ("anthropic/glm-4.7", None),
        ("google/gemini-2.5-flash-preview-tts", False),
        ("google/gemini-2.5-flash", None),
    ],
)
def test_who_sees(model_id: str, images: bool | None) -> None:
    row = ROWS[model_id.partition("/")[0]]
    knows = row.route(model_id, ()).knows(model_id.partition("/")[2])
    assert knows.images is images


LITELLM = importlib.util.find_spec("litellm")
# LiteLLM's names of vendors, and of what models take.
VENDORS = {
    "anthropic": "anthropic", "cerebras": "cerebras", "cloudflare": "workers-ai",
    "dashscope": "qwen", "deepinfra": "deepinfra", "fireworks_ai": "fireworks",
    "gemini": "google", "hyperbolic": "hyperbolic", "moonshot": "moonshot", "novita": "novita",
    "openai": "openai", "perplexity": "perplexity", "sambanova": "sambanova",
    "vercel_ai_gateway": "vercel", "zai": "zai",
}  # fmt: skip
TAKES = {
    "images": "supports_vision",
    "audio": "supports_audio_input",
    "documents": "supports_pdf_input",
    "video": "supports_video_input",
    "tools": "supports_function_calling",
    "json_schema": "supports_response_schema",
}


@pytest.mark.skipif(LITELLM is None, reason="LiteLLM is not here")
def test_nothing_is_refused_that_another_list_of_models_has() -> None:
    assert LITELLM is not None
    assert LITELLM.origin is not None
    listed = Path(LITELLM.origin).with_name("model_prices_and_context_window_backup.json")
    seen = 0
    for key, model in json.loads(listed.read_text("utf-8")).items():
        row = ROWS.get(VENDORS.get(model.get("litellm_provider"), ""))
        if row is None or model.get("mode") not in ("chat", "responses"):
            continue
        name = key.partition("/")[2] if key.startswith(f"{model['litellm_provider']}/") else key
        knows = row.route(row.scopes[0] + name, ()).knows(name)
        refused = [n for n, flag in TAKES.items() if model.get(flag) and getattr(knows, n) is False]
        assert refused == [], key
        seen += 1
    assert seen > 500


def test_every_fact_says_who_says_so_and_when() -> None:
    for vendor in COMPATIBLE_VENDORS:
        for one in vendor.knows:
            assert one.source, vendor.id
            year, _, month = one.date.partition("-")
            assert 2024 <= int(year) <= 2026, vendor.id
            assert 1 <= int(month) <= 12, vendor.id


# --- what is refused


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("cerebras/gpt-oss-120b", {"content": ["?", IMAGE]}, "Image inputs", "images"),
    ("openai/o3-mini:responses", {"content": ["?", IMAGE]}, "Image inputs", "images"),
    ("openai/gpt-4o:completions", {"content": [AUDIO]}, "Audio inputs", "audio"),
    ("cerebras/gpt-oss-120b", {"content": [VIDEO]}, "Video inputs", "video"),
    ("openai/gpt-4o:completions", {"content": [VIDEO]}, "video input", "video"),
    ("mistral/mistral-small-latest", {"content": [VIDEO]}, "video input", "video"),
    ("google/gemini-2.5-pro-preview-tts", {"content": [VIDEO]}, "Video inputs", "video"),
    ("openai/gpt-3.5-turbo:completions", {"content": [PDF]}, "Document inputs", "documents"),
    ("openai/gpt-4:completions", {"format": llm.format(Book, mode="strict")},
     "formatting_mode:strict", "json_schema"),
    ("openai/o1-mini:completions", {"tools": [search]}, "Tools", "tools"),
    ("perplexity/sonar", {"tools": [search]}, "Tools", "tools"),
    ("perplexity/sonar", {"format": llm.format(Book, mode="tool")}, "formatting_mode:tool",
     "tools"),
    ("zai/glm-4.7", {"format": llm.format(Book, mode="strict")}, "formatting_mode:strict",
     "json_schema"),
    ("anthropic/claude-2.1", {"content": ["?", IMAGE]}, "Image inputs", "images"),
    ("anthropic/claude-2.1", {"tools": [search]}, "Tools", "tools"),
    ("anthropic/claude-3-opus", {"format": llm.format(Book, mode="strict")},
     "formatting_mode:strict", "json_schema"),
    ("google/gemini-2.5-pro-preview-tts", {"content": ["?", IMAGE]}, "Image inputs", "images"),
    ("google/gemini-2.5-pro-preview-tts", {"tools": [search]}, "Tools", "tools"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("model_id", "asked", "feature", "name"),
    REFUSED,
    ids=[f"{model}-{feature}" for model, _, feature, _ in REFUSED],
)
def test_it_is_refused_before_anything_is_sent_unless_the_caller_knows_better(
    colour: Colour, model_id: str, asked: dict[str, Any], feature: str, name: str
) -> None:
    more = dict(asked)
    content = more.pop("content", "?")
    with simulate() as simulator:
        with pytest.raises(llm.FeatureNotSupportedError) as raised:
            colour.call(llm.Model(model_id), content, **more)
        assert simulator.requests == []
        assert raised.value.feature == feature
        assert raised.value.model_id == model_id
        hint = f"llm.Model('{model_id}', capabilities={{'{name}': True}})"
        assert hint in str(raised.value)
        better: Any = {name: True}
        colour.call(llm.Model(model_id, capabilities=better), content, **more)
        assert len(simulator.requests) == 1


@pytest.mark.parametrize("model_id", ["openai/gpt-5", "anthropic/claude-x", "google/gemini-3-pro"])
def test_a_caller_may_say_that_a_model_takes_less(colour: Colour, model_id: str) -> None:
    blind = llm.Model(model_id, capabilities={"images": False})
    with simulate() as simulator:
        colour.call(llm.Model(model_id), ["?", IMAGE])
        with pytest.raises(llm.FeatureNotSupportedError, match="takes no images"):
            colour.call(blind, ["?", IMAGE])
    assert len(simulator.requests) == 1


def test_what_nobody_knows_is_allowed(colour: Colour) -> None:
    llm.register_provider("openai:completions", "mine/", base_url="http://127.0.0.1:9/v1")
    with simulate() as simulator:
        colour.call(llm.Model("mine/model"), ["?", IMAGE, AUDIO, PDF], tools=[search])
    assert len(simulator.requests) == 1


def test_the_mode_of_a_format_follows() -> None:
    def mode(model_id: str, **said: Any) -> str | None:
        with simulate():
            response = llm.Model(model_id, capabilities=said).call("?", format=Book)
        assert response.format is not None
        return response.format.mode

    assert mode("perplexity/sonar") == "strict"
    assert mode("perplexity/sonar", json_schema=False) == "json"
    assert mode("zai/glm-4.7") == "tool"
    assert mode("huggingface/some/model") == "tool"
    assert mode("huggingface/some/model", json_schema=True) == "strict"
    assert mode("moonshot/kimi-k2.6") == "json"  # where no call can be demanded
    assert mode("anthropic/claude-3-opus", json_schema=True) == "strict"


def test_a_fallback_model_is_not_described_by_what_was_said_of_the_first() -> None:
    params: llm.Params = {"capabilities": {"images": True}, "temperature": 0.5}
    second = fallback("cerebras/llama3.1-8b", "cerebras/gpt-oss-120b", params)
    assert second.params == {"temperature": 0.5}


def test_the_vendor_is_told_nothing_of_it() -> None:
    with simulate() as simulator:
        llm.Model("cerebras/gpt-oss-120b", capabilities={"images": True}).call(["?", IMAGE])
    assert simulator.requests[0].body.keys() == {"model", "messages"}
