"""Costs and usages: sums, comparisons, what is not known."""

from __future__ import annotations

import datetime
import pickle
from decimal import Decimal
from typing import Any

import pytest

from mirascope import llm

CENT = Decimal("0.01")
DAY = datetime.date(2026, 1, 2)


def test_the_total_is_the_sum_of_all_amounts() -> None:
    amounts = ("input", "cache_read", "cache_write", "output", "reasoning", "tools", "requests")
    cost = llm.Cost(**dict.fromkeys((*amounts, "other"), CENT))  # type: ignore[arg-type]  # amounts
    assert cost.total == 8 * CENT
    assert float(cost) == 0.08
    assert str(cost) == "0.08 USD"
    assert str(llm.Cost(complete=False)) == "at least 0 USD"


def test_costs_are_added() -> None:
    first = llm.Cost(input=CENT, source="a", date=DAY)
    second = llm.Cost(input=CENT, output=CENT, source="b", date=DAY, unpriced=("x",))
    total = first + second
    assert (total.input, total.output, total.total) == (2 * CENT, CENT, 3 * CENT)
    assert (total.source, total.date, total.unpriced) == ("a, b", DAY, ("x",))
    assert total.complete
    assert sum([first, second]) == total
    assert (first + second + first).source == "a, b"
    later = llm.Cost(source="a", date=datetime.date(2026, 1, 3))
    assert (first + later).date is None
    assert (llm.Cost() + first).date == (first + llm.Cost()).date == DAY


def test_one_that_is_not_known_leaves_a_sum_that_is_not_complete() -> None:
    cost = llm.Cost(input=CENT)
    for total in (cost + None, None + cost):
        assert (total.total, total.complete) == (CENT, False)
    assert (cost + None + cost).complete is False
    assert cost.complete


def test_costs_are_compared_by_their_totals() -> None:
    cost = llm.Cost(input=CENT)
    assert cost >= 0.01 - 1e-9
    assert cost < 1
    assert cost <= Decimal("0.01")
    assert cost > llm.Cost()
    assert max([llm.Cost(), cost, llm.Cost()]) is cost
    with pytest.raises(TypeError):
        assert cost < llm.Cost(currency="EUR")
    with pytest.raises(TypeError):
        assert cost < "1"  # type: ignore[operator]  # what is tested


def test_currencies_are_not_mixed() -> None:
    with pytest.raises(ValueError, match="in USD and in EUR"):
        llm.Cost() + llm.Cost(currency="EUR")


def test_a_limit_of_a_run_is_compared_with_sums() -> None:
    """As the loop of agents does it: a sum that begins with 0, against a number."""
    costs: list[Any] = [llm.Cost(input=Decimal("0.2")), llm.Cost(output=Decimal("0.05"))]
    assert sum(costs) >= 0.25
    assert not sum(costs[:1]) >= 0.25
    assert not sum([]) >= 0.25


def test_a_cost_is_copied_and_kept() -> None:
    cost = llm.Cost(input=CENT, date=DAY, source="a", unpriced=("x",))
    assert pickle.loads(pickle.dumps(cost)) == cost
    assert hash(cost) == hash(pickle.loads(pickle.dumps(cost)))


# --- usages


def test_usages_are_added() -> None:
    first = llm.Usage(
        input_tokens=1,
        output_tokens=2,
        cache_read_tokens=3,
        cache_write_tokens=4,
        reasoning_tokens=5,
        provider_tool_usage=[
            llm.ProviderToolUsage(name="web_search", call_count=2, duration_seconds=1.5)
        ],
        raw={"a": 1},
    )
    second = llm.Usage(
        input_tokens=10,
        provider_tool_usage=[
            llm.ProviderToolUsage(name="web_search", call_count=1),
            llm.ProviderToolUsage(name="code_execution", call_count=1),
        ],
    )
    total = first + second
    assert total == llm.Usage(
        input_tokens=11,
        output_tokens=2,
        cache_read_tokens=3,
        cache_write_tokens=4,
        reasoning_tokens=5,
        provider_tool_usage=[
            llm.ProviderToolUsage(name="web_search", call_count=3, duration_seconds=1.5),
            llm.ProviderToolUsage(name="code_execution", call_count=1),
        ],
    )
    assert first.provider_tool_usage is not None
    assert first.provider_tool_usage[0].call_count == 2  # they are not changed
    assert sum([first, second]) == total
    alone = sum([first])
    assert alone == llm.Usage() + first
    assert alone is not first


def test_a_usage_that_is_not_known() -> None:
    usage = llm.Usage(input_tokens=1, raw={"a": 1})
    for total in (usage + None, None + usage):
        assert (total.input_tokens, total.complete, total.raw) == (1, False, None)
    broken = llm.Usage(input_tokens=1, complete=False)
    assert not (usage + broken).complete
    assert not (broken + usage).complete
    assert (usage + usage).complete
    with pytest.raises(TypeError):
        _ = usage + 1  # type: ignore[operator]  # what is tested
