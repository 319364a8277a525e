"""A kept connection that the server closes just as the next request comes on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mirascope.llm.transport.http import ConnectionLost
from tests.llm.transport.colours import Colour, post
from tests.loopback import Exchange, Reply, Server


def hang_up(exchange: Exchange) -> None:
    """Close without a word."""


def ask(colour: Colour, url: str) -> bytes:
    return colour.open(post(url, b"body")).read_all()


@pytest.mark.parametrize("end", [hang_up, Exchange.reset])
def test_the_request_is_sent_once_more(
    server: Server, ours: Colour, end: Callable[[Exchange], None]
) -> None:
    """On a new connection even where others are kept."""
    server.route("/kept", Reply(body=[b"1", 0.1, b"2"]))
    server.route("/", end, Reply(body=b"ok"))
    streams = [ours.open(post(server.url("/kept"))) for _ in range(3)]
    assert [stream.read_all() for stream in streams] == [b"12"] * 3
    assert server.connections == 3
    assert ask(ours, server.url("/")) == b"ok"
    assert server.connections == 4
    assert [request.body for request in server.requests[3:]] == [b"body"] * 2


@pytest.mark.parametrize("end", [hang_up, Exchange.reset])
def test_but_not_twice(server: Server, ours: Colour, end: Callable[[Exchange], None]) -> None:
    server.route("*", Reply(body=b"ok"), end)
    assert ask(ours, server.url("/")) == b"ok"
    with pytest.raises(ConnectionLost):
        ask(ours, server.url("/"))
    assert len(server.requests) == 3


@pytest.mark.parametrize("end", [hang_up, Exchange.reset])
def test_a_new_connection_is_not_tried_again(
    server: Server, ours: Colour, end: Callable[[Exchange], None]
) -> None:
    server.route("*", end)
    with pytest.raises(ConnectionLost):
        ask(ours, server.url("/"))
    assert len(server.requests) == 1


def answer_a_byte(exchange: Exchange) -> None:
    exchange.write(b"H")


def answer_a_byte_and_reset(exchange: Exchange) -> None:
    exchange.write(b"H")
    exchange.sleep(0.05)  # until it was read
    exchange.reset()


def think_first(exchange: Exchange) -> None:
    exchange.sleep(0.7)


@pytest.mark.parametrize("end", [answer_a_byte, answer_a_byte_and_reset, think_first])
def test_a_request_that_was_read_is_not_sent_again(
    server: Server, ours: Colour, end: Callable[[Exchange], None]
) -> None:
    server.route("*", Reply(body=b"ok"), end, Reply(body=b"no"))
    assert ask(ours, server.url("/")) == b"ok"
    with pytest.raises(ConnectionLost):
        ask(ours, server.url("/"))
    assert len(server.requests) == 2
