"""The price of a call, from tables that are already on this machine.

Prices come from the user's own table (`set_prices`), else from the data bundled with the
`genai-prices` package (extra `prices`). Nothing here reads the network or a file.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

if TYPE_CHECKING:
    from ..base.types import CostMetadata

__all__ = ["Price", "calculate_cost", "set_prices"]

# What genai-prices calls the vendors that it has under another name.
_NAMES = {"bedrock": "aws", "gemini": "google", "vertex": "google", "xai": "x-ai"}
# These report cached tokens beside the input tokens, the others among them.
# https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching and
# https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html, read 2026-11-20.
_CACHED_APART = frozenset({"anthropic", "bedrock"})


class Price(NamedTuple):
    """US dollars per million tokens.

    Attributes:
        input: Price of input tokens that were not cached.
        output: Price of output tokens.
        cached: Price of cached input tokens; that of `input` where None.
    """

    input: float
    output: float
    cached: float | None = None


_own: dict[str, dict[str, Price]] = {}


def set_prices(prices: Mapping[str, Mapping[str, Price]] | None) -> None:
    """Set the prices that go before every other table.

    Args:
        prices: By vendor and model id, for example `{"openai": {"gpt-4o": Price(2.5, 10, 1.25)}}`.
            A model id also prices the ids that begin with it, the longest one first. None removes
            all of them.
    """
    _own.clear()
    for provider, models in (prices or {}).items():
        _own[provider] = dict(models)


def calculate_cost(provider: str, model: str, metadata: CostMetadata | None) -> float | None:
    """Price a call.

    Args:
        provider: The vendor, as `Provider` names it.
        model: The model id, exact or dated.
        metadata: The token counts; `cost` in it is taken as it is.

    Returns:
        US dollars; None when the counts or the price are not known.

    Raises:
        ValueError: If there is no such vendor.
    """
    # Late: `base` asks here what its answers cost.
    from ..base.types import Provider

    if provider not in get_args(Provider):
        known = ", ".join(get_args(Provider))
        raise ValueError(f"Unknown provider {provider!r}: one of {known}.")
    if metadata is None:
        return None
    if metadata.cost is not None:
        return metadata.cost
    if metadata.input_tokens is None or metadata.output_tokens is None:
        return None
    cached = metadata.cached_tokens or 0
    # A flag says that the call wrote to the cache, not how much.
    written = 0 if isinstance(metadata.cache_write, bool) else metadata.cache_write or 0
    # From here on the input tokens include the cached and the written ones.
    total = metadata.input_tokens + (cached + written if provider in _CACHED_APART else 0)
    own = _own_price(provider, model)
    cost = (
        _table_cost(own, total, cached, metadata.output_tokens)
        if own
        else _genai_cost(provider, model, total, cached, written, metadata.output_tokens)
    )
    return cost / 2 if cost is not None and metadata.batch_mode else cost


def _own_price(provider: str, model: str) -> Price | None:
    models = _own.get(provider, {})
    names = [name for name in models if model.startswith(name)]
    return models[max(names, key=len)] if names else None


def _table_cost(price: Price, total: float, cached: float, output: float) -> float:
    cached_price = price.input if price.cached is None else price.cached
    return ((total - cached) * price.input + cached * cached_price + output * price.output) / 1e6


@functools.cache
def _genai_prices() -> Any:
    try:
        import genai_prices
    except ImportError:
        return None
    return genai_prices


def _genai_cost(
    provider: str, model: str, total: float, cached: float, written: float, output: float
) -> float | None:
    prices = _genai_prices()
    if prices is None or provider == "litellm":  # which prices its own calls
        return None
    name = _NAMES.get(provider, provider)
    counts = {"input_tokens": int(total), "output_tokens": int(output)}
    if cached:
        counts["cache_read_tokens"] = int(cached)
    if written:
        counts["cache_write_tokens"] = int(written)
    try:
        return float(prices.calc_price(prices.Usage(**counts), model, provider_id=name).total_price)
    except LookupError:
        return None
