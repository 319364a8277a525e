"""Asynchronous readers of a log, each with its place in it.

They are objects, not generators: a cancellation is raised inside a generator and ends it, and the
next ``anext`` would take that for the end of the answer. A cursor that is cancelled stays where it
is, and goes on from there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar, cast

from mirascope.llm.content import AssistantContentChunk
from mirascope.llm.responses.streams import AsyncStream
from mirascope.llm.responses.views import View

__all__ = ["Advance", "AsyncCursor", "AsyncDeltas", "AsyncSubstreams"]

ItemT = TypeVar("ItemT")
DeltaT = TypeVar("DeltaT", bound=AssistantContentChunk)

Advance: TypeAlias = Callable[[int, Sequence[Any]], Awaitable[bool]]
"""Reads on until one of the items is at a position; False at the proper end."""


class AsyncCursor(AsyncIterator[ItemT]):
    """What a view makes of the items of a log, from a position on.

    Where the answer broke, every further ``anext`` raises why.
    """

    def __init__(
        self, items: Sequence[Any], advance: Advance, view: View[ItemT], position: int = 0
    ) -> None:
        self.position: int = position
        self.items = items
        self._advance = advance
        self._view = view
        self._rested = False
        self._closed = False

    async def __anext__(self) -> ItemT:
        """Return the next item."""
        items, view = self.items, self._view
        while not self._closed:
            while self.position < len(items):
                found = items[self.position]
                self.position += 1
                item = view(found)
                if item is not None:
                    return item
            try:
                if await self._advance(self.position, items):
                    continue
            except Exception:
                if (item := self._rest()) is not None:
                    return item
                raise
            if (item := self._rest()) is not None:
                return item
            break
        raise StopAsyncIteration

    def _rest(self) -> ItemT | None:
        if self._rested:
            return None
        self._rested = True
        return self._view.rest()

    async def aclose(self) -> None:
        """Stop this reader, as one closes a generator; the answer and other readers go on."""
        self._closed = True


class AsyncDeltas(AsyncIterator[DeltaT], Generic[DeltaT]):
    """The deltas of one part."""

    def __init__(
        self,
        chunks: AsyncCursor[AssistantContentChunk],
        kind: type[DeltaT],
        end: type[Any],
        id: str | None,
    ) -> None:
        self._chunks = chunks
        self._kind = kind
        self._end = end
        self._id = id
        self._ended = False

    async def __anext__(self) -> DeltaT:
        """Return the next delta."""
        while not self._ended:
            chunk = await anext(self._chunks)
            if chunk.id == self._id:
                if isinstance(chunk, self._kind):
                    return chunk
                self._ended = isinstance(chunk, self._end)
        raise StopAsyncIteration


class AsyncSubstreams(AsyncIterator[AsyncStream]):
    """A substream for each part; what is left unread of one is read before the next."""

    def __init__(
        self,
        chunks: AsyncCursor[AssistantContentChunk],
        begin: Callable[[AssistantContentChunk, Sequence[Any], int], object],
    ) -> None:
        """Begin.

        Args:
            chunks: All chunks.
            begin: Returns the substream that a chunk begins, if it does, given the items and the
                position after the chunk.
        """
        self._chunks = chunks
        self._begin = begin
        self._last: AsyncStream | None = None

    async def __anext__(self) -> AsyncStream:
        """Return the next substream."""
        if self._last is not None:
            await self._last.collect()
            self._last = None
        while True:
            chunk = await anext(self._chunks)
            begun = self._begin(chunk, self._chunks.items, self._chunks.position)
            stream = cast("AsyncStream | None", begun)
            if stream is not None:
                self._last = stream
                return stream

    async def aclose(self) -> None:
        """Stop this reader; see `AsyncCursor.aclose`."""
        self._last = None
        await self._chunks.aclose()
