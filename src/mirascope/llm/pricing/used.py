"""What was used, as prices need to know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, cast

__all__ = ["Question", "ToolCount", "Used", "context_of", "count_at", "details_of"]


class ToolCount(Protocol):
    """How often a tool of the provider was used: a `ProviderToolUsage`."""

    name: str
    call_count: int


class Used(Protocol):
    """The tokens of an answer: a `Usage`, which stands to the right of prices."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    raw: Any
    complete: bool

    @property
    def provider_tool_usage(self) -> Sequence[ToolCount] | None:
        """Return how often tools of the provider were used."""
        ...


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was asked, of whom and when, as far as prices depend on it."""

    provider_id: str
    model_id: str
    """As the user wrote it."""
    model_name: str
    """As the provider has it."""
    at: datetime | None = None
    """When; now if None."""
    context: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else the price depends on, such as ``service_tier``; see `context_of`."""

    @property
    def vendor(self) -> str:
        """Return the provider, whichever of its wires was spoken."""
        return self.provider_id.partition(":")[0]


def context_of(*said: object) -> dict[str, str]:
    """Return what a price depends on besides tokens.

    Args:
        *said: What may say so, the best witness first: the raw usage, the body of an answer or the
            raw events of a stream, the parameters that were sent beside those we know.
    """
    found: dict[str, str] = {}
    for one in said:
        for name in ("service_tier", "speed"):
            value = _said(one, name)
            if isinstance(value, str) and name not in found:
                found[name] = value.lower()
    if found.get("service_tier") == "batch":  # Anthropic's word for it
        del found["service_tier"]
        found["processing"] = "batch"
    return found


def _said(one: object, name: str) -> object:
    if isinstance(one, Mapping):
        named = cast("Mapping[str, object]", one)
        within = named.get("response")  # the events of the Responses API
        if name not in named and isinstance(within, Mapping):
            named = cast("Mapping[str, object]", within)
        return named.get(name)
    if isinstance(one, Sequence) and not isinstance(one, (str, bytes)):
        events = cast("Sequence[object]", one)
        for back in range(1, min(4, len(events) + 1)):  # it is among the last events, if anywhere
            if (value := _said(events[-back], name)) is not None:
                return value
    return None


_MODALITIES = {"AUDIO": "audio", "IMAGE": "image", "DOCUMENT": "image", "VIDEO": "video"}
_GOOGLE = (
    ("promptTokensDetails", "input_{}_tokens"),
    ("toolUsePromptTokensDetails", "input_{}_tokens"),
    ("cacheTokensDetails", "cache_{}_read_tokens"),
    ("candidatesTokensDetails", "output_{}_tokens"),
)
_PATHS = (
    # https://docs.claude.com/en/docs/build-with-claude/prompt-caching (2026-01)
    (("cache_creation", "ephemeral_5m_input_tokens"), "cache_write_5m_tokens"),
    (("cache_creation", "ephemeral_1h_input_tokens"), "cache_write_1h_tokens"),
    # https://platform.openai.com/docs/api-reference/chat/object (2025-12)
    (("prompt_tokens_details", "audio_tokens"), "input_audio_tokens"),
    (("completion_tokens_details", "audio_tokens"), "output_audio_tokens"),
)


def details_of(raw: object) -> dict[str, int]:
    """Return the tokens that have prices of their own, and no place in a `Usage`.

    Args:
        raw: The provider's own report.
    """
    details: dict[str, int] = {}
    for path, name in _PATHS:
        if count := count_at(raw, *path):
            details[name] = count
    if isinstance(raw, Mapping):
        report = cast("Mapping[str, object]", raw)
        # https://ai.google.dev/api/generate-content#UsageMetadata (2026-01)
        for key, name in _GOOGLE:
            for one in _list_at(report, key):
                kind = _MODALITIES.get(str(one.get("modality")))
                if kind is not None and (count := count_at(one, "tokenCount")):
                    name_of_kind = name.format(kind)
                    details[name_of_kind] = details.get(name_of_kind, 0) + count
        # https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (2026-01)
        for one in _list_at(report, "cacheDetails"):
            if one.get("ttl") in ("5m", "1h") and (count := count_at(one, "inputTokens")):
                details[f"cache_write_{one['ttl']}_tokens"] = count
    return details


def count_at(raw: object, *path: str) -> int:
    """Return the whole number at `path`; 0 where there is none."""
    for name in path:
        if not isinstance(raw, Mapping):
            return 0
        raw = cast("Mapping[str, object]", raw).get(name)
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and raw > 0 else 0


def _list_at(report: Mapping[str, object], key: str) -> list[Mapping[str, object]]:
    found = report.get(key)
    if not isinstance(found, list):
        return []
    items = cast("list[object]", found)
    return [cast("Mapping[str, object]", one) for one in items if isinstance(one, Mapping)]
