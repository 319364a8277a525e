"""What responses cost: whole and streamed, broken off, kept, tried several times, saved."""

from __future__ import annotations

import copy
import json
import pickle
from decimal import Decimal
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.responses.usage import UsageDeltaChunk
from mirascope.llm.testing import Cut, Status, Turn, simulate
from tests.llm.conftest import Colour
from tests.loopback import Reply, Server

OPENAI, ANTHROPIC = "openai/gpt-5-mini", "anthropic/claude-sonnet-4-5"
USAGE = llm.Usage(input_tokens=7000, output_tokens=120, cache_read_tokens=6400, reasoning_tokens=30)


def priced(model_id: str, usage: llm.Usage = USAGE) -> llm.Cost:
    cost = llm.cost_of(model_id, usage)
    assert cost is not None
    return cost


EXPECTED = priced(OPENAI)


def test_a_whole_answer(colour: Colour) -> None:
    with simulate([Turn(text="hi", usage=USAGE)]):
        response = colour.call(llm.Model(OPENAI), "hi")
    assert response.cost == EXPECTED
    assert EXPECTED.complete
    assert EXPECTED.cache_read > 0
    assert response.cost_unknown is None


@pytest.mark.parametrize(
    "model_id", [OPENAI, ANTHROPIC, "google/gemini-2.5-flash", "groq/openai/gpt-oss-120b"]
)
def test_a_stream(colour: Colour, model_id: str) -> None:
    with simulate([Turn(text="one two three", usage=USAGE)]):
        response = colour.stream(llm.Model(model_id), "hi")
        assert response.cost is None
        colour.finish(response)
    assert response.cost == priced(model_id, response.usage)
    assert response.cost.complete
    assert response.cost.total > 0


@pytest.mark.parametrize("suffix", [":responses", ":completions"])
def test_the_api_is_no_part_of_the_name(suffix: str) -> None:
    with simulate([Turn(text="hi", usage=USAGE)]):
        assert llm.Model(OPENAI + suffix).call("hi").cost == EXPECTED


def test_a_stream_that_broke_off_says_what_is_known(colour: Colour) -> None:
    """Anthropic tells the input at the beginning, and the output at the end."""
    with simulate([Turn(text="word " * 50, usage=USAGE, fault=Cut())]):
        response = colour.stream(llm.Model(ANTHROPIC), "hi")
        with pytest.raises(llm.StreamTruncatedError):
            colour.finish(response)
    cost = response.cost
    assert cost.total > 0
    assert cost.cache_read == priced(ANTHROPIC).cache_read
    assert not cost.complete


def test_a_stream_that_was_closed_before_anybody_said_anything(colour: Colour) -> None:
    with simulate([Turn(text="word " * 50, usage=USAGE)]):
        response = colour.stream(llm.Model(OPENAI), "hi")
        colour.next(response.text_stream())
        colour.close_response(response)
    assert response.cost is None
    assert response.cost_unknown == "the provider has not said what was used"


def test_a_model_that_nobody_knows() -> None:
    with simulate([Turn(text="hi", usage=USAGE)]):
        response = llm.Model("ollama/llama3.2").call("hi")
    assert response.cost is None
    assert response.cost_unknown == "no price is known for ollama/llama3.2"
    llm.register_prices({"ollama/": llm.Price(input=0, output=0)})
    assert response.cost is not None
    assert response.cost.total == 0
    llm.register_prices({"ollama/": None})


def test_an_answer_from_a_cache_cost_nothing(colour: Colour) -> None:
    model = llm.Model(OPENAI, layers=[llm.cache()])
    with simulate([Turn(text="hi", usage=USAGE)]):
        assert colour.call(model, "hi").cost == EXPECTED
        again = colour.call(model, "hi")
    assert (again.cost.total, again.cost.source, again.cost.complete) == (0, "cache", True)


def test_a_class_of_service_that_was_asked_for(colour: Colour) -> None:
    model = llm.Model(OPENAI, extra_body={"service_tier": "flex"}, keep_raw=False)
    with simulate([Turn(text="hi", usage=USAGE)]):
        stream = colour.read(model, "hi")
    assert stream.cost == llm.cost_of(OPENAI, USAGE, service_tier="flex")
    assert stream.cost < EXPECTED


def test_what_the_vendor_says_of_it_counts(colour: Colour) -> None:
    said = {
        "service_tier": "priority",
        "usage": {"prompt_tokens": 1000, "completion_tokens": 10},
        "choices": [{"index": 0, "message": {"content": "hi"}, "finish_reason": "stop"}],
    }
    first = {"choices": [{"index": 0, "delta": {"content": "hi"}, "finish_reason": "stop"}]}
    last = {**said, "choices": []}
    lines = [f"data: {json.dumps(one)}\n\n".encode() for one in (first, last)]
    model = llm.Model(OPENAI, extra_body={"service_tier": "flex"})
    with Server() as server:
        llm.register_provider(
            "openai:completions", "openai/", base_url=server.url("/v1"), api_key="key"
        )
        streamed = Reply(body=[*lines, b"data: [DONE]\n\n"])
        server.route("/v1/chat/completions", Reply(body=json.dumps(said).encode()), streamed)
        whole, stream = colour.call(model, "hi"), colour.read(model, "hi")
    usage = llm.Usage(input_tokens=1000, output_tokens=10)
    expected = llm.cost_of(OPENAI, usage, service_tier="priority")
    assert whole.cost == stream.cost == expected
    assert expected != llm.cost_of(OPENAI, usage)


