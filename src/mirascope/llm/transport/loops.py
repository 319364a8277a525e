"""What is done to event loops from outside of them."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

__all__ = ["OTHER_LOOP", "cancel_soon", "cut_short", "running_loop", "running_task"]

OTHER_LOOP = "the event loop that the answer was read in is closed, and so is its connection"


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def running_task() -> asyncio.Task[Any]:
    """Return the task that runs; call it in one."""
    task = asyncio.current_task()
    assert task is not None
    return task


def cancel_soon(task: asyncio.Task[Any]) -> None:
    """Cancel `task` in the next round of its loop, from any thread; the loop may be closed."""
    with contextlib.suppress(RuntimeError):
        task.get_loop().call_soon_threadsafe(task.cancel)


def cut_short(loop: asyncio.AbstractEventLoop, scope: asyncio.Timeout) -> None:
    """Let `scope` run out now, from any thread; it may be over, and its loop closed."""

    def expire() -> None:
        with contextlib.suppress(RuntimeError):
            scope.reschedule(0)

    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(expire)
