"""Prices of one's own: of local models, and negotiated ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Date
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from mirascope.llm.pricing.cost import Cost
from mirascope.llm.pricing.used import Question, Used
from mirascope.llm.types.refusals import require, wrong_type

__all__ = ["Number", "Price", "register_prices", "registered", "registered_cost"]

Number: TypeAlias = Decimal | int | float | str
"""An amount of money; a float is taken for the decimals that it is written with."""

_MILLION = Decimal(1_000_000)
_DATED = re.compile(r"[-@]\d{4}-?\d{2}-?\d{2}")


@dataclass(frozen=True, kw_only=True)
class Price:
    """What a model costs, for a million tokens each."""

    input: Number
    output: Number
    cache_read: Number | None = None
    """As `input` if None."""
    cache_write: Number | None = None
    """As `input` if None."""
    reasoning: Number | None = None
    """As `output` if None."""
    request: Number = 0
    """For one request."""
    tools: Mapping[str, Number] = field(default_factory=dict[str, Number])
    """For one call of each of the provider's tools, such as ``{"web_search": "0.01"}``."""
    above: Mapping[int, Price] = field(default_factory=dict[int, "Price"])
    """The price of the whole request when it has more input tokens than so many."""
    currency: str = "USD"
    date: Date | None = None
    """Since when it holds, for whoever reads it in a `Cost`."""

    def __post_init__(self) -> None:
        for name in ("input", "output", "cache_read", "cache_write", "reasoning", "request"):
            value: Number | None = getattr(self, name)
            if value is None and name not in ("input", "output", "request"):
                continue
            object.__setattr__(self, name, _decimal(name, value))
        require("tools", self.tools, Mapping, "a dict of prices by the names of tools")
        tools = {name: _decimal(f"tools[{name!r}]", one) for name, one in self.tools.items()}
        object.__setattr__(self, "tools", tools)
        require("above", self.above, Mapping, "a dict of prices by numbers of tokens")
        for tokens, other in self.above.items():
            require("above", tokens, int, "a dict of prices by numbers of tokens")
            require(f"above[{tokens}]", other, Price, "an llm.Price")

    def cost(self, used: Used) -> Cost:
        """Return what something cost at this price.

        Args:
            used: The tokens, tools and requests of an answer. With more input tokens than one of
                `above`, that price holds for all of it.
        """
        reached = [tokens for tokens in self.above if used.input_tokens > tokens]
        if reached:
            return self.above[max(reached)].cost(used)
        read, written = used.cache_read_tokens, used.cache_write_tokens
        reasoning = 0 if self.reasoning is None else used.reasoning_tokens
        calls = used.provider_tool_usage or ()
        unpriced = tuple(one.name for one in calls if one.name not in self.tools)
        return Cost(
            input=_of(self.input, max(used.input_tokens - read - written, 0)),
            cache_read=_of(self.input if self.cache_read is None else self.cache_read, read),
            cache_write=_of(self.input if self.cache_write is None else self.cache_write, written),
            output=_of(self.output, max(used.output_tokens - reasoning, 0)),
            reasoning=_of(self.reasoning or 0, reasoning),
            tools=sum(
                (Decimal(self.tools.get(one.name, 0)) * one.call_count for one in calls),
                Decimal(0),
            ),
            requests=Decimal(self.request),
            currency=self.currency,
            source="registered",
            date=self.date,
            complete=used.complete and not unpriced,
            unpriced=unpriced,
        )


def _of(price: Number, tokens: int) -> Decimal:
    return Decimal(price) * tokens / _MILLION


def _decimal(name: str, value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, float, str)):
        raise wrong_type(name, 'an amount, such as 0.25 or "0.25"', value)
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{name} takes an amount, such as 0.25, not {value!r}.") from None
    if not (amount.is_finite() and amount >= 0):
        raise ValueError(f"{name} takes an amount of 0 or more, not {value}.")
    return amount


_registered: dict[str, Price] = {}


def register_prices(prices: Mapping[str, Price | None]) -> None:
    """Set prices of one's own, in this process; they go before the bundled ones.

    Args:
        prices: By model id. One that ends in ``/`` or ``*`` stands for all ids that begin so, and
            the longest counts; any other for itself, and for its dated versions. None forgets one.

    Raises:
        TypeError: Something is no price.
    """
    require("prices", prices, Mapping, "a dict of prices by model id")
    for model_id, one in prices.items():
        require("A model id", model_id, str, "'openai/gpt-5-mini'")
        if one is not None:
            require(f"prices[{model_id!r}]", one, Price, "an llm.Price")
    changed = {**_registered, **prices}
    kept = {model_id: one for model_id, one in changed.items() if one is not None}
    _replace(kept)


def _replace(prices: dict[str, Price]) -> None:
    global _registered
    _registered = prices  # at once, for who looks one up in another thread


def registered() -> Mapping[str, Price]:
    """Return the prices that were registered."""
    return _registered


def registered_cost(question: Question, used: Used) -> Cost | None:
    """Return what something cost by the prices that were registered; None without one."""
    prices = _registered
    fitting = [one for one in prices if _fits(one, question.model_id)]
    return prices[max(fitting, key=len)].cost(used) if fitting else None


def _fits(registered: str, model_id: str) -> bool:
    if registered.endswith(("/", "*")):
        return model_id.startswith(registered.removesuffix("*"))
    rest = model_id.removeprefix(registered)
    return not rest or (rest != model_id and _DATED.fullmatch(rest) is not None)
