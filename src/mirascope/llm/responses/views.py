"""What an iterator makes of each chunk: pure, one small object for each kind of iteration.

A view is called once for each chunk, in order, and returns what to yield, or None for nothing. The
same views serve both colours, live and replayed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Text,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.formatting import Format, Partial
from mirascope.llm.formatting.partial_reader import PartialReader

__all__ = ["PrettyView", "StructuredView", "TextView", "View", "pretty_part"]

T = TypeVar("T")
ItemT = TypeVar("ItemT")
View: TypeAlias = Callable[[AssistantContentChunk], ItemT | None]

_TOOL_CHUNKS = (ToolCallStartChunk, ToolCallChunk, ToolCallEndChunk)
_END_CHUNKS = (TextEndChunk, ThoughtEndChunk, ToolCallEndChunk)
THINKING = "**Thinking:**\n  "


def pretty_part(part: AssistantContentPart) -> str:
    """Return a part as a block of readable text."""
    if isinstance(part, Text):
        return part.text
    if isinstance(part, Thought):
        return THINKING + _indent(part.thought)
    return f"**ToolCall ({part.name}):** {part.args}"


def _indent(text: str) -> str:
    return text.replace("\n", "\n  ")


class TextView:
    """Text deltas, with a separator between parts."""

    def __init__(self, sep: str) -> None:
        self._sep = sep
        self._parts = 0

    def __call__(self, chunk: AssistantContentChunk) -> str | None:
        """Return the text to yield for `chunk`."""
        if type(chunk) is TextChunk:
            return chunk.delta
        if type(chunk) is TextStartChunk:
            self._parts += 1
            if self._parts > 1 and self._sep:
                return self._sep
        return None


class PrettyView:
    """All parts as readable text, one string for each chunk; their join equals `pretty()`.

    While tool calls overlap, the one that began first is shown live, and what belongs to the others
    waits for its turn.
    """

    def __init__(self) -> None:
        self._separator = ""
        self._blank: dict[str, str] = {}
        self._idle = True
        self._live: str | None = None
        self._waiting: dict[str | None, list[AssistantContentChunk]] = {}

    def __call__(self, chunk: AssistantContentChunk) -> str:
        """Return the text to yield for `chunk`, perhaps empty."""
        key = chunk.id if isinstance(chunk, _TOOL_CHUNKS) else None
        if self._idle:
            self._idle = False
            self._live = key
        if key != self._live:
            self._waiting.setdefault(key, []).append(chunk)
            return ""
        shown = self._show(chunk)
        if isinstance(chunk, _END_CHUNKS):
            shown += self._show_waiting()
        return shown

    def _show_waiting(self) -> str:
        """Show what waited: whole parts at once, and the first open one becomes the live one."""
        shown = ""
        while self._waiting:
            self._live = next(iter(self._waiting))
            chunks = self._waiting.pop(self._live)
            shown += "".join(map(self._show, chunks))
            if not isinstance(chunks[-1], _END_CHUNKS):
                return shown
        self._idle = True
        return shown

    def _show(self, chunk: AssistantContentChunk) -> str:
        match chunk:
            case TextChunk():
                return chunk.delta
            case ThoughtChunk():
                return _indent(chunk.delta)
            case ToolCallChunk():
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
            case ToolCallStartChunk():
                self._blank[chunk.id] = ""
                return self._separate() + f"**ToolCall ({chunk.name}):** "
            case ToolCallEndChunk():
                return "{}" if self._blank.pop(chunk.id, None) is not None else ""
            case TextEndChunk() | ThoughtEndChunk():
                return ""

    def _separate(self) -> str:
        separator = self._separator
        self._separator = "\n\n"
        return separator


class StructuredView(Generic[T]):
    """The partial object after each text delta that changed it."""

    def __init__(self, format: Format[T]) -> None:
        self._reader = PartialReader(format)

    def __call__(self, chunk: AssistantContentChunk) -> Partial[T] | None:
        """Return the partial object when `chunk` changed it."""
        if type(chunk) is TextChunk and self._reader.feed(chunk.delta):
            return self._reader.value
        return None
