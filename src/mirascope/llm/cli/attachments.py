"""The argument ``--attach``: files and addresses that go with a question."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath
from typing import TypeAlias
from urllib.parse import urlsplit

from mirascope.llm.cli.exits import UsageError, one_line
from mirascope.llm.content import Audio, Document, Image, Video
from mirascope.llm.content.audio import infer_audio_type
from mirascope.llm.content.document import infer_document_type, mime_type_from_extension
from mirascope.llm.content.downloads import download
from mirascope.llm.content.image import infer_image_type
from mirascope.llm.content.video import MAX_VIDEO_SIZE, infer_video_type

__all__ = ["Attachment", "load_attachment"]

Attachment: TypeAlias = Image | Audio | Document | Video

_LIMIT = MAX_VIDEO_SIZE  # what the largest kind may have


def load_attachment(spec: str) -> Attachment:
    """Return the part for a file, an address, or standard input as ``-``.

    What it is shows from its bytes, whatever it is called; text has to be UTF-8.

    Raises:
        UsageError: It cannot be read, is empty, too large, or of a kind that no model takes.
    """
    try:
        return _part(_read(spec), PurePosixPath(urlsplit(spec).path).suffix)
    except (OSError, ValueError) as error:
        because = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise UsageError(one_line(f"--attach {spec}: {because}")) from error


def _read(spec: str) -> bytes:
    if spec == "-":
        return sys.stdin.buffer.read(_LIMIT + 1)
    if spec.startswith(("http://", "https://")):
        # Whoever types an address may mean one of their own network.
        return download(spec, "Attachment", _LIMIT, allow_private=True)
    with Path(spec).open("rb") as file:
        return file.read(_LIMIT + 1)


def _part(data: bytes, suffix: str) -> Attachment:
    if not data:
        raise ValueError("it is empty")
    if len(data) > _LIMIT:
        raise ValueError(f"it has more than {_LIMIT >> 20} MB")
    if infer_image_type(data):
        return Image.from_bytes(data)
    if infer_audio_type(data):
        return Audio.from_bytes(data)
    if infer_document_type(data):
        return Document.from_bytes(data)
    if infer_video_type(data):
        return Video.from_bytes(data)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ValueError("it is neither an image, audio, video, a PDF nor text in UTF-8")
    try:
        kind = mime_type_from_extension(suffix)
    except ValueError:
        kind = "text/plain"
    # One that is called a PDF and is text is text.
    return Document.from_bytes(
        text.encode(), mime_type="text/plain" if kind == "application/pdf" else kind
    )
