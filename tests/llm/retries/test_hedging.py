"""A second model when the first is slow."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Cut, Status, Turn, simulate
from tests.llm.conftest import Colour
from tests.llm.layering.ways import Way
from tests.loopback import Exchange, Reply, Server

MODELS = ["openai/gpt-5-mini", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"]
DOWN = Turn(fault=Status(503))


def test_a_quick_one_answers_alone(way: Way) -> None:
    with simulate(["hello"]) as simulator:
        response = way.ask(llm.hedge(MODELS[:2], after=30))
        assert len(simulator.requests) == 1
    assert response.text() == "hello"
    assert response.model_id == MODELS[0]
    (attempt,) = response.attempts
    assert attempt.error is None


START = b"data: " + json.dumps({"choices": [{"delta": {"content": "hi"}}]}).encode() + b"\n\n"
END = b'data: {"choices": [{"delta": {}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
WHOLE = {"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}


def speaks(exchange: Exchange) -> None:
    Reply(body=START + END if b'"stream"' in exchange.request.body else json.dumps(WHOLE).encode())(
        exchange
    )


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server for the models of ``a/``, ``b/`` and ``c/``, on routes of their own."""
    with Server() as server:
        for scope in "abc":
            llm.register_provider(
                "openai:completions",
                scope=f"{scope}/",
                base_url=server.url(f"/{scope}"),
                api_key="key",
            )
        yield server


def route(server: Server, scope: str, answer: Any) -> None:
    server.route(f"/{scope}/chat/completions", answer)


def test_a_silent_one_loses(way: Way, server: Server) -> None:
    route(server, "a", Exchange.stall)
    route(server, "b", speaks)
    response = way.ask(llm.hedge(["a/m", "b/m"], after=0.02))
    assert response.text() == "hi"
    assert response.model_id == "b/m"
    lost, won = response.attempts
    assert (lost.model, type(lost.error)) == ("a/m", llm.StreamCancelledError)
    assert (won.model, won.error) == ("b/m", None)
    assert won.started - lost.started >= 0.02


def test_all_at_once(way: Way, server: Server) -> None:
    route(server, "a", Exchange.stall)
    route(server, "b", Exchange.stall)
    route(server, "c", speaks)
    assert way.ask(llm.hedge(["a/m", "b/m", "c/m"], after=0)).text() == "hi"


def test_one_that_fails_is_made_up_for_at_once(way: Way) -> None:
    with simulate([DOWN, "from b"]):
        response = way.ask(llm.hedge(MODELS, after=1000))
    assert response.text() == "from b"
    assert [type(one.error) for one in response.attempts] == [llm.ServerError, type(None)]


def test_when_all_fail_the_last_failure_is_raised(way: Way) -> None:
    denied = Turn(fault=Status(401))
    with simulate([DOWN, DOWN, denied]), pytest.raises(llm.AuthenticationError):
        way.ask(llm.hedge(MODELS, after=1000))


def test_a_break_after_content_is_raised(way: Way) -> None:
    if not way.stream:
        pytest.skip("an answer that is not streamed has no content before it is whole")
    broken = Turn(text="one two three four", fault=Cut())
    with simulate([broken, "b"]) as simulator:
        with pytest.raises(llm.StreamTruncatedError):
            way.ask(llm.hedge(MODELS, after=1000))
        assert len(simulator.requests) == 1


def test_it_may_be_tried_again(way: Way) -> None:
    model = llm.retry(llm.hedge(MODELS[:2], after=1000), initial_delay=0)
    with simulate([DOWN, DOWN, "a"]):
        response = way.ask(model)
    assert response.text() == "a"
    assert [one.error is None for one in response.attempts] == [False, False, True]


def test_each_may_try_again_by_itself(way: Way) -> None:
    first = llm.retry_model(MODELS[0], max_retries=1, initial_delay=0)
    with simulate([DOWN, DOWN, "from b"]) as simulator:
        assert way.ask(llm.hedge([first, MODELS[1]], after=1000)).text() == "from b"
        assert [each.model for each in simulator.requests] == ["gpt-5-mini"] * 2 + [
            "claude-sonnet-4-5"
        ]


def test_it_may_stand_in_a_call_and_be_resumed() -> None:
    @llm.call(llm.hedge(MODELS[:2], after=1000))
    def ask() -> str:
        return "x"

    with simulate([DOWN, "b", "a"]):
        response = ask()
        assert response.text() == "b"
        assert response.resume("more").text() == "a"


def test_the_loser_is_closed_when_the_winner_speaks(colour: Colour, server: Server) -> None:
    """On sockets: the connection of the loser goes while the winner is still being read."""
    closed = threading.Event()

    def winner(exchange: Exchange) -> None:
        exchange.head(headers={"transfer-encoding": "chunked"})
        exchange.chunk(START)
        closed.wait()
        exchange.chunk(END)
        exchange.end()

    route(server, "a", Exchange.stall)
    route(server, "b", winner)
    response = colour.stream(llm.hedge(["a/m", "b/m"], after=0.01), "hi")
    assert colour.next(response.text_stream()) == "hi"
    (loser,) = [each for each in server.wait_requests(2) if each.path.startswith("/a/")]
    if colour.asynchronous:
        colour.run(asyncio.to_thread(loser.wait_disconnected))  # while the loop runs, as it does
    else:
        loser.wait_disconnected()
    closed.set()
    colour.finish(response)
    assert response.state == "complete"


@pytest.mark.parametrize(
    ("models", "after"), [([], 1), ("openai/gpt-5", 1), (MODELS, -1), (MODELS, float("nan"))]
)
def test_wrong_use(models: Any, after: float) -> None:
    with pytest.raises(ValueError, match=r"llm\.hedge wants a list|non-negative"):
        llm.hedge(models, after=after)


def test_closing_closes_all(colour: Colour, server: Server) -> None:
    route(server, "a", Exchange.stall)
    route(server, "b", Exchange.stall)
    response = colour.stream(llm.hedge(["a/m", "b/m"], after=0), "hi")

    def close() -> None:
        server.wait_requests(2)
        response.close()

    async def read() -> None:
        closing = asyncio.create_task(asyncio.to_thread(server.wait_requests, 2))
        closing.add_done_callback(lambda _: response.close())
        with pytest.raises(llm.StreamCancelledError):
            await response.finish()

    if colour.asynchronous:
        colour.run(read())
    else:
        threading.Thread(target=close).start()
        with pytest.raises(llm.StreamCancelledError):
            response.finish()
    assert response.state == "cancelled"
    for request in server.wait_requests(2):
        if colour.asynchronous:
            colour.run(asyncio.to_thread(request.wait_disconnected))
        else:
            request.wait_disconnected()
