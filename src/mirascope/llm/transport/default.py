"""Which transport a provider speaks through."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Protocol, cast

from mirascope.llm.transport.http import (
    Abort,
    AsyncByteStream,
    AsyncTransport,
    ByteStream,
    HttpRequest,
    Transport,
)

if TYPE_CHECKING:
    from mirascope.llm.transport.async_driver import AsyncDriver
    from mirascope.llm.transport.sync_driver import SyncDriver

__all__ = ["AnyTransport", "DefaultTransport", "default_transport", "transport_for"]


class AnyTransport(Transport, AsyncTransport, Protocol):
    """A transport in both colours."""


class DefaultTransport:
    """HTTP over this package's own drivers: urllib3 for `open`, aiohttp for `open_async`.

    Each is imported at its first use: together they take longer than the rest of the package.
    """

    def __init__(self) -> None:
        self._sync: SyncDriver | None = None
        self._async: AsyncDriver | None = None
        self._making = Lock()  # a second driver would close its connections when it is dropped

    def open(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> ByteStream:
        """Send `request`; see `Transport.open`."""
        driver = self._sync or self._new_sync()
        return driver.open(request, connect=connect, deadline=deadline, abort=abort)

    async def open_async(
        self,
        request: HttpRequest,
        *,
        connect: float | None,
        deadline: float | None,
        abort: Abort | None = None,
    ) -> AsyncByteStream:
        """Send `request`; see `AsyncTransport.open_async`."""
        driver = self._async or self._new_async()
        return await driver.open_async(request, connect=connect, deadline=deadline, abort=abort)

    def _new_sync(self) -> SyncDriver:
        from mirascope.llm.transport.sync_driver import SyncDriver

        with self._making:
            self._sync = self._sync or SyncDriver()
            return self._sync

    def _new_async(self) -> AsyncDriver:
        from mirascope.llm.transport.async_driver import AsyncDriver

        with self._making:
            self._async = self._async or AsyncDriver()
            return self._async

    def close(self) -> None:
        """Close every pooled connection of the synchronous driver."""
        if self._sync is not None:
            self._sync.close()

    async def aclose(self) -> None:
        """Close every connection pooled for the running event loop."""
        if self._async is not None:
            await self._async.aclose()


_default = DefaultTransport()


def default_transport() -> DefaultTransport:
    """Return the transport that every provider without one of its own shares."""
    return _default


def transport_for(http_client: object | None) -> AnyTransport:
    """Return the transport that speaks through what the user passed.

    Args:
        http_client: A client of `httpx` or `httpx2`, or a pair of them in both colours; an object
            with the methods of a transport; None for the default.

    Raises:
        TypeError: It is none of these.
    """
    if http_client is None:
        return default_transport()
    if hasattr(http_client, "open") and hasattr(http_client, "open_async"):
        return cast("AnyTransport", http_client)
    from mirascope.llm.transport.httpx_driver import HttpxDriver  # few programs need it

    return HttpxDriver.of(http_client)
