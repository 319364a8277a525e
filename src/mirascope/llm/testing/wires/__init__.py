"""The server's side of the vendors' wires. They share no code with the codecs, on purpose."""

from __future__ import annotations

from mirascope.llm.testing.wires.chat import ChatWire
from mirascope.llm.testing.wires.generate_content import GenerateContentWire
from mirascope.llm.testing.wires.messages import MessagesWire
from mirascope.llm.testing.wires.responses import ResponsesWire
from mirascope.llm.testing.wires.wire import Frame, Incoming, InvalidRequest, Wire

__all__ = ["WIRES", "Frame", "Incoming", "InvalidRequest", "Wire", "wire_for"]

WIRES: tuple[Wire, ...] = (ChatWire(), ResponsesWire(), MessagesWire(), GenerateContentWire())


def wire_for(path: str) -> Wire | None:
    """Return the wire that a request's path belongs to."""
    return next((wire for wire in WIRES if wire.takes(path)), None)
