"""What has to be fetched before a request can be signed: once for all who need it.

Libraries of the clouds block, for as long as they like. So they do it in a thread that nobody waits
for at the end, and whoever needs what it brings waits as long as their own limits let them.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextvars import copy_context
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from mirascope.llm.exceptions import TimeoutError
from mirascope.llm.transport.http import DeadlineExceeded

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["FETCH_LIMIT", "Fetching"]

T = TypeVar("T")

Brought: TypeAlias = T | BaseException
"""What was raised is a result too: a task that was cancelled never asks for it, and for exceptions
that nobody asks for the event loop writes to the log. And each who waits may raise an error of its
own, as each adds a traceback."""

FETCH_LIMIT = 60.0
"""Seconds to wait for what is fetched."""


class Fetching(Generic[T]):
    """Work that may block, done at most once at a time. Safe to use from threads and tasks."""

    def __init__(
        self,
        work: Callable[[], T],
        held: Callable[[], T | None],
        *,
        what: str,
        provider_id: str,
        limit: float = FETCH_LIMIT,
    ) -> None:
        """Begin nothing yet.

        Args:
            work: Is called in a thread of its own, in the context of who was first to need it.
            held: Returns what needs no fetching; None without it.
            what: What is fetched, for errors.
            provider_id: For whom, for errors.
            limit: Seconds after which who still waits gives up, and who asks next begins anew.
        """
        self._work = work
        self._held = held
        self._what = what
        self._provider_id = provider_id
        self._limit = limit
        self._locks: dict[int, threading.Lock] = {}
        self._flight: tuple[int, float, Future[Brought[T]]] | None = None
        """The process, since threads do not survive a fork, when it was begun, and what comes."""

    def wait(self, deadline: float | None = None) -> Brought[T]:
        """Return what is held, or what the work brings or raises.

        Args:
            deadline: Until when to wait, on the clock of `time.monotonic`.

        Raises:
            DeadlineExceeded: Nothing came until then. The work goes on, for who asks next.
            TimeoutError: Nothing came within the limit.
        """
        if (held := self._held()) is not None:
            return held
        from concurrent.futures import wait  # slow to import

        pending = self._begun()
        wait([pending], self._left(deadline))
        return self._brought(pending, deadline)

    async def wait_async(self, deadline: float | None = None) -> Brought[T]:
        """Return the same without blocking; see `wait`."""
        if (held := self._held()) is not None:
            return held
        import asyncio  # slow to import, and loaded already where there is a running loop

        pending = self._begun()
        await asyncio.wait([asyncio.wrap_future(pending)], timeout=self._left(deadline))
        return self._brought(pending, deadline)

    def _left(self, deadline: float | None) -> float:
        left = self._limit if deadline is None else deadline - time.monotonic()
        return max(0.0, min(left, self._limit))

    def _begun(self) -> Future[Brought[T]]:
        """Return what a thread will bring, which is started unless one is on its way."""
        from concurrent.futures import Future  # slow to import

        with self._lock():
            process, now = os.getpid(), time.monotonic()
            flight = self._flight
            if flight is not None and flight[0] == process and now - flight[1] < self._limit:
                return flight[2]
            pending: Future[Brought[T]] = Future()
            pending.set_running_or_notify_cancel()  # so that a cancelled task leaves it alone
            if (held := self._held()) is not None:  # it has come in the meantime
                pending.set_result(held)
                return pending
            run = copy_context().run
            threading.Thread(target=run, args=(self._bring, pending), daemon=True).start()
            self._flight = process, now, pending
            return pending

    def _bring(self, pending: Future[Brought[T]]) -> None:
        brought: Brought[T]
        try:
            brought = self._work()
        except BaseException as error:
            brought = error
        self._land(pending)
        pending.set_result(brought)

    def _brought(self, pending: Future[Brought[T]], deadline: float | None) -> Brought[T]:
        if pending.done():
            return pending.result()
        if deadline is not None and time.monotonic() >= deadline:
            message = f"no {self._what} came for {self._provider_id!r} in time"
            raise DeadlineExceeded(message, fetching=True)
        self._land(pending)
        raise TimeoutError(
            f"No {self._what} came for {self._provider_id!r} within {self._limit:g} s.",
            self._provider_id,
        )

    def _land(self, pending: Future[Brought[T]]) -> None:
        with self._lock():
            if self._flight is not None and self._flight[2] is pending:
                self._flight = None

    def _lock(self) -> threading.Lock:
        """Return this process's lock: the one of a parent may be held for ever after a fork."""
        return self._locks.setdefault(os.getpid(), threading.Lock())
