"""The parts of a transport that do nothing: headers, what is said of an error, `Abort`."""

from __future__ import annotations

import base64
import errno
import socket
import ssl

import aiohttp
import pytest

from mirascope.llm.transport.failures import address, chain, from_below, reason
from mirascope.llm.transport.headers import incoming, outgoing
from mirascope.llm.transport.http import Abort, ConnectFailed, ConnectionLost, HttpRequest
from mirascope.llm.transport.sockets import shut_down

REQUEST = HttpRequest(url="https://a.invalid/x", headers={"content-type": "text/plain"}, body=b"b")


def test_outgoing() -> None:
    sent = outgoing(REQUEST)
    assert sent.headers["content-type"] == "text/plain"
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["user-agent"].startswith("mirascope/")
    assert (sent.url, sent.body, sent.method) == (REQUEST.url, b"b", "POST")
    own = {"accept-encoding": "gzip", "user-agent": "me/1"}
    assert outgoing(HttpRequest(url="http://a.invalid", headers=own)).headers == own


@pytest.mark.parametrize(
    ("user", "login"),
    [("me:pass", b"me:pass"), ("me", b"me:"), ("m%40e:p%3Ass", b"m@e:p:ss"), ("", None)],
)
def test_outgoing_with_a_user_in_the_address(user: str, login: bytes | None) -> None:
    sent = outgoing(HttpRequest(url=f"http://{user}@a.invalid:1/x@y?z=%41"))
    assert sent.url == "http://a.invalid:1/x@y?z=%41"
    expected = None if login is None else f"Basic {base64.b64encode(login).decode()}"
    assert sent.headers.get("authorization") == expected


def test_outgoing_prefers_the_key() -> None:
    request = HttpRequest(url="http://me:pass@a.invalid/", headers={"authorization": "Bearer k"})
    sent = outgoing(request)
    assert sent.url == "http://a.invalid/"
    assert sent.headers["authorization"] == "Bearer k"


def test_at_sign_in_a_path() -> None:
    request = HttpRequest(url="http://a.invalid/@x?y=@")
    sent = outgoing(request)
    assert sent.url == request.url
    assert "authorization" not in sent.headers


@pytest.mark.parametrize("value", ["secret\n", "secret\r", "secret\0", "secret\x7f", "секрет"])
def test_outgoing_value_that_cannot_be_sent(value: str) -> None:
    with pytest.raises(ValueError, match="x-key") as caught:
        outgoing(HttpRequest(url="http://a.invalid", headers={"x-key": value}))
    assert "secret" not in str(caught.value)
    assert "секрет" not in str(caught.value)


def test_outgoing_value_of_latin_1() -> None:
    request = HttpRequest(url="http://a.invalid", headers={"x-name": "caf\xe9\t1"})
    assert outgoing(request).headers["x-name"] == "caf\xe9\t1"


def test_incoming() -> None:
    pairs = [("Content-Type", "a"), ("X-A", "1"), ("x-a", "2")]
    assert incoming(pairs) == {"content-type": "a", "x-a": "1, 2"}


def test_address() -> None:
    assert address("https://me:secret@api.a.invalid/x?secret#secret") == "api.a.invalid"
    assert address("http://127.0.0.1:80/x") == "127.0.0.1:80"


@pytest.mark.parametrize(
    "url",
    ["", "a.invalid/secret", "http://", "http://:80/secret", "ftp://a.invalid", "http://a:b/"],
)
def test_address_of_nothing(url: str) -> None:
    with pytest.raises(ConnectFailed) as caught:
        address(url)
    assert "secret" not in str(caught.value)


def test_reason() -> None:
    outer = RuntimeError("secret", ConnectionRefusedError(111, "Connection refused"))
    assert reason(outer) == "Connection refused"
    assert reason(RuntimeError("secret")) == "RuntimeError"
    assert reason(OSError("secret")) == "OSError"
    assert reason(socket.gaierror(-2, "Name or service not known")) == "Name or service not known"
    assert "certificate" in reason(ssl.SSLCertVerificationError(1, "certificate verify failed"))


def test_chain_follows_causes_but_not_what_the_caller_was_doing() -> None:
    first, second = ValueError("1"), OSError("2")
    first.__cause__ = second
    second.__cause__ = first
    first.__context__ = TimeoutError()
    assert list(chain(first)) == [first, second]


def test_abort() -> None:
    woken: list[int] = []
    abort = Abort()
    abort.watch(lambda: woken.append(1))
    abort.watch(lambda: woken.append(2))
    assert not abort.fired
    abort.fire()
    assert abort.fired
    assert woken == [2]
    abort.watch(lambda: woken.append(3))
    assert woken == [2, 3]
    abort.watch(None)
    abort.fire()
    assert woken == [2, 3]


def test_shut_down_takes_anything() -> None:
    class Odd:
        def shutdown(self, how: int) -> None:
            raise TypeError

    one, other = socket.socketpair()
    with one, other:
        shut_down(one)
        assert other.recv(1) == b""
        shut_down(one)
    shut_down(one)
    shut_down(None)
    shut_down(Odd())


def test_reason_is_the_systems_and_no_other_librarys() -> None:
    """This one comes where a connection breaks while a body is sent."""
    broken = OSError(errno.EPIPE, "Broken pipe")
    error = aiohttp.ClientOSError(errno.EPIPE, "Can not write request body for http://a/?key=k")
    assert "key" not in reason(error)
    error.__cause__ = broken
    assert reason(error) == "Broken pipe"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.invalid/v1/x", "https://a.invalid/v1/x"),
        ("https://me:s3@cret@a.invalid:81/v1?key=s3cret&b=1&c", "https://a.invalid:81/v1"),
        ("https://s3cret@a.invalid?s3cret", "https://a.invalid"),
        ("http://[::1/?k=s3cret", "http://[::1/"),
    ],
)
def test_a_request_shows_no_secret(url: str, shown: str) -> None:
    secret = {"authorization": "s3cret", "x-api-key": "s3cret", "cookie": "s3cret"}
    told = repr(HttpRequest(url=url, headers=secret, body=b"s3cret"))
    assert told.startswith(f"HttpRequest(POST '{shown}")
    assert "headers=['authorization', 'x-api-key', 'cookie']" in told
    assert "s3cret" not in told


def test_errors_of_libraries_are_not_in_the_chain() -> None:
    below = aiohttp.ClientPayloadError("s3cret")
    below.__context__ = ValueError("s3cret")
    error = from_below(ConnectionLost("broke"), below)
    assert repr(error.__cause__) == (
        "TransportError('aiohttp.client_exceptions.ClientPayloadError')"
    )
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "refused")
    refused.__context__ = below
    below.__cause__ = refused
    error = from_below(ConnectionLost("broke"), below)
    assert error.__cause__ is refused
    assert refused.__context__ is None
