"""The events of an answer that carry no content, and the unions of all there are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from typing_extensions import TypeIs

from mirascope.llm.content import AssistantContentChunk
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.finish_reason import FinishReasonChunk
from mirascope.llm.responses.state import StreamState
from mirascope.llm.responses.usage import UsageDeltaChunk
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AnswerEnd",
    "AnsweredBy",
    "AsyncChunkIterator",
    "ChunkIterator",
    "Event",
    "RawMessageChunk",
    "RawStreamEventChunk",
    "StreamResponseChunk",
    "is_content",
]


@dataclass(kw_only=True, slots=True)
class RawStreamEventChunk:
    """An event of the provider's stream, as the provider wrote it."""

    type: Literal["raw_stream_event_chunk"] = "raw_stream_event_chunk"
    raw_stream_event: Any


@dataclass(kw_only=True, slots=True)
class RawMessageChunk:
    """The whole turn in the provider's own form; the last one wins."""

    type: Literal["raw_message_chunk"] = "raw_message_chunk"
    raw_message: Jsonable


@dataclass(kw_only=True, slots=True)
class AnsweredBy:
    """Who answers, where that is not who was asked: a layer sent the request elsewhere."""

    type: Literal["answered_by"] = "answered_by"
    provider_id: str
    model_id: str
    provider_model_name: str


@dataclass(kw_only=True, slots=True)
class AnswerEnd:
    """The answer is over; nothing follows."""

    type: Literal["answer_end"] = "answer_end"
    state: StreamState
    """How it ended; ``complete`` is the only good end."""
    error: BaseException | None = None
    """What ended it, when it did not complete."""


StreamResponseChunk: TypeAlias = (
    AssistantContentChunk
    | FinishReasonChunk
    | RawStreamEventChunk
    | RawMessageChunk
    | UsageDeltaChunk
)
"""Anything that a stream response can be built from."""

Event: TypeAlias = (
    AssistantContentChunk
    | FinishReasonChunk
    | RawMessageChunk
    | UsageDeltaChunk
    | AnsweredBy
    | Attempt
    | AnswerEnd
)
"""What the log of an answer is made of. A response can be built from events, too."""

ChunkIterator: TypeAlias = Iterator[StreamResponseChunk | Event]
AsyncChunkIterator: TypeAlias = AsyncIterator[StreamResponseChunk | Event]

_NO_CONTENT = (FinishReasonChunk, RawMessageChunk, UsageDeltaChunk, AnsweredBy, Attempt, AnswerEnd)


def is_content(event: Event) -> TypeIs[AssistantContentChunk]:
    """Return whether `event` is a piece of the answer itself."""
    return not isinstance(event, _NO_CONTENT)
