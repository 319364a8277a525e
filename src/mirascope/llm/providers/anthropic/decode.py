"""Messages wire to chunks.

A whole body takes the road of a stream: its blocks are started and stopped one by one. Blocks are
also kept as they came, with their deltas joined in, because thinking signatures, citations and the
results of server-side tools have to go back to the vendor unchanged. Blocks and deltas of a type
unknown here are kept the same way and yield no chunk.
"""

from __future__ import annotations

from typing import ClassVar, cast

import msgspec

from mirascope._wire.json_values import as_object, as_objects, is_list
from mirascope.llm.exceptions import ProviderError
from mirascope.llm.providers.anthropic import types as wire
from mirascope.llm.providers.anthropic.errors import read_error
from mirascope.llm.providers.anthropic.server_tools import (
    citation_of,
    is_output,
    output_of,
    shown_name,
)
from mirascope.llm.providers.anthropic.usage import UsageReports
from mirascope.llm.providers.codec import Request, WireEvent
from mirascope.llm.providers.encoding import given, given_view, parse_json_object, read_json
from mirascope.llm.providers.wire_decoder import WireDecoder
from mirascope.llm.responses.chunks import StreamResponseChunk
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["AnthropicDecoder"]

# https://docs.claude.com/en/docs/build-with-claude/handling-stop-reasons (2025-11). The others,
# such as end_turn, tool_use, stop_sequence and pause_turn, are normal ends.
_FINISH = {
    "max_tokens": FinishReason.MAX_TOKENS,
    "refusal": FinishReason.REFUSAL,
    "model_context_window_exceeded": FinishReason.CONTEXT_LENGTH_EXCEEDED,
}

_EVENT = msgspec.json.Decoder(wire.Event)
_MESSAGE = msgspec.json.Decoder(wire.Message)
_BLOCK = msgspec.json.Decoder(wire.Block)
_USAGE = msgspec.json.Decoder(wire.Usage)
_OBJECT = msgspec.json.Decoder(dict[str, object])


class _OpenBlock:
    """A content block between its start and its stop."""

    __slots__ = ("kind", "raw", "server_tool_id", "strings", "tool_id")

    def __init__(self, kind: str, raw: dict[str, object]) -> None:
        self.kind = kind
        self.raw = raw
        self.strings: dict[str, list[str]] = {}
        """Deltas by the field they extend."""
        self.tool_id = ""
        self.server_tool_id = ""


