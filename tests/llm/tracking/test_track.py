"""`llm.track`: each request once, whoever makes it and wherever its answer is read."""

from __future__ import annotations

import asyncio
import copy
import gc
import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.layering.block import inmost_layers
from mirascope.llm.testing import Cut, Malformed, Stall, Status, Turn, simulate
from tests.llm.conftest import Colour

OPENAI, ANTHROPIC = "openai/gpt-5-mini", "anthropic/claude-sonnet-4-5"
USAGE = llm.Usage(input_tokens=700, output_tokens=12, cache_read_tokens=64, reasoning_tokens=3)
TURN = Turn(text="one two three", usage=USAGE)


def priced(model_id: str, times: int = 1) -> Decimal:
    cost = llm.cost_of(model_id, USAGE)
    assert cost is not None
    return cost.total * times


def cost_in(total: llm.Total) -> llm.Cost:
    assert total.cost is not None
    return total.cost


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    assert inmost_layers() == ()


def test_nothing_was_asked() -> None:
    with llm.track() as total:
        pass
    assert (total.requests, total.under_way, total.by_model()) == (0, 0, {})
    assert total.usage == llm.Usage()
    assert total.cost == llm.Cost()


def test_whole_answers_and_streams(colour: Colour) -> None:
    with simulate([TURN] * 3), llm.track() as total:
        whole = colour.call(llm.Model(OPENAI), "hi")
        stream = colour.read(llm.Model(OPENAI), "hi")
        colour.call(llm.Model(ANTHROPIC), "hi")
    assert total.requests == 3
    assert total.usage == USAGE + USAGE + USAGE
    assert cost_in(total).total == priced(OPENAI, 2) + priced(ANTHROPIC)
    assert cost_in(total).complete
    shares = total.by_model()
    assert [*shares] == [OPENAI, ANTHROPIC]
    assert shares[OPENAI] == llm.Share(
        requests=2, usage=USAGE + USAGE, cost=whole.cost + stream.cost
    )
    assert "requests=3" in repr(total)


def test_what_is_asked_outside_is_not_in_it() -> None:
    with simulate([TURN] * 3):
        llm.Model(OPENAI).call("before")
        with llm.track() as total:
            llm.Model(OPENAI).call("in it")
        llm.Model(OPENAI).call("after")
    assert total.requests == 1


def test_a_stream_that_ends_after_the_block(colour: Colour) -> None:
    with simulate([TURN] * 2):
        with llm.track() as total:
            unread = colour.stream(llm.Model(OPENAI), "hi")
            begun = colour.stream(llm.Model(OPENAI), "hi")
            colour.next(begun.text_stream())
            assert (total.requests, total.under_way) == (1, 1)
            assert not cost_in(total).complete
            assert not total.usage.complete
        colour.finish(begun)
        assert (total.under_way, total.usage, cost_in(total).complete) == (0, USAGE, True)
        colour.finish(unread)  # it was asked in the block
    assert total.requests == 2
    assert cost_in(total).total == priced(OPENAI, 2)


def test_a_stream_that_was_asked_before_it_is_not_in_it() -> None:
    with simulate([TURN]):
        stream = llm.Model(OPENAI).stream("hi")
        with llm.track() as total:
            stream.finish()
    assert total.requests == 0


def test_a_stream_that_is_read_elsewhere(colour: Colour) -> None:
    with simulate([TURN]):
        with llm.track() as total:
            stream = colour.stream(llm.Model(OPENAI), "hi")
        with llm.track() as other:
            colour.finish(stream)
    assert (total.requests, other.requests) == (1, 0)


@pytest.mark.parametrize("how", ["close", "drop"])
def test_a_stream_that_was_left(colour: Colour, how: str) -> None:
    with simulate([TURN]), llm.track() as total:
        stream = colour.stream(llm.Model(ANTHROPIC), "hi")
        texts = stream.text_stream()
        colour.next(texts)
        if how == "close":
            colour.close_response(stream)
        else:
            if colour.asynchronous:
                colour.run(texts.aclose())
            del stream, texts
            gc.collect()
    assert (total.requests, total.under_way) == (1, 0)
    cost = cost_in(total)
    assert cost.cache_read > 0  # Anthropic says it at the beginning
    assert not cost.complete
    assert not total.usage.complete


