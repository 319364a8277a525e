"""Chat wire to chunks.

A whole body takes the road of a stream: its blocks and calls are started and stopped one by one.

The plan that a model makes before it calls tools is "a chain-of-thought style reflection"
(https://docs.cohere.com/v2/reference/chat, 2025-12): it is a thought, shown to who asks for
thoughts, and no text of the answer. The message is also kept as it came, plan, thoughts and
citations included, to be sent back.
"""

from __future__ import annotations

from typing import ClassVar, cast

import msgspec

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_number,
    as_object,
    as_objects,
    as_text,
)
from mirascope.llm.content import Citation
from mirascope.llm.providers.codec import Request, WireEvent
from mirascope.llm.providers.cohere import types as wire
from mirascope.llm.providers.cohere.errors import read_error, stopped_by
from mirascope.llm.providers.cohere.usage import usage_totals
from mirascope.llm.providers.encoding import given
from mirascope.llm.providers.wire_decoder import WireDecoder
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["CohereDecoder"]

# The others, COMPLETE, STOP_SEQUENCE and TOOL_CALL, are normal ends; those that are failures are in
# `errors`. The last two are older than v2, and some deployments send them.
_FINISH = {
    "MAX_TOKENS": FinishReason.MAX_TOKENS,
    "ERROR_TOXIC": FinishReason.REFUSAL,
    "ERROR_LIMIT": FinishReason.CONTEXT_LENGTH_EXCEEDED,
}

_EVENT = msgspec.json.Decoder(wire.Event)
_ANSWER = msgspec.json.Decoder(wire.Answer)
_USAGE = msgspec.json.Decoder(wire.Usage)
_OBJECT = msgspec.json.Decoder(dict[str, object])


class _Block:
    """A block of the content."""

    __slots__ = ("key", "kind", "pieces", "raw")

    def __init__(self, key: int, raw: dict[str, object]) -> None:
        self.key = key
        self.raw = raw
        self.kind = as_text(raw.get("type")) or ("thinking" if "thinking" in raw else "text")
        self.pieces: list[str] = []

    def message(self) -> JsonObject | None:
        """Return the block as a whole message has it; None for one that says nothing."""
        if self.kind not in ("text", "thinking"):
            return self.raw
        text = "".join(self.pieces)
        return {"type": self.kind, **self.raw, self.kind: text} if text else None


def _citation(citation: JsonObject, source: JsonObject) -> Citation:
    """Return what a citation says of one of its sources, a document or a tool's output.

    What is in a document is the caller's affair; the names that are tried are the guides'.
    """
    data = as_object(source.get("document")) or as_object(source.get("tool_output"))
    start, end = as_number(citation.get("start")), as_number(citation.get("end"))
    texts = (as_text(data.get(name)) for name in ("text", "snippet", "content"))
    return Citation(
        start=None if start is None else int(start),
        end=None if end is None else int(end),
        url=as_text(data.get("url")) or None,
        title=as_text(data.get("title")) or None,
        source=as_text(source.get("id")) or None,
        cited_text=next(filter(None, texts), None),
    )


class _Call:
    """A tool call."""

    __slots__ = ("args", "id", "name", "raw")

    def __init__(self, id: str, name: str, raw: JsonObject) -> None:
        self.id = id
        self.name = name
        self.raw = raw
        self.args: list[str] = []

    def message(self) -> JsonObject:
        """Return the call as a whole message has it."""
        args = "".join(self.args)
        function = {"name": self.name, "arguments": args if args.strip() else "{}"}
        return {**self.raw, "id": self.id, "type": "function", "function": function}


