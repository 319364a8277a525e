"""What the events of an answer add up to: parts, usage, state.

The theory, in one picture:

    events in            parts out                        visible in `content`
    text start           a `Text` that grows              at once
    thought start        a `Thought`                      at its end
    tool call start      a `ToolCall`                     at its end
    audio, a provider's call                              at its end
    image, a provider's output                            at once, for it comes whole
    citation             in the text's `citations`        at once

Every part is kept by its id, and parts with ids may overlap as they like. A part whose chunks carry
no id, as in chunks written by hand, is the only one of its kind that can be meant, so it may
overlap nothing. Tool calls always have ids.

A fold has no memory but its sums: the same events always give the same fold, whether they come from
a socket, one by one, or from a file, all at once. So whatever has the events has the answer.
Strings are lists of deltas until somebody reads them.
"""

from __future__ import annotations

import copy
from collections.abc import Container, Iterable
from dataclasses import replace

from mirascope.llm.content import (
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
from mirascope.llm.content.audio import joined_audio
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import (
    AnsweredBy,
    AnswerEnd,
    Event,
    FromCache,
    RawMessageChunk,
    Seam,
)
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.rate_limits import RateLimits
from mirascope.llm.responses.state import StreamState
from mirascope.llm.responses.usage import Usage, UsageDeltaChunk
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["Fold", "fold"]


class Fold:
    """The sum of the events so far.

    Attributes:
        message: The answer as a message; its `content` and `raw_message` grow with the events.
        content: Parts in the order they became visible; `texts`, `tool_calls`, `thoughts`, `images`
            and `audios` are the same objects, by kind.
        finish_reason: Why the answer ended abnormally, if it did.
        usage: The sum of what was reported; None when nothing was.
        state: How far the answer is, or how it ended.
        ended: Whether nothing more will come.
        error: What ended the answer, when it did not complete.
        attempts: The requests that were made for the answer, where a layer logs them.
        cached_at: When the answer was asked for, if that was before; None when it was now.
        rate_limits: What the vendor last said is left of its limits; None when it did not.
        open_texts: The deltas of the texts that still grow, by id; for who appends many.
    """

    __slots__ = (
        "_audios",
        "_complete_thoughts",
        "_provider_tools",
        "_seams",
        "_started",
        "_starts",
        "_text_parts",
        "_thoughts",
        "_tools",
        "attempts",
        "audios",
        "cached_at",
        "content",
        "ended",
        "error",
        "finish_reason",
        "images",
        "message",
        "open_texts",
        "rate_limits",
        "state",
        "texts",
        "thoughts",
        "tool_calls",
        "usage",
    )

    def __init__(self, message: AssistantMessage | None = None) -> None:
        """Begin with no events.

        Args:
            message: Whose answer it is, as far as that is known before the first event.
        """
        self.message: AssistantMessage = message or AssistantMessage(
            content=[], provider_id=None, model_id=None, provider_model_name=None, raw_message=None
        )
        self.attempts: list[Attempt] = []
        self._begin()

    def _begin(self) -> None:
        self.content: list[AssistantContentPart] = []
        self.message.content = self.content
        self.texts: list[Text] = []
        self.tool_calls: list[ToolCall] = []
        self.thoughts: list[Thought] = []
        self.images: list[Image] = []
        self.audios: list[Audio] = []
        self.finish_reason: FinishReason | None = None
        self.usage: Usage | None = None
        self.cached_at: float | None = None
        self.rate_limits: RateLimits | None = None
        self.state: StreamState = "pending"
        self.ended: bool = False
        self.error: BaseException | None = None
        self.open_texts: dict[str | None, list[str]] = {}
        self._text_parts: dict[str | None, Text] = {}
        self._thoughts: dict[str | None, tuple[int, list[str]]] = {}
        self._complete_thoughts: dict[str | None, Thought] = {}
        self._tools: dict[str, tuple[int, str, list[str]]] = {}
        self._provider_tools: dict[str, tuple[int, str, list[str]]] = {}
        self._audios: dict[str, tuple[int, AudioStartChunk, list[AudioChunk]]] = {}
        self._seams = 0
        self._started = 0
        self._starts: list[int] = []

    @property
    def raw_message(self) -> Jsonable:
        """Return the turn in the provider's own form; the last one given wins."""
        return self.message.raw_message

    def parts_by_start(self) -> list[AssistantContentPart]:
        """Return the content ordered by where each part began, which is how a reader saw it."""
        pairs = sorted(zip(self._starts, self.content, strict=True), key=lambda pair: pair[0])
        return [part for _, part in pairs]

    def add(self, event: Event) -> None:
        """Take in one event.

        Raises:
            RuntimeError: It does not fit what came before, and is not taken in.
        """
        if self.ended:
            raise RuntimeError(f"Received {event.type} after the end of the answer")
        if isinstance(event, _BOOKKEEPING):
            self._add_bookkeeping(event)
        elif isinstance(event, Attempt):
            self._add_attempt(event)
        elif isinstance(event, Seam):
            self._add_seam(event)
        elif self.finish_reason is not None:
            raise RuntimeError(f"Stream already finished with reason: {self.finish_reason}")
        else:
            self._add_content(event)
        if self.state == "pending":
            self.state = "streaming"

    def _add_bookkeeping(
        self,
        event: UsageDeltaChunk
        | RawMessageChunk
        | FinishReasonChunk
        | AnsweredBy
        | FromCache
        | RateLimits
        | AnswerEnd,
    ) -> None:
        match event:
            case UsageDeltaChunk():
                self._add_usage(event)
            case RawMessageChunk():
                self.message.raw_message = event.raw_message
            case FinishReasonChunk():
                self.finish_reason = event.finish_reason
                self._freeze_texts()
            case AnsweredBy():
                self.message.provider_id = event.provider_id
                self.message.model_id = event.model_id
                self.message.provider_model_name = event.provider_model_name
            case FromCache():
                self.cached_at = event.stored
            case RateLimits():
                self.rate_limits = event
            case AnswerEnd():
                self.state = event.state
                self.error = event.error
                self._freeze_texts()
                self.ended = True

    def _add_attempt(self, attempt: Attempt) -> None:
        if not attempt.encloses:
            if attempt.usage is None:
                attempt = replace(attempt, usage=copy.copy(self.usage))
            self.attempts.append(attempt)
        if attempt.discards:
            # Whoever has the message of the failed attempt keeps it.
            self.message = replace(self.message, raw_message=None)
            self._begin()

    def _add_seam(self, seam: Seam) -> None:
        """Take the void thoughts away; what the vendor said of its half is not of the whole."""
        self._seams += 1
        self.message.raw_message = None
        if self.usage is not None:
            self.usage.complete = False
        for id in seam.dropped:
            thought = self._complete_thoughts.pop(id, None)
            self._thoughts.pop(id, None)
            if thought is not None:
                place = next(at for at, part in enumerate(self.content) if part is thought)
                del self.content[place], self._starts[place]
                self.thoughts[:] = [one for one in self.thoughts if one is not thought]

    def _add_content(self, event: Event) -> None:
        match event:
            case TextStartChunk():
                self._check_start(event.type, event.id, self.open_texts)
                part, self.open_texts[event.id] = Text.start()
                self._text_parts[event.id] = part
                self._show(self._next_start(), part)
                self.texts.append(part)
            case TextChunk():
                self._check_open(event.type, event.id, self.open_texts, "text")
                self.open_texts[event.id].append(event.delta)
            case TextEndChunk():
                self._check_open(event.type, event.id, self.open_texts, "text")
                del self.open_texts[event.id]
                self._text_parts[event.id].freeze()
            case ThoughtStartChunk():
                self._check_start(event.type, event.id, self._thoughts)
                self._thoughts[event.id] = (self._next_start(), [])
            case ThoughtChunk():
                self._check_open(event.type, event.id, self._thoughts, "thought")
                self._thoughts[event.id][1].append(event.delta)
            case ThoughtEndChunk():
                self._check_open(event.type, event.id, self._thoughts, "thought")
                start, deltas = self._thoughts.pop(event.id)
                thought = Thought(thought="".join(deltas))
                self._complete_thoughts[event.id] = thought
                self._show(start, thought)
                self.thoughts.append(thought)
            case ToolCallStartChunk():
                self._check_start(event.type, event.id, self._tools)
                self._tools[event.id] = (self._next_start(), event.name, [])
            case ToolCallChunk():
                self._check_tool(event.type, event.id)
                self._tools[event.id][2].append(event.delta)
            case ToolCallEndChunk():
                self._check_tool(event.type, event.id)
                start, name, deltas = self._tools.pop(event.id)
                args = "".join(deltas)
                call = ToolCall(id=event.id, name=name, args=args if args.strip() else "{}")
                self._show(start, call)
                self.tool_calls.append(call)
            case CitationChunk():
                self._cited_text(event.id).citations.append(event.citation)
            case ProviderToolCallStartChunk():
                self._check_start(event.type, event.id, self._provider_tools)
                self._provider_tools[event.id] = (self._next_start(), event.name, [])
            case ProviderToolCallChunk():
                self._check_open(event.type, event.id, self._provider_tools, "a provider's call")
                self._provider_tools[event.id][2].append(event.delta)
            case ProviderToolCallEndChunk():
                self._check_open(event.type, event.id, self._provider_tools, "a provider's call")
                start, name, deltas = self._provider_tools.pop(event.id)
                args = "".join(deltas)
                args = args if args.strip() else "{}"
                self._show(start, ProviderToolCall(id=event.id, name=name, args=args))
            case ProviderToolOutputChunk():
                self._show(self._next_start(), event.output)
            case ImageChunk():
                if not event.preview:
                    self._show(self._next_start(), event.image)
                    self.images.append(event.image)
            case AudioStartChunk():
                self._check_start(event.type, event.id, self._audios)
                self._audios[event.id] = (self._next_start(), event, [])
            case AudioChunk():
                self._check_open(event.type, event.id, self._audios, "audio")
                self._audios[event.id][2].append(event)
            case AudioEndChunk():
                self._check_open(event.type, event.id, self._audios, "audio")
                start, begun, chunks = self._audios.pop(event.id)
                audio = joined_audio(begun, chunks)
                self._show(start, audio)
                self.audios.append(audio)
            case _:
                raise TypeError(f"{type(event).__name__} is no event of an answer.")

    def _cited_text(self, id: str | None) -> Text:
        if id not in self._text_parts:
            raise RuntimeError(f"Received citation_chunk for unknown text ID: {id}")
        return self._text_parts[id]

    def _check_start(self, what: str, id: str | None, same_kind: Container[str | None]) -> None:
        without_id = None in self.open_texts or None in self._thoughts
        if without_id or (id is None and (self.open_texts or self._thoughts or self._tools)):
            raise RuntimeError(f"Received {what} while processing another chunk")
        if id in same_kind:
            raise RuntimeError(f"Got {what} with conflicting id")

    def _check_open(
        self, what: str, id: str | None, parts: Container[str | None], kind: str
    ) -> None:
        if id not in parts:
            raise RuntimeError(f"Received {what} while not processing {kind}.")

    def _check_tool(self, what: str, id: str) -> None:
        if id not in self._tools:
            raise RuntimeError(f"Received {what} for unknown tool call ID: {id}")

    def _next_start(self) -> int:
        self._started += 1
        return self._started

    def _show(self, start: int, part: AssistantContentPart) -> None:
        self._starts.append(start)
        self.content.append(part)

    def _freeze_texts(self) -> None:
        for id in self.open_texts:
            self._text_parts[id].freeze()
        self.open_texts.clear()

    def _add_usage(self, chunk: UsageDeltaChunk) -> None:
        usage = self.usage
        if usage is None:
            usage = self.usage = Usage(complete=not self._seams)
        usage.input_tokens += chunk.input_tokens
        usage.output_tokens += chunk.output_tokens
        usage.cache_read_tokens += chunk.cache_read_tokens
        usage.cache_write_tokens += chunk.cache_write_tokens
        usage.reasoning_tokens += chunk.reasoning_tokens
        if chunk.provider_tool_usage:
            usage.provider_tool_usage = chunk.provider_tool_usage
        if chunk.raw is not None:
            usage.raw = chunk.raw


_BOOKKEEPING = (
    UsageDeltaChunk,
    RawMessageChunk,
    FinishReasonChunk,
    AnsweredBy,
    FromCache,
    RateLimits,
    AnswerEnd,
)


def fold(events: Iterable[Event]) -> Fold:
    """Return what `events` add up to.

    Raises:
        RuntimeError: An event does not fit those before it.
    """
    folded = Fold()
    for event in events:
        folded.add(event)
    return folded
