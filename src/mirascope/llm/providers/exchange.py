"""One request and its answer, between the transport and a codec: limits, errors and order.

Nothing here reads or waits. Both colours of source ask an `Exchange` what to do and tell it what
came, so what a stream means is written once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar, cast
from urllib.parse import urlsplit

import msgspec

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import Codec, Decoder, Framing, Request, WireEvent
from mirascope.llm.providers.errors import api_error, complete, page_title, with_base_url
from mirascope.llm.providers.headers import rate_limits, request_id, retry_after
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.raw_body import decoded
from mirascope.llm.responses.source import Sent
from mirascope.llm.transport.http import (
    ConnectFailed,
    DeadlineExceeded,
    HttpRequest,
    StreamClosed,
    TransportError,
)
from mirascope.llm.types.timeout import Timeout

__all__ = ["Exchange"]

ErrorT = TypeVar("ErrorT", bound=exc.ProviderError)

MAX_BODY = 64 * 1024 * 1024
"""The largest whole body that is read, in bytes after unpacking: it is decoded in no time."""
MAX_VALUES = 1_000_000
"""The most JSON values of a whole body: in memory, one may take fifty times its bytes."""
MAX_ERROR_BODY = 1024 * 1024
"""How much of an error's body is read, in bytes."""
AFTER_DONE = 5.0
"""Seconds to wait for trailing events, such as usage, once an answer is whole."""
AFTER_TERMINAL = 0.2
"""Seconds to wait for the end of the body once nothing can follow, to keep the connection."""

MAX_SILENT = 1000
"""How many events in a row that say nothing, such as pings, are kept among the raw events."""


