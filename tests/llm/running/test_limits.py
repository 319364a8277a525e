"""What a run may use."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Status, Turn, simulate

from .ways import MODELS, Way, outputs_answer_calls
from .ways import way as way  # a fixture

USAGE = llm.Usage(input_tokens=100, output_tokens=10)
CALL = Turn(tool_calls=[("work", {"n": 1}), ("work", {"n": 2})], usage=USAGE)
SCRIPT = [CALL, CALL, CALL, Turn(text="Done.", usage=USAGE)]


class Worker:
    def __init__(self) -> None:
        self.done = 0

    def work(self, n: int) -> str:
        """Work."""
        self.done += 1
        return f"worked {n}"


LIMITS: list[tuple[dict[str, Any], int, str]] = [
    ({"max_turns": 1}, 0, "max_turns=1"),
    ({"max_turns": 3}, 2, "max_turns=3"),
    ({"limits": llm.UsageLimits(requests=3)}, 2, "requests=3"),
    ({"limits": llm.UsageLimits(requests=0)}, 0, "requests=0"),
    ({"limits": llm.UsageLimits(tool_calls=5)}, 2, "tool_calls=5"),
    ({"limits": llm.UsageLimits(tool_calls=4)}, 2, "tool_calls=4"),
    ({"limits": llm.UsageLimits(tool_calls=1)}, 0, "tool_calls=1"),
    ({"limits": llm.UsageLimits(input_tokens=201)}, 2, "input_tokens=201"),
    ({"limits": llm.UsageLimits(input_tokens=200)}, 1, "input_tokens=200"),
    ({"limits": llm.UsageLimits(output_tokens=20)}, 1, "output_tokens=20"),
]


@pytest.mark.parametrize(("options", "rounds", "limit"), LIMITS, ids=lambda value: str(value)[:60])
def test_a_run_that_would_exceed(
    way: Way, options: dict[str, Any], rounds: int, limit: str
) -> None:
    worker = Worker()
    with simulate(SCRIPT) as simulator:
        first = way.ask(llm.Model(MODELS[2]), "Go.", tools=[way.tool(worker.work)])
        with pytest.raises(llm.RunLimitExceeded, match=limit) as raised:
            way.run(first, **options)
        error = raised.value
        assert error.limit == limit
        assert len(simulator.requests) == rounds + 1
        assert worker.done == 2 * rounds
        kept = error.response
        assert len(kept.rounds) == rounds
        assert len(kept.tool_calls) == 2
        assert kept.is_read
        with pytest.raises(llm.RunLimitExceeded):  # it counts on
            way.run(kept, **options)
        response = way.run(kept)
    assert response.text() == "Done."
    assert worker.done == 6
    assert outputs_answer_calls(response.messages)
    assert pickle.loads(pickle.dumps(error)).limit == limit


@pytest.mark.parametrize(
    "options",
    [
        {"max_turns": 4},
        {"limits": llm.UsageLimits(requests=4, tool_calls=6)},
        {"limits": llm.UsageLimits(input_tokens=301, output_tokens=31)},
        {"limits": None, "max_turns": None},
    ],
    ids=str,
)
def test_a_run_that_is_within(way: Way, options: dict[str, Any]) -> None:
    worker = Worker()
    with simulate(SCRIPT):
        first = way.ask(llm.Model(MODELS[0]), "Go.", tools=[way.tool(worker.work)])
        response = way.run(first, **options)
    assert response.text() == "Done."
    assert [one.usage.input_tokens for one in response.rounds] == [100, 100, 100]


def test_a_run_without_an_end_ends(way: Way) -> None:
    with simulate():  # the patient model calls the tool for ever when it has to
        model = llm.Model(MODELS[0], tool_choice="required")
        first = way.ask(model, "Go.", tools=[way.tool(Worker().work)])
        with pytest.raises(llm.RunLimitExceeded, match="max_turns=50") as raised:
            way.run(first)
    assert len(raised.value.response.rounds) == 49


def test_a_question_asked_anew_counts_anew(way: Way) -> None:
    worker = Worker()
    with simulate([CALL, "Done.", CALL, "Done."]):
        first = way.ask(llm.Model(MODELS[0]), "Go.", tools=[way.tool(worker.work)])
        response = way.run(first, max_turns=2)
        response = way.run(way.resume(response, "Again."), max_turns=2)
    assert len(response.rounds) == 1


def test_requests_that_failed_count(way: Way) -> None:
    worker = Worker()
    broken = Turn(fault=Status(503))
    script = [CALL, broken, CALL, "Done."]
    model = llm.retry(llm.Model(MODELS[0]), initial_delay=0)
    with simulate(script):
        first = way.ask(model, "Go.", tools=[way.tool(worker.work)])
        with pytest.raises(llm.RunLimitExceeded, match="requests=3") as raised:
            way.run(first, limits=llm.UsageLimits(requests=3))
        assert len(raised.value.response.rounds) == 1
        assert way.run(first, limits=llm.UsageLimits(requests=4)).text() == "Done."


def test_the_limit_in_a_run_of_turns(way: Way) -> None:
    worker = Worker()
    with simulate(SCRIPT):
        first = way.ask(llm.Model(MODELS[0]), "Go.", tools=[way.tool(worker.work)])
        run = way.run_stream(first, max_turns=2)
        with pytest.raises(llm.RunLimitExceeded):
            way.list(run)
        assert len(run.response.rounds) == 1


class Priced(llm.Response[None]):
    price: float | None = 0.3

    @property
    def cost(self) -> Any:
        return self.price


def priced(response: llm.Response[None], price: float | None) -> Any:
    other = Priced.__new__(Priced)
    vars(other).update(vars(response))
    other.price = price
    return other


def test_cost() -> None:
    worker = Worker()
    limits = llm.UsageLimits(cost=0.25)
    with simulate([CALL, "Done."]):
        response = llm.Model(MODELS[0]).call("Go.", tools=[llm.tool(worker.work)])
        with pytest.raises(llm.RunLimitExceeded, match=r"cost=0\.25"):
            priced(response, 0.3).run(limits=limits)
        with pytest.raises(ValueError, match="costs is not known"):
            priced(response, None).run(limits=limits)
        assert worker.done == 0
        after = priced(response, 0.2).run(limits=limits)
    assert after.rounds[0].cost == 0.2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("requests", -1),
        ("requests", 1.5),
        ("tool_calls", True),
        ("input_tokens", "3"),
        ("cost", math.nan),
        ("cost", -0.1),
    ],
)
def test_wrong_limits(name: str, value: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"{name} takes"):
        llm.UsageLimits(**{name: value})
