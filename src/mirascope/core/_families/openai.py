# Values here are users' and SDKs' own, of any type; `_name` and `_reading` are private to users,
# shared inside this package.
# pyright: reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""The family of openai's chat completions: openai, azure, groq, litellm, mistral and xai.

Their SDKs' objects have the same attributes, so one reader serves all of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mirascope._wire.json_schema import map_below

from ..base._jsonable import tool_output
from ..base._reading import Reading, ToolDelta
from ..base.message_param import (
    AudioPart,
    BaseMessageParam,
    ContentPart,
    ImagePart,
    ImageURLPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from ..base.tool import BaseTool
from ..base.types import FinishReason

__all__ = [
    "FINISH_REASONS",
    "ChatTool",
    "assistant_dict",
    "encode_messages",
    "function_schema",
    "json_switch",
    "read_chunk",
    "read_response",
    "strict_schema",
    "tool_dicts",
]

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
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_AUDIO = {"audio/wav": "wav", "audio/mp3": "mp3", "audio/mpeg": "mp3"}


def read_chunk(chunk: Any) -> Reading:
    """Read a streamed chunk."""
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
        calls = delta.tool_calls
        if calls:
            reading.tools = [_delta(position, call) for position, call in enumerate(calls)]
    # litellm's chunks have the attribute only where there is a value.
    usage = getattr(chunk, "usage", None)
    if usage:
        read_usage(reading, usage)
    return reading


def _joined(content: Any) -> str:
    """Join the text of a list of chunks, as mistral sends them with its reasoning models."""
    if not isinstance(content, list):
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
    details = getattr(usage, "prompt_tokens_details", None)
    if details is not None:
        cached = (
            details.get("cached_tokens")
            if isinstance(details, Mapping)
            else getattr(details, "cached_tokens", None)
        )
        reading.cached_tokens = cached


def read_response(response: Any) -> Reading:
    """Read a whole response."""
    reading = Reading()
    reading.id = response.id or None
    reading.model = response.model or None
    choices = response.choices or []
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


def encode_messages(messages: Sequence[Any], provider: str) -> list[Any]:
    """Translate common messages into dicts; others pass through."""
    encoded: list[Any] = []
    for message in messages:
        if isinstance(message, BaseMessageParam):
            encoded.extend(_encode(message, provider))
        else:
            encoded.append(message)
    return encoded


def _encode(message: BaseMessageParam, provider: str) -> list[dict[str, Any]]:
    if isinstance(message.content, str):
        return [{"role": message.role, "content": message.content}]
    results = [part for part in message.content if isinstance(part, ToolResultPart)]
    calls = [part for part in message.content if isinstance(part, ToolCallPart)]
    others = [
        _encode_part(part, provider)
        for part in message.content
        if not isinstance(part, ToolResultPart | ToolCallPart)
    ]
    encoded: list[dict[str, Any]] = [
        {
            "role": "tool",
            "content": part.content,
            "tool_call_id": part.id,
            **({"name": part.name} if part.name else {}),
        }
        for part in results
    ]
    if calls:
        text = "".join(part["text"] for part in others if part["type"] == "text")
        encoded.append(
            {
                "role": "assistant",
                "content": text or None,
                "tool_calls": [call_dict(c.id, c.name, json.dumps(c.args or {})) for c in calls],
            }
        )
    elif others:
        encoded.append({"role": message.role, "content": others})
    return encoded


def call_dict(id: str | None, name: str, arguments: str) -> dict[str, Any]:
    """Make the plain form of a tool call."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def data_url(part: ImagePart, provider: str) -> str:
    """Write an image as a data URL."""
    if part.media_type not in _IMAGES:
        raise ValueError(f"{provider} takes jpeg, png, gif and webp images, not {part.media_type}.")
    return f"data:{part.media_type};base64,{base64.b64encode(part.image).decode()}"


def _encode_part(part: ContentPart, provider: str) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    if isinstance(part, ImagePart | ImageURLPart):
        url = part.url if isinstance(part, ImageURLPart) else data_url(part, provider)
        return {"type": "image_url", "image_url": {"url": url, "detail": part.detail or "auto"}}
    if isinstance(part, AudioPart) and provider in ("openai", "litellm", "xai"):
        if part.media_type not in _AUDIO:
            raise ValueError(f"{provider} takes wav and mp3 audio, not {part.media_type}.")
        data = part.audio if isinstance(part.audio, str) else base64.b64encode(part.audio).decode()
        return {
            "type": "input_audio",
            "input_audio": {"data": data, "format": _AUDIO[part.media_type]},
        }
    audio = ", wav and mp3 audio" if provider in ("openai", "litellm", "xai") else ""
    raise ValueError(
        f"{provider} takes text, images{audio} and tool parts, not {part.type!r}; nothing is "
        "downloaded for it."
    )


def function_schema(tool: type[BaseTool], *, empty: bool = False) -> dict[str, Any]:
    """Describe a tool as a function.

    Args:
        tool: The tool type.
        empty: Whether a tool without parameters has a schema that says so.
    """
    function: dict[str, Any] = {"name": tool._name(), "description": tool._description()}
    parameters = tool.parameters()
    if parameters.get("properties"):
        function["parameters"] = parameters
    elif empty:
        function["parameters"] = {"type": "object"}
    if tool.tool_config.get("strict") and "strict" in tool._known_config:
        function["strict"] = True
        function["parameters"] = strict_schema(parameters)
    return {"type": "function", "function": function}


class ChatTool(BaseTool):
    """A tool whose call is `id`, `function.name` and `function.arguments`."""

    __provider__: ClassVar[str] = "openai"

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool as a function."""
        return function_schema(cls)


def tool_dicts(tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
    """Make one message of role `tool` for each output."""
    return [
        {
            "role": "tool",
            "content": tool_output(output),
            # Not `tool.id`: a tool may have a parameter of that name.
            "tool_call_id": tool._call_id(tool.tool_call),
            "name": tool._name(),
        }
        for tool, output in tools_and_outputs
    ]


def assistant_dict(
    content: str, tool_calls: Sequence[Any], audio_id: str | None = None
) -> dict[str, Any]:
    """Make the assistant message that continues a conversation."""
    message: dict[str, Any] = {"role": "assistant", "content": content or None}
    if not tool_calls:
        message["content"] = content
    else:
        message["tool_calls"] = [
            call_dict(call.id, call.function.name, call.function.arguments) for call in tool_calls
        ]
    if audio_id is not None:
        message["audio"] = {"id": audio_id}
    return message


def json_switch(schema: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """Make the `response_format` of JSON mode, with a schema where strictness is asked for."""
    if schema is None:
        return {"type": "json_object"}
    return {
        "type": "json_schema",
        "json_schema": {"name": name, "schema": strict_schema(schema), "strict": True},
    }


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Word a schema as strict mode wants it.

    Every object is closed and has all its properties required, nothing has a default, and a
    reference stands alone: https://platform.openai.com/docs/guides/structured-outputs, read
    2026-11-20.
    """
    definitions = schema.get("$defs", {})

    def strict(node: Mapping[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
        reference = node.get("$ref")
        if isinstance(reference, str):
            name = reference.rsplit("/", 1)[-1]
            if len(node) == 1 or name in seen:
                return {"$ref": reference}
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return strict({**definitions[name], **rest}, (*seen, name))
        kept = {key: value for key, value in node.items() if key != "default"}
        result = map_below(kept, lambda child: strict(child, seen))
        if "properties" in node:
            result.update(additionalProperties=False, required=list(node["properties"]))
        return result

    return {**strict(schema, ()), "additionalProperties": False}
