"""A computer among the tools that a request offers, as all wires read it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import cast

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_text
from mirascope.llm.content import AssistantContentPart, ToolCall, ToolOutput, UserContentPart
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.wires.asked import ToolOffer
from mirascope.llm.wires.parts import arguments
from mirascope.llm.wires.wire import compact

__all__ = ["acted", "computer_item", "computer_offer", "read_computer_item", "shown"]


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


def acted(part: AssistantContentPart, declared: AbstractSet[str] | None) -> AssistantContentPart:
    """Return a part of Google's model; a call of a function that nobody declared is an action.

    Args:
        part: The part.
        declared: The functions that were; None where the model has no computer.
    """
    if declared is None or not isinstance(part, ToolCall) or part.name in declared:
        return part
    args = compact({"action": part.name, **arguments(part.args)})
    return ToolCall(id=part.id, name=COMPUTER, args=args)


def shown(part: UserContentPart, declared: AbstractSet[str] | None) -> UserContentPart:
    """Return what came of a call, see `acted`, without what Google's wire alone wants in it."""
    if declared is None or not isinstance(part, ToolOutput) or part.name in declared:
        return part
    output: ToolOutput[Jsonable] = part
    fields = dict(as_object(output.result))
    fields.pop("safety_acknowledgement", None)
    if not fields.get("url"):
        fields.pop("url", None)
    if "error" in fields:
        told = fields["error"] if isinstance(fields["error"], str) else compact(fields["error"])
        error = ToolExecutionError(told)
        return ToolOutput(id=output.id, name=COMPUTER, result=told, error=error)
    result = cast("Jsonable", fields.get("output", fields or ""))
    return replace(output, name=COMPUTER, result=result)
