"""Test your own code without a key or a network: ``pytest examples/first_day/test_my_code.py``."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.testing import Cut, Status, Turn, simulate


class Ticket(BaseModel):
    topic: str
    urgent: bool


@llm.call("openai/gpt-5-mini", format=Ticket)
def triage(mail: str) -> str:
    return f"Sort this mail: {mail}"


def inbox(mail: str) -> str:
    """Return the folder for a mail: what is to be tested."""
    try:
        ticket = triage(mail).parse()
    except (llm.RateLimitError, llm.ServerError, llm.ParseError):
        return "by-hand"
    return f"urgent/{ticket.topic}" if ticket.urgent else ticket.topic


@pytest.mark.parametrize(("urgent", "folder"), [(True, "urgent/fire"), (False, "fire")])
def test_urgency_decides(urgent: bool, folder: str) -> None:
    with simulate(script=[Turn(json={"topic": "fire", "urgent": urgent})]) as simulator:
        assert inbox("The pier burns!") == folder
    assert "The pier burns!" in str(simulator.requests[0].body)


@pytest.mark.parametrize("turn", [Turn(fault=Status(429)), Turn(fault=Status(503)), "no JSON"])
def test_a_mail_is_never_lost(turn: Turn | str) -> None:
    with simulate(script=[turn]):
        assert inbox("Where is my boat?") == "by-hand"


def test_half_an_answer_is_not_taken_for_a_whole_one() -> None:
    with simulate(script=[Turn(text="Go at noon, but not", fault=Cut(clean=True))]):
        response = llm.Model("openai/gpt-5-mini").stream("When?")
        with pytest.raises(llm.StreamTruncatedError):
            response.finish()
        assert response.state == "truncated"
