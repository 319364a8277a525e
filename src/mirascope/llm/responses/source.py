"""Where a stream response gets its chunks from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Protocol, runtime_checkable

from mirascope.llm.responses.chunks import StreamResponseChunk

__all__ = ["AsyncChunkSource", "AsyncIteratorSource", "ChunkSource", "IteratorSource"]


@runtime_checkable
class ChunkSource(Protocol):
    """Chunks in batches; one batch is what one event of the wire says."""

    raw_events: list[object]
    """The provider's events so far, as they are kept; shared with the response's log."""

    def pull(self) -> Sequence[StreamResponseChunk] | None:
        """Return the next batch, perhaps empty, or None at the proper end of the stream.

        Any exception ends the stream; the response closes the source then.
        """
        ...

    def close(self) -> None:
        """Release what the source holds, at once; safe from any thread, and more than once."""
        ...

    def decode_raw(self, event: object) -> object:
        """Return a kept raw event in the form that users see."""
        ...


@runtime_checkable
class AsyncChunkSource(Protocol):
    """As `ChunkSource`, to be awaited."""

    raw_events: list[object]

    async def pull_async(self) -> Sequence[StreamResponseChunk] | None:
        """Return the next batch; see `ChunkSource.pull`."""
        ...

    def close(self) -> None:
        """Release what can be released without waiting."""
        ...

    async def aclose(self) -> None:
        """Release everything."""
        ...

    def decode_raw(self, event: object) -> object:
        """Return a kept raw event in the form that users see."""
        ...


class IteratorSource:
    """Chunks from any iterator, one a batch: for responses built by hand."""

    def __init__(self, iterator: Iterator[StreamResponseChunk]) -> None:
        self.raw_events: list[object] = []
        self._iterator = iterator
        self._closed = False

    def pull(self) -> Sequence[StreamResponseChunk] | None:
        """Return the next chunk as a batch."""
        for chunk in self._iterator:
            return (chunk,)
        return None

    def close(self) -> None:
        """Close the iterator, if it can be closed."""
        close = getattr(self._iterator, "close", None)
        if close is not None and not self._closed:
            self._closed = True
            close()

    def decode_raw(self, event: object) -> object:
        """Return the event as it was given."""
        return event


class AsyncIteratorSource:
    """As `IteratorSource`, from an asynchronous iterator."""

    def __init__(self, iterator: AsyncIterator[StreamResponseChunk]) -> None:
        self.raw_events: list[object] = []
        self._iterator = iterator
        self._closed = False

    async def pull_async(self) -> Sequence[StreamResponseChunk] | None:
        """Return the next chunk as a batch."""
        async for chunk in self._iterator:
            return (chunk,)
        return None

    def close(self) -> None:
        """Do nothing: an asynchronous iterator can only be closed by `aclose`."""

    async def aclose(self) -> None:
        """Close the iterator, if it can be closed."""
        aclose = getattr(self._iterator, "aclose", None)
        if aclose is not None and not self._closed:
            self._closed = True
            await aclose()

    def decode_raw(self, event: object) -> object:
        """Return the event as it was given."""
        return event
