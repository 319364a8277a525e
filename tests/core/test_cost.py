"""What calls cost."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope.core.base.types import CostMetadata
from mirascope.core.costs import Price, calculate_cost, set_prices

from .asking import ask
from .loopback import Loopback
from .vendors import V1Vendor, each

pytest.importorskip("genai_prices")


@pytest.fixture(autouse=True)
def _own_prices() -> Iterator[None]:
    yield
    set_prices(None)


def cost(provider: str, model: str, given: float, cached: float | None, out: float) -> Any:
    metadata = CostMetadata(input_tokens=given, cached_tokens=cached, output_tokens=out)
    return calculate_cost(provider, model, metadata)


def test_cached_tokens_are_paid_once() -> None:
    # 6 at 0.15, 4 at 0.075, 5 at 0.6 dollars a million.
    assert cost("openai", "gpt-4o-mini", 10, 4, 5) == pytest.approx(4.2e-6)
    # anthropic counts cached tokens apart: 10 at 3, 3 at 0.3, 5 at 15 dollars a million.
    model = "claude-3-5-sonnet-20240620"
    assert cost("anthropic", model, 10, 3, 5) == pytest.approx(1.059e-4)


def test_cache_writes_are_paid() -> None:
    plain = CostMetadata(input_tokens=10, output_tokens=5)
    written = CostMetadata(input_tokens=10, output_tokens=5, cache_write=1000)
    model = "claude-3-5-sonnet-20240620"
    assert calculate_cost("anthropic", model, written) > calculate_cost("anthropic", model, plain)  # type: ignore[operator]


def test_dated_ids_and_batches() -> None:
    dated = cost("openai", "gpt-4o-mini-2024-07-18", 10, 0, 5)
    assert dated == cost("openai", "gpt-4o-mini", 10, 0, 5)
    half = CostMetadata(input_tokens=10, output_tokens=5, batch_mode=True)
    assert calculate_cost("openai", "gpt-4o-mini", half) == pytest.approx(dated / 2)


def test_unknown_is_none() -> None:
    assert cost("openai", "no-such-model", 10, 0, 5) is None
    assert calculate_cost("openai", "gpt-4o-mini", None) is None
    assert calculate_cost("openai", "gpt-4o-mini", CostMetadata(input_tokens=1)) is None
    with pytest.raises(ValueError, match="Unknown provider"):
        cost("nobody", "m", 1, 0, 1)


def test_own_prices_go_first() -> None:
    set_prices({"openai": {"house": Price(1, 2, 0.5), "house-large": Price(10, 20)}})
    assert cost("openai", "house-1", 10, 4, 5) == pytest.approx((6 + 2 + 10) / 1e6)
    assert cost("openai", "house-large-2", 10, 4, 5) == pytest.approx(200 / 1e6)
    assert cost("openai", "gpt-4o-mini", 10, 4, 5) == pytest.approx(4.2e-6)


@each()
def test_stream_and_response_cost_the_same(vendor: V1Vendor, loopback: Loopback) -> None:
    stream = ask(vendor, stream=True)
    assert stream.cost is None
    list(stream)
    response = ask(vendor)
    assert stream.cost == stream.construct_call_response().cost
    assert stream.cost == response.cost
    assert stream.cost_metadata.input_tokens == 10


@each()
def test_no_property_opens_a_connection(
    vendor: V1Vendor, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = ask(vendor, stream=True)
    list(stream)
    response = stream.construct_call_response()
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: opened.append(address))
    for thing in (stream, response):
        for name in dir(type(thing)):
            if not name.startswith("_") and name not in ("model_fields", "model_computed_fields"):
                getattr(thing, name, None)
    response.model_dump()
    assert opened == []


def test_without_genai_prices() -> None:
    code = (
        "import sys; sys.modules['genai_prices'] = None\n"
        "from mirascope.core.base.types import CostMetadata\n"
        "from mirascope.core.costs import calculate_cost\n"
        "print(calculate_cost('openai', 'gpt-4o', CostMetadata(input_tokens=1, output_tokens=1)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"
