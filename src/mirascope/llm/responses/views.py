"""What an iterator makes of each chunk: pure, one small object for each kind of iteration.

A view is called once for each chunk, in order, and told the end. The same views serve both colours,
live and replayed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Generic, Protocol, TypeAlias, TypeVar

from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    AudioChunk,
    AudioEndChunk,
    AudioStartChunk,
    CitationChunk,
    Image,
    ImageChunk,
    ProviderToolCall,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    Text,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCall,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.formatting import Format, Partial
from mirascope.llm.formatting.partial_reader import PartialReader
from mirascope.llm.responses.chunks import AnswerEnd, Event, Seam, is_content
from mirascope.llm.types.refusals import require

__all__ = [
    "ChunkView",
    "EventView",
    "InTurn",
    "PrettyEventView",
    "PrettyView",
    "StructuredView",
    "TextView",
    "View",
    "pretty_part",
]

T = TypeVar("T")
ItemT = TypeVar("ItemT", covariant=True)


class View(Protocol[ItemT]):
    """What an iterator makes of the chunks."""

    def __call__(self, chunk: AssistantContentChunk) -> ItemT | None:
        """Return what to yield for `chunk`; None for nothing."""
        ...

    def rest(self) -> ItemT | None:
        """Return what still waits when the answer is over, whole or broken."""
        ...


class ChunkView:
    """The chunks themselves."""

    def __call__(self, chunk: AssistantContentChunk) -> AssistantContentChunk:
        """Return `chunk`."""
        return chunk

    def rest(self) -> None:
        """Return nothing: nothing waits."""


class EventView:
    """Events of the log, but for its end."""

    def __call__(self, chunk: Event) -> Event | None:
        """Return the event, unless it is the end."""
        return None if isinstance(chunk, AnswerEnd) else chunk

    def rest(self) -> None:
        """Return nothing: nothing waits."""


_PartKey: TypeAlias = tuple[str, str | None]
"""A part's kind and id."""
_NOBODY = object()
_END_CHUNKS = (
    TextEndChunk,
    ThoughtEndChunk,
    ToolCallEndChunk,
    ProviderToolCallEndChunk,
    ProviderToolOutputChunk,
    ImageChunk,
    AudioEndChunk,
)
"""What a part ends with; some are one chunk only."""
THINKING = "**Thinking:**\n  "


def pretty_part(part: AssistantContentPart) -> str:
    """Return a part as a block of readable text."""
    match part:
        case Text():
            return part.text
        case Thought():
            return THINKING + _indent(part.thought)
        case ToolCall() | ProviderToolCall():
            return _call_title(part.type, part.name) + part.args
        case ProviderToolOutput():
            return _pretty_output(part)
        case Image():
            return _pretty_image(part)
        case Audio():
            return _AUDIO + (part.transcript or "")


_AUDIO = "**Audio:** "


def _call_title(kind: str, name: str) -> str:
    return f"**{'ToolCall' if kind == 'tool_call' else 'ProviderToolCall'} ({name}):** "


def _pretty_output(part: ProviderToolOutput) -> str:
    result = part.result if part.error is None else part.error
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return f"**ProviderToolOutput ({part.name}):** {text}"


def _pretty_image(part: Image) -> str:
    source = part.source
    match source.type:
        case "url_image_source":
            told = source.url
        case "base64_image_source":
            told = source.mime_type
        case "file_source":
            told = source.file_id
    return f"**Image ({told})**"


def _indent(text: str) -> str:
    return text.replace("\n", "\n  ")


class InTurn:
    """Puts parts that overlap one after another.

    The part that began first is passed on live; what belongs to the others waits for its turn.
    """

    def __init__(self) -> None:
        self.live: _PartKey | None = None
        self._waiting: dict[_PartKey, list[AssistantContentChunk]] = {}

    def __call__(self, chunk: AssistantContentChunk) -> Sequence[AssistantContentChunk]:
        """Return the chunks whose turn it is, now that `chunk` has come."""
        key: _PartKey = (chunk.content_type, chunk.id)
        if isinstance(chunk, CitationChunk):
            if (waiting := self._waiting.get(("text", chunk.id))) is None:
                return (chunk,)
            waiting.append(chunk)
            return ()
        if self.live is None:
            self.live = key
        elif key != self.live:
            self._waiting.setdefault(key, []).append(chunk)
            return ()
        if not isinstance(chunk, _END_CHUNKS):
            return (chunk,)
        shown: list[AssistantContentChunk] = [chunk]
        self.live = None
        while self._waiting and self.live is None:
            key = next(iter(self._waiting))
            chunks = self._waiting.pop(key)
            shown += chunks
            if not any(isinstance(chunk, _END_CHUNKS) for chunk in chunks):
                self.live = key
        return shown

    def rest(self) -> Sequence[AssistantContentChunk]:
        """Return all that waits: the live part will not end any more."""
        waiting, self._waiting = self._waiting, {}
        return [chunk for chunks in waiting.values() for chunk in chunks]


