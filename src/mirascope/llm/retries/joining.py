"""An answer that goes on with another: which of its events follow what was said before.

Of one answer, the reader is told at once what cannot be taken back, and later what can:

    text                        at once; when it breaks off, the next answer goes on in it
    thoughts                    at once; void when they led to nothing that was said
    calls, and what is behind   at the end of the answer, so that none was run before that
    what a vendor reports       with the content behind it
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mirascope.llm.content import (
    AssistantContentChunk,
    AudioStartChunk,
    CitationChunk,
    ImageChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutputChunk,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.responses.chunks import Event, RawMessageChunk, Seam, is_content
from mirascope.llm.responses.finish_reason import FinishReasonChunk
from mirascope.llm.responses.log import FormatToolAsText
from mirascope.llm.retries.overlap import Overlap

__all__ = ["FirstAnswer", "NextAnswer", "Said"]

_CALL = (ToolCallStartChunk, ToolCallChunk, ToolCallEndChunk)


@dataclass(slots=True)
class Said:
    """What readers were told before an answer broke off."""

    texts: dict[str | None, str] = field(default_factory=dict[str | None, str])
    """The text parts, by their ids, in the order in which they began."""
    open_texts: list[str | None] = field(default_factory=list[str | None])
    """The ids of those that have not ended."""
    open_thoughts: list[str | None] = field(default_factory=list[str | None])
    void_thoughts: list[str | None] = field(default_factory=list[str | None])
    """The ids of the thoughts that led to nothing that was said, the open ones among them."""
    ids: set[str | None] = field(default_factory=set[str | None])
    """Of all texts and thoughts."""
    anything: bool = False
    """Whether there was any content."""
    finished: bool = False
    """Whether the model was known to have finished, or made what nobody can go on with: images and
    sound."""

    @classmethod
    def of(cls, events: Iterable[Event]) -> Said:
        """Return what `events` say."""
        said = cls()
        deltas: dict[str | None, list[str]] = {}
        shown = FormatToolAsText()
        for event in events:
            event = shown(event) if isinstance(event, _CALL) else event
            match event:
                case TextStartChunk():
                    deltas[event.id] = []
                    said.open_texts.append(event.id)
                case TextChunk():
                    deltas[event.id].append(event.delta)
                    if said.void_thoughts and event.delta.strip():
                        said.void_thoughts = list(said.open_thoughts)
                case TextEndChunk():
                    said.open_texts.remove(event.id)
                case ThoughtStartChunk():
                    said.open_thoughts.append(event.id)
                    said.void_thoughts.append(event.id)
                case ThoughtEndChunk():
                    said.open_thoughts.remove(event.id)
                case FinishReasonChunk():
                    said.finished = True
                case ImageChunk() | AudioStartChunk():
                    said.finished = True
                case Seam():
                    said.void_thoughts = list(said.open_thoughts)
                case ProviderToolCallStartChunk() | ProviderToolOutputChunk():
                    pass
                case _:
                    continue
            if is_content(event):
                said.anything = True
                said.ids.add(event.id)
        said.texts = {id: "".join(parts) for id, parts in deltas.items()}
        return said

    @property
    def spoken(self) -> list[str]:
        """Return the texts that are not blank."""
        return [text for text in self.texts.values() if text.strip()]

    @property
    def last(self) -> str:
        """Return the text that broke off, or the last one; blank when nothing was spoken."""
        broke_off = self.texts[self.open_texts[-1]] if self.open_texts else ""
        return broke_off if broke_off.strip() or not self.spoken else self.spoken[-1]


class FirstAnswer:
    """The events of an answer before which nothing was said.

    Attributes:
        differs: Never so, for this kind.
    """

    differs: bool = False

    def __init__(self, *, may_call: bool) -> None:
        """Begin; `may_call` says whether calls are possible."""
        self._may_call = may_call
        self._begun = False
        self._held: list[Event] = []
        self._holds_calls = False

    def feed(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return what may be told now, which may be nothing."""
        if self._begun and not self._may_call:
            return events
        if self._holds_calls:
            self._held += events
            return ()
        if self._may_call:
            for place, event in enumerate(events):
                if _is_call(event):
                    return self._from_call_on(events, place)
        if not self._begun:
            self._held += events
            if not any(map(is_content, events)):
                return ()
            self._begun = True
            events, self._held = self._held, []
        return events

    def _from_call_on(self, events: Sequence[Event], place: int) -> Sequence[Event]:
        before = [*self._held, *events[:place]]
        self._held = list(events[place:])
        self._holds_calls = True
        if any(map(is_content, before)) or self._begun:
            return before
        self._held = [*before, *self._held]
        return ()

    def rest(self) -> Sequence[Event]:
        """Return what waited, now that the answer is over."""
        return self._held


