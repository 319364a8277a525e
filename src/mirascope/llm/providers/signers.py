"""How a request says who asks. What knows the secret also keeps it out of every text.

A signer is an object, not a scheme and a string, since credentials differ in more than a header:
some are signatures over the request, some expire and are fetched anew. It has them, so it is also
what can tell whether a text holds them.
"""

from __future__ import annotations

import base64
import html
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any, cast
from urllib.parse import quote, quote_plus

from mirascope.llm.transport.http import HttpRequest

__all__ = ["HeaderKey", "Signer", "bearer", "mask_error", "mask_keys"]

_MASK = "***"
_LOOKS_LIKE_A_KEY = re.compile(
    r"\b((?:sk|rk|pk|gsk|xai|hf|nvapi|pplx|csk|sess)[-_]|AIza|bearer\s+)[\w*\-+/=]{6,}"
    r"|(?<=[?&]key=)[^&\s\"'<]+",
    re.IGNORECASE,
)
_SHORT = 6
"""Secrets with fewer characters are masked as whole words only: they may be parts of others."""
_HOLDS_TEXT = ("doc", "object")
"""Attributes in which errors of decoders keep the whole text that they could not decode."""


class Signer(ABC):
    """Signs requests with credentials of its own. Safe to use from several threads and tasks."""

    @abstractmethod
    def sign(self, request: HttpRequest) -> HttpRequest:
        """Return `request` with its credentials; fetches them first where that is needed.

        Credentials that the request carries already are left as they are.
        """

    async def sign_async(self, request: HttpRequest) -> HttpRequest:
        """Return `request` with its credentials, without blocking; see `sign`."""
        return self.sign(request)

    @property
    @abstractmethod
    def secrets(self) -> Iterable[str]:
        """The secrets that were used so far, whole."""

    def mask(self, text: str) -> str:
        """Return `text` without any secret, however it may be escaped or encoded there."""
        for secret in self.secrets:
            text = _pattern(secret).sub(_MASK, text)
        return text


class HeaderKey(Signer):
    """A key in a header."""

    def __init__(self, key: str | None, header: str, prefix: str = "") -> None:
        """Sign with a key.

        Args:
            key: White space around it is dropped: files and shells like to add a line end. None, or
                nothing but white space, sends no key; many local servers ask for none.
            header: The header that carries it, in lower case.
            prefix: What stands before it there.
        """
        self._key = (key or "").strip()
        self._header = header
        self._prefix = prefix

    def sign(self, request: HttpRequest) -> HttpRequest:
        """Return `request` with the key, unless it has the header already."""
        if not self._key:
            return request
        value = self._prefix + self._key
        return replace(request, headers={self._header: value, **request.headers})

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key."""
        return (self._key,) if self._key else ()


def mask_keys(text: str) -> str:
    """Return `text` with whatever looks like a key, or a part of one, left out.

    A signer masks the keys that it has. Servers also quote those of others, such as a gateway's own
    for the vendor behind it, and parts of keys that they have masked badly themselves.
    """
    return _LOOKS_LIKE_A_KEY.sub(lambda found: f"{found[1] or ''}{_MASK}", text)


def bearer(key: str | None) -> HeaderKey:
    """Return the signer of most vendors: ``authorization: Bearer <key>``."""
    return HeaderKey(key, "authorization", "Bearer ")


@cache
def _pattern(secret: str) -> re.Pattern[str]:
    """Return what finds a secret as it is, and as it is written in URLs, JSON, HTML and base64."""
    written = json.dumps(secret)[1:-1]
    forms = {
        secret,
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        written,
        written.replace("/", "\\/"),
        json.dumps(secret, ensure_ascii=False)[1:-1],
        html.escape(secret),
        html.escape(secret, quote=False),
        repr(secret)[1:-1],
        base64.b64encode(secret.encode("utf-8", "replace")).decode(),
    }
    found = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(found if len(secret) >= _SHORT else rf"(?<!\w)(?:{found})(?!\w)")


def mask_error(error: BaseException, signer: Signer) -> None:
    """Take every secret of `signer` out of an error, and of those that it came from."""
    for one in _chain(error, set()):
        one.args = tuple(_masked(value, signer) for value in one.args)
        attributes = vars(one)
        attributes.update({name: _masked(value, signer) for name, value in attributes.items()})
        for name in _HOLDS_TEXT:
            if hasattr(one, name):
                setattr(one, name, _masked(getattr(one, name), signer))


def _chain(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    yield error
    for cause in (error.__cause__, error.__context__, getattr(error, "original_exception", None)):
        yield from _chain(cause, seen)


def _masked(value: Any, signer: Signer) -> Any:
    if isinstance(value, str):
        return signer.mask(value)
    if isinstance(value, bytes):
        return signer.mask(value.decode("utf-8", "surrogateescape")).encode(
            "utf-8", "surrogateescape"
        )
    if type(value) in (list, tuple):
        return type(value)(_masked(item, signer) for item in cast("list[Any]", value))
    return value
