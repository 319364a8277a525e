"""Where a body ends, however its bytes are cut."""

from __future__ import annotations

import gzip
import itertools
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.transport.body import (
    Body,
    ChunkedBody,
    Inflater,
    SizedBody,
    UnsizedBody,
)
from mirascope.llm.transport.http import ConnectionLost


def feed_all(body: Body, parts: list[bytes]) -> bytes:
    return b"".join([body.feed(part) for part in parts])


def feed(body: Body, data: bytes, cuts: list[int]) -> bytes:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return b"".join(body.feed(data[start:end]) for start, end in itertools.pairwise(edges))


CHUNKS = st.lists(st.binary(min_size=1, max_size=20), max_size=8)
EXTENSIONS = st.sampled_from([b"", b";a", b" ;a=b", b'; a="b c"', b"\t"])
TRAILERS = st.sampled_from([b"", b"x-a: 1\r\n", b"x-a: 1\r\nx-b:\r\n"])
CUTS = st.lists(st.integers(0, 300), max_size=8)


@given(CHUNKS, EXTENSIONS, TRAILERS, CUTS, st.booleans())
def test_chunked(
    chunks: list[bytes], extension: bytes, trailer: bytes, cuts: list[int], upper: bool
) -> None:
    size = b"%X" if upper else b"00%x"
    framed = b"".join(size % len(chunk) + extension + b"\r\n" + chunk + b"\r\n" for chunk in chunks)
    framed += b"0" + extension + b"\r\n" + trailer + b"\r\n"
    for parts in ([], cuts, list(range(len(framed)))):
        body = ChunkedBody()
        assert feed(body, framed, parts) == b"".join(chunks)
        assert body.done
        assert body.reusable
    for end in range(len(framed)):
        body = ChunkedBody()
        assert b"".join(chunks).startswith(feed(body, framed[:end], cuts))
        assert not body.done
        with pytest.raises(ConnectionLost):
            body.end()


def test_what_comes_after_a_chunked_body_spoils_the_connection() -> None:
    body = ChunkedBody()
    assert body.feed(b"1\r\na\r\n0\r\n\r\nHTTP/1.1") == b"a"
    assert body.done
    assert not body.reusable


@pytest.mark.parametrize(
    ("before", "content"),
    [(b"8\r\n", b"3\r\nabc\r\n"), (b"1", b"abc\r\n")],
    ids=["after its size", "within its size"],
)
def test_content_that_looks_like_a_chunk_seen_before(before: bytes, content: bytes) -> None:
    chunk = b"3\r\nabc\r\n"
    body = ChunkedBody()
    assert body.feed(chunk) == body.feed(chunk) == b"abc"
    assert body.feed(before) == b""
    assert body.feed(chunk) == content


@pytest.mark.parametrize(
    "framed",
    [
        b"\r\n",
        b"x\r\n",
        b"-1\r\n",
        b"+1\r\n",
        b"0x1\r\n",
        b"1_0\r\n",
        b"1 0\r\n",
        b"1\n",
        b"1\r\nab\r\n0\r\n\r\n",
        b"1\r\na\n0\r\n\r\n",
        b"11111111111111111\r\n",
    ],
)
def test_not_chunked(framed: bytes) -> None:
    for parts in ([framed], [framed[n : n + 1] for n in range(len(framed))]):
        with pytest.raises(ConnectionLost):
            feed_all(ChunkedBody(), parts)


def test_line_without_end() -> None:
    with pytest.raises(ConnectionLost, match="too long"):
        feed_all(ChunkedBody(), [b"1" * 1000] * 100)


@given(st.binary(max_size=30), st.integers(0, 40), CUTS)
def test_sized(data: bytes, length: int, cuts: list[int]) -> None:
    body = SizedBody(length)
    assert body.done == (length == 0)
    assert feed(body, data, cuts) == data[:length]
    assert body.done == (len(data) >= length)
    assert body.reusable == (len(data) <= length)
    if not body.done:
        with pytest.raises(ConnectionLost):
            body.end()


def test_unsized() -> None:
    body = UnsizedBody()
    assert body.feed(b"a") == b"a"
    assert not body.done
    body.end()
    assert body.done
    assert not body.reusable


def inflated(inflater: Inflater, packed: bytes, step: int) -> bytes:
    content = b""
    for start in range(0, len(packed), step):
        content += inflater.feed(packed[start : start + step])
        while inflater.pending:
            content += inflater.feed(b"")
    return content


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=300), st.integers(1, 40))
def test_inflater(data: bytes, step: int) -> None:
    assert inflated(Inflater("gzip"), gzip.compress(data), step) == data
    assert inflated(Inflater("x-gzip"), gzip.compress(data), step) == data
    assert inflated(Inflater("deflate"), zlib.compress(data), step) == data
    assert inflated(Inflater("deflate"), bare(data), step) == data


def test_inflater_gives_out_a_little_at_a_time() -> None:
    inflater = Inflater("gzip")
    size = len(inflater.feed(gzip.compress(bytes(50_000_000))))
    assert 0 < size <= 1024 * 1024
    while inflater.pending:
        piece = len(inflater.feed(b""))
        assert piece <= 1024 * 1024
        size += piece
    assert size == 50_000_000


def test_inflater_of_something_else() -> None:
    with pytest.raises(ConnectionLost, match="damaged"):
        Inflater("gzip").feed(b"not packed at all")
