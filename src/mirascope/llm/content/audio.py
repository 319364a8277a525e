"""Audio in a prompt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mirascope.llm.content import media_bytes
from mirascope.llm.content.downloads import DOWNLOAD_TIMEOUT, download, download_async

__all__ = ["MAX_AUDIO_SIZE", "Audio", "AudioMimeType", "Base64AudioSource", "infer_audio_type"]

MAX_AUDIO_SIZE = 25 * 1024 * 1024
"""The default limit for audio, in bytes."""

AudioMimeType: TypeAlias = Literal[
    "audio/wav", "audio/mp3", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"
]


@dataclass(kw_only=True)
class Base64AudioSource:
    """Audio carried in the request, as base64 text."""

    type: Literal["base64_audio_source"]
    data: str
    mime_type: AudioMimeType


@dataclass(kw_only=True)
class Audio:
    """A piece of audio."""

    type: Literal["audio"] = "audio"
    source: Base64AudioSource

    @classmethod
    def download(
        cls,
        url: str,
        *,
        max_size: int = MAX_AUDIO_SIZE,
        timeout: float | None = DOWNLOAD_TIMEOUT,
        allow_private: bool = False,
    ) -> Audio:
        """Fetch audio now; see `Image.download`."""
        data = download(url, "Audio", max_size, timeout=timeout, allow_private=allow_private)
        return cls.from_bytes(data, max_size=max_size)

    @classmethod
    async def download_async(
        cls,
        url: str,
        *,
        max_size: int = MAX_AUDIO_SIZE,
        timeout: float | None = DOWNLOAD_TIMEOUT,  # noqa: ASYNC109 - as in `download`
        allow_private: bool = False,
    ) -> Audio:
        """Fetch audio now, without blocking; otherwise as `download`."""
        data = await download_async(
            url, "Audio", max_size, timeout=timeout, allow_private=allow_private
        )
        return cls.from_bytes(data, max_size=max_size)

    @classmethod
    def from_file(
        cls, file_path: str | os.PathLike[str], *, max_size: int = MAX_AUDIO_SIZE
    ) -> Audio:
        """Read an audio file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The audio is too large (it is not read then), or of an unknown type.
            TypeError: `file_path` is no path.
        """
        return cls.from_bytes(
            media_bytes.read_file(file_path, "Audio", max_size), max_size=max_size
        )

    @classmethod
    def from_bytes(cls, data: bytes, *, max_size: int = MAX_AUDIO_SIZE) -> Audio:
        """Take audio bytes; the type is told from them.

        Raises:
            ValueError: The audio is too large, or of an unknown type.
            TypeError: `data` is not bytes.
        """
        encoded: tuple[str, AudioMimeType] = media_bytes.encode(
            data, "Audio", max_size, infer_audio_type
        )
        text, mime_type = encoded
        return cls(
            source=Base64AudioSource(type="base64_audio_source", data=text, mime_type=mime_type)
        )


def infer_audio_type(data: bytes) -> AudioMimeType | None:
    """Return the media type that the first bytes of audio show, or None."""
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    if data.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):  # MPEG layer III
        return "audio/mp3"
    if data.startswith(b"FORM") and data[8:12] == b"AIFF":
        return "audio/aiff"
    if data.startswith((b"\xff\xf1", b"\xff\xf9")):
        return "audio/aac"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"fLaC"):
        return "audio/flac"
    return None
