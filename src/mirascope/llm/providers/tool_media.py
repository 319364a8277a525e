"""Media that tools returned, on wires whose tool outputs cannot hold them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from mirascope.llm.content import Text, ToolOutput, UserContentPart
from mirascope.llm.content.tool_output import ToolMedia
from mirascope.llm.messages import Message, UserMessage

__all__ = ["media_apart"]

_ELSEWHERE = "The output follows, in a message of the user."
"""The text of an output that has no other: an empty one would say that nothing came of the call."""


def _none(medium: ToolMedia) -> bool:
    return False


def media_apart(
    messages: Sequence[Message], holds: Callable[[ToolMedia], bool] = _none
) -> list[Message]:
    """Return the messages with media of tool outputs as parts of the user's, after all outputs.

    Before those of each output stands which tool they are from. There are as many messages as
    before: the parts stand in the last of the turn's that has an output, since between calls and
    their outputs nothing else may.

    Args:
        messages: The conversation.
        holds: Whether the output of a tool may hold it on this wire.
    """
    apart = list(messages)
    moved: list[UserContentPart] = []
    last = -1
    for index, message in enumerate(messages):
        if message.role == "user" and any(part.type == "tool_output" for part in message.content):
            last = index
            content = [_without(part, holds, moved) for part in message.content]
            if moved:
                apart[index] = replace(message, content=content)
        elif message.role == "assistant":
            _put(moved, apart, last)
            moved = []
    _put(moved, apart, last)
    return apart


def _without(
    part: UserContentPart, holds: Callable[[ToolMedia], bool], moved: list[UserContentPart]
) -> UserContentPart:
    """Return a part without media that an output cannot hold, which are added to `moved`."""
    if not isinstance(part, ToolOutput):
        return part
    output: ToolOutput[Any] = part
    out = [medium for medium in output.media if not holds(medium)]
    if not out:
        return output
    moved += [Text(text=f"From the output of the tool {output.name}:"), *out]
    held = [medium for medium in output.media if holds(medium)]
    result = _ELSEWHERE if output.result == "" and not held else output.result
    return replace(output, result=result, media=held)


def _put(moved: list[UserContentPart], messages: list[Message], index: int) -> None:
    """Put the parts after the last output in the message of this index."""
    message = messages[index]
    if not moved or not isinstance(message, UserMessage):
        return
    content = list(message.content)
    after = max(n for n, part in enumerate(content) if part.type == "tool_output") + 1
    messages[index] = replace(message, content=[*content[:after], *moved, *content[after:]])
