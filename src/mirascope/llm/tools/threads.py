"""Running a synchronous tool where an event loop must not wait for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["abandonable", "begin", "in_thread"]

_ResultT = TypeVar("_ResultT")

abandonable: ContextVar[bool] = ContextVar("mirascope_abandonable", default=False)
"""Whether the process may end before a thread that is begun now: a tool with a time limit."""


async def in_thread(function: Callable[..., _ResultT], *args: object) -> _ResultT:
    """Call a function in a thread of its own, with the caller's context variables.

    Not in the loop's pool: that is small, names of hosts are looked up in it, and a few slow tools
    would keep every request of the process waiting.

    A cancelled call raises at once. A thread cannot be stopped, so the function goes on, to nobody;
    the process does not end before it does.

    Args:
        function: Returns the result; what it raises is raised here.
        *args: Its arguments.
    """
    import asyncio  # slow to import, and loaded already where there is a running loop

    return await asyncio.wrap_future(begin(function, *args))


def begin(function: Callable[..., _ResultT], *args: object) -> Future[_ResultT]:
    """Call a function in a thread of its own; see `in_thread`. The future cannot be cancelled."""
    from concurrent.futures import Future  # slow to import: only those who run tools pay for it

    pending: Future[_ResultT] = Future()
    pending.set_running_or_notify_cancel()  # so that a cancelled caller leaves it alone
    threading.Thread(
        target=copy_context().run,
        args=(_fulfil, pending, function, args),
        daemon=abandonable.get(),
    ).start()
    return pending


def _fulfil(pending: Future[Any], function: Callable[..., Any], args: tuple[object, ...]) -> None:
    try:
        pending.set_result(function(*args))
    except BaseException as error:
        pending.set_exception(error)
