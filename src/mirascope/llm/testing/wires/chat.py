"""OpenAI Chat Completions, as OpenAI and the servers compatible with it speak it.

Source: recorded traffic of api.openai.com, and
https://platform.openai.com/docs/api-reference/chat (2026-01).
"""

from __future__ import annotations

from collections.abc import Iterator

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_object,
    as_objects,
    as_text,
    is_list,
)
from mirascope.llm.testing.conversation import Reply, Said, ToolOffer, ToolResult, TurnRequest
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

__all__ = ["ChatWire", "openai_error"]

_FINISH = {
    "stop": "stop",
    "stop_sequence": "stop",
    "tool_calls": "tool_calls",
    "max_tokens": "length",
    "context_length_exceeded": "length",  # the wire has no word of its own for it
    "refusal": "stop",  # what was said is then in `refusal`, not in `content`
}
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_exceeded"}


def openai_error(status: int, message: str, code: str | None) -> dict[str, object]:
    """Return the error object of both OpenAI wires."""
    usual = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    return {"message": message, "type": code or usual, "param": None, "code": code or usual}


class ChatWire(Wire):
    """`POST …/chat/completions`."""

    name = "chat"
    request_id_header = "x-request-id"
    overloaded = "server_error"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Chat Completions."""
        return path.endswith("/chat/completions")

    def read(self, incoming: Incoming) -> TurnRequest:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        if not is_list(body.get("messages")) or not body["messages"]:
            raise InvalidRequest("Missing required parameter: 'messages'.")
        if not as_text(body.get("model")):
            raise InvalidRequest("you must provide a model parameter")
        messages = as_objects(body["messages"])
        tools, must_call = _tools(body)
        format_ = as_object(body.get("response_format"))
        schema = as_object(format_.get("json_schema")).get("schema")
        thinking = _thinks(body)
        limit = body.get("max_completion_tokens") or body.get("max_tokens")
        stop = body.get("stop")
        return TurnRequest(
            wire=self.name,
            model=as_text(body["model"]),
            stream=body.get("stream") is True,
            system="\n".join(_system(messages)),
            conversation=tuple(_said(messages)),
            tools=tools,
            must_call=must_call,
            one_call_at_a_time=body.get("parallel_tool_calls") is False,
            schema=as_object(schema) or None,
            json_mode=format_.get("type") == "json_object",
            thinking=thinking,
            show_thoughts=thinking,
            max_tokens=integer(limit),
            stop_sequences=tuple(map(str, [stop] if isinstance(stop, str) else as_list(stop))),
            body=body,
        )

    def body(self, reply: Reply, request: TurnRequest, number: int) -> bytes:
        """Return the whole answer; see `Wire.body`."""
        text = "".join(reply.texts)
        said = reply.finish == "refusal"
        message: dict[str, object] = {
            "role": "assistant",
            "content": text if text and not said else None,
            "refusal": text if said else None,
            "annotations": [],
        }
        if reply.thoughts and reply.show_thoughts:
            message["reasoning_content"] = "".join(reply.thoughts)
        if reply.calls:
            message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.args},
                }
                for call in reply.calls
            ]
        choice = {"index": 0, "message": message, "logprobs": None}
        whole = {
            **_head("chat.completion", request, number),
            "choices": [{**choice, "finish_reason": _FINISH[reply.finish]}],
        }
        if reply.usage is not None:
            whole["usage"] = _usage(reply)
        return compact(whole).encode()

    def frames(self, reply: Reply, request: TurnRequest, number: int) -> Iterator[Frame]:
        """Return the answer as events; see `Wire.frames`."""
        stream = _Stream(request, number)
        yield stream.choice({"role": "assistant", "content": "", "refusal": None}, content=False)
        for thought in reply.thoughts if reply.show_thoughts else ():
            for delta in reply.deltas(thought):
                yield stream.choice({"reasoning_content": delta})
        key = "refusal" if reply.finish == "refusal" else "content"
        for text in reply.texts:
            for delta in reply.deltas(text):
                yield stream.choice({key: delta})
        yield from _call_frames(reply, stream)
        yield stream.choice({}, finish=_FINISH[reply.finish], content=False)
        if stream.with_usage and reply.usage is not None:
            yield stream.chunk([], usage=_usage(reply))
        yield Frame(sse("[DONE]"))

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return compact({"error": openai_error(status, message, code)}).encode()

    def stream_error(self, status: int, message: str, code: str, number: int) -> bytes:
        """Return an error's event; see `Wire.stream_error`."""
        return sse(compact({"error": openai_error(status, message, code)}))


