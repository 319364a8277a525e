"""What the vendors' readers of messages share: fields by name, text, media, roles."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .message_param import (
    AudioPart,
    AudioURLPart,
    BaseMessageParam,
    CacheControlPart,
    ContentPart,
    DocumentPart,
    DocumentURLPart,
    ImagePart,
    ImageURLPart,
    TextPart,
)
from .narrowing import is_mapping

__all__ = [
    "blob_part",
    "field_of",
    "items_of",
    "last_user_message",
    "mapping_of",
    "message_of",
    "parts_of",
    "role_of",
    "split_system",
    "system_text",
    "text_of",
    "url_part",
    "with_cache_mark",
]


def field_of(node: Any, *names: str) -> Any:
    """Take the first field that is set, of a dict or of an SDK's object."""
    for name in names:
        value = node.get(name) if is_mapping(node) else getattr(node, name, None)
        if value is not None:
            return value
    return None


def items_of(node: Any, name: str) -> list[Any]:
    """Take a list that may be missing."""
    return list(field_of(node, name) or ())


def mapping_of(node: Any, name: str) -> dict[str, Any]:
    """Take a mapping that may be missing."""
    return dict(field_of(node, name) or {})


def role_of(message: Any) -> str | None:
    """Take a message's role in small letters, be it text or an SDK's enum."""
    role = field_of(message, "role")
    role = getattr(role, "value", role)
    return role.lower() if isinstance(role, str) else None


def last_user_message(messages: Sequence[Any]) -> Any:
    """Take the last message if it is a user's, in whatever form the vendor has it."""
    return messages[-1] if messages and role_of(messages[-1]) == "user" else None


def split_system(messages: Sequence[Any]) -> tuple[BaseMessageParam | None, list[Any]]:
    """Take a system message off the front, for vendors that carry it apart."""
    if messages and isinstance(messages[0], BaseMessageParam) and messages[0].role == "system":
        return messages[0], list(messages[1:])
    return None, list(messages)


def system_text(message: BaseMessageParam) -> str:
    """Take the text of a system message."""
    return message.content if isinstance(message.content, str) else text_of(message.content, "\n")


def text_of(parts: Iterable[ContentPart], separator: str = "") -> str:
    """Join the texts among parts."""
    return separator.join(part.text for part in parts if isinstance(part, TextPart))


def parts_of(content: Any, read: Callable[[Any], Iterable[ContentPart]]) -> list[ContentPart]:
    """Read content: nothing, a text, or a list of texts and of what `read` reads."""
    if content is None or isinstance(content, str):
        return [TextPart(type="text", text=content)] if content else []
    return [
        part
        for item in content
        for part in (parts_of(item, read) if isinstance(item, str) else read(item))
    ]


def with_cache_mark(part: ContentPart | None, item: Any) -> list[ContentPart]:
    """Give a part, if there is one, and the mark that its block carries."""
    mark = field_of(item, "cache_control")
    marks: list[ContentPart] = []
    if mark is not None:
        marks.append(CacheControlPart(type="cache_control", cache_type=field_of(mark, "type")))
    return [part, *marks] if part is not None else marks


def message_of(role: str | None, parts: Sequence[ContentPart]) -> BaseMessageParam:
    """Make a message of parts; of texts alone, one text."""
    text_only = all(isinstance(part, TextPart) for part in parts)
    return BaseMessageParam(role=role or "user", content=text_of(parts) if text_only else parts)


def blob_part(media_type: str, data: bytes | str) -> ContentPart:
    """Make a part of data, or of its base64 text."""
    raw = base64.b64decode(data) if isinstance(data, str) else data
    if media_type.startswith("image/"):
        return ImagePart(type="image", media_type=media_type, image=raw, detail=None)
    if media_type.startswith("audio/"):
        return AudioPart(type="audio", media_type=media_type, audio=raw)
    return DocumentPart(type="document", media_type=media_type, document=raw)


def url_part(media_type: str, url: str) -> ContentPart:
    """Make a part of what the vendor fetches itself."""
    if media_type.startswith("image/"):
        return ImageURLPart(type="image_url", url=url, detail=None)
    if media_type.startswith("audio/"):
        return AudioURLPart(type="audio_url", url=url)
    return DocumentURLPart(type="document_url", url=url)
