"""What a decoder says its chunks through: parts opened and closed, ids, usage as deltas."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from mirascope.llm.content import (
    AudioChunk,
    AudioEndChunk,
    AudioStartChunk,
    Citation,
    CitationChunk,
    Image,
    ImageChunk,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
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


_BEYOND = 2**63
"""No number of tokens; Python's integers go on, and floats and databases do not take them."""


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

    Callers say what the wire said, in its order. The emitter opens and closes parts, gives them
    ids, drops thoughts nobody asked for, keeps tool call ids unique and turns usage totals into
    deltas.

    A wire that names its parts passes the name as `key`: such parts may overlap anything, and end
    when they are said to. Without a key there is one part at a time: text, a thought or a tool call
    that begins ends it.

    Attributes:
        progress: Grows with everything that is said.
        finished: Whether the content has ended.
        texts_begun: How many texts there are.
    """

    __slots__ = (
        "_audios",
        "_count",
        "_include_thoughts",
        "_last_texts",
        "_out",
        "_provider_tools",
        "_seen_ids",
        "_texts",
        "_thoughts",
        "_tools",
        "_usage",
        "finished",
        "progress",
        "texts_begun",
    )

    def __init__(self, *, include_thoughts: bool) -> None:
        self._include_thoughts = include_thoughts
        self._out: list[StreamResponseChunk] = []
        self._texts: dict[Hashable, str] = {}
        self._thoughts: dict[Hashable, str] = {}
        self._tools: dict[str, None] = {}
        self._provider_tools: dict[str, None] = {}
        self._audios: dict[Hashable, str] = {}
        self._last_texts: dict[Hashable, str] = {}
        """The last text with each key, also when it has ended: it may be cited yet."""
        self._count = 0
        self._seen_ids: dict[str, int] = {}
        """How often each was seen, as far as that is known to be taken: where to try next."""
        self._usage: UsageTotals | None = None
        self.progress: int = 0
        self.finished: bool = False
        self.texts_begun: int = 0

    def take(self) -> list[StreamResponseChunk]:
        """Return the chunks since the last time, and forget them."""
        out = self._out
        self._out = []
        return out

    def text(self, delta: str, key: Hashable = None) -> None:
        """Add text; opens a text part if this one is not open."""
        self.progress += 1
        id = self._texts.get(key)
        if id is None:
            if self.finished:
                return
            id = self._begin_text(key)
        self._out.append(TextChunk(delta=delta, id=id))

    def _begin_text(self, key: Hashable) -> str:
        id = self._texts[key] = self._last_texts[key] = self._new_part(key)
        self.texts_begun += 1
        self._out.append(TextStartChunk(id=id))
        return id

    @property
    def text_id(self) -> str:
        """Return the id of the last text without a key; empty before the first."""
        return self._last_texts.get(None, "")

    def cite(self, citation: Citation, key: Hashable = None, *, id: str = "") -> None:
        """Say what a text rests on: the one with this id, or the last with this key.

        It may have ended.
        """
        if self.finished:
            return
        id = id or self._last_texts.get(key) or self._begin_text(key)
        self._out.append(CitationChunk(citation=citation, id=id))

    def thought(self, delta: str, key: Hashable = None) -> None:
        """Add to a thought; opens one if this one is not open."""
        self.progress += 1
        id = self._thoughts.get(key)
        if id is None:
            if self.finished:
                return
            id = self._thoughts[key] = self._new_part(key)
            if self._include_thoughts:
                self._out.append(ThoughtStartChunk(id=id))
        if self._include_thoughts:
            self._out.append(ThoughtChunk(delta=delta, id=id))

    def _new_part(self, key: Hashable) -> str:
        """Return an id for a part; one without a key ends the one before, shown or not."""
        if key is None:
            self.end_part()
        self._count += 1
        return f"part_{self._count}"

    def end_part(self, key: Hashable = None) -> None:
        """Close a text, a thought or audio, if it is open."""
        if (id := self._texts.pop(key, None)) is not None:
            self._out.append(TextEndChunk(id=id))
        if (id := self._thoughts.pop(key, None)) is not None and self._include_thoughts:
            self._out.append(ThoughtEndChunk(id=id))
        if (id := self._audios.pop(key, None)) is not None:
            self._out.append(AudioEndChunk(id=id))

    def tool_start(self, id: str, name: str) -> str:
        """Open a tool call and return its id, made unique within the answer."""
        self.progress += 1
        unique = id
        number = self._seen_ids.get(id, 1)
        while unique in self._seen_ids:
            number += 1
            unique = f"{id}_{number}"
        self._seen_ids[id] = number
        self._seen_ids.setdefault(unique, 1)
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
        if id in self._tools:
            del self._tools[id]
            self._out.append(ToolCallEndChunk(id=id))

    def provider_tool_start(self, id: str, name: str) -> None:
        """Open a call of a tool that the vendor runs itself, unless one with this id was made."""
        self.progress += 1
        if self.finished or id in self._seen_ids:
            return
        self._seen_ids[id] = 1
        self.end_part()
        self._provider_tools[id] = None
        self._out.append(ProviderToolCallStartChunk(id=id, name=name))

    def provider_tool_args(self, id: str, delta: str) -> None:
        """Add to the arguments of an open call of the vendor's; ignored when it is not open."""
        self.progress += 1
        if id in self._provider_tools:
            self._out.append(ProviderToolCallChunk(id=id, delta=delta))

    def provider_tool_end(self, id: str) -> None:
        """Close an open call of the vendor's; ignored when it is not open."""
        if id in self._provider_tools:
            del self._provider_tools[id]
            self._out.append(ProviderToolCallEndChunk(id=id))

    def provider_tool_output(self, output: ProviderToolOutput) -> None:
        """Give the whole output of a call of the vendor's."""
        self.progress += 1
        if not self.finished:
            self.provider_tool_end(output.id)
            self.end_part()
            self._out.append(ProviderToolOutputChunk(output=output))

    def image(self, image: Image, key: Hashable = None, *, preview: bool = False) -> None:
        """Give an image, whole; previews have the key of what they are a preview of."""
        self.progress += 1
        if self.finished:
            return
        id = self._new_part(None) if key is None else f"image_{key}"
        self._out.append(ImageChunk(id=id, image=image, preview=preview))

    def audio(
        self, mime_type: str, delta: str = "", transcript: str = "", key: Hashable = None
    ) -> None:
        """Add to spoken audio; opens a part if this one is not open. See `AudioChunk`."""
        self.progress += 1
        id = self._audios.get(key)
        if id is None:
            if self.finished:
                return
            id = self._audios[key] = self._new_part(key)
            self._out.append(AudioStartChunk(id=id, mime_type=mime_type))
        self._out.append(AudioChunk(id=id, delta=delta, transcript=transcript))

    def end_all(self) -> None:
        """Close whatever is open, in the order in which it began within its kind."""
        for key in [*self._thoughts, *self._texts, *self._audios]:
            self.end_part(key)
        for id in list(self._tools):
            self.tool_end(id)
        for id in list(self._provider_tools):
            self.provider_tool_end(id)

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
        """Report usage totals, none impossible; the difference to the last report is emitted."""
        last = self._usage or UsageTotals()
        totals = UsageTotals(
            _possible(totals.input_tokens),
            _possible(totals.output_tokens),
            _possible(totals.cache_read_tokens),
            _possible(totals.cache_write_tokens),
            _possible(totals.reasoning_tokens),
        )
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


def _possible(count: int) -> int:
    """Return a count of tokens; 0 for one that is below it, or beyond every computation."""
    return count if 0 <= count < _BEYOND else 0
