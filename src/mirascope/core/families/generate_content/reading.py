"""What chunks and responses of generateContent say: in all the SDKs both have one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...base.narrowing import is_items, is_mapping
from ...base.reading import Reading, ToolDelta
from ...base.types import FinishReason

__all__ = ["FINISH_REASONS", "plain", "read"]

# https://ai.google.dev/api/generate-content#FinishReason, read 2026-11-20.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "STOP": "stop",
    "OTHER": "stop",
    "MALFORMED_FUNCTION_CALL": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
}


def plain(value: Any) -> Any:
    """Make plain containers of the protobuf ones that SDKs hand out."""
    if is_mapping(value):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str | bytes):
        return value
    if is_items(value):
        return [plain(item) for item in value]
    # A protobuf number is a float even where the model wrote 1.
    return int(value) if isinstance(value, float) and value.is_integer() else value


def read(response: Any) -> Reading:
    """Read a chunk or a whole response: both have one form."""
    reading = Reading()
    reading.id = getattr(response, "response_id", None) or None
    reading.model = getattr(response, "model_version", None) or None
    candidates = response.candidates
    if candidates:
        reasons = [candidate.finish_reason for candidate in candidates]
        # The protobuf enums begin with an unspecified value, 0, which means none.
        reading.finish_reasons = [reason for reason in reasons if reason] or None
        content = candidates[0].content
        if content is not None and content.parts:
            _read_parts(reading, content.parts)
    usage = response.usage_metadata
    if usage and usage.total_token_count:
        _read_usage(reading, usage)
    return reading


def _read_parts(reading: Reading, parts: Sequence[Any]) -> None:
    texts: list[str] = []
    thoughts: list[str] = []
    calls: list[Any] = []
    signatures: list[bytes | None] = []
    for part in parts:
        call = part.function_call
        if call and call.name:
            calls.append(call)
            signatures.append(getattr(part, "thought_signature", None))
            continue
        # One of the SDKs raises AttributeError where a part has no text.
        text = getattr(part, "text", None)
        if text:
            (thoughts if getattr(part, "thought", None) else texts).append(text)
    reading.text, reading.thinking = "".join(texts), "".join(thoughts)
    if calls:
        reading.tool_calls, reading.call_signatures = calls, signatures
        reading.tools = [
            ToolDelta(number, getattr(call, "id", None), call.name, plain(call.args or {}), True)
            for number, call in enumerate(calls)
        ]


def _read_usage(reading: Reading, usage: Any) -> None:
    reading.usage = usage
    reading.input_tokens = usage.prompt_token_count or 0
    # Thoughts are billed as output.
    # https://ai.google.dev/gemini-api/docs/thinking#pricing, read 2026-11-20.
    thoughts = getattr(usage, "thoughts_token_count", None) or 0
    reading.output_tokens = (usage.candidates_token_count or 0) + thoughts
    reading.cached_tokens = getattr(usage, "cached_content_token_count", None) or None