class TextView:
    """Text deltas, with a separator between parts; their join equals ``text(sep)``."""

    def __init__(self, sep: str) -> None:
        require("sep", sep, str)
        self._sep = sep
        self._parts = 0
        self._in_turn = InTurn()
        self._live: object = _NOBODY

    def __call__(self, chunk: AssistantContentChunk) -> str | None:
        """Return the text to yield for `chunk`."""
        if type(chunk) is TextChunk and chunk.id == self._live:  # nearly every chunk
            return chunk.delta
        if chunk.content_type != "text":
            return None
        shown = "".join(map(self._show, self._in_turn(chunk)))
        self._live = _NOBODY if self._in_turn.live is None else self._in_turn.live[1]
        return shown or None

    def rest(self) -> str | None:
        """Return the texts that still wait."""
        return "".join(map(self._show, self._in_turn.rest())) or None

    def _show(self, chunk: AssistantContentChunk) -> str:
        if isinstance(chunk, TextChunk):
            return chunk.delta
        if isinstance(chunk, TextStartChunk):
            self._parts += 1
            return self._sep if self._parts > 1 else ""
        return ""


class PrettyView:
    """All parts as readable text, one string for each chunk; their join equals `pretty()`."""

    def __init__(self) -> None:
        self._separator = ""
        self._blank: dict[str, str] = {}
        self._in_turn = InTurn()

    def __call__(self, chunk: AssistantContentChunk) -> str:
        """Return the text to yield for `chunk`, perhaps empty."""
        return "".join(map(self._show, self._in_turn(chunk)))

    def rest(self) -> str | None:
        """Return the parts that still wait."""
        return "".join(map(self._show, self._in_turn.rest())) or None

    def _show(self, chunk: AssistantContentChunk) -> str:
        match chunk:
            case TextChunk():
                return chunk.delta
            case ThoughtChunk():
                return _indent(chunk.delta)
            case ToolCallChunk() | ProviderToolCallChunk():
                blank = self._blank.get(chunk.id)
                if blank is None:
                    return chunk.delta
                if not chunk.delta.strip():  # blank arguments count as {}
                    self._blank[chunk.id] = blank + chunk.delta
                    return ""
                del self._blank[chunk.id]
                return blank + chunk.delta
            case TextStartChunk():
                return self._separate()
            case ThoughtStartChunk():
                return self._separate() + THINKING
            case ToolCallStartChunk() | ProviderToolCallStartChunk():
                self._blank[chunk.id] = ""
                return self._separate() + _call_title(chunk.content_type, chunk.name)
            case ToolCallEndChunk() | ProviderToolCallEndChunk():
                return "{}" if self._blank.pop(chunk.id, None) is not None else ""
            case ProviderToolOutputChunk():
                return self._separate() + _pretty_output(chunk.output)
            case ImageChunk():
                return "" if chunk.preview else self._separate() + _pretty_image(chunk.image)
            case AudioStartChunk():
                return self._separate() + _AUDIO
            case AudioChunk():
                return chunk.transcript
            case TextEndChunk() | ThoughtEndChunk() | AudioEndChunk() | CitationChunk():
                return ""

    def _separate(self) -> str:
        separator = self._separator
        self._separator = "\n\n"
        return separator


class PrettyEventView:
    """As `PrettyView`, with a line in brackets where the answer goes on in another."""

    def __init__(self) -> None:
        self._content = PrettyView()

    def __call__(self, chunk: Event) -> str | None:
        """Return the text to yield for an event."""
        if isinstance(chunk, Seam):
            who = "it" if chunk.model == chunk.failed else chunk.model
            return f"[{chunk.failed} broke off; {who} goes on]"
        return self._content(chunk) if is_content(chunk) else None

    def rest(self) -> str | None:
        """Return the parts that still wait."""
        return self._content.rest()


class StructuredView(Generic[T]):
    """The partial object after each text delta that changed it."""

    def __init__(self, format: Format[T]) -> None:
        self._reader = PartialReader(format)
        self._text = TextView("")

    @property
    def value(self) -> Partial[T] | None:
        """Return the partial object so far; None while nothing can be read."""
        return self._reader.value

    def __call__(self, chunk: AssistantContentChunk) -> Partial[T] | None:
        """Return the partial object when `chunk` changed it."""
        return self._read(self._text(chunk))

    def rest(self) -> Partial[T] | None:
        """Return the partial object when texts that still wait change it."""
        return self._read(self._text.rest())

    def _read(self, text: str | None) -> Partial[T] | None:
        return self._reader.value if text is not None and self._reader.feed(text) else None
