"""Usage on the Chat wire."""

from __future__ import annotations

import math

from mirascope._wire.json_values import JsonObject, as_number
from mirascope.llm.providers.cohere import types as wire
from mirascope.llm.providers.emitter import UsageTotals

__all__ = ["usage_totals"]


def usage_totals(usage: wire.Usage) -> UsageTotals:
    """Return the totals of an answer.

    What counts is what the model read and wrote, as with every other vendor, not what is billed,
    which can be less than what came from the cache alone. The bill is in the raw usage.
    """
    counted = usage.tokens or usage.billed_units or {}
    return UsageTotals(
        input_tokens=_count(counted, "input_tokens"),
        output_tokens=_count(counted, "output_tokens"),
        cache_read_tokens=_whole(usage.cached_tokens),
        reasoning_tokens=_count(counted, "reasoning_tokens"),
    )


def _count(numbers: JsonObject, name: str) -> int:
    return _whole(as_number(numbers.get(name)))


def _whole(number: float | None) -> int:
    return int(number) if number is not None and math.isfinite(number) else 0
