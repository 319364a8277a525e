"""Tools that return images, in a run."""

from __future__ import annotations

from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate

from .ways import MODELS, Way
from .ways import way as way  # a fixture

IMAGE = llm.Image.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(8))
LOOKS = Turn(tool_calls=[("look", {"at": "harbour"}), ("look", {"at": "beach"})])


def look(at: str) -> list[str | llm.Image]:
    """Look at something."""
    return [f"The {at}:", IMAGE]


def outputs_in(messages: Any) -> list[Any]:
    return [
        part
        for message in messages
        if message.role == "user"
        for part in message.content
        if part.type == "tool_output"
    ]


@pytest.mark.parametrize("model_id", MODELS)
@pytest.mark.parametrize("eager", [False, True])
def test_the_model_is_shown_them(way: Way, model_id: str, eager: bool) -> None:
    tools: list[Any] = [way.tool(look, eager=eager)]
    with simulate([LOOKS, "Blue."]) as simulator:
        response = way.run(way.ask(llm.Model(model_id), "Look.", tools=tools))
    assert response.text() == "Blue."
    outputs = outputs_in(response.messages)
    assert [output.result for output in outputs] == ["The harbour:", "The beach:"]
    assert [output.media for output in outputs] == [[IMAGE], [IMAGE]]
    data: Any = IMAGE.source
    assert str(simulator.requests[1].body).count(data.data) == 2


@pytest.mark.parametrize("model_id", MODELS)
def test_they_wait_for_an_approval_in_another_process(way: Way, model_id: str) -> None:
    def pay() -> str:
        """Pay."""
        return "paid"

    tools: list[Any] = [way.tool(pay, requires_approval=True), way.tool(look)]
    turn = Turn(tool_calls=[("pay", {}), ("look", {"at": "receipt"})])
    with simulate([turn, "Done."]):
        first = way.ask(llm.Model(model_id), "Buy.", tools=tools)
        paused = way.run(first)
        [call] = paused.pending_approvals
        paused.approve(call)
        response = way.run(way.load(first, paused.to_json(), tools=tools))
    paid, seen = outputs_in(response.messages)
    assert (paid.result, paid.media) == ("paid", [])
    assert (seen.result, seen.media) == ("The receipt:", [IMAGE])