def test_what_broke_off_and_what_was_refused(colour: Colour) -> None:
    turns = [Turn(text="a " * 50, usage=USAGE, fault=Cut()), Turn(fault=Status(503))]
    with simulate([*turns, Turn(fault=Status(401))]), llm.track() as total:
        with pytest.raises(llm.StreamTruncatedError):
            colour.read(llm.Model(OPENAI), "hi")
        with pytest.raises(llm.ServerError):
            colour.call(llm.Model(ANTHROPIC), "hi")
        with pytest.raises(llm.AuthenticationError):
            colour.call(llm.Model("vllm/mine"), "hi")
    shares = total.by_model()
    assert shares[OPENAI].cost is None  # it never came to say so
    assert shares[ANTHROPIC] == llm.Share(requests=1, usage=llm.Usage(), cost=llm.Cost())
    assert shares["vllm/mine"].cost == llm.Cost()
    assert cost_in(total) == llm.Cost(complete=False)


def test_an_answer_that_cannot_be_read_may_have_been_paid_for(colour: Colour) -> None:
    turn = Turn(text="hi", usage=USAGE, fault=Malformed())
    with simulate([turn]), llm.track() as total, pytest.raises(llm.ResponseValidationError):
        colour.call(llm.Model(OPENAI), "hi")
    assert total.cost is None


def test_a_request_that_timed_out(colour: Colour) -> None:
    model = llm.Model(OPENAI, timeout=llm.Timeout(total=0.05))
    with simulate([Turn(fault=Stall())]), llm.track() as total, pytest.raises(llm.TimeoutError):
        colour.call(model, "hi")
    assert total.requests == 1
    assert total.cost is None


def test_an_unknown_model_is_none_and_the_rest_is_known() -> None:
    with simulate([TURN] * 2), llm.track() as total:
        llm.Model("vllm/mine").call("hi")
        assert total.cost is None
        llm.Model(OPENAI).call("hi")
    assert total.by_model()["vllm/mine"].cost is None
    assert cost_in(total).total == priced(OPENAI)
    assert not cost_in(total).complete
    assert total.usage == USAGE + USAGE


def test_currencies() -> None:
    llm.register_prices({"vllm/": llm.Price(input=1, output=1, currency="EUR")})
    try:
        with simulate([TURN] * 2), llm.track() as total:
            llm.Model("vllm/mine").call("hi")
            assert cost_in(total).currency == "EUR"
            llm.Model(OPENAI).call("hi")
        with pytest.raises(ValueError, match="EUR"):
            print(total.cost)
        assert total.requests == 2
        assert [one.cost and one.cost.currency for one in total.by_model().values()] == [
            "EUR",
            "USD",
        ]
    finally:
        llm.register_prices({"vllm/": None})


# --- layers


def test_retries_are_counted_once_each(colour: Colour) -> None:
    model = llm.retry(llm.Model(OPENAI), initial_delay=0.0)
    turns = [Turn(fault=Status(503)), Turn(fault=Status(429)), TURN]
    with simulate(turns), llm.track() as total:
        colour.call(model, "hi")
    assert total.requests == 3
    assert total.usage == USAGE
    assert cost_in(total).total == priced(OPENAI)
    assert cost_in(total).complete


def test_a_fallback_is_paid_to_whom_it_went(colour: Colour) -> None:
    model = llm.retry(llm.Model(OPENAI), max_retries=0, fallback_models=[ANTHROPIC])
    with simulate([Turn(fault=Status(503)), TURN]), llm.track() as total:
        colour.read(model, "hi")
    shares = total.by_model()
    assert (shares[OPENAI].requests, shares[ANTHROPIC].requests) == (1, 1)
    assert cost_in(total).total == priced(ANTHROPIC)


def test_both_of_a_hedge_are_counted(colour: Colour) -> None:
    model = llm.hedge([OPENAI, ANTHROPIC], after=0.0)
    with simulate([TURN] * 2) as simulator, llm.track() as total:
        response = colour.read(model, "hi")
    assert total.requests == len(simulator.requests) == len(response.attempts)
    assert total.under_way == 0


def test_a_recovered_answer_is_two_requests(colour: Colour) -> None:
    text = "The quick brown fox jumps over the lazy dog. " * 5
    turns = [Turn(text=text, usage=USAGE, fault=Cut()), TURN]
    model = llm.recover(fallback_models=[OPENAI], max_attempts=1)(llm.Model(ANTHROPIC))
    with simulate(turns), llm.track() as total:
        response = colour.read(model, "hi")
    assert total.requests == 2
    assert cost_in(total).total == response.cost.total
    assert not cost_in(total).complete


