"""What is measured, and by which attributes it can be told apart."""

from __future__ import annotations

import pytest

from mirascope import llm
from mirascope.llm.telemetry import conventions
from mirascope.llm.testing import Status, Turn, simulate
from tests.llm.conftest import Colour
from tests.llm.telemetry.spans import Exported

MODEL = "openai/gpt-5-mini"
OF_REQUEST = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-5-mini",
    "server.address": "api.openai.com",
    "server.port": 443,
}
ANSWERED = {**OF_REQUEST, "gen_ai.response.model": "gpt-5-mini"}


def test_a_stream_is_measured(exported: Exported, colour: Colour) -> None:
    usage = llm.Usage(input_tokens=70, output_tokens=9)
    with simulate([Turn(text="one two", usage=usage), Turn(text="three", usage=usage)]):
        for _ in range(2):
            colour.read(llm.Model(MODEL, layers=[exported.trace()]), "hi")
    points = exported.points()
    assert {name: [attributes for attributes, _, _ in of] for name, of in points.items()} == {
        "gen_ai.client.operation.duration": [ANSWERED],
        "gen_ai.client.operation.time_to_first_chunk": [ANSWERED],
        "mirascope.response.time_per_output_token": [ANSWERED],
        "gen_ai.client.token.usage": [
            {**ANSWERED, "gen_ai.token.type": "input"},
            {**ANSWERED, "gen_ai.token.type": "output"},
        ],
    }
    assert [(count, total) for _, count, total in points["gen_ai.client.token.usage"]] == [
        (2, 140),
        (2, 18),
    ]
    [(_, _, whole)] = points["gen_ai.client.operation.duration"]
    [(_, _, first)] = points["gen_ai.client.operation.time_to_first_chunk"]
    [(_, count, token)] = points["mirascope.response.time_per_output_token"]
    assert 0 < first < whole
    assert count == 2
    assert token == pytest.approx((whole - first) / 8)


def test_a_failure_is_measured_apart(exported: Exported, colour: Colour) -> None:
    script = [Turn(fault=Status(429))]
    with simulate(script), pytest.raises(llm.RateLimitError):
        colour.call(llm.Model(MODEL, layers=[exported.trace()]), "hi")
    [(name, points)] = exported.points().items()
    assert name == "gen_ai.client.operation.duration"
    error = {"error.type": "mirascope.llm.exceptions.RateLimitError"}
    assert [attributes for attributes, _, _ in points] == [{**OF_REQUEST, **error}]


def test_tokens_from_a_cache_are_not_used_again(exported: Exported, colour: Colour) -> None:
    with simulate(["once"]):
        for _ in range(3):
            colour.read(llm.Model(MODEL, layers=[exported.trace(), KEPT]), "hi")
    points = exported.points()
    assert [count for _, count, _ in points["gen_ai.client.token.usage"]] == [1, 1]
    assert sum(count for _, count, _ in points["gen_ai.client.operation.duration"]) == 3


KEPT = llm.cache()


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    global KEPT
    KEPT = llm.cache()


def test_the_names_are_those_of_the_sdk() -> None:
    """Those that OpenTelemetry's own package of names has."""
    from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
    from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
    from opentelemetry.semconv.attributes import (
        error_attributes,
        http_attributes,
        server_attributes,
    )

    known: set[str] = set()
    for module in (
        gen_ai_attributes,
        gen_ai_metrics,
        error_attributes,
        http_attributes,
        server_attributes,
    ):
        known |= {value for value in vars(module).values() if isinstance(value, str)}
    ours = {
        value
        for name, value in vars(conventions).items()
        if name.isupper() and isinstance(value, str) and name not in ("VERSION", "SOURCE")
    }
    newer = {  # in `opentelemetry-util-genai` 1.3b0
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.request.reasoning.level",
        "gen_ai.execute_tool.duration",
        "gen_ai.invoke_agent.duration",
    }
    assert {name for name in ours - known if not name.startswith("mirascope.")} == newer


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("openai:responses", "openai"),
        ("google", "gcp.gemini"),
        ("xai", "x_ai"),
        ("mistral", "mistral_ai"),
        ("my-own", "my-own"),
    ],
)
def test_the_names_of_providers(ours: str, theirs: str) -> None:
    assert conventions.provider_name(ours) == theirs
