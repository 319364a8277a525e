"""The two colours of reading an `Exchange`: pull bytes from a transport until there are chunks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from mirascope.llm.exceptions import ProviderError
from mirascope.llm.providers.exchange import Exchange
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.transport.http import (
    Abort,
    AsyncByteStream,
    AsyncTransport,
    ByteStream,
    HttpRequest,
    StreamClosed,
    Transport,
    TransportError,
)

__all__ = ["AsyncWireSource", "WireSource"]

StreamT = TypeVar("StreamT", ByteStream, AsyncByteStream)


class _Source(Generic[StreamT]):
    """What both colours hold. Nothing is sent before the first pull."""

    def __init__(
        self, exchange: Exchange, sign: Callable[[HttpRequest], HttpRequest], connect: float | None
    ) -> None:
        self.exchange = exchange
        self.raw_events = exchange.raw_events
        self.decode_raw = exchange.decode_raw
        self._sign = sign
        self._connect = connect
        self._stream: StreamT | None = None
        self._abort = Abort()

    def _opened(self, stream: StreamT) -> None:
        self._stream = stream
        if self._abort.fired:  # just now, by another thread or task
            stream.close()
            raise StreamClosed
        self.exchange.on_open(stream.status, stream.headers)

    def close(self) -> None:
        """Close the connection at once, unless the answer was read to its end."""
        self._abort.fire()
        if self._stream is not None:
            self._stream.close()

    def __del__(self) -> None:
        # A response that is dropped half-read must not keep its connection.
        if not self._abort.fired:
            self.close()


class WireSource(_Source[ByteStream]):
    """Chunks of one answer, read synchronously."""

    def __init__(
        self,
        exchange: Exchange,
        sign: Callable[[HttpRequest], HttpRequest],
        connect: float | None,
        transport: Transport,
    ) -> None:
        super().__init__(exchange, sign, connect)
        self._transport = transport

    def pull(self) -> list[StreamResponseChunk] | None:
        """Return the chunks of the next event; None at the proper end."""
        exchange = self.exchange
        try:
            chunks = exchange.next()
            while chunks is None and not exchange.finished:
                try:
                    stream = self._stream or self._open()
                    data = stream.read(exchange.read_deadline())
                except TransportError as error:
                    chunks = exchange.on_transport_error(error)
                else:
                    chunks = exchange.on_data(data)
        except ProviderError as error:
            exchange.complete_error(error)
            raise
        return chunks

    def _open(self) -> ByteStream:
        request = self._sign(self.exchange.http_request)
        deadline = self.exchange.open_deadline()
        stream = self._transport.open(
            request, connect=self._connect, deadline=deadline, abort=self._abort
        )
        self._opened(stream)
        return stream


class AsyncWireSource(_Source[AsyncByteStream]):
    """Chunks of one answer, read asynchronously."""

    def __init__(
        self,
        exchange: Exchange,
        sign: Callable[[HttpRequest], HttpRequest],
        connect: float | None,
        transport: AsyncTransport,
    ) -> None:
        super().__init__(exchange, sign, connect)
        self._transport = transport

    async def pull_async(self) -> list[StreamResponseChunk] | None:
        """Return the chunks of the next event; None at the proper end."""
        exchange = self.exchange
        try:
            chunks = exchange.next()
            while chunks is None and not exchange.finished:
                try:
                    stream = self._stream or await self._open()
                    data = await stream.read(exchange.read_deadline())
                except TransportError as error:
                    chunks = exchange.on_transport_error(error)
                else:
                    chunks = exchange.on_data(data)
        except ProviderError as error:
            exchange.complete_error(error)
            raise
        return chunks

    async def _open(self) -> AsyncByteStream:
        request = self._sign(self.exchange.http_request)
        deadline = self.exchange.open_deadline()
        stream = await self._transport.open_async(
            request, connect=self._connect, deadline=deadline, abort=self._abort
        )
        self._opened(stream)
        return stream

    async def aclose(self) -> None:
        """Close the connection; nothing has to be waited for."""
        self.close()
