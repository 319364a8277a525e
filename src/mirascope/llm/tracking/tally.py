"""What was used, added up by model."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from mirascope.llm.pricing.cost import Cost
from mirascope.llm.responses.usage import Usage

__all__ = ["Ended", "Share", "Tally"]

_WAITING = 500
"""So many requests may wait for their prices before they are looked up unasked."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What was used of one model, or of all of them together."""

    requests: int = 0
    """How many were sent, those that failed or are under way included."""
    under_way: int = 0
    """How many of them have not ended."""
    usage: Usage
    """Tokens; not `Usage.complete` while something is under way, and when it was broken off."""
    cost: Cost | None
    """What is known of the cost; None when nothing of it is known."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A request that is over."""

    model_id: str
    usage: Usage | None
    """What it took, as far as is known; None when nothing is."""
    price: Callable[[], Cost | str]
    """Returns what that costs."""


_Entry: TypeAlias = str | Ended
"""The model of a request that was sent; the end of one."""


class _Sum:
    """The sum of the requests to one model."""

    def __init__(self) -> None:
        self.requests = 0
        self.ended = 0
        self.usage = Usage()
        self.cost: Cost | None = None
        self.unknown = False

    def add(self, entry: _Entry) -> None:
        if isinstance(entry, str):
            self.requests += 1
            return
        self.ended += 1
        self.usage += entry.usage
        priced = None if entry.usage is None else entry.price()
        if isinstance(priced, Cost) and self.cost is None:
            self.cost = priced
        elif isinstance(priced, Cost) and self.cost and priced.currency == self.cost.currency:
            self.cost += priced
        else:  # no price is known, or those that were registered meanwhile are in another currency
            self.unknown = True

    def share(self) -> Share:
        open = self.requests - self.ended
        cost = self.cost
        if cost is None and not self.unknown:
            cost = Cost()
        if cost is not None and (open or self.unknown):
            cost = replace(cost, complete=False)
        return Share(
            requests=self.requests,
            under_way=open,
            usage=replace(self.usage, complete=self.usage.complete and not open),
            cost=cost,
        )


class Tally:
    """Takes note of requests from all threads and tasks.

    A stream that is dropped ends in a destructor, which may run in the middle of anything: so
    taking note waits for nobody, and sums and prices are for who reads them.
    """

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque()
        self._sums: dict[str, _Sum] = {}
        self._lock = threading.Lock()

    def sent(self, model_id: str) -> None:
        """Take note that a request is sent."""
        self._entries.append(model_id)

    def ended(self, entry: Ended) -> None:
        """Take note that a request is over, in whatever way."""
        self._entries.append(entry)

    def add_up(self) -> None:
        """Keep what is noted from growing; not to be called from a destructor."""
        if len(self._entries) > _WAITING and self._lock.acquire(blocking=False):
            try:
                self._drain()
            finally:
                self._lock.release()

    def by_model(self) -> dict[str, Share]:
        """Return what was used of each model, by its id, in the order of their first requests."""
        with self._lock:
            self._drain()
            return {model_id: one.share() for model_id, one in self._sums.items()}

    def _drain(self) -> None:
        for _ in range(len(self._entries)):
            entry = self._entries.popleft()
            model_id = entry if isinstance(entry, str) else entry.model_id
            self._sums.setdefault(model_id, _Sum()).add(entry)
