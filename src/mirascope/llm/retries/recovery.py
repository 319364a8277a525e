"""Going on with an answer that broke off, as a layer: `llm.recover`.

an attempt fails    before content    what came is dropped; the reader notices nothing
                    after content     the next attempt is asked for the rest, and the reader is told
                                      what of its answer follows (see `joining`)
                    for the last time the log keeps what came, and ends
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypeVar, get_args, overload

from typing_extensions import TypedDict, Unpack

from mirascope.llm.calls.calls import BaseCall
from mirascope.llm.content import Text, TextEndChunk, ThoughtEndChunk
from mirascope.llm.exceptions import BadRequestError, ResponseValidationError
from mirascope.llm.layering import LayerFlow, Open, Request, sleep
from mirascope.llm.layering.block import BlockLayer
from mirascope.llm.layering.resumption import Resumption
from mirascope.llm.messages import AssistantMessage, Message, user
from mirascope.llm.models import Model
from mirascope.llm.providers import get_provider_for_model
from mirascope.llm.providers.codec import Continuation
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import Event, Seam, is_content
from mirascope.llm.responses.fold import fold
from mirascope.llm.responses.usage import Usage, UsageDeltaChunk
from mirascope.llm.retries.config import Jitter, RetryConfig
from mirascope.llm.retries.joining import FirstAnswer, NextAnswer, Said
from mirascope.llm.retries.overlap import Overlap, anchor_of
from mirascope.llm.retries.retry_layer import Turns, asking_others, enclosed, forget_frames

__all__ = ["Policy", "Recover", "RecoverArgs", "recover"]

Policy: TypeAlias = Literal["continue", "restart", "raise"]

CallT = TypeVar("CallT", bound="BaseCall[Any] | Model")

_GO_ON = (
    "Your answer was cut off by a broken connection. Go on exactly where it stopped, with no "
    "preamble and no comment. Begin by repeating the last characters of it, which are:\n\n{anchor}"
)
_AGAIN = (
    "Your answer was cut off by a broken connection. Give the whole answer again, from its "
    "beginning, with exactly the same words as far as it went."
)


class RecoverArgs(TypedDict, total=False):
    """The keywords of `llm.recover` that are those of `llm.retry`; see `RetryConfig`."""

    retry_on: tuple[type[Exception], ...]
    initial_delay: float
    max_delay: float
    backoff_multiplier: float
    jitter: Jitter
    deadline: float | None


@dataclass(frozen=True)
class Recover(BlockLayer):
    """Goes on with answers that break off: what `llm.recover` returns.

    A layer; a context manager, around every request made in its block; and a decorator for calls
    and models.
    """

    policy: Policy
    """What is done when an answer breaks off after it has begun."""
    config: RetryConfig
    """Which errors are worth another attempt, how often, how long to wait, and who is next."""
    on_event: Callable[[Seam], object] | None = None
    """Called with each seam, when the answer goes on."""

    @overload
    def __call__(self, request: Request, open: Open, /) -> LayerFlow: ...
    @overload
    def __call__(self, target: CallT, /) -> CallT: ...
    def __call__(self, target: Any, open: Open | None = None, /) -> Any:
        """Return what asks as `target` does, and recovers; or, as a layer, the steps of a request.

        Args:
            target: A call or a model; a request, when this is run as a layer.
            open: Given when this is run as a layer.

        Raises:
            ValueError: `target` is something else.
        """
        if open is not None:
            return self._steps(target, open)
        if isinstance(target, (Model, BaseCall)):
            within: Any = target.within
            return within([self])
        raise ValueError(
            f"llm.recover takes a call or a model, not {type(target).__name__}: put "
            "@llm.recover() above @llm.call(...)."
        )

    def _steps(self, request: Request, open: Open) -> LayerFlow:
        enclosed(request)
        turns = Turns(self.config, [request, *asking_others(self.config.fallback_models, request)])
        may_call = bool(request.toolkit.tools) and self.policy != "raise"
        story = _Story(may_call, self.on_event)
        while True:
            if turns.wait:
                yield sleep(turns.wait)
            attempt = turns.begin()
            try:
                answer = open(replace(story.begin(turns.asked), attempt=attempt))
                while (events := (yield answer.pull())) is not None:
                    if (error := story.discarded_by(events)) is not None:
                        answer.close()
                        attempt.encloses = False  # what was under way, nobody below accounts for
                        raise error
                    if told := story.feed(events):
                        yield told
                yield story.end()
            except Exception as error:
                failed = error
            else:
                attempt.ended, attempt.usage = time.time(), story.usage(complete=True)
                yield [attempt]
                return None
            asked = turns.asked
            refused = self._refuses_rest(story, failed) or story.refuses_prefix(failed)
            final = None if refused else turns.failed(attempt, failed)
            attempt.ended, attempt.error = time.time(), failed
            goes_on = final is None and not refused and self.policy == "continue"
            if story.take_up(goes_on and turns.asked is asked):
                forget_frames(failed)
                yield [attempt]
                continue
            accounts = story.broke_off(attempt)
            if story.has_told and (self.policy == "raise" or story.finished):
                final = failed
            if final is not None:
                yield [*story.left, *story.waiting, *accounts]
                raise final
            forget_frames(failed)
            if self.policy == "restart" and story.has_told:
                attempt.discards = True
                story.forget()
            if story.has_told:
                story.waiting += accounts
            else:
                yield accounts

    def _refuses_rest(self, story: _Story, error: Exception) -> bool:
        """Return whether the rest of an answer cannot be had where it was made."""
        return story.takes_up and not self.config.is_retryable(error)


class _Story:
    """What readers were told of an answer, by one attempt after the other.

    Attributes:
        waiting: Accounts of the attempts since the answer broke off, to be told when it goes on.
        left: What was kept of the answer that broke off, to be told when nobody goes on with it.
        takes_up: Whether the same answer is gone on with, at the vendor who keeps it.
    """

    def __init__(self, may_call: bool, on_event: Callable[[Seam], object] | None) -> None:
        self.waiting: list[Event] = []
        self.left: list[Event] = []
        self.takes_up: bool = False
        self._question: Request | None = None
        self._resumption = Resumption()
        self._may_call = may_call
        self._on_event = on_event
        self._answers = 0
        self._model = ""
        self._answer: FirstAnswer | NextAnswer = FirstAnswer(may_call=may_call)
        self._heard: list[Event] = []
        self._told: list[Event] = []
        self._said = Said()
        self._broken: Attempt | None = None
        self._how: Continuation | None = None
        self._prefixes = True

    @property
    def has_told(self) -> bool:
        """Return whether readers have seen content, as far as attempts that are over go."""
        return self._said.anything

    @property
    def finished(self) -> bool:
        """Return whether the model had finished, so that there is nothing to go on with."""
        return self._said.finished

    # --- an attempt

    def begin(self, question: Request) -> Request:
        """Return what to ask so that the answer goes on, instead of the question itself."""
        if self.takes_up and self._question is not None:
            self._resumption = Resumption(self._resumption.kept)
        else:
            self._question = self._begin(question)
            self._resumption = Resumption()
        return replace(self._question, resumption=self._resumption)

    def _begin(self, question: Request) -> Request:
        said = self._said
        self._answers += 1
        self._model = question.model_id
        self._heard = []
        self._how = None
        if not said.anything:
            self._answer = FirstAnswer(may_call=self._may_call)
            return question
        if said.spoken:
            question, self._how = _rest_of(question, said, self._prefixes)
        self._answer = NextAnswer(said, Overlap(said.last, self._how or "prefix"), self._answers)
        return question

    def discarded_by(self, events: Sequence[Event]) -> BaseException | None:
        """Return the error for which a layer below begins again, which is not for it to do.

        It would take away what readers were told; going on from there is better.
        """
        if self.takes_up and not self._resumption.resumed and any(map(is_content, events)):
            return ResponseValidationError("Another answer came in place of the rest.", "")
        last = events[-1]
        return last.error if type(last) is Attempt and last.discards else None

    def feed(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return what readers are told now, which may be nothing."""
        self._heard += events
        told = self._answer.feed(events)
        if self.waiting:
            told = self._gone_on(told)
        self._told += told
        return told

    def end(self) -> Sequence[Event]:
        """Return what readers are told at the end of an attempt that went well."""
        told = self._answer.rest()
        if self.waiting:
            told = self._gone_on(told, final=True)
        if self._answer.differs:  # which only its end has shown
            told = [*self._begun_again(), *self._answer.rest()]
        return told

    def _gone_on(self, told: Sequence[Event], *, final: bool = False) -> Sequence[Event]:
        """Return `told` with what comes before it, when that is the first that is told."""
        broken, said = self._broken, self._said
        if self._answer.differs:
            return [] if final else self._begun_again()
        if broken is None or not (told or final):
            return told
        seam = Seam(
            failed=broken.model,
            model=self._model,
            error=broken.error,
            dropped=list(said.void_thoughts),
        )
        if self._on_event is not None:
            self._on_event(seam)
        ends: list[Event] = [TextEndChunk(id=id) for id in said.open_texts[:-1]]
        ends += [ThoughtEndChunk(id=id) for id in said.open_thoughts]
        accounts, self.waiting = self.waiting, []
        return [*ends, *accounts, seam, *told]

    def _begun_again(self) -> Sequence[Event]:
        """Return what readers are told when this answer takes the place of the one before."""
        assert self._broken is not None, "only then can there be another answer"
        self._broken.discards = True
        accounts, self.waiting = self.waiting, []
        self.forget()
        self._answer = FirstAnswer(may_call=self._may_call)
        return [*accounts, *self._answer.feed(self._heard)]

    # --- when it is over

    def take_up(self, wanted: bool) -> bool:
        """Go on with the answer where its connection broke, if its vendor does; return whether."""
        self.takes_up = wanted and self._resumption.kept is not None
        return self.takes_up

    def refuses_prefix(self, error: Exception) -> bool:
        """Take note that the model refuses the beginning of its answer, if that is what it says."""
        refused = self._how in ("prefix", "echo") and isinstance(error, BadRequestError)
        self._prefixes = self._prefixes and not refused
        return refused

    def broke_off(self, attempt: Attempt) -> list[Event]:
        """Take note that an attempt failed, and return the account of it, and of those below."""
        heard = self._heard
        below = [event for event in heard if isinstance(event, Attempt)]
        attempt.usage = self.usage(complete=not any(map(is_content, heard)))
        before, self._said = self._said, Said.of(self._told)
        kept = self._answer.rest() if isinstance(self._answer, FirstAnswer) else ()
        if any(map(is_content, kept)):
            self.left = [event for event in kept if event not in below]
        elif self._said != before:
            self.left = []
        if self._broken is None or self._said != before:
            self._broken = attempt
        return [*(event for event in below if event not in self._told), attempt]

    def forget(self) -> None:
        """Begin again: what was told is void."""
        self._told = []
        self._said = Said()
        self._broken = None
        self.left = []

    def usage(self, *, complete: bool) -> Usage | None:
        """Return what this attempt is known to have used."""
        usage = fold(event for event in self._heard if isinstance(event, UsageDeltaChunk)).usage
        if usage is not None:
            usage.complete = complete
        return usage


