"""Fetching media by URL, within limits of size, of time, and of where to look.

An address may come from anybody: a user, a web page, a model. So what lies on this machine or in
its network is not fetched unless the program says so. That is checked for the address that is
connected to, on every redirect, so that neither a name nor a second look-up of it leads elsewhere.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from mirascope.llm.exceptions import ConnectionError, ProviderError, TimeoutError
from mirascope.llm.types.timeout import Timeout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mirascope.llm.transport.addresses import Admits
    from mirascope.llm.transport.http import HttpRequest, TransportError

__all__ = ["DOWNLOAD_TIMEOUT", "download", "download_async"]

DOWNLOAD_TIMEOUT = 120.0
"""The default limit for all of a download, in seconds."""
CONNECT_TIMEOUT = 10.0
"""Seconds until a connection is there."""
MAX_REDIRECTS = 10
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LONGEST_SHOWN = 200  # characters of a path, in messages
_SENT_AS_THEY_ARE = "/%:@!$&'()*+,;=?~"


def download(
    url: str,
    kind: str,
    max_size: int,
    *,
    timeout: float | None = DOWNLOAD_TIMEOUT,
    allow_private: bool = False,
) -> bytes:
    """Return what is at `url`, following redirects.

    With a proxy in the environment, it is the proxy that looks up names: then only hosts given by
    number, and ``localhost``, are known to be private.

    Args:
        url: An ``http`` or ``https`` address.
        kind: What it is, for messages.
        max_size: The most bytes to accept. No more than these are read, whatever the server sends.
        timeout: Seconds for all of it: looking up, connecting, redirects, the last byte; None for
            no limit but that for connecting.
        allow_private: Whether it may be on this machine or in a private network.

    Raises:
        ValueError: The address is of another kind, or private; or there is more than `max_size` at
            it.
        ConnectionError: It cannot be reached, or answers with an error status.
        TimeoutError: It took too long.
    """
    from mirascope.llm.transport.http import TransportError  # the network is needed for URLs only
    from mirascope.llm.transport.sync_driver import SyncDriver

    fetch = _Fetch(url, kind, max_size, timeout)
    driver = SyncDriver(_admitted(allow_private))
    try:
        while fetch.content is None:
            stream = driver.open(fetch.request(), connect=CONNECT_TIMEOUT, deadline=fetch.deadline)
            try:
                fetch.begin(stream.status, stream.headers)
                while fetch.reading:
                    fetch.feed(stream.read(fetch.deadline))
            finally:
                stream.close()
        return fetch.content
    except TransportError as error:
        failure = fetch.failed(error)
    finally:
        driver.close()
    raise failure  # out here, for the error of a client may show the query


async def download_async(
    url: str,
    kind: str,
    max_size: int,
    *,
    timeout: float | None = DOWNLOAD_TIMEOUT,  # noqa: ASYNC109 - as in `download`
    allow_private: bool = False,
) -> bytes:
    """Return what is at `url` without blocking; see `download`."""
    from mirascope.llm.transport.async_driver import AsyncDriver
    from mirascope.llm.transport.http import TransportError  # the network is needed for URLs only

    fetch = _Fetch(url, kind, max_size, timeout)
    driver = AsyncDriver(_admitted(allow_private))
    try:
        while fetch.content is None:
            stream = await driver.open_async(
                fetch.request(), connect=CONNECT_TIMEOUT, deadline=fetch.deadline
            )
            try:
                fetch.begin(stream.status, stream.headers)
                while fetch.reading:
                    fetch.feed(await stream.read(fetch.deadline))
            finally:
                stream.close()
        return fetch.content
    except TransportError as error:
        failure = fetch.failed(error)
    finally:
        await driver.aclose()
    raise failure


def _admitted(allow_private: bool) -> Admits | None:
    from mirascope.llm.transport.addresses import is_public

    return None if allow_private else is_public


class _Fetch:
    """One download, without the network.

    Attributes:
        deadline: Until when all of it has to be there, on the clock of `time.monotonic`.
        reading: Whether the body of the answer is wanted.
        content: All of it, once it is there.
    """

    def __init__(self, url: str, kind: str, max_size: int, timeout: float | None) -> None:
        seconds = Timeout(total=timeout).total
        self.deadline = None if seconds is None else time.monotonic() + seconds
        self.reading = False
        self.content: bytes | None = None
        self._shown = _shown(url)
        self._url = url
        self._kind = kind
        self._max_size = max_size
        self._timeout = timeout
        self._redirects = 0
        self._pieces: list[bytes] = []
        self._size = 0

    def request(self) -> HttpRequest:
        from mirascope.llm.transport.http import HttpRequest

        return HttpRequest(url=_sendable(self._url), method="GET")

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the head of an answer; where that is a redirect, another request is next."""
        location = headers.get("location")
        if status in _REDIRECTS and location:
            self._follow(location)
            return
        if not 200 <= status < 300:
            raise self._failed(f"status {status}")
        announced = headers.get("content-length", "")
        if announced.isdecimal():
            self._check(int(announced))
        self.reading = True

    def _follow(self, location: str) -> None:
        self._redirects += 1
        if self._redirects > MAX_REDIRECTS:
            raise self._failed(f"it redirects more than {MAX_REDIRECTS} times")
        try:
            url = urljoin(self._url, _decoded(location))
            shown = _shown(url)
        except ValueError:
            url = shown = ""
        if not shown:
            raise self._failed("it redirects to what is no address on the web")
        self._url = url
        self._shown = f"{self._shown.partition(', redirected')[0]}, redirected to {shown}"

    def feed(self, data: bytes) -> None:
        """Take the next bytes of the body; none at its end."""
        if not data:
            self.reading = False
            self.content = b"".join(self._pieces)
            return
        self._size += len(data)
        self._check(self._size)
        self._pieces.append(data)

    def _check(self, size: int) -> None:
        if size > self._max_size:
            raise ValueError(
                f"{self._kind} at {self._shown} is too large: it exceeds maximum allowed size "
                f"({self._max_size} bytes)."
            )

    def failed(self, error: TransportError) -> Exception:
        """Return what to raise for an error on the way."""
        from mirascope.llm.transport.http import AddressRefused, DeadlineExceeded

        if isinstance(error, AddressRefused):
            return ValueError(
                f"{self._kind} at {self._shown} is on this machine or in a private network, from "
                "which nothing is fetched for whoever names an address. If you trust this one, "
                "pass allow_private=True."
            )
        if not isinstance(error, DeadlineExceeded):
            return self._failed(str(error) or type(error).__name__)
        why = f"(no connection within {CONNECT_TIMEOUT:g} seconds)"
        if not error.connecting:
            why = f"within {self._timeout} seconds; pass timeout= to wait longer"
        late = TimeoutError(f"Could not download {self._shown} {why}", "download")
        late.phase = "connect" if error.connecting else "total"
        return late

    def _failed(self, reason: str) -> ProviderError:
        return ConnectionError(f"Could not download {self._shown} ({reason})", "download")


