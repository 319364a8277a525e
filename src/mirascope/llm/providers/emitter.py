"""Keeps a decoder's chunks in the order that the event log accepts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mirascope.llm.content import (
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    ThoughtChunk,
    ThoughtEndChunk,
    ThoughtStartChunk,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.responses.chunks import RawMessageChunk, StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.usage import ProviderToolUsage, UsageDeltaChunk
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["Emitter", "UsageTotals"]


@dataclass(slots=True)
class UsageTotals:
    """Numbers so far, as the wire counts them: each report replaces the one before.

    `input_tokens` includes cached reads and writes, `output_tokens` includes reasoning.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0


class Emitter:
    """Collects the chunks of one answer; every decoder speaks through one.

    Callers say what the wire said, in its order. The emitter opens and closes parts, drops
    thoughts nobody asked for, keeps tool call ids unique and turns usage totals into deltas.
    Text or thoughts that arrive while a tool call is still open wait until the last open call has
    ended, since an answer's parts do not overlap.
    """

    __slots__ = (
        "_held",
        "_include_thoughts",
        "_open",
        "_out",
        "_seen_ids",
        "_tools",
        "_usage",
        "finished",
        "progress",
    )

    def __init__(self, *, include_thoughts: bool) -> None:
        self._include_thoughts = include_thoughts
        self._out: list[StreamResponseChunk] = []
        self._open: str | None = None
        self._tools: dict[str, None] = {}
        self._seen_ids: set[str] = set()
        self._held: list[tuple[str, str]] = []
        self._usage: UsageTotals | None = None
        self.progress = 0
        self.finished = False

    def take(self) -> list[StreamResponseChunk]:
        """Return the chunks since the last time, and forget them."""
        out = self._out
        self._out = []
        return out

    def text(self, delta: str) -> None:
        """Add text; opens a text part if none is open."""
        self.progress += 1
        if self._open == "text":
            self._out.append(TextChunk(delta=delta))
        elif self._tools:
            self._held.append(("text", delta))
        elif not self.finished:
            self.end_part()
            self._open = "text"
            self._out.append(TextStartChunk())
            self._out.append(TextChunk(delta=delta))

    def thought(self, delta: str) -> None:
        """Add to a thought; opens one if none is open."""
        self.progress += 1
        if not self._include_thoughts:
            if self._open == "text":
                self.end_part()  # as if the thought were shown: parts do not depend on it
        elif self._open == "thought":
            self._out.append(ThoughtChunk(delta=delta))
        elif self._tools:
            self._held.append(("thought", delta))
        elif not self.finished:
            self.end_part()
            self._open = "thought"
            self._out.append(ThoughtStartChunk())
            self._out.append(ThoughtChunk(delta=delta))

    def end_part(self) -> None:
        """Close the open text or thought, if there is one."""
        if self._open == "text":
            self._out.append(TextEndChunk())
        elif self._open == "thought":
            self._out.append(ThoughtEndChunk())
        self._open = None

    def tool_start(self, id: str, name: str) -> str:
        """Open a tool call and return its id, made unique within the answer."""
        self.progress += 1
        unique = id
        number = 2
        while unique in self._seen_ids:
            unique = f"{id}_{number}"
            number += 1
        self._seen_ids.add(unique)
        if not self.finished:
            self.end_part()
            self._tools[unique] = None
            self._out.append(ToolCallStartChunk(id=unique, name=name))
        return unique

    def tool_args(self, id: str, delta: str) -> None:
        """Add to the arguments of an open call; ignored when it is not open."""
        self.progress += 1
        if id in self._tools:
            self._out.append(ToolCallChunk(id=id, delta=delta))

    def tool_end(self, id: str) -> None:
        """Close an open call; ignored when it is not open."""
        if id not in self._tools:
            return
        del self._tools[id]
        self._out.append(ToolCallEndChunk(id=id))
        if not self._tools and self._held:
            held, self._held = self._held, []
            for kind, delta in held:
                (self.text if kind == "text" else self.thought)(delta)
                self.progress -= 1  # it was counted when it arrived

    def end_all(self) -> None:
        """Close whatever is open, tool calls in the order they began."""
        self.end_part()
        for id in list(self._tools):
            self.tool_end(id)
        self.end_part()

    def finish(self, reason: FinishReason | None) -> None:
        """End the content; a repeated finish, and content after it, are ignored."""
        if self.finished:
            return
        self.end_all()
        self.finished = True
        if reason is not None:
            self._out.append(FinishReasonChunk(finish_reason=reason))

    def usage(
        self,
        totals: UsageTotals,
        *,
        provider_tool_usage: list[ProviderToolUsage] | None = None,
        raw: Any = None,
    ) -> None:
        """Report usage totals; the difference to the last report is emitted."""
        last = self._usage or UsageTotals()
        self._usage = totals
        self._out.append(
            UsageDeltaChunk(
                input_tokens=totals.input_tokens - last.input_tokens,
                output_tokens=totals.output_tokens - last.output_tokens,
                cache_read_tokens=totals.cache_read_tokens - last.cache_read_tokens,
                cache_write_tokens=totals.cache_write_tokens - last.cache_write_tokens,
                reasoning_tokens=totals.reasoning_tokens - last.reasoning_tokens,
                provider_tool_usage=provider_tool_usage,
                raw=raw,
            )
        )

    def raw_message(self, raw_message: Jsonable) -> None:
        """Give the whole turn in the provider's own form."""
        self._out.append(RawMessageChunk(raw_message=raw_message))
