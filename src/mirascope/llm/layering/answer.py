"""What a layer has in its hands, and what it can ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mirascope.llm.layering.request import Request
from mirascope.llm.layering.signal import Signal
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.source import Sent

__all__ = ["Answer", "Open", "Pull", "Race", "Sleep", "Step", "race", "sleep", "wait"]


class Answer:
    """The answer of the next layer, or of the model. Nothing is asked before the first pull.

    ``yield answer`` passes all of it on; ``events = yield answer.pull()`` takes what comes next.
    Answers that a layer leaves open are closed when it is done.

    Attributes:
        request: What it answers.
        ended: Whether it was read to its proper end.
        closed: Whether it was closed before that.
    """

    __slots__ = ("_pull", "closed", "ended", "request", "source", "waiting")

    def __init__(self, request: Request, source: Any, first: tuple[Event, ...] = ()) -> None:
        """Stand for what `source` will say.

        Args:
            request: What it answers.
            source: A source of the colour of the driver.
            first: Events that come before those of `source`.
        """
        self.request: Request = request
        self.source: Any = source
        self.waiting: Any = first or None
        """What the driver has to give before the source is pulled again: events, or a future."""
        self.ended: bool = False
        self.closed: bool = False
        self._pull = Pull(self)

    def pull(self) -> Pull:
        """Return the step that brings the next events: one or more, or None at the proper end.

        What goes wrong is raised where the step was yielded.
        """
        return self._pull

    def sent(self) -> Sent | None:
        """Return where the request went, at any time; None while it has not, or nobody knows."""
        found: Sent | None = self.source.sent()
        return found

    def close(self) -> None:
        """Close the connection, at once; what was not pulled is lost."""
        self.closed = not self.ended
        self.source.close()
        if hasattr(self.waiting, "cancel"):
            self.waiting.cancel()


class Pull:
    """The step of `Answer.pull`."""

    __slots__ = ("answer",)

    def __init__(self, answer: Answer) -> None:
        self.answer: Answer = answer


@dataclass(frozen=True, slots=True)
class Sleep:
    """The step of `sleep` and `wait`."""

    seconds: float | None
    signal: Signal | None = None


@dataclass(frozen=True, slots=True)
class Race:
    """The step of `race`."""

    answers: tuple[Answer, ...]
    seconds: float | None


def sleep(seconds: float) -> Sleep:
    """Return the step that waits. Closing the response ends the wait at once."""
    return Sleep(seconds)


def wait(signal: Signal, *, seconds: float | None = None) -> Sleep:
    """Return the step that waits until `signal` is set, and gives whether it is.

    Closing the response ends the wait at once.

    Args:
        signal: What to wait for; somebody else, in whatever thread or task, sets it.
        seconds: How long to wait; None for as long as it takes.
    """
    return Sleep(seconds, signal)


def race(*answers: Answer, seconds: float | None = None) -> Race:
    """Return the step that waits until one of several answers has something, and gives that answer.

    The next pull of it brings what it has. All go on meanwhile; close those that have lost.

    Args:
        *answers: Those to wait for.
        seconds: How long to wait; None for as long as it takes. The step gives None when it is
            over.
    """
    return Race(answers, seconds)


Step: TypeAlias = Pull | Sleep | Race | Answer | Sequence[Event]
"""What a layer yields: something to be done, an answer to pass on, or events of its own."""

Open: TypeAlias = Callable[[Request], Answer]
"""Opens the next layer; the innermost one opens the wire."""
