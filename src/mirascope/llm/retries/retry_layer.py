"""Asking again, as a layer: around one request, whatever it is asked through.

an attempt fails    before content      what came is dropped; the reader notices nothing
                    after content       the log begins again, and its readers are told
                    for the last time   the log keeps what came, and ends
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from mirascope.llm.exceptions import RetriesExhausted
from mirascope.llm.layering import Layer, LayerFlow, Open, Request, sleep
from mirascope.llm.models import Model
from mirascope.llm.responses.attempts import Attempt, RetryFailure
from mirascope.llm.responses.chunks import Event, is_content
from mirascope.llm.responses.fold import fold
from mirascope.llm.retries.config import RetryConfig
from mirascope.llm.types.params import Params

__all__ = [
    "RetryLayer",
    "Turns",
    "asking",
    "asking_others",
    "enclosed",
    "fallback",
    "forget_frames",
]


class RetryLayer:
    """Asks again when an attempt fails, and then the next model; see `llm.retry`."""

    def __init__(
        self,
        config: RetryConfig,
        fallbacks: Sequence[Model | str] | None = None,
        layers: Sequence[Layer] = (),
    ) -> None:
        """Say how.

        Args:
            config: How often, and how long to wait.
            fallbacks: Who is asked after the model of the request; those of `config` when None.
            layers: What stands around each attempt at the model of the request; a fallback model
                has its own.
        """
        self.config = config
        self.fallbacks: tuple[Model | str, ...] = (
            config.fallback_models if fallbacks is None else tuple(fallbacks)
        )
        self.layers: tuple[Layer, ...] = tuple(layers)

    def __call__(self, request: Request, open: Open, /) -> LayerFlow:
        """Return the steps of one request."""
        enclosed(request)
        first = replace(request, layers=self.layers) if self.layers else request
        turns = Turns(self.config, [first, *asking_others(self.fallbacks, request)])
        while True:
            if turns.wait:
                yield sleep(turns.wait)
            attempt = turns.begin()
            held: list[Event] = []
            shown = False
            try:
                answer = open(replace(turns.asked, attempt=attempt))
                while not shown and (events := (yield answer.pull())) is not None:
                    held += events
                    shown = any(map(is_content, events))
                yield held
                if shown:
                    yield answer
            except Exception as error:
                failed = error
            else:
                attempt.ended = time.time()
                yield [attempt]
                return None
            attempt.usage = None if shown else fold(held).usage
            below = [] if shown else [event for event in held if isinstance(event, Attempt)]
            final = turns.failed(attempt, failed)
            if final is not None:
                yield [*below, attempt]
                raise final
            attempt.discards = shown
            forget_frames(failed)
            yield [*below, attempt]


def enclosed(request: Request) -> None:
    """Tell the layer above, if it keeps an account, that here is a finer one."""
    if request.attempt is not None:
        request.attempt.encloses = True


def forget_frames(error: BaseException | None) -> None:
    """Take the frames from an error that is kept while its response lives.

    They lead to the response, and so to a cycle that would keep the next connection open.
    """
    while error is not None and error.__traceback__ is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


class Turns:
    """Whose turn it is, and what has failed before.

    Attributes:
        asked: The question to ask now.
        wait: How long to wait before, in seconds.
    """

    def __init__(self, config: RetryConfig, questions: Sequence[Request]) -> None:
        self.asked: Request = questions[0]
        self._left = list(questions[1:])
        self.wait: float = 0.0
        self._config = config
        self._retries = 0
        self._failures: list[RetryFailure] = []
        limit = config.deadline
        self._deadline = None if limit is None else time.monotonic() + limit

    def begin(self) -> Attempt:
        """Return an account of the attempt that begins."""
        return Attempt(model=self.asked.model_id, started=time.time(), ended=0.0, wait=self.wait)

    def failed(self, attempt: Attempt, error: Exception) -> Exception | None:
        """Take note of a failure, and return what to raise when there is to be no other attempt."""
        config = self._config
        attempt.ended, attempt.error = time.time(), error
        if not config.is_retryable(error):
            return error
        model = Model(self.asked.model_id, **self.asked.params)
        self._failures.append(RetryFailure(model, error))
        if not self._next(error):
            exhausted = RetriesExhausted(self._failures)
            exhausted.__cause__ = error
            return exhausted
        if config.on_retry is not None:
            config.on_retry(attempt)
        return None

    def _next(self, error: Exception) -> bool:
        self._retries += 1
        if self._retries <= self._config.max_retries:
            wait = self._config.wait_after(error, self._retries)
            if wait is not None and self._in_time(wait):
                self.wait = wait
                return True
        if not self._left or not self._in_time(0.0):
            return False
        self.asked, self.wait, self._retries = self._left.pop(0), 0.0, 0
        return True

    def _in_time(self, wait: float) -> bool:
        return self._deadline is None or time.monotonic() + wait < self._deadline


def asking(model: Model, request: Request) -> Request:
    """Return the question of `request`, put to `model`."""
    return replace(
        request, model_id=model.model_id, params=model.params, layers=model.layers_of_its_own()
    )


def asking_others(models: Sequence[Model | str], request: Request) -> list[Request]:
    """Return the question of `request`, put to each of its fallback models; see `fallback`."""
    first, params = request.model_id, request.params
    return [asking(fallback(model, first, params), request) for model in models]


def fallback(model: Model | str, first: str, params: Params) -> Model:
    """Return a fallback model: one given by its id has the parameters of the first.

    But for those that are one vendor's own, and may hold its key, where the vendor is another.

    Args:
        model: The model, or its id.
        first: The id of the first model.
        params: The parameters of the first model.
    """
    if not isinstance(model, str):
        return model
    params = params.copy()
    if model.partition("/")[0] != first.partition("/")[0]:
        params.pop("extra_body", None)
        params.pop("extra_headers", None)
    params.pop("capabilities", None)  # they are said of the first
    return Model(model, **params)
