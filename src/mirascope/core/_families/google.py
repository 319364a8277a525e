# Values here are users' and SDKs' own, of any type; `_name` and `_reading` are private to users,
# shared inside this package.
# pyright: reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false
"""Google's contents and candidates, in three SDKs; no SDK is imported here."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..base._reading import Reading, ToolDelta
from ..base._schema import in_words, inline_refs
from ..base.message_param import (
    AudioPart,
    AudioURLPart,
    BaseMessageParam,
    ContentPart,
    DocumentPart,
    DocumentURLPart,
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
    "PARAM_NAMES",
    "declaration",
    "encode_messages",
    "plain",
    "read",
    "system_text",
]

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
PARAM_NAMES: Mapping[str, str | None] = {
    "max_tokens": "max_output_tokens",
    "stop": "stop_sequences",
    "frequency_penalty": None,
    "presence_penalty": None,
    "seed": None,
}
_ROLES = {"assistant": "model", "tool": "user", "system": "user"}
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
_AUDIO = frozenset(
    {"audio/wav", "audio/mp3", "audio/mpeg", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"}
)


def plain(value: Any) -> Any:
    """Make plain containers of the protobuf ones that SDKs hand out."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str | bytes):
        return value
    if isinstance(value, Sequence):
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


def encode_messages(
    messages: Sequence[Any], provider: str, blobs: Literal["bytes", "base64"]
) -> list[Any]:
    """Translate common messages into dicts; others pass through.

    Args:
        messages: The messages.
        provider: The vendor, for error messages.
        blobs: How the SDK wants data.
    """
    encoded: list[Any] = []
    for message in messages:
        if not isinstance(message, BaseMessageParam):
            encoded.append(message)
            continue
        content = message.content
        parts = [TextPart(type="text", text=content)] if isinstance(content, str) else content
        encoded.append(
            {
                "role": _ROLES.get(message.role, message.role),
                "parts": [_encode_part(part, provider, blobs) for part in parts],
            }
        )
    return encoded


def _blob(media_type: str, data: bytes | str, blobs: str) -> dict[str, Any]:
    raw = base64.b64decode(data) if isinstance(data, str) else data
    value = raw if blobs == "bytes" else base64.b64encode(raw).decode()
    return {"inline_data": {"mime_type": media_type, "data": value}}


def _encode_part(part: ContentPart, provider: str, blobs: str) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"text": part.text}
    if isinstance(part, ImagePart):
        _check(part.media_type, _IMAGES, provider, "jpeg, png, webp, heic and heif images")
        return _blob(part.media_type, part.image, blobs)
    if isinstance(part, AudioPart):
        _check(part.media_type, _AUDIO, provider, "wav, mp3, aiff, aac, ogg and flac audio")
        return _blob(part.media_type, part.audio, blobs)
    if isinstance(part, DocumentPart):
        return _blob(part.media_type, part.document, blobs)
    if isinstance(part, ImageURLPart | AudioURLPart | DocumentURLPart):
        return {"file_data": {"mime_type": _uri_type(part, provider), "file_uri": part.url}}
    if isinstance(part, ToolCallPart):
        return {"function_call": {"name": part.name, "args": part.args or {}}}
    if isinstance(part, ToolResultPart):
        return function_response(part.name, part.content)
    raise ValueError(
        f"{provider} takes text, images, audio, documents and tool parts, not {part.type!r}."
    )


def _check(media_type: str, known: frozenset[str], provider: str, names: str) -> None:
    if media_type not in known:
        raise ValueError(f"{provider} takes {names}, not {media_type}.")


_SUFFIXES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "wav": "audio/wav",
    "mp3": "audio/mp3",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "aiff": "audio/aiff",
    "pdf": "application/pdf",
}


def _uri_type(part: Any, provider: str) -> str:
    suffix = part.url.rsplit(".", 1)[-1].lower().split("?")[0]
    if suffix not in _SUFFIXES:
        raise ValueError(
            f"{provider} must be told the media type of {part.url!r}, and its name has none. Pass "
            "the bytes: nothing is downloaded to find out."
        )
    return _SUFFIXES[suffix]


def function_response(name: str, output: str) -> dict[str, Any]:
    """Make the part that hands an output back."""
    return {"function_response": {"name": name, "response": {"result": output}}}


def system_text(message: BaseMessageParam | None) -> str | None:
    """Take the text of a system message."""
    if message is None or isinstance(message.content, str):
        return message.content if message else None  # type: ignore[return-value]  # str, as checked
    return "\n".join(part.text for part in message.content if isinstance(part, TextPart))


