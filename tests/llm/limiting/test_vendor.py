"""A line that hears what the vendor has left."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator

import pytest

from mirascope import llm
from mirascope.llm.limiting import Limit
from mirascope.llm.limiting.vendor import LONGEST_PAUSE, Left
from mirascope.llm.testing import Status, Turn, simulate
from tests.llm.layering.ways import Way
from tests.loopback import Exchange as Asked
from tests.loopback import Reply, Route, Server

BODY = {"choices": [{"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}]}
EVENTS = (
    b'data: {"choices": [{"delta": {"role": "assistant", "content": "hi"}}]}\n\n',
    b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\n',
    b"data: [DONE]\n\n",
)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        llm.register_provider(
            "openai:completions", scope="vendor/", base_url=server.url("/v1"), api_key="k"
        )
        yield server
        llm.reset_provider_registry()


def left(requests: int, reset: str = "300ms", what: str = "requests") -> dict[str, str]:
    return {
        f"x-ratelimit-limit-{what}": "500",
        f"x-ratelimit-remaining-{what}": str(requests),
        f"x-ratelimit-reset-{what}": reset,
    }


def replying(times: list[float], *heads: dict[str, str]) -> list[Route]:
    """Return routes that note when they were asked."""

    def route(headers: dict[str, str]) -> Route:
        def reply(asked: Asked) -> None:
            times.append(time.monotonic())
            stream = b'"stream":true' in asked.request.body.replace(b" ", b"")
            kind = "text/event-stream" if stream else "application/json"
            body = list(EVENTS) if stream else json.dumps(BODY).encode()
            Reply(headers={"content-type": kind} | headers, body=body)(asked)

        return reply

    return [route(headers) for headers in heads]


@pytest.mark.parametrize("what", ["requests", "tokens"])
@pytest.mark.parametrize(
    "limit",
    [{"requests_per_minute": 500}, {"tokens_per_minute": 500_000}, {"concurrency": 9}],
    ids=["requests", "tokens", "concurrency"],
)
def test_waits_until_the_vendor_has_more(
    way: Way, server: Server, what: str, limit: dict[str, int]
) -> None:
    times: list[float] = []
    server.route("*", *replying(times, left(0, what=what), left(490_000, "60s", what=what)))
    layer = llm.limit(**limit)  # type: ignore[arg-type]
    model = llm.Model("vendor/m", layers=[layer])
    way.ask(model)
    way.ask(model)
    assert times[1] - times[0] >= 0.29
    layer.max_wait = 0
    way.ask(model)
    assert len(times) == 3


def test_what_is_left_is_shared_out(server: Server) -> None:
    times: list[float] = []
    server.route("*", *replying(times, left(3, "60s"), {}))
    model = llm.Model("vendor/m", layers=[llm.limit(requests_per_minute=500, max_wait=0)])

    async def ask() -> list[object]:
        await model.call_async("first")
        five = (model.call_async(str(n)) for n in range(5))
        return await asyncio.gather(*five, return_exceptions=True)

    refused = [one for one in asyncio.run(ask()) if isinstance(one, llm.LimitExceeded)]
    assert len(refused) == 2
    assert len(times) == 4


def test_those_under_way_are_taken_to_be_uncounted(server: Server) -> None:
    """Two are under way when a head says that two are left: none is, until theirs come."""
    go, came = threading.Event(), threading.Barrier(3)
    slow, head = [], {"content-type": "application/json"}

    def route(asked: Asked) -> None:
        slow.append(json.loads(asked.request.body)["messages"][0]["content"])
        number = len(slow)
        if number <= 2:
            came.wait()
            go.wait()
        remaining = {3: 2, 1: 1, 2: 0}.get(number, 400)
        Reply(headers=head | left(remaining, "30s"), body=json.dumps(BODY).encode())(asked)

    server.route("*", route)
    limit = llm.limit(requests_per_minute=500)
    model = llm.Model("vendor/m", layers=[limit])
    early = [threading.Thread(target=model.call, args=("slow",)) for _ in range(2)]
    for thread in early:
        thread.start()
    came.wait()
    model.call("third")
    limit.max_wait = 0
    with pytest.raises(llm.LimitExceeded, match="the vendor's own limit"):
        model.call("fourth")
    go.set()
    for thread in early:
        thread.join()
    assert slow == ["slow", "slow", "third"]


def test_a_head_lets_those_go_on_who_wait(server: Server) -> None:
    """The first head says that nothing is left, and a later one that there is."""
    go = threading.Event()
    head = {"content-type": "application/json"}
    asked_for: list[str] = []

    def route(asked: Asked) -> None:
        said = json.loads(asked.request.body)["messages"][0]["content"]
        asked_for.append(said)
        if said == "slow":
            go.wait()
        remaining = 0 if said == "empty" else 400
        Reply(headers=head | left(remaining, "60s"), body=json.dumps(BODY).encode())(asked)

    server.route("*", route)
    model = llm.Model("vendor/m", layers=[llm.limit(requests_per_minute=500)])
    slow = threading.Thread(target=model.call, args=("slow",))
    slow.start()
    server.wait_requests(1)
    model.call("empty")
    waiting = threading.Thread(target=model.call, args=("waiting",))
    waiting.start()
    started = time.monotonic()
    go.set()
    slow.join()
    waiting.join()
    assert asked_for[-1] == "waiting"
    assert time.monotonic() - started < 30


def test_a_refusal_is_heard_too(way: Way) -> None:
    limit = llm.limit(requests_per_minute=500, max_wait=0)
    model = llm.Model("openai/gpt-5-mini", layers=[limit])
    refusal = Turn(fault=Status(429), headers=left(0, "1m"))
    with simulate([refusal]):
        with pytest.raises(llm.RateLimitError):
            way.ask(model)
        with pytest.raises(llm.LimitExceeded, match="the vendor's own limit"):
            way.ask(model)


def test_nothing_holds_everybody_for_ever(way: Way) -> None:
    limit = Limit(concurrency=9)
    with simulate([Turn(text="hi", headers=left(0, "30d"))]):
        way.ask(llm.Model("openai/gpt-5-mini", layers=[limit]))
    [line] = limit._lines.values()
    line.tidy()
    assert 59 < line._left.seconds_until(0) <= LONGEST_PAUSE


@pytest.mark.parametrize("reset", ["", "0s", "soon"])
def test_who_does_not_say_when_there_is_more_holds_nobody(way: Way, reset: str) -> None:
    limit = llm.limit(requests_per_minute=500, max_wait=0)
    model = llm.Model("openai/gpt-5-mini", layers=[limit])
    with simulate([Turn(text="hi", headers=left(0, reset)), "ho"]):
        way.ask(model)
        assert way.ask(model).text() == "ho"


def test_tokens_are_taken_off_as_estimated() -> None:
    said, now = llm.RateLimits(tokens=llm.RateLimit(remaining=100, resets_in=9), measured=0), 0.0
    heard = Left()
    heard.hear(said, now := time.monotonic(), (0, 0))
    assert heard.seconds_until(100) == 0
    assert 8 < heard.seconds_until(101) <= 9
    heard.take(60)
    assert heard.seconds_until(40) == 0
    assert heard.seconds_until(41) > 8
    heard.hear(said, now, (3, 70))  # those under way
    assert heard.seconds_until(30) == 0
    assert heard.seconds_until(31) > 8
    heard.hear(said, now - 9, (3, 70))  # long ago
    assert heard.seconds_until(1000) == 0


def test_what_takes_more_than_there_ever_is_waits_until_all_is_there() -> None:
    heard = Left()
    for remaining, held in ((100, False), (99, True)):
        limit = llm.RateLimit(limit=100, remaining=remaining, resets_in=9)
        heard.hear(llm.RateLimits(tokens=limit, measured=0), time.monotonic(), (0, 0))
        assert (heard.seconds_until(1000) > 0) is held
