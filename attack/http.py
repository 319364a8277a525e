"""HTTP/1.1 written by hand: heads, chunks and packed bodies, right and wrong."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal, TypeAlias

__all__ = ["FRAMINGS", "Framed", "Framing", "chunk", "framed", "head", "pack", "pieces_of"]

Framing: TypeAlias = Literal["length", "chunked", "close", "1.0"]
FRAMINGS: Sequence[Framing] = ("length", "chunked", "close", "1.0")

JSON = "application/json"
EVENTS = "text/event-stream"


def head(
    status: int = 200,
    *headers: tuple[str, str],
    version: str = "HTTP/1.1",
    reason: str = "Whatever",
) -> bytes:
    """Return a status line and headers."""
    lines = [f"{version} {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """Return one chunk of a chunked body; an empty one ends it."""
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


@dataclass(frozen=True)
class Framed:
    """An answer as bytes."""

    segments: list[tuple[bytes, bool]]
    """Pieces in order, and whether each belongs to the body as it is meant."""
    keeps: bool
    """Whether the connection can carry another answer after it."""

    @property
    def data(self) -> bytes:
        """The whole of it."""
        return b"".join(data for data, _ in self.segments)

    def body_until(self, offset: int) -> int:
        """Return how many bytes of the body are in the first `offset` bytes."""
        count = 0
        for data, is_body in self.segments:
            if offset <= 0:
                break
            if is_body:
                count += min(len(data), offset)
            offset -= len(data)
        return count


def framed(
    pieces: Sequence[bytes],
    framing: Framing,
    content_type: str = JSON,
    *,
    status: int = 200,
    headers: Sequence[tuple[str, str]] = (),
) -> Framed:
    """Return an answer with the body `pieces`, each of them a chunk where there are any."""
    fields = [("content-type", content_type), *headers]
    version = "HTTP/1.1"
    if framing == "length":
        fields.append(("content-length", str(sum(map(len, pieces)))))
    elif framing == "chunked":
        fields.append(("transfer-encoding", "chunked"))
    elif framing == "close":
        fields.append(("connection", "close"))
    else:
        version = "HTTP/1.0"
    segments = [(head(status, *fields, version=version), False)]
    for piece in pieces:
        if framing == "chunked" and piece:
            segments += [(b"%x\r\n" % len(piece), False), (piece, True), (b"\r\n", False)]
        else:
            segments.append((piece, True))
    if framing == "chunked":
        segments.append((b"0\r\n\r\n", False))
    return Framed(segments, framing in ("length", "chunked"))


def pieces_of(data: bytes, rng: Random, most: int = 8) -> list[bytes]:
    """Cut `data` at random places."""
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(most)))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True) if a < b]


def pack(data: bytes, how: Literal["gzip", "deflate", "raw"]) -> bytes:
    """Return `data` packed; ``raw`` is deflate without its envelope, as some servers send it."""
    bits = {"gzip": 31, "deflate": 15, "raw": -15}[how]
    packer = zlib.compressobj(6, zlib.DEFLATED, bits)
    return packer.compress(data) + packer.flush()
