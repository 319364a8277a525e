"""An answer on its way out: our events in, the frames of one wire out.

A writer is a state machine for one stream, fed live: what an event brings is written at once, as
far as the wire lets parts overlap. Where it does not, parts are put in turn.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from mirascope.llm.content import (
    AssistantContentChunk,
    AudioChunk,
    AudioEndChunk,
    AudioStartChunk,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    ToolCallStartChunk,
)
from mirascope.llm.responses.chunks import AnswerEnd, Event, is_content
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.views import InTurn
from mirascope.llm.wires.asked import Asked

__all__ = ["Ending", "Frame", "Writer"]


class Frame(NamedTuple):
    """One event of a stream, framed."""

    data: bytes
    content: bool = False
    """Whether it carries text, thoughts or arguments, not bookkeeping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What a wire wants to know of an answer's end, and no event tells or only the last one."""

    refused: bool = False
    """Whether the texts are a refusal, where that is known before they are written."""
    stop_sequence: str | None = None
    """The stop sequence that ended the text."""


class Writer(ABC):
    """Writes one answer.

    Attributes:
        asked: What it answers.
        fold: What the events so far add up to.
    """

    calls_overlap: ClassVar[bool] = False
    """Whether a call may go on while other parts begin and end."""
    has_sound: ClassVar[bool] = False
    """Whether the wire carries sound; where it does not, what is said in it is written as text."""

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        """Begin with no events.

        Args:
            asked: What is answered.
            number: Tells the answer from others; its ids are made of it.
            ending: What is known of the end.
        """
        self.asked = asked
        self.fold: Fold = Fold()
        self._number = number
        self._ending = ending or Ending()
        self._in_turn = InTurn()
        self._overlapping: set[str] = set()
        self._begun = False

    def feed(self, event: Event) -> list[Frame]:
        """Return the frames of one event.

        Raises:
            RuntimeError: It does not fit those before it.
        """
        self.fold.add(event)
        if isinstance(event, AnswerEnd):
            if event.state != "complete":
                return self._fail(event.error)
            return [*self._begin(), *self._write_all(self._in_turn.rest()), *self._finish()]
        if not is_content(event):
            return self._note(event)
        event = event if self.has_sound else _in_words(event)
        chunks = [event] if self._may_overlap(event) else self._in_turn(event)
        return [*self._begin(), *self._write_all(chunks)]

    def _may_overlap(self, chunk: AssistantContentChunk) -> bool:
        """Return whether `chunk` is of a call that waits for nothing.

        One that begins while another part is being written begins after it: parts come in the order
        in which they began.
        """
        if chunk.content_type != "tool_call" or not self.calls_overlap:
            return False
        if isinstance(chunk, ToolCallStartChunk) and self._in_turn.live is None:
            self._overlapping.add(chunk.id)
        return chunk.id in self._overlapping

    def close(self) -> list[Frame]:
        """Return the frames for an answer whose events stop here.

        One that has not been said to be complete is not, and its reader is told so.
        """
        return [] if self.fold.ended else self.feed(AnswerEnd(state="truncated"))

    def _begin(self) -> list[Frame]:
        if self._begun:
            return []
        self._begun = True
        return self._start()

    def _write_all(self, chunks: Sequence[AssistantContentChunk]) -> list[Frame]:
        return [frame for chunk in chunks for frame in self._write(chunk)]

    @abstractmethod
    def _start(self) -> list[Frame]:
        """Return what comes before the content; usage that came first is known by then."""

    @abstractmethod
    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        """Return the frames of a piece of content."""

    def _note(self, event: Event) -> list[Frame]:
        """Return the frames of an event without content; it is in the fold already."""
        return []

    @abstractmethod
    def _finish(self) -> list[Frame]:
        """Return the end of an answer that is complete."""

    @abstractmethod
    def _fail(self, error: BaseException | None) -> list[Frame]:
        """Return the end of an answer that is not."""


def _in_words(chunk: AssistantContentChunk) -> AssistantContentChunk:
    """Return what is said, in place of how it sounds."""
    match chunk:
        case AudioStartChunk(id=id):
            return TextStartChunk(id=f"audio {id}")
        case AudioChunk(id=id, transcript=transcript):
            return TextChunk(id=f"audio {id}", delta=transcript)
        case AudioEndChunk(id=id):
            return TextEndChunk(id=f"audio {id}")
        case _:
            return chunk
