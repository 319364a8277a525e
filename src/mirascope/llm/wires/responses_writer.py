"""Answers of OpenAI Responses: items, each said in deltas, whole, and in the last event again.

Source: recorded traffic of api.openai.com, and
https://platform.openai.com/docs/api-reference/responses-streaming (2026-01).
"""

from __future__ import annotations

import base64
from typing import TypeAlias

from mirascope._wire.json_values import JsonObject, as_list, as_object
from mirascope.llm.content import (
    AssistantContentChunk,
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
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.usage import Usage
from mirascope.llm.wires.asked import Asked
from mirascope.llm.wires.chat import openai_error
from mirascope.llm.wires.wire import CREATED, compact, failure_of, sse
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["ResponsesWriter", "stream_error", "whole_response"]

_Spoken: TypeAlias = Text | Thought | ToolCall
"""What is written; other parts are not yet."""

_INCOMPLETE = {
    FinishReason.MAX_TOKENS: "max_output_tokens",
    FinishReason.CONTEXT_LENGTH_EXCEEDED: "max_output_tokens",  # there is no word of its own for it
    FinishReason.REFUSAL: "content_filter",
}


def whole_response(answer: Fold, asked: Asked, number: int) -> dict[str, object]:
    """Return the response that a whole answer is."""
    refused = answer.finish_reason is FinishReason.REFUSAL
    items = _Items(asked, number, refused=refused)
    parts = [part for part in answer.parts_by_start() if isinstance(part, _Spoken)]
    output: list[JsonObject] = []
    for place, part in enumerate(parts, start=1):
        cut = place == len(parts) and answer.finish_reason in _INCOMPLETE and not refused
        output.append(items.done(items.new(part), part, cut=cut))
    return _ended(answer, asked, number, output, refused)


def stream_error(status: int, message: str, code: str | None, number: int) -> bytes:
    """Return an error's events: it is told twice, as recorded."""
    told = openai_error(status, message, code)
    response: dict[str, object] = {
        "id": f"resp_sim{number}",
        "object": "response",
        "status": "failed",
        "error": {"code": told["code"], "message": message},
        "output": [],
    }
    failed = {"type": "response.failed", "response": response}
    error = {"type": "error", "error": told}
    return sse(compact(error), event="error") + sse(compact(failed), event="response.failed")


class _Items:
    """Makes the items of one answer: one for each part."""

    def __init__(self, asked: Asked, number: int, *, refused: bool) -> None:
        self.refused = refused
        self._number = number
        self._count = 0
        self._sealed = "reasoning.encrypted_content" in as_list(asked.body.get("include"))

    def new(self, part: _Spoken) -> dict[str, object]:
        """Return the item that begins `part`, without its content."""
        self._count += 1
        number = f"sim{self._number}_{self._count}"
        match part:
            case Thought():
                item: dict[str, object] = {"id": f"rs_{number}", "type": "reasoning", "summary": []}
                if self._sealed:
                    content = base64.b64encode(b"simulated reasoning").decode()
                    item["encrypted_content"] = content
                return item
            case Text():
                item = {"id": f"msg_{number}", "type": "message", "role": "assistant"}
                return {**item, "status": "in_progress", "content": []}
            case ToolCall():
                item = {"id": f"fc_{number}", "type": "function_call", "status": "in_progress"}
                return {**item, "call_id": part.id, "name": part.name, "arguments": ""}

    def done(self, item: dict[str, object], part: _Spoken, *, cut: bool) -> dict[str, object]:
        """Return `item` with its content; `cut` if there should have been more of it."""
        status = "incomplete" if cut else "completed"
        match part:
            case Thought():  # one without a text is hidden
                return {**item, "summary": [self.content(part)] if part.thought else []}
            case Text():
                return {**item, "status": status, "content": [self.content(part)]}
            case ToolCall():
                return {**item, "status": status, "arguments": part.args}

    def content(self, part: Text | Thought) -> dict[str, object]:
        """Return what an item has in its list for a text."""
        if isinstance(part, Thought):
            return {"type": "summary_text", "text": part.thought}
        if self.refused:
            return {"type": "refusal", "refusal": part.text}
        return {"type": "output_text", "text": part.text, "annotations": [], "logprobs": []}


class _Open:
    """A part that is being written."""

    def __init__(self, index: int, item: dict[str, object], part: _Spoken) -> None:
        self.index = index
        self.item = item
        self.part = part
        self.deltas: list[str] = []

    def grown(self) -> _Spoken:
        """Return the part as far as it has been written."""
        text = "".join(self.deltas)
        match self.part:
            case Thought():
                return Thought(thought=text)
            case Text():
                return Text(text=text)
            case ToolCall(id=id, name=name):
                return ToolCall(id=id, name=name, args=text if text.strip() else "{}")


class ResponsesWriter(Writer):
    """Writes items. Every event names the one it is about, but only calls were seen to overlap."""

    calls_overlap = True

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        super().__init__(asked, number, ending)
        options = as_object(asked.body.get("stream_options"))
        self._padded = options.get("include_obfuscation") is not False
        self._sequence = 0
        self._items = _Items(asked, number, refused=self._ending.refused)
        self._open: dict[tuple[str, str | None], _Open] = {}
        self._ended: list[_Open] = []
        """Whether these are whole or cut short, the next event tells."""
        self._output: dict[int, JsonObject] = {}
        self._begun_parts = 0

    def _start(self) -> list[Frame]:
        head = {**_head(self.asked, self._number), "status": "in_progress"}
        return [
            self._event("response.created", response=head),
            self._event("response.in_progress", response=head),
        ]

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        key = (chunk.content_type, chunk.id)
        frames = self._say_done()
        match chunk:
            case TextStartChunk():
                return [*frames, *self._begin_part(key, Text(text=""))]
            case ThoughtStartChunk():
                return [*frames, *self._begin_part(key, Thought(thought=""))]
            case ToolCallStartChunk(id=id, name=name):
                return [*frames, *self._begin_part(key, ToolCall(id=id, name=name, args=""))]
            case TextChunk(delta=delta) | ThoughtChunk(delta=delta) | ToolCallChunk(delta=delta):
                return [*frames, *self._delta(self._open[key], delta)]
            case TextEndChunk() | ThoughtEndChunk() | ToolCallEndChunk():
                return [*frames, *self._end_part(self._open.pop(key))]
            case _:
                return frames

    def _note(self, event: Event) -> list[Frame]:
        if isinstance(event, FinishReasonChunk):
            return self._say_done(cut=event.finish_reason in _INCOMPLETE)
        return []

    def _finish(self) -> list[Frame]:
        frames = self._say_done()
        for open_part in list(self._open.values()):  # a source that did not say their end
            frames += self._end_part(open_part)
        frames += self._say_done(cut=True)
        output = [item for _, item in sorted(self._output.items())]
        ended = _ended(self.fold, self.asked, self._number, output, self._ending.refused)
        return [*frames, self._event(f"response.{ended['status']}", response=ended)]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        return [Frame(stream_error(*failure_of(error), None, self._number))]

    def _begin_part(self, key: tuple[str, str | None], part: _Spoken) -> list[Frame]:
        new = _Open(self._begun_parts, self._items.new(part), part)
        self._begun_parts += 1
        self._open[key] = new
        frames = [self._event("response.output_item.added", output_index=new.index, item=new.item)]
        if isinstance(part, Text):
            frames.append(self._part_event("response.content_part.added", new, part))
        return frames

    def _delta(self, part: _Open, delta: str) -> list[Frame]:
        if not delta:
            return []
        frames: list[Frame] = []
        if isinstance(part.part, Thought) and not part.deltas:
            frames.append(
                self._part_event("response.reasoning_summary_part.added", part, part.part)
            )
        part.deltas.append(delta)
        more: dict[str, object] = {"delta": delta}
        if self._padded:
            more["obfuscation"] = "x9Qk2Lm"[: self._sequence % 7 + 1]
        frame = self._event(f"{self._kind(part.part)}.delta", **self._where(part), **more)
        return [*frames, frame._replace(content=True)]

    def _end_part(self, part: _Open) -> list[Frame]:
        self._ended.append(part)
        whole = part.grown()
        kind = self._kind(whole)
        match whole:
            case ToolCall():
                where = self._where(part)
                return [self._event(f"{kind}.done", **where, arguments=whole.args)]
            case Thought() if not part.deltas:
                return []
            case Thought():
                key, text, done = "text", whole.thought, "response.reasoning_summary_part.done"
            case Text():
                key, text, done = "text", whole.text, "response.content_part.done"
                key = "refusal" if self._items.refused else key
        return [
            self._event(f"{kind}.done", **self._where(part), **{key: text}),
            self._part_event(done, part, whole),
        ]

    def _say_done(self, *, cut: bool = False) -> list[Frame]:
        """Return the end of the items that have ended; the last of them may be cut short."""
        frames: list[Frame] = []
        for number, part in enumerate(self._ended, start=1):
            short = cut and number == len(self._ended) and not self._items.refused
            item = self._items.done(part.item, part.grown(), cut=short)
            self._output[part.index] = item
            frames.append(
                self._event("response.output_item.done", output_index=part.index, item=item)
            )
        self._ended = []
        return frames

    def _kind(self, part: _Spoken) -> str:
        match part:
            case Thought():
                return "response.reasoning_summary_text"
            case Text():
                return "response.refusal" if self._items.refused else "response.output_text"
            case ToolCall():
                return "response.function_call_arguments"

    def _where(self, part: _Open) -> dict[str, object]:
        where: dict[str, object] = {"item_id": part.item["id"], "output_index": part.index}
        match part.part:
            case Thought():
                return {**where, "summary_index": 0}
            case Text():
                return {**where, "content_index": 0}
            case ToolCall():
                return where

    def _part_event(self, kind: str, part: _Open, content: Text | Thought) -> Frame:
        return self._event(kind, **self._where(part), part=self._items.content(content))

    def _event(self, kind: str, **fields: object) -> Frame:
        event = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return Frame(sse(compact(event), event=kind))


def _head(asked: Asked, number: int) -> dict[str, object]:
    body = asked.body
    return {
        "id": f"resp_sim{number}",
        "object": "response",
        "created_at": CREATED,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": asked.params.get("max_tokens"),
        "metadata": body.get("metadata") or {},
        "model": asked.model,
        "output": [],
        "parallel_tool_calls": not asked.one_call_at_a_time,
        "previous_response_id": body.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None, **as_object(body.get("reasoning"))},
        "service_tier": "default",
        "store": body.get("store") is not False,
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": as_list(body.get("tools")),
        "top_p": body.get("top_p", 1.0),
        "truncation": "disabled",
        "usage": None,
    }


def _ended(
    answer: Fold, asked: Asked, number: int, output: list[JsonObject], refused: bool
) -> dict[str, object]:
    """Return the response as it ended; a refusal in so many words is a regular end."""
    reason = answer.finish_reason
    said_so = refused and bool(answer.texts)
    why = None if reason is None or said_so else _INCOMPLETE[reason]
    return {
        **_head(asked, number),
        "status": "completed" if why is None else "incomplete",
        "incomplete_details": None if why is None else {"reason": why},
        "output": output,
        "usage": None if answer.usage is None else _usage(answer.usage),
    }


def _usage(usage: Usage) -> dict[str, object]:
    cached = {"cached_tokens": usage.cache_read_tokens}
    if usage.cache_write_tokens:
        cached["cache_write_tokens"] = usage.cache_write_tokens
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": cached,
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.total_tokens,
    }
