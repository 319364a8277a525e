"""What the model says, and how each vendor's wire words it."""

from __future__ import annotations

import binascii
import itertools
import json
import struct
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

TEXTS = ("The ", "Name ", "of the Wind")


class Broken(Exception):
    """The script says nothing more that a client could read."""


@dataclass(frozen=True)
class ToolScript:
    """A tool call: its id, its name and the pieces its arguments arrive in."""

    id: str
    name: str
    pieces: tuple[str, ...]

    @property
    def arguments(self) -> str:
        return "".join(self.pieces)


@dataclass(frozen=True)
class Script:
    """What the model says, in terms no vendor owns.

    An endless script says "more " for ever. After its texts, a cut one drops the connection, and
    a garbled one says what no wire knows and leaves the connection open.
    """

    texts: tuple[str, ...] = TEXTS
    tools: tuple[ToolScript, ...] = ()
    finish: str = "stop"
    usage: tuple[int, int, int] = (10, 4, 5)
    status: int = 200
    audio: bool = False
    trailer: bool = True
    usage_apart: bool = False
    endless: bool = False
    cut: bool = False
    garbled: bool = False

    def said(self) -> Iterator[str]:
        """The texts, as the model thinks of them."""
        while self.endless:
            yield "more "
            time.sleep(0.01)
        yield from self.texts
        if self.cut or self.garbled:
            raise Broken


FINISH = {
    "anthropic": {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
    "cohere": {"stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "COMPLETE"},
    "google": {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP"},
    "bedrock": {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use"},
}


def sse(data: Any, event: str | None = None) -> bytes:
    head = f"event: {event}\n" if event else ""
    text = data if isinstance(data, str) else json.dumps(data)
    return f"{head}data: {text}\n\n".encode()


# openai, litellm, xai, groq, azure, mistral


def openai_usage(script: Script, kind: str) -> dict[str, Any]:
    given, cached, out = script.usage
    usage: dict[str, Any] = {
        "prompt_tokens": given,
        "completion_tokens": out,
        "total_tokens": given + out,
    }
    if kind != "mistral":
        usage["prompt_tokens_details"] = {"cached_tokens": cached}
    return usage


def openai_events(script: Script, model: str, kind: str) -> Iterator[bytes]:
    def chunk(delta: dict[str, Any] | None, finish: str | None = None, **extra: Any) -> bytes:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        common = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1}
        return sse({**common, "model": model, "choices": choices, **extra})

    yield chunk({"role": "assistant", "content": ""})
    if script.audio:
        yield chunk({"audio": {"id": "audio_1", "transcript": "Hel"}})
        yield chunk({"audio": {"data": "AAEC"}})
        yield chunk({"audio": {"transcript": "lo"}})
    else:
        for text in script.said():
            yield chunk({"content": text})
    for index, tool in enumerate(script.tools):
        function = {"name": tool.name, "arguments": ""}
        yield chunk(
            {
                "tool_calls": [
                    {"index": index, "id": tool.id, "type": "function", "function": function}
                ]
            }
        )
        for piece in tool.pieces:
            later: dict[str, Any] = {"index": index, "function": {"arguments": piece}}
            if kind == "mistral":
                later["function"]["name"] = ""
            yield chunk({"tool_calls": [later]})
    usage = openai_usage(script, kind)
    if kind == "mistral" and not script.usage_apart:
        yield chunk({"content": ""}, script.finish, usage=usage)
    elif script.trailer:
        yield chunk({}, script.finish)
        yield chunk(None, usage=usage)
    yield sse("[DONE]")


def openai_body(script: Script, model: str, kind: str) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": "".join(script.texts) or None}
    if script.tools:
        message["tool_calls"] = [
            {
                "id": tool.id,
                "type": "function",
                "function": {"name": tool.name, "arguments": tool.arguments or "{}"},
            }
            for tool in script.tools
        ]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": script.finish}],
        "usage": openai_usage(script, kind),
    }


# anthropic


def anthropic_events(script: Script, model: str) -> Iterator[bytes]:
    def event(name: str, **data: Any) -> bytes:
        return sse({"type": name, **data}, name)

    given, cached, out = script.usage
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": given,
            "output_tokens": 1,
            "cache_read_input_tokens": cached,
            "cache_creation_input_tokens": 0,
        },
    }
    yield event("message_start", message=message)
    index = 0
    if script.texts:
        yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
        for text in script.said():
            delta = {"type": "text_delta", "text": text}
            yield event("content_block_delta", index=0, delta=delta)
        yield event("content_block_stop", index=0)
        index = 1
    for position, tool in enumerate(script.tools, index):
        block = {"type": "tool_use", "id": tool.id, "name": tool.name, "input": {}}
        yield event("content_block_start", index=position, content_block=block)
        for piece in tool.pieces:
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield event("content_block_delta", index=position, delta=delta)
        yield event("content_block_stop", index=position)
    delta = {"stop_reason": FINISH["anthropic"][script.finish], "stop_sequence": None}
    yield event("message_delta", delta=delta, usage={"output_tokens": out})
    yield event("message_stop")


