"""Cohere's Chat API, version 2, as Cohere speaks it.

Source: recorded traffic of api.cohere.com, and https://docs.cohere.com/v2/reference/chat (2025-12).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar, cast

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_number,
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
    Citation,
    CitationChunk,
    Image,
    ProviderToolCall,
    ProviderToolOutput,
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
from mirascope.llm.messages import Message, SystemMessage, UserMessage
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.usage import Usage
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked, ToolOffer
from mirascope.llm.wires.checks import check_cohere
from mirascope.llm.wires.parts import (
    calls_of,
    flag,
    image_at,
    joined_text,
    model_message,
    offers_of,
    read_params,
    text_document,
    texts_of,
    whole_number,
)
from mirascope.llm.wires.wire import Incoming, InvalidRequest, Wire, compact, failure_of, sse
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["CohereWire"]

_PARAMS = (
    ("temperature", "temperature"),
    ("p", "top_p"),
    ("k", "top_k"),
    ("max_tokens", "max_tokens"),
    ("seed", "seed"),
)
_CHOICES = {"REQUIRED": "required", "NONE": "none"}


class CohereWire(Wire):
    """`POST …/v2/chat`."""

    name = "cohere"
    request_id_header: ClassVar[str | None] = None
    overloaded = "service_unavailable"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Chat."""
        return path.endswith("/v2/chat")

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        if not is_list(body.get("messages")) or not body["messages"]:
            raise InvalidRequest("invalid request: messages must be provided.")
        if not as_text(body.get("model")):
            raise InvalidRequest("invalid request: model is required.")
        asked = Asked(
            wire=self.name,
            model=as_text(body["model"]),
            stream=body.get("stream") is True,
            messages=tuple(_with_documents(_messages(as_objects(body["messages"])), body)),
            tools=tuple(_tools(body)),
            tool_choice=_CHOICES.get(as_text(body.get("tool_choice"))),
            format=_format(as_object(body.get("response_format"))),
            thinking=_thinking(as_object(body.get("thinking"))),
            params=read_params(body, _PARAMS, body.get("stop_sequences")),
            body=body,
        )
        check_cohere(asked)
        return asked

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return _Writer(asked, number, ending)

    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return a whole answer; see `Wire.whole`."""
        content: list[JsonObject] = []
        calls: list[JsonObject] = []
        citations: list[JsonObject] = []
        for part in answer.parts_by_start():
            match part:
                case Thought(thought=thought):
                    content += [{"type": "thinking", "thinking": thought}] if thought else []
                case Text(text=text) if text:  # no place is left in one that says nothing
                    citations += [_cited(one, text, len(content)) for one in part.citations]
                    content.append({"type": "text", "text": text})
                case Audio(transcript=transcript):
                    content += [{"type": "text", "text": transcript}] if transcript else []
                case ToolCall():
                    calls.append(_call(part.id, part.name, part.args))
                case Text() | Image() | ProviderToolCall() | ProviderToolOutput():
                    pass  # the wire has none from the model
        fields = {"content": content, "tool_calls": calls, "citations": citations}
        message = {"role": "assistant", **{k: v for k, v in fields.items() if v}}
        whole: dict[str, object] = {"id": _id(number), "message": message}
        return compact({**whole, **_end(answer, ending)}).encode()

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`. The vendor has no codes."""
        return compact({"id": _id(number), "message": message}).encode()

    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return the last event, which tells the error; see `Wire.stream_error`."""
        reason = "TIMEOUT" if status == 504 else "ERROR"
        delta = {"error": message, "finish_reason": reason}
        return _event("message-end", delta=delta).data + sse("[DONE]")

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return sse('{"type":"content-delta","delta":', event="content-delta")


# --- what is asked


def _messages(messages: list[JsonObject]) -> Iterator[Message]:
    names: dict[str, str] = {}
    for message in messages:
        content = message.get("content")
        match message.get("role"):
            case "system":
                yield SystemMessage(content=Text(text=joined_text(content)))
            case "user":
                yield UserMessage(content=list(_user_parts(content)))
            case "tool":
                id = as_text(message.get("tool_call_id"))
                output = ToolOutput(id=id, name=names.get(id, ""), result=_result(content))
                yield UserMessage(content=[output])
            case "assistant":
                parts = list(_model_parts(message))
                names |= {part.id: part.name for part in parts if isinstance(part, ToolCall)}
                thinks = any(isinstance(part, Thought) for part in parts)
                more = thinks or bool(message.get("citations"))
                yield model_message(parts, message if more else None)
            case _:
                pass


def _with_documents(messages: Iterator[Message], body: JsonObject) -> Iterator[Message]:
    """Yield the messages, after the first instructions the documents that stand beside them."""
    documents: list[UserContentPart] = [
        text_document(_document_text(document), "text/plain")
        for document in as_list(body.get("documents"))
    ]
    for message in messages:
        if documents and message.role != "system":
            yield UserMessage(content=documents)
            documents = []
        yield message
    if documents:
        yield UserMessage(content=documents)


def _document_text(document: object) -> str:
    if isinstance(document, str):
        return document
    data = as_object(document).get("data")
    if is_object(data) and list(data) == ["text"]:
        return as_text(data["text"])
    return data if isinstance(data, str) else compact(data)


def _user_parts(content: object) -> Iterator[UserContentPart]:
    if isinstance(content, str):
        yield Text(text=content)
    for part in as_objects(content):
        match part.get("type"):
            case "text":
                yield Text(text=as_text(part.get("text")))
            case "image_url":
                image = image_at(as_text(as_object(part.get("image_url")).get("url")))
                if image is not None:
                    yield image
            case "document":
                yield text_document(_document_text(part.get("document")), "text/plain")
            case _:
                pass


def _result(content: object) -> Jsonable:
    """Return what a tool gave back: the documents that it found, or a text."""
    found = [
        as_object(block.get("document")).get("data")
        for block in as_objects(content)
        if block.get("type") == "document"
    ]
    if not found:
        return "\n".join(texts_of(content))
    return cast("Jsonable", found[0] if len(found) == 1 else found)


def _model_parts(message: JsonObject) -> Iterator[AssistantContentPart]:
    if plan := as_text(message.get("tool_plan")):
        yield Thought(thought=plan)
    content = message.get("content")
    blocks = as_objects([{"text": content}] if isinstance(content, str) else content)
    cited = _read_citations(message, blocks)
    for index, block in enumerate(blocks):
        if thought := as_text(block.get("thinking")):
            yield Thought(thought=thought)
        elif text := as_text(block.get("text")):
            yield Text(text=text, citations=cited.get(index, []))
    yield from calls_of(message)


def _read_citations(message: JsonObject, blocks: list[JsonObject]) -> dict[int, list[Citation]]:
    """Return what each text rests on, by its index; one that names no block is of the last text."""
    last = max((index for index, block in enumerate(blocks) if "text" in block), default=0)
    found: dict[int, list[Citation]] = {}
    for citation in as_objects(message.get("citations")):
        if citation.get("type") not in (None, "TEXT_CONTENT"):  # those of thoughts are not ours
            continue
        index = whole_number(citation.get("content_index"))
        here = found.setdefault(last if index is None else index, [])
        here += [_citation(citation, source) for source in as_objects(citation.get("sources"))]
    return found


def _citation(citation: JsonObject, source: JsonObject) -> Citation:
    found = as_object(source.get("document")) or as_object(source.get("tool_output"))
    return Citation(
        start=whole_number(citation.get("start")),
        end=whole_number(citation.get("end")),
        url=as_text(found.get("url")) or None,
        title=as_text(found.get("title")) or None,
        source=as_text(source.get("id")) or None,
        cited_text=as_text(found.get("text")) or as_text(found.get("content")) or None,
    )


def _tools(body: JsonObject) -> Iterator[ToolOffer]:
    strict = flag(body.get("strict_tools"))
    return (replace(offer, strict=strict) for offer in offers_of(body))


def _format(format: JsonObject) -> FormatAsked | None:
    if format.get("type") != "json_object":
        return None
    schema = format.get("json_schema") or format.get("schema")
    return FormatAsked(schema=schema) if is_object(schema) else FormatAsked(schema=None)


def _thinking(thinking: JsonObject) -> ThinkingAsked | None:
    match thinking.get("type"):
        case "disabled":
            return ThinkingAsked(level="none")
        case "enabled":
            budget = as_number(thinking.get("token_budget"))
            if budget is None:
                return ThinkingAsked(level="default", show=True)
            return ThinkingAsked(budget=int(budget), show=True)
        case _:
            return None


# --- the answer


class _Writer(Writer):
    """Writes blocks of content and calls, which are numbered each for themselves."""

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        super().__init__(asked, number, ending)
        self._blocks = 0
        self._calls = 0
        self._citations = 0
        self._open: str | None = None
        self._texts: dict[str | None, tuple[int, list[str]]] = {}
        """Where each text stands among the blocks, and what it says; it may be cited later."""
        self._text: str | None = None

    def _start(self) -> list[Frame]:
        message: dict[str, object] = {
            "role": "assistant",
            "content": [],
            "tool_plan": "",
            "tool_calls": [],
            "citations": [],
        }
        return [_event("message-start", id=_id(self._number), delta={"message": message})]

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        match chunk:
            case TextStartChunk(id=id):
                begun = self._begin_part("text")
                self._text, self._texts[id] = id, (self._blocks, [])
                return begun
            case ThoughtStartChunk():
                return self._begin_part("thinking")
            case TextChunk(delta=delta):
                return self._grow_text(delta) if delta else []
            case CitationChunk(id=id, citation=citation):
                return self._cite(id, citation)
            case ThoughtChunk(delta=delta):
                return self._grow({"content": {"thinking": delta}}) if delta else []
            case ToolCallStartChunk(id=id, name=name):
                return self._begin_part("call", _call(id, name, ""))
            case ToolCallChunk(delta=delta):
                return self._grow(
                    {"tool_calls": {"function": {"arguments": delta}}} if delta else {}
                )
            case TextEndChunk() | ThoughtEndChunk() | ToolCallEndChunk():
                return self._end_part()
            case _:
                return []

    def _begin_part(self, kind: str, call: JsonObject | None = None) -> list[Frame]:
        ended = self._end_part()  # a source may not have said the end of the part before
        self._open = kind
        if call is not None:
            message: JsonObject = {"tool_calls": call}
            return [
                *ended,
                _event("tool-call-start", index=self._calls, delta={"message": message}),
            ]
        message = {"content": {"type": kind, kind: ""}}
        return [*ended, _event("content-start", index=self._blocks, delta={"message": message})]

    def _grow(self, message: JsonObject) -> list[Frame]:
        if not message:
            return []
        is_call = "tool_calls" in message
        kind, index = ("tool-call", self._calls) if is_call else ("content", self._blocks)
        return [_event(f"{kind}-delta", index=index, delta={"message": message})]

    def _grow_text(self, delta: str) -> list[Frame]:
        self._texts[self._text][1].append(delta)
        return self._grow({"content": {"text": delta}})

    def _cite(self, id: str | None, citation: Citation) -> list[Frame]:
        """Return what a text rests on; one of which nothing is said yet cannot be cited."""
        block, pieces = self._texts.get(id, (0, []))
        if not pieces:
            return []
        pieces[:] = ["".join(pieces)]
        cited = _cited(citation, pieces[0], block)
        index, self._citations = self._citations, self._citations + 1
        return [
            _event("citation-start", index=index, delta={"message": {"citations": cited}}),
            _event("citation-end", index=index),
        ]

    def _end_part(self) -> list[Frame]:
        kind, self._open = self._open, None
        if kind is None:
            return []
        if kind == "call":
            self._calls += 1
            return [_event("tool-call-end", index=self._calls - 1)]
        self._blocks += 1
        return [_event("content-end", index=self._blocks - 1)]

    def _finish(self) -> list[Frame]:
        end = _event("message-end", delta=_end(self.fold, self._ending))
        return [*self._end_part(), end, Frame(sse("[DONE]"))]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        status, message = failure_of(error)
        reason = "TIMEOUT" if status == 504 else "ERROR"
        return [_event("message-end", delta={"error": message, "finish_reason": reason})]


def _event(kind: str, **fields: object) -> Frame:
    return Frame(sse(compact({"type": kind, **fields}), event=kind), kind.endswith("-delta"))


def _id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def _call(id: str, name: str, args: str) -> JsonObject:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": args}}


def _cited(citation: Citation, text: str, block: int) -> JsonObject:
    """Return a citation of the block with this index, of which `text` is known."""
    told = {"text": citation.cited_text, "title": citation.title, "url": citation.url}
    source: dict[str, object] = {
        "type": "document",
        "document": {key: value for key, value in told.items() if value is not None},
    }
    if citation.source is not None:
        source["id"] = citation.source
    place = {"start": citation.start, "end": citation.end}
    return {
        **{key: value for key, value in place.items() if value is not None},
        "text": text[citation.start : citation.end],
        "sources": [source],
        "content_index": block,
        "type": "TEXT_CONTENT",
    }


def _end(answer: Fold, ending: Ending) -> dict[str, object]:
    end: dict[str, object] = {"finish_reason": _finish_word(answer, ending)}
    if answer.usage is not None:
        end["usage"] = _usage(answer.usage)
    return end


def _finish_word(answer: Fold, ending: Ending) -> str:
    """Return why the answer ended; the wire has no word for a refusal, nor for the context."""
    match answer.finish_reason:
        case None if ending.stop_sequence is not None:
            return "STOP_SEQUENCE"
        case None | FinishReason.REFUSAL:
            return "TOOL_CALL" if answer.tool_calls else "COMPLETE"
        case FinishReason.MAX_TOKENS | FinishReason.CONTEXT_LENGTH_EXCEEDED:
            return "MAX_TOKENS"


def _usage(usage: Usage) -> dict[str, object]:
    tokens: dict[str, object] = {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
    }
    billed = dict(tokens)
    if usage.reasoning_tokens:
        tokens["reasoning_tokens"] = usage.reasoning_tokens
    return {"billed_units": billed, "tokens": tokens, "cached_tokens": usage.cache_read_tokens}
