"""Answers of OpenAI Responses: items, each said in deltas, whole, and in the last event again.

Source: recorded traffic of api.openai.com, and
https://platform.openai.com/docs/api-reference/responses-streaming (2026-01).
"""

from __future__ import annotations

import base64
from typing import TypeAlias

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_objects
from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    Citation,
    CitationChunk,
    Image,
    ImageChunk,
    ProviderToolCall,
    ProviderToolCallChunk,
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
from mirascope.llm.responses.chunks import Event
from mirascope.llm.responses.finish_reason import FinishReason, FinishReasonChunk
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.usage import Usage
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.wires.asked import Asked
from mirascope.llm.wires.chat import openai_error
from mirascope.llm.wires.computer import computer_item
from mirascope.llm.wires.responses_items import annotation, image_item, inline_data, tool_item
from mirascope.llm.wires.wire import CREATED, compact, failure_of, sse
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["ResponsesWriter", "stream_error", "whole_response"]

_Spoken: TypeAlias = Text | Thought | ToolCall
"""What is written piece by piece."""

_INCOMPLETE = {
    FinishReason.MAX_TOKENS: "max_output_tokens",
    FinishReason.CONTEXT_LENGTH_EXCEEDED: "max_output_tokens",  # there is no word of its own for it
    FinishReason.REFUSAL: "content_filter",
}


def whole_response(answer: Fold, asked: Asked, number: int) -> dict[str, object]:
    """Return the response that a whole answer is."""
    refused = answer.finish_reason is FinishReason.REFUSAL
    items = _Items(asked, number, refused=refused)
    parts = [_spoken(part) for part in answer.parts_by_start()]
    outputs = {part.id: part for part in parts if isinstance(part, ProviderToolOutput)}
    called = {part.id for part in parts if isinstance(part, ProviderToolCall)}
    output: list[JsonObject] = []
    for place, part in enumerate(parts, start=1):
        match part:
            case Text() | Thought() | ToolCall():
                cut = place == len(parts) and answer.finish_reason in _INCOMPLETE and not refused
                output.append(items.done(items.new(part), part, cut=cut))
            case ProviderToolCall():
                output.append(tool_item(part, outputs.get(part.id)))
            case ProviderToolOutput() if part.id not in called:
                call = ProviderToolCall(id=part.id, name=part.name, args="{}")
                output.append(tool_item(call, part))
            case Image() if (data := inline_data(part)) is not None:
                output.append(image_item(items.image_id(), data))
            case _:
                pass
    return _ended(answer, asked, number, output, refused)


def _spoken(part: AssistantContentPart) -> AssistantContentPart:
    """Return sound as what is said in it, since the wire has no sound."""
    return Text(text=part.transcript or "") if isinstance(part, Audio) else part


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
    """Makes the items of one answer: one for each part, and one for a tool and what it gave."""

    def __init__(self, asked: Asked, number: int, *, refused: bool) -> None:
        self.refused = refused
        self._number = number
        self._count = 0
        self._has_computer = any(
            tool.get("type") == "computer_use_preview"
            for tool in as_objects(asked.body.get("tools"))
        )
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
            case ToolCall() if self.is_action(part):
                item = {"id": f"cu_{number}", "type": "computer_call", "status": "in_progress"}
                return {**item, "call_id": part.id, **computer_item(part.args)}
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
            case ToolCall() if self.is_action(part):
                return {**item, "status": status, **computer_item(part.args)}
            case ToolCall():
                return {**item, "status": status, "arguments": part.args}

    def is_action(self, part: _Spoken) -> bool:
        """Tell whether a part is an action on the computer, which no deltas tell of."""
        return isinstance(part, ToolCall) and part.name == COMPUTER and self._has_computer

    def content(self, part: Text | Thought) -> dict[str, object]:
        """Return what an item has in its list for a text."""
        if isinstance(part, Thought):
            return {"type": "summary_text", "text": part.thought}
        if self.refused:
            return {"type": "refusal", "refusal": part.text}
        cites = [annotation(one) for one in part.citations]
        return {"type": "output_text", "text": part.text, "annotations": cites, "logprobs": []}

    def image_id(self) -> str:
        """Return the id of the next item, an image."""
        self._count += 1
        return f"ig_sim{self._number}_{self._count}"


class _Open:
    """A part that is being written."""

    def __init__(self, index: int, item: dict[str, object], part: _Spoken) -> None:
        self.index = index
        self.item = item
        self.part = part
        self.deltas: list[str] = []
        self.citations: list[Citation] = []

    def grown(self) -> _Spoken:
        """Return the part as far as it has been written."""
        text = "".join(self.deltas)
        match self.part:
            case Thought():
                return Thought(thought=text)
            case Text():
                return Text(text=text, citations=self.citations)
            case ToolCall(id=id, name=name):
                return ToolCall(id=id, name=name, args=text if text.strip() else "{}")


