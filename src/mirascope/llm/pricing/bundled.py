"""Prices of the package genai-prices, as they are bundled with it: nothing is fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from mirascope._install import how_to_install
from mirascope.llm.pricing.cost import Cost
from mirascope.llm.pricing.used import Question, Used, details_of

__all__ = ["bundled_cost"]

_VENDORS = {
    "azure-foundry": "azure",
    "bedrock": "aws",
    "moonshot": "moonshotai",
    "vertex": "google",
    "workers-ai": "cloudflare",
    "xai": "x-ai",
}
"""Their names of vendors, where they are not ours."""

_OWN_SCOPE = frozenset({"anthropic", "google", "openai"})
"""Vendors whose wire other servers speak. What is asked in another scope is such a server's, and
one of those has prices of its own."""

_TOOLS = {
    "code_execution": "code_executions",
    "collections_search": "storage_searches",
    "file_search": "storage_searches",
    "web_search": "web_searches",
    "x_search": "social_searches",
}
_FREE = frozenset({"mcp", "url_context", "web_fetch"})
"""Tools that cost the tokens of what they bring, and no more."""


def bundled_cost(question: Question, used: Used) -> Cost | str:
    """Return what something cost by the bundled prices, or why that is not known."""
    vendor = question.vendor
    scope = question.model_id.partition("/")[0]
    if vendor in _OWN_SCOPE and scope != vendor:
        return f"no price is known for {question.model_id}, which is none of {vendor}'s own models"
    try:
        import genai_prices  # half a second, and only for who asks what something cost
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:
        return f"prices need the extra 'prices': {how_to_install('prices')}"
    snapshot = get_snapshot()
    name = _VENDORS.get(vendor, vendor)
    unknown = f"no price is known for {question.model_id}"
    if not any(one.id == name for one in snapshot.providers):
        return unknown
    at = question.at or datetime.now(tz=UTC)
    model = question.model_name.removeprefix("models/")
    try:
        _, found = snapshot.find_provider_model(model, None, name, None)
    except LookupError:
        return unknown
    prices = found.get_prices(at, dict(question.context) or None)
    keys = [key for key, value in vars(prices).items() if value is not None]
    if not keys:
        return unknown
    calls = {one.name: one.call_count for one in used.provider_tool_usage or () if one.call_count}
    try:
        amounts = _amounts(prices, keys, _counts(used, calls, details_of(used.raw)))
    except ValueError:  # the details contradict the totals
        try:
            amounts = _amounts(prices, keys, _counts(used, calls, {}))
        except ValueError as error:
            return f"the usage does not add up: {error}"
    unpriced = tuple(
        name
        for name in calls
        if name not in _FREE and f"{_TOOLS.get(name, name)}_kcount" not in keys
    )
    cost = Cost(
        source=f"genai-prices {genai_prices.__version__}",
        date=at.astimezone(UTC).date(),
        complete=used.complete and not unpriced,
        unpriced=unpriced,
    )
    return replace(cost, **amounts)


def _counts(used: Used, calls: dict[str, int], details: dict[str, int]) -> Any:
    """Return what was used in their words; as with us, totals include what is a part of them."""
    from genai_prices import Usage

    tools = {_TOOLS[name]: count for name, count in calls.items() if name in _TOOLS}
    return Usage(
        input_tokens=used.input_tokens,
        cache_read_tokens=used.cache_read_tokens,
        cache_write_tokens=used.cache_write_tokens,
        output_tokens=used.output_tokens,
        output_reasoning_tokens=used.reasoning_tokens,
        **details,
        **tools,
    )


def _amounts(prices: Any, keys: list[str], counts: Any) -> dict[str, Any]:
    """Return the amounts of each of our kinds; they add up to the total of theirs.

    What one price contributes is what the total is when all the others are zero: those still take
    their tokens away from the totals that they are a part of.
    """
    from genai_prices.types import ModelPrice

    nothing = dict.fromkeys(keys, Decimal(0))
    amounts: dict[str, Decimal] = {}
    for key in keys:
        alone = ModelPrice(**{**nothing, key: getattr(prices, key)})
        amount = alone.calc_price(counts)["total_price"]
        kind = _kind(key)
        amounts[kind] = amounts.get(kind, Decimal(0)) + amount
    return amounts


def _kind(key: str) -> str:
    """Return which of our kinds one of their prices is of."""
    if key.startswith("cache_"):
        return "cache_write" if "_write_" in key else "cache_read"
    if key.startswith("output_"):
        return "reasoning" if "_reasoning_" in key else "output"
    if key.startswith("requests_"):
        return "requests"
    return "tools" if key.endswith(("searches_kcount", "executions_kcount")) else "input"
