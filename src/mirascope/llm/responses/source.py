"""Where a response gets its events from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from mirascope.llm.exceptions import StreamCancelledError
from mirascope.llm.responses.chunks import Event, StreamResponseChunk

if TYPE_CHECKING:
    from mirascope.llm.responses.pump import Pump

__all__ = [
    "AnySource",
    "AsyncChunkSource",
    "AsyncIteratorSource",
    "Batch",
    "ChunkSource",
    "ErrorMap",
    "IteratorSource",
    "NothingMore",
    "Sent",
    "Watched",
    "is_leaving",
    "raise_mapped",
]

Batch: TypeAlias = Sequence[StreamResponseChunk | Event]
ErrorMap: TypeAlias = Callable[[Exception], Exception | None]
"""Returns what to raise instead of an error; None to leave it as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Where a request went, and what the headers of the answer say."""

    host: str
    port: int | None
    status: int | None
    """The HTTP status; None while there is none."""
    request_id: str | None
    """The vendor's id of the request, for its support; None where it has not sent one."""


class _Source(ABC):
    """What both colours have."""

    raw_events: list[object]
    """The provider's events so far, as they are kept."""

    def keep_raw_in(self, events: list[object]) -> None:
        """Keep them in a list of the reader's from now on; called before the first pull."""
        self.raw_events = events

    @abstractmethod
    def close(self) -> None:
        """Release what can be released without waiting; from any thread, and more than once."""

    def decode_raw(self, event: object) -> object:
        """Return a kept raw event in the form that users see."""
        return event

    def raw_body(self) -> object:
        """Return the decoded body of an answer that was not streamed; None where there is none."""
        return None

    def sent(self) -> Sent | None:
        """Return where the request went; None while it has not, and where nobody knows."""
        return None


class ChunkSource(_Source):
    """Events in batches; one batch is what one event of the wire says."""

    @abstractmethod
    def pull(self) -> Batch | None:
        """Return the next batch, perhaps empty, or None at the proper end of the answer.

        Any exception ends the answer; whoever reads closes the source then.
        """


class AsyncChunkSource(_Source):
    """As `ChunkSource`, to be awaited."""

    @abstractmethod
    async def pull_async(self) -> Batch | None:
        """Return the next batch; see `ChunkSource.pull`.

        It may be cancelled. Nothing is lost by that: the next pull gets what this one would have.
        """

    async def aclose(self) -> None:
        """Release everything."""
        self.close()


class NothingMore(ChunkSource, AsyncChunkSource):
    """For an answer that is over, and stands in the log already."""

    def __init__(self, raw_events: list[object]) -> None:
        self.raw_events = raw_events

    def pull(self) -> Batch | None:
        """Return None: the end."""
        return None

    async def pull_async(self) -> Batch | None:
        """Return None: the end."""
        return None

    def close(self) -> None:
        """Do nothing."""


AnySource: TypeAlias = ChunkSource | AsyncChunkSource


class Watched(ChunkSource, AsyncChunkSource):
    """Another source, with something to be done before each pull."""

    def __init__(self, source: Any) -> None:
        """Read from `source`, of either colour."""
        self.raw_events = source.raw_events
        self.act: Callable[[], None] | None = None
        self._source = source

    def pull(self) -> Batch | None:
        """Return the source's next batch."""
        self._before()
        batch: Batch | None = self._source.pull()
        return batch

    async def pull_async(self) -> Batch | None:
        """Return the source's next batch."""
        self._before()
        batch: Batch | None = await self._source.pull_async()
        return batch

    def _before(self) -> None:
        if self.act is not None:
            self.act()

    def close(self) -> None:
        """Close the source."""
        self._source.close()

    async def aclose(self) -> None:
        """Close the source."""
        await self._source.aclose()

    def decode_raw(self, event: object) -> object:
        """Return a kept raw event as the source shows it."""
        shown: object = self._source.decode_raw(event)
        return shown

    def raw_body(self) -> object:
        """Return the source's raw body."""
        body: object = self._source.raw_body()
        return body

    def sent(self) -> Sent | None:
        """Return what was sent for the source."""
        found: Sent | None = self._source.sent()
        return found


class IteratorSource(ChunkSource):
    """Events from any iterator, one a batch: for responses built by hand."""

    def __init__(
        self,
        iterator: Iterator[StreamResponseChunk | Event],
        map_error: ErrorMap | None = None,
    ) -> None:
        self.raw_events: list[object] = []
        self._iterator = iterator
        self._map_error = map_error
        self._closed = False

    def pull(self) -> Batch | None:
        """Return the next event as a batch."""
        try:
            for chunk in self._iterator:
                return (chunk,)
        except Exception as error:
            raise_mapped(error, self._map_error)
        return None

    def close(self) -> None:
        """Close the iterator, if it can be closed."""
        close = getattr(self._iterator, "close", None)
        if close is not None and not self._closed:
            self._closed = True
            close()


class AsyncIteratorSource(AsyncChunkSource):
    """As `IteratorSource`, from an asynchronous iterator.

    The iterator runs in a task of its own, for a reader that is cancelled would end a generator.
    """

    def __init__(
        self,
        iterator: AsyncIterator[StreamResponseChunk | Event],
        map_error: ErrorMap | None = None,
    ) -> None:
        self.raw_events: list[object] = []
        self._iterator = iterator
        self._map_error = map_error
        self._pump: Pump[StreamResponseChunk | Event] | None = None
        self._closed = False

    async def pull_async(self) -> Batch | None:
        """Return the next event as a batch."""
        if self._pump is None:
            from mirascope.llm.responses.pump import Pump  # it imports asyncio

            if self._closed:
                raise StreamCancelledError("The stream was closed before it was read.", "")
            self._pump = Pump(self._iterator)
        try:
            return (await anext(self._pump),)
        except StopAsyncIteration:
            return None
        except Exception as error:
            raise_mapped(error, self._map_error)
            raise

    def close(self) -> None:
        """Stop the iterator in the loop's next round, if it runs; `aclose` waits for that."""
        self._closed = True
        if self._pump is not None:
            self._pump.close()

    async def aclose(self) -> None:
        """Close the iterator, if it can be closed."""
        self._closed = True
        if self._pump is not None:
            await self._pump.aclose()
        elif (aclose := getattr(self._iterator, "aclose", None)) is not None:
            await aclose()

    def __del__(self) -> None:
        self.close()


def raise_mapped(error: Exception, map_error: ErrorMap | None) -> None:
    """Raise what `error` is mapped to, or `error` itself."""
    mapped = map_error(error) if map_error is not None else None
    if mapped is None:
        raise error
    raise mapped from error


def is_leaving(error: BaseException) -> bool:
    """Return whether `error` says that a reader was cancelled, or dropped while it waited.

    That concerns nobody else: what it waited for, another reader may get.
    """
    from asyncio import CancelledError  # not at the top: it doubles the cost of the import

    return isinstance(error, CancelledError | GeneratorExit)
