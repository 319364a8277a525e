"""The log of an answer: every event in order, numbered by its place.

Reading is by position: whoever wants the answer keeps an index into the log. So replay is free, any
number of readers see every event exactly once, and a log can be kept elsewhere and read on.

The log is the one place where events are let in. What it takes in it has put into the form that
everybody reads (the hidden format tool is text), and its `Fold` has found that it fits.

When the answer is begun again, after an attempt that failed, so is the log: with new lists, so that
readers of the old ones notice, and none of them takes an old chunk for a new one.
"""

from __future__ import annotations

from collections.abc import Iterable

from mirascope.llm.content import (
    AssistantContentChunk,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import (
    AnswerEnd,
    Event,
    RawStreamEventChunk,
    StreamResponseChunk,
    is_content,
)
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.state import StreamState

__all__ = ["EventLog", "FormatToolAsText"]


class EventLog:
    """Everything one answer has brought so far.

    Attributes:
        events: All of it, in order; the end, once it is known, is the last.
        chunks: The content among the events, which is what most readers want.
        fold: What the events add up to.
        raw_events: The provider's events, as they were given. They are kept beside the log: they
            show how the answer came, and say nothing about what it is.
    """

    __slots__ = ("_shown", "chunks", "events", "fold", "raw_events")

    def __init__(self, message: AssistantMessage | None = None) -> None:
        """Begin with nothing; see `Fold` for `message`."""
        self.events: list[Event] = []
        self.chunks: list[AssistantContentChunk] = []
        self.fold: Fold = Fold(message)
        self.raw_events: list[object] = []
        self._shown = FormatToolAsText()

    @property
    def ended(self) -> bool:
        """Return whether nothing more will come."""
        return self.fold.ended

    def end(self, state: StreamState, error: BaseException | None = None) -> None:
        """End the log, once; an end after the first is ignored."""
        if not self.fold.ended:
            self.append(AnswerEnd(state=state, error=error))

    def extend(self, batch: Iterable[StreamResponseChunk | Event]) -> None:
        """Take in events, in order.

        Raises:
            RuntimeError: An event does not fit what came before; neither it nor what follows it is
                taken in.
        """
        fold = self.fold
        for event in batch:
            if type(event) is TextChunk and (deltas := fold.open_texts.get(event.id)) is not None:
                deltas.append(event.delta)  # nearly every event
                self.events.append(event)
                self.chunks.append(event)
            else:
                self.append(event)

    def append(self, event: StreamResponseChunk | Event) -> None:
        """Take in one event; see `extend`."""
        if isinstance(event, RawStreamEventChunk):
            self.raw_events.append(event.raw_stream_event)
            return
        if isinstance(event, (ToolCallStartChunk, ToolCallChunk, ToolCallEndChunk)):
            event = self._shown(event)
        self.fold.add(event)
        if isinstance(event, Attempt) and event.discards:
            self.events = [e for e in self.events if isinstance(e, Attempt)]
            self.chunks = []
            self._shown = FormatToolAsText()
        self.events.append(event)
        if is_content(event):
            self.chunks.append(event)


class FormatToolAsText:
    """Shows events of calls as readers see them: those of the hidden format tool are text."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def __call__(
        self, event: ToolCallStartChunk | ToolCallChunk | ToolCallEndChunk
    ) -> AssistantContentChunk:
        """Return the event as readers see it."""
        id, ids = event.id, self._ids
        if isinstance(event, ToolCallStartChunk):
            if id in ids:
                raise RuntimeError(f"Got {event.type} with conflicting id")
            if event.name.startswith(FORMAT_TOOL_NAME):
                ids.add(id)
                return TextStartChunk(id=id)
        elif id in ids:
            if isinstance(event, ToolCallChunk):
                return TextChunk(id=id, delta=event.delta)
            ids.remove(id)
            return TextEndChunk(id=id)
        return event