class Exchange:
    """The state of one request.

    Attributes:
        raw_events: The events so far, as the framing gave them, but no more than `MAX_SILENT` in a
            row that bring neither content nor chunks; empty when they are not kept.
        finished: Whether the answer came to its proper end.
        body: The whole body, for a request that is not streamed.
        base_url: Where the request goes; None for the vendor's own address.
        url: The whole address that it was sent to; empty while it was not.
    """

    def __init__(
        self,
        *,
        codec: Codec,
        request: Request,
        http_request: HttpRequest,
        limits: Timeout,
        begun: Decoder | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin.

        Args:
            codec: The wire.
            request: What is asked.
            http_request: The same on the wire, or the request for the rest of an answer.
            limits: How long to wait.
            begun: Has read what came of the answer before, where it is the rest that is asked for.
            now: The clock.
        """
        self.codec = codec
        self.request = request
        self.http_request = http_request
        self.raw_events: list[object] = []
        self.finished: bool = False
        self.body: bytes = b""
        self.base_url: str | None = None
        self.url: str = ""
        self._keep_raw = request.params.get("keep_raw", True)
        self._limits = limits
        self._now = now
        self._framing: Framing = codec.framing()
        self._resumes = begun is not None
        self._decoder: Decoder = begun or codec.decoder(request)
        if request.resumption is not None:
            request.resumption.resumed = self._resumes
            request.resumption.kept = None
        self._events: list[WireEvent] = []
        self._position = 0
        self._tail: list[WireEvent] = []
        self._status = 0
        self._headers: Mapping[str, str] = {}
        self._pieces: list[bytes] | None = None
        self._size = 0
        self._last: list[bytes] = []  # since the last event, and the bytes it ended in
        self._last_size = 0
        self._ended = False
        self._decoder_closed = False
        self._total: float | None = None
        self._waiting_since: float | None = None
        self._waited = 0.0
        self._silent = 0
        self._progress = self._decoder.progress
        self._after: float | None = None  # the limit for what trails, while the answer is whole

    # --- limits

    def open_deadline(self) -> float | None:
        """Start the clock; return until when the headers have to be there."""
        started = self._now()
        if self._limits.total is not None:
            self._total = started + self._limits.total
        return self.read_deadline()

    def read_deadline(self) -> float | None:
        """Return until when the next bytes have to come.

        All time counts until there is content, or chunks for the reader: a server that floods with
        comments is no better than one that is silent. The time between two pulls does not; see
        `pause`. Once the answer is whole, the limit is how long trailing events are waited for.
        """
        now = self._now()
        if self._waiting_since is not None:
            self._waited += now - self._waiting_since
        self._waiting_since = now
        decoder = self._decoder
        limit: float | None
        if decoder.done:
            limit = AFTER_TERMINAL if decoder.terminal else AFTER_DONE
            if limit != self._after:
                self._after = limit
                self._waited = 0.0
        else:
            self._after = None
            limit = self._limits.idle if self._progress else self._limits.first_content
        if limit is None:
            return self._total
        deadline = now + limit - self._waited
        return deadline if self._total is None else min(deadline, self._total)

    def pause(self) -> None:
        """Stop the clock until the next read, which is the reader's own time."""
        if self._waiting_since is not None:
            self._waited += self._now() - self._waiting_since
            self._waiting_since = None

    def sent(self) -> Sent | None:
        """Return where the request went, and what the headers say; None while it has not."""
        if not self.url:
            return None
        to = urlsplit(self.url)
        return Sent(
            host=to.hostname or "",
            port=to.port or {"http": 80, "https": 443}.get(to.scheme),
            status=self._status or None,
            request_id=request_id(self._headers),
        )

    # --- what came

    def on_open(self, status: int, headers: Mapping[str, str]) -> RateLimits | None:
        """Take the status and headers; return what they say to the log, if anything."""
        self._status = status
        self._headers = headers
        is_json = headers.get("content-type", "").partition(";")[0].strip() == "application/json"
        if not self.request.stream or not 200 <= status < 300 or is_json:
            self._pieces = []
        limits = rate_limits(headers)
        if limits is not None:
            self.pause()
        return limits

    def on_data(self, data: bytes) -> list[StreamResponseChunk] | None:
        """Take the next bytes, none at the end of the body; return what `next` returns then.

        Raises:
            ProviderError: The body is an error, or is not what the wire promises.
        """
        if self._pieces is not None:
            self._on_body_data(data)
            return self.next()
        try:
            if data:
                self._events = events = self._framing.feed(data)
                self._position = 0
                if events:
                    self._last = [data]
                    self._last_size = 0
                else:
                    self._keep_last(data)
            else:
                self._tail = self._framing.close()
                self._ended = True
        except ValueError as error:
            raise self._invalid(str(error)) from error
        chunks = self.next()
        if chunks is not None and self._waiting_since is not None:
            self.pause()
        return chunks

    def _keep_last(self, data: bytes) -> None:
        """Keep what may hold no event: errors that a stream ends with need not be events."""
        if self._last_size <= MAX_ERROR_BODY:
            self._last.append(data)
            self._last_size += len(data)

    def _on_body_data(self, data: bytes) -> None:
        assert self._pieces is not None
        self._size += len(data)
        failed = not 200 <= self._status < 300
        if self._size > MAX_BODY and not failed:
            raise self._invalid(f"the body is larger than {MAX_BODY} bytes")
        if data and not (failed and self._size > MAX_ERROR_BODY):
            self._pieces.append(data)
            return
        self.body = b"".join(self._pieces)
        self._pieces.clear()  # not to hold all of it twice
        if failed:
            raise self._error_answer()
        # Those in texts are counted too; no model says so much.
        if self.body.count(b",") + self.body.count(b"[") + self.body.count(b"{") > MAX_VALUES:
            raise self._invalid(f"the body has more than {MAX_VALUES} JSON values")
        self._ended = True

    def _error_answer(self) -> exc.ProviderError:
        info = self.codec.error(self._status, self._headers, self.body)
        if self._resumes:
            self._keep()
        return api_error(
            with_base_url(info, self._status, self.base_url),
            provider=self.request.provider_id,
            model=self.request.model_id,
            request_id=request_id(self._headers),
            retry_after=retry_after(self._headers),
        )

    # --- what it means

    def next(self) -> list[StreamResponseChunk] | None:
        """Return the chunks of the next event; None when more bytes are needed, or `finished`.

        Raises:
            ProviderError: The stream reports an error, or ended before the answer was whole.
        """
        events = self._events
        while self._position < len(events):
            event = events[self._position]
            self._position += 1
            chunks = self._feed(event)
            if chunks:
                return chunks
        return self._at_end() if self._ended and not self.finished else None

    def _feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        decoder = self._decoder
        try:
            chunks = decoder.feed(event)
        except exc.ProviderError:
            if self._keep_raw:
                self.raw_events.append(event)
            raise
        if decoder.progress != self._progress:
            self._progress = decoder.progress
            self._silent = 0
            if not decoder.terminal:
                self._waited = 0.0
                self._waiting_since = None
        elif not chunks:
            self._silent += 1
            if self._silent > MAX_SILENT:
                return chunks
        if self._keep_raw:
            self.raw_events.append(event)
        return chunks

    def _at_end(self) -> list[StreamResponseChunk] | None:
        if self._pieces is not None:
            if self._resumes:
                raise self._invalid("the server sent a whole answer in place of the rest of one")
            self.finished = True
            try:
                return self._decoder.read(self.body)
            except exc.ResponseValidationError as error:
                if self._is_called_page() and not page_title(self.body):
                    raise self._invalid("the server sent text/html in place of JSON") from error
                raise
        while self._tail:
            try:
                chunks = self._feed(self._tail.pop(0))
            except exc.ResponseValidationError as error:  # an event that was cut in two
                if self._decoder.done:  # what trails a whole answer
                    continue
                raise self._truncated() from error
            if chunks:
                return chunks
        if not self._decoder_closed:
            self._decoder_closed = True
            chunks = self._decoder.close()
            if chunks:
                return chunks
        whole = None if self._decoder.done else self._no_stream()
        self.finished = True
        return whole

    def _no_stream(self) -> list[StreamResponseChunk]:
        """Return the answer that came in one piece, in place of a stream.

        Raises:
            ProviderError: What the stream ended with is an error or a page, or it was cut.
        """
        body = _outside_of_events(b"".join(self._last))
        if page := page_title(body):
            raise self._invalid(f"the server sent {page} in place of a stream")
        try:
            msgspec.json.decode(body)
        except ValueError:
            if self._is_called_page() and not self._progress:
                raise self._invalid("the server sent text/html in place of a stream") from None
            raise self._truncated() from None
        except RecursionError:
            pass  # who reads it for what it says will say that it is nested too deeply
        if not self._progress:
            return self.codec.decode(body, self.request)
        self._decoder.feed(("error", body))
        raise self._truncated()

    def _keep(self) -> None:
        """Note what it takes to go on, where the vendor does so by itself."""
        resumption = self.request.resumption
        if resumption is not None and self.codec.encode_rest(self.request, self._decoder):
            resumption.kept = self._decoder

    def _is_called_page(self) -> bool:
        """Say whether the headers call the answer a page; there are servers that call all so."""
        return self._headers.get("content-type", "").lower().startswith("text/html")

    def _truncated(self) -> exc.StreamTruncatedError:
        self._keep()
        return self._error(exc.StreamTruncatedError, "the stream ended before the answer was whole")

    # --- what went wrong

    def complete_error(self, error: exc.ProviderError) -> None:
        """Add to an error what a codec or a signer does not know, and what it came from."""
        complete(error, model=self.request.model_id, request_id=request_id(self._headers))

    def on_transport_error(self, error: TransportError) -> list[StreamResponseChunk] | None:
        """Take an error of the transport; return what `next` returns then.

        Raises:
            ProviderError: What the error means; not when the answer was whole already.
        """
        if isinstance(error, StreamClosed):
            raise self._error(
                exc.StreamCancelledError, "the stream was closed before its end"
            ) from error
        if self._decoder.done:
            self._ended = True
            return self.next()
        self._keep()
        if isinstance(error, DeadlineExceeded):
            raise self._timeout(error) from error
        if isinstance(error, ConnectFailed) or not self._status:
            raise self._error(exc.ConnectionError, str(error)) from error
        raise self._error(exc.StreamTruncatedError, str(error)) from error

    def _timeout(self, error: DeadlineExceeded) -> exc.TimeoutError:
        phase: exc.TimeoutPhase
        if error.connecting:
            phase = "connect"
        elif self._total is not None and self._now() >= self._total:
            phase = "total"
        else:
            phase = "idle" if self._progress else "first_content"
        limit = getattr(self._limits, phase)
        # Only the transport knows who was not reached, which may be a proxy, and only the signer
        # what it waited for.
        where, in_time, _ = str(error).partition(" in time")
        what = where if in_time and (error.connecting or error.fetching) else "no answer"
        slow = "that" if error.fetching else "the model"
        timeout = self._error(
            exc.TimeoutError,
            f"{what} within {limit:g} s (llm.Timeout.{phase}); raise the limit with "
            f"timeout=llm.Timeout(...) if {slow} needs longer",
        )
        timeout.phase = phase
        return timeout

    def _invalid(self, what: str) -> exc.ResponseValidationError:
        return self._error(exc.ResponseValidationError, what)

    def _error(self, cls: type[ErrorT], what: str) -> ErrorT:
        return cls(
            f"{self.request.model_id}: {what}.",
            self.request.provider_id,
            model=self.request.model_id,
            request_id=request_id(self._headers),
        )

    def decode_raw(self, event: object) -> object:
        """Return an event's payload decoded, or as text where it is not JSON."""
        _, payload = cast("WireEvent", event)
        return decoded(payload)


def _outside_of_events(data: bytes) -> bytes:
    """Return what begins with a bracket, as no line of server-sent events does, to the end."""
    data = b"\n" + data.replace(b"\r", b"\n")
    starts = [start for opening in (b"\n{", b"\n[", b"\n<") if (start := data.find(opening)) >= 0]
    return data[min(starts) :].strip() if starts else b""
