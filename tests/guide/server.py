"""A stand-in for two vendors, for the guide's programs: written from their public API references.

It shares no code with the library or its simulator: plain `http.server` and `json`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BOOK = {"title": "Mistborn", "author": "Brandon Sanderson", "summary": "Ash, mist and a heist."}
ADVICE = "Read “Mistborn” by Brandon Sanderson 🐉."


class VendorServer:
    """OpenAI's Responses API and Anthropic's Messages API on a free port of this machine."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                headers = {name.lower(): value for name, value in self.headers.items()}
                owner.requests.append((self.path, headers, body))
                if owner.status != 200:
                    self._refuse()
                    return
                events = _responses(body) if self.path.endswith("/responses") else _messages(body)
                self.send_response(200)
                self.send_header("content-type", "text/event-stream; charset=utf-8")
                self.send_header("transfer-encoding", "chunked")
                self.end_headers()
                for event in events:
                    data = json.dumps(event, ensure_ascii=False)
                    self._chunk(f"event: {event['type']}\ndata: {data}\n\n".encode())
                self._chunk(b"")

            def _chunk(self, data: bytes) -> None:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()

            def _refuse(self) -> None:
                error = {"message": "Rate limit reached", "type": "requests", "code": "rate_limit"}
                data = json.dumps({"error": error}).encode()
                self.send_response(owner.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.send_header("retry-after", "7")
                self.send_header("x-request-id", "req_guide")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> VendorServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _pieces(text: str, size: int = 5) -> Iterator[str]:
    return (text[index : index + size] for index in range(0, len(text), size))


def _responses(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    output: list[dict[str, Any]] = []
    yield {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}}
    answered = any(item.get("type") == "function_call_output" for item in body["input"])
    if body.get("tools") and not answered:
        name = body["tools"][0]["name"]
        item = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": name}
        yield {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**item, "arguments": ""},
        }
        arguments = '{"number": 4242}'
        for delta in _pieces(arguments):
            yield {
                "type": "response.function_call_arguments.delta",
                "item_id": "fc_1",
                "output_index": 0,
                "delta": delta,
            }
        yield {
            "type": "response.function_call_arguments.done",
            "item_id": "fc_1",
            "output_index": 0,
            "arguments": arguments,
        }
        output.append({**item, "arguments": arguments, "status": "completed"})
    else:
        text = ADVICE
        if answered:
            text = "It is about 65.13."
        elif body.get("text", {}).get("format", {}).get("type") == "json_schema":
            text = json.dumps(BOOK)
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        yield {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {"type": "message", "id": "msg_1", "role": "assistant", "content": []},
        }
        for delta in _pieces(text):
            yield {"type": "response.output_text.delta", **place, "delta": delta}
        yield {"type": "response.output_text.done", **place, "text": text}
        part = {"type": "output_text", "text": text, "annotations": []}
        output.append({"type": "message", "id": "msg_1", "role": "assistant", "content": [part]})
    yield {"type": "response.output_item.done", "output_index": 0, "item": output[0]}
    usage = {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18}
    yield {
        "type": "response.completed",
        "response": {"id": "resp_1", "status": "completed", "output": output, "usage": usage},
    }


def _messages(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {
        "type": "message_start",
        "message": {
            "id": "msg_1",
            "role": "assistant",
            "content": [],
            "usage": {"input_tokens": 9, "output_tokens": 1},
        },
    }
    last = body["messages"][-1]["content"]
    answered = isinstance(last, list) and any(block["type"] == "tool_result" for block in last)
    index = 0
    if body.get("thinking", {}).get("type") not in (None, "disabled"):
        yield _block(index, {"type": "thinking", "thinking": "", "signature": ""})
        for delta in _pieces("A root is wanted."):
            yield _delta(index, {"type": "thinking_delta", "thinking": delta})
        yield _delta(index, {"type": "signature_delta", "signature": "c2lnbmVk"})
        yield {"type": "content_block_stop", "index": index}
        index += 1
    if body.get("tools") and not answered:
        name = body["tools"][0]["name"]
        yield _block(index, {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}})
        for delta in ("", '{"num', 'ber": 4242}'):
            yield _delta(index, {"type": "input_json_delta", "partial_json": delta})
    else:
        yield _block(index, {"type": "text", "text": ""})
        for delta in _pieces("It is about 65.13." if answered else ADVICE):
            yield _delta(index, {"type": "text_delta", "text": delta})
    yield {"type": "content_block_stop", "index": index}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn" if answered else "tool_use"},
        "usage": {"output_tokens": 23},
    }
    yield {"type": "message_stop"}


def _block(index: int, block: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _delta(index: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": delta}
