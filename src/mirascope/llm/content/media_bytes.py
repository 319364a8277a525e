"""Reading media from files, bytes and URLs, with a limit."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

__all__ = ["encode", "read_file"]

_T = TypeVar("_T")

MIN_SNIFF = 12
"""Bytes needed to tell the media types apart."""


def read_file(path: str | os.PathLike[str], kind: str, max_size: int) -> bytes:
    """Return a file's content; a file over `max_size` bytes is refused before it is read."""
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
        ValueError: More than `max_size` bytes, fewer than `MIN_SNIFF`, or an unknown type.
    """
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
