"""bedrock's converse API, written and read; no SDK is imported here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..base.aggregate import Thought
from ..base.message_param import (
    BaseMessageParam,
    ContentPart,
    ImagePart,
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
)
from ..base.types import FinishReason

__all__ = [
    "FINISH_REASONS",
    "assistant",
    "encode_messages",
    "join_neighbours",
    "read_chunk",
    "read_message",
    "read_response",
    "tool_result",
]

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html,
# read 2026-11-20.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
}
_IMAGES = {"image/jpeg": "jpeg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


def read_chunk(event: Any) -> Reading:
    """Read an event of the stream."""
    reading = Reading()
    metadata: dict[str, Any] = event.get("responseMetadata") or {}
    reading.id = metadata.get("RequestId")
    reading.model = event.get("model")
    if "contentBlockDelta" in event:
        block = event["contentBlockDelta"]
        delta = block["delta"]
        reading.text = delta.get("text") or ""
        if "reasoningContent" in delta:
            thought = delta["reasoningContent"]
            reading.thinking = thought.get("text") or ""
            reading.signature = thought.get("signature") or ""
            reading.redacted = thought.get("redactedContent")
            reading.block = block.get("contentBlockIndex")
        if "toolUse" in delta:
            piece = delta["toolUse"].get("input")
            reading.tools = (ToolDelta(block.get("contentBlockIndex"), arguments=piece),)
    elif "contentBlockStart" in event:
        block = event["contentBlockStart"]
        use = block["start"].get("toolUse")
        if use:
            index = block.get("contentBlockIndex")
            reading.tools = (ToolDelta(index, use["toolUseId"], use["name"]),)
    elif "contentBlockStop" in event:
        index = event["contentBlockStop"].get("contentBlockIndex")
        reading.tools = (ToolDelta(index, done=True),)
    elif "messageStop" in event:
        reading.finish_reasons = [event["messageStop"]["stopReason"]]
    elif "metadata" in event:
        _read_usage(reading, event["metadata"].get("usage"))
    return reading


def _read_usage(reading: Reading, usage: Any) -> None:
    if usage:
        reading.usage = usage
        reading.input_tokens = usage.get("inputTokens")
        reading.output_tokens = usage.get("outputTokens")
        reading.cached_tokens = usage.get("cacheReadInputTokens")
        reading.cache_write_tokens = usage.get("cacheWriteInputTokens") or None


def read_response(response: Any) -> Reading:
    """Read a whole response."""
    reading = Reading()
    reading.id = response.get("ResponseMetadata", {}).get("RequestId")
    reason = response.get("stopReason")
    reading.finish_reasons = [reason] if reason else None
    message: Any = response.get("output", {}).get("message")
    blocks: list[dict[str, Any]] = message.get("content", []) if message else []
    reading.text = "".join(block["text"] for block in blocks if "text" in block)
    reading.tool_calls = [block for block in blocks if "toolUse" in block]
    reading.thoughts = [block for block in blocks if "reasoningContent" in block]
    _read_usage(reading, response.get("usage"))
    return reading


def encode_messages(messages: Sequence[Any]) -> list[Any]:
    """Translate common messages; others pass through."""
    return [
        {
            "role": "user" if message.role == "tool" else message.role,
            "content": [{"text": message.content}]
            if isinstance(message.content, str)
            else [_encode_part(part) for part in message.content],
        }
        if isinstance(message, BaseMessageParam)
        else message
        for message in messages
    ]


def _encode_part(part: ContentPart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"text": part.text}
    if isinstance(part, ImagePart):
        if part.media_type not in _IMAGES:
            raise ValueError(f"bedrock takes jpeg, png, gif and webp, not {part.media_type}.")
        return {"image": {"format": _IMAGES[part.media_type], "source": {"bytes": part.image}}}
    if isinstance(part, ToolCallPart):
        use = {"toolUseId": part.id, "name": part.name, "input": part.args or {}}
        return {"toolUse": use}
    if isinstance(part, ToolResultPart):
        return tool_result(part.id, part.content)
    raise ValueError(f"bedrock takes text, images as bytes and tool parts, not {part.type!r}.")


def join_neighbours(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make one message of neighbours of one role: the service wants the roles to alternate.

    https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html, read
    2026-11-20. So the results of parallel tools, one message each, become one.
    """
    joined: list[dict[str, Any]] = []
    for message in messages:
        if joined and joined[-1]["role"] == message["role"]:
            content = [*joined[-1]["content"], *message["content"]]
            joined[-1] = {**joined[-1], "content": content}
        else:
            joined.append(message)
    return joined


def assistant(said: Reading) -> dict[str, Any]:
    """Make the message that continues a conversation."""
    thoughts = [_thought(each) for each in said.thoughts]
    text = [{"text": said.text}] if said.text else []
    return {"role": "assistant", "content": [*thoughts, *text, *said.tool_calls]}


def _thought(thought: Any) -> dict[str, Any]:
    """Make the block of a thought, signed or hidden as it was."""
    if not isinstance(thought, Thought):
        block: dict[str, Any] = thought
        return block
    if thought.redacted:
        return {"reasoningContent": {"redactedContent": thought.redacted}}
    text: dict[str, Any] = {"text": str(thought.text)}
    if signature := str(thought.signature):
        text["signature"] = signature
    return {"reasoningContent": {"reasoningText": text}}


def tool_result(id: str | None, text: str) -> dict[str, Any]:
    """Make the block that hands an output back."""
    return {"toolResult": {"content": [{"text": text}], "toolUseId": id}}


def read_message(message: Any) -> BaseMessageParam:
    """Read a message of bedrock's; what has no common form is left out."""
    return message_of(role_of(message), parts_of(field_of(message, "content"), _read_block))


def _read_block(block: Any) -> list[ContentPart]:
    use, result = field_of(block, "toolUse"), field_of(block, "toolResult")
    image, text = field_of(block, "image"), field_of(block, "text")
    if use:
        arguments = mapping_of(use, "input")
        id, name = field_of(use, "toolUseId"), str(field_of(use, "name"))
        return [ToolCallPart(type="tool_call", name=name, args=arguments, id=id)]
    if result:
        output = text_of(parts_of(field_of(result, "content"), _read_block))
        id = field_of(result, "toolUseId")
        return [ToolResultPart(type="tool_result", content=output, id=id)]
    if image is not None:
        data = field_of(field_of(image, "source"), "bytes")
        return [blob_part(f"image/{field_of(image, 'format')}", data)]
    return [TextPart(type="text", text=text)] if text else []
