"""What every driver does, in every colour, against a real server."""

from __future__ import annotations

import gzip
import math
import socket
import struct
import threading
import time
import zlib

import pytest

from mirascope.llm.transport.http import (
    ConnectFailed,
    ConnectionLost,
    DeadlineExceeded,
    StreamClosed,
    TransportError,
)
from tests.llm.transport.colours import Colour, get, post, soon
from tests.loopback import Exchange, Reply, Server, refused_port

PIECES = [b"data: 1\n\n", b"data: 22\n\n", "data: é\n\n".encode()]
WHOLE = b"".join(PIECES)


@pytest.mark.parametrize("framing", ["chunked", "length", "close"])
def test_whole_body(server: Server, colour: Colour, framing: str) -> None:
    reply = Reply(body=PIECES, framing=framing, headers={"X-Request-Id": "r1"})  # type: ignore[arg-type]
    server.route("/chat", reply)
    stream = colour.open(post(server.url("/chat?alt=sse"), b'{"a": 1}', {"x-mine": "yes"}))
    assert stream.status == 200
    assert stream.headers["x-request-id"] == "r1"
    assert stream.read_all() == WHOLE
    assert stream.read() == b""
    stream.close()
    (request,) = server.requests
    assert (request.method, request.path, request.query) == ("POST", "/chat", "alt=sse")
    assert request.body == b'{"a": 1}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["x-mine"] == "yes"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"].startswith("mirascope/")
    assert request.headers["host"] == f"127.0.0.1:{server.port}"


def test_get_has_no_body(server: Server, colour: Colour) -> None:
    server.route("/models", Reply(body=b"[]", framing="length"))
    assert colour.open(get(server.url("/models"))).read_all() == b"[]"
    (request,) = server.requests
    assert request.method == "GET"
    assert request.body == b""
    assert request.headers.get("content-length", "0") == "0"


def test_empty_bodies(server: Server, colour: Colour) -> None:
    server.route("/none", Reply(status=204, framing="length"))
    server.route("/chunked", Reply())
    server.route("/length", Reply(framing="length"))
    server.route("/close", Reply(framing="close"))
    for path in ("/none", "/chunked", "/length", "/close"):
        assert colour.open(get(server.url(path))).read_all() == b""


@pytest.mark.parametrize("status", [400, 404, 429, 500, 529])
def test_any_status_is_an_answer(server: Server, colour: Colour, status: int) -> None:
    server.route(
        "*", Reply(status=status, headers={"Retry-After": "7"}, body=b"no", framing="length")
    )
    stream = colour.open(post(server.url("/")))
    assert stream.status == status
    assert stream.headers["retry-after"] == "7"
    assert stream.read_all() == b"no"


def test_redirects_are_not_followed(server: Server, colour: Colour) -> None:
    server.route("*", Reply(status=302, headers={"location": "/elsewhere"}, framing="length"))
    stream = colour.open(post(server.url("/")))
    assert stream.status == 302
    assert stream.read_all() == b""
    assert len(server.requests) == 1


def test_repeated_headers_are_joined(server: Server, colour: Colour) -> None:
    def twice(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n")

    server.route("*", twice)
    assert colour.open(get(server.url("/"))).headers["x-a"] == "1, 2"


def test_long_headers(server: Server, colour: Colour) -> None:
    server.route("*", Reply(headers={"x-long": "a" * 30_000}, body=b"x"))
    assert len(colour.open(get(server.url("/"))).headers["x-long"]) == 30_000


def test_large_request_body(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=b"ok"))
    body = b"0123456789abcdef" * 200_000
    assert colour.open(post(server.url("/"), body)).read_all() == b"ok"
    assert server.requests[0].body == body


def test_large_answer(server: Server, colour: Colour) -> None:
    body = b"0123456789abcdef" * 200_000
    server.route("/length", Reply(body=body, framing="length"))
    server.route("/chunked", Reply(body=[body[:1_000_000], body[1_000_000:]]))
    assert colour.open(get(server.url("/length"))).read_all() == body
    assert colour.open(get(server.url("/chunked"))).read_all() == body


def test_address_is_sent_as_it_is(server: Server, colour: Colour) -> None:
    server.route("*", Reply())
    path = "/model/anthropic.claude-v2%3A1/converse/a%20b:c?x=%2F&y=a+b"
    colour.open(post(server.url(path))).read_all()
    assert server.requests[0].target == path


def test_each_piece_comes_when_it_is_there(server: Server, colour: Colour) -> None:
    go = threading.Event()

    def stepwise(exchange: Exchange) -> None:
        exchange.head(headers={"transfer-encoding": "chunked"})
        for piece in PIECES:
            exchange.chunk(piece)
            assert go.wait(30)
            go.clear()
        exchange.write(b"ff\r\nhalf a chunk")
        exchange.stall()

    server.route("*", stepwise)
    stream = colour.open(post(server.url("/")))
    for piece in PIECES:
        assert stream.read() == piece
        go.set()
    assert stream.read() == b"half a chunk"
    stream.close()


