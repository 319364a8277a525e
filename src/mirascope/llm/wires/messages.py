"""Anthropic Messages.

Source: recorded traffic of api.anthropic.com, and
https://docs.anthropic.com/en/api/messages-streaming (2026-01).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import unquote

from mirascope._wire.json_values import (
    JsonObject,
    as_number,
    as_object,
    as_objects,
    as_text,
    is_list,
)
from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    CitationChunk,
    Document,
    Image,
    ProviderToolCall,
    ProviderToolCallChunk,
    ProviderToolCallEndChunk,
    ProviderToolCallStartChunk,
    ProviderToolOutput,
    ProviderToolOutputChunk,
    Text,
    TextChunk,
    TextEndChunk,
    TextStartChunk,
    Thought,
    ThoughtChunk,
    ThoughtEndChunk,
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
from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked, ToolOffer
from mirascope.llm.wires.checks import check_messages
from mirascope.llm.wires.computer import computer_offer
from mirascope.llm.wires.messages_blocks import (
    cited,
    output_block,
    read_citations,
    read_output,
    shown_name,
    wire_name,
)
from mirascope.llm.wires.parts import (
    arguments,
    flag,
    joined_text,
    level_of,
    media,
    media_of,
    model_message,
    read_params,
    text_document,
    texts_of,
)
from mirascope.llm.wires.wire import Incoming, InvalidRequest, Wire, compact, failure_of, sse
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["MessagesWire", "MessagesWriter", "claude_thinking", "signature"]

_PARAMS = (
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("max_tokens", "max_tokens"),
)
_CHOICES = {"auto": "auto", "none": "none", "any": "required"}
_STOP = {
    FinishReason.MAX_TOKENS: "max_tokens",
    FinishReason.REFUSAL: "refusal",
    FinishReason.CONTEXT_LENGTH_EXCEEDED: "model_context_window_exceeded",
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


_ON_VERTEX = re.compile(r"/publishers/anthropic/models/([^/:]+):(?:stream)?[rR]awPredict$")


class MessagesWire(Wire):
    """`POST …/v1/messages`, and on Vertex AI `…/models/{model}:rawPredict`, or `:streamRawPredict`.

    There the body has a version in place of the model:
    https://docs.claude.com/en/api/claude-on-vertex-ai (2026-01).
    """

    name = "messages"
    request_id_header: ClassVar[str | None] = "request-id"
    overloaded = "overloaded_error"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Messages."""
        return path.endswith("/messages") or _ON_VERTEX.search(path) is not None

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        if on_vertex := _ON_VERTEX.search(incoming.path):
            if not as_text(body.get("anthropic_version")):
                raise InvalidRequest("anthropic_version: Field required")
            if "model" in body:
                raise InvalidRequest("model: Extra inputs are not permitted")
            body = {**body, "model": unquote(on_vertex[1])}
        for name in ("model", "messages", "max_tokens"):
            if body.get(name) in (None, "", []):
                raise InvalidRequest(f"{name}: Field required")
        if not is_list(body["messages"]):
            raise InvalidRequest("messages: Input should be a valid list")
        system = [SystemMessage(content=Text(text=text)) for text in texts_of(body.get("system"))]
        tools = as_objects(body.get("tools"))
        choice = as_object(body.get("tool_choice"))
        asked = Asked(
            wire=self.name,
            model=as_text(body["model"]),
            stream=body.get("stream") is True,
            messages=(*system, *_messages(as_objects(body["messages"]))),
            tools=tuple(_tool(tool) for tool in tools if _is_client_tool(tool)),
            server_tools=tuple(
                as_text(tool.get("name")) for tool in tools if not _is_client_tool(tool)
            ),
            tool_choice=_CHOICES.get(as_text(choice.get("type")))
            or as_text(choice.get("name"))
            or None,
            one_call_at_a_time=choice.get("disable_parallel_tool_use") is True,
            format=_format(body),
            thinking=claude_thinking(body),
            params=read_params(body, _PARAMS, body.get("stop_sequences")),
            body=body,
        )
        check_messages(asked)
        return asked

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return MessagesWriter(asked, number, ending)

    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return a whole answer; see `Wire.whole`."""
        blocks: list[JsonObject] = []
        for part in answer.parts_by_start():
            match part:
                case Thought(thought=thought):
                    signed = signature(len(blocks))
                    blocks.append({"type": "thinking", "thinking": thought, "signature": signed})
                case Text(text=text):
                    blocks += [_text(part)] if text else []
                case Audio(transcript=transcript):
                    blocks += [{"type": "text", "text": transcript}] if transcript else []
                case ToolCall():
                    blocks.append({**_tool_use(part.id, part.name), "input": arguments(part.args)})
                case ProviderToolCall():
                    use = _server_tool_use(part.id, part.name)
                    blocks.append({**use, "input": arguments(part.args)})
                case ProviderToolOutput():
                    blocks.append(output_block(part))
                case Image():  # the wire has none from the model
                    pass
        message = _message(asked, number, answer.usage)
        return compact({**message, "content": blocks, **_stopped(answer, ending)}).encode()

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return compact(_error(status, message, code, number)).encode()

    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's event; see `Wire.stream_error`."""
        return sse(compact(_error(status, message, code, number)), event="error")

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return sse('{"type":"content_block_delta","delta":', event="content_block_delta")


