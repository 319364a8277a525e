"""Reading media from files, bytes and URLs, with a limit."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from mirascope.llm.types.refusals import require

__all__ = ["encode", "naming", "read_file", "require_bytes", "require_path"]

_T = TypeVar("_T")

MIN_SNIFF = 12
"""Bytes needed to tell the media types apart."""


def require_path(path: object) -> None:
    """Raise `TypeError` for what is no path; a number would be an open file's."""
    require("file_path", path, (str, os.PathLike), "a path, as text or a pathlib.Path")


def require_bytes(data: object) -> None:
    """Raise `TypeError` for what is not bytes."""
    require("data", data, (bytes, bytearray), "bytes")


@contextmanager
def naming(path: str | os.PathLike[str]) -> Generator[None]:
    """Let what is wrong with a file name it."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{Path(path).name}: {error}") from error


def read_file(path: str | os.PathLike[str], kind: str, max_size: int) -> bytes:
    """Return a file's content; a file over `max_size` bytes is refused before it is read.

    Raises:
        ValueError: The file is too large.
    """
    size = os.stat(path).st_size
    if size > max_size:
        raise ValueError(
            f"{kind} file size ({size} bytes) exceeds maximum allowed size ({max_size} bytes)"
        )
    return Path(path).read_bytes()


def encode(
    data: bytes, kind: str, max_size: int, sniff: Callable[[bytes], _T | None]
) -> tuple[str, _T]:
    """Return `data` as base64 text, and its media type.

    Raises:
        TypeError: `data` is not bytes.
        ValueError: More than `max_size` bytes, fewer than `MIN_SNIFF`, or an unknown type.
    """
    require_bytes(data)
    if len(data) > max_size:
        raise ValueError(
            f"{kind} size ({len(data)} bytes) exceeds maximum allowed size ({max_size} bytes)"
        )
    if len(data) < MIN_SNIFF:
        raise ValueError(f"{kind} data too small to determine type (minimum {MIN_SNIFF} bytes)")
    mime_type = sniff(data)
    if mime_type is None:
        raise ValueError(f"Unsupported {kind.lower()} type")
    return base64.b64encode(data).decode("ascii"), mime_type
