"""What chunks and responses of chat completions say.

The SDKs' objects have the same attributes, so one reader serves all vendors of the family.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from ...base.narrowing import is_list
from ...base.reading import Reading, ToolDelta
from ...base.reading_messages import field_of
from ...base.types import FinishReason

__all__ = ["FINISH_REASONS", "read_chunk", "read_response", "read_usage"]

# https://platform.openai.com/docs/api-reference/chat/object, read 2026-11-20; `function_call` is
# the older name of `tool_calls`, `model_length` and `error` are mistral's.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "model_length": "length",
    "error": "stop",
}


def read_chunk(chunk: Any, /, *, extras: bool = False) -> Reading:
    """Read a streamed chunk.

    Args:
        chunk: The SDK's chunk.
        extras: Whether the SDK's deltas are models that may have audio or a refusal.
    """
    reading = Reading()
    reading.id = chunk.id or None
    reading.model = chunk.model or None
    choices = chunk.choices
    if choices:
        choice = choices[0]
        delta = choice.delta
        content = delta.content
        if content:
            reading.text = content if type(content) is str else _joined(content)
        if choice.finish_reason or len(choices) > 1:
            reading.finish_reasons = [c.finish_reason for c in choices if c.finish_reason] or None
        if extras:
            # The SDK knows no audio on deltas: it is a plain dict among the extra fields, and
            # asking for an attribute that most of them don't have costs much. litellm's deltas
            # have the attribute, and no refusal.
            more, fields = delta.__pydantic_extra__, delta.__dict__
            audio = (more.get("audio") if more else None) or fields.get("audio")
            if audio:
                _read_audio(reading, audio)
            if not content:
                reading.refusal = fields.get("refusal") or ""
        calls = delta.tool_calls
        if calls:
            reading.tools = [_delta(position, call) for position, call in enumerate(calls)]
    # litellm's chunks have the attribute only where there is a value.
    usage = getattr(chunk, "usage", None)
    if usage:
        read_usage(reading, usage)
    return reading


def _read_audio(reading: Reading, audio: Any) -> None:
    data = field_of(audio, "data")
    reading.audio = base64.b64decode(data) if data else None
    reading.audio_transcript = field_of(audio, "transcript")
    reading.audio_id = field_of(audio, "id")


def _joined(content: Any) -> str:
    """Join the text of a list of chunks, as mistral sends them with its reasoning models."""
    if not is_list(content):
        return ""
    return "".join(
        item.text for item in content if getattr(item, "type", None) == "text" and item.text
    )


def _delta(position: int, call: Any) -> ToolDelta:
    function = call.function
    # azure's model is a mapping that declares no attribute for it.
    get: Any = getattr(call, "get", None)
    index = get("index") if get else getattr(call, "index", None)
    identity = call.id
    return ToolDelta(
        position if index is None else index,
        # mistral writes "null" where a piece continues a call.
        identity if identity and identity != "null" else None,
        (function.name or None) if function else None,
        (function.arguments or None) if function else None,
    )


def read_usage(reading: Reading, usage: Any) -> None:
    """Read a usage object."""
    reading.usage = usage
    reading.input_tokens = usage.prompt_tokens
    reading.output_tokens = usage.completion_tokens
    # azure's model is a mapping that declares no attribute for it.
    details = field_of(usage, "prompt_tokens_details")
    if details is not None:
        reading.cached_tokens = field_of(details, "cached_tokens")


def read_response(response: Any) -> Reading:
    """Read a whole response."""
    reading = Reading()
    reading.id = response.id or None
    reading.model = response.model or None
    choices: list[Any] = response.choices or []
    reading.finish_reasons = [c.finish_reason for c in choices if c.finish_reason] or None
    if choices:
        message = choices[0].message
        content = message.content
        if content:
            reading.text = content if isinstance(content, str) else _joined(content)
        reading.tool_calls = list(message.tool_calls or ())
    usage = getattr(response, "usage", None)
    if usage:
        read_usage(reading, usage)
    return reading
