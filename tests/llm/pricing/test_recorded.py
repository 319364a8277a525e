"""What usages of five vendors and more cost is what genai-prices itself makes of the reports."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, cast

import genai_prices
import pytest
from genai_prices.types import ProviderID

from mirascope import llm
from mirascope.llm.pricing import cost_of
from mirascope.llm.providers import ROWS
from mirascope.llm.responses.usage import Usage
from tests.llm.providers.traffic import (
    decode_events,
    events_of,
    log_of,
    request,
    require_recordings,
)

CHAT, RESPONSES, MESSAGES, GEMINI = "chat", "responses", "default", "default"
THEIRS = {"xai": "x-ai", "vertex": "google"}


def theirs(
    vendor: str, body: dict[str, Any], flavour: str, **calls: int
) -> genai_prices.types.PriceCalculation:
    """Return what genai-prices reads out of a body, and makes of it."""
    name = cast("ProviderID", THEIRS.get(vendor, vendor))
    found = genai_prices.extract_usage(body, provider_id=name, api_flavor=flavour)
    for key, count in calls.items():
        setattr(found.usage, key, count)
    if found.model is None:
        raise LookupError("no model")
    return found.calc_price()


def same(cost: llm.Cost | None, price: genai_prices.types.PriceCalculation) -> None:
    assert cost is not None
    assert cost.total == price.total_price
    assert cost.currency == "USD"
    sent = cost.input + cost.cache_read + cost.cache_write
    assert sent == price.input_price
    assert cost.output + cost.reasoning == price.output_price
    assert cost.source == f"genai-prices {genai_prices.__version__}"


# --- reports in the vendors' documented shapes

OPENAI = [
    ("gpt-5-mini", {"prompt_tokens": 12, "completion_tokens": 30}),
    (
        "gpt-4o",
        {
            "prompt_tokens": 5000,
            "completion_tokens": 700,
            "prompt_tokens_details": {"cached_tokens": 4096},
        },
    ),
    (
        "gpt-5",
        {
            "prompt_tokens": 900,
            "completion_tokens": 1500,
            "completion_tokens_details": {"reasoning_tokens": 1280},
        },
    ),
    (
        "gpt-4.1-2025-04-14",
        {
            "prompt_tokens": 81920,
            "completion_tokens": 1,
            "prompt_tokens_details": {"cached_tokens": 81920},
        },
    ),
    (
        "gpt-4o-audio-preview",
        {
            "prompt_tokens": 600,
            "completion_tokens": 400,
            "prompt_tokens_details": {"audio_tokens": 500, "cached_tokens": 0},
            "completion_tokens_details": {"audio_tokens": 300},
        },
    ),
    ("o3", {"prompt_tokens": 0, "completion_tokens": 0}),
]
OPENAI_RESPONSES = [
    ("gpt-5-mini", {"input_tokens": 77, "output_tokens": 1024}),
    (
        "gpt-5.1",
        {
            "input_tokens": 20000,
            "output_tokens": 512,
            "input_tokens_details": {"cached_tokens": 18432},
            "output_tokens_details": {"reasoning_tokens": 448},
        },
    ),
    (
        "gpt-5.4",
        {
            "input_tokens": 300_000,
            "output_tokens": 10,
            "input_tokens_details": {"cached_tokens": 128},
        },
    ),
    ("o4-mini", {"input_tokens": 3, "output_tokens": 2}),
]
ANTHROPIC = [
    ("claude-sonnet-4-5-20250929", {"input_tokens": 10, "output_tokens": 25}),
    (
        "claude-sonnet-4-5",
        {
            "input_tokens": 4,
            "output_tokens": 90,
            "cache_creation_input_tokens": 1500,
            "cache_read_input_tokens": 6000,
        },
    ),
    (
        "claude-opus-4-8",
        {
            "input_tokens": 4,
            "output_tokens": 90,
            "cache_creation_input_tokens": 1500,
            "cache_read_input_tokens": 0,
            "cache_creation": {
                "ephemeral_5m_input_tokens": 500,
                "ephemeral_1h_input_tokens": 1000,
            },
        },
    ),
    (
        "claude-sonnet-4-5",
        {"input_tokens": 150_000, "output_tokens": 9, "cache_read_input_tokens": 60_000},
    ),
    (
        "claude-haiku-4-5",
        {
            "input_tokens": 800,
            "output_tokens": 200,
            "server_tool_use": {"web_search_requests": 3},
        },
    ),
    ("claude-sonnet-5-5", {"input_tokens": 1, "output_tokens": 1, "cache_read_input_tokens": 1}),
]
GOOGLE = [
    ("gemini-2.5-flash", {"promptTokenCount": 8, "candidatesTokenCount": 20}),
    (
        "gemini-2.5-pro",
        {"promptTokenCount": 100, "candidatesTokenCount": 40, "thoughtsTokenCount": 900},
    ),
    (
        "gemini-2.5-pro",
        {
            "promptTokenCount": 250_000,
            "candidatesTokenCount": 40,
            "cachedContentTokenCount": 200_000,
        },
    ),
    (
        "gemini-2.5-flash",
        {
            "promptTokenCount": 1000,
            "candidatesTokenCount": 10,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 100},
                {"modality": "AUDIO", "tokenCount": 900},
            ],
        },
    ),
    (
        "gemini-2.0-flash",
        {
            "promptTokenCount": 300,
            "candidatesTokenCount": 10,
            "toolUsePromptTokenCount": 50,
            "promptTokensDetails": [{"modality": "DOCUMENT", "tokenCount": 258}],
        },
    ),
    ("gemini-2.5-flash-lite", {"promptTokenCount": 1, "candidatesTokenCount": 0}),
]
MISTRAL = [
    ("mistral-large-latest", {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}),
    ("mistral-small-latest", {"prompt_tokens": 12345, "completion_tokens": 678}),
    ("codestral-latest", {"prompt_tokens": 1, "completion_tokens": 1}),
    ("magistral-medium-latest", {"prompt_tokens": 33, "completion_tokens": 4096}),
]
XAI = [
    ("grok-4", {"input_tokens": 40, "output_tokens": 100}),
    (
        "grok-4",
        {
            "input_tokens": 130_000,
            "output_tokens": 100,
            "input_tokens_details": {"cached_tokens": 100_000},
            "output_tokens_details": {"reasoning_tokens": 64},
        },
    ),
    ("grok-3-mini", {"input_tokens": 1, "output_tokens": 2}),
    ("grok-4-fast", {"input_tokens": 5, "output_tokens": 5}),
]
GROQ = [
    ("llama-3.3-70b-versatile", {"prompt_tokens": 50, "completion_tokens": 60}),
    (
        "openai/gpt-oss-120b",
        {
            "prompt_tokens": 500,
            "completion_tokens": 60,
            "prompt_tokens_details": {"cached_tokens": 256},
        },
    ),
]
DEEPSEEK = [
    (
        "deepseek-chat",
        {
            "prompt_tokens": 500,
            "completion_tokens": 60,
            "prompt_tokens_details": {"cached_tokens": 448},
            "prompt_cache_hit_tokens": 448,
        },
    ),
]


def chat(model: str, usage: dict[str, Any]) -> dict[str, Any]:
    choice = {"index": 0, "message": {"content": "hi"}, "finish_reason": "stop"}
    return {"model": model, "choices": [choice], "usage": usage}


def responses(model: str, usage: dict[str, Any]) -> dict[str, Any]:
    return {"model": model, "status": "completed", "output": [], "usage": usage}


def message(model: str, usage: dict[str, Any]) -> dict[str, Any]:
    content = [{"type": "text", "text": "hi"}]
    return {
        "type": "message",
        "model": model,
        "content": content,
        "stop_reason": "end_turn",
        "usage": usage,
    }


def gemini(model: str, usage: dict[str, Any]) -> dict[str, Any]:
    candidate = {"content": {"parts": [{"text": "hi"}]}, "finishReason": "STOP"}
    return {"model": model, "candidates": [candidate], "usageMetadata": usage}


REPORTS = [
    *[("openai", "openai:completions", "chat", chat, *one) for one in OPENAI],
    *[("openai", "openai:responses", "responses", responses, *one) for one in OPENAI_RESPONSES],
    *[("anthropic", "anthropic", "default", message, *one) for one in ANTHROPIC],
    *[("google", "google", "default", gemini, *one) for one in GOOGLE],
    *[("mistral", "mistral", "default", chat, *one) for one in MISTRAL],
    *[("xai", "xai", "responses", responses, *one) for one in XAI],
    *[("groq", "groq", "default", chat, *one) for one in GROQ],
    *[("deepseek", "deepseek", "chat", chat, *one) for one in DEEPSEEK],
]


def test_there_are_enough_of_them() -> None:
    assert len(REPORTS) >= 30
    assert len({vendor for vendor, *_ in REPORTS}) >= 5


@pytest.mark.parametrize(
    ("vendor", "row", "flavour", "body_with", "model", "usage"),
    REPORTS,
    ids=[f"{vendor}-{number}" for number, (vendor, *_) in enumerate(REPORTS)],
)
def test_a_report(
    vendor: str, row: str, flavour: str, body_with: Any, model: str, usage: dict[str, Any]
) -> None:
    body = body_with(model, usage)
    asked = request(f"{vendor}/{model}")
    codec = ROWS[row].route(asked.model_id, [])
    fold = log_of(codec.decode(json.dumps(body).encode(), asked))
    read = {"model": model, **body}
    if "usageMetadata" in body:
        read["modelVersion"] = model
    same(cost_of(f"{vendor}/{model}", fold.usage), theirs(vendor, read, flavour))


# --- recorded traffic

WIRES = {
    "openai-chat": ("chat", {"openai", "mistral", "deepseek", "groq"}),
    "openai-responses": ("responses", {"openai", "xai"}),
    "anthropic-messages": ("default", {"anthropic"}),
    "gemini": ("default", {"google"}),
}


def report_of(body: bytes) -> dict[str, Any] | None:
    """Return model and usage of a recorded stream as one body, read without our codecs."""
    found: dict[str, Any] = {}
    for line in body.decode("utf-8", "replace").splitlines():
        if not line.startswith("data:") or not line[5:].strip().startswith("{"):
            continue
        try:
            event: Any = json.loads(line[5:])
        except ValueError:
            return None
        places: list[Any] = [event, event.get("response"), event.get("message")]
        for place in places:
            if type(place) is not dict:
                continue
            for key in ("model", "modelVersion"):
                if isinstance(place.get(key), str):
                    found[key] = place[key]
            for key in ("usage", "usageMetadata"):
                if isinstance(place.get(key), dict):
                    kept = {k: v for k, v in place[key].items() if v is not None}
                    found[key] = {**found.get(key, {}), **kept}
    has_usage = found.get("usage") or found.get("usageMetadata")
    return found if has_usage and ("model" in found or "modelVersion" in found) else None


@pytest.mark.parametrize("wire", WIRES)
def test_recorded_streams(wire: str) -> None:
    flavour, vendors = WIRES[wire]
    compared: Counter[str] = Counter()
    for recording in require_recordings(wire):
        vendor = recording.provider
        if vendor not in vendors or recording.format != "sse" or recording.status != 200:
            continue
        report = report_of(recording.body)
        if report is None:
            continue
        model = str(report.get("modelVersion") or report["model"])
        asked = request(f"{vendor}/{model}", stream=True)
        row = f"openai:{flavour.replace('chat', 'completions')}" if vendor == "openai" else vendor
        codec = ROWS[row].route(asked.model_id, [])
        try:
            fold = log_of(decode_events(codec.decoder(asked), events_of(codec, [recording.body])))
        except llm.Error:
            continue  # a recorded error
        if (usage := fold.usage) is None or "iterations" in report.get("usage", {}):
            continue  # of a compaction, which the vendor's totals leave out
        calls = {one.name: one.call_count for one in usage.provider_tool_usage or ()}
        cost = cost_of(f"{vendor}/{model}", usage)
        if vendor == "xai" and "cost_in_usd_ticks" in (usage.raw or {}):
            assert cost is not None
            assert cost.source == "xai"
            continue
        named = {"web_search": "web_searches", "code_execution": "code_executions"}
        counts = {named[name]: count for name, count in calls.items() if name in named}
        flavours = {"mistral": "default", "groq": "default"}
        try:
            price = theirs(vendor, report, flavours.get(vendor, flavour), **counts)
        except LookupError:
            assert cost is None, recording.name
            continue
        if calls.keys() - named:
            continue  # tools that their reader of reports does not know
        same(cost, price)
        compared[vendor] += 1
    assert sum(compared.values()) >= 20


def test_a_usage_that_contradicts_itself_is_priced_by_its_totals() -> None:
    raw = {"prompt_tokens_details": {"audio_tokens": 500}}
    usage = Usage(input_tokens=10, output_tokens=1, raw=raw)
    plain = cost_of("openai/gpt-4o-audio-preview", Usage(input_tokens=10, output_tokens=1))
    assert cost_of("openai/gpt-4o-audio-preview", usage) == plain
    wrong = Usage(input_tokens=10, output_tokens=1, cache_read_tokens=50)
    assert cost_of("openai/gpt-4o", wrong) is None
