"""`llm.cache`: answers that were given are given again, as a layer."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from mirascope.llm.caching.entries import Entry, dump_entry, load_entry
from mirascope.llm.caching.flights import Flight
from mirascope.llm.caching.keys import request_key
from mirascope.llm.caching.sqlite_store import SQLiteStore
from mirascope.llm.caching.stores import CacheStore, MemoryStore
from mirascope.llm.layering import LayerFlow, Open, Request, Step, aside
from mirascope.llm.layering.block import BlockLayer
from mirascope.llm.responses.chunks import Event, FromCache

__all__ = ["Cache", "cache"]

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class Cache(BlockLayer):
    """A layer that answers with what it has kept, and keeps what it has not; see `cache`.

    Attributes:
        store: Where answers are kept.
        ttl: How old an answer may be, in seconds; None for any age.
        patience: How long to wait for somebody who asks the same and does not read on, in seconds.
    """

    def __init__(self, store: CacheStore, *, ttl: float | None, patience: float) -> None:
        self.store = store
        self.ttl = ttl
        self.patience = patience
        self._flights: dict[str, Flight] = {}

    def __call__(self, request: Request, open: Open, /) -> LayerFlow:
        """Return the steps of one request."""
        try:
            key = request_key(request)
        except Exception:  # something that no wire carries either, which says so itself
            yield open(request)
            return None
        flight = Flight()
        try:
            while (other := self._flights.setdefault(key, flight)) is not flight:
                over = yield from other.landed(self.patience)
                if not over:
                    break
                if (entry := self._fresh(other.entry)) is not None:
                    yield _replayed(entry)
                    return None
            yield from self._answer(key, flight, request, open)
        finally:
            flight.end()
            if self._flights.get(key) is flight:
                del self._flights[key]
        return None

    def _answer(self, key: str, flight: Flight, request: Request, open: Open) -> LayerFlow:
        """Answer as the one who asks: from the store, or else from below."""
        kept = yield from self._ask_store("read", lambda: self.store.get(key))
        if (entry := self._fresh(kept)) is not None:
            flight.end(kept)
            yield _replayed(entry)
            return None
        stored = time.time()
        events: list[Event] = []
        answer = open(request)
        while (batch := (yield answer.pull())) is not None:
            events += batch
            flight.hands_out()
            yield batch
            flight.goes_on()
        # Only reached when the answer is whole.
        if (value := dump_entry(events, stored)) is not None:
            yield from self._ask_store("written", lambda: self.store.put(key, value, self.ttl))
            flight.end(value)
        return None

    def _fresh(self, value: bytes | None) -> Entry | None:
        """Return the answer that was kept, unless it is too old, or none at all."""
        entry = None if value is None else load_entry(value)
        if entry is None or self.ttl is None or time.time() - entry.stored < self.ttl:
            return entry
        return None

    def _ask_store(self, what: str, ask: Callable[[], T]) -> Generator[Step, Any, T | None]:
        """Return what a store says; None when it fails, for a cache must not break what works."""

        def safely() -> T | None:
            try:
                return ask()
            except Exception as error:
                _logger.warning("The cache could not be %s: %s", what, type(error).__name__)
                return None

        if self.store.blocks:
            return (yield from aside(safely))
        return safely()

    def __getstate__(self) -> dict[str, Any]:
        # A response that is sent elsewhere takes its model along: with the settings of this.
        return {**vars(self), "_flights": {}}


def _replayed(entry: Entry) -> list[Event]:
    return [FromCache(stored=entry.stored), *entry.events]


def cache(
    store: CacheStore | str | os.PathLike[str] | None = None,
    *,
    ttl: float | None = None,
    patience: float = 1.0,
) -> Cache:
    """Keep answers, and give them again to who asks the same.

    It is a layer, for ``layers=[llm.cache()]``, and a context manager, around every request made in
    its block. Only answers that completed are kept. They are replayed as they came, streamed or
    whole, whichever of the two is asked for; `response.cached_at` says so.

    Who asks what somebody else is asking just now, through the same object, waits for that answer.

    Args:
        store: Where to keep them: a file, in SQLite; a store of your own, see `CacheStore`; None
            for memory, of this object only.
        ttl: Seconds for which an answer is good; None for ever.
        patience: Seconds to wait for somebody who asks the same, has got a part of the answer, and
            does not read on; then it is asked for again.

    Raises:
        ValueError: `ttl` or `patience` is not positive.
    """
    if ttl is not None and not ttl > 0:
        raise ValueError(f"ttl must be positive or None, got {ttl!r}.")
    if not patience > 0:
        raise ValueError(f"patience must be positive, got {patience!r}.")
    if store is None:
        store = MemoryStore()
    elif isinstance(store, (str, os.PathLike)):
        store = SQLiteStore(store)
    return Cache(store, ttl=ttl, patience=patience)