class CohereDecoder(WireDecoder):
    """Decodes one answer: `feed` its events, or `read` its whole body."""

    wire_name: ClassVar[str] = "Cohere's Chat API"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._plan: list[str] = []
        self._blocks: list[_Block] = []
        self._open: dict[int, _Block] = {}
        self._texts: dict[int, _Block] = {}
        """The blocks of text that something was said in; a citation may come after its block."""
        self._calls: list[_Call] = []
        self._open_calls: dict[int, _Call] = {}
        self._citations: list[object] = []

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        name, data = event
        if data == b"[DONE]":  # alone it makes no answer whole
            self.terminal = self.done
            return []
        read = self._parse(data, _EVENT)
        index, delta = read.index or 0, read.delta or wire.Delta()
        message = delta.message or wire.Message()
        content, call = message.content, message.tool_calls
        match read.type or name:
            case "content-delta":
                if isinstance(content, wire.Content):
                    self._add_content(index, content)
            case "tool-call-delta":
                if isinstance(call, wire.ToolCall) and call.function is not None:
                    self._add_args(index, call.function.arguments or "")
            case "tool-plan-delta":
                self._add_plan(message.tool_plan or "")
            case "content-start":
                self._start_content(index, as_object(self._started(data).get("content")))
            case "content-end":
                self._end_content(index)
            case "tool-call-start":
                self._start_call(index, as_object(self._started(data).get("tool_calls")))
            case "tool-call-end":
                self._end_call(index)
            case "citation-start":
                if isinstance(message.citations, dict):
                    self._cite(message.citations)
            case "message-end":
                self._end(delta.finish_reason or "", delta.error, delta.usage)
            case "message-start" | "citation-end" | "debug":
                pass
            case kind:  # nothing but an error has words at the top
                said = self._parse(data, _OBJECT)
                if kind == "error" or said.get("message") or said.get("error"):
                    raise self._failure(read_error(data))
        self.progress: int = self._emitter.progress
        return self._emitter.take()

    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        answer = self._parse(body, _ANSWER)
        if answer.error or isinstance(answer.message, str):
            raise self._failure(read_error(body))
        if answer.message is None:
            raise self._invalid("there is no message in it")
        message = answer.message
        self._add_plan(as_text(message.get("tool_plan")))
        for index, block in enumerate(as_objects(message.get("content"))):
            self._start_content(index, block)
            self._end_content(index)
        for index, call in enumerate(as_objects(message.get("tool_calls"))):
            self._start_call(index, call)
            self._end_call(index)
        for citation in as_objects(message.get("citations")):
            self._cite(citation)
        self._end(answer.finish_reason or "", None, answer.usage)
        return self._emitter.take()

    def _started(self, data: bytes) -> JsonObject:
        """Return the message in an event with all its fields, known here or not."""
        delta = as_object(self._parse(data, _OBJECT).get("delta"))
        return as_object(delta.get("message"))

    def _add_plan(self, text: str) -> None:
        if text:
            self._plan.append(text)
            self._emitter.thought(text)

    def _start_content(self, index: int, raw: JsonObject) -> None:
        self._end_content(index)
        self._emitter.end_part()  # the plan
        block = _Block(index, {key: value for key, value in raw.items() if value is not None})
        self._blocks.append(block)
        self._open[index] = block
        if block.kind in ("text", "thinking"):
            self._grow(block, as_text(raw.get(block.kind)))
        else:  # kept to be sent back
            self._emitter.progress += 1

    def _add_content(self, index: int, content: wire.Content) -> None:
        block = self._open.get(index)
        if block is None:  # its start never came
            kind = "text" if content.thinking is None else "thinking"
            self._start_content(index, {"type": kind})
            block = self._open[index]
        self._grow(block, (content.thinking if block.kind == "thinking" else content.text) or "")

    def _grow(self, block: _Block, text: str) -> None:
        if not text:
            return
        block.pieces.append(text)
        if block.kind == "thinking":
            self._emitter.thought(text, block.key)
        elif block.kind == "text":
            self._texts[block.key] = block
            self._emitter.text(text, block.key)

    def _end_content(self, index: int) -> None:
        if self._open.pop(index, None) is not None:
            self._emitter.end_part(index)

    def _start_call(self, index: int, raw: JsonObject) -> None:
        self._end_call(index)
        function = as_object(raw.get("function"))
        name = as_text(function.get("name"))
        id = as_text(raw.get("id")) or f"call_{len(self._calls)}"
        call = _Call(self._emitter.tool_start(id, name), name, raw)
        self._calls.append(call)
        self._open_calls[index] = call
        self._add_args(index, as_text(function.get("arguments")))

    def _add_args(self, index: int, text: str) -> None:
        call = self._open_calls.get(index)
        if call is not None and text:
            call.args.append(text)
            self._emitter.tool_args(call.id, text)

    def _end_call(self, index: int) -> None:
        if (call := self._open_calls.pop(index, None)) is not None:
            self._emitter.tool_end(call.id)

    def _cite(self, citation: JsonObject) -> None:
        """Take in a citation of one or several sources; those of thoughts are kept only."""
        self._citations.append(citation)
        self._emitter.progress += 1
        if citation.get("type") not in (None, "TEXT_CONTENT"):
            return
        block = self._cited(as_number(citation.get("content_index")))
        if block is not None:
            for source in as_objects(citation.get("sources")):
                self._emitter.cite(_citation(citation, source), block.key)

    def _cited(self, index: float | None) -> _Block | None:
        """Return the text that a citation is about: the last one, where the vendor does not say."""
        if index is not None and index in self._texts:
            return self._texts[int(index)]
        return next(reversed(self._texts.values()), None)

    def _end(self, reason: str, error: str | None, usage: msgspec.Raw) -> None:
        if data := given(usage):
            totals = usage_totals(self._parse(data, _USAGE))
            self._emitter.usage(totals, raw=self._parse(data, _OBJECT))
        if (failure := stopped_by(reason, error)) is not None:
            raise self._failure(failure)
        self._emitter.finish(_FINISH.get(reason))
        if not self.done:
            self._emitter.raw_message(cast("Jsonable", self._message()))
        self.done = True

    def _message(self) -> JsonObject:
        """Return the message as a whole body has it, without what is empty in it."""
        fields: dict[str, object] = {
            "tool_plan": "".join(self._plan),
            "content": [raw for block in self._blocks if (raw := block.message()) is not None],
            "tool_calls": [call.message() for call in self._calls],
            "citations": as_list(self._citations),
        }
        return {"role": "assistant", **{key: value for key, value in fields.items() if value}}
