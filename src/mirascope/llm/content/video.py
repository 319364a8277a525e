"""Video in a prompt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from mirascope.llm.content import media_bytes
from mirascope.llm.content.downloads import DOWNLOAD_TIMEOUT, download, download_async
from mirascope.llm.content.file import FileSource, file_source
from mirascope.llm.content.json_form import ByTag
from mirascope.llm.types.refusals import require

__all__ = [
    "MAX_VIDEO_SIZE",
    "Base64VideoSource",
    "URLVideoSource",
    "Video",
    "VideoMimeType",
    "infer_video_type",
]

MAX_VIDEO_SIZE = 100 * 1024 * 1024
"""The default limit for a video, in bytes; what goes with a request is less with most vendors."""

VideoMimeType: TypeAlias = Literal[
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "video/x-matroska",
    "video/mpeg",
    "video/avi",
    "video/x-flv",
    "video/wmv",
    "video/3gpp",
]


@dataclass(kw_only=True)
class Base64VideoSource:
    """A video carried in the request, as base64 text."""

    type: Literal["base64_video_source"]
    data: str
    mime_type: VideoMimeType


@dataclass(kw_only=True)
class URLVideoSource:
    """A video the provider fetches itself."""

    type: Literal["url_video_source"]
    url: str


@dataclass(kw_only=True)
class Video:
    """A video."""

    type: Literal["video"] = "video"
    source: Annotated[Base64VideoSource | URLVideoSource | FileSource, ByTag("type")]

    @classmethod
    def from_url(cls, url: str) -> Video:
        """Refer to a video by its address, on YouTube for one; nothing is fetched here."""
        require("url", url, str, "an address, as text")
        return cls(source=URLVideoSource(type="url_video_source", url=url))

    @classmethod
    def from_file_id(cls, file_id: str, *, provider: str) -> Video:
        """Refer to a video that was uploaded to a provider; see `Image.from_file_id`."""
        return cls(source=file_source(file_id, provider))

    @classmethod
    def download(
        cls,
        url: str,
        *,
        max_size: int = MAX_VIDEO_SIZE,
        timeout: float | None = DOWNLOAD_TIMEOUT,
        allow_private: bool = False,
    ) -> Video:
        """Fetch a video now; see `Image.download`."""
        data = download(url, "Video", max_size, timeout=timeout, allow_private=allow_private)
        return cls.from_bytes(data, max_size=max_size)

    @classmethod
    async def download_async(
        cls,
        url: str,
        *,
        max_size: int = MAX_VIDEO_SIZE,
        timeout: float | None = DOWNLOAD_TIMEOUT,  # noqa: ASYNC109 - as in `download`
        allow_private: bool = False,
    ) -> Video:
        """Fetch a video now, without blocking; otherwise as `download`."""
        data = await download_async(
            url, "Video", max_size, timeout=timeout, allow_private=allow_private
        )
        return cls.from_bytes(data, max_size=max_size)

    @classmethod
    def from_file(
        cls, file_path: str | os.PathLike[str], *, max_size: int = MAX_VIDEO_SIZE
    ) -> Video:
        """Read a video file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The video is too large (it is not read then), or of an unknown type.
            TypeError: `file_path` is no path.
        """
        media_bytes.require_path(file_path)
        with media_bytes.naming(file_path):
            data = media_bytes.read_file(file_path, "Video", max_size)
            return cls.from_bytes(data, max_size=max_size)

    @classmethod
    def from_bytes(cls, data: bytes, *, max_size: int = MAX_VIDEO_SIZE) -> Video:
        """Take a video's bytes; the type is told from them.

        Raises:
            ValueError: The video is too large, or of an unknown type.
            TypeError: `data` is not bytes.
        """
        encoded: tuple[str, VideoMimeType] = media_bytes.encode(
            data, "Video", max_size, infer_video_type
        )
        text, mime_type = encoded
        return cls(
            source=Base64VideoSource(type="base64_video_source", data=text, mime_type=mime_type)
        )


# https://mp4ra.org/registered-types/brands (2026-01): brands of files that hold no video.
_STILL_OR_SOUND = (b"hei", b"hev", b"mif", b"msf", b"avi", b"jp2", b"jpx", b"crx", b"M4A", b"M4B")
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"pnot")
"""What older QuickTime files begin with."""
_ASF = b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"


def infer_video_type(data: bytes) -> VideoMimeType | None:
    """Return the media type that the first bytes of a video show, or None."""
    # These begin with the size of what follows, which no text does.
    boxes = data[:1] < b"\x07"
    if boxes and data[4:8] == b"ftyp":
        brand = data[8:11]
        if brand in _STILL_OR_SOUND:
            return None
        if data[8:12] == b"qt  ":
            return "video/quicktime"
        return "video/3gpp" if brand in (b"3gp", b"3g2") else "video/mp4"
    if boxes and data[4:8] in _QUICKTIME_ATOMS:
        return "video/quicktime"
    if data.startswith(b"\x1a\x45\xdf\xa3"):  # EBML, whose header names what it holds
        return "video/webm" if b"webm" in data[:64] else "video/x-matroska"
    if data.startswith((b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3")):
        return "video/mpeg"
    if data.startswith(b"RIFF") and data[8:12] == b"AVI ":
        return "video/avi"
    if data.startswith(b"FLV\x01"):
        return "video/x-flv"
    return "video/wmv" if data.startswith(_ASF) else None