@pytest.mark.parametrize("stall", ["before headers", "after headers", "after first", "after body"])
@pytest.mark.parametrize("framing", ["chunked", "length"])
def test_silence(server: Server, colour: Colour, stall: str, framing: str) -> None:
    wrong = 1 if framing == "length" else 0
    server.route("*", Reply(body=PIECES, framing=framing, stall=stall, wrong_length=wrong))  # type: ignore[arg-type]
    request = post(server.url("/"))
    deadline = soon(0.2)
    received = b""
    try:
        stream = colour.open(request, deadline=deadline)
        received, error = stream.read_until_error(deadline)
        stream.close()
    except DeadlineExceeded as at_once:
        assert stall == "before headers"
        error = at_once
    assert time.monotonic() >= deadline
    assert isinstance(error, DeadlineExceeded)
    assert not error.connecting
    assert received == {"after first": PIECES[0], "after body": WHOLE}.get(stall, b"")
    server.wait_requests(1)[0].wait_disconnected()


def test_keep_alives_do_not_move_the_deadline(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=[b"data: 1\n\n"], forever=b": ping\n\n", every=0.002))
    deadline = soon(0.2)
    stream = colour.open(post(server.url("/")), deadline=deadline)
    received, error = stream.read_until_error(deadline)
    assert isinstance(error, DeadlineExceeded)
    assert received.count(b": ping\n\n") > 3
    stream.close()
    server.requests[0].wait_disconnected()


def test_deadline_moves_later(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=[b"1", 0.06, b"2", 0.06, b"3", 0.06, b"4"]))
    stream = colour.open(post(server.url("/")), deadline=soon(10))
    received = b""
    for seconds in (0.2, 0.25, 0.3, 0.35):
        received += stream.read(soon(seconds))
    assert received == b"1234"


def test_deadline_moves_earlier(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=[b"1"], stall="after first"))
    stream = colour.open(post(server.url("/")), deadline=soon(30))
    assert stream.read(soon(30)) == b"1"
    started = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        stream.read(soon(0.05))
    assert time.monotonic() - started < 20
    stream.close()


def test_deadline_after_none(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=[b"1", 0.05, b"2"], stall="after body"))
    stream = colour.open(post(server.url("/")))
    assert stream.read(soon(0.04)) == b"1"
    assert stream.read(None) == b"2"
    with pytest.raises(DeadlineExceeded):
        stream.read(soon(0.05))
    stream.close()


@pytest.mark.parametrize("far", [math.inf, 1e300, 1e10])
def test_limits_that_are_no_limits(server: Server, colour: Colour, far: float) -> None:
    server.route("*", Reply(body=PIECES))
    stream = colour.open(post(server.url("/")), connect=far, deadline=far)
    assert stream.read(far).startswith(PIECES[0])
    stream.close()


def test_deadline_that_has_passed(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES))
    with pytest.raises(DeadlineExceeded):
        colour.open(post(server.url("/")), deadline=time.monotonic() - 1)
    assert server.requests == []
    stream = colour.open(post(server.url("/")))
    with pytest.raises(DeadlineExceeded):
        stream.read(time.monotonic() - 1)
    stream.close()


def unchunk(framed: bytes) -> bytes:
    """Return the content of a chunked body, of the part of it that is there."""
    content = b""
    while b"\r\n" in framed:
        size, _, framed = framed.partition(b"\r\n")
        content += framed[: int(size, 16)]
        framed = framed[int(size, 16) + 2 :]
    return content


@pytest.mark.parametrize("reset", [False, True])
def test_chunked_body_cut_at_every_byte(server: Server, colour: Colour, reset: bool) -> None:
    framed = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in PIECES) + b"0\r\n\r\n"
    for count in range(0, len(framed), 1 if colour.is_ours else 3):
        server.route("*", Reply(body=PIECES, cut_after=count, reset=reset))
        received, error = b"", None
        try:
            received, error = colour.open(post(server.url("/"))).read_until_error()
        except ConnectionLost as at_once:  # a reset can overtake the headers
            assert reset
            error = at_once
        assert isinstance(error, ConnectionLost), count
        assert WHOLE.startswith(received)
        if not reset and colour.is_ours:
            assert received == unchunk(framed[:count]), count
    server.route("*", Reply(body=PIECES, cut_after=len(framed)))
    assert colour.open(post(server.url("/"))).read_until_error() == (WHOLE, None)


