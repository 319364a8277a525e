"""Fetching media by URL, with a limit on its size."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mirascope.llm.exceptions import ConnectionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["download", "download_async"]

CONNECT_TIMEOUT = 10
"""Seconds until the connection is there."""
READ_TIMEOUT = 60
"""Seconds between two pieces of the content."""
MAX_REDIRECTS = 10
_PIECE = 64 * 1024
_HEADERS = {"accept-encoding": "identity"}  # media are compressed already; sizes are honest then


def download(url: str, kind: str, max_size: int) -> bytes:
    """Return what is at `url`, following redirects.

    Args:
        url: An ``http`` or ``https`` address.
        kind: What it is, for messages.
        max_size: The most bytes to accept. No more than these are read, whatever the server sends.

    Raises:
        ValueError: The address is of another kind, or there is more than `max_size` at it.
        ConnectionError: It cannot be reached, or answers with an error status.
    """
    import urllib3  # the network is needed for URLs only

    shown = _checked(url)
    body = _Body(kind, shown, max_size)
    try:
        with (
            urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
                # Redirects only: neither failures nor a `retry-after` are waited for here.
                retries=urllib3.Retry(
                    total=MAX_REDIRECTS,
                    connect=0,
                    read=0,
                    status=0,
                    other=0,
                    respect_retry_after_header=False,
                ),
            ) as pool,
            pool.request("GET", url, headers=_HEADERS, preload_content=False) as answer,
        ):
            body.begin(answer.status, answer.headers)
            for piece in answer.stream(_PIECE):
                body.feed(piece)
            return body.close()
    except ConnectionError:
        raise
    except (urllib3.exceptions.HTTPError, OSError) as error:
        reason = _reason(error)
    raise _failed(shown, reason)


async def download_async(url: str, kind: str, max_size: int) -> bytes:
    """Return what is at `url` without blocking; see `download`."""
    import aiohttp  # the network is needed for URLs only

    shown = _checked(url)
    body = _Body(kind, shown, max_size)
    timeout = aiohttp.ClientTimeout(
        total=None, sock_connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT
    )
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, headers=_HEADERS, max_redirects=MAX_REDIRECTS) as answer,
        ):
            body.begin(answer.status, answer.headers)
            async for piece in answer.content.iter_chunked(_PIECE):
                body.feed(piece)
            return body.close()
    except ConnectionError:
        raise
    except (aiohttp.ClientError, OSError) as error:
        reason = _reason(error)
    raise _failed(shown, reason)


class _Body:
    """What has arrived, checked as it arrives."""

    def __init__(self, kind: str, shown: str, max_size: int) -> None:
        self._kind = kind
        self._shown = shown
        self._max_size = max_size
        self._pieces: list[bytes] = []
        self._size = 0

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        if status >= 300:  # also a redirect to nowhere
            raise _failed(self._shown, f"status {status}")
        announced = headers.get("content-length", "")
        if announced.isdecimal():
            self._check(int(announced))

    def feed(self, piece: bytes) -> None:
        self._size += len(piece)
        self._check(self._size)
        self._pieces.append(piece)

    def close(self) -> bytes:
        return b"".join(self._pieces)

    def _check(self, size: int) -> None:
        if size > self._max_size:
            raise ValueError(
                f"{self._kind} at {self._shown} is too large: it exceeds maximum allowed size "
                f"({self._max_size} bytes)."
            )


def _checked(url: str) -> str:
    """Return the address as messages may show it: no credentials, no query."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"Not an http or https address: {parts.scheme or 'no scheme'}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _reason(error: Exception) -> str:
    """Return what went wrong; the clients' own words often hold the whole address."""
    while isinstance(inner := getattr(error, "reason", None), Exception):
        error = inner
    system = getattr(error, "os_error", error.__cause__)
    if isinstance(system, OSError) and type(system).__module__ == "builtins" and system.errno:
        return os.strerror(system.errno)
    return type(error).__name__


def _failed(shown: str, reason: str) -> ConnectionError:
    """Return the error; the client's is left out, for its text may show the query."""
    return ConnectionError(f"Could not download {shown} ({reason})", "download")