def _error(status: int, message: str, code: str | None, number: int) -> dict[str, object]:
    kind = code or _ERRORS.get(status, "api_error")
    error = {"type": kind, "message": message}
    return {"type": "error", "error": error, "request_id": f"req_sim{number}"}


# --- what is asked


def _messages(messages: list[JsonObject]) -> Iterator[Message]:
    names: dict[str, str] = {}
    for message in messages:
        content = message.get("content")
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        if message.get("role") != "assistant":
            yield UserMessage(content=list(_user_parts(as_objects(blocks), names)))
            continue
        parts = list(_model_parts(as_objects(blocks)))
        names |= {part.id: part.name for part in parts if isinstance(part, ToolCall)}
        plain = all(
            block.get("type") == "tool_use"
            or (block.get("type") == "text" and not block.get("citations"))
            for block in as_objects(blocks)
        )
        yield model_message(parts, None if plain else {"role": "assistant", "content": content})


def _user_parts(blocks: list[JsonObject], names: dict[str, str]) -> Iterator[UserContentPart]:
    for block in blocks:
        found: UserContentPart | None = None
        source = as_object(block.get("source"))
        match block.get("type"):
            case "text":
                found = Text(text=as_text(block.get("text")))
            case "image" if source.get("type") == "file":
                id = as_text(source.get("file_id"))
                found = Image.from_file_id(id, provider="anthropic")
            case "document" if source.get("type") == "file":
                id = as_text(source.get("file_id"))
                found = Document.from_file_id(id, provider="anthropic")
            case "image" if source.get("type") == "url":
                found = Image.from_url(as_text(source.get("url")))
            case "document" if source.get("type") == "url":
                found = Document.from_url(as_text(source.get("url")))
            case "document" if source.get("type") == "text":
                found = text_document(as_text(source.get("data")), "text/plain")
            case "image" | "document":
                found = media(as_text(source.get("media_type")), as_text(source.get("data")))
            case "tool_result":
                found = _tool_output(block, names)
            case _:
                pass
        if found is not None:
            yield found


def _tool_output(block: JsonObject, names: dict[str, str]) -> UserContentPart:
    id, content = as_text(block.get("tool_use_id")), block.get("content")
    text = joined_text(content)
    if block.get("is_error") is True:
        error = ToolExecutionError(text)
        return ToolOutput(id=id, name=names.get(id, ""), result=text, error=error)
    inside = [block for block in as_objects(content) if block.get("type") != "tool_result"]
    media = media_of(_user_parts(inside, names))
    return ToolOutput(id=id, name=names.get(id, ""), result=text, media=media)


def _model_parts(blocks: list[JsonObject]) -> Iterator[AssistantContentPart]:
    names: dict[str, str] = {}
    for block in blocks:
        match block.get("type"):
            case "text":
                citations = read_citations(block.get("citations"))
                yield Text(text=as_text(block.get("text")), citations=citations)
            case "thinking" if thought := as_text(block.get("thinking")):
                yield Thought(thought=thought)
            case "tool_use":
                yield ToolCall(
                    id=as_text(block.get("id")),
                    name=as_text(block.get("name")),
                    args=compact(as_object(block.get("input"))),
                )
            case "server_tool_use" | "mcp_tool_use":
                id, name = as_text(block.get("id")), shown_name(as_text(block.get("name")))
                names[id] = name
                args = compact(as_object(block.get("input")))
                yield ProviderToolCall(id=id, name=name, args=args)
            case kind if as_text(kind).endswith("_tool_result"):
                yield read_output(block, names)
            case _:
                pass


def _is_client_tool(tool: JsonObject) -> bool:
    return "input_schema" in tool or _is_computer(tool)


def _is_computer(tool: JsonObject) -> bool:
    return as_text(tool.get("type")).startswith("computer_")


def _tool(tool: JsonObject) -> ToolOffer:
    if _is_computer(tool):
        return computer_offer("screenshot")
    return ToolOffer(
        name=as_text(tool.get("name")),
        schema=as_object(tool["input_schema"]),
        description=as_text(tool.get("description")),
        strict=flag(tool.get("strict")),
    )


def _format(body: JsonObject) -> FormatAsked | None:
    output = as_object(as_object(body.get("output_config")).get("format"))
    schema = as_object((output or as_object(body.get("output_format"))).get("schema"))
    return FormatAsked(schema=schema, strict=True) if schema else None


def claude_thinking(body: JsonObject) -> ThinkingAsked | None:
    """Return how much to think, in the words of Anthropic's models; None where nothing is said."""
    thinking = as_object(body.get("thinking"))
    if not (kind := thinking.get("type")):
        return None
    if kind not in ("enabled", "adaptive"):
        return ThinkingAsked(level="none")
    effort = as_object(body.get("output_config")).get("effort")
    budget = as_number(thinking.get("budget_tokens"))
    return ThinkingAsked(
        level=level_of(effort) or ("default" if budget is None else None),
        budget=None if budget is None else int(budget),
        show=thinking.get("display") != "omitted",
    )


