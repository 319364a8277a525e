"""From what the caller said to a `Request`: format resolved, instructions merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mirascope.llm.content import Text
from mirascope.llm.formatting import Format, FormatSpec, resolve_format
from mirascope.llm.messages import Message, SystemMessage
from mirascope.llm.providers.codec import Codec, Request

__all__ = ["prepare"]


def prepare(request: Request, codec: Codec, spec: FormatSpec[Any] | None) -> Request:
    """Return `request` with its format resolved and the format's instructions in its messages."""
    if spec is None:
        return request
    mode = spec.mode if isinstance(spec, Format) else codec.default_mode(request)
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