@pytest.mark.parametrize("count", [0, 1, 10, len(WHOLE) - 1])
def test_sized_body_cut(server: Server, colour: Colour, count: int) -> None:
    server.route("*", Reply(body=PIECES, framing="length", cut_after=count))
    received, error = colour.open(post(server.url("/"))).read_until_error()
    assert isinstance(error, ConnectionLost)
    assert WHOLE.startswith(received)


def test_sized_body_that_is_too_short(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES, framing="length", wrong_length=2))
    received, error = colour.open(post(server.url("/"))).read_until_error()
    assert isinstance(error, ConnectionLost)
    assert WHOLE.startswith(received)


def test_sized_body_that_is_too_long(server: Server, colour: Colour) -> None:
    """Nothing beyond the length is given out, and the connection is of no further use."""
    server.route("*", Reply(body=b"abcdef", framing="length", wrong_length=-2))
    for _ in range(2):
        try:
            assert colour.open(post(server.url("/"))).read_all() == b"abcd"
        except ConnectionLost:
            assert colour.name != "sync"  # the others may look ahead, or try the connection again


def test_what_came_before_the_break_is_not_lost(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES, cut_after=40))
    stream = colour.open(post(server.url("/")))
    server.requests[0].wait_disconnected()
    time.sleep(0.05)  # all of it is here, and the end too
    received, error = stream.read_until_error()
    assert received == WHOLE[: len(received)]
    assert len(received) > len(PIECES[0]) + len(PIECES[1])
    assert isinstance(error, ConnectionLost)


def test_error_is_given_again_or_the_stream_is_closed(server: Server, colour: Colour) -> None:
    server.route("*", Reply(body=PIECES, cut_after=10))
    stream = colour.open(post(server.url("/")))
    stream.read_until_error()
    with pytest.raises((ConnectionLost, StreamClosed)):
        stream.read()
    stream.close()
    stream.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-le",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"<html></html>\r\n\r\n",
    ],
)
def test_no_http(server: Server, colour: Colour, garbage: bytes) -> None:
    server.route("*", lambda exchange: exchange.write(garbage))
    with pytest.raises(ConnectionLost) as caught:
        colour.open(post(server.url("/")))
    assert "OpenSSH" not in str(caught.value)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize(
    "body",
    [b"zz\r\nabc\r\n0\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n", b"-1\r\n", b"\r\n\r\n"],
)
def test_no_chunks(server: Server, colour: Colour, body: bytes) -> None:
    def broken(exchange: Exchange) -> None:
        exchange.head(headers={"transfer-encoding": "chunked"})
        exchange.write(body)

    server.route("*", broken)
    try:
        _, error = colour.open(post(server.url("/"))).read_until_error()
    except ConnectionLost as at_once:
        error = at_once
    assert isinstance(error, ConnectionLost)


def test_reset_before_an_answer(server: Server, colour: Colour) -> None:
    server.route("*", Exchange.reset)
    with pytest.raises(ConnectionLost):
        colour.open(post(server.url("/")))


def test_nobody_listens(colour: Colour) -> None:
    with pytest.raises(ConnectFailed, match=r"127\.0\.0\.1:\d+") as caught:
        colour.open(post(f"http://127.0.0.1:{refused_port()}/x"))
    assert caught.value.__cause__ is not None


def test_name_that_does_not_exist(colour: Colour) -> None:
    with pytest.raises(ConnectFailed, match=r"no-such-host\.invalid"):
        colour.open(post("http://no-such-host.invalid/x"))


@pytest.mark.parametrize("url", ["http:///x", "ftp://127.0.0.1/x", "http://127.0.0.1:99999/x"])
def test_address_that_cannot_be(colour: Colour, url: str) -> None:
    with pytest.raises(TransportError):
        colour.open(post(url))


def test_errors_keep_secrets(server: Server, colour: Colour) -> None:
    """No query, header, body or user of an address is in a message."""

    def talkative(exchange: Exchange) -> None:
        exchange.write(b"HTTP/1.1 secret\r\nsecret: secret\r\n\r\nsecret")

    port = refused_port()
    server.route("/talk", talkative)
    server.route("/stall", Reply(stall="before headers"))
    server.route("/cut", Reply(headers={"x-a": "secret"}, body=b"secret", cut_after=4))
    headers = {"authorization": "Bearer secret"}
    for url in (
        f"http://secret:secret@127.0.0.1:{port}/?key=secret",
        f"http://127.0.0.1:{port}/?key=secret",
        "http://no-such-host.invalid/?key=secret",
        server.url("/talk?key=secret"),
        server.url("/stall?key=secret"),
        server.url("/cut?key=secret"),
    ):
        with pytest.raises(TransportError) as caught:
            colour.open(post(url, b"secret", headers), deadline=soon(0.2)).read_all()
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://[secret/?key=secret",
        "http://secret:secret@[::1/?key=secret",
        "http://127.0.0.1:secret/?key=secret",
        "http://127.0.0.1 secret/?key=secret",
        "http://-secret\N{BLACK SQUARE}\N{FULLWIDTH SOLIDUS}/?key=secret",
        "http://a..b/?key=secret",
        "http:///secret?key=secret",
        "secret:?key=secret",
        "http://%zz%/?key=secret",
        "http://127.0.0.1\nsecret/?key=secret",
    ],
)
def test_addresses_that_cannot_be_keep_secrets(ours: Colour, url: str) -> None:
    with pytest.raises(TransportError) as caught:
        ours.open(post(url), deadline=soon(5))
    assert "key" not in str(caught.value)
    assert "secret@" not in str(caught.value)


