"""What one request cost, by what it used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from mirascope.llm.exceptions import APIError
from mirascope.llm.pricing import Cost, price
from mirascope.llm.pricing.used import Question, context_of
from mirascope.llm.responses.usage import Usage

__all__ = ["cost_of_request", "is_refusal", "price_usage"]


def cost_of_request(
    model_id: str, usage: Usage | None, error: BaseException | None, at: float
) -> Cost | None:
    """Return what a request is known to have cost; see `Attempt.cost`.

    Args:
        model_id: The model that was asked.
        usage: What it is known to have used.
        error: Why it failed, if it did.
        at: When it was sent, in seconds since the epoch.
    """
    if error is not None and usage is None:
        return Cost() if is_refusal(type(error)) else None
    provider_id, _, model_name = model_id.partition("/")
    priced = price_usage(
        usage,
        provider_id=provider_id,
        model_id=model_id,
        model_name=model_name,
        at=at,
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
