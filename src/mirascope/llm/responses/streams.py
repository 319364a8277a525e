"""Substreams: one object for each part of an answer while it arrives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

from mirascope.llm.content import (
    AssistantContentPart,
    Text,
    TextChunk,
    Thought,
    ThoughtChunk,
    ToolCall,
    ToolCallChunk,
)

__all__ = [
    "AsyncStream",
    "AsyncTextStream",
    "AsyncThoughtStream",
    "AsyncToolCallStream",
    "BaseAsyncStream",
    "BaseStream",
    "Stream",
    "TextStream",
    "ThoughtStream",
    "ToolCallStream",
]

ContentT = TypeVar("ContentT", bound=AssistantContentPart, covariant=True)
DeltaT = TypeVar("DeltaT", TextChunk, ThoughtChunk, ToolCallChunk)


class _Part(ABC, Generic[ContentT]):
    """What a substream has gathered so far; the same for both colours."""

    def __init__(self) -> None:
        self._deltas: list[str] = []

    def _partial(self) -> str:
        if len(self._deltas) > 1:
            self._deltas = ["".join(self._deltas)]
        return self._deltas[0] if self._deltas else ""

    @abstractmethod
    def _content(self) -> ContentT:
        """Return the part as gathered so far."""


class _TextPart(_Part[Text]):
    content_type: ClassVar[Literal["text"]] = "text"

    @property
    def partial_text(self) -> str:
        """Return the text so far."""
        return self._partial()

    def _content(self) -> Text:
        return Text(text=self._partial())


class _ThoughtPart(_Part[Thought]):
    content_type: ClassVar[Literal["thought"]] = "thought"

    @property
    def partial_thought(self) -> str:
        """Return the thought so far."""
        return self._partial()

    def _content(self) -> Thought:
        return Thought(thought=self._partial())


class _ToolCallPart(_Part[ToolCall]):
    content_type: ClassVar[Literal["tool_call"]] = "tool_call"
    tool_id: str
    tool_name: str

    @property
    def partial_args(self) -> str:
        """Return the JSON text of the arguments so far."""
        return self._partial()

    def _content(self) -> ToolCall:
        args = self._partial()
        return ToolCall(id=self.tool_id, name=self.tool_name, args=args if args.strip() else "{}")


class BaseStream(_Part[ContentT], Generic[ContentT, DeltaT]):
    """One part of an answer, as an iterator of its string deltas.

    The part gathered so far is updated before each delta is yielded. Iterating again goes on where
    the last iteration stopped; call `streams()` on the response again to start over.
    """

    def __init__(self, chunk_iterator: Iterator[DeltaT]) -> None:
        super().__init__()
        self._chunk_iterator: Iterator[DeltaT] = chunk_iterator

    def __iter__(self) -> Iterator[str]:
        """Yield the deltas that have not been yielded yet."""
        for chunk in self._chunk_iterator:
            self._deltas.append(chunk.delta)
            yield chunk.delta

    def collect(self) -> ContentT:
        """Read the part to its end and return it."""
        for _ in self:
            pass
        return self._content()


class BaseAsyncStream(_Part[ContentT], Generic[ContentT, DeltaT]):
    """As `BaseStream`, to be iterated with ``async for``; it is its own iterator."""

    def __init__(self, chunk_iterator: AsyncIterator[DeltaT]) -> None:
        super().__init__()
        self._chunk_iterator: AsyncIterator[DeltaT] = chunk_iterator

    def __aiter__(self) -> AsyncIterator[str]:
        """Return the deltas that have not been yielded yet."""
        return self

    async def __anext__(self) -> str:
        """Return the next delta; who is cancelled while waiting may ask again."""
        chunk = await anext(self._chunk_iterator)
        self._deltas.append(chunk.delta)
        return chunk.delta

    async def collect(self) -> ContentT:
        """Read the part to its end and return it."""
        async for _ in self:
            pass
        return self._content()


class TextStream(_TextPart, BaseStream[Text, TextChunk]):
    """Text as it arrives; `partial_text` holds what has arrived."""

    type: ClassVar[Literal["text_stream"]] = "text_stream"


class ThoughtStream(_ThoughtPart, BaseStream[Thought, ThoughtChunk]):
    """A thought as it arrives; `partial_thought` holds what has arrived."""

    type: ClassVar[Literal["thought_stream"]] = "thought_stream"


class ToolCallStream(_ToolCallPart, BaseStream[ToolCall, ToolCallChunk]):
    """A tool call's arguments as they arrive; `partial_args` holds what has arrived."""

    type: ClassVar[Literal["tool_call_stream"]] = "tool_call_stream"

    def __init__(
        self, tool_id: str, tool_name: str, chunk_iterator: Iterator[ToolCallChunk]
    ) -> None:
        super().__init__(chunk_iterator)
        self.tool_id = tool_id
        self.tool_name = tool_name


class AsyncTextStream(_TextPart, BaseAsyncStream[Text, TextChunk]):
    """As `TextStream`, asynchronous."""

    type: ClassVar[Literal["async_text_stream"]] = "async_text_stream"


class AsyncThoughtStream(_ThoughtPart, BaseAsyncStream[Thought, ThoughtChunk]):
    """As `ThoughtStream`, asynchronous."""

    type: ClassVar[Literal["async_thought_stream"]] = "async_thought_stream"


class AsyncToolCallStream(_ToolCallPart, BaseAsyncStream[ToolCall, ToolCallChunk]):
    """As `ToolCallStream`, asynchronous."""

    type: ClassVar[Literal["async_tool_call_stream"]] = "async_tool_call_stream"

    def __init__(
        self, tool_id: str, tool_name: str, chunk_iterator: AsyncIterator[ToolCallChunk]
    ) -> None:
        super().__init__(chunk_iterator)
        self.tool_id = tool_id
        self.tool_name = tool_name


Stream: TypeAlias = TextStream | ToolCallStream | ThoughtStream
AsyncStream: TypeAlias = AsyncTextStream | AsyncToolCallStream | AsyncThoughtStream
