"""From what was used to what it cost.

Who knows best is asked first: the vendor, where it reports a cost; then prices that were
registered; then those of genai-prices.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

from mirascope.llm.pricing.bundled import bundled_cost
from mirascope.llm.pricing.cost import Cost
from mirascope.llm.pricing.reported import reported_cost
from mirascope.llm.pricing.table import registered_cost
from mirascope.llm.pricing.used import Question, Used, context_of

__all__ = ["Priced", "cost_of", "price"]

Priced: TypeAlias = Cost | str
"""What something cost, or why that is not known: a part of a sentence."""


def price(question: Question, used: Used | None) -> Priced:
    """Return what an answer cost, or why that is not known.

    Args:
        question: Of whom and when it was asked.
        used: What it took.
    """
    if used is None:
        return "the provider has not said what was used"
    return (
        reported_cost(question, used)
        or registered_cost(question, used)
        or bundled_cost(question, used)
    )


def cost_of(
    model_id: str,
    usage: Used | None,
    *,
    batch: bool = False,
    service_tier: str | None = None,
    at: datetime | None = None,
) -> Cost | None:
    """Return what a usage costs, such as one that was kept; None when that is not known.

    Args:
        model_id: The model, such as ``openai/gpt-5-mini``.
        usage: What was used.
        batch: Whether it was asked through the vendor's batch API.
        service_tier: The vendor's name of another class of service, such as ``flex``.
        at: When it was asked, for prices change; now if None. Without a time zone it is UTC.
    """
    provider_id, _, model_name = model_id.partition("/")
    said = {"service_tier": "batch" if batch else service_tier}
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    priced = price(
        Question(
            provider_id=provider_id,
            model_id=model_id,
            model_name=model_name,
            at=at,
            context=context_of(said, None if usage is None else usage.raw),
        ),
        usage,
    )
    return priced if isinstance(priced, Cost) else None
