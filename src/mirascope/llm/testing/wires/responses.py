"""OpenAI Responses.

Source: recorded traffic of api.openai.com, and
https://platform.openai.com/docs/api-reference/responses-streaming (2026-01).
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator

from mirascope._wire.json_values import JsonObject, as_list, as_object, as_objects, as_text
from mirascope.llm.testing.conversation import Reply, Said, ToolOffer, ToolResult, TurnRequest
from mirascope.llm.testing.wires.chat import openai_error
from mirascope.llm.testing.wires.wire import (
    CREATED,
    Frame,
    Incoming,
    InvalidRequest,
    Wire,
    compact,
    integer,
    joined_text,
    sse,
)

__all__ = ["ResponsesWire"]

_INCOMPLETE = {
    "max_tokens": "max_output_tokens",
    "context_length_exceeded": "max_output_tokens",  # the wire has no word of its own for it
}


class ResponsesWire(Wire):
    """`POST …/responses`."""

    name = "responses"
    request_id_header = "x-request-id"
    overloaded = "server_error"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Responses."""
        return path.endswith("/responses")

    def read(self, incoming: Incoming) -> TurnRequest:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        if not as_text(body.get("model")):
            raise InvalidRequest("Missing required parameter: 'model'.")
        asked = body.get("input")
        if not asked:
            raise InvalidRequest("Missing required parameter: 'input'.")
        if isinstance(asked, str):
            asked = [{"role": "user", "content": asked}]
        items = as_objects(asked)
        tools, must_call = _tools(body)
        format_ = as_object(as_object(body.get("text")).get("format"))
        reasoning = as_object(body.get("reasoning"))
        effort = as_text(reasoning.get("effort"))
        summary = bool(reasoning.get("summary"))
        return TurnRequest(
            wire=self.name,
            model=as_text(body["model"]),
            stream=body.get("stream") is True,
            system="\n".join(_system(body, items)),
            conversation=tuple(_said(items)),
            tools=tools,
            must_call=must_call,
            one_call_at_a_time=body.get("parallel_tool_calls") is False,
            schema=as_object(format_.get("schema")) or None,
            json_mode=format_.get("type") == "json_object",
            thinking=effort != "none" and (bool(effort) or summary),
            show_thoughts=summary,
            max_tokens=integer(body.get("max_output_tokens")),
            body=body,
        )

    def body(self, reply: Reply, request: TurnRequest, number: int) -> bytes:
        """Return the whole answer; see `Wire.body`."""
        output = [*_reasoning(reply, request, number), *_message(reply, number)]
        output += [_call(reply, index, number) for index in range(len(reply.calls))]
        return compact(_ended(reply, request, number, output)).encode()

    def frames(self, reply: Reply, request: TurnRequest, number: int) -> Iterator[Frame]:
        """Return the answer as events; see `Wire.frames`."""
        stream = _Stream(request)
        started = {**_head(request, number), "status": "in_progress"}
        yield stream.event("response.created", response=started)
        yield stream.event("response.in_progress", response=started)
        for item in _reasoning(reply, request, number):
            yield from _reasoning_frames(reply, stream, item)
        for item in _message(reply, number):
            yield from _message_frames(reply, stream, item)
        yield from _call_frames(reply, stream, number)
        ended = _ended(reply, request, number, stream.output)
        yield stream.event(f"response.{ended['status']}", response=ended)

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return compact({"error": openai_error(status, message, code)}).encode()

    def stream_error(self, status: int, message: str, code: str, number: int) -> bytes:
        """Return an error's events: it is told twice, as recorded."""
        error = {"type": "error", "error": openai_error(status, message, code)}
        response: dict[str, object] = {
            "id": f"resp_sim{number}",
            "object": "response",
            "status": "failed",
            "error": {"code": code, "message": message},
            "output": [],
        }
        failed = {"type": "response.failed", "response": response}
        return sse(compact(error), event="error") + sse(compact(failed), event="response.failed")

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        kind = "response.output_text.delta"
        return sse(f'{{"type":"{kind}","delta":', event=kind)


