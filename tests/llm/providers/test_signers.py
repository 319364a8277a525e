"""Who asks, and that nobody learns it from a text of ours."""

from __future__ import annotations

import base64
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.providers.signers import HeaderKey, Signer, bearer, mask_error, mask_keys
from mirascope.llm.transport.http import HttpRequest
from tests.llm.conftest import Colour
from tests.loopback import Exchange, Server

REQUEST = HttpRequest(url="https://a.invalid/x", headers={"content-type": "text/plain"}, body=b"b")
SIGNERS: list[tuple[Callable[[str | None], Signer], str, str]] = [
    (bearer, "authorization", "Bearer k"),
    (lambda key: HeaderKey(key, "x-api-key"), "x-api-key", "k"),
]
# As vendors, gateways and people make them.
KEYS = [
    "sk-proj-abcdefghijklmnop",
    "gateway key with spaces",
    "päßwörd-über-alles",
    'quote"and\\backslash',
    "<tag>&amp;",
    "a/b+c=d%20e?f=g&h",
    "pa$$w0rd!",
    "user:password@host",
    "0123456789",
    "correct",
]


@pytest.mark.parametrize(("make", "name", "value"), SIGNERS)
async def test_the_key_is_where_it_belongs(
    make: Callable[[str | None], Signer], name: str, value: str
) -> None:
    signed = make("k").sign(REQUEST)
    assert signed.headers == {"content-type": "text/plain", name: value}
    assert signed.body == REQUEST.body
    assert name not in REQUEST.headers
    assert make(" k\n").sign(REQUEST) == signed
    assert await make("k").sign_async(REQUEST) == signed
    own = HttpRequest(url=REQUEST.url, headers={name: "mine"})
    assert make("k").sign(own) == own


@pytest.mark.parametrize("key", [None, "", " \n"])
@pytest.mark.parametrize("make", [make for make, _, _ in SIGNERS])
def test_without_a_key(make: Callable[[str | None], Signer], key: str | None) -> None:
    assert make(key).sign(REQUEST) == REQUEST
    assert make(key).mask("nothing to hide") == "nothing to hide"


def test_a_request_does_not_show_its_headers() -> None:
    assert "s3cret" not in repr(bearer("s3cret-key").sign(REQUEST))


@given(st.text(min_size=6).filter(lambda key: key.strip() == key.strip("*") == key))
def test_no_form_of_a_key_is_left(key: str) -> None:
    signer = bearer(key)
    for form in (
        key,
        json.dumps(key)[1:-1],
        json.dumps(key, ensure_ascii=False)[1:-1],
        quote(key, safe="", errors="replace"),
        base64.b64encode(key.encode("utf-8", "replace")).decode(),
        repr(key)[1:-1],
    ):
        assert form not in signer.mask(f"<{form}>")


def test_a_short_key_is_masked_as_a_word() -> None:
    signer = bearer("key")
    assert signer.mask("the key: key, 'key' and keys") == "the ***: ***, '***' and keys"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("sk-inval**************-key.", "sk-***."),
        ("at /v1?key=abc&x", "at /v1?key=***&x"),
        ("Bearer abcdefgh", "Bearer ***"),
        ("the sky is high", "the sky is high"),
    ],
)
def test_what_looks_like_a_key(text: str, masked: str) -> None:
    assert mask_keys(text) == masked


def test_every_error_of_a_chain_is_masked() -> None:
    error = llm.ServerError("s3cret-key", "x", 500, code="s3cret-key")
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(f'{{"key": "{error}", oops')
    error.__cause__ = raised.value
    error.__cause__.__cause__ = UnicodeDecodeError("utf-8", b"s3cret-key \xff", 11, 12, "bad")
    error.add_note("with s3cret-key")
    mask_error(error, bearer("s3cret-key"))
    assert "s3cret" not in everything_of(error)
    assert error.code == "***"
    assert "oops" in raised.value.doc


# --- against a server that tells everything it hears


def everything_of(error: BaseException) -> str:
    """Return every text that an error can be made to give."""
    seen: list[str] = []
    one: BaseException | None = error
    while one is not None:
        seen += [str(one), repr(one), repr(vars(one)), *getattr(one, "__notes__", ())]
        seen.append(str(getattr(one, "object", "")))
        one = one.__cause__ or one.__context__
    seen.append("".join(traceback.format_exception(error)))
    seen.append(repr(pickle.loads(pickle.dumps(error)).__dict__))
    seen.append(pickle.dumps(error).decode("latin-1"))
    seen.append(repr(copy.deepcopy(error)))
    return "\n".join(seen)


def echoes(key: str) -> Iterator[tuple[int, dict[str, str], list[bytes]]]:
    """Yield answers that quote the key: status, headers, body."""
    quoted = {
        "plain": key,
        "twice": f"{key} {key}",
        "url": quote(key, safe=""),
        "base64": base64.b64encode(key.encode()).decode(),
    }
    for text in quoted.values():
        error = {"error": {"message": f"no such key: {text}!", "type": text, "code": text}}
        for ensure_ascii in (True, False):
            body = json.dumps(error, ensure_ascii=ensure_ascii).encode()
            yield 401, {"content-type": "application/json"}, [body]
            yield 200, {"content-type": "text/event-stream"}, [b"data: " + body + b"\n\n"]
            yield 500, {"x-request-id": quote(text, safe="/ ")}, [body]
        yield 502, {"content-type": "text/html"}, [f"<title>{text}</title>".encode()]
        yield 429, {"retry-after": quote(text, safe=" ")}, [text.encode()]
        yield 200, {"content-type": "application/json"}, [f'{{"choices": "{text}"'.encode()]
        yield 200, {"content-type": "text/event-stream"}, [f"data: {text}\n\n".encode()]
        yield (
            200,
            {"content-type": "text/event-stream"},
            [f"event: error\ndata: {text}\n\n".encode()],
        )


PROVIDERS = ["openai:completions", "openai:responses", "anthropic", "google"]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("key", KEYS)
def test_no_error_tells_the_key(
    colour: Colour, key: str, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    if not key.isascii():
        key = quote(key)  # no header could carry it
    caplog.set_level(logging.DEBUG)
    answers = list(echoes(key))

    def answer(exchange: Exchange) -> None:
        assert any(key in value for value in exchange.request.headers.values())
        status, headers, pieces = answers[place]
        exchange.head(status, {**headers, "connection": "close"})
        for piece in pieces:
            exchange.write(piece)

    with Server() as server:
        server.route("*", answer)
        llm.register_provider(provider, scope="x/", api_key=key, base_url=server.url(""))
        model = llm.Model("x/m")
        for place in range(len(answers)):
            for ask in (colour.call, colour.read):
                with pytest.raises(llm.Error) as raised:
                    ask(model, "hi")
                told = everything_of(raised.value)
                for form in (key, json.dumps(key)[1:-1], quote(key, safe="")):
                    assert form not in told, (answers[place], form)
    assert key not in caplog.text


@settings(max_examples=200)
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=6, max_size=40))
def test_keys_of_any_shape(key: str) -> None:
    key = key.strip()
    signer = bearer(key)
    if len(key) < 6:
        return
    for status, _, pieces in echoes(key):
        text = b"".join(pieces).decode()
        error = llm.ServerError(text, "x", status)
        error.__cause__ = ValueError(text)
        mask_error(error, signer)
        assert key not in everything_of(error) or key in "mirascope.llm.exceptions.ServerError"
