"""Messages of chat completions, from common ones and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...base.message_param import (
    AudioPart,
    BaseMessageParam,
    ContentPart,
    ImagePart,
    ImageURLPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from ...base.reading_messages import (
    blob_part,
    field_of,
    items_of,
    message_of,
    parts_of,
    role_of,
    text_of,
    with_cache_mark,
)

__all__ = ["Encoder", "assistant_dict", "call_dict", "read_message"]

_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_AUDIO = {"audio/wav": "wav", "audio/mp3": "mp3", "audio/mpeg": "mp3"}


@dataclass(frozen=True, slots=True)
class Encoder:
    """Translates common messages into dicts; others pass through.

    Attributes:
        provider: The vendor, for error messages.
        audio: Whether it takes audio.
    """

    provider: str
    audio: bool

    def messages(self, messages: Sequence[Any]) -> list[Any]:
        """Translate messages."""
        return [
            encoded
            for message in messages
            for encoded in (
                self._message(message) if isinstance(message, BaseMessageParam) else [message]
            )
        ]

    def _message(self, message: BaseMessageParam) -> list[dict[str, Any]]:
        if isinstance(message.content, str):
            return [{"role": message.role, "content": message.content}]
        results = [part for part in message.content if isinstance(part, ToolResultPart)]
        calls = [part for part in message.content if isinstance(part, ToolCallPart)]
        others = [
            self._part(part)
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
                    "tool_calls": [
                        call_dict(c.id, c.name, json.dumps(c.args or {})) for c in calls
                    ],
                }
            )
        elif others:
            encoded.append({"role": message.role, "content": others})
        return encoded

    def _data_url(self, part: ImagePart) -> str:
        """Write an image as a data URL."""
        if part.media_type not in _IMAGES:
            raise ValueError(
                f"{self.provider} takes jpeg, png, gif and webp images, not {part.media_type}."
            )
        return f"data:{part.media_type};base64,{base64.b64encode(part.image).decode()}"

    def _part(self, part: ContentPart) -> dict[str, Any]:
        if isinstance(part, TextPart):
            return {"type": "text", "text": part.text}
        if isinstance(part, ImagePart | ImageURLPart):
            url = part.url if isinstance(part, ImageURLPart) else self._data_url(part)
            return {"type": "image_url", "image_url": {"url": url, "detail": part.detail or "auto"}}
        if isinstance(part, AudioPart) and self.audio:
            if part.media_type not in _AUDIO:
                raise ValueError(f"{self.provider} takes wav and mp3 audio, not {part.media_type}.")
            data = (
                part.audio if isinstance(part.audio, str) else base64.b64encode(part.audio).decode()
            )
            return {
                "type": "input_audio",
                "input_audio": {"data": data, "format": _AUDIO[part.media_type]},
            }
        audio = ", wav and mp3 audio" if self.audio else ""
        raise ValueError(
            f"{self.provider} takes text, images{audio} and tool parts, not {part.type!r}; "
            "nothing is downloaded for it."
        )


def call_dict(id: str | None, name: str, arguments: str) -> dict[str, Any]:
    """Make the plain form of a tool call."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


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


def read_message(message: Any) -> BaseMessageParam:
    """Read a message of the family; what has no common form is left out."""
    role, content = role_of(message), field_of(message, "content")
    parts = parts_of(content, _read_part)
    if role == "tool":
        result = ToolResultPart(
            type="tool_result",
            name=field_of(message, "name") or "",
            content=text_of(parts),
            id=field_of(message, "tool_call_id"),
        )
        return BaseMessageParam(role="tool", content=[result])
    calls = [_read_call(call) for call in items_of(message, "tool_calls")]
    return message_of(role, [*parts, *calls])


def _read_part(item: Any) -> list[ContentPart]:
    return with_cache_mark(_content(item), item)


def _content(item: Any) -> ContentPart | None:
    kind = field_of(item, "type")
    if kind == "image_url":
        image = field_of(item, "image_url")
        url = image if isinstance(image, str) else field_of(image, "url")
        return _image(url, None if isinstance(image, str) else field_of(image, "detail"))
    if kind == "input_audio":
        audio = field_of(item, "input_audio")
        return blob_part(f"audio/{field_of(audio, 'format')}", field_of(audio, "data"))
    text = field_of(item, "text")
    return TextPart(type="text", text=text) if isinstance(text, str) and text else None


def _image(url: str, detail: str | None) -> ContentPart:
    head, comma, data = url.partition(";base64,")
    if not url.startswith("data:") or not comma:
        return ImageURLPart(type="image_url", url=url, detail=detail)
    return ImagePart(
        type="image",
        media_type=head.removeprefix("data:"),
        image=base64.b64decode(data),
        detail=detail,
    )


def _read_call(call: Any) -> ToolCallPart:
    function = field_of(call, "function")
    arguments = field_of(function, "arguments") or "{}"
    return ToolCallPart(
        type="tool_call",
        name=str(field_of(function, "name")),
        args=json.loads(arguments) if isinstance(arguments, str) else dict(arguments),
        id=field_of(call, "id"),
    )
