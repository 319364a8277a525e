"""A computer among the tools that a request offers, as all wires read it."""

from __future__ import annotations

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_text
from mirascope.llm.content import ToolCall
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.wires.asked import ToolOffer
from mirascope.llm.wires.parts import arguments
from mirascope.llm.wires.wire import compact

__all__ = ["computer_item", "computer_offer", "read_computer_item"]


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


def computer_item(args: str) -> dict[str, object]:
    """Return what an item of OpenAI's says of an action: all but its ids and status."""
    action = dict(arguments(args))
    checks = as_list(action.pop("pending_safety_checks", None))
    return {
        "action": {"type": action.pop("action", ""), **action},
        "pending_safety_checks": checks,
    }


def read_computer_item(item: JsonObject) -> ToolCall:
    """Return the call that an item of OpenAI's is."""
    action = dict(as_object(item.get("action")))
    args: dict[str, object] = {"action": action.pop("type", ""), **action}
    if checks := as_list(item.get("pending_safety_checks")):
        args["pending_safety_checks"] = checks
    return ToolCall(id=as_text(item.get("call_id")), name=COMPUTER, args=compact(args))