def anthropic_body(script: Script, model: str) -> dict[str, Any]:
    given, cached, out = script.usage
    content: list[dict[str, Any]] = (
        [{"type": "text", "text": "".join(script.texts)}] if script.texts else []
    )
    for tool in script.tools:
        arguments = json.loads(tool.arguments or "{}")
        content.append({"type": "tool_use", "id": tool.id, "name": tool.name, "input": arguments})
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": FINISH["anthropic"][script.finish],
        "stop_sequence": None,
        "usage": {
            "input_tokens": given,
            "output_tokens": out,
            "cache_read_input_tokens": cached,
        },
    }


# cohere


def cohere_body(script: Script) -> dict[str, Any]:
    given, _, out = script.usage
    body: dict[str, Any] = {
        "text": "".join(script.texts),
        "generation_id": "g1",
        "finish_reason": FINISH["cohere"][script.finish],
        "meta": {"billed_units": {"input_tokens": given, "output_tokens": out}},
    }
    if script.tools:
        body["tool_calls"] = cohere_calls(script)
    return body


def cohere_calls(script: Script) -> list[dict[str, Any]]:
    return [
        {"name": tool.name, "parameters": json.loads(tool.arguments or "{}")}
        for tool in script.tools
    ]


def cohere_events(script: Script) -> Iterator[bytes]:
    def event(name: str, **data: Any) -> bytes:
        record = {"event_type": name, "is_finished": name == "stream-end", **data}
        return json.dumps(record).encode() + b"\n"

    yield event("stream-start", generation_id="g1")
    for text in script.said():
        yield event("text-generation", text=text)
    if script.tools:
        yield event("tool-calls-generation", tool_calls=cohere_calls(script))
    body = cohere_body(script)
    yield event("stream-end", finish_reason=body["finish_reason"], response=body)


# google, gemini, vertex


def google_chunks(script: Script, model: str) -> Iterator[dict[str, Any]]:
    given, _, out = script.usage
    calls = [
        {"functionCall": {"name": t.name, "args": json.loads(t.arguments or "{}")}}
        for t in script.tools
    ]
    texts: Iterator[list[dict[str, Any]]] = ([{"text": text}] for text in script.said())
    total = len(script.texts) + bool(calls)
    for number, parts in enumerate(itertools.chain(texts, [calls] if calls else []), 1):
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
        last = number == total and not script.endless
        if last:
            candidate["finishReason"] = FINISH["google"][script.finish]
        count = out if last else number
        yield {
            "candidates": [candidate],
            "modelVersion": model,
            "usageMetadata": {
                "promptTokenCount": given,
                "candidatesTokenCount": count,
                "totalTokenCount": given + count,
            },
        }


def json_array(items: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Word a stream as one JSON array, a piece for each item."""
    before = b"["
    for item in items:
        yield before + json.dumps(item).encode()
        before = b","
    yield b"]"


def google_body(script: Script, model: str) -> dict[str, Any]:
    chunks = list(google_chunks(script, model))
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    texts = "".join(part["text"] for part in parts if "text" in part)
    others = [part for part in parts if "text" not in part]
    body = chunks[-1]
    body["candidates"][0]["content"]["parts"] = ([{"text": texts}] if texts else []) + others
    return body


# bedrock


def frame(event: str, payload: dict[str, Any]) -> bytes:
    """Make one message of the AWS event stream.

    https://docs.aws.amazon.com/transcribe/latest/dg/event-stream.html, read 2026-11-20.
    """
    headers = b""
    for name, value in (
        (":event-type", event),
        (":content-type", "application/json"),
        (":message-type", "event"),
    ):
        headers += struct.pack("!B", len(name)) + name.encode()
        headers += struct.pack("!BH", 7, len(value)) + value.encode()
    body = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(headers) + len(body), len(headers))
    prelude += struct.pack("!I", binascii.crc32(prelude))
    message = prelude + headers + body
    return message + struct.pack("!I", binascii.crc32(message))


def bedrock_events(script: Script) -> Iterator[bytes]:
    given, _, out = script.usage
    yield frame("messageStart", {"role": "assistant"})
    index = 0
    if script.texts:
        for text in script.said():
            yield frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})
        yield frame("contentBlockStop", {"contentBlockIndex": 0})
        index = 1
    for position, tool in enumerate(script.tools, index):
        start = {"toolUse": {"toolUseId": tool.id, "name": tool.name}}
        yield frame("contentBlockStart", {"contentBlockIndex": position, "start": start})
        for piece in tool.pieces:
            delta = {"toolUse": {"input": piece}}
            yield frame("contentBlockDelta", {"contentBlockIndex": position, "delta": delta})
        yield frame("contentBlockStop", {"contentBlockIndex": position})
    yield frame("messageStop", {"stopReason": FINISH["bedrock"][script.finish]})
    usage = {"inputTokens": given, "outputTokens": out, "totalTokens": given + out}
    yield frame("metadata", {"usage": usage, "metrics": {"latencyMs": 7}})


def bedrock_body(script: Script) -> dict[str, Any]:
    given, _, out = script.usage
    content: list[dict[str, Any]] = [{"text": "".join(script.texts)}] if script.texts else []
    for tool in script.tools:
        arguments = json.loads(tool.arguments or "{}")
        content.append({"toolUse": {"toolUseId": tool.id, "name": tool.name, "input": arguments}})
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": FINISH["bedrock"][script.finish],
        "usage": {"inputTokens": given, "outputTokens": out, "totalTokens": given + out},
        "metrics": {"latencyMs": 7},
    }
