"""A computer among the tools that a request offers, as all wires read it."""

from __future__ import annotations

from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.wires.asked import ToolOffer

__all__ = ["computer_offer"]


def computer_offer(*actions: str) -> ToolOffer:
    """Return the offer; the vendor's models know its actions, of which these can always be done."""
    action = {"type": "string", "enum": list(actions)}
    schema: dict[str, object] = {
        "type": "object",
        "properties": {"action": action},
        "required": ["action"],
        "additionalProperties": True,
    }
    return ToolOffer(name=COMPUTER, schema=schema)
