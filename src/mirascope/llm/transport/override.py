"""Another transport for everybody, for a while: how the simulator takes the network's place."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from mirascope.llm.transport.default import AnyTransport

__all__ = ["override", "overriding"]

_here: ContextVar[AnyTransport | None] = ContextVar("mirascope_transport", default=None)
_everywhere: list[AnyTransport] = []
_lock = threading.Lock()


def override() -> AnyTransport | None:
    """Return the transport that takes the place of every provider's own; None when none does."""
    return _here.get() or (_everywhere[-1] if _everywhere else None)


@contextmanager
def overriding(transport: AnyTransport) -> Generator[None]:
    """Let `transport` take the place of every provider's own, without keys.

    Nested and concurrent uses keep to their own; threads started meanwhile see the latest.
    """
    token = _here.set(transport)
    with _lock:
        _everywhere.append(transport)
    try:
        yield
    finally:
        with _lock:
            _everywhere.remove(transport)
        _here.reset(token)
