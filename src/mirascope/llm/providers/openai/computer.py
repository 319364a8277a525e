"""A computer on the Responses API: the tool, its calls, and what they show.

Source: https://platform.openai.com/docs/guides/tools-computer-use and the reference of the
Responses API (2025-12). Not run against the vendor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_text
from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.messages import Message
from mirascope.llm.providers.encoding import parse_json_object
from mirascope.llm.tools import AnyToolFn, ComputerSchema
from mirascope.llm.tools.computer import COMPUTER

__all__ = [
    "BLANK",
    "CHECKS",
    "COMPUTER_TYPE",
    "action_of",
    "encode_call",
    "encode_computer",
    "encode_screenshot",
    "safety_checks",
]

COMPUTER_TYPE = "computer_use_preview"
CHECKS = "pending_safety_checks"
BLANK = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNg"
    "AAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""What is shown after an action that showed nothing, for the wire takes no output without it."""


def encode_computer(computer: ComputerSchema[AnyToolFn]) -> dict[str, object]:
    """Return the tool in the wire's form."""
    return {
        "type": COMPUTER_TYPE,
        "display_width": computer.width,
        "display_height": computer.height,
        "environment": computer.environment,
    }


def encode_call(call: ToolCall) -> dict[str, object]:
    """Return the item that a call is."""
    action: dict[str, object] = dict(parse_json_object(call.args))
    checks = as_list(action.pop(CHECKS, None))
    name = as_text(action.pop("action", None))
    return {
        "type": "computer_call",
        "id": f"cu_{call.id}",
        "call_id": call.id,
        "action": {**action, "type": name},
        CHECKS: checks,
        "status": "completed",
    }


def action_of(item: JsonObject) -> str:
    """Return the arguments of the call that an item is: the action, and what is to be confirmed."""
    action = dict(as_object(item.get("action")))
    name = as_text(action.pop("type", None))
    action.pop("action", None)  # our key is the one that says what is done
    args: dict[str, object] = {"action": name, **action}
    if checks := as_list(item.get(CHECKS)):
        args[CHECKS] = checks
    return msgspec.json.encode(args).decode()


def safety_checks(messages: Sequence[Message]) -> dict[str, list[object]]:
    """Return what the vendor wants to be confirmed, by the ids of calls."""
    checks: dict[str, list[object]] = {}
    for message in messages:
        if message.role == "assistant":
            for part in message.content:
                if isinstance(part, ToolCall) and part.name == COMPUTER:
                    checks[part.id] = as_list(parse_json_object(part.args).get(CHECKS))
    return checks


def encode_screenshot(
    output: ToolOutput[Any], shown: JsonObject, checks: list[object]
) -> dict[str, object]:
    """Return what came of an action; what was done is what was confirmed.

    Args:
        output: What the tool gave.
        shown: Where the screenshot is.
        checks: What the vendor wants to be confirmed.
    """
    item: dict[str, object] = {
        "type": "computer_call_output",
        "call_id": output.id,
        "output": {"type": "computer_screenshot", **shown},
    }
    if checks and output.error is None:
        item["acknowledged_safety_checks"] = checks
    return item