def test_copies_and_saved_ones_cost_the_same() -> None:
    with simulate([Turn(text="hi", usage=USAGE)] * 2):
        whole = llm.Model(OPENAI).call("hi")
        stream = llm.Model(OPENAI).stream("hi")
        stream.finish()
    for one in (copy.deepcopy(whole), pickle.loads(pickle.dumps(whole)), copy.deepcopy(stream)):
        assert one.cost == EXPECTED
    assert llm.Response.from_json(whole.to_json()).cost == EXPECTED
    assert llm.StreamResponse.from_json(stream.to_json()).cost == EXPECTED


# --- several attempts


def test_a_refused_attempt_costs_nothing(colour: Colour) -> None:
    model = llm.retry(llm.Model(OPENAI), initial_delay=0.0)
    with simulate([Turn(fault=Status(503)), Turn(text="hi", usage=USAGE)]):
        response = colour.call(model, "hi")
    assert len(response.attempts) == 2
    assert response.cost.total == EXPECTED.total
    assert response.cost.complete
    assert response.attempts[0].cost == llm.Cost()
    assert response.attempts[1].cost.total == response.cost.total


def test_an_answer_that_was_thrown_away_is_paid_for() -> None:
    turns = [Turn(text="word " * 50, usage=USAGE, fault=Cut()), Turn(text="hi", usage=USAGE)]
    model = llm.retry(llm.Model(ANTHROPIC), initial_delay=0.0)
    with simulate(turns):
        response = model.stream("hi")
        with pytest.raises(llm.StreamRestarted):
            for _ in response.text_stream():
                pass
        response.finish()
    whole = priced(ANTHROPIC)
    assert response.cost is not None
    assert response.cost.input == 2 * whole.input  # the first has said its input
    assert whole.total < response.cost.total < 2 * whole.total
    assert not response.cost.complete


def test_an_answer_that_another_model_goes_on_with_is_paid_to_both() -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 5
    turns = [Turn(text=text, usage=USAGE, fault=Cut()), Turn(text="And so on.", usage=USAGE)]
    model = llm.recover(fallback_models=[OPENAI], max_attempts=1)(llm.Model(ANTHROPIC))
    with simulate(turns):
        response = model.stream("hi")
        response.finish()
    first, second = response.attempts
    assert (first.model, second.model) == (ANTHROPIC, OPENAI)
    assert response.cost is not None
    assert first.cost is not None
    assert second.cost is not None
    assert second.cost.total == EXPECTED.total
    assert response.cost.total == first.cost.total + second.cost.total
    assert first.cost.total > 0
    assert not response.cost.complete


def test_the_loser_of_a_race_is_not_known() -> None:
    model = llm.hedge([OPENAI, ANTHROPIC], after=0.0)
    with simulate([Turn(text="one two", usage=USAGE)] * 2):
        response = model.call("hi")
    assert response.cost is not None
    assert response.cost.total > 0
    assert response.cost.complete == (len(response.attempts) == 1)


def test_an_attempt_with_an_unknown_price() -> None:
    def answers(request: llm.Request, open: llm.Open) -> Any:
        yield open(request)

    model = llm.retry(llm.Model("ollama/llama3.2", layers=[answers]), initial_delay=0.0)
    with simulate([Turn(fault=Status(503)), Turn(text="hi", usage=USAGE)]):
        response = model.call("hi")
    assert response.cost is None
    assert response.cost_unknown == "no price is known for ollama/llama3.2"


def test_a_provider_that_says_nothing_of_usage(colour: Colour) -> None:
    with simulate([Turn(text="hi", report_usage=False)]):
        response = colour.call(llm.Model(OPENAI), "hi")
    assert response.usage is None
    assert response.cost is None
    assert response.cost_unknown == "the provider has not said what was used"


def test_a_stream_by_hand() -> None:
    chunks = [UsageDeltaChunk(input_tokens=1_000_000)]
    response: llm.StreamResponse[None] = llm.StreamResponse(
        provider_id="openai",
        model_id=OPENAI,
        provider_model_name="gpt-5-mini",
        params={},
        input_messages=[],
        chunk_iterator=iter(chunks),
    )
    response.finish()
    assert response.cost is not None
    assert response.cost.total == Decimal("0.25")


def test_a_limit_of_cost_holds_in_a_run() -> None:
    @llm.tool
    def height(place: str) -> int:
        """Look up a height."""
        return 489

    calls = Turn(tool_calls=[("height", {"place": "Peninha"})], usage=USAGE)
    limit = float(EXPECTED.total) * 1.5
    with simulate([calls, calls, Turn(text="489")]):
        first = llm.Model(OPENAI).call("How high is it?", tools=[height])
        with pytest.raises(llm.RunLimitExceeded, match="cost="):
            first.run(limits=llm.UsageLimits(cost=limit))
    with simulate([calls, calls, Turn(text="489")]):
        first = llm.Model(OPENAI).call("How high is it?", tools=[height])
        last = first.run(limits=llm.UsageLimits(cost=limit * 2))
    assert last.text() == "489"
    assert [one.cost == EXPECTED for one in last.rounds] == [True, True]
