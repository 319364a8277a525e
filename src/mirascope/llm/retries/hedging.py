"""Hedging: a second model is asked when the first one is slow, and the first to speak wins."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from mirascope.llm.exceptions import StreamCancelledError
from mirascope.llm.layering import Answer, Layer, LayerFlow, Open, Request, race
from mirascope.llm.models import Model
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import Event, is_content
from mirascope.llm.responses.fold import fold
from mirascope.llm.retries.retry_layer import asking, enclosed

__all__ = ["HedgeLayer", "hedge"]


class HedgeLayer:
    """Asks the next model when those before have no content yet; see `hedge`."""

    def __init__(self, models: Sequence[Model], after: float) -> None:
        """Say who is asked, in order, and after how many seconds the next one is."""
        self.models: tuple[Model, ...] = tuple(models)
        self.after = after

    def __call__(self, request: Request, open: Open, /) -> LayerFlow:
        """Return the steps of one request."""
        enclosed(request)
        field = _Field(self.after, [asking(model, request) for model in self.models])
        while True:
            if (asked := field.next()) is not None:
                runner = _Runner(asked)
                field.enter(open(replace(asked, attempt=runner.attempt)), runner)
            answer: Answer | None = yield race(*field.runners, seconds=field.seconds_left())
            if answer is None:
                continue
            runner = field.runners[answer]
            try:
                events: Sequence[Event] | None = yield answer.pull()
            except Exception as error:
                yield field.out(answer, error)
                if field.is_empty:
                    raise
                continue
            runner.held += events or ()
            if events is None or any(map(is_content, events)):
                break
        yield field.won_by(answer)
        yield runner.held
        try:
            if events is not None:
                yield answer
        except Exception as error:
            yield [runner.over(error)]
            raise
        yield [runner.over()]
        return None


class _Runner:
    """One that was asked, and what has come of it."""

    def __init__(self, asked: Request) -> None:
        self.held: list[Event] = []
        self.attempt: Attempt = Attempt(model=asked.model_id, started=time.time(), ended=0.0)

    def over(self, error: Exception | None = None) -> Attempt:
        """Return the account of it."""
        self.attempt.ended, self.attempt.error = time.time(), error
        return self.attempt

    def lost(self, error: Exception) -> list[Event]:
        """Return the account of one whose events nobody will see, and of the layers below."""
        self.attempt.usage = fold(self.held).usage
        below = [event for event in self.held if isinstance(event, Attempt)]
        return [*below, self.over(error)]


class _Field:
    """Who runs, and who is still to start.

    Attributes:
        runners: Those that run, by their answers.
    """

    def __init__(self, after: float, questions: Sequence[Request]) -> None:
        self.runners: dict[Answer, _Runner] = {}
        self._after = after
        self._left = list(questions)
        self._next_start = 0.0

    @property
    def is_empty(self) -> bool:
        """Return whether nobody runs, and nobody is left to start."""
        return not self.runners and not self._left

    def next(self) -> Request | None:
        """Return the question of who has to start now, if somebody has."""
        if self._left and (not self.runners or time.monotonic() >= self._next_start):
            self._next_start = time.monotonic() + self._after
            return self._left.pop(0)
        return None

    def enter(self, answer: Answer, runner: _Runner) -> None:
        """Let somebody run."""
        self.runners[answer] = runner

    def seconds_left(self) -> float | None:
        """Return how long it is until the next one starts; None when nobody does."""
        return max(self._next_start - time.monotonic(), 0.0) if self._left else None

    def out(self, answer: Answer, error: Exception) -> list[Event]:
        """Take one out that failed, and return the accounts of it."""
        return self.runners.pop(answer).lost(error)

    def won_by(self, winner: Answer) -> list[Event]:
        """Close all others, and return the accounts of them."""
        accounts: list[Event] = []
        for answer, runner in self.runners.items():
            if answer is not winner:
                answer.close()
                request = answer.request
                message = f"{request.model_id} was closed, for another model was faster."
                error = StreamCancelledError(message, "", model=request.model_id)
                runner.attempt.encloses = False  # what was under way, nobody below accounts for
                accounts += runner.lost(error)
        return accounts


def hedge(models: Sequence[Model | str], *, after: float) -> Model:
    """Return a model that asks the next of several when the ones before are slow.

    The first that brings content answers; the others are closed at once, and what they are known to
    have used is in `response.attempts`. One that fails before is out, and the others go on. It is
    used wherever a model is.

    Args:
        models: Who is asked, in order: models, with their parameters and layers, or their ids.
        after: Seconds without content after which the next one is asked, too.

    Raises:
        ValueError: There are no models, or `after` is negative.
    """
    if not models or isinstance(models, str):
        raise ValueError("llm.hedge wants a list of models, such as ['openai/a', 'anthropic/b'].")
    if not after >= 0:
        raise ValueError(f"after must be non-negative, got {after!r}.")
    runners = [Model(model) if isinstance(model, str) else model for model in models]
    layer: Layer = HedgeLayer(runners, after)
    return Model(runners[0].model_id, layers=[layer], **runners[0].params)
