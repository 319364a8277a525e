"""Contents of generateContent, from common messages and back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Literal

from ...base.message_param import (
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
from ...base.reading_messages import (
    blob_part,
    field_of,
    mapping_of,
    message_of,
    parts_of,
    role_of,
    url_part,
)

__all__ = ["encode_messages", "function_response", "read_message"]

_ROLES = {"assistant": "model", "tool": "user", "system": "user"}
_IMAGES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/heif"})
_AUDIO = frozenset(
    {"audio/wav", "audio/mp3", "audio/mpeg", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"}
)


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


def read_message(message: Any) -> BaseMessageParam:
    """Read a content of Google's; what has no common form is left out."""
    role = role_of(message)
    parts = parts_of(field_of(message, "parts"), _read_part)
    return message_of("assistant" if role == "model" else role, parts)


def _read_part(item: Any) -> list[ContentPart]:
    # A protobuf part has every field, and an empty one says nothing.
    call, answer = field_of(item, "function_call"), field_of(item, "function_response")
    if call and field_of(call, "name"):
        arguments, id = mapping_of(call, "args"), field_of(call, "id")
        name = str(field_of(call, "name"))
        return [ToolCallPart(type="tool_call", name=name, args=arguments, id=id)]
    if answer and field_of(answer, "name"):
        response = field_of(answer, "response")
        output = field_of(response, "result")
        return [
            ToolResultPart(
                type="tool_result",
                name=str(field_of(answer, "name")),
                content=output if isinstance(output, str) else str(response),
            )
        ]
    text = field_of(item, "text")
    if isinstance(text, str) and text:
        return [TextPart(type="text", text=text)]
    blob, file = field_of(item, "inline_data"), field_of(item, "file_data")
    if blob is not None and field_of(blob, "mime_type"):
        return [blob_part(field_of(blob, "mime_type"), field_of(blob, "data"))]
    if file is not None and field_of(file, "file_uri"):
        return [url_part(field_of(file, "mime_type") or "", field_of(file, "file_uri"))]
    return []
