"""Answers that come before the answer: https://www.rfc-editor.org/rfc/rfc9110#section-15.2."""

from __future__ import annotations

import pytest

from mirascope.llm.transport.http import ConnectionLost
from tests.llm.transport.colours import Colour, post
from tests.loopback import Exchange, Server


@pytest.mark.parametrize("status", [100, 102, 103, 199])
@pytest.mark.parametrize("count", [1, 7])
def test_are_skipped(server: Server, ours: Colour, status: int, count: int) -> None:
    """Each request gets its own answer: none of the one before is left on the connection."""

    def answer(exchange: Exchange) -> None:
        for _ in range(count):
            exchange.write(b"HTTP/1.1 %d Wait\r\nlink: </a>; rel=preload\r\n\r\n" % status)
        exchange.sleep(0.02)  # so that it is not read along with what came before
        body = exchange.request.body
        exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))
        exchange.keep_alive = True

    server.route("*", answer)
    for body in (b"first", b"second", b"third"):
        stream = ours.open(post(server.url("/"), body))
        assert stream.status == 200
        assert "link" not in stream.headers
        assert stream.read_all() == body
    assert server.connections == 1


def test_switching_protocols_is_no_answer(server: Server, colour: Colour) -> None:
    def answer(exchange: Exchange) -> None:
        exchange.head(101, {"upgrade": "other", "connection": "upgrade"})
        exchange.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nfirst")
        exchange.keep_alive = True

    server.route("*", answer)
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            colour.open(post(server.url("/")))
    assert server.connections == 2
    server.requests[0].wait_disconnected()
