"""One request whose answer is one body and no part of a conversation: a list, a count, vectors.

What it means is written once; `ask` and `ask_async` only read. It is no `Exchange`, which makes
events of an answer, and so there are no layers around it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeAlias, TypeVar

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.errors import api_error, complete, page_title, with_base_url
from mirascope.llm.providers.headers import request_id, retry_after
from mirascope.llm.providers.masks import Mask, hide
from mirascope.llm.providers.signers import Signer
from mirascope.llm.transport.http import (
    AsyncTransport,
    DeadlineExceeded,
    HttpRequest,
    Transport,
    TransportError,
)
from mirascope.llm.types.timeout import Timeout

__all__ = ["Inquiry", "ask", "ask_async"]

T = TypeVar("T")
ErrorT = TypeVar("ErrorT", bound=exc.ProviderError)

MAX_BODY = 64 * 1024 * 1024
"""The largest body that is read, in bytes after unpacking."""
MAX_ERROR_BODY = 1024 * 1024
"""How much of an error's body is read, in bytes."""

Reader: TypeAlias = Callable[[bytes, Mapping[str, str]], T]
"""Reads a body, beside the headers; raises `ValueError` for what is none."""
ErrorReader: TypeAlias = Callable[[int, Mapping[str, str], bytes], ErrorInfo]


class Inquiry(Generic[T]):
    """The state of one request.

    Attributes:
        request: What is sent, its URL a path from the base URL.
        limits: How long to wait. Content is the whole body, so `Timeout.idle` says nothing.
        size: How long the body is, in bytes.
        base_url: Where it goes; None for the vendor's own address.
        url: The whole address that it was sent to; empty while it was not.
    """

    def __init__(
        self,
        request: HttpRequest,
        read: Reader[T],
        error: ErrorReader,
        *,
        what: str,
        provider_id: str,
        limits: Timeout,
        model_id: str | None = None,
        max_body: int = MAX_BODY,
        begun: float | None = None,
    ) -> None:
        """Begin.

        Args:
            request: What to send.
            read: Reads the body of an answer.
            error: Reads that of an error.
            what: Is asked for, as errors call it, such as "list of models".
            provider_id: Who is asked.
            limits: How long to wait.
            model_id: The model that it is about, if it is about one.
            max_body: The most bytes to read.
            begun: When the limits began to count, on the clock of `time.monotonic`; now when None.
        """
        self.request = request
        self.limits = limits
        self.size: int = 0
        self.base_url: str | None = None
        self.url: str = ""
        self._read = read
        self._error = error
        self._what = what
        self._provider_id = provider_id
        self._model_id = model_id
        self._max_body = max_body
        self._begun = begun
        self._status = 0
        self._headers: Mapping[str, str] = {}
        self._pieces: list[bytes] = []
        self._limit: tuple[exc.TimeoutPhase, float] = "total", 0.0

    # --- limits

    def deadline(self) -> float | None:
        """Start the clock; return until when the whole answer has to be there."""
        begun = time.monotonic() if self._begun is None else self._begun
        given: list[tuple[float, exc.TimeoutPhase]] = []
        if self.limits.total is not None:
            given.append((self.limits.total, "total"))
        if self.limits.first_content is not None:
            given.append((self.limits.first_content, "first_content"))
        if not given:
            return None
        limit, phase = min(given)
        self._limit = phase, limit
        return begun + limit

    # --- what came

    def on_open(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the status and the headers."""
        self._status = status
        self._headers = headers

    def on_data(self, data: bytes) -> bool:
        """Take the next bytes; return whether more are wanted.

        Raises:
            ResponseValidationError: They are too many.
        """
        self.size += len(data)
        if not 200 <= self._status < 300:
            self._pieces.append(data)
            return self.size <= MAX_ERROR_BODY
        if self.size > self._max_body:
            raise self._invalid(f"the {self._what} is larger than {self._max_body} bytes")
        self._pieces.append(data)
        return True

    def result(self) -> T:
        """Return what the body says.

        Raises:
            ProviderError: It is an error, or nothing that was asked for.
        """
        body = b"".join(self._pieces)
        self._pieces.clear()  # not to hold all of it twice
        if not 200 <= self._status < 300:
            info = self._error(self._status, self._headers, body)
            raise api_error(
                with_base_url(info, self._status, self.base_url),
                provider=self._provider_id,
                model=self._model_id,
                request_id=request_id(self._headers),
                retry_after=retry_after(self._headers),
            )
        try:
            return self._read(body, self._headers)
        except ValueError as error:
            if page := page_title(body):
                raise self._invalid(f"the server sent {page} in place of a {self._what}") from None
            raise self._invalid(str(error)) from None

    # --- what went wrong

    @contextmanager
    def errors(self, signer: Signer) -> Generator[None]:
        """Raise what goes wrong in the block as `llm` errors, without any secret in them."""
        try:
            try:
                yield
            except TransportError as error:
                raise self._on_the_way(error) from error
        except Exception as error:
            if isinstance(error, exc.ProviderError):
                complete(error, model=self._model_id, request_id=request_id(self._headers))
            known = f"{self._provider_id} {self._model_id or ''}"
            hide(error, Mask(secret for secret in signer.secrets if secret not in known))
            raise

    def _on_the_way(self, error: TransportError) -> exc.ProviderError:
        if not isinstance(error, DeadlineExceeded):
            return self._made(exc.ConnectionError, str(error))
        phase, limit = self._limit
        what = f"no {self._what}"
        if error.connecting and self.limits.connect is not None:
            phase, limit = "connect", self.limits.connect
        if error.connecting or error.fetching:
            # Only the transport knows who was not reached, which may be a proxy, and only the
            # signer what it waited for.
            where, in_time, _ = str(error).partition(" in time")
            what = where if in_time else what
        timeout = self._made(exc.TimeoutError, f"{what} within {limit:g} s")
        timeout.phase = phase
        return timeout

    def _invalid(self, what: str) -> exc.ResponseValidationError:
        return self._made(exc.ResponseValidationError, what)

    def _made(self, cls: type[ErrorT], what: str) -> ErrorT:
        who = self._model_id or self._provider_id
        return cls(
            f"{who}: {what}.",
            self._provider_id,
            model=self._model_id,
            request_id=request_id(self._headers),
        )


def ask(inquiry: Inquiry[T], signer: Signer, transport: Transport) -> T:
    """Send it, and return what the answer says.

    Raises:
        ProviderError: What went wrong at the vendor or on the way.
    """
    with inquiry.errors(signer):
        deadline = inquiry.deadline()
        request = signer.sign(inquiry.request, deadline)
        stream = transport.open(request, connect=inquiry.limits.connect, deadline=deadline)
        try:
            inquiry.on_open(stream.status, stream.headers)
            while (data := stream.read(deadline)) and inquiry.on_data(data):
                pass
        finally:
            stream.close()
        return inquiry.result()


async def ask_async(inquiry: Inquiry[T], signer: Signer, transport: AsyncTransport) -> T:
    """Send it asynchronously; see `ask`. When it is cancelled, the connection is closed."""
    with inquiry.errors(signer):
        deadline = inquiry.deadline()
        request = await signer.sign_async(inquiry.request, deadline)
        stream = await transport.open_async(
            request, connect=inquiry.limits.connect, deadline=deadline
        )
        try:
            inquiry.on_open(stream.status, stream.headers)
            while (data := await stream.read(deadline)) and inquiry.on_data(data):
                pass
        finally:
            stream.close()
        return inquiry.result()
