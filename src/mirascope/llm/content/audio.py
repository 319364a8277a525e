"""Audio: in a prompt, or spoken by a model, and the chunks that speech streams in."""

from __future__ import annotations

import base64
import io
import os
import re
import wave
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, cast

from mirascope.llm.content import media_bytes
from mirascope.llm.content.downloads import DOWNLOAD_TIMEOUT, download, download_async
from mirascope.llm.content.json_form import LATER

__all__ = [
    "MAX_AUDIO_SIZE",
    "Audio",
    "AudioChunk",
    "AudioEndChunk",
    "AudioMimeType",
    "AudioStartChunk",
    "Base64AudioSource",
    "infer_audio_type",
    "joined_audio",
]

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
    transcript: str | None = field(default=None, repr=False, metadata=LATER)
    """What is said in it, where a model said it and the provider wrote it down."""

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
        media_bytes.require_path(file_path)
        with media_bytes.naming(file_path):
            data = media_bytes.read_file(file_path, "Audio", max_size)
            return cls.from_bytes(data, max_size=max_size)

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


@dataclass(kw_only=True, slots=True)
class AudioStartChunk:
    """A model begins to speak."""

    type: Literal["audio_start_chunk"] = "audio_start_chunk"
    content_type: Literal["audio"] = "audio"
    id: str
    mime_type: str
    """What the deltas are: a type of file, or ``audio/pcm;rate=24000`` for bare 16-bit samples, one
    channel, little end first, with their rate in Hz. The part is a WAV file then."""


@dataclass(kw_only=True, slots=True)
class AudioChunk:
    """More sound, more of what is said, or both."""

    type: Literal["audio_chunk"] = "audio_chunk"
    content_type: Literal["audio"] = "audio"
    id: str
    delta: str = ""
    """The next bytes, as base64 text of their own."""
    transcript: str = ""
    """What is said, from where the last one ended."""


@dataclass(kw_only=True, slots=True)
class AudioEndChunk:
    """The audio with this id is complete."""

    type: Literal["audio_end_chunk"] = "audio_end_chunk"
    content_type: Literal["audio"] = "audio"
    id: str


_PCM_RATE = re.compile(r"audio/pcm(?:;rate=(\d+))?$")


def joined_audio(start: AudioStartChunk, chunks: Sequence[AudioChunk]) -> Audio:
    """Return the part that chunks add up to; bare samples become a WAV file.

    Raises:
        ValueError: A delta is no base64 text.
    """
    data = b"".join([base64.b64decode(chunk.delta) for chunk in chunks])
    mime_type = start.mime_type
    if bare := _PCM_RATE.match(mime_type):
        data, mime_type = _wav(data, _rate(bare[1])), "audio/wav"
    return Audio(
        source=Base64AudioSource(
            type="base64_audio_source",
            data=base64.b64encode(data).decode("ascii"),
            mime_type=cast("AudioMimeType", mime_type),
        ),
        transcript="".join([chunk.transcript for chunk in chunks]) or None,
    )


_USUAL_RATE = 24_000
"""Hz, of what vendors send when they do not say."""


_MAX_RATE = 2**31 - 1
"""What a WAV file has room for, at two bytes a sample."""


def _rate(digits: str | None) -> int:
    """Return a rate in Hz; one that no file can have counts as unsaid."""
    rate = int(digits) if digits and len(digits) <= len(str(_MAX_RATE)) else 0
    return rate if 0 < rate <= _MAX_RATE else _USUAL_RATE


def _wav(samples: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        wav.writeframes(samples)
    return file.getvalue()
