"""Default clients, one per vendor, colour and environment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

__all__ = ["Clients"]

_LIMIT = 64


class Clients:
    """A vendor's default clients, kept so that connections are used again.

    Which client is used depends on the environment variables that configure it, on the process
    (sockets are not shared over a fork) and, for asynchronous clients, on the event loop, whose
    connections are of no use to another one.
    """

    def __init__(
        self,
        make: Callable[[bool], Any],
        variables: Sequence[str],
        async_half: Callable[[Any], Any],
    ) -> None:
        """Start empty.

        Args:
            make: Builds a client; its argument says whether it is asynchronous.
            variables: Prefixes of the names of the environment variables that configure it.
            async_half: Gives what of a client has to be closed with its event loop.
        """
        self._make = make
        self._async_half = async_half
        self._variables = tuple(variables)
        self._clients: dict[Any, tuple[Any, Any, Any]] = {}
        self._lock = threading.Lock()

    def get(self, is_async: bool) -> Any:
        """Give the client for the present environment."""
        environment = tuple(
            sorted(item for item in os.environ.items() if item[0].startswith(self._variables))
        )
        loop = asyncio.get_running_loop() if is_async else None
        key = (is_async, os.getpid(), id(loop), environment)
        with self._lock:
            self._forget_closed_loops()
            found = self._clients.get(key)
            if found is None:
                if len(self._clients) >= _LIMIT:
                    del self._clients[next(iter(self._clients))]
                # The loop is kept with its client, so that its id stays its own.
                client = self._make(is_async)
                keeper = _close_with_loop(client, self._async_half) if loop else None
                found = self._clients[key] = (client, loop, keeper)
            return found[0]

    def _forget_closed_loops(self) -> None:
        closed = [key for key, (_, loop, _) in self._clients.items() if loop and loop.is_closed()]
        for key in closed:
            del self._clients[key]


def _close_with_loop(client: Any, async_half: Callable[[Any], Any]) -> AsyncGenerator[None, None]:
    """Close a client when its event loop ends.

    A loop that ends closes the asynchronous generators that were started on it, so one is started
    and kept. Its first step awaits nothing and can be taken from here.
    """

    async def keep() -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            half = async_half(client)
            if hasattr(half, "aclose"):
                await half.aclose()
            elif hasattr(half, "__aexit__"):
                # What the others have in common; two of them have nothing else.
                await half.__aexit__(None, None, None)

    keeper = keep()
    with contextlib.suppress(StopIteration):
        keeper.__anext__().send(None)
    return keeper