def _rest_of(question: Request, said: Said, prefixes: bool) -> tuple[Request, Continuation]:
    """Return the request for the rest of an answer, and in which way it asks for it."""
    provider = get_provider_for_model(question.model_id)
    how = provider.continuation(provider.prepare(question))
    texts = said.spoken
    more: list[Message] = []
    if how == "again":
        more = [user(_AGAIN)]
    elif how == "turn" or not prefixes:
        how = "turn"
        more = [user(_GO_ON.format(anchor=anchor_of(said.last)))]
    else:  # vendors refuse a prefix with blanks at its end
        texts[-1] = texts[-1].rstrip()
    answer = AssistantMessage(
        content=[Text(text=text) for text in texts],
        provider_id=None,
        model_id=None,
        provider_model_name=None,
        raw_message=None,
    )
    return replace(question, messages=[*question.messages, answer, *more]), how


def recover(
    policy: Policy = "continue",
    *,
    max_attempts: int = 3,
    fallback_models: Sequence[Model | str] = (),
    on_event: Callable[[Seam], object] | None = None,
    **more: Unpack[RecoverArgs],
) -> Recover:
    """Go on with answers that break off.

    Before there is any content, another attempt is made and nobody notices. After that, it is asked
    for the rest, and iterators go on as if nothing had happened. Tool calls are handed out when the
    answer is whole, so that none can have been run before that.

    Args:
        policy: What to do after the first content: ``continue``; ``restart``, as `llm.retry` does;
            or ``raise``.
        max_attempts: How often each model is asked at most.
        fallback_models: Who is asked then, in order; see `RetryConfig.fallback_models`.
        on_event: Called with each seam, when the answer goes on. It must not block.
        **more: Which errors are worth another attempt, and how long to wait; see `RetryConfig`.

    Returns:
        A layer, that is also a context manager, and a decorator for calls and models.

    Raises:
        ValueError: The policy is not known, or a number is out of its range.
    """
    if policy not in get_args(Policy):
        raise ValueError(f"policy must be one of {', '.join(get_args(Policy))}, got {policy!r}.")
    if not max_attempts >= 1:
        raise ValueError(f"max_attempts must be at least 1, got {max_attempts!r}.")
    config = RetryConfig(
        max_retries=max_attempts - 1, fallback_models=tuple(fallback_models), **more
    )
    return Recover(policy, config, on_event)
