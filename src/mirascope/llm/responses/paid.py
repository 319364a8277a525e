"""What an answer cost, with all that was tried for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mirascope.llm.pricing import Cost
from mirascope.llm.pricing.used import context_of
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.priced import price_usage
from mirascope.llm.responses.usage import Usage

if TYPE_CHECKING:
    from mirascope.llm.responses.root_response import AnyResponse

__all__ = ["paid_for"]


def paid_for(response: AnyResponse) -> Cost | str:
    """Return what was spent on the answer of a response, or why that is not known."""
    if response.cached_at is not None:
        return Cost(source="cache")
    attempts = response.attempts
    if attempts and attempts[-1].error is None:
        return _sum_of(attempts, response)
    # On its way, or broken off: of attempts before, nobody knows which part is in the usage, too.
    priced = _as_answered(response, response.usage, attempts[-1].ended if attempts else None)
    whole = getattr(response, "state", "complete") == "complete"
    return replace(priced, complete=False) if isinstance(priced, Cost) and not whole else priced


def _sum_of(attempts: Sequence[Attempt], response: AnyResponse) -> Cost | str:
    total: Cost | None = None
    for one in attempts:
        if one.error is None and one.model == response.model_id:
            priced = _as_answered(response, one.usage, one.started)
            if isinstance(priced, str):
                return priced
            cost: Cost | None = priced
        else:
            cost = one.cost
            if one.error is None and cost is None:
                return f"no cost is known of the attempt at {one.model}"
        total = cost if total is None and cost is not None else (total or Cost()) + cost
    return total or Cost()


def _as_answered(response: AnyResponse, usage: Usage | None, at: float | None) -> Cost | str:
    return price_usage(
        usage,
        provider_id=response.provider_id,
        model_id=response.model_id,
        model_name=response.provider_model_name,
        at=at,
        context=context_of(
            None if usage is None else usage.raw, response.raw, response.params.get("extra_body")
        ),
    )
