"""Where a line charges its budgets."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Protocol

from mirascope.llm.limiting.budgets import Budget, CountStore, Later

__all__ = ["LOOKS_A_SLICE", "LOOK_AGAIN", "Charge", "Counted", "CountedTill", "Terms", "Till"]

LOOK_AGAIN = 0.25
"""Seconds after which a budget that others use too is looked at again: they may give some back."""
LOOKS_A_SLICE = 10
"""How often that is at least in a slice of it, which is shorter in a short window."""


Counted = Literal["requests", "tokens"]


@dataclass(frozen=True, slots=True)
class Terms:
    """So many of what in a window."""

    what: Counted
    amount: int
    label: str
    """How users call it, for messages."""

    def cost(self, tokens: int) -> int:
        """Return what a request costs that takes so many tokens."""
        return tokens if self.what == "tokens" else 1


class _Chargeable(Protocol):
    def correct(self, slice: int, difference: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Charge:
    """What was taken, and out of which slice of a budget."""

    terms: Terms
    budget: _Chargeable
    slice: int
    cost: int

    def correct(self, cost: int) -> None:
        """Have it cost something else."""
        self.budget.correct(self.slice, cost - self.cost)


class Till(Protocol):
    """Charges those who come first in a line; one thread at a time asks it."""

    def charge(self, tokens: int, waiting: int) -> list[Charge] | Later:
        """Charge the first in the line for a request.

        Args:
            tokens: What it is estimated to take.
            waiting: How many wait in the line, with it.

        Returns:
            What was charged; or when to ask again.
        """
        ...

    def stand_aside(self, waiting: int) -> None:
        """Say that the first does not want to be charged yet, or that nobody waits."""
        ...

    def pass_on(self) -> None:
        """Say that the first has left the line."""
        ...


class CountedTill:
    """Budgets in counters; lines that share them know nothing of each other."""

    def __init__(
        self,
        counts: CountStore,
        name: str,
        terms: Sequence[Terms],
        window: float,
        *,
        is_shared: bool,
    ) -> None:
        """Say what may be charged.

        Args:
            counts: Where to count.
            name: Of the counters: those who use the same name share the budgets.
            terms: How much.
            window: In how many seconds.
            is_shared: Whether others may use the budgets, too.
        """
        self._budgets = [
            (one, Budget(counts, f"{name}:{one.what}", one.amount, window, one.label))
            for one in terms
        ]
        self._is_shared = is_shared

    def charge(self, tokens: int, waiting: int) -> list[Charge] | Later:
        """Charge all budgets, or none."""
        charges: list[Charge] = []
        for terms, budget in self._budgets:
            cost = terms.cost(tokens)
            found = budget.charge(cost)
            if isinstance(found, Later):
                for charge in charges:
                    with suppress(Exception):  # the charge stays for its window
                        charge.correct(0)
                if not self._is_shared:
                    return found
                seconds = min(found.seconds, budget.width / LOOKS_A_SLICE, LOOK_AGAIN)
                return Later(seconds, found.held_by)
            charges.append(Charge(terms, budget, found, cost))
        return charges

    def stand_aside(self, waiting: int) -> None:
        """Do nothing: nobody else stands in this line."""

    def pass_on(self) -> None:
        """Do nothing."""
