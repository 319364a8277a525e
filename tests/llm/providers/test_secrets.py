"""Servers that tell everything they hear, and texts of ours that do not."""

from __future__ import annotations

import base64
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from mirascope import llm
from mirascope.llm.providers.registry import get_provider_for_model
from tests.llm.conftest import Colour
from tests.llm.providers.telling import everything_of
from tests.loopback import Exchange, Server

WIRES = {
    "openai:completions": "OPENAI_API_KEY",
    "openai:responses": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GOOGLE_API_KEY",
    "cohere": "CO_API_KEY",
}
# As vendors, gateways and people make them. The parts are no words of a traceback.
KEYS = [
    "sk-proj-4bcd3fgh1jklmn0p",
    "g4teway k3y  w1th spac3s",
    "p\u00e4ssw\u00f6rd-\u00fcb3r-all3s",
    'qu0te"4nd\\backsl4sh',
    "<t4g>&amp;x7",
    "4/b+c=d%20e?f=g&h",
    "p.4*s+s?[w0rd](x){2}|^$",
    "us3r:passw0rd@h0st",
    "0918273645",
    "YWJjZGVm+/gh1j==",
    "Qz7v",
    "Qz7",
    "z7",
]


@dataclass
class Echo:
    """What a server says; `said` is in it, in some way."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    head: bytes | None = None
    """Instead of a status line and headers."""


JSON = {"content-type": "application/json"}
SSE = {"content-type": "text/event-stream"}
HTML = {"content-type": "text/html"}


def writings(key: str) -> list[str]:
    """Return a key as servers write it."""
    return [
        key,
        f"{key}{key}",
        key.upper(),
        quote(key, safe=""),
        "".join(f"%{byte:02x}" for byte in key.encode()),
        json.dumps(key)[1:-1],
        "".join(f"\\u{ord(character):04x}" for character in key),
        base64.b64encode(key.encode()).decode(),
        base64.b64encode(f"us3r:{key}".encode()).decode(),
        key.encode().hex(),
        f"{'x' * 190}{key}",
        f"{'x' * 990}{key}",
        f"{'x' * 4080}{key}",
    ]


def echoes(key: str) -> Iterator[Echo]:
    """Yield answers that quote the key."""
    for said in writings(key):
        error = {"message": f"no such key: {said}", "type": said, "code": said, "status": said}
        for ascii_only in (True, False):
            body = json.dumps({"type": "error", "error": error}, ensure_ascii=ascii_only).encode()
            yield Echo(401, body, JSON)
            yield Echo(400, b"[" + body + b"]", JSON)
            yield Echo(200, b"data: " + body + b"\n\n", SSE)
            yield Echo(200, b"event: error\ndata: " + body + b"\n\n", SSE)
        yield Echo(200, json.dumps({"error": said}).encode(), JSON)
        yield Echo(500, json.dumps({"detail": [{"msg": said}]}).encode(), JSON)
        raw = said.encode()
        yield Echo(502, b"<title>%s</title>" % raw, HTML)
        yield Echo(200, b"<!doctype html><title>%s</title>" % raw, HTML)
        yield Echo(503, raw)
        yield Echo(408, raw)
        yield Echo(200, b'{"choices": "%s", "usage": {"%s": "%s"' % (raw, raw, raw), JSON)
        yield Echo(200, json.dumps({"choices": said, "candidates": said}).encode(), JSON)
        yield Echo(200, json.dumps({"output": said, "content": said}).encode(), JSON)
        yield Echo(200, b"data: %s\n\n" % raw, SSE)
        yield Echo(200, b"event: %s\ndata: {}\n\n" % raw, SSE)
        yield Echo(200, b"%s: %s\n\n" % (raw, raw), SSE)
        one_line = said.encode("latin-1", "replace").decode("latin-1")
        for name in ("x-request-id", "request-id", "retry-after", "www-authenticate"):
            yield Echo(429, b"{}", {name: one_line})
        yield Echo(302, b"", {"location": f"http://elsewhere.invalid/?{one_line}"})
        yield Echo(200, b"{}", {"content-encoding": one_line})
        yield Echo(200, b"{}", {"content-type": one_line})
        yield Echo(200, b"{}", {"content-length": one_line})
        line = one_line.encode("latin-1")
        yield Echo(401, head=b"HTTP/1.1 401 %s\r\nconnection: close\r\n\r\n" % line)
        yield Echo(200, head=b"HTTP/1.1 %s\r\n\r\n" % line)
        yield Echo(200, head=b"%s\r\n\r\n" % line)
        yield Echo(200, head=b"HTTP/1.1 200 OK\r\n%s\r\n\r\n" % line)
        chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        yield Echo(200, head=chunked + b"%s\r\n" % line)


Carry = Callable[[str, str, Server, pytest.MonkeyPatch], llm.Model]


def as_api_key(wire: str, key: str, server: Server, patch: pytest.MonkeyPatch) -> llm.Model:
    llm.register_provider(wire, scope="local/", api_key=key, base_url=server.url(""))
    return llm.Model("local/m")


def in_the_environment(wire: str, key: str, server: Server, patch: pytest.MonkeyPatch) -> llm.Model:
    patch.setenv(WIRES[wire], key)
    scope = f"{wire.partition(':')[0]}/"
    llm.register_provider(wire, scope=scope, base_url=server.url(""))
    return llm.Model(f"{scope}m")


def in_a_header(wire: str, key: str, server: Server, patch: pytest.MonkeyPatch) -> llm.Model:
    llm.register_provider(wire, scope="local/", api_key="-", base_url=server.url(""))
    return llm.Model(
        "local/m",
        extra_headers={"authorization": f"Bearer {key}", "x-api-key": key, "x-goog-api-key": key},
    )


def in_the_user(wire: str, key: str, server: Server, patch: pytest.MonkeyPatch) -> llm.Model:
    url = server.url("").replace("//", f"//me:{quote(key, safe='')}@")
    llm.register_provider(wire, scope="local/", base_url=url)
    return llm.Model("local/m")


def in_the_query(wire: str, key: str, server: Server, patch: pytest.MonkeyPatch) -> llm.Model:
    url = server.url(f"/v1?key={quote(key, safe='')}")
    llm.register_provider(wire, scope="local/", api_key="-", base_url=url)
    return llm.Model("local/m")


CARRIERS = [as_api_key, in_the_environment, in_a_header, in_the_user, in_the_query]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def serve(server: Server, echo: Echo) -> None:
    def answer(exchange: Exchange) -> None:
        if echo.head is not None:
            exchange.write(echo.head)
            return
        exchange.head(echo.status, {**echo.headers, "connection": "close"})
        exchange.write(echo.body)

    server.route("*", answer)


def shown(response: Any) -> str:
    """Return what is seen of a response, and what is saved of it, without what was answered."""
    saved = json.loads(response.to_json())
    return f"{response!r} {saved.get('events')} {saved.get('error')}"


def ask(colour: Colour, model: llm.Model, how: str) -> tuple[llm.Error, str]:
    """Return what went wrong, and what the response shows afterwards."""
    if how == "whole":
        with pytest.raises(llm.Error) as raised:
            colour.call(model, "hi")
        return raised.value, ""
    response = colour.stream(model, "hi")
    with pytest.raises(llm.Error) as raised:
        colour.finish(response)
    assert response.error is raised.value
    return raised.value, shown(response)


def assert_nothing_told(key: str, told: str, echo: Echo) -> None:
    for form in {key, key.upper(), quote(key, safe=""), json.dumps(key)[1:-1], repr(key)[1:-1]}:
        assert form not in told, (echo, form, told)
    if len(key) > 4:
        for form in (base64.b64encode(key.encode()).decode(), key.encode().hex()):
            assert form not in told, (echo, form, told)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("how", ["whole", "streamed"])
@pytest.mark.parametrize("wire", WIRES)
def test_nothing_tells_a_key_that_a_server_echoes(
    server: Server,
    colour: Colour,
    wire: str,
    how: str,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    model = as_api_key(wire, key, server, monkeypatch)
    # Each of the sixteen ways to ask is told other ones, and all of them together everything.
    ways = [(w, c, h) for w in WIRES for c in (False, True) for h in ("whole", "streamed")]
    some = list(echoes(key))[ways.index((wire, colour.asynchronous, how)) :: len(ways)]
    assert len(some) > 20
    with warnings.catch_warnings(record=True) as warned:
        for echo in some:
            serve(server, echo)
            error, seen = ask(colour, model, how)
            assert_nothing_told(key, f"{everything_of(error)}\n{seen}", echo)
    assert not warned
    assert_nothing_told(key, caplog.text, Echo(0))
    assert key[-5:] in "".join(server.requests[0].headers.values())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("carry", CARRIERS)
@pytest.mark.parametrize("wire", ["openai:completions", "google"])
def test_wherever_the_key_is_from(
    server: Server,
    colour: Colour,
    wire: str,
    carry: Carry,
    key: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    model = carry(wire, key, server, monkeypatch)
    some = list(echoes(key))[:: 16 + colour.asynchronous]
    for echo in some:
        serve(server, echo)
        error, seen = ask(colour, model, "streamed")
        provider = repr(get_provider_for_model(model.model_id))
        assert_nothing_told(key, f"{everything_of(error)}\n{seen}{provider}{model!r}", echo)
    assert_nothing_told(key, caplog.text, Echo(0))