def test_break_while_sending_keeps_secrets(server: Server, ours: Colour) -> None:
    """The server is gone before it has read the body, which fills all buffers between."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            sock, _ = listener.accept()
            sock.recv(10)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            sock.close()

        hanging_up = threading.Thread(target=hang_up)
        hanging_up.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/?key=secret"
        with pytest.raises(ConnectionLost) as caught:
            ours.open(post(url, bytes(30_000_000)), deadline=soon(20))
        hanging_up.join()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("value", ["a\nb", "a\r\nx: y", "a\0", "ключ"])
def test_header_that_cannot_be_sent(server: Server, colour: Colour, value: str) -> None:
    with pytest.raises(ValueError, match="x-key") as caught:
        colour.open(post(server.url("/"), headers={"x-key": value}))
    assert value not in str(caught.value)
    assert server.connections == 0


def deflate(data: bytes, bits: int) -> bytes:
    packer = zlib.compressobj(wbits=bits)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(WHOLE, mtime=0)),
        ("GZIP", gzip.compress(WHOLE, mtime=0)),
        ("deflate", deflate(WHOLE, zlib.MAX_WBITS)),
        ("deflate", deflate(WHOLE, -zlib.MAX_WBITS)),
        ("identity", WHOLE),
    ],
)
def test_answers_that_are_packed_unasked(
    server: Server, colour: Colour, coding: str, packed: bytes
) -> None:
    pieces = [packed[start : start + 5] for start in range(0, len(packed), 5)]
    server.route("*", Reply(body=pieces, headers={"content-encoding": coding}))
    assert colour.open(post(server.url("/"))).read_all() == WHOLE


def test_packed_answer_streams(server: Server, colour: Colour) -> None:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    first = packer.compress(PIECES[0]) + packer.flush(zlib.Z_SYNC_FLUSH)
    reply = Reply(body=[first], headers={"content-encoding": "gzip"}, stall="after first")
    server.route("*", reply)
    stream = colour.open(post(server.url("/")))
    assert stream.read() == PIECES[0]
    stream.close()


def test_packed_answer_that_is_large(server: Server, colour: Colour) -> None:
    body = bytes(20_000_000)
    reply = Reply(body=gzip.compress(body), headers={"content-encoding": "gzip"}, framing="length")
    server.route("*", reply)
    assert colour.open(post(server.url("/"))).read_all() == body


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_packed_answer_that_is_damaged(server: Server, colour: Colour, coding: str) -> None:
    server.route("*", Reply(body=[b"\x07garbage" * 9], headers={"content-encoding": coding}))
    try:
        _, error = colour.open(post(server.url("/"))).read_until_error()
    except ConnectionLost as at_once:
        error = at_once
    assert isinstance(error, ConnectionLost)


@pytest.mark.parametrize(
    ("coding", "told"),
    [("br", ": br"), ("ZSTD", ": zstd"), ("key=secret", ""), ("secretsecretsecret", "")],
)
def test_answer_packed_in_a_way_nobody_asked_for(
    server: Server, ours: Colour, coding: str, told: str
) -> None:
    server.route("*", Reply(body=[b"what"], headers={"content-encoding": coding}))
    try:
        _, error = ours.open(post(server.url("/"))).read_until_error()
    except ConnectionLost as at_once:
        error = at_once
    assert isinstance(error, ConnectionLost)
    assert str(error) == f"the answer is compressed in a way that was not asked for{told}"


def test_deadline_also_holds_for_sending(server: Server, colour: Colour) -> None:
    """A server that reads nothing blocks a large request once the buffers between are full."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        request = post(f"http://127.0.0.1:{listener.getsockname()[1]}/", bytes(30_000_000))
        with pytest.raises(DeadlineExceeded) as caught:
            colour.open(request, deadline=soon(0.3))
    assert not caught.value.connecting
