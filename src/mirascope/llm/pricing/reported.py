"""Costs that vendors report themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from mirascope.llm.pricing.cost import Cost
from mirascope.llm.pricing.used import Question, Used

__all__ = ["reported_cost"]

_TICKS = Decimal(10_000_000_000)
"""In a dollar: https://docs.x.ai/docs/guides/cost-tracking (2026-01)."""

# Of Perplexity: https://docs.perplexity.ai/api-reference/chat-completions-post (2026-01).
_PARTS = {
    "input_tokens_cost": "input",
    "output_tokens_cost": "output",
    "reasoning_tokens_cost": "reasoning",
    "request_cost": "requests",
    "search_queries_cost": "tools",
}


def reported_cost(question: Question, used: Used) -> Cost | None:
    """Return what the vendor says that the answer cost; None where it does not say."""
    report: object = used.raw
    if not isinstance(report, Mapping):
        return None
    raw = cast("Mapping[str, object]", report)
    amounts: dict[str, Any] | None = None
    if question.vendor == "openrouter":
        amounts = _openrouter(raw)
    elif question.vendor == "xai":
        ticks = _amount(raw.get("cost_in_usd_ticks"))
        amounts = None if ticks is None else {"other": ticks / _TICKS}
    elif question.vendor == "perplexity" and isinstance(raw.get("cost"), Mapping):
        amounts = _perplexity(cast("Mapping[str, object]", raw["cost"]))
    if amounts is None:
        return None
    day = None if question.at is None else question.at.date()
    cost = Cost(source=question.vendor, date=day, complete=used.complete)
    return replace(cost, **amounts)


def _openrouter(raw: Mapping[str, object]) -> dict[str, Decimal] | None:
    """Return what was charged; with a key of one's own, what its vendor charges comes to that.

    https://openrouter.ai/docs/use-cases/usage-accounting (2026-01)
    """
    charged = _amount(raw.get("cost"))
    if charged is None:
        return None
    details = raw.get("cost_details")
    if raw.get("is_byok") is True and isinstance(details, Mapping):
        upstream = cast("Mapping[str, object]", details).get("upstream_inference_cost")
        charged += _amount(upstream) or 0
    return {"other": charged}


def _perplexity(cost: Mapping[str, object]) -> dict[str, Decimal] | None:
    total = _amount(cost.get("total_cost"))
    if total is None:
        return None
    amounts = {ours: _amount(cost.get(theirs)) or Decimal(0) for theirs, ours in _PARTS.items()}
    amounts["other"] = total - sum(amounts.values())
    return amounts


def _amount(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    amount = Decimal(str(value))  # the decimals that the vendor wrote
    return amount if amount.is_finite() and amount >= 0 else None