class _Stream:
    """Numbers the events, and keeps the items that are done."""

    def __init__(self, request: TurnRequest) -> None:
        options = as_object(request.body.get("stream_options"))
        self._padded = options.get("include_obfuscation") is not False
        self._sequence = 0
        self.output: list[JsonObject] = []

    def event(self, kind: str, **fields: object) -> Frame:
        event = {"type": kind, "sequence_number": self._sequence, **fields}
        self._sequence += 1
        return Frame(sse(compact(event), event=kind))

    def delta(self, kind: str, **fields: object) -> Frame:
        if self._padded:
            fields["obfuscation"] = "x9Qk2Lm"[: self._sequence % 7 + 1]
        return self.event(kind, **fields)._replace(content=True)

    def added(self, item: JsonObject, index: int) -> Frame:
        return self.event("response.output_item.added", output_index=index, item=item)

    def done(self, item: JsonObject) -> Frame:
        index = len(self.output)
        self.output.append(item)
        return self.event("response.output_item.done", output_index=index, item=item)


def _reasoning_frames(reply: Reply, stream: _Stream, item: JsonObject) -> Iterator[Frame]:
    where = {"item_id": item["id"], "output_index": len(stream.output)}
    kind = "response.reasoning_summary"
    yield stream.added({**item, "summary": []}, len(stream.output))
    for index, part in enumerate(as_objects(item["summary"])):
        text = as_text(part["text"])
        at = {**where, "summary_index": index}
        yield stream.event(f"{kind}_part.added", **at, part={**part, "text": ""})
        for delta in reply.deltas(text):
            yield stream.delta(f"{kind}_text.delta", **at, delta=delta)
        yield stream.event(f"{kind}_text.done", **at, text=text)
        yield stream.event(f"{kind}_part.done", **at, part=part)
    yield stream.done(item)


def _message_frames(reply: Reply, stream: _Stream, item: JsonObject) -> Iterator[Frame]:
    where = {"item_id": item["id"], "output_index": len(stream.output)}
    yield stream.added({**item, "status": "in_progress", "content": []}, len(stream.output))
    for index, part in enumerate(as_objects(item["content"])):
        at = {**where, "content_index": index}
        key = "refusal" if part["type"] == "refusal" else "text"
        kind = "response.refusal" if key == "refusal" else "response.output_text"
        text = as_text(part[key])
        yield stream.event("response.content_part.added", **at, part={**part, key: ""})
        for delta in reply.deltas(text):
            yield stream.delta(f"{kind}.delta", **at, delta=delta)
        yield stream.event(f"{kind}.done", **at, **{key: text})
        yield stream.event("response.content_part.done", **at, part=part)
    yield stream.done(item)


def _call_frames(reply: Reply, stream: _Stream, number: int) -> Iterator[Frame]:
    first = len(stream.output)
    kind = "response.function_call_arguments"
    items = [_call(reply, index, number) for index in range(len(reply.calls))]
    started: set[int] = set()
    deltas = reply.call_deltas()
    left = Counter(index for index, _ in deltas)
    for index, delta in deltas:
        item = items[index]
        at = {"item_id": item["id"], "output_index": first + index}
        if index not in started:
            started.add(index)
            yield stream.added({**item, "status": "in_progress", "arguments": ""}, first + index)
        yield stream.delta(f"{kind}.delta", **at, delta=delta)
        left[index] -= 1
        if left[index] == 0:
            yield stream.event(f"{kind}.done", **at, arguments=item["arguments"])
            yield stream.event("response.output_item.done", output_index=first + index, item=item)
    stream.output.extend(items)


