"""Texts without secrets, whatever these look like and however they are written."""

from __future__ import annotations

import base64
import html
import json
import string
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.providers.masks import LEFT_OUT, Mask, hide, mask_keys, secrets_in
from mirascope.llm.transport.http import HttpRequest
from tests.llm.providers.telling import everything_of

WRITINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "in small letters": str.lower,
    "JSON": lambda key: json.dumps(key)[1:-1],
    "JSON without escapes": lambda key: json.dumps(key, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda key: json.dumps(json.dumps(key))[3:-3],
    "JSON with slashes escaped": lambda key: json.dumps(key)[1:-1].replace("/", "\\/"),
    "JSON, all of it escaped": lambda key: "".join(f"\\u{ord(c):04x}" for c in key),
    "a URL": lambda key: quote(key, safe=""),
    "a URL's path": quote,
    "a form": quote_plus,
    "a URL, all of it escaped": lambda key: "".join(f"%{b:02X}" for b in key.encode()),
    "a URL in small letters": lambda key: quote(key, safe="").lower(),
    "a URL in a URL": lambda key: quote(quote(key, safe=""), safe=""),
    "HTML": html.escape,
    "HTML, all of it escaped": lambda key: "".join(f"&#{ord(c)};" for c in key),
    "HTML, escaped in hexadecimal": lambda key: "".join(f"&#x{ord(c):x};" for c in key),
    "a URL in JSON in HTML": lambda key: html.escape(json.dumps(quote(key))[1:-1]),
    "Python": lambda key: repr(key)[1:-1],
    "Python's bytes": lambda key: repr(key.encode())[2:-1],
    "base64": lambda key: base64.b64encode(key.encode()).decode(),
    "base64 for URLs": lambda key: base64.urlsafe_b64encode(key.encode()).decode().rstrip("="),
    "hexadecimal": lambda key: key.encode().hex(),
    "the wrong encoding": lambda key: key.encode().decode("latin-1"),
    "lines": lambda key: "\r\n ".join(key[at : at + 3] for at in range(0, len(key), 3)),
}
KEYS = [
    "sk-proj-abcdefghijklmnop",
    "gateway key  with spaces",
    "päßwörd-über-alles",
    "ключ-от-всех-дверей",
    'quote"and\\backslash',
    "<tag>&amp;x",
    "a/b+c=d%20e?f=g&h",
    "p.a*s+s?[w0rd](x){2}|^$",
    "user:password@host",
    "0123456789",
    "YWJjZGVm+/ghij==",
    "Qz7v",
    "first\nsecond line",
    "\\u0041\\n&lt;%41bcdefg",
]


@pytest.mark.parametrize("writing", WRITINGS)
@pytest.mark.parametrize("key", KEYS)
def test_however_it_is_written(key: str, writing: str) -> None:
    written = WRITINGS[writing](key)
    masked = Mask([key])(f"before {written} after")
    assert masked.replace("\\", "") == "before *** after"
    assert set(Mask([key])(f"{written}{written}")) <= {"*", "\\"}


@settings(max_examples=500)
@given(
    st.text(st.characters(exclude_categories=["Cc", "Cn", "Cs"]), min_size=4, max_size=60),
    st.sampled_from(list(WRITINGS)),
    st.text(string.punctuation + " \n%\\&", max_size=20),
    st.text(string.punctuation + " \n%\\&", max_size=20),
)
def test_any_key(key: str, writing: str, before: str, after: str) -> None:
    key = key.strip()
    assume(len("".join(key.replace("+", "").replace("\\", "").split())) >= 4)
    assume(key.isascii() or writing not in ("in capitals", "in small letters"))
    assume(max(map(ord, key)) < 0x10000 or "JSON, all" not in writing)
    written = WRITINGS[writing](key)
    assume(len(written) < 200)
    masked = Mask([key])(f"{before} {written} {after}")
    assert written not in masked
    assert "***" in masked


