"""The events that a whole answer could have come in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mirascope.llm.content import (
    AssistantContentPart,
    Audio,
    AudioChunk,
    AudioEndChunk,
    AudioStartChunk,
    CitationChunk,
    Image,
    ImageChunk,
    ProviderToolCall,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    Text,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCall,
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

__all__ = ["events_of", "events_of_part"]


def events_of(response: BaseResponse[Any, Any]) -> list[Event]:
    """Return a log of the answer: one delta a part, then what is known about it, without an end."""
    events: list[Event] = []
    if response.cached_at is not None:
        events.append(FromCache(stored=response.cached_at))
    if response.rate_limits is not None:
        events.append(response.rate_limits)
    for number, part in enumerate(response.content, 1):
        events += events_of_part(part, f"part_{number}")
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


def events_of_part(part: AssistantContentPart, id: str) -> list[Event]:
    """Return the events of a part; those that have no id of their own get this one."""
    match part:
        case Text():
            cited = [CitationChunk(id=id, citation=citation) for citation in part.citations]
            begun: list[Event] = [TextStartChunk(id=id), TextChunk(id=id, delta=part.text)]
            return [*begun, *cited, TextEndChunk(id=id)]
        case Thought():
            thought = ThoughtChunk(id=id, delta=part.thought)
            return [ThoughtStartChunk(id=id), thought, ThoughtEndChunk(id=id)]
        case ToolCall():
            args = ToolCallChunk(id=part.id, delta=part.args)
            return [
                ToolCallStartChunk(id=part.id, name=part.name),
                args,
                ToolCallEndChunk(id=part.id),
            ]
        case ProviderToolCall():
            asked = ProviderToolCallChunk(id=part.id, delta=part.args)
            return [
                ProviderToolCallStartChunk(id=part.id, name=part.name),
                asked,
                ProviderToolCallEndChunk(id=part.id),
            ]
        case ProviderToolOutput():
            return [ProviderToolOutputChunk(output=part)]
        case Image():
            return [ImageChunk(id=id, image=part)]
        case Audio():
            source = part.source
            said = AudioChunk(id=id, delta=source.data, transcript=part.transcript or "")
            return [
                AudioStartChunk(id=id, mime_type=source.mime_type),
                said,
                AudioEndChunk(id=id),
            ]