def test_what_a_cache_answers_costs_nothing(colour: Colour) -> None:
    layer = llm.cache()
    llm.register_provider("openai", layers=[layer], api_key="key")
    with simulate([TURN]), llm.track() as total:
        for _ in range(3):
            colour.call(llm.Model(OPENAI), "hi")
    assert total.requests == 1
    assert cost_in(total).total == priced(OPENAI)


def test_a_provider_that_has_hooks_of_its_own() -> None:
    class Mine(llm.Provider):
        id = "mine"
        default_scope = "mine/"

        def _call(self, **asked: Any) -> llm.Response[None]:
            return answered

    with simulate([TURN]):
        answered = llm.Model(OPENAI).call("hi")
    llm.register_provider(Mine())
    with llm.track() as total:
        llm.Model("mine/m").call("hi")
    assert total.requests == 1
    assert total.by_model()["mine/m"].usage == USAGE + llm.Usage()


# --- blocks


def test_blocks_inside_of_others() -> None:
    with simulate([TURN] * 3), llm.track() as outer:
        llm.Model(OPENAI).call("1")
        with llm.track() as inner:
            llm.Model(OPENAI).call("2")
        llm.Model(OPENAI).call("3")
    assert (outer.requests, inner.requests) == (3, 1)


def test_one_that_is_entered_again() -> None:
    total = llm.track()
    with simulate([TURN] * 2):
        with total:
            llm.Model(OPENAI).call("1")
        with total, llm.track(), total:
            llm.Model(OPENAI).call("2")
    assert total.requests == 2


def test_an_error_that_leaves_the_block() -> None:
    with pytest.raises(KeyError), llm.track():
        raise KeyError
    assert inmost_layers() == ()


# --- tasks and threads


async def test_tasks() -> None:
    async def ask(number: int) -> llm.Total:
        with llm.track() as own:
            await llm.Model(OPENAI).call_async(str(number))
            return own

    with simulate([TURN] * 21), llm.track() as total:
        each = await asyncio.gather(*map(ask, range(20)))
        await asyncio.to_thread(llm.Model(OPENAI).call, "in a thread")
    assert [own.requests for own in each] == [1] * 20
    assert total.requests == 21


def test_threads_that_are_begun_in_it() -> None:
    with simulate([TURN] * 5):
        with llm.track() as total:
            threads = [
                threading.Thread(target=llm.Model(OPENAI).call, args=("hi",)) for _ in range(4)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        after = threading.Thread(target=llm.Model(OPENAI).call, args=("hi",))
        after.start()
        after.join()
    assert total.requests == 4


def test_threads_that_others_have_made_classes_of() -> None:
    class Asking(threading.Thread):
        def run(self) -> None:
            llm.Model(OPENAI).call("hi")

    with simulate([TURN]), llm.track() as total:
        thread = Asking()
        thread.start()
        thread.join()
    assert total.requests == 1
    assert "run" not in vars(thread)


def test_pools_old_and_new() -> None:
    """It is the work that belongs to a block, not the thread that does it."""
    model = llm.Model(OPENAI)
    with simulate([TURN] * 8), ThreadPoolExecutor(2) as old:
        with llm.track() as first:
            [*old.map(model.call, "ab")]
            with ThreadPoolExecutor(1) as new:
                new.submit(model.call, "c").result()
        old.submit(model.call, "of nobody").result()
        with llm.track() as second:
            [*old.map(model.call, "def")]
    assert (first.requests, second.requests) == (3, 3)


def test_a_thread_that_joins() -> None:
    total = llm.track()

    def ask() -> None:
        with total:
            llm.Model(OPENAI).call("hi")

    with simulate([TURN] * 2):
        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert total.requests == 2


def test_many_at_once_are_all_counted() -> None:
    with simulate([TURN] * 1200), llm.track() as total, ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(llm.Model(OPENAI).call, "hi") for _ in range(1200)]
        while not all(future.done() for future in futures):
            assert total.requests <= 1200
    assert (total.requests, total.under_way) == (1200, 0)
    assert cost_in(total).total == priced(OPENAI, 1200)
    assert total.usage.input_tokens == 1200 * USAGE.input_tokens


# --- what goes along


def test_responses_are_copied_and_kept() -> None:
    with simulate([TURN] * 2), llm.track() as total:
        stream = llm.Model(OPENAI).stream("hi")
        stream.finish()
        copied = copy.deepcopy(stream)
        assert pickle.loads(pickle.dumps(stream)).cost == copied.cost == stream.cost
    assert total.requests == 1
    assert pickle.loads(pickle.dumps(total)).requests == 0
