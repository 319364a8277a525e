"""What an answer cost, with all that was tried for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mirascope.llm.exceptions import APIError
from mirascope.llm.pricing import Cost, price
from mirascope.llm.pricing.used import Question, context_of
from mirascope.llm.responses.usage import Usage

if TYPE_CHECKING:
    from mirascope.llm.responses.attempts import Attempt
    from mirascope.llm.responses.root_response import AnyResponse

__all__ = ["cost_of_attempt", "is_refusal", "paid_for", "price_usage"]


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
            cost = cost_of_attempt(one)
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


def cost_of_attempt(attempt: Attempt) -> Cost | None:
    """Return what an attempt is known to have cost; see `Attempt.cost`."""
    usage, error = attempt.usage, attempt.error
    if error is not None and usage is None:
        return Cost() if is_refusal(type(error)) else None
    provider_id, _, model_name = attempt.model.partition("/")
    priced = price_usage(
        usage,
        provider_id=provider_id,
        model_id=attempt.model,
        model_name=model_name,
        at=attempt.started,
        context=context_of(None if usage is None else usage.raw),
    )
    if not isinstance(priced, Cost):
        return None
    return priced if error is None else replace(priced, complete=False)


def is_refusal(error: type[BaseException]) -> bool:
    """Return whether it is the vendor that says no, which costs nothing.

    What was paid for an answer that was cut, or cannot be read, nobody says.
    """
    return issubclass(error, APIError)


def price_usage(
    usage: Usage | None,
    *,
    provider_id: str,
    model_id: str,
    model_name: str,
    at: float | None,
    context: Mapping[str, str],
) -> Cost | str:
    """Return what a usage costs, or why that is not known.

    Args:
        usage: What was used.
        provider_id: Who answered.
        model_id: The model, as the user wrote it.
        model_name: As the provider has it, perhaps with the API mode.
        at: When it was asked, in seconds since the epoch; now if None.
        context: On which terms; see `pricing.used.context_of`.
    """
    return price(
        Question(
            provider_id=provider_id,
            model_id=model_id,
            model_name=model_name.removesuffix(":responses").removesuffix(":completions"),
            at=None if at is None else datetime.fromtimestamp(at, UTC),
            context=context,
        ),
        usage,
    )
