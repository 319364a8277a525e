"""What the heads of answers say is left of a vendor's limits, on the response and in the log."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.providers.headers import LONGEST_DELAY, rate_limits
from mirascope.llm.responses.event_json import decode_event
from tests.llm.answers import ANSWERS
from tests.llm.layering.ways import WAYS, Way
from tests.loopback import Reply, Server

OPENAI = {
    "x-ratelimit-limit-requests": "5000",
    "x-ratelimit-limit-tokens": "160000",
    "x-ratelimit-remaining-requests": "4999",
    "x-ratelimit-remaining-tokens": "159970",
    "x-ratelimit-reset-requests": "12ms",
    "x-ratelimit-reset-tokens": "1m6.5s",
}
REQUESTS = llm.RateLimit(limit=5000, remaining=4999, resets_in=0.012)
TOKENS = llm.RateLimit(limit=160_000, remaining=159_970, resets_in=66.5)
WHOLE = {"choices": [{"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request: pytest.FixtureRequest) -> Way:
    way: Way = request.param
    return way


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        llm.register_provider(
            "openai:completions", scope="vendor/", base_url=server.url("/v1"), api_key="k"
        )
        yield server
        llm.reset_provider_registry()


def reply(way: Way, headers: dict[str, str]) -> Reply:
    if way.stream:
        answer = ANSWERS["chat"]
        return Reply(headers={"content-type": "text/event-stream"} | headers, body=answer.body)
    return Reply(
        headers={"content-type": "application/json"} | headers, body=json.dumps(WHOLE).encode()
    )


def found(headers: dict[str, str]) -> Any:
    limits = rate_limits(headers)
    return None if limits is None else (limits.requests, limits.tokens)


def one(limit: int | None, left: int | None, reset: float | None) -> llm.RateLimit:
    return llm.RateLimit(limit=limit, remaining=left, resets_in=reset)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param(OPENAI, (REQUESTS, TOKENS), id="openai"),
        pytest.param(
            {
                "x-ratelimit-limit-requests-day": "14400",
                "x-ratelimit-remaining-requests-day": "14399",
                "x-ratelimit-reset-requests-day": "33011.38",
                "x-ratelimit-limit-tokens-minute": "60000",
                "x-ratelimit-remaining-tokens-minute": "59990",
                "x-ratelimit-reset-tokens-minute": "11.4",
            },
            (one(14_400, 14_399, 33011.38), one(60_000, 59_990, 11.4)),
            id="cerebras",
        ),
        pytest.param(
            {
                "x-ratelimit-limit": "60",
                "x-ratelimit-remaining": "59",
                "x-ratelimit-reset": "1",
                "x-tokenlimit-limit": "1000",
                "x-tokenlimit-remaining": "900",
            },
            (one(60, 59, 1.0), one(1000, 900, None)),
            id="together",
        ),
        pytest.param(
            {"anthropic-ratelimit-requests-limit": "50"}, (one(50, None, None), None), id="a limit"
        ),
        pytest.param(
            {
                "anthropic-ratelimit-input-tokens-remaining": "100",
                "anthropic-ratelimit-output-tokens-remaining": "7",
                "anthropic-ratelimit-tokens-remaining": "107",
            },
            (None, one(None, 7, None)),
            id="the tightest",
        ),
        pytest.param({}, None, id="nothing"),
        pytest.param({"x-ratelimit-reset-requests": "1s"}, None, id="only a reset"),
        pytest.param({"x-ratelimit-remaining-requests": "many"}, None, id="no number"),
        pytest.param({"x-ratelimit-remaining-requests": "-1"}, None, id="below zero"),
        pytest.param({"x-ratelimit-remaining-requests": "nan"}, None, id="nan"),
        pytest.param({"x-ratelimit-remaining-requests": "9" * 5000}, None, id="endless"),
        pytest.param({"x-ratelimit-remaining-requests": "1e300"}, None, id="astronomical"),
        pytest.param(
            {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "soon"},
            (one(None, 3, None), None),
            id="no delay",
        ),
        pytest.param(
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 400},
            (one(None, 0, None), None),
            id="no date",
        ),
        pytest.param(
            {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "9" * 300},
            (one(None, 0, LONGEST_DELAY), None),
            id="the end of time",
        ),
    ],
)
def test_what_is_left(headers: dict[str, str], expected: Any) -> None:
    assert found(headers) == expected


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_reset_may_be_a_date(unit: int) -> None:
    headers = {
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": f"{(time.time() + 60) * unit:.0f}",
    }
    limits = rate_limits(headers)
    assert limits is not None
    assert limits.requests is not None
    assert 30 < (limits.requests.resets_in or 0) <= 61


def test_on_every_response(way: Way, server: Server) -> None:
    server.route("*", reply(way, OPENAI))
    before = time.time()
    response = way.ask(llm.Model("vendor/m"))
    limits = response.rate_limits
    assert (limits.requests, limits.tokens) == (REQUESTS, TOKENS)
    assert before <= limits.measured <= time.time()
    again = type(response).from_json(response.to_json())
    assert again.rate_limits == limits
    assert again.to_json() == response.to_json()


def test_not_where_nothing_was_said(way: Way, server: Server) -> None:
    server.route("*", reply(way, {}))
    assert way.ask(llm.Model("vendor/m")).rate_limits is None


def test_readers_of_chunks_are_not_told(server: Server) -> None:
    server.route("*", reply(WAYS["stream"], {}), reply(WAYS["stream"], OPENAI))
    without, limited = llm.Model("vendor/m").stream("hi"), llm.Model("vendor/m").stream("hi")
    expected = list(without.chunk_stream())  # read first, so answered first
    assert list(limited.chunk_stream()) == expected
    assert limited.chunks == without.chunks
    types = [event.type for event in limited.event_stream()]
    assert types == ["rate_limits", *(event.type for event in without.event_stream())]


def test_known_as_soon_as_the_head_is_there(server: Server) -> None:
    body = ANSWERS["chat"].events
    head = {"content-type": "text/event-stream"} | OPENAI
    server.route("*", Reply(headers=head, body=body, stall="after headers"))
    response = llm.Model("vendor/m").stream("hi")
    next(response.event_stream())
    assert response.rate_limits is not None
    response.close()
    assert response.rate_limits.tokens == TOKENS


def test_known_of_an_answer_that_was_refused(server: Server) -> None:
    used_up = OPENAI | {"x-ratelimit-remaining-requests": "0"}
    server.route("*", Reply(status=429, headers=used_up, body=b"{}"))
    response = llm.Model("vendor/m").stream("hi")
    with pytest.raises(llm.RateLimitError) as info:
        response.finish()
    assert info.value.retry_after == 0.012
    assert response.rate_limits is not None
    assert response.rate_limits.requests == one(5000, 0, 0.012)


def test_of_the_answer_that_counts(way: Way, server: Server) -> None:
    used_up = dict.fromkeys(OPENAI, "0")
    server.route("*", Reply(status=429, headers=used_up, body=b"{}"), reply(way, OPENAI))
    response = way.ask(llm.Model("vendor/m", layers=[llm.retry(initial_delay=0)]))
    assert response.rate_limits.requests == REQUESTS
    assert len(response.attempts) == 2


def test_a_cached_answer_does_not_say_what_was_left_then(way: Way, server: Server) -> None:
    server.route("*", reply(way, OPENAI))
    model = llm.Model("vendor/m", layers=[llm.cache()])
    assert way.ask(model).rate_limits is not None
    again = way.ask(model)
    assert again.cached_at is not None
    assert again.rate_limits is None


@pytest.mark.parametrize(
    "form",
    [
        '{"type": "rate_limits"}',
        '{"type": "rate_limits", "measured": "now"}',
        '{"type": "rate_limits", "measured": 1, "requests": 5}',
        '{"type": "rate_limits", "measured": 1, "tokens": {"remaining": "5"}}',
        '{"type": "rate_limits", "measured": 1, "tokens": {"resets_in": "1s"}}',
    ],
)
def test_what_is_no_event_is_refused(form: str) -> None:
    with pytest.raises(ValueError, match="rate_limits"):
        decode_event(form)
