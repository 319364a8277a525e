"""What comes of a request, for layers that tell somebody else about it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import get_args

from mirascope.llm.content import AssistantContentChunk, ToolCallEndChunk, ToolCallStartChunk
from mirascope.llm.layering.answer import Answer, Open
from mirascope.llm.layering.layer import LayerFlow
from mirascope.llm.layering.request import Request
from mirascope.llm.responses.chunks import (
    Event,
    RawMessageChunk,
    RawStreamEventChunk,
    Seam,
    is_content,
)
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.log import EventLog
from mirascope.llm.responses.source import Sent
from mirascope.llm.responses.state import StreamState, state_of

__all__ = ["Account", "watch"]

_UNKEPT = {
    *get_args(AssistantContentChunk),
    RawMessageChunk,
    RawStreamEventChunk,
} - {ToolCallStartChunk, ToolCallEndChunk}
"""What is no part of an account without content; of calls it has the beginnings and ends."""


class Account:
    """What has come of one request.

    Attributes:
        request: What was asked.
        started: When it was first read, in nanoseconds since the epoch.
        duration: How long it took until it ended, in seconds.
        first_content: How long it took until there was content, in seconds; None without any.
        seams: Where it broke off and went on, and when, in nanoseconds since the epoch.
        state: How it ended; ``streaming`` until then.
        error_type: The class of what ended it; None where that was its reader, or its proper end.
        error_text: What that said. It may quote what was asked.
    """

    __slots__ = (
        "_answer",
        "_begun",
        "_kept",
        "_log",
        "_with_content",
        "duration",
        "error_text",
        "error_type",
        "first_content",
        "request",
        "seams",
        "started",
        "state",
    )

    def __init__(self, request: Request, *, with_content: bool = False) -> None:
        """Begin now.

        Args:
            request: What is asked.
            with_content: Whether the content of the answer is kept.
        """
        self.request: Request = request
        self.started: int = time.time_ns()
        self.duration: float = 0.0
        self.first_content: float | None = None
        self.seams: list[tuple[int, Seam]] = []
        self.state: StreamState = "streaming"
        self.error_type: type[BaseException] | None = None
        self.error_text: str = ""
        self._begun = time.monotonic()
        self._with_content = with_content
        self._kept: list[Event] = []
        self._log = EventLog()
        self._answer: Answer | None = None

    def opened(self, answer: Answer) -> Answer:
        """Take note of whose events these will be, and return it."""
        self._answer = answer
        return answer

    def take(self, events: Sequence[Event]) -> None:
        """Take note of what came."""
        if self.first_content is None and any(map(is_content, events)):
            self.first_content = time.monotonic() - self._begun
        for event in events:
            if type(event) not in _UNKEPT:
                self._kept.append(event)
                if type(event) is Seam:
                    self.seams.append((time.time_ns(), event))
            elif self._with_content:
                self._kept.append(event)

    def end(self, error: BaseException | None = None) -> None:
        """Take note of the end, once.

        Args:
            error: What ended it. It is not kept, for its frames hold the response.
        """
        self.duration = time.monotonic() - self._begun
        try:
            self._log.extend(self._kept)
            if error is None and self._log.fold.error is not None:  # the log of an answer, replayed
                error = self._log.fold.error
        except RuntimeError as misfit:  # an answer that its reader will not take, either
            error = misfit
        self.state = "complete" if error is None else state_of(error)
        if error is not None and self.state != "cancelled":
            self.error_type = type(error)
            self.error_text = str(error)

    @property
    def fold(self) -> Fold:
        """Return what the answer adds up to, when it has ended: without content, unless asked."""
        return self._log.fold

    @property
    def sent(self) -> Sent | None:
        """Return where the request went, where that is known."""
        return None if self._answer is None else self._answer.sent()

    @property
    def seconds_per_token(self) -> float | None:
        """Return the mean time for a token after the first content of a stream, in seconds.

        None for what was not streamed now, and where the provider does not say how many there were.
        """
        usage = self.fold.usage
        streamed = self.request.stream and self.fold.cached_at is None
        if not streamed or self.first_content is None or usage is None or usage.output_tokens < 2:
            return None
        return (self.duration - self.first_content) / (usage.output_tokens - 1)


def watch(request: Request, open: Open, account: Account) -> LayerFlow:
    """Pass the answer to `request` on, and keep account of it to its end, whatever that is."""
    try:
        answer = account.opened(open(request))
        while (events := (yield answer.pull())) is not None:
            account.take(events)
            yield events
    except BaseException as error:
        account.end(error)
        raise
    account.end()
    return None
