"""The server's side of the vendors' wires: read a request, write an answer.

They share no code with the codecs, on purpose: what one side writes and the other reads, and the
other way round, shows that both are right.
"""

from __future__ import annotations

from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked, ToolOffer
from mirascope.llm.wires.chat import ChatWire
from mirascope.llm.wires.cohere import CohereWire
from mirascope.llm.wires.converse import ConverseWire
from mirascope.llm.wires.generate_content import GenerateContentWire
from mirascope.llm.wires.invoke import InvokeWire
from mirascope.llm.wires.messages import MessagesWire
from mirascope.llm.wires.responses import ResponsesWire
from mirascope.llm.wires.wire import Incoming, InvalidRequest, Wire
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = [
    "WIRES",
    "Asked",
    "Ending",
    "FormatAsked",
    "Frame",
    "Incoming",
    "InvalidRequest",
    "ThinkingAsked",
    "ToolOffer",
    "Wire",
    "Writer",
    "wire_for",
]

WIRES: tuple[Wire, ...] = (
    ChatWire(),
    ResponsesWire(),
    MessagesWire(),
    GenerateContentWire(),
    CohereWire(),
    ConverseWire(),
    InvokeWire(),
)


def wire_for(path: str) -> Wire | None:
    """Return the wire that a request's path belongs to."""
    return next((wire for wire in WIRES if wire.takes(path)), None)
