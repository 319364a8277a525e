"""What a JSON Schema says about a number."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from mirascope._wire.json_values import JsonObject, as_number

__all__ = ["Limits"]


class Limits:
    """Judges numbers, and knows where to look for good ones."""

    def __init__(self, schema: JsonObject, *, integer: bool) -> None:
        low, high = as_number(schema.get("minimum")), as_number(schema.get("maximum"))
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        # A boolean beside `minimum` is the older way to say that the limit itself does not fit.
        self._above = low if above is True else as_number(above)
        self._below = high if below is True else as_number(below)
        self._low, self._high = low, high
        self._step = as_number(schema.get("multipleOf"))
        self._integer = integer

    def fit(self, number: float) -> bool:
        """Tell whether `number` is allowed."""
        return (
            (self._low is None or number >= self._low)
            and (self._high is None or number <= self._high)
            and (self._above is None or number > self._above)
            and (self._below is None or number < self._below)
            and (not self._integer or float(number).is_integer())
            and (not self._step or (number / self._step).is_integer())
        )

    def candidates(self, first: float, index: int) -> Iterator[float]:
        """Yield numbers that may fit, the nicest first; another `index` yields others."""
        step = self._step or 1
        lows = [limit for limit in (self._low, self._above) if limit is not None]
        highs = [limit for limit in (self._high, self._below) if limit is not None]
        starts = [first, 1, 0, *_around(lows, step), *_around(highs, step)]
        for start in starts:
            yield start + index * step
            yield start - index * step
        if lows and highs:
            low, high = max(lows), min(highs)
            yield low + (high - low) * (index + 1) / (index + 2)
        yield from starts  # those of a neighbour: better twice the same number than none


def _around(limits: Iterable[float], step: float) -> Iterator[float]:
    """Yield the multiples of `step` next to each limit, the limits, and what is next to them."""
    for limit in limits:
        for multiple in (math.ceil(limit / step), math.floor(limit / step)):
            yield from ((multiple + offset) * step for offset in (0, 1, -1))
        yield from (limit, math.nextafter(limit, math.inf), math.nextafter(limit, -math.inf))
