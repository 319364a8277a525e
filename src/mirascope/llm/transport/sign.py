"""How a request says who asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias, assert_never

from mirascope.llm.transport.http import HttpRequest

__all__ = ["AuthScheme", "sign"]

AuthScheme: TypeAlias = Literal["bearer", "x-api-key", "x-goog-api-key", "none"]
"""Where the key goes: ``authorization: Bearer``, a header of its own, or nowhere."""


def sign(request: HttpRequest, *, scheme: AuthScheme, key: str | None) -> HttpRequest:
    """Return `request` with the key where `scheme` wants it.

    Args:
        request: What to send. A header that carries credentials already is left as it is.
        scheme: Where the key goes.
        key: White space around it is dropped: files and shells like to add a line end. None, or
            nothing but white space, sends no key; many local servers ask for none.
    """
    key = (key or "").strip()
    if not key:
        return request
    match scheme:
        case "none":
            return request
        case "bearer":
            name, value = "authorization", f"Bearer {key}"
        case "x-api-key" | "x-goog-api-key":
            name, value = scheme, key
        case _:
            assert_never(scheme)
    return replace(request, headers={name: value, **request.headers})
