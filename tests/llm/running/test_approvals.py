"""Calls that wait for somebody's decision, here or in another process."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate

from .ways import MODELS, Way, outputs_answer_calls
from .ways import way as way  # a fixture

CALLS = Turn(tool_calls=[("pay", {"sum": 5}), ("look", {}), ("pay", {"sum": 700})])


class Shop:
    def __init__(self) -> None:
        self.paid: list[int] = []
        self.looked = 0

    def pay(self, sum: int) -> str:
        """Pay."""
        self.paid.append(sum)
        return f"paid {sum}"

    def look(self) -> str:
        """Look."""
        self.looked += 1
        return "seen"

    def tools(self, way: Way) -> list[Any]:
        return [way.tool(self.pay, requires_approval=True), way.tool(self.look)]


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("saved", [False, True])
def test_paused_decided_and_on(way: Way, model_id: str, saved: bool) -> None:
    shop = Shop()
    with simulate([CALLS, "Thanks."]) as simulator:
        first = way.ask(llm.Model(model_id), "Buy.", tools=shop.tools(way))
        paused = way.run(first)
        assert paused is first
        assert [json.loads(call.args) for call in paused.pending_approvals] == [
            {"sum": 5},
            {"sum": 700},
        ]
        assert (shop.paid, shop.looked) == ([], 1)
        assert way.run(paused) is paused  # still
        paused.approve(paused.pending_approvals[0])
        if saved:
            paused = way.load(first, paused.to_json(), tools=shop.tools(way))
        (last,) = paused.pending_approvals
        assert way.run(paused) is paused
        assert shop.paid == [5]
        paused.deny(last, "Too much.")
        if saved:
            paused = way.load(first, paused.to_json(), tools=shop.tools(way))
        assert paused.pending_approvals == []
        response = way.run(paused)
    assert response.text() == "Thanks."
    assert (shop.paid, shop.looked) == ([5], 1)
    outputs = response.rounds[0].outputs
    assert [output.result for output in outputs] == ["paid 5", "seen", "Too much."]
    assert outputs[2].error == llm.ToolError("Too much.")
    assert outputs_answer_calls(response.messages)
    assert "Too much." in str(simulator.requests[1].body)


def test_the_loop_by_hand_asks_too(way: Way) -> None:
    shop = Shop()
    with simulate([CALLS, "Thanks."]):
        response = way.ask(llm.Model(MODELS[0]), "Buy.", tools=shop.tools(way))
        way.finish(response)
        with pytest.raises(llm.ApprovalRequired, match="Not approved yet: pay, pay") as raised:
            way.execute_tools(response)
        assert raised.value.calls == response.pending_approvals
        assert (shop.paid, shop.looked) == ([], 0)
        for call in response.pending_approvals:
            response.approve(call)
        outputs = way.execute_tools(response)
        response = way.resume(response, outputs)
    assert [output.result for output in outputs] == ["paid 5", "seen", "paid 700"]
    assert shop.looked == 1


def test_what_was_run_before_the_pause_is_not_run_by_hand(way: Way) -> None:
    shop = Shop()
    with simulate([CALLS]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Buy.", tools=shop.tools(way)))
    response.deny(response.pending_approvals[1])
    response.approve(response.pending_approvals[0])
    outputs = way.execute_tools(response)
    assert [output.result for output in outputs] == ["paid 5", "seen", "The call was denied."]
    assert shop.looked == 1


def test_turns_are_shown_once_around_a_pause(way: Way) -> None:
    shop = Shop()
    with simulate([CALLS, "Thanks."]):
        run = way.run_stream(way.ask(llm.Model(MODELS[2]), "Buy.", tools=shop.tools(way)))
        assert len(way.list(run)) == way.streams
        assert way.list(run) == []
        for call in run.response.pending_approvals:
            run.response.approve(call)
        (last,) = way.list(way.run_stream(run.response))
    assert last.text() == "Thanks."


def test_what_can_be_decided(way: Way) -> None:
    shop = Shop()
    with simulate([CALLS]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Buy.", tools=shop.tools(way)))
    pay, look, _ = response.tool_calls
    forged = llm.ToolCall(id=pay.id, name="pay", args='{"sum": 1000000}')
    with pytest.raises(ValueError, match="no such call of pay"):
        response.approve(forged)
    with pytest.raises(ValueError, match="run or answered already"):
        response.deny(look)
    with pytest.raises(TypeError, match=r"call takes an llm\.ToolCall"):
        response.approve(pay.id)
    with pytest.raises(TypeError, match="message takes text"):
        response.deny(pay, None)
    response.approve(pay)
    response.deny(pay)  # one may think better of it, until it is run
    with pytest.raises(ValueError, match="run or answered already"):
        response.approve(pay)
    assert shop.paid == []


def test_an_approval_is_of_these_arguments(way: Way) -> None:
    """An id that a server gives to another call, or a file that was edited, approves nothing."""
    shop = Shop()
    with simulate([CALLS]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Buy.", tools=shop.tools(way)))
    response.approve(response.pending_approvals[0])
    text = json.loads(response.to_json())
    text["calls"]["approved"][0]["args"] = '{"sum": 1}'
    loaded = way.load(response, json.dumps(text), tools=shop.tools(way))
    assert len(loaded.pending_approvals) == 2


def test_any_call_may_be_denied(way: Way) -> None:
    shop = Shop()
    with simulate([Turn(tool_calls=[("look", {})]), "Well."]):
        response = way.ask(llm.Model(MODELS[0]), "Look.", tools=shop.tools(way))
        way.finish(response)
        response.deny(response.tool_calls[0], "Not now.")
        after = way.run(response)
    assert shop.looked == 0
    assert [one.result for one in after.rounds[0].outputs] == ["Not now."]


def test_eager_and_careful(way: Way) -> None:
    shop = Shop()
    tool = way.tool(shop.pay, requires_approval=True, eager=True)
    with simulate([Turn(tool_calls=[("pay", {"sum": 5})], chunk_size=1)]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Buy.", tools=[tool]))
    assert len(response.pending_approvals) == 1
    assert shop.paid == []


def test_copies_keep_what_was_decided() -> None:
    shop = Shop()
    way = Way("call")
    with simulate([CALLS]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Buy.", tools=shop.tools(way)))
    response.approve(response.pending_approvals[0])
    copied = copy.deepcopy(response)
    copied.approve(copied.pending_approvals[0])
    assert (len(response.pending_approvals), len(copied.pending_approvals)) == (1, 0)
    assert [*copied.call_record.outputs.values()] == [*response.call_record.outputs.values()]


def test_nothing_is_saved_where_nothing_was_decided(way: Way) -> None:
    shop = Shop()
    with simulate([CALLS]):
        response = way.ask(llm.Model(MODELS[0]), "Buy.", tools=shop.tools(way))
        way.finish(response)
    assert len(response.pending_approvals) == 2
    assert '"calls"' not in response.to_json()


@pytest.mark.parametrize(
    "calls",
    [3, {"outputs": 3}, {"outputs": [{"id": "x"}]}, {"approved": [{"type": "text", "text": "x"}]}],
    ids=repr,
)
def test_malformed_decisions(calls: Any) -> None:
    way = Way("call")
    with simulate(["Hello."]):
        text = json.loads(way.ask(llm.Model(MODELS[0]), "Hi.").to_json())
    text["calls"] = calls
    with pytest.raises(ValueError, match="calls"):
        llm.Response.from_json(json.dumps(text))


PROGRAM = """
import sys
from mirascope import llm
from mirascope.llm.testing import Turn, simulate

