"""Messages and content parts, as a user writes them, whatever the vendor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel

__all__ = [
    "AudioPart",
    "AudioURLPart",
    "BaseMessageParam",
    "CacheControlPart",
    "ContentPart",
    "DocumentPart",
    "DocumentURLPart",
    "ImagePart",
    "ImageURLPart",
    "TextPart",
    "ToolCallPart",
    "ToolResultPart",
]


class TextPart(BaseModel):
    """A piece of text."""

    type: Literal["text"]
    text: str


class ImagePart(BaseModel):
    """An image given as bytes."""

    type: Literal["image"]
    media_type: str
    image: bytes
    detail: str | None


class ImageURLPart(BaseModel):
    """An image that the vendor fetches itself."""

    type: Literal["image_url"]
    url: str
    detail: str | None


class AudioPart(BaseModel):
    """Audio given as bytes, or as base64 text."""

    type: Literal["audio"]
    media_type: str
    audio: bytes | str


class AudioURLPart(BaseModel):
    """Audio that the vendor fetches itself."""

    type: Literal["audio_url"]
    url: str


class DocumentPart(BaseModel):
    """A document given as bytes."""

    type: Literal["document"]
    media_type: str
    document: bytes


class DocumentURLPart(BaseModel):
    """A document that the vendor fetches itself."""

    type: Literal["document_url"]
    url: str


class CacheControlPart(BaseModel):
    """A mark after the part up to which the vendor may cache the prompt."""

    type: Literal["cache_control"]
    cache_type: str


class ToolCallPart(BaseModel):
    """A tool call the model made in an earlier turn."""

    type: Literal["tool_call"]
    name: str
    args: dict[str, Any] | None = None
    id: str | None = None


class ToolResultPart(BaseModel):
    """The result of a tool call of an earlier turn."""

    type: Literal["tool_result"]
    name: str = ""
    content: str
    id: str | None = None
    is_error: bool = False


ContentPart: TypeAlias = (
    TextPart
    | ImagePart
    | ImageURLPart
    | AudioPart
    | AudioURLPart
    | DocumentPart
    | DocumentURLPart
    | CacheControlPart
    | ToolCallPart
    | ToolResultPart
)


class BaseMessageParam(BaseModel):
    """One message of a conversation, translated for the vendor when it is sent.

    Attributes:
        role: `"system"`, `"user"`, `"assistant"` or `"tool"`.
        content: Text, or the parts in order.
    """

    role: str
    content: str | Sequence[ContentPart]
