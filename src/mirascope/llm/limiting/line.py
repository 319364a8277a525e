"""The line of those who wait: first come, first served, from whatever thread, task or loop.

Who leaves may be a destructor, which runs in the middle of anything, so leaving takes no lock, asks
no store and starts no thread: it leaves a note. Who joins, and a thread that lives while somebody
waits, read the notes and let through whoever is next.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from math import inf
from queue import Empty, SimpleQueue

from mirascope.llm.layering import Signal
from mirascope.llm.limiting.budgets import Later
from mirascope.llm.limiting.tills import Charge, Till
from mirascope.llm.limiting.vendor import Left
from mirascope.llm.responses.rate_limits import RateLimits

__all__ = ["Line", "Ticket"]


class Ticket:
    """A place in the line.

    Attributes:
        signal: Is set when it is let through, or when that went wrong.
        looked: Is set when it was found to have to wait, or `signal` is.
        error: What went wrong.
        used: The tokens that were used, once it is known.
    """

    def __init__(self, tokens: int) -> None:
        self.tokens = tokens
        self.signal: Signal = Signal()
        self.looked: Signal = Signal()
        self.error: Exception | None = None
        self.used: int | None = None
        self.charged: list[Charge] = []
        self._unclaimed = [None]

    @property
    def is_claimed(self) -> bool:
        """Return whether its holder was let through, or has left before."""
        return not self._unclaimed

    def claim(self) -> bool:
        """Return True once: to who lets its holder through, or to its holder, who leaves before."""
        try:
            self._unclaimed.pop()
        except IndexError:
            return False
        return True


class Line:
    """One line, before one set of limits.

    Attributes:
        held_by: What the first of those who wait waits for, in words.
    """

    def __init__(self, concurrency: int | None, till: Till, *, blocks: bool) -> None:
        """Open the line.

        Args:
            concurrency: How many may be through at a time.
            till: Where they are charged.
            blocks: Whether that takes time.
        """
        self.held_by: str = "the line"
        self._concurrency = concurrency
        self._till = till
        self._blocks = blocks
        self._waiting: deque[Ticket] = deque()
        self._done: deque[Ticket] = deque()
        self._heard: deque[tuple[Ticket, RateLimits, float]] = deque()
        self._without_head: set[Ticket] = set()
        self._left = Left()
        self._through = 0
        self._paused_until = 0.0
        self._woken: SimpleQueue[None] = SimpleQueue()
        self._serving = threading.Lock()
        self._door = threading.Lock()
        self._thread: threading.Thread | None = None

    def join(self, tokens: int) -> Ticket:
        """Return a place at the end of the line; its signal is set when it is let through."""
        ticket = Ticket(tokens)
        self._waiting.append(ticket)
        if not self._blocks:
            with self._serving:
                self._serve()
        if not ticket.signal.is_set:
            self._wake()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give a place back, once, whether or not it was let through; from anywhere."""
        if not ticket.claim():
            self._done.append(ticket)
        if self._thread is not None:
            self._woken.put(None)

    def tidy(self) -> None:
        """Have the notes of those who left read soon; not from a destructor."""
        if not self._blocks:
            with self._serving:
                self._serve()
        elif self._done:
            self._wake()

    def pause(self, seconds: float) -> None:
        """Let nobody through for a while."""
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    def hear(self, ticket: Ticket, limits: RateLimits) -> None:
        """Take in what the vendor says is left, at the head of the answer for a ticket."""
        self._heard.append((ticket, limits, time.monotonic()))
        if self._waiting:
            self._wake()

    # --- letting through

    def _wake(self) -> None:
        with self._door:
            if self._thread is None or not self._thread.is_alive():  # the latter after a fork
                self._thread = threading.Thread(
                    target=self._serve_on, name="mirascope-limit", daemon=True
                )
                self._thread.start()
            else:
                self._woken.put(None)

    def _serve_on(self) -> None:
        while True:
            with self._serving:
                seconds = self._serve()
            with self._door:
                if not self._waiting and not self._done:
                    self._thread = None
                    return
            with suppress(Empty):
                self._woken.get(timeout=seconds)

    def _serve(self) -> float | None:
        """Let through whoever may go.

        Returns:
            In how many seconds to look again; None when somebody has to leave or come first.
        """
        self._read_notes()
        while self._waiting:
            ticket = self._waiting[0]
            if not ticket.is_claimed:
                if (seconds := self._held_here(ticket)) > 0:
                    self._stand_aside()
                    self._have_wait()
                    return None if seconds == inf else seconds
                try:
                    found = self._till.charge(ticket.tokens, len(self._waiting))
                except Exception as error:
                    ticket.error = error
                else:
                    if isinstance(found, Later):
                        self.held_by = found.held_by
                        self._have_wait()
                        return found.seconds
                    ticket.charged = found
            self._waiting.popleft()
            self._till.pass_on()
            if ticket.claim():
                self._through += 1
                self._without_head.add(ticket)
                self._left.take(ticket.tokens)
                ticket.signal.set()
                ticket.looked.set()
            else:
                self._correct(ticket.charged, 0)
        self._stand_aside()
        return None

    def _held_here(self, ticket: Ticket) -> float:
        """Return how long a ticket is held, whatever there is of the budgets; 0 when it is not."""
        if self._concurrency is not None and self._through >= self._concurrency:
            self.held_by = f"concurrency={self._concurrency}"
            return inf  # until somebody leaves
        paused = self._paused_until - time.monotonic()
        if (pause := max(paused, self._left.seconds_until(ticket.tokens))) > 0:
            self.held_by = "the vendor's own limit"
        return pause

    def _have_wait(self) -> None:
        """Tell all who came since the last time that they have to wait."""
        for place in reversed(range(len(self._waiting))):  # others may join meanwhile
            looked = self._waiting[place].looked
            if looked.is_set:
                return
            looked.set()

    def _stand_aside(self) -> None:
        with suppress(Exception):  # a store that is down: who is charged next is told so
            self._till.stand_aside(len(self._waiting))

    def _read_notes(self) -> None:
        while self._heard:
            ticket, limits, when = self._heard.popleft()
            self._without_head.discard(ticket)
            others = self._without_head
            self._left.hear(limits, when, (len(others), sum(one.tokens for one in others)))
        while self._done:
            ticket = self._done.popleft()
            self._through -= 1
            self._without_head.discard(ticket)
            if ticket.used is not None:
                tokens = [charge for charge in ticket.charged if charge.terms.what == "tokens"]
                self._correct(tokens, ticket.used)

    def _correct(self, charges: list[Charge], cost: int) -> None:
        for charge in charges:
            with suppress(Exception):  # a store that is down: the charge stays for its window
                charge.correct(cost)