class AnthropicDecoder(WireDecoder):
    """Decodes one answer: `feed` its events, or `read` its whole body."""

    wire_name: ClassVar[str] = "the Messages API"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._open: dict[int, _OpenBlock] = {}
        self._content: list[dict[str, object]] = []
        self._usage = UsageReports()
        self._stop_reason: str | None = None
        self._server_tools: dict[str, str] = {}
        """The names of the calls of tools that the server runs, by id."""

    def feed(self, event: WireEvent) -> list[StreamResponseChunk]:
        """Return the chunks of one event; see `Decoder.feed`."""
        name, data = event
        if data == b"[DONE]":  # the wire has no such thing, gateways add it
            return []
        message = self._parse(data, _EVENT)
        if error := given(message.error):
            raise self._reported(error, data)
        match message.type or name:
            case "content_block_delta":
                if message.delta is not None:
                    self._delta(message.index, message.delta, data)
            case "content_block_start":
                self._start_block(message.index, given(message.content_block))
            case "content_block_stop":
                self._stop_block(message.index)
            case "message_start":
                if isinstance(message.message, wire.Message):
                    self._start(message.message)
            case "message_delta":
                if message.delta is not None and message.delta.stop_reason:
                    self._stop_reason = message.delta.stop_reason
                self._stop_open_blocks()
                self._add_usage(message.usage)
                self._emitter.finish(_FINISH.get(self._stop_reason or ""))
            case "message_stop":
                self._stop()
            case "error":
                raise self._reported(data, data)
            case _:  # ping, and what is not known yet
                pass
        self.progress: int = self._emitter.progress
        return self._emitter.take()

    def read(self, body: bytes) -> list[StreamResponseChunk]:
        """Return the chunks of a whole body; see `Decoder.read`."""
        message = self._parse(body, _MESSAGE)
        error = given(message.error)
        if error or message.type == "error":
            raise self._reported(error or body, body)
        if message.content is None:
            raise self._invalid("there is no content in it")
        self._start(message)
        self._stop()
        return self._emitter.take()

    def _start(self, message: wire.Message) -> None:
        """Take in the message that everything else belongs to.

        A stream may begin with one that has content already. Should a second one follow, which
        gateways do that start again without a word, what it brings is added.
        """
        self._stop_open_blocks()
        for index, block in enumerate(message.content or ()):
            self._start_block(index, given_view(block))
            self._stop_block(index)
        self._stop_reason = message.stop_reason
        self._add_usage(message.usage)

    def _stop(self) -> None:
        self._stop_open_blocks()
        self._emitter.finish(_FINISH.get(self._stop_reason or ""))
        if self._content and not self.done:
            raw = {"role": "assistant", "content": self._content}
            self._emitter.raw_message(cast("Jsonable", raw))
        self.done = self.terminal = True

    def _start_block(self, index: int, data: bytes | memoryview) -> None:
        if not data:
            raise self._invalid("a content block is missing")
        fields = self._parse(data, _BLOCK)
        raw = {k: v for k, v in self._parse(data, _OBJECT).items() if v is not None}
        self._stop_block(index)
        block = self._open[index] = _OpenBlock(fields.type or "", raw)
        emitter = self._emitter
        if block.kind == "text":
            if fields.text:
                emitter.text(fields.text, index)
            for citation in as_objects(raw.get("citations")):
                emitter.cite(citation_of(citation), index)
        elif block.kind == "thinking":
            if fields.thinking:
                emitter.thought(fields.thinking, index)
        elif block.kind == "tool_use":
            block.tool_id = emitter.tool_start(fields.id or f"toolu_{index}", fields.name or "")
            raw["id"] = block.tool_id
        elif block.kind in ("server_tool_use", "mcp_tool_use"):
            block.server_tool_id = id = fields.id or f"srvtoolu_{index}"
            name = self._server_tools[id] = shown_name(fields.name or "")
            emitter.provider_tool_start(id, name)
        elif is_output(block.kind):
            emitter.provider_tool_output(output_of(raw, self._server_tools))
        else:  # what is not known yet is content as well
            emitter.progress += 1

    def _delta(self, index: int, delta: wire.Delta, data: bytes) -> None:
        block = self._open.get(index)
        if block is None:
            block = self._unannounced(index, delta)
            if block is None:
                return
        emitter = self._emitter
        match delta.type:
            case "text_delta":
                field, text = "text", delta.text
                if text and block.kind == "text":
                    emitter.text(text, index)
            case "input_json_delta":
                field, text = "input", delta.partial_json
                if text and block.tool_id:
                    emitter.tool_args(block.tool_id, text)
                elif text and block.server_tool_id:
                    emitter.provider_tool_args(block.server_tool_id, text)
                else:
                    emitter.progress += 1
            case "thinking_delta":
                field, text = "thinking", delta.thinking
                if text and block.kind == "thinking":
                    emitter.thought(text, index)
            case "signature_delta":
                field, text = "signature", delta.signature
            case "citations_delta":
                citations = block.raw.setdefault("citations", [])
                if is_list(citations):
                    citations.append(delta.citation)
                if block.kind == "text":
                    emitter.cite(citation_of(as_object(delta.citation)), index)
                return
            case _:
                self._unknown_delta(block, data)
                return
        if text:
            block.strings.setdefault(field, []).append(text)

    def _unannounced(self, index: int, delta: wire.Delta) -> _OpenBlock | None:
        """Return a block for a delta whose start never came, where the delta shows its type."""
        kind = {"text_delta": "text", "thinking_delta": "thinking"}.get(delta.type or "")
        if kind is None:
            return None
        block = self._open[index] = _OpenBlock(kind, {"type": kind, kind: ""})
        return block

    def _unknown_delta(self, block: _OpenBlock, data: bytes) -> None:
        """Join a delta of an unknown type into its block: text is appended, all else replaced."""
        self._emitter.progress += 1
        for key, value in as_object(self._parse(data, _OBJECT).get("delta")).items():
            if isinstance(value, str) and key != "type":
                block.strings.setdefault(key, []).append(value)
            elif key != "type" and value is not None:
                block.raw[key] = value

    def _stop_block(self, index: int) -> None:
        block = self._open.pop(index, None)
        if block is None:
            return
        raw = block.raw
        for field, deltas in block.strings.items():
            text = "".join(deltas)
            start = raw.get(field)
            if field == "input":
                raw[field] = parse_json_object(text)
            else:
                raw[field] = start + text if isinstance(start, str) else text
        if block.tool_id:
            self._stop_tool(block)
        elif block.server_tool_id:
            self._stop_server_tool(block)
        else:
            self._emitter.end_part(index)
        if block.kind != "text" or str(raw.get("text", "")).strip():  # blank text is refused
            self._content.append(raw)
            self._usage.count_block(raw)

    def _stop_tool(self, block: _OpenBlock) -> None:
        whole = block.raw.get("input")
        text = "" if whole is None else msgspec.json.encode(whole).decode()
        if not isinstance(whole, dict):
            block.raw["input"] = parse_json_object(text)
        if "input" not in block.strings and whole:  # it came in one piece
            self._emitter.tool_args(block.tool_id, text)
        self._emitter.tool_end(block.tool_id)

    def _stop_server_tool(self, block: _OpenBlock) -> None:
        whole = block.raw.get("input")
        if "input" not in block.strings and whole:  # it came in one piece
            text = msgspec.json.encode(whole).decode()
            self._emitter.provider_tool_args(block.server_tool_id, text)
        self._emitter.provider_tool_end(block.server_tool_id)

    def _stop_open_blocks(self) -> None:
        for index in list(self._open):
            self._stop_block(index)

    def _add_usage(self, raw: msgspec.Raw) -> None:
        data = given(raw)
        if not data:
            return
        reports = self._usage
        reports.add(self._parse(data, _USAGE), self._parse(data, _OBJECT))
        self._emitter.usage(
            reports.totals(),
            provider_tool_usage=reports.tools_used(),
            raw=dict(reports.raw),
        )

    def _reported(self, error: bytes, data: bytes) -> ProviderError:
        """Return the failure that `error` describes, a part of the event or body `data`."""
        try:
            request_id = read_json(data, _OBJECT).get("request_id")
        except ValueError:
            request_id = None
        return self._failure(read_error(error), request_id if isinstance(request_id, str) else None)
