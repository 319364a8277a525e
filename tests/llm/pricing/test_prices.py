"""Which price it is: the vendor's own word, a registered one, or a bundled one; and which terms."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.pricing import price
from mirascope.llm.pricing.used import Question, context_of, details_of

SRC = Path(__file__).parents[3] / "src"
USAGE = llm.Usage(
    input_tokens=1_000_000,
    output_tokens=1_000_000,
    cache_read_tokens=500_000,
    cache_write_tokens=100_000,
    reasoning_tokens=400_000,
)


def total(model_id: str, usage: llm.Usage = USAGE, **terms: Any) -> Decimal:
    cost = llm.cost_of(model_id, usage, **terms)
    assert cost is not None
    return cost.total


# --- registered


def test_a_registered_price() -> None:
    llm.register_prices(
        {
            "mine/large": llm.Price(
                input=1,
                output="2",
                cache_read=0.1,
                cache_write=Decimal("1.25"),
                reasoning=3,
                request="0.001",
                currency="EUR",
                date=datetime.date(2026, 1, 1),
            )
        }
    )
    assert llm.cost_of("mine/large", USAGE) == llm.Cost(
        input=Decimal("0.4"),
        cache_read=Decimal("0.05"),
        cache_write=Decimal("0.125"),
        output=Decimal("1.2"),
        reasoning=Decimal("1.2"),
        requests=Decimal("0.001"),
        currency="EUR",
        source="registered",
        date=datetime.date(2026, 1, 1),
    )


def test_kinds_without_a_price_of_their_own() -> None:
    llm.register_prices({"mine/small": llm.Price(input=1, output=2)})
    cost = llm.cost_of("mine/small", USAGE)
    assert cost is not None
    assert (cost.total, cost.reasoning) == (3, 0)


def test_a_registered_price_goes_before_a_bundled_one() -> None:
    before = total("openai/gpt-5-mini")
    llm.register_prices({"openai/gpt-5-mini": llm.Price(input=0, output=0)})
    assert total("openai/gpt-5-mini") == 0
    llm.register_prices({"openai/gpt-5-mini": None})
    assert total("openai/gpt-5-mini") == before


def test_which_ids_a_price_is_for() -> None:
    llm.register_prices(
        {
            "mine/": llm.Price(input=1, output=0),
            "mine/a*": llm.Price(input=2, output=0),
            "mine/a-1": llm.Price(input=3, output=0),
        }
    )
    assert total("mine/b") == 1
    assert total("mine/a-2") == 2
    assert total("mine/a-1") == total("mine/a-1-20260102") == total("mine/a-1@2026-01-02") == 3
    assert total("mine/a-1-mini") == 2
    assert llm.cost_of("mine", USAGE) is None
    assert llm.cost_of("other/a-1", USAGE) is None


def test_tiers_and_tools_of_a_registered_price() -> None:
    dear = llm.Price(input=4, output=4, tools={"web_search": "0.02"})
    llm.register_prices(
        {
            "mine/m": llm.Price(
                input=1,
                output=1,
                tools={"web_search": 0.01},
                above={100: llm.Price(input=2, output=2), 200: dear},
            )
        }
    )
    searched = [llm.ProviderToolUsage(name="web_search", call_count=3)]
    for tokens, expected in ((100, "0.0301"), (101, "0.000202"), (201, "0.060804")):
        usage = llm.Usage(input_tokens=tokens, provider_tool_usage=searched)
        cost = llm.cost_of("mine/m", usage)
        assert cost is not None
        assert cost.total == Decimal(expected)
        assert cost.complete == (tokens != 101)  # there, no price of the tool is known
        assert cost.unpriced == (("web_search",) if tokens == 101 else ())


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"input": "much", "output": 1}, ValueError),
        ({"input": -1, "output": 1}, ValueError),
        ({"input": float("nan"), "output": 1}, ValueError),
        ({"input": True, "output": 1}, TypeError),
        ({"input": None, "output": 1}, TypeError),
        ({"input": 1, "output": 1, "tools": {"a": None}}, TypeError),
        ({"input": 1, "output": 1, "tools": [1]}, TypeError),
        ({"input": 1, "output": 1, "above": {"a": None}}, TypeError),
        ({"input": 1, "output": 1, "above": {1: 2}}, TypeError),
    ],
)
def test_what_is_no_price(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        llm.Price(**wrong)


def test_what_cannot_be_registered() -> None:
    refused: list[Any] = [[], {1: None}, {"a/b": 2}]
    for wrong in refused:
        with pytest.raises(TypeError):
            llm.register_prices(wrong)


# --- reported by the vendor


@pytest.mark.parametrize(
    ("model_id", "raw", "expected"),
    [
        ("openrouter/openai/gpt-5-mini", {"cost": 0.00123}, "0.00123"),
        (
            "openrouter/auto",
            {"cost": 0.05, "is_byok": True, "cost_details": {"upstream_inference_cost": 1}},
            "1.05",
        ),
        (
            "openrouter/auto",
            {"cost": 0.05, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.04}},
            "0.05",
        ),
        ("xai/grok-4", {"cost_in_usd_ticks": 12_500_000}, "0.00125"),
        (
            "perplexity/sonar",
            {"cost": {"input_tokens_cost": 0.1, "request_cost": 0.005, "total_cost": 0.205}},
            "0.205",
        ),
    ],
)
def test_what_the_vendor_reports_counts(model_id: str, raw: object, expected: str) -> None:
    llm.register_prices({model_id: llm.Price(input=100, output=100)})
    usage = llm.Usage(input_tokens=10, output_tokens=10, raw=raw)
    cost = llm.cost_of(model_id, usage)
    assert cost is not None
    assert cost.total == Decimal(expected)
    assert cost.source == model_id.partition("/")[0]


def test_the_parts_that_perplexity_reports() -> None:
    raw = {"cost": {"input_tokens_cost": 0.1, "request_cost": 0.005, "total_cost": 0.205}}
    cost = llm.cost_of("perplexity/sonar", llm.Usage(raw=raw))
    assert cost is not None
    assert (cost.input, cost.requests) == (Decimal("0.1"), Decimal("0.005"))
    assert (cost.output, cost.other) == (0, Decimal("0.1"))


@pytest.mark.parametrize("cost", [None, "0.1", -1, float("nan"), float("inf"), True, {}, [1]])
def test_what_is_no_reported_cost(cost: object) -> None:
    priced = llm.cost_of("openrouter/nobody/nothing", llm.Usage(raw={"cost": cost}))
    assert priced is None
    for raw in ({"cost_in_usd_ticks": cost}, [cost], cost):
        assert llm.cost_of("xai/nothing", llm.Usage(raw=raw)) is None
    assert llm.cost_of("perplexity/nothing", llm.Usage(raw={"cost": {"total_cost": cost}})) is None


def test_nobody_else_reports_a_cost() -> None:
    """A server that speaks some wire may say anything under that name."""
    assert total("openai/gpt-5-mini", llm.Usage(raw={"cost": 5})) == 0


# --- bundled


@pytest.mark.parametrize(
    ("provider_id", "model_id"),
    [
        ("ollama", "ollama/llama3"),
        ("openai", "openai/no-such-model"),
        ("nobody", "nobody/gpt-5-mini"),
        ("openai:completions", "my-server/gpt-5-mini"),
        ("vllm", "vllm/gpt-5-mini"),
    ],
)
def test_unknown_is_none_and_says_why(provider_id: str, model_id: str) -> None:
    assert llm.cost_of(model_id, USAGE) is None
    question = Question(
        provider_id=provider_id, model_id=model_id, model_name=model_id.partition("/")[2]
    )
    why = price(question, USAGE)
    assert isinstance(why, str)
    assert model_id in why
    assert llm.cost_of(model_id, None) is None


@pytest.mark.parametrize(
    "model_id",
    [
        "azure/gpt-5-mini",
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "vertex/gemini-2.5-flash",
        "moonshot/kimi-k2-0905-preview",
        "together/Qwen/Qwen3.5-9B",
        "google/models/gemini-2.5-flash",
    ],
)
def test_vendors_that_are_called_otherwise_there(model_id: str) -> None:
    assert total(model_id, llm.Usage(input_tokens=1000, output_tokens=1000)) > 0


def test_terms() -> None:
    usual = total("openai/gpt-5-mini")
    flex = total("openai/gpt-5-mini", service_tier="flex")
    priority = total("openai/gpt-5-mini", service_tier="priority")
    assert flex < usual < priority
    batch = total("openai/gpt-5-mini", batch=True)
    assert batch * 2 == usual
    assert total("anthropic/claude-sonnet-5", batch=True) * 2 == total("anthropic/claude-sonnet-5")
    assert total("openai/gpt-5-mini", service_tier="made-up") == usual


def test_what_a_report_says_of_its_terms() -> None:
    said = llm.Usage(input_tokens=1000, raw={"service_tier": "batch"})
    plain = llm.Usage(input_tokens=1000)
    model_id = "anthropic/claude-sonnet-5"
    assert total(model_id, said) == total(model_id, plain, batch=True) < total(model_id, plain)


def test_where_terms_are_said() -> None:
    assert context_of(None, {"service_tier": "Flex"}) == {"service_tier": "flex"}
    assert context_of({"service_tier": None, "speed": "fast"}) == {"speed": "fast"}
    events = [{"service_tier": "flex"}, {"response": {"service_tier": "priority"}}, {}]
    assert context_of(events) == {"service_tier": "priority"}
    assert context_of({"service_tier": "default"}, {"service_tier": "flex"}) == {
        "service_tier": "default"
    }
    silent: list[Any] = [(), ["x"], "service_tier", 5, {"response": []}, [[]], {"service_tier": 5}]
    for nothing in silent:
        assert context_of(nothing) == {}


def test_what_is_nested_without_end_is_not_looked_into() -> None:
    endless: dict[str, Any] = {}
    endless["response"] = endless
    assert context_of(endless, [endless]) == {}


def test_prices_of_another_day() -> None:
    usage = llm.Usage(input_tokens=300_000)
    model_id = "anthropic/claude-sonnet-4-6"  # dearer above 200k until 2026-03-13
    before = total(model_id, usage, at=datetime.datetime(2026, 3, 1))
    cost = llm.cost_of(model_id, usage, at=datetime.datetime(2026, 4, 1, tzinfo=datetime.UTC))
    assert cost is not None
    assert cost.total < before
    assert cost.date == datetime.date(2026, 4, 1)


def test_tools_of_the_provider() -> None:
    searched = llm.Usage(
        provider_tool_usage=[
            llm.ProviderToolUsage(name="web_search", call_count=2),
            llm.ProviderToolUsage(name="web_fetch", call_count=5),
        ]
    )
    cost = llm.cost_of("anthropic/claude-sonnet-4-5", searched)
    assert cost is not None
    assert (cost.tools, cost.total, cost.complete) == (Decimal("0.02"), Decimal("0.02"), True)
    ran = llm.Usage(provider_tool_usage=[llm.ProviderToolUsage(name="computer", call_count=2)])
    cost = llm.cost_of("anthropic/claude-sonnet-4-5", ran)
    assert cost is not None
    assert (cost.complete, cost.unpriced) == (False, ("computer",))


def test_a_usage_that_is_not_all_gives_a_cost_that_is_not_all() -> None:
    cost = llm.cost_of("openai/gpt-5-mini", llm.Usage(input_tokens=1, complete=False))
    assert cost is not None
    assert not cost.complete


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"cacheDetails": [1, {"ttl": "5m"}, {"ttl": "5m", "inputTokens": -5}]},
        {"promptTokensDetails": {"modality": "AUDIO"}},
        {"promptTokensDetails": [{"modality": "AUDIO", "tokenCount": "9"}]},
        {"cache_creation": 5, "prompt_tokens_details": {"audio_tokens": True}},
    ],
)
def test_strange_details_are_none(raw: object) -> None:
    assert details_of(raw) == {}


def test_details() -> None:
    raw = {
        "cacheDetails": [{"ttl": "1h", "inputTokens": 7}, {"ttl": "5m", "inputTokens": 2}],
        "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 3}],
    }
    assert details_of(raw) == {
        "cache_write_1h_tokens": 7,
        "cache_write_5m_tokens": 2,
        "cache_audio_read_tokens": 3,
    }


# --- the package


def printed_by(code: str) -> str:
    """Return what an interpreter of its own prints."""
    environment = {**os.environ, "PYTHONPATH": str(SRC)}
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout


def test_it_is_imported_late_and_its_absence_is_a_reason() -> None:
    code = (
        "import sys\n"
        "from mirascope import llm\n"
        "with llm.testing.simulate():\n"
        "    response = llm.Model('openai/gpt-5-mini').call('hi')\n"
        "assert 'genai_prices' not in sys.modules\n"
        "sys.modules['genai_prices'] = None\n"
        "assert response.cost is None\n"
        "print(response.cost_unknown)\n"
    )
    assert "extra 'prices'" in printed_by(code)


def test_nothing_is_fetched() -> None:
    code = (
        "import sys\n"
        "def watch(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto'):\n"
        "        print('FETCHED', event)\n"
        "from mirascope import llm\n"
        "sys.addaudithook(watch)\n"
        "print(llm.cost_of('openai/gpt-5-mini', llm.Usage(input_tokens=1000)).total)\n"
    )
    printed = printed_by(code)
    assert "FETCHED" not in printed
    assert Decimal(printed) > 0