@given(st.text(min_size=1, max_size=200), st.text(string.ascii_letters, min_size=4))
def test_other_texts_stay_as_they_are(text: str, key: str) -> None:
    key = "\ue000" + key  # in private use
    assume("\ue000" not in text)
    assume("…" not in text)
    assume("..." not in text)
    assert Mask([key])(text) == text


def test_a_key_that_was_cut_with_its_text() -> None:
    mask = Mask(["sk-proj-abcdefghijklmnop"])
    assert mask("your key is sk-proj-abcd") == "your key is ***"
    assert mask("your key is sk-proj-abcd…") == "your key is ***…"
    assert mask("a page called 'sk-proj-ab...' came") == "a page called '***...' came"
    assert mask("they ask") == "they ask"


@pytest.mark.parametrize("key", ["key", "x1", "+ +", "é"])
def test_a_short_key_takes_the_whole_text_with_it(key: str) -> None:
    mask = Mask([key])
    assert mask(f"there is no {key}s here") == LEFT_OUT
    assert mask("%6b%65%79") == (LEFT_OUT if key == "key" else "%6b%65%79")
    assert mask("nothing") == "nothing"
    assert mask(f"ours: {key}", said_by_server=False) == f"ours: {key}"


def test_without_secrets() -> None:
    assert not Mask([])
    assert not Mask(["", " \n"])
    assert Mask([])("as it is") == "as it is"


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


def test_what_is_secret_in_a_request() -> None:
    request = HttpRequest(
        url="https://me:p%40ss@a.invalid/v1?api-version=2025-01&key=in-query&x-sig=s1g#",
        headers={
            "authorization": f"Basic {base64.b64encode(b'you:w0rd').decode()}",
            "x-goog-api-key": "g00gle",
            "proxy-authorization": "Bearer pr0xy",
            "cookie": "session=c00kie; a=b",
            "content-type": "application/json",
        },
    )
    found = set(secrets_in(request))
    assert {"p@ss", "me", "in-query", "s1g", "w0rd", "you:w0rd", "g00gle", "pr0xy"} <= found
    assert "c00kie" in found
    assert base64.b64encode(b"me:p@ss").decode() in found
    assert not found & {"2025-01", "application/json", "Bearer pr0xy"}
    assert list(secrets_in(HttpRequest(url="http://[::1/"))) == []


class Strange(Exception):
    """Shows what no attribute holds."""

    def __str__(self) -> str:
        return "s3cret-key"


def test_every_error_of_a_chain_is_masked() -> None:
    error = llm.ServerError("s3cret-key", "x", 500, code="s3cret-key")
    with pytest.raises(json.JSONDecodeError) as raised:
        json.loads(f'{{"key": "{error}", oops')
    error.__cause__ = raised.value
    error.__cause__.__cause__ = UnicodeDecodeError("utf-8", b"s3cret-key \xff", 11, 12, "bad")
    error.__context__ = ValueError(["s3cret-key"], {"s3cret-key": b"s3cret-key"}, error)
    error.__context__.__cause__ = OSError("within", KeyError("s3cret-key"))
    error.original_exception = ValueError("s3cret-key")
    raised.value.__context__ = Strange()
    error.add_note("with s3cret-key")
    hide(error, Mask(["s3cret-key"]))
    assert "s3cret" not in everything_of(error)
    assert error.code == "***"
    assert raised.value.__context__ is None
    assert "oops" in raised.value.doc


def test_a_short_key_leaves_our_own_words() -> None:
    mask = Mask(["qq"])
    ours = llm.ConnectionError("qq", "qq", request_id="qq")
    hide(ours, mask)
    assert (str(ours), ours.provider, ours.request_id) == ("qq", "qq", LEFT_OUT)
    timeout = llm.TimeoutError("qq", "x")
    timeout.phase = "total"
    hide(timeout, mask)
    assert str(timeout) == "qq"
    theirs = llm.APIError("qq", "qq", 401, code="qq", model="qq")
    theirs.__context__ = mine = ValueError("qq")
    hide(theirs, mask)
    assert (str(theirs), theirs.code, theirs.model) == (LEFT_OUT, LEFT_OUT, "qq")
    assert str(mine) == "qq"