@llm.tool(requires_approval=True)
def pay(sum: int) -> str:
    "Pay."
    print("paying", sum)
    return f"paid {sum}"

path, act = sys.argv[1:]
if act == "ask":
    with simulate([Turn(tool_calls=[("pay", {"sum": 5})])]):
        response = llm.Model("anthropic/claude-haiku-4-5").stream("Buy.", tools=[pay]).run()
else:
    response = llm.StreamResponse.from_json(open(path).read(), tools=[pay])
    if act == "approve":
        response.approve(*response.pending_approvals)
    else:
        with simulate(["Thanks."]):
            response = response.run()
        print(response.text())
open(path, "w").write(response.to_json())
"""


def test_three_processes(tmp_path: Path) -> None:
    said = ""
    for act in ("ask", "approve", "go on"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(tmp_path / "saved.json"), act],
            capture_output=True,
            text=True,
            check=True,
        )
        said += done.stdout
    assert said == "paying 5\nThanks.\n"


@llm.tool(requires_approval=True)
def careful() -> str:
    """Be careful."""
    return "careful"


def test_pickles_keep_what_was_decided(way: Way) -> None:
    with simulate([Turn(tool_calls=[("careful", {})])]):
        response = way.run(way.ask(llm.Model(MODELS[0]), "Go.", tools=[careful]))
    assert len(pickle.loads(pickle.dumps(response)).pending_approvals) == 1
    response.approve(*response.pending_approvals)
    assert pickle.loads(pickle.dumps(response)).pending_approvals == []
