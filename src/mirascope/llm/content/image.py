"""Images: in a prompt, or made by a model."""

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
    "MAX_IMAGE_SIZE",
    "Base64ImageSource",
    "Image",
    "ImageChunk",
    "ImageMimeType",
    "URLImageSource",
    "infer_image_type",
]

MAX_IMAGE_SIZE = 20 * 1024 * 1024
"""The default limit for an image, in bytes."""

ImageMimeType: TypeAlias = Literal[
    "image/png", "image/jpeg", "image/webp", "image/gif", "image/heic", "image/heif"
]


@dataclass(kw_only=True)
class Base64ImageSource:
    """An image carried in the request, as base64 text."""

    type: Literal["base64_image_source"]
    data: str
    mime_type: ImageMimeType


@dataclass(kw_only=True)
class URLImageSource:
    """An image the provider fetches itself."""

    type: Literal["url_image_source"]
    url: str


@dataclass(kw_only=True)
class Image:
    """An image."""

    type: Literal["image"] = "image"
    source: Annotated[Base64ImageSource | URLImageSource | FileSource, ByTag("type")]

    @classmethod
    def from_url(cls, url: str) -> Image:
        """Refer to an image by its address; nothing is fetched here.

        The vendor fetches it, so it has to be on the open web; `download` fetches it on this
        machine. An encoder whose vendor takes no addresses raises `FeatureNotSupportedError`.

        Args:
            url: The address.

        Raises:
            TypeError: It is no text.
        """
        require("url", url, str, "an address, as text")
        return cls(source=URLImageSource(type="url_image_source", url=url))

    @classmethod
    def from_file_id(cls, file_id: str, *, provider: str) -> Image:
        """Refer to an image that was uploaded to a provider before; only that one can be sent it.

        Args:
            file_id: What the provider calls it: the id of Anthropic or OpenAI, Google's URI.
            provider: The provider's id, such as ``"openai"``.
        """
        return cls(source=file_source(file_id, provider))

    @classmethod
    def download(
        cls,
        url: str,
        *,
        max_size: int = MAX_IMAGE_SIZE,
        timeout: float | None = DOWNLOAD_TIMEOUT,
        allow_private: bool = False,
    ) -> Image:
        """Fetch an image now.

        Args:
            url: Where it is; redirects are followed.
            max_size: The most bytes to accept.
            timeout: Seconds for all of it; None for no limit.
            allow_private: Whether it may be on this machine or in a private network. Leave it off
                where the address comes from somebody else.

        Raises:
            ValueError: The image is too large, or of an unknown type; or the address, or one that
                it redirects to, is private.
            ConnectionError: The address cannot be reached, or answers with an error status.
            TimeoutError: It took too long.
        """
        data = download(url, "Image", max_size, timeout=timeout, allow_private=allow_private)
        return cls.from_bytes(data, max_size=max_size)

    @classmethod
    async def download_async(
        cls,
        url: str,
        *,
        max_size: int = MAX_IMAGE_SIZE,
        timeout: float | None = DOWNLOAD_TIMEOUT,  # noqa: ASYNC109 - as in `download`
        allow_private: bool = False,
    ) -> Image:
        """Fetch an image now, without blocking; otherwise as `download`."""
        data = await download_async(
            url, "Image", max_size, timeout=timeout, allow_private=allow_private
        )
        return cls.from_bytes(data, max_size=max_size)

    @classmethod
    def from_file(
        cls, file_path: str | os.PathLike[str], *, max_size: int = MAX_IMAGE_SIZE
    ) -> Image:
        """Read an image file.

        Raises:
            FileNotFoundError: There is no such file.
            ValueError: The image is too large (it is not read then), or of an unknown type.
            TypeError: `file_path` is no path.
        """
        media_bytes.require_path(file_path)
        with media_bytes.naming(file_path):
            data = media_bytes.read_file(file_path, "Image", max_size)
            return cls.from_bytes(data, max_size=max_size)

    @classmethod
    def from_bytes(cls, data: bytes, *, max_size: int = MAX_IMAGE_SIZE) -> Image:
        """Take an image's bytes; the type is told from them.

        Raises:
            ValueError: The image is too large, or of an unknown type.
            TypeError: `data` is not bytes.
        """
        encoded: tuple[str, ImageMimeType] = media_bytes.encode(
            data, "Image", max_size, infer_image_type
        )
        text, mime_type = encoded
        return cls(
            source=Base64ImageSource(type="base64_image_source", data=text, mime_type=mime_type)
        )


def infer_image_type(data: bytes) -> ImageMimeType | None:
    """Return the media type that the first bytes of an image show, or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:12] in (b"ftypheic", b"ftypheix"):
        return "image/heic"
    if data[4:12] in (b"ftypmif1", b"ftypmsf1", b"ftyphevc", b"ftyphevx"):
        return "image/heif"
    return None


@dataclass(kw_only=True, slots=True)
class ImageChunk:
    """An image that a model made, whole."""

    type: Literal["image_chunk"] = "image_chunk"
    content_type: Literal["image"] = "image"
    id: str
    image: Image
    preview: bool = False
    """Whether it is not finished: another one with the same id takes its place."""
