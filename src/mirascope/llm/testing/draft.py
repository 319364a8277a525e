"""A whole answer before it is said, and the events that say it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from mirascope.llm.content import (
    AssistantContentPart,
    AudioChunk,
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
from mirascope.llm.responses.chunks import AnswerEnd, Event
from mirascope.llm.responses.events_of import events_of_part
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.usage import Usage, UsageDeltaChunk
from mirascope.llm.testing.conversation import TurnRequest, tokens
from mirascope.llm.wires import Ending

__all__ = ["Draft"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the model is going to say. Parts are in this order: thoughts, texts, others, calls."""

    thoughts: tuple[str, ...] = ()
    show_thoughts: bool = True
    """Whether they are said, or only that there are some; they take tokens either way."""
    texts: tuple[str, ...] = ()
    parts: tuple[AssistantContentPart, ...] = ()
    """Parts of any kind."""
    calls: tuple[ToolCall, ...] = ()
    finish: FinishReason | None = None
    stop_sequence: str | None = None
    """What ended the text."""
    usage: Usage | None = None
    """None where nothing is to be said about it."""
    chunk_size: int | None = None
    """Characters a delta; None for one token a delta."""
    interleave: bool = False
    """Whether the deltas of several calls alternate."""

    @property
    def ending(self) -> Ending:
        """Return what wires want to know of the end beforehand."""
        refused = self.finish is FinishReason.REFUSAL
        return Ending(refused=refused, stop_sequence=self.stop_sequence)

    def counted(self, request: TurnRequest) -> Draft:
        """Return the same with the tokens that it takes."""
        thoughts = [part.thought for part in self.parts if isinstance(part, Thought)]
        reasoning = _count([*self.thoughts, *thoughts])
        texts = [part.text for part in self.parts if isinstance(part, Text)]
        calls = [part.args for part in (*self.parts, *self.calls) if isinstance(part, ToolCall)]
        spoken = _count([*self.texts, *texts, *calls])
        usage = Usage(
            input_tokens=request.input_tokens,
            output_tokens=reasoning + spoken,
            reasoning_tokens=reasoning,
        )
        return replace(self, usage=usage)

    def limited(self, limit: int | None) -> Draft:
        """Return as much as `limit` tokens allow."""
        parts = [*self.thoughts, *self.texts, *(call.args for call in self.calls)]
        if limit is None or _count(parts) <= limit:
            return self
        kept: list[str] = []
        for part in parts:
            allowed = tokens(part)[:limit]
            limit -= len(allowed)
            kept.append("".join(allowed))
        thoughts, texts = len(self.thoughts), len(self.thoughts) + len(self.texts)
        return replace(
            self,
            thoughts=tuple(filter(None, kept[:thoughts])),
            texts=tuple(filter(None, kept[thoughts:texts])),
            calls=tuple(
                replace(call, args=args)
                for call, args in zip(self.calls, kept[texts:], strict=True)
                if args
            ),
            finish=FinishReason.MAX_TOKENS,
        )

    def stopped(self, sequences: Iterable[str]) -> Draft:
        """Return the same up to the first stop sequence in its text."""
        for text in self.texts:
            found = [stop for stop in sequences if stop and stop in text]
            if found:
                first = min(found, key=text.find)
                return replace(self, texts=(text[: text.find(first)],), stop_sequence=first)
        return self

    def events(self) -> Iterator[Event]:
        """Yield the answer; what is known of the usage beforehand comes first."""
        usage = self.usage
        if usage is not None:
            yield UsageDeltaChunk(
                input_tokens=usage.input_tokens,
                cache_read_tokens=usage.cache_read_tokens,
                cache_write_tokens=usage.cache_write_tokens,
            )
        for number, thought in enumerate(self.thoughts):
            id = f"thought_{number}"
            yield ThoughtStartChunk(id=id)
            for delta in self._deltas(thought) if self.show_thoughts else ():
                yield ThoughtChunk(id=id, delta=delta)
            yield ThoughtEndChunk(id=id)
        for number, text in enumerate(self.texts):
            id = f"text_{number}"
            yield TextStartChunk(id=id)
            for delta in self._deltas(text):
                yield TextChunk(id=id, delta=delta)
            yield TextEndChunk(id=id)
        for number, part in enumerate(self.parts):
            for event in events_of_part(part, f"other_{number}"):
                yield from self._in_pieces(event)
        yield from self._call_events()
        if self.finish is not None:
            yield FinishReasonChunk(finish_reason=self.finish)
        if usage is not None:
            yield UsageDeltaChunk(
                output_tokens=usage.output_tokens, reasoning_tokens=usage.reasoning_tokens
            )
        yield AnswerEnd(state="complete")

    def _in_pieces(self, event: Event) -> Iterator[Event]:
        """Yield one delta a piece; sound is one, and what is said in it follows."""
        match event:
            case TextChunk() | ThoughtChunk() | ToolCallChunk():
                yield from (replace(event, delta=delta) for delta in self._deltas(event.delta))
            case AudioChunk(id=id, transcript=transcript):
                yield replace(event, transcript="")
                yield from (AudioChunk(id=id, transcript=one) for one in self._deltas(transcript))
            case _:
                yield event

    def _call_events(self) -> Iterator[Event]:
        group = len(self.calls) if self.interleave else 1
        for first in range(0, len(self.calls), group or 1):
            yield from _in_step([self._call(call) for call in self.calls[first : first + group]])

    def _call(self, call: ToolCall) -> list[Event]:
        deltas = [ToolCallChunk(id=call.id, delta=delta) for delta in self._deltas(call.args)]
        start = ToolCallStartChunk(id=call.id, name=call.name)
        return [start, *deltas, ToolCallEndChunk(id=call.id)]

    def _deltas(self, text: str) -> list[str]:
        size = self.chunk_size
        if size is None:
            return tokens(text)
        return [text[start : start + size] for start in range(0, len(text), size)]


def _in_step(calls: list[list[Event]]) -> Iterator[Event]:
    """Yield one event of each in turn, as long as it has any."""
    for step in range(max(map(len, calls), default=0)):
        yield from (events[step] for events in calls if step < len(events))


def _count(texts: Iterable[str]) -> int:
    return sum(len(tokens(text)) for text in texts)
