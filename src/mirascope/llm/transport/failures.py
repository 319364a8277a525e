"""What to say about an error of a lower layer without repeating what should stay private.

A `host` and a `proxy` are as `address` returns them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import TypeVar
from urllib.parse import urlsplit

from mirascope.llm.transport.http import ConnectFailed, TransportError

__all__ = ["address", "by_proxy", "chain", "from_below", "reason", "via"]

_ErrorT = TypeVar("_ErrorT", bound=TransportError)


_ORIGIN = re.compile(r"[^/?#]*//[^/?#]*")


def address(url: str) -> str:
    """Return host and port of `url`: no user, no path, no query.

    Raises:
        ConnectFailed: It is not the address of a web server.
    """
    origin = _ORIGIN.match(url)
    begin = origin[0] if origin is not None else ""
    # Every request asks; what is remembered for that holds nothing that may be secret.
    return _address(begin) if "@" in begin else _remembered(begin)


def _address(origin: str) -> str:
    scheme, host, port = "", None, None
    # Brackets without an end, a port that is no number. No cause: it quotes a password perhaps.
    with suppress(ValueError):
        parts = urlsplit(origin)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    if scheme not in ("http", "https") or not host:
        raise ConnectFailed("the URL needs http:// or https://, a host, and a valid port if any")
    return f"{host}:{port}" if port else host


_remembered = lru_cache(maxsize=128)(_address)


def via(host: str, proxy: str | None) -> str:
    """Return where a connection leads, and through what."""
    return f"{host} through the proxy {proxy}" if proxy else host


def by_proxy(host: str, proxy: str, what: str) -> ConnectFailed:
    """Return the error for a proxy that is the one to blame; `what` says of it why."""
    return ConnectFailed(f"cannot connect to {host}: the proxy {proxy} {what}")


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
    """Return the operating system's or TLS library's words, else the class of the error."""
    return next((words for _, words in _system_errors(error)), type(error).__name__)


def from_below(error: _ErrorT, below: BaseException) -> _ErrorT:
    """Return `error` with what `below` may show of its cause.

    That is the operating system's error. Those of HTTP libraries hold the request, its headers and
    its whole address, and quote what the other side said; of them, only the class is told. Raise
    the result where `below` is not being handled any more, or it will be the context.
    """
    cause = next((item for item, _ in _system_errors(below)), None)
    if cause is None:
        kind = type(below)
        cause = TransportError(f"{kind.__module__}.{kind.__qualname__}")
    cause.__cause__ = cause.__context__ = None
    error.__cause__ = cause
    return error


def _system_errors(error: BaseException) -> Iterator[tuple[BaseException, str]]:
    """Yield the errors of the operating system and the TLS library, and their words.

    Only those have texts that are known to hold nothing of the request or the answer: other errors
    pass for the operating system's, and say which URL.
    """
    for item in chain(error):
        module = type(item).__module__
        if module not in ("builtins", "socket", "ssl"):
            continue
        if module == "builtins" and isinstance(item, OSError) and item.errno:
            yield item, os.strerror(item.errno)  # asyncio has words of its own in `strerror`
            continue
        for name in ("verify_message", "reason", "strerror"):  # ssl, ssl, OSError
            text = getattr(item, name, None) if isinstance(item, OSError) else None
            if text and isinstance(text, str):
                yield item, text
                break
