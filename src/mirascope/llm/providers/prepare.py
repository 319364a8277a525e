"""From what the caller said to what goes on a wire: format resolved, instructions merged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mirascope.llm.content import Text
from mirascope.llm.formatting import Format, FormattingMode, resolve_format
from mirascope.llm.layering import Request
from mirascope.llm.messages import Message, SystemMessage

__all__ = ["prepare"]


def prepare(
    request: Request, default_mode: FormattingMode | Callable[[Request], FormattingMode]
) -> Request:
    """Return `request` with its format resolved and the format's instructions in its messages.

    Args:
        request: What is asked; its `format_spec` counts.
        default_mode: How the format is asked for when the caller does not say.
    """
    spec = request.format_spec
    if spec is None:
        return request
    if isinstance(spec, Format):
        mode = spec.mode
    else:
        mode = default_mode(request) if callable(default_mode) else default_mode
    format = resolve_format(spec, mode)
    if format is None:
        return request
    instructions = format.formatting_instructions
    messages = _instructed(request.messages, instructions) if instructions else request.messages
    return replace(request, format=format, messages=messages)


def _instructed(messages: Sequence[Message], instructions: str) -> Sequence[Message]:
    """Return `messages` with the instructions at the end of the system message.

    They are not added again when they are there already, so that a resumed conversation stays as
    it was.
    """
    first = messages[0] if messages else None
    if not isinstance(first, SystemMessage):
        return [SystemMessage(content=Text(text=instructions)), *messages]
    if first.content.text.endswith(instructions):
        return messages
    return [
        SystemMessage(content=Text(text=f"{first.content.text}\n{instructions}")),
        *messages[1:],
    ]