# What the SDKs' schemas have a field for.
_KEYWORDS = frozenset(
    {
        "anyOf",
        "description",
        "enum",
        "format",
        "items",
        "maxItems",
        "maxLength",
        "maxProperties",
        "maximum",
        "minItems",
        "minLength",
        "minProperties",
        "minimum",
        "nullable",
        "pattern",
        "properties",
        "required",
        "type",
    }
)
# gemini's old SDK, 0.8.6, is the last one: it knows fewer, and these by other names. The same goes
# for gemini over google-genai, so that a tool is one tool whichever of them is installed.
_GEMINI = _KEYWORDS - {
    "anyOf",
    "maxLength",
    "maxProperties",
    "maximum",
    "minLength",
    "minProperties",
    "minimum",
    "pattern",
}
_GEMINI_NAMES = {"maxItems": "max_items", "minItems": "min_items"}
# These say nothing about which values are right.
_DROPPED = frozenset({"$defs", "default", "discriminator", "examples", "title"})


def declaration(tool: type[BaseTool]) -> dict[str, Any]:
    """Describe a tool in the part of JSON schema that Google reads.

    Raises:
        ValueError: If the schema contains itself, or has a union, which gemini cannot say.
    """
    found: dict[str, Any] = {"name": tool._name(), "description": tool._description()}
    schema = inline_refs(tool.parameters())
    if schema.get("properties"):
        found["parameters"] = _schema(schema, tool)
    return found


def _schema(node: Mapping[str, Any], tool: type[BaseTool]) -> dict[str, Any]:
    """Word a schema; what Google has no keyword for goes into the description."""
    gemini = tool.__provider__ == "gemini"
    known, names = (_GEMINI, _GEMINI_NAMES) if gemini else (_KEYWORDS, {})
    found: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for key, value in _tuple(_values(_nullable(node))).items():
        if key in _DROPPED or (key == "additionalProperties" and isinstance(value, bool)):
            continue
        if key == "anyOf" and gemini:
            raise ValueError(
                f"{tool._name()}: gemini has no unions ({json.dumps(value)}); use one type, or the "
                "vendor google."
            )
        if key not in known or (key == "enum" and not _strings(value)):
            rest[key] = value
        elif key == "properties":
            found[key] = {name: _schema(child, tool) for name, child in value.items()}
        elif key == "items":
            found[key] = _schema(value, tool)
        elif key == "anyOf":
            found[key] = [_schema(option, tool) for option in value]
        else:
            found[names.get(key, key)] = value
    if rest:
        found["description"] = in_words(found.get("description"), rest)
    return found


def _nullable(node: Mapping[str, Any]) -> dict[str, Any]:
    """Write "this or null" as Google does."""
    node = dict(node)
    if "oneOf" in node:
        node["anyOf"] = node.pop("oneOf")
    null = {"type": "null"}
    if node.get("type") == "null":
        return {**{key: value for key, value in node.items() if key != "type"}, "nullable": True}
    options = node.get("anyOf", [])
    if null not in options:
        return node
    options = [option for option in node.pop("anyOf") if option != null]
    # What the field itself says goes before what its type says.
    extra = options[0] if len(options) == 1 else {"anyOf": options}
    return {**extra, **node, "nullable": True}


def _values(node: dict[str, Any]) -> dict[str, Any]:
    """Write a constant as an enum of one; Google's enums are of strings."""
    if "const" in node:
        node["enum"] = [node.pop("const")]
    values = node.get("enum")
    if values is None:
        return node
    if None in values:
        node["nullable"] = True
        node["enum"] = values = [value for value in values if value is not None]
    if not values:
        del node["enum"]
    elif _strings(values):
        node.update(type="string", format="enum")
    elif all(type(value) is int for value in values):
        node["type"] = "integer"
    return node


def _strings(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _tuple(node: dict[str, Any]) -> dict[str, Any]:
    """Give a tuple the `items` that Google wants of every array."""
    if "prefixItems" in node and "items" not in node:
        options = [
            item
            for at, item in enumerate(node["prefixItems"])
            if item not in node["prefixItems"][:at]
        ]
        node["items"] = options[0] if len(options) == 1 else {"anyOf": options}
    return node


def forced(name: str) -> dict[str, Any]:
    """Word that the model must call a tool."""
    return {"function_calling_config": {"mode": "ANY", "allowed_function_names": [name]}}
