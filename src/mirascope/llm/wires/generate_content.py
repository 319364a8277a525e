"""Google generateContent.

Source: recorded traffic of generativelanguage.googleapis.com, and
https://ai.google.dev/api/generate-content (2026-01).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import cast

from mirascope._wire.json_values import (
    JsonObject,
    as_object,
    as_objects,
    as_text,
    is_list,
    is_object,
)
from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    AudioChunk,
    AudioStartChunk,
    Document,
    Image,
    ImageChunk,
    ProviderToolCall,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    Text,
    TextChunk,
    Thought,
    ThoughtChunk,
    ThoughtStartChunk,
    ToolCall,
    ToolCallChunk,
    ToolCallEndChunk,
    ToolCallStartChunk,
    ToolOutput,
    UserContentPart,
)
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.messages import Message, SystemMessage, UserMessage
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.usage import Usage
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked
from mirascope.llm.wires.checks import check_generate_content
from mirascope.llm.wires.computer import acted, shown
from mirascope.llm.wires.generate_content_parts import (
    blob,
    grounding,
    image_parts,
    read_server_part,
    tool_parts,
)
from mirascope.llm.wires.generate_content_tools import (
    camel,
    field,
    functions_beside_computer,
    has_computer,
    json_schema,
    server_tools,
    tool_choice,
    tool_offers,
)
from mirascope.llm.wires.parts import (
    level_of,
    media,
    media_at,
    media_of,
    model_message,
    read_params,
    texts_of,
)
from mirascope.llm.wires.wire import Incoming, InvalidRequest, Wire, compact, failure_of, sse
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["GenerateContentWire"]

_VERBS = ("generateContent", "streamGenerateContent")
_PARAMS = (
    ("temperature", "temperature"),
    ("topP", "top_p"),
    ("topK", "top_k"),
    ("maxOutputTokens", "max_tokens"),
    ("seed", "seed"),
)
_PLAIN = ({"text"}, {"functionCall"}, {"function_call"})
"""The parts of the model's turns that our own say in full."""
_FINISH = {
    None: "STOP",
    FinishReason.MAX_TOKENS: "MAX_TOKENS",
    FinishReason.REFUSAL: "SAFETY",
    FinishReason.CONTEXT_LENGTH_EXCEEDED: "MAX_TOKENS",  # there is no word of its own for it
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
    """`POST …/models/{model}:generateContent`, or `:streamGenerateContent`.

    On Vertex AI the model may be an endpoint, and calls and their results have no ids.
    """

    name = "generate_content"
    overloaded = "UNAVAILABLE"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of generateContent."""
        return _model_and_verb(path) is not None

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        path = _model_and_verb(incoming.path)
        if path is None or not is_list(body.get("contents")) or not body["contents"]:
            raise InvalidRequest("* GenerateContentRequest.contents: contents is not specified")
        config = camel(as_object(field(body, "generationConfig")))
        instruction = as_object(field(body, "systemInstruction"))
        system = [
            SystemMessage(content=Text(text=text)) for text in texts_of(instruction.get("parts"))
        ]
        choice, allowed = tool_choice(body)
        asked = Asked(
            wire=self.name,
            model=path[0],
            stream=path[1] == "streamGenerateContent",
            framing="sse" if "alt=sse" in incoming.query else "array",
            messages=(*system, *_messages(body)),
            tools=tuple(tool_offers(body)),
            server_tools=tuple(server_tools(body)),
            tool_choice=choice,
            allowed_tools=allowed,
            format=_format(config),
            thinking=_thinking(camel(as_object(config.get("thinkingConfig")))),
            params=read_params(config, _PARAMS, config.get("stopSequences")),
            body=body,
        )
        check_generate_content(asked)
        return asked

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return _Writer(asked, number, ending)

    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return a whole answer; see `Wire.whole`."""
        parts: list[JsonObject] = []
        unsigned = False
        said = answer.parts_by_start()
        calls = {part.id: part for part in said if isinstance(part, ProviderToolCall)}
        outputs = {part.id for part in said if isinstance(part, ProviderToolOutput)}
        for part in said:
            match part:
                case Thought(thought=thought):
                    unsigned = True
                    parts += [{"text": thought, "thought": True}] if thought else []
                case Text(text=text):
                    parts += [{"text": text}] if text else []
                case ToolCall():
                    call = _call_part(part, asked, signed=unsigned)
                    parts += call
                    unsigned = unsigned and not call
                case ProviderToolCall():
                    parts += [] if part.id in outputs else tool_parts(part, None)
                case ProviderToolOutput():
                    parts += tool_parts(calls.get(part.id), part)
                case Image():
                    parts += image_parts(part)
                case Audio(source=source):
                    parts.append(blob(source.mime_type, source.data))
        if unsigned and parts and not _is_sealed(parts[-1]):
            parts[-1] = {**parts[-1], "thoughtSignature": _signature()}
        parts = parts or [{"text": ""}]
        whole = _chunk(asked, number, parts, answer, last=True)
        return json.dumps(whole, indent=2, ensure_ascii=False).encode()

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return json.dumps(_error(status, message, code), indent=2).encode()

    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's event; see `Wire.stream_error`."""
        return sse(compact(_error(status, message, code)), end="\r\n")

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return sse('{"candidates": [', end="\r\n")

    def content_type(self, asked: Asked, *, failed: bool) -> str:
        """Return the type; errors of a stream are JSON under the stream's type, as recorded."""
        if asked.stream and asked.framing == "sse":
            return "text/event-stream"
        return "application/json; charset=UTF-8"


def _model_and_verb(path: str) -> tuple[str, str] | None:
    address, _, verb = path.rpartition(":")
    model = address.partition("/models/")[2]
    if not model and "/endpoints/" in address:  # Vertex AI: a tuned model
        model = address[address.index("/endpoints/") + 1 :]
    return (model, verb) if model and verb in _VERBS else None


def _error(status: int, message: str, code: str | None) -> dict[str, object]:
    name = code or _STATUS.get(status, "UNKNOWN")
    return {"error": {"code": status, "message": message, "status": name}}


# --- what is asked


class _CallIds:
    """Ids for calls that have none: the first call of a name is the first that is answered."""

    def __init__(self) -> None:
        self._count = 0
        self._waiting: list[tuple[str, str]] = []

    def new(self, name: str) -> str:
        self._count += 1
        id = f"call_{self._count}"
        self._waiting.append((name, id))
        return id

    def answered(self, name: str) -> str:
        found = next((call for call in self._waiting if call[0] == name), None)
        if found is None:
            return ""
        self._waiting.remove(found)
        return found[1]


def _messages(body: JsonObject) -> Iterator[Message]:
    """Yield the messages; see `acted` for which calls are of the computer."""
    declared = functions_beside_computer(body)
    ids = _CallIds()
    for content in as_objects(body["contents"]):
        parts = as_objects(content.get("parts"))
        if content.get("role") != "model":
            said = [part for raw in parts if (part := _user_part(raw, ids)) is not None]
            yield UserMessage(content=[shown(part, declared) for part in said])
            continue
        answered: list[AssistantContentPart] = []
        calls = 0
        for raw in parts:
            found = _model_part(raw, ids) or read_server_part(camel(raw), calls)
            calls += isinstance(found, ProviderToolCall)
            answered += [] if found is None else [acted(found, declared)]
        plain = all(set(raw) in _PLAIN for raw in parts)
        yield model_message(answered, None if plain else content)


def _user_part(part: JsonObject, ids: _CallIds) -> UserContentPart | None:
    if answer := as_object(field(part, "functionResponse")):
        name = as_text(answer.get("name"))
        result, failed = _output(answer.get("response"))
        id = as_text(answer.get("id")) or ids.answered(name)
        if failed:
            error = ToolExecutionError(_as_text(result))
            return ToolOutput(id=id, name=name, result=result, error=error)
        inside = as_objects(answer.get("parts"))
        held = [_user_part(raw, ids) for raw in inside if not field(raw, "functionResponse")]
        return ToolOutput(id=id, name=name, result=result, media=media_of(held))
    if inline := camel(as_object(field(part, "inlineData"))):
        return media(as_text(inline.get("mimeType")), as_text(inline.get("data")))
    if file := camel(as_object(field(part, "fileData"))):
        kind, uri = as_text(file.get("mimeType")), as_text(file.get("fileUri"))
        if not kind:  # it was uploaded, so its type is known
            return Document.from_file_id(uri, provider="google")
        return media_at(kind.partition("/")[0], uri)
    return Text(text=as_text(part.get("text"))) if "text" in part else None


def _output(response: object) -> tuple[Jsonable, bool]:
    """Return a tool's output, and whether it is an error.

    By convention an object holds it under `output` or `result`, an error under `error`.
    """
    fields = as_object(response)
    for name in ("output", "result", "error"):
        if list(fields) == [name]:
            return cast("Jsonable", fields[name]), name == "error"
    return cast("Jsonable", response), False


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else compact(value)


def _model_part(part: JsonObject, ids: _CallIds) -> AssistantContentPart | None:
    if call := as_object(field(part, "functionCall")):
        name = as_text(call.get("name"))
        id = as_text(call.get("id")) or ids.new(name)
        return ToolCall(id=id, name=name, args=compact(as_object(call.get("args"))))
    if not (text := as_text(part.get("text"))):
        return None
    return Thought(thought=text) if part.get("thought") is True else Text(text=text)


def _format(config: JsonObject) -> FormatAsked | None:
    if config.get("responseMimeType") != "application/json":
        return None
    schema = config.get("responseJsonSchema") or json_schema(config.get("responseSchema"))
    return FormatAsked(schema=as_object(schema) or None)


def _thinking(config: JsonObject) -> ThinkingAsked | None:
    budget, level = config.get("thinkingBudget"), as_text(config.get("thinkingLevel"))
    show = config.get("includeThoughts") is True
    if isinstance(budget, int):
        if budget <= 0:
            return ThinkingAsked(level="none" if budget == 0 else "default", show=show)
        return ThinkingAsked(budget=budget, show=show)
    if not level and not show:
        return None
    return ThinkingAsked(level=level_of(level) or "default", show=show)


# --- the answer


class _Writer(Writer):
    """Writes parts, one after the other; a call is one part, so it waits for its end.

    A call of the server's own waits for what came of it. What texts rest on is said at the end.
    """

    has_sound = True

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        super().__init__(asked, number, ending)
        self._is_array = asked.framing == "array"
        self._count = 0
        self._unsigned = False
        self._call = ("", "")
        self._args: list[str] = []
        self._server_calls: dict[str, ProviderToolCall] = {}
        self._sound = ""

    def _start(self) -> list[Frame]:
        return []

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        match chunk:
            case TextChunk(delta=delta) if delta:
                return [self._frame([{"text": delta}])]
            case ThoughtStartChunk():
                self._unsigned = True
                return []
            case ThoughtChunk(delta=delta) if delta:
                return [self._frame([{"text": delta, "thought": True}])]
            case ToolCallStartChunk(id=id, name=name):
                self._call, self._args = (id, name), []
                return []
            case ToolCallChunk(delta=delta):
                self._args.append(delta)
                return []
            case ToolCallEndChunk():
                id, name = self._call
                call = ToolCall(id=id, name=name, args="".join(self._args))
                parts = _call_part(call, self.asked, signed=self._unsigned)
                self._unsigned = self._unsigned and not parts
                return [self._frame(parts)] if parts else []
            case ProviderToolCallStartChunk(id=id, name=name):
                self._call, self._args = (id, name), []
                return []
            case ProviderToolCallChunk(delta=delta):
                self._args.append(delta)
                return []
            case ProviderToolCallEndChunk(id=id):
                called = ProviderToolCall(id=id, name=self._call[1], args="".join(self._args))
                self._server_calls[id] = called
                return []
            case ProviderToolOutputChunk(output=output):
                return [self._frame(tool_parts(self._server_calls.pop(output.id, None), output))]
            case ImageChunk(image=image, preview=False):
                made = image_parts(image)
                return [self._frame(made)] if made else []
            case AudioStartChunk(mime_type=mime_type):
                self._sound = mime_type
                return []
            case AudioChunk(delta=delta) if delta:
                return [self._frame([blob(self._sound, delta)])]
            case _:
                return []

    def _finish(self) -> list[Frame]:
        waiting = [part for call in self._server_calls.values() for part in tool_parts(call, None)]
        frames = [self._frame(waiting)] if waiting else []
        # The signature of the thoughts comes with an empty text at the end.
        signature = {"thoughtSignature": _signature()} if self._unsigned else {}
        return [*frames, self._frame([{"text": "", **signature}], last=True)]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        status, message = failure_of(error)
        return [Frame(self._framed(_error(status, message, None), last=True))]

    def _frame(self, parts: list[JsonObject], *, last: bool = False) -> Frame:
        chunk = _chunk(self.asked, self._number, parts, self.fold, last=last)
        return Frame(self._framed(chunk, last=last), content=not last)

    def _framed(self, value: JsonObject, *, last: bool) -> bytes:
        data = compact(value)
        if not self._is_array:
            return sse(data, end="\r\n")
        self._count += 1
        return (("[" if self._count == 1 else ",\r\n") + data + ("]" if last else "")).encode()


def _is_sealed(part: JsonObject) -> bool:
    """Tell whether a part takes no signature of what comes after the thoughts."""
    return "thought" in part or not part.keys() & {"text", "functionCall"}


def _signature() -> str:
    return base64.b64encode(b"simulated thought signature").decode()


def _call_part(call: ToolCall, asked: Asked, *, signed: bool) -> list[JsonObject]:
    """Return a call; none at all if its arguments were cut off."""
    try:
        args: object = json.loads(call.args) if call.args.strip() else {}
    except ValueError:
        return []
    if not is_object(args):
        return []
    signature = {"thoughtSignature": _signature()} if signed else {}
    name = call.name
    if name == COMPUTER and has_computer(asked.body):
        args = dict(args)
        name = as_text(args.pop("action", ""))
    return [{"functionCall": {"id": call.id, "name": name, "args": args}, **signature}]


def _chunk(
    asked: Asked, number: int, parts: list[JsonObject], answer: Fold, *, last: bool
) -> dict[str, object]:
    candidate: dict[str, object] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = _FINISH[answer.finish_reason]
        if rests_on := grounding(answer.texts):
            candidate["groundingMetadata"] = rests_on
        if answer.tool_calls:
            candidate["finishMessage"] = "Model generated function call(s)."
    chunk: dict[str, object] = {"candidates": [candidate]}
    if answer.usage is not None:
        chunk["usageMetadata"] = _usage(answer.usage, last=last)
    return {**chunk, "modelVersion": asked.model, "responseId": f"sim{number}"}


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
