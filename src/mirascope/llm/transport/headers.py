"""Headers on their way out and in."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from mirascope._version import __version__
from mirascope.llm.transport.http import HttpRequest

__all__ = ["incoming", "outgoing"]

# https://www.rfc-editor.org/rfc/rfc9110#section-5.5 (read 2025-06): visible characters, space, tab,
# and bytes above 127; a line end in a value would start a header of its own.
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]").search


def outgoing(request: HttpRequest) -> HttpRequest:
    """Return `request` with the headers it does not set itself.

    Compression is not asked for, unless the request does: it would delay the first words of a
    stream for the sake of a few kilobytes. A user in the URL becomes a header, as in browsers,
    where the request carries no credentials of its own.

    Raises:
        ValueError: A value holds a character that cannot be sent; it is not shown.
    """
    headers = {
        "accept-encoding": "identity",
        "user-agent": f"mirascope/{__version__}",
        **request.headers,
    }
    url = request.url
    if "@" in url:
        url, user = _split_user(url)
        if user:
            headers.setdefault("authorization", f"Basic {b64encode(user).decode()}")
    for name, value in headers.items():
        if _UNSENDABLE(value):
            raise ValueError(
                f"The value of the header {name!r} holds a character that cannot be sent, such as "
                "a line end or a letter beyond Latin-1."
            )
    return HttpRequest(url=url, headers=headers, body=request.body, method=request.method)


def _split_user(url: str) -> tuple[str, bytes]:
    """Return `url` without its user and password, and these two with a colon between."""
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    name, _, password = user.partition(":")
    return urlunsplit(parts._replace(netloc=host)), (
        unquote_to_bytes(name) + b":" + unquote_to_bytes(password) if user else b""
    )


def incoming(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers of an answer by name in lower case, repeated ones joined by a comma."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
