"""Anthropic Messages.

Source: recorded traffic of api.anthropic.com, and
https://docs.anthropic.com/en/api/messages-streaming (2026-01).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_object,
    as_objects,
    as_text,
    is_list,
)
from mirascope.llm.responses.usage import Usage
from mirascope.llm.testing.conversation import (
    Call,
    Reply,
    Said,
    ToolOffer,
    ToolResult,
    TurnRequest,
)
from mirascope.llm.testing.wires.wire import (
    Frame,
    Incoming,
    InvalidRequest,
    Wire,
    compact,
    integer,
    joined_text,
    sse,
)

__all__ = ["MessagesWire"]

_STOP = {
    "stop": "end_turn",
    "stop_sequence": "stop_sequence",
    "tool_calls": "tool_use",
    "max_tokens": "max_tokens",
    "refusal": "refusal",
    "context_length_exceeded": "model_context_window_exceeded",
}
# https://docs.anthropic.com/en/api/errors (2026-01)
_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class MessagesWire(Wire):
    """`POST …/v1/messages`."""

    name = "messages"
    request_id_header = "request-id"
    overloaded = "overloaded_error"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Messages."""
        return path.endswith("/messages")

    def read(self, incoming: Incoming) -> TurnRequest:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        for name in ("model", "messages", "max_tokens"):
            if not body.get(name):
                raise InvalidRequest(f"{name}: Field required")
        if not is_list(body["messages"]):
            raise InvalidRequest("messages: Input should be a valid list")
        tools, must_call, alone = _tools(body)
        output = as_object(as_object(body.get("output_config")).get("format"))
        schema = (output or as_object(body.get("output_format"))).get("schema")
        thinking = as_object(body.get("thinking"))
        thinks = thinking.get("type") in ("enabled", "adaptive")
        return TurnRequest(
            wire=self.name,
            model=as_text(body["model"]),
            stream=body.get("stream") is True,
            system=joined_text(body.get("system")),
            conversation=tuple(_said(as_objects(body["messages"]))),
            tools=tools,
            must_call=must_call,
            one_call_at_a_time=alone,
            schema=as_object(schema) or None,
            thinking=thinks,
            show_thoughts=thinks and thinking.get("display") != "omitted",
            max_tokens=integer(body["max_tokens"]),
            stop_sequences=tuple(map(str, as_list(body.get("stop_sequences")))),
            body=body,
        )

    def body(self, reply: Reply, request: TurnRequest, number: int) -> bytes:
        """Return the whole answer; see `Wire.body`."""
        blocks: list[JsonObject] = [
            {"type": "thinking", "thinking": thought, "signature": _signature(index)}
            for index, thought in enumerate(_shown(reply))
        ]
        blocks += [{"type": "text", "text": text} for text in reply.texts if text]
        blocks += [{**_tool_use(call), "input": _input(call.args)} for call in reply.calls]
        message = _message(request, number, reply.usage)
        return compact({**message, "content": blocks, **_stopped(reply)}).encode()

    def frames(self, reply: Reply, request: TurnRequest, number: int) -> Iterator[Frame]:
        """Return the answer as events; see `Wire.frames`."""
        first = reply.usage and Usage(
            input_tokens=reply.usage.input_tokens,
            cache_read_tokens=reply.usage.cache_read_tokens,
            cache_write_tokens=reply.usage.cache_write_tokens,
            output_tokens=1,
        )
        yield _event("message_start", message=_message(request, number, first))
        yield _event("ping")
        blocks = [
            *_thinking_blocks(reply),
            *(_text_block(reply, text) for text in reply.texts if text),
            *(_tool_block(reply, call) for call in reply.calls),
        ]
        for index, (block, deltas) in enumerate(blocks):
            yield _event("content_block_start", index=index, content_block=block)
            for delta in deltas:
                yield _event("content_block_delta", index=index, delta=delta)
            yield _event("content_block_stop", index=index)
        usage = {} if reply.usage is None else {"usage": _usage(reply.usage)}
        yield _event("message_delta", delta=_stopped(reply), **usage)
        yield _event("message_stop")

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return compact(_error(code or _ERRORS.get(status, "api_error"), message, number)).encode()

    def stream_error(self, status: int, message: str, code: str, number: int) -> bytes:
        """Return an error's event; see `Wire.stream_error`."""
        return sse(compact(_error(code, message, number)), event="error")

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return sse('{"type":"content_block_delta","delta":', event="content_block_delta")


