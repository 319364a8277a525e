"""The events that a whole answer could have come in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mirascope.llm.content import (
    Text,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.responses.chunks import Event, FromCache, RawMessageChunk
from mirascope.llm.responses.finish_reason import FinishReasonChunk
from mirascope.llm.responses.usage import UsageDeltaChunk

if TYPE_CHECKING:
    from mirascope.llm.responses.base_response import BaseResponse

__all__ = ["events_of"]


def events_of(response: BaseResponse[Any, Any]) -> list[Event]:
    """Return a log of the answer: one delta a part, then what is known about it, without an end."""
    events: list[Event] = []
    if response.cached_at is not None:
        events.append(FromCache(stored=response.cached_at))
    for number, part in enumerate(response.content, 1):
        id = f"part_{number}"
        if isinstance(part, Text):
            events += [TextStartChunk(id=id), TextChunk(id=id, delta=part.text)]
            events.append(TextEndChunk(id=id))
        elif isinstance(part, Thought):
            events += [ThoughtStartChunk(id=id), ThoughtChunk(id=id, delta=part.thought)]
            events.append(ThoughtEndChunk(id=id))
        else:
            events.append(ToolCallStartChunk(id=part.id, name=part.name))
            events.append(ToolCallChunk(id=part.id, delta=part.args))
            events.append(ToolCallEndChunk(id=part.id))
    if response.usage is not None:
        usage = response.usage
        events.append(
            UsageDeltaChunk(
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cache_read_tokens=usage.cache_read_tokens,
                cache_write_tokens=usage.cache_write_tokens,
                reasoning_tokens=usage.reasoning_tokens,
                provider_tool_usage=usage.provider_tool_usage,
                raw=usage.raw,
            )
        )
    for message in reversed(response.messages):  # the answer is the last, unless a user added some
        if isinstance(message, AssistantMessage):
            if message.raw_message is not None:
                events.append(RawMessageChunk(raw_message=message.raw_message))
            break
    if response.finish_reason is not None:
        events.append(FinishReasonChunk(finish_reason=response.finish_reason))
    return [*events, *(replace(attempt, discards=False) for attempt in response.attempts)]