class _Stream:
    """What the chunks of one stream have in common."""

    def __init__(self, request: TurnRequest, number: int) -> None:
        options = as_object(request.body.get("stream_options"))
        self.with_usage = options.get("include_usage") is True
        self._padded = options.get("include_obfuscation") is not False
        self._head = _head("chat.completion.chunk", request, number)
        self._count = 0

    def choice(
        self, delta: JsonObject, *, finish: str | None = None, content: bool = True
    ) -> Frame:
        choice: dict[str, object] = {"index": 0, "delta": delta, "logprobs": None}
        return self.chunk([{**choice, "finish_reason": finish}], content=content)

    def chunk(
        self,
        choices: list[dict[str, object]],
        *,
        usage: JsonObject | None = None,
        content: bool = False,
    ) -> Frame:
        chunk = {**self._head, "choices": choices}
        if self.with_usage:
            chunk["usage"] = usage
        if self._padded:
            self._count += 1
            chunk["obfuscation"] = "x9Qk2Lm"[: self._count % 7 + 1]
        return Frame(sse(compact(chunk)), content)


def _call_frames(reply: Reply, stream: _Stream) -> Iterator[Frame]:
    started: set[int] = set()
    for index, delta in reply.call_deltas():
        if index not in started:
            started.add(index)
            call = reply.calls[index]
            function = {"name": call.name, "arguments": ""}
            start = {"index": index, "id": call.id, "type": "function", "function": function}
            yield stream.choice({"tool_calls": [start]})
        yield stream.choice({"tool_calls": [{"index": index, "function": {"arguments": delta}}]})


def _head(kind: str, request: TurnRequest, number: int) -> dict[str, object]:
    return {
        "id": f"chatcmpl-sim{number}",
        "object": kind,
        "created": CREATED,
        "model": request.model,
        "service_tier": "default",
        "system_fingerprint": "fp_simulator",
    }


def _usage(reply: Reply) -> dict[str, object]:
    usage = reply.usage
    if usage is None:
        return {}
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def _thinks(body: JsonObject) -> bool:
    """Tell whether reasoning is asked for, in OpenAI's way or a compatible server's."""
    effort = body.get("reasoning_effort") or as_object(body.get("reasoning")).get("effort")
    enabled = as_object(body.get("thinking")).get("type") == "enabled"
    return enabled or (isinstance(effort, str) and effort != "none")


def _system(messages: list[JsonObject]) -> Iterator[str]:
    for message in messages:
        if message.get("role") in ("system", "developer"):
            yield joined_text(message.get("content"))


def _said(messages: list[JsonObject]) -> Iterator[Said]:
    names: dict[str, str] = {}
    for message in messages:
        text = joined_text(message.get("content"))
        match message.get("role"):
            case "user":
                yield Said(by="user", text=text)
            case "tool":
                name = names.get(as_text(message.get("tool_call_id")), "")
                yield Said(by="user", results=(ToolResult(name=name, output=text),))
            case "assistant":
                for call in as_objects(message.get("tool_calls")):
                    function = as_object(call.get("function"))
                    names[as_text(call.get("id"))] = as_text(function.get("name"))
                yield Said(by="model", text=text)
            case _:
                pass


def _tools(body: JsonObject) -> tuple[tuple[ToolOffer, ...], bool]:
    """Return the tools that may be called, and whether one has to be."""
    functions = [as_object(tool.get("function")) for tool in as_objects(body.get("tools"))]
    tools = tuple(
        ToolOffer(name=as_text(f.get("name")), schema=as_object(f.get("parameters")))
        for f in functions
        if f.get("name")
    )
    choice = body.get("tool_choice")
    if choice == "none":
        return (), False
    if named := as_object(as_object(choice).get("function")).get("name"):
        tools = tuple(tool for tool in tools if tool.name == named)
        return tools, True
    return tools, choice in ("required", "any")
