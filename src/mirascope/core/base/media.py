"""Media types from the first bytes, and content parts from what users hand over."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from .message_param import (
    AudioPart,
    AudioURLPart,
    ContentPart,
    DocumentPart,
    DocumentURLPart,
    ImagePart,
    ImageURLPart,
    TextPart,
)

__all__ = [
    "audio_part",
    "audio_type",
    "content_part",
    "document_part",
    "document_type",
    "image_part",
    "image_type",
    "is_content",
]

_URL = ("http://", "https://", "gs://")


def image_type(data: bytes) -> str:
    """Name the media type of an image.

    Raises:
        ValueError: If the bytes start like no image known here.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        if data[8:12] in (b"heic", b"heix"):
            return "image/heic"
        if data[8:12] in (b"mif1", b"msf1", b"heif", b"hevc", b"hevx"):
            return "image/heif"
    raise ValueError("Unsupported image type: expected jpeg, png, gif, webp, heic or heif bytes.")


def audio_type(data: bytes) -> str:
    """Name the media type of audio.

    Raises:
        ValueError: If the bytes start like no audio known here.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return "audio/wav"
    # AAC in ADTS shares the sync word of MP3; its layer bits are zero.
    if data[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return "audio/aac"
    if data.startswith(b"ID3") or data[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "audio/mp3"
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return "audio/aiff"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"fLaC"):
        return "audio/flac"
    raise ValueError("Unsupported audio type: expected wav, mp3, aiff, aac, ogg or flac bytes.")


def document_type(data: bytes) -> str:
    """Name the media type of a document.

    Raises:
        ValueError: If the bytes are not a PDF.
    """
    if data.startswith(b"%PDF"):
        return "application/pdf"
    raise ValueError("Unsupported document type: expected PDF bytes.")


def _load(value: Any, kind: str) -> bytes:
    """Take the bytes of a value; only a `Path` object may name a local file.

    A plain string is never opened: it often comes from a user of the program, and must not be able
    to read its files.
    """
    if isinstance(value, Path):
        return value.read_bytes()
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    raise ValueError(
        f"Cannot use {type(value).__name__!r} as {kind}: pass bytes, a pathlib.Path or a URL "
        "(http, https or gs). A plain string is not opened as a file."
    )


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(_URL)


def _is_pil(value: Any) -> bool:
    return hasattr(value, "save") and hasattr(value, "getbands")


def _is_pydub(value: Any) -> bool:
    return hasattr(value, "export") and hasattr(value, "frame_rate")


def _is_wave(value: Any) -> bool:
    return hasattr(value, "readframes") and hasattr(value, "getnchannels")


def _pil_part(image: Any, detail: str | None) -> ImagePart:
    buffer = io.BytesIO()
    name = image.format or "PNG"
    image.save(buffer, format=name)
    return ImagePart(
        type="image",
        media_type=f"image/{name.lower()}",
        image=buffer.getvalue(),
        detail=detail,
    )


def _wave_bytes(reader: Any) -> bytes:
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as writer:
        writer.setnchannels(reader.getnchannels())
        writer.setsampwidth(reader.getsampwidth())
        writer.setframerate(reader.getframerate())
        reader.rewind()
        writer.writeframes(reader.readframes(reader.getnframes()))
    return buffer.getvalue()


def image_part(value: Any, detail: str | None = None) -> ImagePart | ImageURLPart:
    """Make an image part of a URL, bytes, a `Path` or a PIL image."""
    if isinstance(value, ImagePart | ImageURLPart):
        return value
    if _is_url(value):
        return ImageURLPart(type="image_url", url=value, detail=detail)
    if _is_pil(value):
        return _pil_part(value, detail)
    data = _load(value, "an image")
    return ImagePart(type="image", media_type=image_type(data), image=data, detail=detail)


def audio_part(value: Any) -> AudioPart | AudioURLPart:
    """Make an audio part of a URL, bytes, a `Path`, a pydub segment or a wave reader."""
    if isinstance(value, AudioPart | AudioURLPart):
        return value
    if _is_url(value):
        return AudioURLPart(type="audio_url", url=value)
    if _is_pydub(value):
        return AudioPart(type="audio", media_type="audio/wav", audio=_pydub_bytes(value))
    if _is_wave(value):
        return AudioPart(type="audio", media_type="audio/wav", audio=_wave_bytes(value))
    data = _load(value, "audio")
    return AudioPart(type="audio", media_type=audio_type(data), audio=data)


def _pydub_bytes(segment: Any) -> bytes:
    buffer = io.BytesIO()
    segment.export(buffer, format="wav")
    return buffer.getvalue()


def document_part(value: Any) -> DocumentPart | DocumentURLPart:
    """Make a document part of a URL, bytes or a `Path`."""
    if isinstance(value, DocumentPart | DocumentURLPart):
        return value
    if _is_url(value):
        return DocumentURLPart(type="document_url", url=value)
    data = _load(value, "a document")
    return DocumentPart(type="document", media_type=document_type(data), document=data)


def is_content(value: object) -> bool:
    """Whether a value is one piece of a message, rather than a message."""
    return (
        isinstance(value, str | ContentPart)
        or _is_pil(value)
        or _is_pydub(value)
        or _is_wave(value)
    )


def content_part(value: Any) -> ContentPart:
    """Make a content part of anything that may stand in a shorthand list.

    Raises:
        ValueError: If the value is no piece of content.
    """
    if isinstance(value, ContentPart):
        return value
    if isinstance(value, str):
        return TextPart(type="text", text=value)
    if _is_pil(value):
        return _pil_part(value, None)
    if _is_pydub(value) or _is_wave(value):
        return audio_part(value)
    raise ValueError(f"Cannot put a {type(value).__name__!r} into a message.")