def _shown(url: str) -> str:
    """Return an address as messages may show it: no credentials, no query.

    Raises:
        ValueError: It is not one of the web.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"Not an http or https address: {parts.scheme or 'no scheme'}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = f":{parts.port}" if parts.port is not None else ""
    path = parts.path if len(parts.path) <= _LONGEST_SHOWN else f"{parts.path[:_LONGEST_SHOWN]}..."
    return f"{parts.scheme}://{host}{port}{path}"


def _sendable(url: str) -> str:
    """Return an address as a request line holds it: without fragment, in ASCII, no spaces."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not host.isascii():
        with contextlib.suppress(UnicodeError):  # no name, as looking it up will tell
            host = host.encode("idna").decode()
    return parts._replace(
        netloc=user + at + host,
        path=_quoted(parts.path) or "/",
        query=_quoted(parts.query),
        fragment="",
    ).geturl()


def _quoted(text: str) -> str:
    """Return text in ASCII; clients keep bytes that they could not decode as surrogates."""
    return quote(text, safe=_SENT_AS_THEY_ARE, errors="surrogateescape")


def _decoded(location: str) -> str:
    """Return a header as it was meant: `http.client` takes UTF-8 for Latin-1."""
    with contextlib.suppress(UnicodeError):
        return location.encode("latin-1").decode()
    return location
