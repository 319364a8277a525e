"""Converse wire to chunks.

A whole body takes the road of a stream: its blocks are started and stopped one by one. They are
also kept, in the form in which they are sent back, because signatures of thoughts, citations and
the results of tools that the server ran have to go back unchanged. Texts and thoughts have no start
in a stream: their first delta is it. Usage comes after the stop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import ClassVar, Literal, TypeAlias, cast

import msgspec

from mirascope._wire.json_values import as_object, as_objects, as_text
from mirascope.llm.providers.bedrock import types as wire
from mirascope.llm.providers.bedrock.errors import is_failure, read_error, read_failure
from mirascope.llm.providers.bedrock.server_tools import our_name, read_citation, read_output
from mirascope.llm.providers.bedrock.usage import tools_used, totals
from mirascope.llm.providers.codec import ErrorInfo, Request, WireEvent
from mirascope.llm.providers.encoding import given, given_view, parse_json_object
from mirascope.llm.providers.wire_decoder import WireDecoder
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["ConverseDecoder"]

# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_MessageStopEvent.html
# (2026-01). The others, end_turn, tool_use and stop_sequence, are normal ends; a refusal is
# Claude's own word.
_FINISH = {
    "max_tokens": FinishReason.MAX_TOKENS,
    "guardrail_intervened": FinishReason.REFUSAL,
    "content_filtered": FinishReason.REFUSAL,
    "refusal": FinishReason.REFUSAL,
    "model_context_window_exceeded": FinishReason.CONTEXT_LENGTH_EXCEEDED,
}
# The model failed to say something. Without an error the answer would look complete, with a call
# missing; they are worth another attempt.
_FAILED = {
    "malformed_model_output": "The model's output was malformed.",
    "malformed_tool_use": "The model made a malformed tool call.",
}

_SERVER_CALL = "server_tool_use"
"""The type of a call that the server runs itself; others are sent back without a type, which the
vendor says of them and does not take."""

_EVENT = msgspec.json.Decoder(wire.Event)
_ANSWER = msgspec.json.Decoder(wire.Answer)
_BLOCK = msgspec.json.Decoder(wire.Block)
_USAGE = msgspec.json.Decoder(wire.Usage)
_OBJECT = msgspec.json.Decoder(dict[str, object])

_Kind: TypeAlias = Literal["text", "thought", "call", "server_call", "server_result"]


class _OpenBlock:
    """A block of a stream between its first event and its stop."""

    __slots__ = ("citations", "fields", "id", "kind", "pieces", "redacted", "results", "signature")

    def __init__(self, kind: _Kind, id: str = "", fields: dict[str, object] | None = None) -> None:
        self.kind = kind
        self.id = id
        self.fields: dict[str, object] = fields or {}
        self.pieces: list[str] = []  # of the text, or of the arguments
        self.signature: list[str] = []
        self.redacted: list[str] = []
        self.citations: list[dict[str, object]] = []
        self.results: list[dict[str, object]] = []

    def raw(self) -> list[dict[str, object]]:
        """Return the block as a request has it; thoughts that are hidden come one by one."""
        text = "".join(self.pieces)
        match self.kind:
            case "text":
                if self.citations:
                    cited = {"content": [{"text": text}], "citations": self.citations}
                    return [{"citationsContent": cited}]
                return [{"text": text}] if text.strip() else []  # blank text is refused
            case "thought":
                hidden = [_thought({"redactedContent": data}) for data in self.redacted]
                signature = {"signature": "".join(self.signature)} if self.signature else {}
                if not text and not signature:
                    return hidden
                return [_thought({"reasoningText": {"text": text, **signature}}), *hidden]
            case "server_result":
                return [{"toolResult": {**self.fields, "content": self.results}}]
            case _:
                return [{"toolUse": {**self.fields, "input": parse_json_object(text)}}]


class ConverseDecoder(WireDecoder):
    """Decodes one answer: `feed` its events, or `read` its whole body."""

    wire_name: ClassVar[str] = "the Converse API"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._open: dict[int, _OpenBlock] = {}
        self._content: list[tuple[int, dict[str, object]]] = []
        self._server_calls: Counter[str] = Counter()
        self._server_names: dict[str, str] = {}  # by the ids of the calls

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        name, data = event
        if is_failure(name):
            raise self._failure(read_failure(name, data))
        message = self._parse(data, _EVENT)
        index = message.contentBlockIndex
        match name:
            case "contentBlockDelta":
                if message.delta is not None:
                    self._delta(index, message.delta)
            case "contentBlockStart":
                if message.start is not None:
                    self._start(index, message.start)
            case "contentBlockStop":
                self._stop_block(index)
            case "messageStop":
                self._stop(message.stopReason)
            case "metadata":
                self._add_usage(message.usage)
                self.terminal = self.done
            case _:  # messageStart, and what is not known yet
                pass
        self.progress: int = self._emitter.progress
        return self._emitter.take()

    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        answer = self._parse(body, _ANSWER)
        message = None if answer.output is None else answer.output.message
        if message is None or message.content is None:
            if "message" in self._parse(body, _OBJECT):
                raise self._failure(read_error(body))
            raise self._invalid("there is no content in it")
        for index, block in enumerate(message.content):
            self._whole_block(index, given_view(block))
        self._stop(answer.stopReason)
        self._add_usage(answer.usage)
        self.terminal = True
        return self._emitter.take()

    # --- blocks of a stream

    def _start(self, index: int, start: wire.Start) -> None:
        self._stop_block(index)
        if start.toolUse is not None:
            self._open_call(index, start.toolUse)
        elif (result := start.toolResult) is not None:
            fields = {name: getattr(result, name) for name in ("toolUseId", "type", "status")}
            given = {name: value for name, value in fields.items() if value is not None}
            self._open[index] = _OpenBlock("server_result", result.toolUseId or "", given)
            self._emitter.progress += 1

    def _open_call(self, index: int, call: wire.ToolUse) -> _OpenBlock:
        name = call.name or ""
        id = call.toolUseId or f"tooluse_{index}"
        fields: dict[str, object] = {"toolUseId": id, "name": name}
        if call.type == _SERVER_CALL:
            block = _OpenBlock("server_call", id, {**fields, "type": call.type})
            self._server_names[id] = our_name(name)
            self._server_calls[our_name(name)] += 1
            self._emitter.provider_tool_start(id, our_name(name))
        else:
            id = self._emitter.tool_start(id, name)
            block = _OpenBlock("call", id, {**fields, "toolUseId": id})
        self._open[index] = block
        return block

    def _delta(self, index: int, delta: wire.Delta) -> None:
        emitter = self._emitter
        if delta.text is not None or delta.citation is not None:
            block = self._block(index, "text")
            if delta.text:
                block.pieces.append(delta.text)
                emitter.text(delta.text, index)
            if delta.citation is not None:
                block.citations.append(delta.citation)
                emitter.cite(read_citation(delta.citation), index)
                emitter.progress += 1
        elif (thought := delta.reasoningContent) is not None:
            self._thought(index, thought)
        elif delta.toolUse is not None:
            self._arguments(index, delta.toolUse.input or "")
        elif delta.toolResult is not None:
            self._block(index, "server_result").results += delta.toolResult
            emitter.progress += 1
        else:  # a kind that is not known yet
            emitter.progress += 1

    def _arguments(self, index: int, text: str) -> None:
        block = self._open.get(index)
        if block is None or block.kind not in ("call", "server_call") or not text:
            self._emitter.progress += 1
            return
        block.pieces.append(text)
        if block.kind == "call":
            self._emitter.tool_args(block.id, text)
        else:
            self._emitter.provider_tool_args(block.id, text)

    def _thought(self, index: int, thought: wire.Reasoning) -> None:
        block = self._block(index, "thought")
        if thought.text:
            block.pieces.append(thought.text)
            self._emitter.thought(thought.text, index)
        if thought.signature:
            block.signature.append(thought.signature)
        if thought.redactedContent:
            block.redacted.append(thought.redactedContent)
            self._emitter.progress += 1

    def _block(self, index: int, kind: _Kind) -> _OpenBlock:
        """Return the block at `index`, which begins here unless it is open."""
        block = self._open.get(index)
        if block is None or block.kind != kind:
            self._stop_block(index)
            block = self._open[index] = _OpenBlock(kind)
        return block

    def _stop_block(self, index: int) -> None:
        block = self._open.pop(index, None)
        if block is None:
            return
        match block.kind:
            case "call":
                self._emitter.tool_end(block.id)
            case "server_call":
                self._emitter.provider_tool_end(block.id)
            case "server_result":
                self._output(block.id, block.results, block.fields.get("status"))
            case _:
                self._emitter.end_part(index)
        self._content += [(index, raw) for raw in block.raw()]

    def _output(self, id: str, content: Sequence[Mapping[str, object]], status: object) -> None:
        name = self._server_names.get(id, "")
        output = read_output(id, name, content, failed=status == "error")
        self._emitter.provider_tool_output(output)

    # --- blocks of a whole body

    def _whole_block(self, index: int, data: memoryview) -> None:
        block = self._parse(data, _BLOCK)
        raw = {k: v for k, v in self._parse(data, _OBJECT).items() if v is not None}
        emitter = self._emitter
        if (call := block.toolUse) is not None:
            opened = self._open_call(index, call)
            arguments = given(call.input).decode("utf-8", "replace")
            if opened.kind == "server_call":
                emitter.provider_tool_args(opened.id, arguments)
            elif arguments not in ("", "{}"):
                emitter.tool_args(opened.id, arguments)
            opened.pieces.append(arguments)
            self._stop_block(index)
            return
        if result := as_object(raw.get("toolResult")):
            id, content = as_text(result.get("toolUseId")), as_objects(result.get("content"))
            self._output(id, content, result.get("status"))
        elif block.text is not None:
            if block.text:
                emitter.text(block.text, index)
            if not block.text.strip():
                raw = {}
        elif (thought := block.reasoningContent) is not None:
            if thought.reasoningText is not None and thought.reasoningText.text:
                emitter.thought(thought.reasoningText.text, index)
        elif (cited := block.citationsContent) is not None:
            for part in cited.content or ():
                if part.text:
                    emitter.text(part.text, index)
            for citation in cited.citations or ():
                emitter.cite(read_citation(citation), index)
        emitter.end_part(index)
        if raw:
            self._content.append((index, raw))

    # --- the end

    def _stop(self, reason: str | None) -> None:
        for index in list(self._open):
            self._stop_block(index)
        if reason in _FAILED:
            raise self._failure(ErrorInfo(status=500, message=_FAILED[reason], code=reason))
        self._emitter.finish(_FINISH.get(reason or ""))
        if self._content and not self.done:
            self._content.sort(key=itemgetter(0))
            raw = {"role": "assistant", "content": [block for _, block in self._content]}
            self._emitter.raw_message(cast("Jsonable", raw))
        self.done = True

    def _add_usage(self, raw: msgspec.Raw) -> None:
        if data := given(raw):
            self._emitter.usage(
                totals(self._parse(data, _USAGE)),
                provider_tool_usage=tools_used(self._server_calls),
                raw=self._parse(data, _OBJECT),
            )


def _thought(content: dict[str, object]) -> dict[str, object]:
    return {"reasoningContent": content}
