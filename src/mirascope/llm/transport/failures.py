"""What to say about an error of a lower layer without repeating what should stay private."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from mirascope.llm.transport.http import ConnectFailed

__all__ = ["address", "chain", "reason"]


def address(url: str) -> str:
    """Return host and port of `url`: no user, no path, no query.

    Raises:
        ConnectFailed: It is not the address of a web server.
    """
    scheme, host, port = "", None, None
    # Brackets without an end, a port that is no number. No cause: it quotes a password perhaps.
    with suppress(ValueError):
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    if scheme not in ("http", "https") or not host:
        raise ConnectFailed("the URL needs http:// or https://, a host, and a valid port if any")
    return f"{host}:{port}" if port else host


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and what caused it, also where it is only held as an argument."""
    seen: set[int] = set()
    waiting: list[object] = [error]
    while waiting:
        item = waiting.pop()
        if isinstance(item, BaseException) and id(item) not in seen:
            seen.add(id(item))
            yield item
            waiting += [*item.args, item.__cause__]  # the context may be the caller's own trouble


def reason(error: BaseException) -> str:
    """Return the operating system's or TLS library's words, else the class of the error.

    Only those have texts that are known to hold nothing of the request or the answer: other errors
    pass for the operating system's, and say which URL.
    """
    for item in chain(error):
        module = type(item).__module__
        if module not in ("builtins", "socket", "ssl"):
            continue
        if module == "builtins" and isinstance(item, OSError) and item.errno:
            return os.strerror(item.errno)  # asyncio puts words of its own into `strerror`
        for name in ("verify_message", "reason", "strerror"):  # ssl, ssl, OSError
            text = getattr(item, name, None) if isinstance(item, OSError) else None
            if text and isinstance(text, str):
                return text
    return type(error).__name__
