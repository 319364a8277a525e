"""From what the caller said to what goes on a wire: format resolved, instructions merged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from mirascope.llm.content import Text, ToolCall, ToolOutput
from mirascope.llm.exceptions import ToolError
from mirascope.llm.formatting import Format, FormattingMode, resolve_format
from mirascope.llm.layering import Request
from mirascope.llm.messages import Message, SystemMessage, UserMessage
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["answered", "prepare"]

_logger = logging.getLogger(__name__)


def prepare(
    request: Request,
    default_mode: FormattingMode | Callable[[Request], FormattingMode],
    enforces: Callable[[Request, Mapping[str, object]], bool] | None = None,
) -> Request:
    """Return `request` as a wire can carry it.

    Its format is resolved, with the format's instructions in the messages, and every tool call has
    an output.

    Args:
        request: What is asked; its `format_spec` counts.
        default_mode: How the format is asked for when the caller does not say.
        enforces: Whether an answer can be held to a schema; one that cannot is asked for by a tool
            rather than ``strict``, and whoever has said ``strict`` is told so in the log.
    """
    messages = answered(request.messages)
    if messages is not request.messages:
        request = replace(request, messages=messages)
    spec = request.format_spec
    if spec is None:
        return request
    if isinstance(spec, Format):
        mode = spec.mode
    else:
        mode = default_mode(request) if callable(default_mode) else default_mode
    format = resolve_format(request.format_spec, mode)
    if format is None:
        return request
    if format.mode == "strict" and enforces is not None and not enforces(request, format.schema):
        if isinstance(spec, Format):
            _logger.warning(
                "The format %s is asked for in mode 'tool' instead of 'strict': some part of its "
                "schema cannot be enforced (provider: %s, model: %s)",
                format.name,
                request.provider_id,
                request.model_id,
            )
        format = replace(format, mode="tool")
    instructions = format.formatting_instructions
    messages = _instructed(request.messages, instructions) if instructions else request.messages
    return replace(request, format=format, messages=messages)


def answered(messages: Sequence[Message]) -> Sequence[Message]:
    """Return `messages` with an output for each tool call that got none.

    Vendors refuse a conversation in which calls go unanswered, as they do when somebody answers
    something else, or runs only some of the tools. The model is told that the call was not run.
    """
    made: list[Message] = []
    changed = False
    for index, message in enumerate(messages):
        made.append(message)
        if message.role != "assistant":
            continue
        calls = [part for part in message.content if isinstance(part, ToolCall)]
        if not calls:
            continue
        following = list(takewhile(lambda m: m.role != "assistant", messages[index + 1 :]))
        outputs = {
            part.id
            for after in following
            if after.role == "user"
            for part in after.content
            if isinstance(part, ToolOutput)
        }
        if missing := [call for call in calls if call.id not in outputs]:
            changed = True
            made.append(UserMessage(content=[_not_run(call) for call in missing]))
    return made if changed else messages


def _not_run(call: ToolCall) -> ToolOutput[Jsonable]:
    error = ToolError("The call was not run.")
    return ToolOutput(id=call.id, name=call.name, result=str(error), error=error)


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
