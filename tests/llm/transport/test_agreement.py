"""What the drivers make of answers that are not as they should be: the same."""

from __future__ import annotations

import gzip
import zlib

import pytest

from mirascope.llm.transport.http import ConnectionLost
from tests.llm.transport.colours import Colour, post, soon
from tests.loopback import Exchange, Reply, Server

WHOLE = b"data: 1\n\ndata: 22\n\n"


def outcome(colour: Colour, server: Server, headers: dict[str, str] | None = None) -> object:
    """Return the whole body, or the class of the error."""
    try:
        stream = colour.open(post(server.url("/"), headers=headers), deadline=soon(5))
    except ConnectionLost as error:
        return type(error)
    body, error = stream.read_until_error(soon(5))
    return body if error is None else type(error)


PACKED = [
    ("gzip", gzip.compress(WHOLE[:5]) + gzip.compress(WHOLE[5:]), WHOLE),
    ("gzip", gzip.compress(WHOLE) + bytes(8), WHOLE),  # padding
    ("gzip", gzip.compress(b"") + gzip.compress(WHOLE), WHOLE),
    ("gzip", gzip.compress(WHOLE) + b"garbage", ConnectionLost),
    ("gzip", gzip.compress(WHOLE)[:-9], ConnectionLost),
    ("gzip", gzip.compress(WHOLE)[:5], ConnectionLost),
    ("gzip", b"", b""),
    ("x-gzip", gzip.compress(WHOLE), WHOLE),
    ("deflate", zlib.compress(WHOLE), WHOLE),
    ("deflate", zlib.compress(WHOLE)[:-5], ConnectionLost),
    ("deflate", b"x", ConnectionLost),
    ("foo", WHOLE, ConnectionLost),
    ("br", WHOLE, ConnectionLost),
    ("zstd", WHOLE, ConnectionLost),
    ("gzip, gzip", gzip.compress(gzip.compress(WHOLE)), ConnectionLost),
    ("identity", WHOLE, WHOLE),
]


@pytest.mark.parametrize(("coding", "body", "expected"), PACKED, ids=range(len(PACKED)))
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_content_encoding(
    server: Server, ours: Colour, coding: str, body: bytes, expected: object, size: int
) -> None:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    server.route("*", Reply(body=pieces, headers={"content-encoding": coding}))
    assert outcome(ours, server) == expected


@pytest.mark.parametrize("coding", ["foo", "br"])
def test_content_encoding_that_was_asked_for_is_the_callers(
    server: Server, ours: Colour, coding: str
) -> None:
    server.route("*", Reply(body=[WHOLE], headers={"content-encoding": coding}))
    assert outcome(ours, server, {"accept-encoding": coding}) == WHOLE


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("content-length: 5", b"12345"),
        ("content-length: 5\r\ncontent-length: 6", ConnectionLost),
        ("content-length: five", ConnectionLost),
        ("content-length: -5", ConnectionLost),
        ("content-length: +5", ConnectionLost),
        ("content-length: 0x5", ConnectionLost),
        ("content-length: 5_0", ConnectionLost),
        ("content-length: 5.0", ConnectionLost),
        ("content-length:", ConnectionLost),
        ("content-length: 99999999999999999999999", ConnectionLost),
    ],
)
def test_content_length(server: Server, colour: Colour, fields: str, expected: object) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.write(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n12345".encode())

    server.route("*", answer)
    assert outcome(colour, server) == expected


@pytest.mark.parametrize(
    "fields", ["content-length: 5\r\ncontent-length: 5", "content-length: 5, 5"]
)
def test_content_length_said_twice(server: Server, ours: Colour, fields: str) -> None:
    """A client may take it or leave it (RFC 9110, 8.6); httpx takes it."""
    test_content_length(server, ours, fields, ConnectionLost)


@pytest.mark.parametrize("after", [b" ", b"\t", b" ; a = b", b";a", b';a="x;y"'])
def test_what_follows_the_size_of_a_chunk(server: Server, ours: Colour, after: bytes) -> None:
    """Blanks there are bad, and recipients have to read over them (RFC 9112, 7.1.1)."""

    def answer(exchange: Exchange) -> None:
        head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        exchange.write(head + b"5%s\r\n12345\r\n0%s\r\n\r\n" % (after, after))

    server.route("*", answer)
    assert outcome(ours, server) == b"12345"


def test_headers_are_latin_1(server: Server, colour: Colour) -> None:
    sent = {"x-mixed": "caf\xe9 \xc3\xa9", "x-utf-8": "\xc3\xa9", "x-all": "\x80\xa0\xff"}
    server.route("*", Reply(headers=sent, body=b"x"))
    received = colour.open(post(server.url("/"))).headers
    assert {name: received[name] for name in sent} == sent


HEADS = {
    "length": b"content-length: %d\r\n\r\n" % len(WHOLE) + WHOLE,
    "chunked": b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(WHOLE), WHOLE),
}
MORE = [b"\0", b"0\r\n\r\n", b"x" * 5000, b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nPOISON"]


@pytest.mark.parametrize("framing", HEADS)
@pytest.mark.parametrize("more", MORE, ids=range(len(MORE)))
@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 103 Early\r\nlink: x\r\n\r\n"], ids=["", "103"])
def test_what_comes_in_one_piece_with_an_answer_takes_nothing_from_it(
    server: Server, ours: Colour, framing: str, more: bytes, before: bytes
) -> None:
    """The kernel joins what was sent in two writes, whenever the reader is slow."""

    def both(exchange: Exchange) -> None:
        exchange.write(before + b"HTTP/1.1 200 OK\r\n" + HEADS[framing] + more)
        exchange.stall()

    server.route("*", both, Reply(body=b"second", framing="length"))
    assert outcome(ours, server) == WHOLE
    assert outcome(ours, server) == b"second"
    assert server.connections == 2
