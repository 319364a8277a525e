"""The one accumulator: an append-only log of chunks, and what they add up to.

The theory, in one picture:

    chunks in            parts out                        visible in `content`
    text start           a `Text` that grows              at once
    thought start        a `Thought`                      at its end
    tool call start      a `ToolCall`, kept by id         at its end
    hidden format tool   a `Text` with its arguments      at once

Text and thoughts never overlap anything; tool calls may overlap each other, keyed by id. The
hidden format tool may overlap other calls too: it is shown as text, so it is told apart by its id
and never by "the current part". Strings are lists of deltas until somebody reads them.

Reading is by position: whoever wants the stream keeps an index into `chunks`. So replay is free
and any number of readers see every chunk exactly once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

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
    ToolCall,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
)
from mirascope.llm.exceptions import StreamCancelledError, StreamTruncatedError, TimeoutError
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.responses.chunks import (
    RawMessageChunk,
    RawStreamEventChunk,
    StreamResponseChunk,
)
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.usage import Usage, UsageDeltaChunk
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["EventLog", "StreamState", "state_of"]

StreamState: TypeAlias = Literal[
    "pending", "streaming", "complete", "truncated", "timed_out", "cancelled", "failed"
]
"""How far a stream is, and how it ended; `complete` is the only good end."""


class EventLog:
    """Everything one answer has brought so far.

    Attributes:
        chunks: Content chunks in order, the hidden format tool shown as text.
        content: Parts in the order they became visible; `texts`, `tool_calls` and `thoughts` are
            the same objects, by kind.
        raw_events: The provider's events, as they were given.
        raw_message: The turn in the provider's own form; the last one wins.
        finish_reason: Why the answer ended abnormally, if it did.
        usage: The sum of what was reported; None when nothing was.
        state: See `StreamState`.
        error: What ended the stream, when it did not complete.
    """

    __slots__ = (
        "_format_id",
        "_format_queue",
        "_started",
        "_starts",
        "_text",
        "_text_part",
        "_thought",
        "_tools",
        "chunks",
        "content",
        "error",
        "finish_reason",
        "on_raw_message",
        "raw_events",
        "raw_message",
        "state",
        "texts",
        "thoughts",
        "tool_calls",
        "usage",
    )

    def __init__(self, *, on_raw_message: Callable[[Jsonable], None] | None = None) -> None:
        self.chunks: list[AssistantContentChunk] = []
        self.content: list[AssistantContentPart] = []
        self.texts: list[Text] = []
        self.tool_calls: list[ToolCall] = []
        self.thoughts: list[Thought] = []
        self.raw_events: list[object] = []
        self.raw_message: Jsonable = None
        self.finish_reason: FinishReason | None = None
        self.usage: Usage | None = None
        self.state: StreamState = "pending"
        self.error: BaseException | None = None
        self.on_raw_message = on_raw_message
        self._text: list[str] | None = None
        self._text_part: Text | None = None
        self._thought: tuple[int, list[str]] | None = None
        self._tools: dict[str, tuple[int, str, list[str]]] = {}
        self._format_id: str | None = None
        self._format_queue: dict[str, tuple[list[str], bool]] = {}
        self._started = 0
        self._starts: list[int] = []

    @property
    def ended(self) -> bool:
        """Return whether nothing more will come."""
        return self.state != "pending" and self.state != "streaming"

    def end(self, state: StreamState, error: BaseException | None = None) -> None:
        """End the log, once; an end after the first is ignored."""
        if not self.ended:
            self.state = state
            self.error = error
            self._freeze_text()

    def parts_by_start(self) -> list[AssistantContentPart]:
        """Return the content ordered by where each part began, which is how a reader saw it."""
        pairs = sorted(zip(self._starts, self.content, strict=True), key=lambda pair: pair[0])
        return [part for _, part in pairs]

    def extend(self, chunks: Iterable[StreamResponseChunk]) -> None:
        """Take in chunks, in order.

        Raises:
            RuntimeError: A chunk does not fit what came before; it is not taken in then, nor is
                what follows it.
        """
        for chunk in chunks:
            deltas = self._text
            if (
                type(chunk) is TextChunk
                and deltas is not None
                and self._format_id is None
                and self.finish_reason is None
            ):  # nearly every chunk
                deltas.append(chunk.delta)
                self.chunks.append(chunk)
            else:
                self.append(chunk)

    def append(self, chunk: StreamResponseChunk) -> None:
        """Take in one chunk; see `extend`."""
        match chunk:
            case RawStreamEventChunk():
                self.raw_events.append(chunk.raw_stream_event)
            case RawMessageChunk():
                self.raw_message = chunk.raw_message
                if self.on_raw_message is not None:
                    self.on_raw_message(chunk.raw_message)
            case UsageDeltaChunk():
                self._add_usage(chunk)
            case FinishReasonChunk():
                self.finish_reason = chunk.finish_reason
            case _:
                if self.finish_reason is not None:
                    raise RuntimeError(f"Stream already finished with reason: {self.finish_reason}")
                self._append_content(chunk)

    def _append_content(self, chunk: AssistantContentChunk) -> None:
        match chunk:
            case TextStartChunk():
                self._require_nothing_open(chunk)
                self._start_text()
            case TextChunk():
                if self._text is None or self._format_id is not None:
                    raise RuntimeError("Received text_chunk while not processing text.")
                self._text.append(chunk.delta)
            case TextEndChunk():
                if self._text is None or self._format_id is not None:
                    raise RuntimeError("Received text_end_chunk while not processing text.")
                self._freeze_text()
            case ThoughtStartChunk():
                self._require_nothing_open(chunk)
                self._thought = (self._next_start(), [])
            case ThoughtChunk():
                if self._thought is None:
                    raise RuntimeError("Received thought_chunk while not processing thought.")
                self._thought[1].append(chunk.delta)
            case ThoughtEndChunk():
                if self._thought is None:
                    raise RuntimeError("Received thought_end_chunk while not processing thought.")
                start, deltas = self._thought
                self._thought = None
                thought = Thought(thought="".join(deltas))
                self._show(start, thought)
                self.thoughts.append(thought)
            case ToolCallStartChunk():
                if self._start_tool(chunk):
                    return
            case ToolCallChunk():
                if self._format_delta(chunk):
                    return
                if chunk.id not in self._tools:
                    raise RuntimeError(
                        f"Received tool_call_chunk for unknown tool call ID: {chunk.id}"
                    )
                self._tools[chunk.id][2].append(chunk.delta)
            case ToolCallEndChunk():
                if self._format_end(chunk):
                    return
                self._end_tool(chunk)
        self.chunks.append(chunk)

    def _require_nothing_open(self, chunk: TextStartChunk | ThoughtStartChunk) -> None:
        if self._text is not None or self._thought is not None or self._tools:
            raise RuntimeError(f"Received {chunk.type} while processing another chunk")

    def _next_start(self) -> int:
        self._started += 1
        return self._started

    def _show(self, start: int, part: AssistantContentPart) -> None:
        self._starts.append(start)
        self.content.append(part)

    def _start_text(self) -> None:
        self._text_part, self._text = Text.start()
        self._show(self._next_start(), self._text_part)
        self.texts.append(self._text_part)

    def _freeze_text(self) -> None:
        if self._text_part is not None:
            self._text_part.freeze()
        self._text = self._text_part = None

    def _start_tool(self, chunk: ToolCallStartChunk) -> bool:
        """Open a tool call; return whether it was the format tool, which is logged as text."""
        plain_text = self._text is not None and self._format_id is None
        if plain_text or self._thought is not None:
            raise RuntimeError("Received tool_call_start_chunk while processing another chunk")
        if chunk.id in self._tools or chunk.id == self._format_id or chunk.id in self._format_queue:
            raise RuntimeError("Got tool_call_start_chunk with conflicting id")
        if not chunk.name.startswith(FORMAT_TOOL_NAME):
            self._tools[chunk.id] = (self._next_start(), chunk.name, [])
            return False
        if self._format_id is None:
            self._format_id = chunk.id
            self._start_text()
            self.chunks.append(TextStartChunk())
        else:  # text chunks carry no id, so a second format call waits for the first
            self._format_queue[chunk.id] = ([], False)
        return True

    def _format_delta(self, chunk: ToolCallChunk) -> bool:
        if chunk.id == self._format_id and self._text is not None:
            self._text.append(chunk.delta)
            self.chunks.append(TextChunk(delta=chunk.delta))
            return True
        if chunk.id in self._format_queue:
            self._format_queue[chunk.id][0].append(chunk.delta)
            return True
        return False

    def _format_end(self, chunk: ToolCallEndChunk) -> bool:
        if chunk.id in self._format_queue:
            self._format_queue[chunk.id] = (self._format_queue[chunk.id][0], True)
            return True
        if chunk.id != self._format_id:
            return False
        self._format_id = None
        self._freeze_text()
        self.chunks.append(TextEndChunk())
        for id, (deltas, ended) in list(self._format_queue.items()):
            del self._format_queue[id]
            self._start_tool(ToolCallStartChunk(id=id, name=FORMAT_TOOL_NAME))
            self._format_delta(ToolCallChunk(id=id, delta="".join(deltas)))
            if not ended:
                break
            self._format_id = None
            self._freeze_text()
            self.chunks.append(TextEndChunk())
        return True

    def _end_tool(self, chunk: ToolCallEndChunk) -> None:
        if chunk.id not in self._tools:
            raise RuntimeError(f"Received tool_call_end_chunk for unknown tool call ID: {chunk.id}")
        start, name, deltas = self._tools.pop(chunk.id)
        args = "".join(deltas)
        call = ToolCall(id=chunk.id, name=name, args=args if args.strip() else "{}")
        self._show(start, call)
        self.tool_calls.append(call)

    def _add_usage(self, chunk: UsageDeltaChunk) -> None:
        usage = self.usage
        if usage is None:
            usage = self.usage = Usage()
        usage.input_tokens += chunk.input_tokens
        usage.output_tokens += chunk.output_tokens
        usage.cache_read_tokens += chunk.cache_read_tokens
        usage.cache_write_tokens += chunk.cache_write_tokens
        usage.reasoning_tokens += chunk.reasoning_tokens
        if chunk.provider_tool_usage:
            usage.provider_tool_usage = chunk.provider_tool_usage
        if chunk.raw is not None:
            usage.raw = chunk.raw


def state_of(error: BaseException) -> StreamState:
    """Return the state that a stream ended by `error` is in."""
    if isinstance(error, StreamTruncatedError):
        return "truncated"
    if isinstance(error, TimeoutError):
        return "timed_out"
    if isinstance(error, StreamCancelledError) or not isinstance(error, Exception):
        return "cancelled"
    return "failed"
