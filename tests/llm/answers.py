"""One short answer on each wire, as a vendor streams it: thought, text, usage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

TEXT = "Héllo wörld 🐉, this is it."


@dataclass(frozen=True)
class Answer:
    """A streamed answer."""

    provider: str
    model_id: str
    path: str
    events: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        return b"".join(self.events)


def _sse(data: dict[str, Any], name: str = "", end: bytes = b"\n") -> bytes:
    lines = [b"event: " + name.encode()] if name else []
    lines.append(b"data: " + json.dumps(data, ensure_ascii=False).encode())
    return end.join(lines) + end + end


def _pieces() -> list[str]:
    return [TEXT[index : index + 3] for index in range(0, len(TEXT), 3)]


def _chat() -> Answer:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _sse({"id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [choice]})

    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return Answer(
        "openai:completions",
        "my/model",
        "/chat/completions",
        (
            chunk({"role": "assistant", "content": ""}),
            *[chunk({"content": piece}) for piece in _pieces()],
            chunk({}, "stop"),
            _sse({"id": "chatcmpl-1", "choices": [], "usage": usage}),
            b"data: [DONE]\n\n",
        ),
    )


def _responses() -> Answer:
    item = {"type": "message", "id": "msg_1", "role": "assistant", "content": []}
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    part = {"type": "output_text", "text": TEXT, "annotations": []}
    response = {
        "id": "resp_1",
        "status": "completed",
        "output": [{**item, "content": [part]}],
        "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12},
    }
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress"}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        *[{"type": "response.output_text.delta", **place, "delta": piece} for piece in _pieces()],
        {"type": "response.output_text.done", **place, "text": TEXT},
        {"type": "response.completed", "response": response},
    ]
    return Answer(
        "openai:responses",
        "my/model",
        "/responses",
        tuple(_sse(event, event["type"]) for event in events),
    )


def _messages() -> Answer:
    message = {"id": "msg_1", "role": "assistant", "content": [], "usage": {"input_tokens": 5}}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "text", "text": ""},
        },
        {"type": "ping"},
        *[
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "text_delta", "text": piece},
            }
            for piece in _pieces()
        ],
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]
    return Answer(
        "anthropic",
        "my/model",
        "/v1/messages",
        tuple(_sse(event, event["type"]) for event in events),
    )


def _generate_content() -> Answer:
    def chunk(text: str, finish: str | None = None) -> bytes:
        candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}}
        if finish:
            candidate["finishReason"] = finish
        usage = {"promptTokenCount": 5, "candidatesTokenCount": 7, "totalTokenCount": 12}
        return _sse({"candidates": [candidate], "usageMetadata": usage}, end=b"\r\n")

    *pieces, last = _pieces()
    return Answer(
        "google",
        "my/model",
        "/v1beta/models/model:streamGenerateContent",
        (*[chunk(piece) for piece in pieces], chunk(last, "STOP")),
    )


def _cohere() -> Answer:
    def delta(kind: str, message: dict[str, Any]) -> dict[str, Any]:
        return {"type": kind, "index": 0, "delta": {"message": message}}

    tokens = {"input_tokens": 5.0, "output_tokens": 7.0}
    end = {"finish_reason": "COMPLETE", "usage": {"tokens": tokens}}
    events: list[dict[str, Any]] = [
        {"type": "message-start", "id": "1", "delta": {"message": {"role": "assistant"}}},
        delta("content-start", {"content": {"type": "text", "text": ""}}),
        *[delta("content-delta", {"content": {"text": piece}}) for piece in _pieces()],
        {"type": "content-end", "index": 0},
        {"type": "message-end", "delta": end},
    ]
    return Answer(
        "cohere",
        "my/model",
        "/v2/chat",
        (*[_sse(event, event["type"]) for event in events], b"data: [DONE]\n\n"),
    )


ANSWERS = {
    "chat": _chat(),
    "responses": _responses(),
    "messages": _messages(),
    "generate_content": _generate_content(),
    "cohere": _cohere(),
}