def _event(kind: str, **fields: object) -> Frame:
    content = kind == "content_block_delta"
    return Frame(sse(compact({"type": kind, **fields}), event=kind), content)


def _error(kind: str, message: str, number: int) -> dict[str, object]:
    error = {"type": kind, "message": message}
    return {"type": "error", "error": error, "request_id": f"req_sim{number}"}


def _message(request: TurnRequest, number: int, usage: Usage | None) -> dict[str, object]:
    message: dict[str, object] = {
        "id": f"msg_sim{number}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }
    if usage is not None:
        message["usage"] = {**_usage(usage), "service_tier": "standard"}
    return message


def _usage(usage: Usage) -> dict[str, object]:
    """Return the numbers; on this wire the input leaves out what is cached."""
    cached = usage.cache_read_tokens + usage.cache_write_tokens
    numbers: dict[str, object] = {
        "input_tokens": usage.input_tokens - cached,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
        "output_tokens": usage.output_tokens,
    }
    if usage.reasoning_tokens:
        numbers["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return numbers


def _stopped(reply: Reply) -> dict[str, object]:
    return {"stop_reason": _STOP[reply.finish], "stop_sequence": None}


def _signature(index: int) -> str:
    return base64.b64encode(f"simulated thinking {index + 1}".encode()).decode()


def _shown(reply: Reply) -> list[str]:
    """Return the texts of the thinking blocks: a hidden thought leaves an empty, signed block."""
    return [thought if reply.show_thoughts else "" for thought in reply.thoughts]


def _tool_use(call: Call) -> dict[str, object]:
    return {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}


def _input(args: str) -> JsonObject:
    """Return the arguments; a call whose arguments were cut off has none."""
    try:
        return as_object(json.loads(args or "{}"))
    except ValueError:
        return {}


_Block = tuple[JsonObject, list[JsonObject]]


def _thinking_blocks(reply: Reply) -> Iterator[_Block]:
    for index, thought in enumerate(_shown(reply)):
        deltas: list[JsonObject] = [
            {"type": "thinking_delta", "thinking": delta} for delta in reply.deltas(thought)
        ]
        signed = {"type": "signature_delta", "signature": _signature(index)}
        yield {"type": "thinking", "thinking": "", "signature": ""}, [*deltas, signed]


def _text_block(reply: Reply, text: str) -> _Block:
    deltas = reply.deltas(text)
    return {"type": "text", "text": ""}, [{"type": "text_delta", "text": d} for d in deltas]


def _tool_block(reply: Reply, call: Call) -> _Block:
    deltas = ["", *reply.deltas(call.args)]  # the vendor's first delta is always empty
    return _tool_use(call), [{"type": "input_json_delta", "partial_json": d} for d in deltas]


def _said(messages: list[JsonObject]) -> Iterator[Said]:
    names: dict[str, str] = {}
    for message in messages:
        content = message.get("content")
        blocks = as_objects(content)
        if message.get("role") == "assistant":
            calls = (block for block in blocks if block.get("type") == "tool_use")
            names |= {as_text(call.get("id")): as_text(call.get("name")) for call in calls}
            yield Said(by="model", text=joined_text(content))
            continue
        results = tuple(
            ToolResult(
                name=names.get(as_text(block.get("tool_use_id")), ""),
                output=joined_text(block.get("content")),
            )
            for block in blocks
            if block.get("type") == "tool_result"
        )
        yield Said(by="user", text=joined_text(content), results=results)


def _tools(body: JsonObject) -> tuple[tuple[ToolOffer, ...], bool, bool]:
    """Return the tools that may be called, whether one has to be, and whether only one may."""
    tools = tuple(
        ToolOffer(name=as_text(tool.get("name")), schema=as_object(tool["input_schema"]))
        for tool in as_objects(body.get("tools"))
        if "input_schema" in tool  # the others run on the server
    )
    choice = as_object(body.get("tool_choice"))
    alone = choice.get("disable_parallel_tool_use") is True
    if choice.get("type") == "none":
        return (), False, alone
    if choice.get("type") == "tool":
        tools = tuple(tool for tool in tools if tool.name == choice.get("name"))
    return tools, choice.get("type") in ("any", "tool"), alone
