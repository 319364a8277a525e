"""Layers that ask again, around each other: each request is accounted for once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Cut, Status, StreamError, Turn, simulate
from tests.llm.layering.ways import Way

MODEL = "openai/gpt-5-mini"
OTHER = "anthropic/claude-haiku-4-5"
TEXT = "one two three four five six"
DOWN = Turn(fault=Status(503))
BUSY = Turn(fault=Status(429, retry_after=0))
BROKEN = Turn(text=TEXT, fault=Cut())
LATE = Turn(text=TEXT, fault=StreamError(after_events=5))


def retry(**more: Any) -> Any:
    return llm.retry(max_retries=4, initial_delay=0, **more)


def recover(**more: Any) -> Any:
    return llm.recover(max_attempts=5, initial_delay=0, **more)


LAYERS: dict[str, Callable[..., Any]] = {"retry": retry, "recover": recover}
NESTS = list(itertools.product(LAYERS, LAYERS))


def tell(request: llm.testing.TurnRequest) -> Turn:
    """Say what is left of the text."""
    answers = [message for message in request.messages if message.role == "assistant"]
    if not answers:
        return Turn(text=TEXT)
    said = "".join(part.text for part in answers[-1].content if part.type == "text")
    return Turn(text=TEXT[len(said) :])


@pytest.mark.parametrize(("outer", "inner"), NESTS)
@pytest.mark.parametrize(
    "script",
    [
        [],
        [BUSY],
        [DOWN],
        [BUSY, DOWN],
        [DOWN, BUSY],
        [LATE, BUSY, BUSY],
        [BUSY, BROKEN, BUSY, LATE],
    ],
    ids=["none", "inner", "outer", "inner, outer", "outer, inner", "late", "all"],
)
def test_as_many_attempts_as_requests(way: Way, outer: str, inner: str, script: list[Turn]) -> None:
    """The inner layer makes up for a busy vendor, the outer one for all else."""
    below = LAYERS[inner](retry_on=(llm.RateLimitError,))
    model = llm.Model(MODEL, layers=[LAYERS[outer](), below])
    faults = len(script)
    with simulate([*script, tell]) as simulator:
        response = way.ask(model)
    assert response.text().replace("\n", "") == TEXT
    assert len(simulator.requests) == faults + 1
    assert len(response.attempts) == faults + 1
    assert [one.error is None for one in response.attempts] == [False] * faults + [True]
    times = [time for one in response.attempts for time in (one.started, one.ended)]
    assert times == sorted(times)
    again = type(response).from_json(response.to_json())
    assert len(again.attempts) == len(response.attempts)


@pytest.mark.parametrize("layer", LAYERS)
def test_hedged_models_that_ask_again(way: Way, layer: str) -> None:
    first, second = (llm.Model(id, layers=[LAYERS[layer]()]) for id in (MODEL, OTHER))
    refused = Turn(fault=Status(400))
    with simulate([DOWN, refused, DOWN, tell]) as simulator:
        response = way.ask(llm.hedge([first, second], after=60))
    assert len(simulator.requests) == 4
    assert [one.model for one in response.attempts] == [MODEL, MODEL, OTHER, OTHER]
    assert [one.error is None for one in response.attempts] == [False] * 3 + [True]


@pytest.mark.parametrize("layer", LAYERS)
def test_a_loser_that_asked_again_is_told_of_too(way: Way, layer: str) -> None:
    slow = llm.Model(MODEL, layers=[LAYERS[layer]()])
    stall = Turn(text=TEXT, fault=llm.testing.Stall(seconds=3600))
    with simulate([DOWN, stall, "quick"]) as simulator:
        response = way.ask(llm.hedge([slow, OTHER], after=0.2))
    assert response.text() == "quick"
    assert len(simulator.requests) == 3
    assert [one.model for one in response.attempts] == [MODEL, MODEL, OTHER]
    failed, lost, won = response.attempts
    assert isinstance(failed.error, llm.ServerError)
    assert isinstance(lost.error, llm.StreamCancelledError)
    assert won.error is None


@pytest.mark.parametrize("layer", LAYERS)
def test_asking_a_hedge_again(way: Way, layer: str) -> None:
    model = llm.hedge([MODEL, OTHER], after=60).within([LAYERS[layer]()])
    with simulate([DOWN, DOWN, tell]) as simulator:
        response = way.ask(model)
    assert len(simulator.requests) == len(response.attempts) == 3
    assert [one.model for one in response.attempts] == [MODEL, OTHER, MODEL]


@pytest.mark.parametrize("layer", LAYERS)
def test_who_was_not_asked_gives_no_account(way: Way, layer: str) -> None:
    """A kept answer between two layers: the inner one did nothing."""
    model = llm.Model(MODEL, layers=[LAYERS[layer](), llm.cache(), LAYERS[layer]()])
    with simulate([tell]):
        assert len(way.ask(model).attempts) == 1
        assert len(way.ask(model).attempts) == 1


def test_restarted_readers_are_told_why() -> None:
    model = llm.Model(MODEL, layers=[retry(), retry(retry_on=(llm.RateLimitError,))])
    with simulate([BROKEN, BROKEN, BROKEN, TEXT]):
        response = model.stream("hi")
        causes: list[object] = []
        for _ in range(3):
            with pytest.raises(llm.StreamRestarted) as info:
                list(response.text_stream())
            causes.append(info.value.__cause__)
        assert "".join(response.text_stream()) == TEXT
    assert all(isinstance(one, llm.StreamTruncatedError) for one in causes)
