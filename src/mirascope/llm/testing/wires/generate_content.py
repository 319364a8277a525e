"""Google generateContent.

Source: recorded traffic of generativelanguage.googleapis.com, and
https://ai.google.dev/api/generate-content (2026-01).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_object,
    as_objects,
    as_text,
    is_list,
    is_object,
)
from mirascope.llm.responses.usage import Usage
from mirascope.llm.testing.conversation import Reply, Said, ToolOffer, ToolResult, TurnRequest
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

__all__ = ["GenerateContentWire"]

_PATH = re.compile(r"/models/(?P<model>[^:]+):(?P<verb>generateContent|streamGenerateContent)$")
_FINISH = {
    "stop": "STOP",
    "stop_sequence": "STOP",
    "tool_calls": "STOP",
    "max_tokens": "MAX_TOKENS",
    "refusal": "SAFETY",
    "context_length_exceeded": "MAX_TOKENS",  # the wire has no word of its own for it
}
# https://cloud.google.com/apis/design/errors (2026-01)
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class GenerateContentWire(Wire):
    """`POST …/models/{model}:generateContent`, or `:streamGenerateContent`."""

    name = "generate_content"
    overloaded = "UNAVAILABLE"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of generateContent."""
        return _PATH.search(path) is not None

    def read(self, incoming: Incoming) -> TurnRequest:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        path = _PATH.search(incoming.path)
        if path is None or not is_list(body.get("contents")) or not body["contents"]:
            raise InvalidRequest("* GenerateContentRequest.contents: contents is not specified")
        config = _camel(as_object(_key(body, "generationConfig")))
        thinking = _camel(as_object(config.get("thinkingConfig")))
        tools, must_call = _tools(body)
        as_json = config.get("responseMimeType") == "application/json"
        own = config.get("responseJsonSchema") or _schema(config.get("responseSchema"))
        instruction = as_object(_key(body, "systemInstruction"))
        return TurnRequest(
            wire=self.name,
            model=path["model"],
            stream=path["verb"] == "streamGenerateContent",
            system=joined_text(instruction.get("parts")),
            conversation=tuple(_said(as_objects(body["contents"]))),
            tools=tools,
            must_call=must_call,
            schema=(as_object(own) or None) if as_json else None,
            json_mode=as_json,
            thinking=_thinks(thinking),
            show_thoughts=thinking.get("includeThoughts") is True,
            max_tokens=integer(config.get("maxOutputTokens")),
            stop_sequences=tuple(map(str, as_list(config.get("stopSequences")))),
            # What the stream is framed as is not in the body but in the address.
            body={**body, "alt": "sse" if "alt=sse" in incoming.query else "json"},
        )

    def body(self, reply: Reply, request: TurnRequest, number: int) -> bytes:
        """Return the whole answer; see `Wire.body`."""
        parts = _text_parts(reply.texts)
        if parts and reply.thoughts and not reply.calls:
            parts[-1] = {**parts[-1], "thoughtSignature": _signature()}
        parts = [*_thought_parts(reply, reply.thoughts), *parts, *_call_parts(reply)]
        parts = parts or [{"text": ""}]
        whole = _chunk(request, number, parts, reply, last=True)
        return json.dumps(whole, indent=2, ensure_ascii=False).encode()

    def frames(self, reply: Reply, request: TurnRequest, number: int) -> Iterator[Frame]:
        """Return the answer as events; see `Wire.frames`."""
        thoughts = [delta for thought in reply.thoughts for delta in reply.deltas(thought)]
        texts = [delta for text in reply.texts for delta in reply.deltas(text)]
        steps = [[part] for part in _thought_parts(reply, thoughts)]
        steps += [[part] for part in _text_parts(texts)]
        if calls := _call_parts(reply):
            steps.append(calls)
        elif reply.thoughts:
            # The signature of the thoughts comes with an empty text at the end.
            steps.append([{"text": "", "thoughtSignature": _signature()}])
        steps = steps or [[{"text": ""}]]
        as_array = request.body.get("alt") != "sse"
        for index, parts in enumerate(steps):
            last = index == len(steps) - 1
            data = compact(_chunk(request, number, parts, reply, last=last))
            if as_array:
                data = (",\r\n" if index else "[") + data + ("]" if last else "")
            content = any(part.get("text") != "" for part in parts)
            yield Frame(data.encode() if as_array else sse(data, end="\r\n"), content)

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return json.dumps(_error(status, message, code), indent=2).encode()

    def stream_error(self, status: int, message: str, code: str, number: int) -> bytes:
        """Return an error's event; see `Wire.stream_error`."""
        return sse(compact(_error(status, message, code)), end="\r\n")

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return sse('{"candidates": [', end="\r\n")

    def content_type(self, request: TurnRequest, *, failed: bool) -> str:
        """Return the type; errors of a stream are JSON under the stream's type, as recorded."""
        if request.stream and request.body.get("alt") == "sse":
            return "text/event-stream"
        return "application/json; charset=UTF-8"


def _key(value: JsonObject, camel: str) -> object:
    """Return a field that clients write in camel or in snake case."""
    snake = re.sub(r"(?=[A-Z])", "_", camel).lower()
    return value.get(camel, value.get(snake))


def _camel(value: JsonObject) -> JsonObject:
    """Return an object with its names in camel case."""
    return {re.sub(r"_(.)", lambda m: m[1].upper(), name): item for name, item in value.items()}


