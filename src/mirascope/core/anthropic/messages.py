"""anthropic's messages and events, written and read; no SDK is imported here."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ..base.message_param import (
    BaseMessageParam,
    CacheControlPart,
    ContentPart,
    DocumentPart,
    DocumentURLPart,
    ImagePart,
    ImageURLPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from ..base.reading import Reading, ToolDelta
from ..base.reading_messages import (
    blob_part,
    field_of,
    mapping_of,
    message_of,
    parts_of,
    role_of,
    text_of,
    url_part,
    with_cache_mark,
)
from ..base.types import FinishReason

__all__ = [
    "FINISH_REASONS",
    "encode_content",
    "encode_messages",
    "read_chunk",
    "read_message",
    "read_response",
    "tool_result",
]

# https://docs.anthropic.com/en/api/handling-stop-reasons, read 2026-11-20.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def read_chunk(event: Any) -> Reading:
    """Read an event of the stream."""
    reading = Reading()
    kind = event.type
    if kind == "content_block_delta":
        _read_delta(reading, event)
    elif kind == "content_block_start":
        block = event.content_block
        if block.type == "tool_use":
            reading.tools = (ToolDelta(event.index, block.id, block.name),)
        elif block.type == "text":
            reading.text = block.text or ""
        elif block.type == "redacted_thinking":
            reading.redacted, reading.block = block.data, event.index
    elif kind == "content_block_stop":
        reading.tools = (ToolDelta(event.index, done=True),)
    elif kind == "message_start":
        message = event.message
        reading.id, reading.model = message.id, message.model
        _read_usage(reading, message.usage)
    elif kind == "message_delta":
        reason = event.delta.stop_reason
        reading.finish_reasons = [reason] if reason else None
        if event.usage is not None:
            _read_usage(reading, event.usage)
    return reading


def _read_delta(reading: Reading, event: Any) -> None:
    delta = event.delta
    kind = delta.type
    if kind == "text_delta":
        reading.text = delta.text
    elif kind == "input_json_delta":
        reading.tools = (ToolDelta(event.index, arguments=delta.partial_json),)
    elif kind == "thinking_delta":
        reading.thinking, reading.block = delta.thinking, event.index
    elif kind == "signature_delta":
        reading.signature, reading.block = delta.signature, event.index


def _read_usage(reading: Reading, usage: Any) -> None:
    reading.usage = usage
    # The event at the end repeats the input counts or has none of them; it never means zero.
    reading.input_tokens = getattr(usage, "input_tokens", None) or None
    reading.output_tokens = usage.output_tokens
    reading.cached_tokens = getattr(usage, "cache_read_input_tokens", None)
    reading.cache_write_tokens = getattr(usage, "cache_creation_input_tokens", None) or None


def read_response(response: Any) -> Reading:
    """Read a whole response."""
    reading = Reading()
    reading.id, reading.model = response.id, response.model
    reading.finish_reasons = [response.stop_reason] if response.stop_reason else None
    blocks = response.content
    reading.text = "".join(block.text for block in blocks if block.type == "text")
    thoughts = [block for block in blocks if block.type == "thinking"]
    reading.thinking = "".join(block.thinking for block in thoughts)
    reading.signature = "".join(block.signature or "" for block in thoughts)
    reading.tool_calls = [block for block in blocks if block.type == "tool_use"]
    reading.thoughts = [b for b in blocks if b.type in ("thinking", "redacted_thinking")]
    if response.usage is not None:
        _read_usage(reading, response.usage)
        reading.input_tokens = response.usage.input_tokens
    return reading


def encode_messages(messages: Sequence[Any]) -> list[Any]:
    """Translate common messages into dicts; others pass through."""
    return [
        {
            "role": "user" if message.role == "tool" else message.role,
            "content": encode_content(message.content),
        }
        if isinstance(message, BaseMessageParam)
        else message
        for message in messages
    ]


def encode_content(content: str | Sequence[ContentPart]) -> Any:
    """Translate content; a cache mark belongs to the block before it."""
    if isinstance(content, str):
        return content
    blocks: list[dict[str, Any]] = []
    for part in content:
        if isinstance(part, CacheControlPart):
            if blocks:
                blocks[-1]["cache_control"] = {"type": part.cache_type}
        else:
            blocks.append(_encode_part(part))
    return blocks


def _encode_part(part: ContentPart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if isinstance(part, ImagePart):
        if part.media_type not in _IMAGES:
            raise ValueError(f"anthropic takes jpeg, png, gif and webp, not {part.media_type}.")
        return {"type": "image", "source": _bytes(part.media_type, part.image)}
    if isinstance(part, ImageURLPart):
        return {"type": "image", "source": {"type": "url", "url": part.url}}
    if isinstance(part, DocumentPart):
        if part.media_type != "application/pdf":
            raise ValueError(f"anthropic takes PDF documents, not {part.media_type}.")
        return {"type": "document", "source": _bytes(part.media_type, part.document)}
    if isinstance(part, DocumentURLPart):
        return {"type": "document", "source": {"type": "url", "url": part.url}}
    if isinstance(part, ToolCallPart):
        return {"type": "tool_use", "id": part.id, "name": part.name, "input": part.args or {}}
    if isinstance(part, ToolResultPart):
        return tool_result(part.id, part.content, part.is_error)
    raise ValueError(
        f"anthropic takes text, images, documents, cache marks and tool parts, not {part.type!r}."
    )


def _bytes(media_type: str, data: bytes) -> dict[str, str]:
    encoded = base64.b64encode(data).decode()
    return {"type": "base64", "media_type": media_type, "data": encoded}


def tool_result(id: str | None, text: str, is_error: bool = False) -> dict[str, Any]:
    """Make the block that hands an output back."""
    block: dict[str, Any] = {
        "tool_use_id": id,
        "type": "tool_result",
        "content": [{"type": "text", "text": text}],
    }
    return {**block, "is_error": True} if is_error else block


def read_message(message: Any) -> BaseMessageParam:
    """Read a message of anthropic's; what has no common form is left out."""
    return message_of(role_of(message), parts_of(field_of(message, "content"), _read_block))


def _read_block(block: Any) -> list[ContentPart]:
    return with_cache_mark(_part(block), block)


def _part(block: Any) -> ContentPart | None:
    kind = field_of(block, "type")
    if kind == "tool_use":
        return ToolCallPart(
            type="tool_call",
            name=str(field_of(block, "name")),
            args=mapping_of(block, "input"),
            id=field_of(block, "id"),
        )
    if kind == "tool_result":
        return ToolResultPart(
            type="tool_result",
            content=text_of(parts_of(field_of(block, "content"), _read_block)),
            id=field_of(block, "tool_use_id"),
        )
    source = field_of(block, "source")
    if kind in ("image", "document") and source is not None:
        if field_of(source, "type") == "url":
            return url_part("image/" if kind == "image" else "", field_of(source, "url"))
        return blob_part(field_of(source, "media_type"), field_of(source, "data"))
    text = field_of(block, "text")
    return TextPart(type="text", text=text) if text else None
