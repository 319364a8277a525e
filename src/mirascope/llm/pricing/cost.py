"""What something cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Date
from decimal import Decimal
from typing import TypeAlias

__all__ = ["Amount", "Cost"]

Amount: TypeAlias = "Cost | Decimal | float"
"""What a cost can be compared with: another one, or a number in its currency."""

_ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one answer cost, or several together, by what it was paid for.

    Costs can be added, with `sum` as well, and compared with each other and with numbers. To add
    None, a cost that nobody knows, leaves a sum that is not complete.
    """

    input: Decimal = _ZERO
    """Of the tokens that were sent and not read from a cache or written to it."""
    cache_read: Decimal = _ZERO
    cache_write: Decimal = _ZERO
    output: Decimal = _ZERO
    """Of the tokens of the answer; reasoning is among them where it has no price of its own."""
    reasoning: Decimal = _ZERO
    tools: Decimal = _ZERO
    """Of the calls of tools that the provider runs."""
    requests: Decimal = _ZERO
    """What each request costs beside its tokens."""
    other: Decimal = _ZERO
    """What a vendor that reports a cost does not say the purpose of."""
    currency: str = "USD"
    source: str = ""
    """Where the prices are from: ``genai-prices`` and its version, ``registered``, the vendor that
    reported the cost, ``cache``; several are joined by commas."""
    date: Date | None = None
    """The day (UTC) for which prices were looked up, or since which they hold; None where several
    or none are meant."""
    complete: bool = True
    """Whether that is all of it."""
    unpriced: tuple[str, ...] = ()
    """Tools that were used, and have no known price; then it is not complete, either."""

    @property
    def total(self) -> Decimal:
        """Return the sum of all amounts."""
        return sum((getattr(self, name) for name in _AMOUNTS), _ZERO)

    def __float__(self) -> float:
        return float(self.total)

    def __str__(self) -> str:
        least = "" if self.complete else "at least "
        return f"{least}{self.total.normalize():f} {self.currency}"

    def __add__(self, other: Cost | None) -> Cost:
        if other is None:
            return replace(self, complete=False)
        if not isinstance(other, Cost):  # pyright: ignore[reportUnnecessaryIsInstance]  # or anything
            return NotImplemented
        if self.currency != other.currency:
            raise ValueError(
                f"Costs in {self.currency} and in {other.currency} cannot be added: add up those "
                "of each currency."
            )
        sources = dict.fromkeys(
            [*filter(None, self.source.split(", ")), *filter(None, other.source.split(", "))]
        )
        day = self.date if self.date == other.date or not other.source else None
        return replace(
            self,
            **{name: getattr(self, name) + getattr(other, name) for name in _AMOUNTS},
            source=", ".join(sources),
            date=day if self.source else other.date,
            complete=self.complete and other.complete,
            unpriced=tuple(dict.fromkeys([*self.unpriced, *other.unpriced])),
        )

    def __radd__(self, other: int | None) -> Cost:
        """Add to 0, with which `sum` begins, or to None."""
        if other is None:
            return replace(self, complete=False)
        return self if other == 0 else NotImplemented

    def __lt__(self, other: Amount) -> bool:
        number = self._number(other)
        return NotImplemented if number is None else self.total < number

    def __le__(self, other: Amount) -> bool:
        number = self._number(other)
        return NotImplemented if number is None else self.total <= number

    def __gt__(self, other: Amount) -> bool:
        number = self._number(other)
        return NotImplemented if number is None else self.total > number

    def __ge__(self, other: Amount) -> bool:
        number = self._number(other)
        return NotImplemented if number is None else self.total >= number

    def _number(self, other: object) -> Decimal | float | None:
        """Return what the total is compared with; None when it cannot be."""
        if isinstance(other, Cost):
            return other.total if other.currency == self.currency else None
        return other if isinstance(other, (Decimal, int, float)) else None


_AMOUNTS = (
    "input",
    "cache_read",
    "cache_write",
    "output",
    "reasoning",
    "tools",
    "requests",
    "other",
)