def _error(status: int, message: str, code: str | None) -> dict[str, object]:
    name = code or _STATUS.get(status, "UNKNOWN")
    return {"error": {"code": status, "message": message, "status": name}}


def _signature() -> str:
    return base64.b64encode(b"simulated thought signature").decode()


def _thought_parts(reply: Reply, texts: tuple[str, ...] | list[str]) -> list[JsonObject]:
    return [{"text": text, "thought": True} for text in texts] if reply.show_thoughts else []


def _text_parts(texts: tuple[str, ...] | list[str]) -> list[JsonObject]:
    return [{"text": text} for text in texts if text]


def _call_parts(reply: Reply) -> list[JsonObject]:
    """Return the calls; one whose arguments were cut off is not sent. Calls have no id here."""
    parts: list[JsonObject] = []
    for call in reply.calls:
        try:
            args = json.loads(call.args or "{}")
        except ValueError:
            continue
        parts.append({"functionCall": {"name": call.name, "args": args}})
    if parts and reply.thoughts:
        parts[0] = {**parts[0], "thoughtSignature": _signature()}
    return parts


def _chunk(
    request: TurnRequest, number: int, parts: list[JsonObject], reply: Reply, *, last: bool
) -> dict[str, object]:
    candidate: dict[str, object] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = _FINISH[reply.finish]
        if reply.calls:
            candidate["finishMessage"] = "Model generated function call(s)."
    chunk: dict[str, object] = {"candidates": [candidate]}
    if reply.usage is not None:
        chunk["usageMetadata"] = _usage(reply.usage, last=last)
    return {**chunk, "modelVersion": request.model, "responseId": f"sim{number}"}


def _usage(usage: Usage, *, last: bool) -> dict[str, object]:
    """Return the numbers so far: those of the answer itself come with its last chunk."""
    visible = usage.output_tokens - usage.reasoning_tokens if last else 0
    numbers: dict[str, object] = {"promptTokenCount": usage.input_tokens}
    if usage.cache_read_tokens:
        numbers["cachedContentTokenCount"] = usage.cache_read_tokens
    if last:
        numbers["candidatesTokenCount"] = visible
    if usage.reasoning_tokens:
        numbers["thoughtsTokenCount"] = usage.reasoning_tokens
    total = usage.input_tokens + visible + usage.reasoning_tokens
    return {**numbers, "totalTokenCount": total}


def _thinks(config: JsonObject) -> bool:
    budget, level = config.get("thinkingBudget"), as_text(config.get("thinkingLevel"))
    if isinstance(budget, int):
        return budget != 0
    return bool(level) or config.get("includeThoughts") is True


def _said(contents: list[JsonObject]) -> Iterator[Said]:
    for content in contents:
        parts = as_objects(content.get("parts"))
        if content.get("role") == "model":
            yield Said(by="model", text=joined_text(content.get("parts")))
            continue
        answers = [as_object(_key(part, "functionResponse")) for part in parts]
        results = tuple(
            ToolResult(name=as_text(answer.get("name")), output=_output(answer.get("response")))
            for answer in answers
            if answer
        )
        yield Said(by="user", text=joined_text(content.get("parts")), results=results)


def _output(response: object) -> str:
    """Return a tool's output; by convention an object holds it under `output` or `result`."""
    fields = as_object(response)
    for name in ("output", "result"):
        if list(fields) == [name]:
            value = fields[name]
            return value if isinstance(value, str) else compact(value)
    return compact(response)


def _tools(body: JsonObject) -> tuple[tuple[ToolOffer, ...], bool]:
    """Return the tools that may be called, and whether one has to be."""
    tools: list[ToolOffer] = []
    for tool in as_objects(body.get("tools")):
        for declared in as_objects(_key(tool, "functionDeclarations")):
            schema = _key(declared, "parametersJsonSchema") or _schema(declared.get("parameters"))
            tools.append(ToolOffer(name=as_text(declared.get("name")), schema=as_object(schema)))
    settings = as_object(_key(body, "toolConfig"))
    choice = as_object(_key(settings, "functionCallingConfig"))
    mode = as_text(choice.get("mode")).upper()
    if mode == "NONE":
        return (), False
    if allowed := as_list(_key(choice, "allowedFunctionNames")):
        tools = [tool for tool in tools if tool.name in allowed]
    return tuple(tools), mode == "ANY"


def _schema(value: object) -> object:
    """Translate Google's schema to JSON Schema: types in capitals, `nullable`, snake case."""
    if is_list(value):
        return [_schema(item) for item in value]
    if not is_object(value):
        return value
    schema = dict(_camel(value))
    for name in ("items", "anyOf", "additionalProperties"):
        if name in schema:
            schema[name] = _schema(schema[name])
    for name in ("properties", "$defs"):
        if is_object(value.get(name)):  # names of the user, not of the schema language
            schema[name] = {k: _schema(v) for k, v in as_object(value[name]).items()}
    for name in ("minItems", "maxItems", "minLength", "maxLength"):
        if isinstance(schema.get(name), str):  # 64-bit integers are strings in Google's JSON
            schema[name] = int(as_text(schema[name]))
    if isinstance(schema.get("type"), str):
        type_ = as_text(schema["type"]).lower()
        nullable = schema.pop("nullable", False) is True
        schema["type"] = [type_, "null"] if nullable else type_
    return schema
