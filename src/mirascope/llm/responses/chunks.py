"""The events of an answer that carry no content, and the unions of all there are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from typing_extensions import TypeIs

from mirascope.llm.content import AssistantContentChunk
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.finish_reason import FinishReasonChunk
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.state import StreamState
from mirascope.llm.responses.usage import UsageDeltaChunk
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AnswerEnd",
    "AnsweredBy",
    "AsyncChunkIterator",
    "ChunkIterator",
    "Event",
    "FromCache",
    "RawMessageChunk",
    "RawStreamEventChunk",
    "Seam",
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
class Seam:
    """The answer broke off here, and goes on in the answer to another request.

    It is between two attempts, and between two pieces of one text: what is said after it follows
    what was said before it, in the same text part.
    """

    type: Literal["seam"] = "seam"
    failed: str
    """The id of the model whose answer broke off."""
    model: str
    """The id of the model that goes on, perhaps the same."""
    error: BaseException | None = None
    """What broke it off."""
    dropped: list[str | None] = field(default_factory=list[str | None])
    """The ids of the thoughts that are void: they led to nothing that was said."""


@dataclass(kw_only=True, slots=True)
class FromCache:
    """The answer was not asked for now, but kept from before."""

    type: Literal["from_cache"] = "from_cache"
    stored: float
    """When it was asked for, in seconds since the epoch."""


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
    | FromCache
    | RateLimits
    | Attempt
    | Seam
    | AnswerEnd
)
"""What the log of an answer is made of. A response can be built from events, too."""

ChunkIterator: TypeAlias = Iterator[StreamResponseChunk | Event]
AsyncChunkIterator: TypeAlias = AsyncIterator[StreamResponseChunk | Event]

_NO_CONTENT = (
    FinishReasonChunk,
    RawMessageChunk,
    UsageDeltaChunk,
    AnsweredBy,
    FromCache,
    RateLimits,
    Attempt,
    Seam,
    AnswerEnd,
)


def is_content(event: Event) -> TypeIs[AssistantContentChunk]:
    """Return whether `event` is a piece of the answer itself."""
    return not isinstance(event, _NO_CONTENT)
