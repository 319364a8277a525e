"""A server on 127.0.0.1 that answers every vendor's wire from one script.

The SDKs are real; only the other end of the socket is ours. A `Script` says what the model does,
and the server words it as whichever vendor's endpoint was asked.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from .wires import (
    TEXTS,
    Broken,
    Script,
    ToolScript,
    anthropic_body,
    anthropic_events,
    bedrock_body,
    bedrock_events,
    cohere_body,
    cohere_events,
    google_body,
    google_chunks,
    json_array,
    openai_body,
    openai_events,
    sse,
)

__all__ = ["TEXTS", "Loopback", "Script", "Seen", "Server", "ToolScript", "serve"]


@dataclass
class Seen:
    """One request, as it arrived; `closed` is set when its connection has ended."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    connection: int
    closed: threading.Event


@dataclass
class Loopback:
    """The running server, what it will say and what it was asked.

    Where there is an `answer`, it gives each request a script of its own.
    """

    port: int = 0
    script: Script = field(default_factory=Script)
    answer: Callable[[Seen], Script] | None = None
    seen: list[Seen] = field(default_factory=list)
    disconnected: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def clear(self) -> None:
        self.script, self.answer = Script(), None
        self.seen.clear()
        # A new one: an earlier test's answer may still have its end before it.
        self.disconnected = threading.Event()


def make_handler(state: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            self.closed = threading.Event()

        def finish(self) -> None:
            self.closed.set()
            super().finish()

        def log_message(self, format: str, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            raw = self.read_body()
            body = json.loads(raw) if raw else {}
            headers = {key.lower(): value for key, value in self.headers.items()}
            seen = Seen(self.path, body, headers, id(self.connection), self.closed)
            state.seen.append(seen)
            self.script = state.answer(seen) if state.answer else state.script
            if self.script.status != 200:
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
            self.whole({**body, "message": "no"}, self.script.status)

        def route(
            self, path: str, query: str, body: dict[str, Any], headers: dict[str, str]
        ) -> None:
            script = self.script
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
            chunks = google_chunks(self.script, model)
            if "stream" not in path:
                self.whole(google_body(self.script, model))
            elif "alt=sse" in query:
                self.pieces("text/event-stream", (sse(chunk) for chunk in chunks))
            else:
                self.pieces("application/json", json_array(chunks))

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
            disconnected = state.disconnected
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("transfer-encoding", "chunked")
            self.send_header("x-amzn-RequestId", "req-1")
            self.end_headers()
            try:
                for piece in pieces:
                    self.piece(piece)
                self.wfile.write(b"0\r\n\r\n")
            except Broken:
                self.close_connection = True
                if self.script.garbled:
                    self.piece(b"event: message_stop\ndata: }\n\n")
                else:
                    self.connection.shutdown(socket.SHUT_WR)
                if self.left():
                    disconnected.set()
            except OSError:
                self.close_connection = True
                disconnected.set()

        def piece(self, piece: bytes) -> None:
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.flush()

        def left(self) -> bool:
            """Wait for the client to close its end of the connection."""
            self.connection.settimeout(30)
            try:
                return not self.connection.recv(1024)
            except OSError as error:
                return not isinstance(error, TimeoutError)

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
