"""`llm.limit`: a line before the model, as a layer."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeGuard, cast
from urllib.parse import urlsplit

from mirascope._install import needs
from mirascope.llm.exceptions import ConnectionError, LimitExceeded, RateLimitError
from mirascope.llm.layering import Answer, LayerFlow, Open, Request, wait
from mirascope.llm.layering.block import BlockLayer
from mirascope.llm.limiting.budgets import CountStore, MemoryCounts
from mirascope.llm.limiting.estimates import estimate_tokens
from mirascope.llm.limiting.line import Line, Ticket
from mirascope.llm.limiting.tills import Counted, CountedTill, Terms, Till
from mirascope.llm.limiting.vendor import LONGEST_PAUSE
from mirascope.llm.responses.chunks import is_content
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.usage import UsageDeltaChunk

if TYPE_CHECKING:
    from limits.storage import RedisStorage

    from mirascope.llm.responses.chunks import Event

__all__ = ["Limit", "limit"]

_SCHEMES = ("redis", "rediss", "redis+unix", "redis+sentinel", "redis+cluster")
_PATIENCE = 5.0
"""Seconds to wait for a store."""


class Limit(BlockLayer):
    """A layer that lets requests through as limits allow, first come, first served; see `limit`."""

    store: CountStore | str | None = None
    _counts: CountStore | None = None

    def __init__(
        self,
        *,
        concurrency: int | None = None,
        requests: int | None = None,
        tokens: int | None = None,
        window: float = 60.0,
        key: str | Callable[[Request], str] | None = None,
        max_wait: float | None = None,
        store: CountStore | str | None = None,
        estimate: Callable[[Request], int] = estimate_tokens,
    ) -> None:
        """Say how many; see `limit`.

        Args:
            concurrency: Requests at a time.
            requests: Requests in any window.
            tokens: Tokens in any window.
            window: Its length in seconds.
            key: Whose limits these are.
            max_wait: The longest wait.
            store: Where to count, or the URL of that; None for memory.
            estimate: What a request will cost, in tokens.
        """
        for name, value in (("concurrency", concurrency), ("requests", requests)):
            _check_positive(name, value)
        _check_positive("tokens", tokens)
        _check_positive("window", window)
        if max_wait is not None and not max_wait >= 0:
            raise ValueError(f"max_wait must be non-negative or None, got {max_wait!r}.")
        self.concurrency = concurrency
        self.requests = requests
        self.tokens = tokens
        self.window = window
        self.key = key
        self.max_wait = max_wait
        self.store = store
        self.estimate = estimate
        self._counts = _store_at(store) if isinstance(store, str) else store
        self._lines: dict[str, Line] = {}

    def __call__(self, request: Request, open: Open, /) -> LayerFlow:
        """Return the steps of one request."""
        tokens = 0 if self.tokens is None else max(int(self.estimate(request)), 0)
        if self.tokens is not None and tokens > self.tokens:
            raise _refused(
                request,
                f"may take {tokens} tokens, more than {_label('tokens', self.tokens, self.window)} "
                "ever lets through; lower max_tokens, or pass estimate=",
                _label("tokens", self.tokens, self.window),
                0.0,
            )
        line = self._line(request)
        started = time.monotonic()
        ticket = line.join(tokens)
        try:
            if not ticket.signal.is_set:
                seconds = self.max_wait
                if seconds is not None:  # which a store may take longer than to say how it stands
                    yield wait(ticket.looked, seconds=_PATIENCE)
                    seconds = max(seconds - (time.monotonic() - started), 0.0)
                yield wait(ticket.signal, seconds=seconds)
            self._check(ticket, line, request, time.monotonic() - started)
            try:
                yield from _listened(open(request), ticket, line, counts=self.tokens is not None)
            except RateLimitError as error:
                if error.retry_after:
                    line.pause(min(error.retry_after, LONGEST_PAUSE))
                raise
        finally:
            line.leave(ticket)
        line.tidy()
        return None

    def _check(self, ticket: Ticket, line: Line, request: Request, waited: float) -> None:
        """Raise what kept a request from being let through, if anything did."""
        if not ticket.signal.is_set:
            raise _refused(
                request,
                f"was not let through within {self.max_wait:g} s, for {line.held_by} is used up; "
                "raise max_wait to wait longer",
                line.held_by,
                waited,
            )
        if ticket.error is not None:
            raise ConnectionError(
                f"{request.model_id}: the store of the limits could not be asked "
                f"({type(ticket.error).__name__}).",
                request.provider_id,
                model=request.model_id,
            ) from ticket.error

    def _line(self, request: Request) -> Line:
        key = self.key(request) if callable(self.key) else self.key or ""
        line = self._lines.get(key)
        if line is None:
            line = self._lines.setdefault(key, self._new_line(key))
        return line

    def _new_line(self, key: str) -> Line:
        amounts: dict[Counted, int | None] = {"requests": self.requests, "tokens": self.tokens}
        terms = [
            Terms(what, amount, _label(what, amount, self.window))
            for what, amount in amounts.items()
            if amount is not None
        ]
        name, counts = f"mirascope:{key}", self._counts
        till: Till
        if terms and _is_redis(counts):
            from mirascope.llm.limiting.redis_till import RedisTill  # few count there

            till = RedisTill(counts, name, terms, self.window)
        else:
            till = CountedTill(
                counts or MemoryCounts(), name, terms, self.window, is_shared=counts is not None
            )
        return Line(self.concurrency, till, blocks=counts is not None)

    def close(self) -> None:
        """Close the connections to a store given by its URL; new ones are made when need be."""
        if isinstance(self.store, str) and self._counts is not None:
            cast("Any", self._counts).get_connection().close()

    def __del__(self) -> None:
        self.close()

    def __reduce__(self) -> tuple[object, ...]:
        # A response that is sent elsewhere takes its model along: with the settings of this.
        settings = {name: value for name, value in vars(self).items() if name[0] != "_"}
        return _limit, (settings,)


def _limit(settings: dict[str, Any]) -> Limit:
    return Limit(**settings)


def _listened(answer: Answer, ticket: Ticket, line: Line, *, counts: bool) -> LayerFlow:
    """Pass the answer on, and note what the vendor says is left, and the tokens that it took."""
    used: int | None = None
    while True:
        events: list[Event] | None = yield answer.pull()
        if events is None:
            break
        for event in events:
            if isinstance(event, UsageDeltaChunk):
                used = (used or 0) + event.input_tokens + event.output_tokens
            elif isinstance(event, RateLimits):
                line.hear(ticket, event)
        yield events
        if not counts and any(map(is_content, events)):
            yield answer  # what follows says nothing that is listened to
            break
    ticket.used = used
    return None


def _refused(request: Request, what: str, limit: str, waited: float) -> LimitExceeded:
    error = LimitExceeded(
        f"{request.model_id}: the request {what}.", request.provider_id, model=request.model_id
    )
    error.limit, error.waited = limit, waited
    return error


def _label(what: str, amount: int, window: float) -> str:
    return f"{what}_per_minute={amount}" if window == 60 else f"{amount} {what} in {window:g} s"


def _check_positive(name: str, value: float | None) -> None:
    if value is not None and not value > 0:
        raise ValueError(f"{name} must be positive or None, got {value!r}.")


def limit(
    *,
    concurrency: int | None = None,
    requests_per_minute: int | None = None,
    tokens_per_minute: int | None = None,
    key: str | Callable[[Request], str] | None = None,
    max_wait: float | None = None,
    store: CountStore | str | None = None,
    estimate: Callable[[Request], int] = estimate_tokens,
) -> Limit:
    """Let requests through as these limits allow, first come, first served.

    It is a layer, for ``layers=[llm.limit(...)]``, and a context manager, around every request made
    in its block. Requests wait in line, across all threads, tasks and event loops that use the same
    object. Closing the response or cancelling the task ends the wait at once.

    Args:
        concurrency: The most requests at a time, in this process; a stream counts until it has
            ended, is closed or dropped.
        requests_per_minute: The most requests in any 60 seconds.
        tokens_per_minute: The most tokens in any 60 seconds, as estimated before, and corrected
            when the answer says what it took.
        key: Whose limits these are: a name, or a function that returns one for each request, such
            as ``lambda request: request.model_id``. Each has limits of its own.
        max_wait: The longest wait in seconds, after which `LimitExceeded` is raised; None for as
            long as it takes, 0 for never waiting.
        store: Where to count: the URL of a Redis, where processes stand in one line; anything that
            counts, such as a storage of the package `limits`; None for memory.
        estimate: Returns the tokens that a request will take, see `estimate_tokens`.

    Raises:
        ValueError: A number is not positive, nothing is limited, or the URL is not of a Redis.
        ImportError: A URL was given, and the extra `limits` is not installed.
    """
    if concurrency is None and requests_per_minute is None and tokens_per_minute is None:
        raise ValueError(
            "llm.limit limits nothing: pass concurrency=, requests_per_minute= or "
            "tokens_per_minute=."
        )
    _check_positive("requests_per_minute", requests_per_minute)
    _check_positive("tokens_per_minute", tokens_per_minute)
    return Limit(
        concurrency=concurrency,
        requests=requests_per_minute,
        tokens=tokens_per_minute,
        key=key,
        max_wait=max_wait,
        store=store,
        estimate=estimate,
    )


def _store_at(url: str) -> CountStore:
    scheme = urlsplit(url).scheme
    if scheme not in _SCHEMES:  # said here, for the error of `limits` shows the password, too
        raise ValueError(f"A store of limits is at one of {', '.join(_SCHEMES)}, not {scheme!r}.")
    with needs("limits", "Counting in Redis needs the packages 'limits' and 'redis'"):
        import redis  # noqa: F401  # pyright: ignore[reportUnusedImport]  # `limits` needs it
        from limits.storage import storage_from_string
    made = storage_from_string(url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
    return cast("CountStore", made)


def _is_redis(store: CountStore | None) -> TypeGuard[RedisStorage]:
    if "limits.storage" not in sys.modules:  # so it is not one of these
        return False
    from limits.storage import RedisStorage

    return isinstance(store, RedisStorage)
