"""The two colours of reading an `Exchange`: pull bytes from a transport until there are chunks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from mirascope.llm.exceptions import ProviderError
from mirascope.llm.providers.exchange import Exchange
from mirascope.llm.providers.masks import Mask, hide
from mirascope.llm.providers.signers import Signer
from mirascope.llm.responses.raw_body import RawBody
from mirascope.llm.responses.source import AsyncChunkSource, Batch, ChunkSource, Sent
from mirascope.llm.transport.http import (
    Abort,
    AsyncByteStream,
    AsyncTransport,
    ByteStream,
    ConnectionLost,
    StreamClosed,
    Transport,
    TransportError,
)

if TYPE_CHECKING:
    from asyncio import Task

__all__ = ["AsyncWireSource", "WireSource"]

StreamT = TypeVar("StreamT", ByteStream, AsyncByteStream)


class _Reader(Generic[StreamT]):
    """What both colours hold. Nothing is sent before the first pull."""

    def __init__(self, exchange: Exchange, signer: Signer, connect: float | None) -> None:
        self.exchange = exchange
        self.raw_events: list[object] = exchange.raw_events
        self._signer = signer
        self._connect = connect
        self._stream: StreamT | None = None
        self._abort = Abort()

    def keep_raw_in(self, events: list[object]) -> None:
        """Keep the raw events there; see `ChunkSource`."""
        self.raw_events = self.exchange.raw_events = events

    def decode_raw(self, event: object) -> object:
        """Return an event's payload decoded, or as text where it is not JSON."""
        return self.exchange.decode_raw(event)

    def raw_body(self) -> object:
        """Return the whole body, to be decoded when it is looked at."""
        return RawBody(self.exchange.body)

    def sent(self) -> Sent | None:
        """Return where the request went."""
        return self.exchange.sent()

    def _opened(self, stream: StreamT) -> Batch | None:
        """Take the stream; return what its head says to the log, if anything."""
        self._stream = stream
        if self._abort.fired:  # just now, by another thread or task
            stream.close()
            raise StreamClosed
        limits = self.exchange.on_open(stream.status, stream.headers)
        return None if limits is None else [limits]

    def _note(self, error: BaseException) -> None:
        """See to what a pull raises, before it gets out."""
        if isinstance(error, ProviderError):
            self.exchange.complete_error(error)
        if isinstance(error, Exception):
            hide(error, self._mask())
        else:  # interrupted or cancelled; whoever reads may come back
            self.exchange.pause()

    def _mask(self) -> Mask:
        """Return what knows the secrets; what is a part of the model's id stands in the open."""
        request = self.exchange.request
        known = f"{request.provider_id} {request.model_id}"
        return Mask(secret for secret in self._signer.secrets if secret not in known)

    def close(self) -> None:
        """Close the connection at once, unless the answer was read to its end."""
        self._abort.fire()
        if self._stream is not None:
            self._stream.close()

    def __del__(self) -> None:
        # A response that is dropped half-read must not keep its connection.
        if not self._abort.fired:
            self.close()


class WireSource(_Reader[ByteStream], ChunkSource):
    """Chunks of one answer, read synchronously."""

    def __init__(
        self, exchange: Exchange, signer: Signer, connect: float | None, transport: Transport
    ) -> None:
        super().__init__(exchange, signer, connect)
        self._transport = transport

    def pull(self) -> Batch | None:
        """Return what the head says, or the next event; None at the proper end."""
        exchange = self.exchange
        chunks: Batch | None
        try:
            chunks = exchange.next()
            while chunks is None and not exchange.finished:
                try:
                    if (stream := self._stream) is None:
                        chunks = self._open()
                    else:
                        data = stream.read(exchange.read_deadline())
                        chunks = exchange.on_data(data)
                except TransportError as error:
                    chunks = exchange.on_transport_error(error)
        except BaseException as error:
            self._note(error)
            raise
        return chunks

    def _open(self) -> Batch | None:
        deadline = self.exchange.open_deadline()
        request = self._signer.sign(self.exchange.http_request, deadline)
        stream = self._transport.open(
            request, connect=self._connect, deadline=deadline, abort=self._abort
        )
        return self._opened(stream)


class AsyncWireSource(_Reader[AsyncByteStream], AsyncChunkSource):
    """Chunks of one answer, read asynchronously.

    A reader that is cancelled leaves everything as it was: the connection is opened in a task of
    its own, and reading it loses no bytes by being cancelled; see `AsyncByteStream.read`.
    """

    def __init__(
        self, exchange: Exchange, signer: Signer, connect: float | None, transport: AsyncTransport
    ) -> None:
        super().__init__(exchange, signer, connect)
        self._transport = transport
        self._opening: Task[AsyncByteStream] | None = None

    async def pull_async(self) -> Batch | None:
        """Return what the head says, or the next event; None at the proper end."""
        exchange = self.exchange
        chunks: Batch | None
        try:
            chunks = exchange.next()
            while chunks is None and not exchange.finished:
                try:
                    if (stream := self._stream) is None:
                        chunks = await self._open()
                    else:
                        data = await stream.read(exchange.read_deadline())
                        chunks = exchange.on_data(data)
                except TransportError as error:
                    chunks = exchange.on_transport_error(error)
        except BaseException as error:
            self._note(error)
            raise
        return chunks

    def close(self) -> None:
        """Close the connection at once; see `WireSource.close`."""
        super().close()
        if self._opening is not None and self._opening.done():
            _look_at(self._abort, self._opening)

    async def _open(self) -> Batch | None:
        # Loaded already, where there is a running loop.
        from asyncio import CancelledError, create_task, shield

        from mirascope.llm.transport.loops import OTHER_LOOP

        if self._opening is not None and self._opening.get_loop().is_closed():
            raise ConnectionLost(OTHER_LOOP)
        if self._opening is None:
            exchange = self.exchange
            self._opening = create_task(
                _open(self._signer, self._transport, exchange, self._connect, self._abort)
            )
            self._opening.add_done_callback(partial(_look_at, self._abort))
        try:
            stream = await shield(self._opening)
        except CancelledError:
            if self._opening.cancelled() and not _is_leaving():
                raise StreamClosed("closed while waiting for the answer") from None
            raise
        self._opening = None
        return self._opened(stream)


async def _open(
    signer: Signer,
    transport: AsyncTransport,
    exchange: Exchange,
    connect: float | None,
    abort: Abort,
) -> AsyncByteStream:
    """Sign and send; it must not know the source, which has to be free to be dropped meanwhile."""
    from mirascope.llm.transport.loops import cancel_soon, running_task  # they import asyncio

    deadline = exchange.open_deadline()
    abort.watch(partial(cancel_soon, running_task()))
    try:
        request = await signer.sign_async(exchange.http_request, deadline)
    finally:
        abort.watch(None)  # from here on, the transport watches: twice cancelled, httpx leaks
    if abort.fired:
        raise StreamClosed("closed while the request was signed")
    return await transport.open_async(request, connect=connect, deadline=deadline, abort=abort)


def _is_leaving() -> bool:
    """Say whether the task that reads is being cancelled.

    No frame that the cancellation passes may hold the task: that would be a cycle.
    """
    from mirascope.llm.transport.loops import running_task  # it imports asyncio

    return running_task().cancelling() > 0


def _look_at(abort: Abort, opening: Task[AsyncByteStream]) -> None:
    """Close what nobody waits for any more, and keep asyncio from reporting an error unseen."""
    if not opening.cancelled() and opening.exception() is None and abort.fired:
        opening.result().close()
