"""The chunks that carry no content, and the union of all that a decoder may produce."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from mirascope.llm.content import AssistantContentChunk
from mirascope.llm.responses.finish_reason import FinishReasonChunk
from mirascope.llm.responses.usage import UsageDeltaChunk
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AsyncChunkIterator",
    "ChunkIterator",
    "RawMessageChunk",
    "RawStreamEventChunk",
    "StreamResponseChunk",
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


StreamResponseChunk: TypeAlias = (
    AssistantContentChunk
    | FinishReasonChunk
    | RawStreamEventChunk
    | RawMessageChunk
    | UsageDeltaChunk
)
"""Anything that a stream response can be built from."""

ChunkIterator: TypeAlias = Iterator[StreamResponseChunk]
AsyncChunkIterator: TypeAlias = AsyncIterator[StreamResponseChunk]
