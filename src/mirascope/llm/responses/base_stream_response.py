"""Streamed responses in two colours: the same log, read with and without ``await``."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Self

from typing_extensions import TypeVar

from mirascope.llm.content import (
    AssistantContentChunk,
    TextChunk,
    ThoughtChunk,
    ToolCallChunk,
)
from mirascope.llm.exceptions import StreamRestarted
from mirascope.llm.formatting import FormattableT, Partial
from mirascope.llm.responses.chunks import (
    AsyncChunkIterator,
    ChunkIterator,
    Event,
    RawMessageChunk,
    RawStreamEventChunk,
    StreamResponseChunk,
)
from mirascope.llm.responses.cursor import AsyncCursor, AsyncDeltas, AsyncSubstreams
from mirascope.llm.responses.log_response import (
    BaseStreamResponse,
    ChunkIteratorT,
    EndChunk,
    StreamResponseT,
)
from mirascope.llm.responses.root_response import ToolkitT
from mirascope.llm.responses.source import (
    AsyncChunkSource,
    AsyncIteratorSource,
    ChunkSource,
    IteratorSource,
    is_leaving,
)
from mirascope.llm.responses.streams import (
    AsyncStream,
    AsyncTextStream,
    AsyncThoughtStream,
    AsyncToolCallStream,
    Stream,
    TextStream,
    ThoughtStream,
    ToolCallStream,
)
from mirascope.llm.responses.views import (
    ChunkView,
    EventView,
    PrettyEventView,
    PrettyView,
    TextView,
    View,
)

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Future

__all__ = [
    "AsyncChunkIterator",
    "BaseAsyncStreamResponse",
    "BaseStreamResponse",
    "BaseSyncStreamResponse",
    "ChunkIterator",
    "ChunkIteratorT",
    "RawMessageChunk",
    "RawStreamEventChunk",
    "StreamResponseChunk",
    "StreamResponseT",
]

ItemT = TypeVar("ItemT")
DeltaT = TypeVar("DeltaT", TextChunk, ThoughtChunk, ToolCallChunk)

_moving = threading.Lock()  # for two threads may begin at once


class BaseSyncStreamResponse(BaseStreamResponse[ChunkIterator, ToolkitT, FormattableT]):
    """A streamed response to a synchronous call."""

    _stream_types = (TextStream, ThoughtStream, ToolCallStream)

    def _source_of(self, chunk_iterator: Any) -> ChunkSource:
        self._lock = threading.RLock()
        self._waiters: list[threading.Event] = []
        if isinstance(chunk_iterator, ChunkSource):
            return chunk_iterator
        return IteratorSource(iter(chunk_iterator))

    def _advance(self, position: int, items: Sequence[Event]) -> bool:
        """Read on until one of `items` is at `position`; False when the stream ends before.

        The items are the content chunks, or all events.
        """
        log = self._log
        while not self._lock.acquire(blocking=False):
            self._wait()
            if len(items) > position:  # another thread has read it
                return True
        try:
            if len(items) > position:
                return True
            if items is not log.chunks:
                self._check_current(items)
            if log.fold.ended:
                self._raise_error()
                return False
            try:
                while (batch := self._source.pull()) is not None:
                    self._take(batch)
                    if len(items) > position or self._began_again(items):
                        return True
                self._end()
            except BaseException as error:
                self._source.close()
                if (failure := self._fail(error)) is not error:
                    raise failure from error
                raise
            self._source.close()
            return False
        finally:
            self._lock.release()
            if self._waiters:
                self._wake()

    def _wait(self) -> None:
        """Wait until the thread that is reading has read something.

        Not for its lock: it would have that again before anybody else, and wait for the next chunk
        with it, while those who want this one stand in line.
        """
        waiter = threading.Event()
        self._waiters.append(waiter)
        if self._lock.acquire(blocking=False):  # it was given back meanwhile, unseen
            self._lock.release()
            self._wake()
        waiter.wait()

    def _wake(self) -> None:
        waiters = self._waiters  # one list for ever: somebody may be adding to it right now
        with contextlib.suppress(IndexError):
            while True:
                waiters.pop().set()

    def _iterate(
        self, view: View[ItemT], position: int = 0, items: Sequence[Any] | None = None
    ) -> Iterator[ItemT]:
        if items is None:
            items = self._log.chunks
        while True:
            while position < len(items):
                item = view(items[position])
                position += 1
                if item is not None:
                    yield item
            try:
                if self._advance(position, items):
                    continue
            except Exception:
                if (item := view.rest()) is not None:
                    yield item
                raise
            if (item := view.rest()) is not None:
                yield item
            return

    def chunk_stream(self) -> Iterator[AssistantContentChunk]:
        """Yield every content chunk, from the first one on.

        Raises:
            ProviderError: What went wrong at the provider or on the way, at the point where the
                next chunk would have come; also when iterated again.
        """
        return self._iterate(ChunkView())

    def event_stream(self) -> Iterator[Event]:
        """Yield everything that goes into the log, bookkeeping too, but for the end.

        Raises:
            ProviderError: As `chunk_stream`.
        """
        return self._iterate(EventView(), items=self._log.events)

    def text_stream(self, sep: str = "\n") -> Iterator[str]:
        """Yield text as it comes, `sep` between text parts; joined it equals ``text(sep)``."""
        return self._iterate(TextView(sep))

    def pretty_stream(self, *, seams: bool = False) -> Iterator[str]:
        """Yield all content as readable text; joined it equals `pretty(seams=seams)`.

        But for thoughts that are void since, see `llm.recover`: they were shown already.
        """
        if seams:
            return self._iterate(PrettyEventView(), items=self._log.events)
        return self._iterate(PrettyView())

    def structured_stream(self) -> Iterator[Partial[FormattableT]]:
        """Yield the object in the requested format as it fills in, each time it changed.

        Fields that have not arrived are None. The final, validated object comes from `parse()`.

        Raises:
            ValueError: No format was requested.
            NotImplementedError: The format is an output parser.
        """
        return self._iterate(self._structured_view())

    def streams(self) -> Iterator[Stream]:
        """Yield one substream for each part, as soon as the part begins.

        What you leave unread of a substream is read before the next one is yielded. Parts that
        arrive interleaved are told apart.
        """
        chunks = self._log.chunks
        position = 0
        while True:
            while position < len(chunks):
                chunk = chunks[position]
                position += 1
                stream = self._substream(chunk, chunks, position)
                if stream is None:
                    continue
                yield stream
                stream.collect()
            if not self._advance(position, chunks):
                return

    def _deltas(
        self,
        items: Sequence[Any],
        position: int,
        kind: type[DeltaT],
        end: type[EndChunk],
        id: str | None,
    ) -> Iterator[DeltaT]:
        chunks: Iterator[AssistantContentChunk] = self._iterate(ChunkView(), position, items)
        for chunk in chunks:
            if chunk.id == id:
                if isinstance(chunk, kind):
                    yield chunk
                elif isinstance(chunk, end):
                    return

    def finish(self) -> None:
        """Read the stream to its end, also when it begins again; at once when it has been."""
        while True:
            with contextlib.suppress(StreamRestarted):
                for _ in self.chunk_stream():
                    pass
                return

    def close(self) -> None:
        """Stop reading and close the connection at once; what arrived stays and can be replayed.

        May be called from any thread, and more than once. Iterating past what arrived raises
        `StreamCancelledError` afterwards, unless the stream was complete.
        """
        self._log.end("cancelled", self._cancelled("closed"))
        self._source.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


class BaseAsyncStreamResponse(BaseStreamResponse[AsyncChunkIterator, ToolkitT, FormattableT]):
    """A streamed response to an asynchronous call; see `BaseSyncStreamResponse`.

    It belongs to the event loop that first reads it: what has arrived can be read in others too,
    but not more, before that one is closed. A task that is cancelled while it reads leaves the
    stream as it is, for other readers and for itself when it comes back. Only `close`, or dropping
    the response, ends it.
    """

    _stream_types = (AsyncTextStream, AsyncThoughtStream, AsyncToolCallStream)

    def _source_of(self, chunk_iterator: Any) -> AsyncChunkSource:
        from asyncio import get_running_loop  # not at the top: it doubles the cost of the import

        self._running_loop = get_running_loop
        self._loop: AbstractEventLoop | None = None
        self._reading = False
        self._waiters: list[Future[None]] = []
        if isinstance(chunk_iterator, AsyncChunkSource):
            return chunk_iterator
        return AsyncIteratorSource(aiter(chunk_iterator))

    async def _advance(self, position: int, items: Sequence[Event]) -> bool:
        """Read on until there is one of `items` at `position`; see `BaseSyncStreamResponse`."""
        log = self._log
        if self._running_loop() is not self._loop and len(items) <= position and not log.ended:
            self._move()
        while self._reading and len(items) <= position:
            await self._wait()
        if len(items) > position:  # another task has read it
            return True
        if items is not log.chunks:
            self._check_current(items)
        if log.fold.ended:
            self._raise_error()
            return False
        self._reading = True
        try:
            while (batch := await self._source.pull_async()) is not None:
                self._take(batch)
                if len(items) > position or self._began_again(items):
                    return True
            self._end()
        except BaseException as error:
            if is_leaving(error):  # this reader, and nobody else
                raise
            self._source.close()
            if (failure := self._fail(error)) is not error:
                raise failure from error
            raise
        finally:
            self._reading = False
            if self._waiters:
                self._wake()
        await self._source.aclose()
        return False

    def _move(self) -> None:
        """Read in the running loop from now on.

        Raises:
            RuntimeError: Another one has begun, which neither would wake the other's readers nor
                could use its connection.
        """
        with _moving:
            if self._loop is not None and not self._loop.is_closed():
                raise RuntimeError(
                    f"The stream of {self.model_id} is being read in another event loop, and its "
                    "connection belongs to that one: read it there, to its end perhaps; then it "
                    "can be read again anywhere."
                )
            self._loop = self._running_loop()
            self._reading = False  # whoever was, went with its loop
            self._waiters = []

    async def _wait(self) -> None:
        """Wait until the task that is reading has read something."""
        import asyncio  # not at the top: it doubles the cost of importing the package

        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _iterate(self, view: View[ItemT], position: int = 0) -> AsyncCursor[ItemT]:
        return AsyncCursor(self._log.chunks, self._advance, view, position)

    def chunk_stream(self) -> AsyncIterator[AssistantContentChunk]:
        """Yield every content chunk; see `StreamResponse.chunk_stream`."""
        return self._iterate(ChunkView())

    def event_stream(self) -> AsyncIterator[Event]:
        """Yield everything that goes into the log; see `StreamResponse.event_stream`."""
        return AsyncCursor(self._log.events, self._advance, EventView())

    def text_stream(self, sep: str = "\n") -> AsyncIterator[str]:
        """Yield text as it comes, `sep` between text parts; joined it equals ``text(sep)``."""
        return self._iterate(TextView(sep))

    def pretty_stream(self, *, seams: bool = False) -> AsyncIterator[str]:
        """Yield all content as text; see `StreamResponse.pretty_stream`."""
        if seams:
            return AsyncCursor(self._log.events, self._advance, PrettyEventView())
        return self._iterate(PrettyView())

    def structured_stream(self) -> AsyncIterator[Partial[FormattableT]]:
        """Yield the object as it fills in; see `StreamResponse.structured_stream`."""
        return self._iterate(self._structured_view())

    def streams(self) -> AsyncIterator[AsyncStream]:
        """Yield one substream for each part; see `StreamResponse.streams`."""
        return AsyncSubstreams(self._iterate(ChunkView()), self._substream)

    def _deltas(
        self,
        items: Sequence[Any],
        position: int,
        kind: type[DeltaT],
        end: type[EndChunk],
        id: str | None,
    ) -> AsyncIterator[DeltaT]:
        chunks: AsyncCursor[AssistantContentChunk] = AsyncCursor(
            items, self._advance, ChunkView(), position
        )
        return AsyncDeltas(chunks, kind, end, id)

    async def finish(self) -> None:
        """Read the stream to its end, also when it begins again; at once when it has been."""
        while True:
            with contextlib.suppress(StreamRestarted):
                async for _ in self.chunk_stream():
                    pass
                return

    async def aclose(self) -> None:
        """Stop reading and close the connection; see `StreamResponse.close`."""
        self.close()
        await self._source.aclose()

    def close(self) -> None:
        """Stop reading and close the connection, without waiting; call it in the event loop.

        A response built by hand from an asynchronous generator needs `aclose`, which can wait for
        the generator.
        """
        self._log.end("cancelled", self._cancelled("closed"))
        self._source.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()