def _head(request: TurnRequest, number: int) -> dict[str, object]:
    body = request.body
    return {
        "id": f"resp_sim{number}",
        "object": "response",
        "created_at": CREATED,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": request.max_tokens,
        "metadata": body.get("metadata") or {},
        "model": request.model,
        "output": [],
        "parallel_tool_calls": not request.one_call_at_a_time,
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
    reply: Reply, request: TurnRequest, number: int, output: list[JsonObject]
) -> dict[str, object]:
    reason = _INCOMPLETE.get(reply.finish)
    return {
        **_head(request, number),
        "status": "completed" if reason is None else "incomplete",
        "incomplete_details": None if reason is None else {"reason": reason},
        "output": output,
        "usage": _usage(reply),
    }


def _usage(reply: Reply) -> dict[str, object] | None:
    usage = reply.usage
    if usage is None:
        return None
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


def _reasoning(reply: Reply, request: TurnRequest, number: int) -> list[JsonObject]:
    """Return the reasoning item; without a summary when none was asked for."""
    if not reply.thoughts:
        return []
    shown = reply.thoughts if reply.show_thoughts else ()
    item: dict[str, object] = {
        "id": f"rs_sim{number}",
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": thought} for thought in shown],
    }
    if "reasoning.encrypted_content" in as_list(request.body.get("include")):
        item["encrypted_content"] = base64.b64encode(b"simulated reasoning").decode()
    return [item]


def _message(reply: Reply, number: int) -> list[JsonObject]:
    if not reply.texts:
        return []
    refused = reply.finish == "refusal"
    content: list[JsonObject] = [
        {"type": "refusal", "refusal": text}
        if refused
        else {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        for text in reply.texts
    ]
    status = "incomplete" if reply.finish in _INCOMPLETE and not reply.calls else "completed"
    item = {"id": f"msg_sim{number}", "type": "message", "role": "assistant", "status": status}
    return [{**item, "content": content}]


def _call(reply: Reply, index: int, number: int) -> JsonObject:
    call = reply.calls[index]
    cut = reply.finish in _INCOMPLETE and index == len(reply.calls) - 1
    return {
        "id": f"fc_sim{number}_{index + 1}",
        "type": "function_call",
        "status": "incomplete" if cut else "completed",
        "call_id": call.id,
        "name": call.name,
        "arguments": call.args,
    }


def _system(body: JsonObject, items: list[JsonObject]) -> Iterator[str]:
    if instructions := as_text(body.get("instructions")):
        yield instructions
    for item in items:
        if item.get("role") in ("system", "developer"):
            yield joined_text(item.get("content"))


def _said(items: list[JsonObject]) -> Iterator[Said]:
    names: dict[str, str] = {}
    for item in items:
        if item.get("type") == "function_call":
            names[as_text(item.get("call_id"))] = as_text(item.get("name"))
            yield Said(by="model")
        elif item.get("type") == "function_call_output":
            name = names.get(as_text(item.get("call_id")), "")
            result = ToolResult(name=name, output=joined_text(item.get("output")))
            yield Said(by="user", results=(result,))
        elif item.get("role") == "user":
            yield Said(by="user", text=joined_text(item.get("content")))
        elif item.get("role") == "assistant":
            yield Said(by="model", text=joined_text(item.get("content")))


def _tools(body: JsonObject) -> tuple[tuple[ToolOffer, ...], bool]:
    """Return the tools that may be called, and whether one has to be."""
    tools = tuple(
        ToolOffer(name=as_text(tool.get("name")), schema=as_object(tool.get("parameters")))
        for tool in as_objects(body.get("tools"))
        if tool.get("type") == "function"
    )
    choice = body.get("tool_choice")
    chosen = as_object(choice)
    if choice == "none":
        return (), False
    if chosen.get("type") == "function":
        return tuple(tool for tool in tools if tool.name == chosen.get("name")), True
    if chosen.get("type") == "allowed_tools":
        allowed = {tool.get("name") for tool in as_objects(chosen.get("tools"))}
        tools = tuple(tool for tool in tools if tool.name in allowed)
        return tools, chosen.get("mode") == "required"
    return tools, choice == "required"