class _Tool:
    """A call of one of the server's own tools that is being written."""

    def __init__(self, index: int, id: str, name: str) -> None:
        self.index = index
        self.id = id
        self.name = name
        self.args: list[str] = []

    def call(self) -> ProviderToolCall:
        """Return the call as far as it has been written."""
        return ProviderToolCall(id=self.id, name=self.name, args="".join(self.args) or "{}")


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
        self._texts: dict[str | None, _Open] = {}
        """All of them, for they may be cited after their end."""
        self._tools: dict[str, _Tool] = {}
        """Calls of the server's own tools that wait for what came of them."""
        self._images: dict[str, tuple[int, str]] = {}
        """The places and ids of the items of images, by their ids here."""

    def _start(self) -> list[Frame]:
        head = {**_head(self.asked, self._number), "status": "in_progress"}
        return [
            self._event("response.created", response=head),
            self._event("response.in_progress", response=head),
        ]

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        if isinstance(chunk, CitationChunk):  # of a text that may have just ended
            return [self._cite(self._texts[chunk.id], chunk.citation)]
        key = (chunk.content_type, chunk.id)
        frames = self._say_done()
        match chunk:
            case TextStartChunk(id=id):
                begun = self._begin_part(key, Text(text=""))
                self._texts[id] = self._open[key]
                return [*frames, *begun]
            case ThoughtStartChunk():
                return [*frames, *self._begin_part(key, Thought(thought=""))]
            case ToolCallStartChunk(id=id, name=name):
                return [*frames, *self._begin_part(key, ToolCall(id=id, name=name, args=""))]
            case TextChunk(delta=delta) | ThoughtChunk(delta=delta) | ToolCallChunk(delta=delta):
                return [*frames, *self._delta(self._open[key], delta)]
            case TextEndChunk() | ThoughtEndChunk() | ToolCallEndChunk():
                return [*frames, *self._end_part(self._open.pop(key))]
            case ProviderToolCallStartChunk(id=id, name=name):
                return [*frames, self._begin_tool(id, name)]
            case ProviderToolCallChunk(id=id, delta=delta):
                self._tools[id].args.append(delta)
                return frames
            case ProviderToolOutputChunk(output=output):
                return [*frames, *self._end_tool(output)]
            case ImageChunk():
                return [*frames, *self._image(chunk)]
            case _:  # the end of a call of the server's: what came of it is in the same item
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
        for tool in list(self._tools.values()):
            frames.append(self._done_tool(tool, None))
        output = [item for _, item in sorted(self._output.items())]
        ended = _ended(self.fold, self.asked, self._number, output, self._ending.refused)
        return [*frames, self._event(f"response.{ended['status']}", response=ended)]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        return [Frame(stream_error(*failure_of(error), None, self._number))]

    def _cite(self, part: _Open, citation: Citation) -> Frame:
        part.citations.append(citation)
        if part.index in self._output:  # it has been said to be done
            self._output[part.index] = self._items.done(part.item, part.grown(), cut=False)
        return self._event(
            "response.output_text.annotation.added",
            **self._where(part),
            annotation_index=len(part.citations) - 1,
            annotation=annotation(citation),
        )

    def _begin_tool(self, id: str, name: str) -> Frame:
        tool = self._tools[id] = _Tool(self._begun_parts, id, name)
        self._begun_parts += 1
        item = {**tool_item(tool.call(), None), "status": "in_progress"}
        return self._event("response.output_item.added", output_index=tool.index, item=item)

    def _end_tool(self, output: ProviderToolOutput) -> list[Frame]:
        begun = [] if output.id in self._tools else [self._begin_tool(output.id, output.name)]
        return [*begun, self._done_tool(self._tools[output.id], output)]

    def _done_tool(self, tool: _Tool, output: ProviderToolOutput | None) -> Frame:
        item = self._output[tool.index] = tool_item(tool.call(), output)
        del self._tools[tool.id]
        return self._event("response.output_item.done", output_index=tool.index, item=item)

    def _image(self, chunk: ImageChunk) -> list[Frame]:
        if (data := inline_data(chunk.image)) is None:
            return []
        frames: list[Frame] = []
        if chunk.id not in self._images:
            self._images[chunk.id] = self._begun_parts, self._items.image_id()
            index, id = self._images[chunk.id]
            self._begun_parts += 1
            item = image_item(id, None)
            frames.append(self._event("response.output_item.added", output_index=index, item=item))
        index, id = self._images[chunk.id]
        if chunk.preview:
            kind = "response.image_generation_call.partial_image"
            event = self._event(kind, output_index=index, item_id=id, partial_image_b64=data)
        else:
            item = self._output[index] = image_item(id, data)
            event = self._event("response.output_item.done", output_index=index, item=item)
        return [*frames, event._replace(content=True)]

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
        if self._items.is_action(part.part):
            return []
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
            case ToolCall() if self._items.is_action(whole):
                return []
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
