"""Default clients, one per vendor, colour and environment."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Any

__all__ = ["Clients", "colour"]

_LIMIT = 64


class Clients:
    """A vendor's default clients, kept so that connections are used again.

    Which client is used depends on the environment variables that configure it, on the process
    (sockets are not shared over a fork) and, for asynchronous clients, on the event loop, whose
    connections are of no use to another one.
    """

    def __init__(self, make: Callable[[bool], Any], variables: Sequence[str]) -> None:
        """Start empty.

        Args:
            make: Builds a client; its argument says whether it is asynchronous.
            variables: Prefixes of the names of the environment variables that configure it.
        """
        self._make = make
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
                keeper = _close_with_loop(client) if loop else None
                found = self._clients[key] = (client, loop, keeper)
            return found[0]

    def _forget_closed_loops(self) -> None:
        closed = [key for key, (_, loop, _) in self._clients.items() if loop and loop.is_closed()]
        for key in closed:
            del self._clients[key]


def _close_with_loop(client: Any) -> AsyncGenerator[None, None]:
    """Close a client when its event loop ends.

    A loop that ends closes the asynchronous generators that were started on it, so one is started
    and kept. Its first step awaits nothing and can be taken from here.
    """

    async def keep() -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            # google-genai's client has its asynchronous half there.
            half = getattr(client, "aio", client)
            if hasattr(half, "aclose"):
                await half.aclose()
            elif hasattr(half, "__aexit__"):
                # What the others have in common; two of them have nothing else.
                await half.__aexit__(None, None, None)

    keeper = keep()
    with contextlib.suppress(StopIteration):
        keeper.__anext__().send(None)
    return keeper


_SDKS = frozenset({"anthropic", "azure", "botocore", "cohere", "groq", "openai"})


def colour(client: Any) -> bool | None:
    """Tell whether an SDK's client is asynchronous; None where its class does not tell."""
    for base in type(client).__mro__:
        module = base.__module__
        if base.__name__.startswith("Async") or module.startswith("aiobotocore"):
            return True
        if module.startswith("azure.") and ".aio" in module:
            return True
    return False if type(client).__module__.split(".")[0] in _SDKS else None
