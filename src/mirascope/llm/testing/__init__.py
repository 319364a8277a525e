"""A simulated model for tests, demos and first steps: no network, no key, every provider's wire.

with simulate(["Hello!", Turn(fault=Status(429, retry_after=1))]) as simulator:
    ...
assert simulator.requests[0].model == "gpt-5-mini"
"""

from mirascope.llm.testing.conversation import Said, ToolOffer, ToolResult, TurnRequest
from mirascope.llm.testing.faults import Cut, Fault, Malformed, Stall, Status, StreamError
from mirascope.llm.testing.script import ScriptedTurn, ScriptExhausted, Turn
from mirascope.llm.testing.script_file import load_script
from mirascope.llm.testing.simulator import RecordedRequest, Simulator, simulate

__all__ = [
    "Cut",
    "Fault",
    "Malformed",
    "RecordedRequest",
    "Said",
    "ScriptExhausted",
    "ScriptedTurn",
    "Simulator",
    "Stall",
    "Status",
    "StreamError",
    "ToolOffer",
    "ToolResult",
    "Turn",
    "TurnRequest",
    "load_script",
    "simulate",
]