# --- the answer


class MessagesWriter(Writer):
    """Writes blocks, one after the other."""

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        super().__init__(asked, number, ending)
        self._index = 0
        self._in_block = False
        self._text: tuple[str | None] | None = None
        """The id of the text that is being written; a citation that comes later is too late."""

    def _start(self) -> list[Frame]:
        usage = self.fold.usage
        first = usage and Usage(
            input_tokens=usage.input_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            output_tokens=1,
        )
        message = _message(self.asked, self._number, first)
        return [_event("message_start", message=message), _event("ping")]

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        match chunk:
            case TextStartChunk(id=id):
                self._text = (id,)
                return self._stop()  # a block without text is refused when it is sent back
            case TextChunk(delta=delta):
                return [*self._begin_text(), *self._delta("text", delta)] if delta else []
            case CitationChunk(id=id, citation=citation) if (id,) == self._text:
                by = {"type": "citations_delta", "citation": cited(citation)}
                return [*self._begin_text(), self._content_delta(by)]
            case ThoughtStartChunk():
                return self._block({"type": "thinking", "thinking": "", "signature": ""})
            case ThoughtChunk(delta=delta):
                return self._delta("thinking", delta) if delta else []
            case ThoughtEndChunk():  # one without a text is hidden, and signed all the same
                return [*self._delta("signature", signature(self._index)), *self._stop()]
            case ToolCallStartChunk(id=id, name=name):
                # The vendor's first delta is always empty.
                return [*self._block(_tool_use(id, name)), *self._delta("input_json", "")]
            case ToolCallChunk(delta=delta):
                return self._delta("input_json", delta) if delta else []
            case ProviderToolCallStartChunk(id=id, name=name):
                use = _server_tool_use(id, name)
                return [*self._block(use), *self._delta("input_json", "")]
            case ProviderToolCallChunk(delta=delta):
                return self._delta("input_json", delta) if delta else []
            case ProviderToolOutputChunk(output=output):
                return [*self._block(output_block(output)), *self._stop()]
            case TextEndChunk():
                self._text = None
                return self._stop()
            case ToolCallEndChunk() | ProviderToolCallEndChunk():
                return self._stop()
            case _:
                return []

    def _begin_text(self) -> list[Frame]:
        return [] if self._in_block else self._block({"type": "text", "text": ""})

    def _block(self, block: JsonObject) -> list[Frame]:
        stop = self._stop()  # a source may not have said the end of the block before
        self._in_block = True
        return [*stop, _event("content_block_start", index=self._index, content_block=block)]

    def _delta(self, kind: str, delta: str) -> list[Frame]:
        field = "partial_json" if kind == "input_json" else kind
        return [self._content_delta({"type": f"{kind}_delta", field: delta})]

    def _content_delta(self, delta: JsonObject) -> Frame:
        return _event("content_block_delta", index=self._index, delta=delta)

    def _stop(self) -> list[Frame]:
        if not self._in_block:
            return []
        self._in_block = False
        self._index += 1
        return [_event("content_block_stop", index=self._index - 1)]

    def _finish(self) -> list[Frame]:
        usage = self.fold.usage
        numbers = {} if usage is None else {"usage": _usage(usage)}
        stopped = _stopped(self.fold, self._ending)
        return [
            *self._stop(),
            _event("message_delta", delta=stopped, **numbers),
            _event("message_stop"),
        ]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        status, message = failure_of(error)
        failed = _error(status, message, None, self._number)
        return [Frame(sse(compact(failed), event="error"))]


def _event(kind: str, **fields: object) -> Frame:
    content = kind == "content_block_delta"
    return Frame(sse(compact({"type": kind, **fields}), event=kind), content)


def _message(asked: Asked, number: int, usage: Usage | None) -> dict[str, object]:
    message: dict[str, object] = {
        "id": f"msg_sim{number}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
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


def _stopped(answer: Fold, ending: Ending) -> dict[str, object]:
    if answer.finish_reason is not None:
        return {"stop_reason": _STOP[answer.finish_reason], "stop_sequence": None}
    if ending.stop_sequence is not None:
        return {"stop_reason": "stop_sequence", "stop_sequence": ending.stop_sequence}
    reason = "tool_use" if answer.tool_calls else "end_turn"
    return {"stop_reason": reason, "stop_sequence": None}


def signature(index: int) -> str:
    """Return what signs a thought; `index` is its place among the blocks."""
    return base64.b64encode(f"simulated thinking {index + 1}".encode()).decode()


def _tool_use(id: str, name: str) -> dict[str, object]:
    return {"type": "tool_use", "id": id, "name": name, "input": {}}


def _server_tool_use(id: str, name: str) -> dict[str, object]:
    return {"type": "server_tool_use", "id": id, "name": wire_name(name), "input": {}}


def _text(part: Text) -> JsonObject:
    cites = {"citations": [cited(one) for one in part.citations]} if part.citations else {}
    return {"type": "text", "text": part.text, **cites}
