"""What is done to event loops from outside of them."""

from __future__ import annotations

import asyncio
import contextlib

__all__ = ["cut_short", "running_loop"]


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def cut_short(loop: asyncio.AbstractEventLoop, scope: asyncio.Timeout) -> None:
    """Let `scope` run out now, from any thread; it may be over, and its loop closed."""

    def expire() -> None:
        with contextlib.suppress(RuntimeError):
            scope.reschedule(0)

    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(expire)
