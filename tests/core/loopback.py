"""A server on 127.0.0.1 that answers every vendor's wire from one script.

The SDKs are real; only the other end of the socket is ours. A `Script` says what the model does,
and the server words it as whichever vendor's endpoint was asked.
"""

from __future__ import annotations

import binascii
import json
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

TEXTS = ("The ", "Name ", "of the Wind")


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
    """What the model says, in terms no vendor owns."""

    texts: tuple[str, ...] = TEXTS
    tools: tuple[ToolScript, ...] = ()
    finish: str = "stop"
    usage: tuple[int, int, int] = (10, 4, 5)
    status: int = 200
    audio: bool = False
    trailer: bool = True
    usage_apart: bool = False
    endless: bool = False


@dataclass
class Seen:
    """One request, as it arrived."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    connection: int


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
        while script.endless:
            yield chunk({"content": "more "})
            time.sleep(0.01)
        for text in script.texts:
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
        for text in script.texts:
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
    for text in script.texts:
        yield event("text-generation", text=text)
    if script.tools:
        yield event("tool-calls-generation", tool_calls=cohere_calls(script))
    body = cohere_body(script)
    yield event("stream-end", finish_reason=body["finish_reason"], response=body)


# google, gemini, vertex


def google_chunks(script: Script, model: str) -> Iterator[dict[str, Any]]:
    given, _, out = script.usage
    pieces: list[list[dict[str, Any]]] = [[{"text": text}] for text in script.texts]
    if script.tools:
        pieces.append(
            [
                {"functionCall": {"name": t.name, "args": json.loads(t.arguments or "{}")}}
                for t in script.tools
            ]
        )
    for number, parts in enumerate(pieces, 1):
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
        last = number == len(pieces)
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
        for text in script.texts:
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


@dataclass
class Loopback:
    """The running server, what it will say and what it was asked."""

    port: int = 0
    script: Script = field(default_factory=Script)
    seen: list[Seen] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def clear(self) -> None:
        self.script = Script()
        self.seen.clear()
        self.disconnected.clear()


def make_handler(state: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            raw = self.read_body()
            body = json.loads(raw) if raw else {}
            headers = {key.lower(): value for key, value in self.headers.items()}
            state.seen.append(Seen(self.path, body, headers, id(self.connection)))
            if state.script.status != 200:
                self.refuse()
                return
            parts = urlsplit(self.path)
            self.route(unquote(parts.path), parts.query, body, headers)

        def read_body(self) -> bytes:
            if self.headers.get("transfer-encoding", "").lower() == "chunked":
                data = b""
                while size := int(self.rfile.readline().strip(), 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return data
            return self.rfile.read(int(self.headers.get("content-length", 0)))

        def refuse(self) -> None:
            body = {"error": {"message": "no", "code": 400, "status": "INVALID_ARGUMENT"}}
            self.whole({**body, "message": "no"}, state.script.status)

        def route(
            self, path: str, query: str, body: dict[str, Any], headers: dict[str, str]
        ) -> None:
            script = state.script
            model = body.get("model", "")
            if path.endswith("/chat/completions"):
                kind = "mistral" if "mistral" in headers.get("user-agent", "") else "openai"
                if body.get("stream"):
                    self.pieces("text/event-stream", openai_events(script, model, kind))
                else:
                    self.whole(openai_body(script, model, kind))
            elif path.endswith("/v1/messages"):
                if body.get("stream"):
                    self.pieces("text/event-stream", anthropic_events(script, model))
                else:
                    self.whole(anthropic_body(script, model))
            elif path.endswith("/v1/chat"):
                if body.get("stream"):
                    self.pieces("application/stream+json", cohere_events(script))
                else:
                    self.whole(cohere_body(script))
            elif "GenerateContent" in path or "generateContent" in path:
                self.google(path, query)
            elif path.endswith("/converse-stream"):
                self.pieces("application/vnd.amazon.eventstream", bedrock_events(script))
            elif path.endswith("/converse"):
                self.whole(bedrock_body(script))
            else:
                self.whole({"error": f"no such path: {path}"}, 404)

        def google(self, path: str, query: str) -> None:
            model = path.rsplit("/", 1)[-1].split(":")[0]
            chunks = google_chunks(state.script, model)
            if "stream" not in path:
                self.whole(google_body(state.script, model))
            elif "alt=sse" in query:
                self.pieces("text/event-stream", (sse(chunk) for chunk in chunks))
            else:
                self.whole(list(chunks))

        def whole(self, body: Any, status: int = 200) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.send_header("x-amzn-RequestId", "req-1")
            if status != 200:
                self.send_header("x-amzn-ErrorType", "ValidationException")
            self.end_headers()
            self.wfile.write(data)

        def pieces(self, kind: str, pieces: Iterator[bytes]) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("transfer-encoding", "chunked")
            self.send_header("x-amzn-RequestId", "req-1")
            self.end_headers()
            try:
                for piece in pieces:
                    self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")
            except OSError:
                self.close_connection = True
                state.disconnected.set()

    return Handler


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the tests."""


def serve() -> tuple[Loopback, Server]:
    """Start a server; the caller shuts it down."""
    state = Loopback()
    server = Server(("127.0.0.1", 0), make_handler(state))
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return state, server
