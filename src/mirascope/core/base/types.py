"""The plain types every v1 vendor shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias, Union

from pydantic import BaseModel

__all__ = [
    "AudioMetadata",
    "AudioSegment",
    "BaseType",
    "CostMetadata",
    "FinishReason",
    "GoogleMetadata",
    "Image",
    "ImageMetadata",
    "JsonableType",
    "LocalProvider",
    "PDFImageMetadata",
    "PDFMetadata",
    "Provider",
    "Usage",
    "VideoMetadata",
]

Provider: TypeAlias = Literal[
    "anthropic",
    "azure",
    "bedrock",
    "cohere",
    "gemini",
    "google",
    "groq",
    "litellm",
    "mistral",
    "openai",
    "vertex",
    "xai",
]
LocalProvider: TypeAlias = Literal["ollama", "vllm"]
FinishReason: TypeAlias = Literal["stop", "length", "tool_calls", "content_filter"]

# Recursive through strings: pydantic is never asked to build a schema for it.
JsonableType: TypeAlias = Union[
    str,
    int,
    float,
    bool,
    bytes,
    "Sequence[JsonableType]",
    "Mapping[str, JsonableType]",
    "set[JsonableType]",
    BaseModel,
    None,
]

BaseType: TypeAlias = (
    str
    | int
    | float
    | bool
    | bytes
    | list[object]
    | set[object]
    | tuple[object, ...]
    | dict[str, object]
)


class AudioSegment(Protocol):
    """What is read of a `pydub.AudioSegment`; pydub itself is never imported."""

    def export(self, out_f: object = None, format: str = "mp3") -> object:
        """Write the audio and return the open file."""
        ...


class Image(Protocol):
    """What is read of a `PIL.Image.Image`; pillow itself is never imported."""

    format: str | None

    def save(self, fp: object, format: str | None = None) -> None:
        """Write the image."""
        ...


class Usage(BaseModel):
    """Token counts under one name for every vendor."""

    input_tokens: int
    cached_tokens: int
    output_tokens: int
    total_tokens: int


class ImageMetadata(BaseModel):
    """Size of one image, in pixels, and its price in tokens where known."""

    width: int
    height: int
    tokens: int | None = None
    detail: str | None = None


class VideoMetadata(BaseModel):
    """Length of one video, in seconds."""

    duration_seconds: float
    with_audio: bool | None = False
    tokens: int | None = None


class AudioMetadata(BaseModel):
    """Length of one piece of audio, in seconds."""

    duration_seconds: float
    with_timestamps: bool | None = False
    tokens: int | None = None


class PDFImageMetadata(BaseModel):
    """Size of one image inside a document, in pixels."""

    width: int
    height: int
    tokens: int | None = None


class PDFMetadata(BaseModel):
    """What is known of a document."""

    page_count: int | None = None
    text_tokens: int | None = None
    images: list[PDFImageMetadata] | None = None
    tokens: int | None = None


class GoogleMetadata(BaseModel):
    """What only Google bills by."""

    use_vertex_ai: bool | None = False
    grounding_requests: int | None = None


class CostMetadata(BaseModel):
    """Everything a price may depend on; every field may be unknown."""

    input_tokens: int | float | None = None
    output_tokens: int | float | None = None
    cached_tokens: int | float | None = None
    streaming_mode: bool | None = None
    cached_response: bool | None = None
    context_length: int | None = None
    realtime_mode: bool | None = None
    region: str | None = None
    tier: str | None = None
    batch_mode: bool = False
    images: list[ImageMetadata] | None = None
    videos: list[VideoMetadata] | None = None
    audio: list[AudioMetadata] | None = None
    audio_output: list[AudioMetadata] | None = None
    pdf: PDFMetadata | None = None
    context_cache_tokens: int | None = None
    context_cache_hours: float | None = None
    google: GoogleMetadata | None = None
    realtime_tokens: int | None = None
    cache_write: bool | int | None = None
    tool_use_tokens: int | None = None
    cost: float | None = None
