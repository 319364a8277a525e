"""AWS event-stream frames for tests: made by hand, right or wrong in whatever way is asked for."""

from __future__ import annotations

import json
import struct
from binascii import crc32
from typing import Any

__all__ = ["event", "exception", "frame", "header"]


def header(name: str | bytes, value: Any, kind: int = 7) -> bytes:
    """Return one header; `value` is the text of type 7, the bytes of 6, or as they are."""
    written = name.encode() if isinstance(name, str) else name
    data = value.encode() if isinstance(value, str) else value
    length = struct.pack("!H", len(data)) if kind in (6, 7) else b""
    return bytes([len(written)]) + written + bytes([kind]) + length + data


def frame(headers: bytes, payload: bytes = b"", *, extra: int = 0) -> bytes:
    """Return a frame whose checksums are right; its length is wrong by `extra`."""
    prelude = struct.pack("!II", len(headers) + len(payload) + 16 + extra, len(headers))
    start = prelude + struct.pack("!I", crc32(prelude)) + headers + payload
    return start + struct.pack("!I", crc32(start))


def event(name: str, payload: Any) -> bytes:
    """Return an event as Bedrock sends it."""
    return _message("event", ":event-type", name, payload)


def exception(name: str, message: str, **more: Any) -> bytes:
    """Return an exception as Bedrock sends it."""
    return _message("exception", ":exception-type", name, {"message": message, **more})


def _message(kind: str, key: str, name: str, payload: Any) -> bytes:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = header(key, name) + header(":content-type", "application/json")
    return frame(headers + header(":message-type", kind), data)
