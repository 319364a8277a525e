"""Tools that vendors run: how they are asked for, and that the shape is the same for all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.codec import Codec, WireEvent
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.providers.openai import quirks
from mirascope.llm.providers.openai.responses import OpenAIResponsesCodec
from mirascope.llm.responses.fold import Fold
from tests.llm.providers.anthropic.test_recordings import streams as anthropic_streams
from tests.llm.providers.google.test_recordings import streams as google_streams
from tests.llm.providers.openai.test_recordings import expected
from tests.llm.providers.openai.test_recordings import streams as openai_streams
from tests.llm.providers.traffic import decode_events, log_of, request

RESPONSES = OpenAIResponsesCodec(quirks.OPENAI_RESPONSES)
CODECS: dict[str, tuple[Codec, str]] = {
    "openai": (RESPONSES, "openai/gpt-5"),
    "anthropic": (AnthropicCodec(), "anthropic/claude-sonnet-4-5"),
    "google": (GoogleCodec(), "google/gemini-2.5-flash"),
}
SENT: list[tuple[str, llm.ProviderTool, dict[str, Any]]] = [
    ("openai", llm.WebSearchTool(), {"type": "web_search"}),
    (
        "openai",
        llm.WebSearchTool(allowed_domains=["a.example"]),
        {"type": "web_search", "filters": {"allowed_domains": ["a.example"]}},
    ),
    (
        "openai",
        llm.CodeExecutionTool(file_ids=["f1"]),
        {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f1"]}},
    ),
    (
        "openai",
        llm.FileSearchTool(stores=["vs_1"], max_results=3),
        {"type": "file_search", "vector_store_ids": ["vs_1"], "max_num_results": 3},
    ),
    (
        "openai",
        llm.ImageGenerationTool(size="1024x1024", previews=2),
        {"type": "image_generation", "size": "1024x1024", "partial_images": 2},
    ),
    (
        "anthropic",
        llm.WebSearchTool(blocked_domains=["b.example"], max_uses=2),
        {
            "type": "web_search_20250305",
            "name": "web_search",
            "blocked_domains": ["b.example"],
            "max_uses": 2,
        },
    ),
    ("anthropic", llm.URLContextTool(), {"type": "web_fetch_20250910", "name": "web_fetch"}),
    (
        "anthropic",
        llm.CodeExecutionTool(),
        {"type": "code_execution_20250825", "name": "code_execution"},
    ),
    ("google", llm.WebSearchTool(), {"googleSearch": {}}),
    (
        "google",
        llm.WebSearchTool(blocked_domains=["b.example"]),
        {"googleSearch": {"excludeDomains": ["b.example"]}},
    ),
    ("google", llm.URLContextTool(), {"urlContext": {}}),
    ("google", llm.CodeExecutionTool(), {"codeExecution": {}}),
    (
        "google",
        llm.FileSearchTool(stores=["fileSearchStores/s"]),
        {"fileSearch": {"fileSearchStoreNames": ["fileSearchStores/s"]}},
    ),
]
REFUSED: list[tuple[str, llm.ProviderTool, str]] = [
    ("openai", llm.URLContextTool(), "Provider tool url_context"),
    ("openai", llm.WebSearchTool(max_uses=1), "WebSearchTool(max_uses=...)"),
    ("anthropic", llm.FileSearchTool(stores=["s"]), "Provider tool file_search"),
    ("anthropic", llm.CodeExecutionTool(file_ids=["f"]), "CodeExecutionTool(file_ids=...)"),
    ("google", llm.ImageGenerationTool(), "Provider tool image_generation"),
    ("google", llm.WebSearchTool(allowed_domains=["a"]), "WebSearchTool(allowed_domains=...)"),
]


@pytest.mark.parametrize(("vendor", "tool", "sent"), SENT)
def test_they_are_asked_for(vendor: str, tool: llm.ProviderTool, sent: dict[str, Any]) -> None:
    codec, model = CODECS[vendor]
    body = json.loads(codec.encode(request(model, tools=[tool])).body)
    [encoded] = body["tools"]
    encoded.pop("cache_control", None)
    assert encoded == sent


@pytest.mark.parametrize(("vendor", "tool", "feature"), REFUSED)
def test_what_a_vendor_does_not_have_is_refused(
    vendor: str, tool: llm.ProviderTool, feature: str
) -> None:
    codec, model = CODECS[vendor]
    with pytest.raises(llm.FeatureNotSupportedError) as caught:
        codec.encode(request(model, tools=[tool]))
    assert caught.value.feature == feature
    assert caught.value.provider_id == vendor


def test_a_tool_is_a_value() -> None:
    tool = llm.WebSearchTool(allowed_domains=["a.example"])
    assert tool == llm.WebSearchTool(allowed_domains=("a.example",))
    assert len({tool, llm.WebSearchTool(allowed_domains=["a.example"])}) == 1
    with pytest.raises(TypeError, match="allowed_domains"):
        llm.WebSearchTool(allowed_domains="a.example")


# --- what recordings show


def logs(codec: Codec, model: str, found: Any, *words: bytes) -> Iterator[tuple[Fold, list[Any]]]:
    """Yield the answers of recordings that hold one of `words`, with their events decoded."""
    for recording, events in found:
        kept: list[WireEvent] = events
        if "failed" in recording.name or expected(recording)[0]:
            continue
        if any(word in data for _, data in kept for word in words):
            log = log_of(decode_events(codec.decoder(request(model)), kept))
            yield log, [json.loads(data) for _, data in kept if data.strip().startswith(b"{")]


def ran(log: Fold) -> list[str]:
    return [part.name for part in log.content if part.type == "provider_tool_call"]


def test_recorded_google_citations_are_where_the_vendor_says() -> None:
    codec, model = CODECS["google"]
    count = 0
    for log, chunks in logs(codec, model, google_streams(), b"groundingSupports"):
        told = [
            support["segment"]["text"]
            for chunk in chunks
            for candidate in chunk.get("candidates", [])
            for support in candidate.get("groundingMetadata", {}).get("groundingSupports", [])
            for _ in support["groundingChunkIndices"]
        ]
        cited = [text.text[c.start : c.end] for text in log.texts for c in text.citations]
        assert cited == told
        count += len(cited)
    assert count > 20


def test_recorded_google_code_is_shown_with_what_came_of_it() -> None:
    codec, model = CODECS["google"]
    count = 0
    for log, _ in logs(codec, model, google_streams(), b"executableCode"):
        parts = [p for p in log.content if p.type.startswith("provider_tool")]
        outputs = [p for p in parts if p.type == "provider_tool_output"]
        assert {p.name for p in parts} == {"code_execution"}
        assert all("code" in json.loads(p.args) for p in parts if p.type == "provider_tool_call")
        assert all(p.error or {"stdout", "stderr"} < set(p.result) for p in outputs)
        count += 1
    assert count > 15


def test_recorded_openai_citations() -> None:
    count = 0
    found = openai_streams("openai-responses")
    for log, events in logs(RESPONSES, "openai/gpt-5", found, b"annotation.added"):
        told = [e["annotation"] for e in events if e["type"].endswith("annotation.added")]
        cited = [c for text in log.texts for c in text.citations]
        assert [c.url or c.source for c in cited] == [a.get("url") or a["file_id"] for a in told]
        count += len(cited)
    assert count > 25


def test_recorded_openai_tools_are_shown() -> None:
    names: list[str] = []
    found = openai_streams("openai-responses")
    for log, events in logs(RESPONSES, "openai/gpt-5", found, b"_call"):
        last = events[-1].get("response", {}).get("output") or []
        kinds = ("web_search_call", "file_search_call", "code_interpreter_call", "mcp_call")
        assert len(ran(log)) == sum(item["type"] in kinds for item in last) or not last
        names += ran(log)
        made = [i["result"] for i in last if i["type"] == "image_generation_call"]
        images = [data for data in made if data.startswith(("iVBOR", "/9j/", "UklGR"))]
        assert [image.source.data for image in log.images] == images  # type: ignore[union-attr]  # they have
    assert {"web_search", "file_search", "code_execution"} < set(names)


def test_recorded_anthropic_tools_and_citations() -> None:
    codec, model = CODECS["anthropic"]
    names: list[str] = []
    count = 0
    for log, events in logs(codec, model, anthropic_streams(), b"server_tool_use", b"citations_"):
        deltas = [e["delta"] for e in events if e["type"] == "content_block_delta"]
        told = [d["citation"]["cited_text"] or None for d in deltas if "citation" in d]
        cited = [c.cited_text for text in log.texts for c in text.citations]
        assert cited == told
        outputs = [p for p in log.content if p.type == "provider_tool_output"]
        blocks = [e["content_block"]["type"] for e in events if e["type"] == "content_block_start"]
        assert len(outputs) == sum(block.endswith("_tool_result") for block in blocks)
        assert all(part.id and part.name for part in outputs)
        names += ran(log)
        count += len(cited)
    assert count > 60
    assert {"web_search", "url_context", "code_execution"} < set(names)