def _is_call(event: Event) -> bool:
    return type(event) is ToolCallStartChunk and not event.name.startswith(FORMAT_TOOL_NAME)


class NextAnswer:
    """The events of an answer that goes on with what was said.

    Its first text is the rest of the text that broke off, in the same part where that is open.
    Other parts are new ones, with ids of their own.

    Attributes:
        differs: Whether it cannot go on with that, for it is another answer.
    """

    def __init__(self, said: Said, overlap: Overlap, number: int) -> None:
        """Begin.

        Args:
            said: What was said before.
            overlap: Finds where the text goes on.
            number: How many answers came before, for ids.
        """
        self.differs: bool = False
        self._said = said
        self._overlap = overlap
        self._number = number
        self._shown = FormatToolAsText()
        self._first: object = _NOT_YET
        self._is_open = bool(said.open_texts)
        self._part = said.open_texts[-1] if said.open_texts else None
        self._names: dict[str | None, str | None] = {}
        self._alone = not said.spoken
        self._out: list[Event] = []
        self._held: list[Event] = []
        self._holds_calls = False

    def feed(self, events: Sequence[Event]) -> Sequence[Event]:
        """Return what may be told now, which may be nothing."""
        if self._holds_calls:
            self._held += events
            return ()
        for place, event in enumerate(events):
            if _is_call(event):
                self._holds_calls = True
                self._held += events[place:]
                break
            self._take(event)
        return self._told()

    def rest(self) -> Sequence[Event]:
        """Return what waited, now that the answer is over."""
        self._end_first()
        for event in self._held:
            self._take(event)
        out, self._out = self._out, []
        return out

    def _told(self) -> Sequence[Event]:
        if self.differs or self._overlap.waits or not any(map(is_content, self._out)):
            return ()
        out, self._out = self._out, []
        return out

    def _take(self, event: Event) -> None:
        if isinstance(event, _CALL):
            event = self._shown(event)
        if isinstance(event, RawMessageChunk):
            if self._alone:
                self._out.append(event)
        elif isinstance(event, FinishReasonChunk):
            self._end_first()
            self._out.append(event)
        elif isinstance(event, Seam):
            dropped = [self._names.get(id, id) for id in event.dropped]
            self._out.append(replace(event, dropped=dropped))
        elif not is_content(event) or isinstance(event, _CALL):
            self._out.append(event)
        elif isinstance(event, TextStartChunk) and self._first is _NOT_YET:
            self._first = event.id
        elif event.id == self._first and event.content_type == "text":
            self._take_first(event)
        elif isinstance(event, CitationChunk):
            self._cite(event)
        elif isinstance(event, ProviderToolOutputChunk):
            output = replace(event.output, id=self._name_of(event.id))
            self._out.append(ProviderToolOutputChunk(output=output))
        else:
            self._out.append(replace(event, id=self._name_of(event.id)))

    def _name_of(self, id: str | None) -> Any:
        """Return the id that a part has here."""
        if id not in self._names:
            self._names[id] = self._new_id(id)
        return self._names[id]

    def _cite(self, event: CitationChunk) -> None:
        """Cite a text; where in it, only its own answer knows."""
        if event.id in self._names:
            self._out.append(replace(event, id=self._names[event.id]))
        elif self._part in self._said.ids:
            everywhere = replace(event.citation, start=None, end=None)
            self._out.append(CitationChunk(id=self._part, citation=everywhere))

    def _take_first(self, event: AssistantContentChunk) -> None:
        if isinstance(event, TextChunk):
            self._say(self._overlap.feed(event.delta))
        else:
            self._end_first()
            self._first = _ENDED

    def _end_first(self) -> None:
        self._say(self._overlap.rest())
        if self._is_open and not self.differs:
            self._out.append(TextEndChunk(id=self._part))
            self._is_open = False

    def _say(self, text: str) -> None:
        self.differs = self.differs or self._overlap.differs
        if not text:
            return
        if not self._is_open:
            self._is_open, self._part = True, self._new_id("text")
            self._out.append(TextStartChunk(id=self._part))
        self._out.append(TextChunk(id=self._part, delta=text))

    def _new_id(self, id: str | None) -> str | None:
        """Return an id that nobody has."""
        ids = self._said.ids
        number = self._number
        new = id
        while new in ids:
            number += 1
            new = f"{id or 'part'}_{number}"
        ids.add(new)
        return new


_NOT_YET = object()
_ENDED = object()
