"""AWS Bedrock Converse.

Source: recorded traffic of bedrock-runtime, and
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (2026-01).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

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
    CitationChunk,
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
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked, ToolOffer
from mirascope.llm.wires.checks import check_converse
from mirascope.llm.wires.converse_blocks import (
    cited,
    output_content,
    output_head,
    read_cited,
    read_output,
    server_use,
    shown_name,
    text_block,
)
from mirascope.llm.wires.event_stream import AWSWire, event_frame, failure_frame
from mirascope.llm.wires.messages import claude_thinking, signature
from mirascope.llm.wires.parts import (
    arguments,
    flag,
    level_of,
    media,
    media_at,
    media_of,
    model_message,
    read_params,
    texts_of,
)
from mirascope.llm.wires.wire import Incoming, InvalidRequest, compact
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["ConverseWire"]

_PATH = re.compile(r"/model/(?P<model>[^/]+)/converse(?P<stream>-stream)?$")
_PARAMS = (("temperature", "temperature"), ("topP", "top_p"), ("maxTokens", "max_tokens"))
_TOP_K = (("top_k", "top_k"), ("k", "top_k"))
_PLAIN = frozenset({"text", "toolUse", "cachePoint"})
_DOCUMENT_TYPES = {
    "pdf": "application/pdf",
    "html": "text/html",
    **dict.fromkeys(("txt", "md", "csv"), "text/plain"),
}
"""The others, of Word and Excel, our messages have not."""
_VIDEO_TYPES = {
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "mpeg": "video/mpeg",
    "mpg": "video/mpeg",
    "flv": "video/x-flv",
    "wmv": "video/wmv",
    "three_gp": "video/3gpp",
}
_STOP = {
    FinishReason.MAX_TOKENS: "max_tokens",
    FinishReason.REFUSAL: "content_filtered",
    FinishReason.CONTEXT_LENGTH_EXCEEDED: "model_context_window_exceeded",
}


class ConverseWire(AWSWire):
    """`POST …/model/{id}/converse` and `…/converse-stream`."""

    name = "converse"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Converse."""
        return _PATH.search(path) is not None

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        path, body = _PATH.search(incoming.path), incoming.body
        if path is None or not is_list(body.get("messages")) or not body["messages"]:
            raise InvalidRequest("A conversation must start with a user message.")
        inference = as_object(body.get("inferenceConfig"))
        config = as_object(body.get("toolConfig"))
        own = as_object(body.get("additionalModelRequestFields"))
        tools = as_objects(config.get("tools"))
        system = [SystemMessage(content=Text(text=text)) for text in texts_of(body.get("system"))]
        params = read_params(inference, _PARAMS, inference.get("stopSequences"))
        nova = as_object(own.get("inferenceConfig"))
        asked = Asked(
            wire=self.name,
            model=unquote(path["model"]),
            stream=path["stream"] is not None,
            messages=(*system, *_messages(as_objects(body["messages"]))),
            tools=tuple(_tool(as_object(tool["toolSpec"])) for tool in tools if "toolSpec" in tool),
            server_tools=tuple(
                as_text(as_object(tool["systemTool"]).get("name"))
                for tool in tools
                if "systemTool" in tool
            ),
            tool_choice=_choice(as_object(config.get("toolChoice"))),
            format=_format(body),
            thinking=_thinking(own),
            params={
                **params,
                **read_params(own, _TOP_K),
                **read_params(nova, (("topK", "top_k"),)),
            },
            body=body,
        )
        check_converse(asked)
        return asked

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return _Writer(asked, number, ending)

    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return a whole answer; see `Wire.whole`."""
        blocks: list[JsonObject] = []
        for part in answer.parts_by_start():
            match part:
                case Thought(thought=thought):
                    said = {"text": thought, "signature": signature(len(blocks))}
                    blocks.append({"reasoningContent": {"reasoningText": said}})
                case Text(text=text):
                    blocks += [text_block(part)] if text else []
                case Audio(transcript=transcript):
                    blocks += [{"text": transcript}] if transcript else []
                case ToolCall():
                    use = {"toolUseId": part.id, "name": part.name, "input": arguments(part.args)}
                    blocks.append({"toolUse": use})
                case ProviderToolCall():
                    call = {**server_use(part.id, part.name), "input": arguments(part.args)}
                    blocks.append({"toolUse": call})
                case ProviderToolOutput():
                    given = {**output_head(part), "content": output_content(part)}
                    blocks.append({"toolResult": given})
                case Image():  # the wire has them, and nothing is known of how they stream
                    pass
        message = {"content": blocks, "role": "assistant"}
        return compact(
            {
                "metrics": {"latencyMs": 0},
                "output": {"message": message},
                "stopReason": _stopped(answer, ending),
                **_usage(answer.usage),
            }
        ).encode()

    def malformed(self) -> bytes:
        """Return an event without JSON; see `Wire.malformed`."""
        return event_frame("contentBlockDelta", '{"contentBlockIndex":0,"delta":')


# --- what is asked


def _messages(messages: list[JsonObject]) -> Iterator[Message]:
    names: dict[str, str] = {}
    for message in messages:
        blocks = as_objects(message.get("content"))
        if message.get("role") != "assistant":
            yield UserMessage(content=list(_user_parts(blocks, names)))
            continue
        parts = list(_model_parts(blocks))
        names |= {part.id: part.name for part in parts if isinstance(part, ToolCall)}
        said = all(isinstance(part, Text | ToolCall) for part in parts)
        plain = said and all(block.keys() <= _PLAIN for block in blocks)
        raw = None if plain else {"role": "assistant", "content": message.get("content")}
        yield model_message(parts, raw)


def _user_parts(blocks: list[JsonObject], names: dict[str, str]) -> Iterator[UserContentPart]:
    for block in blocks:
        found: UserContentPart | None = None
        if "text" in block:
            found = Text(text=as_text(block["text"]))
        elif result := as_object(block.get("toolResult")):
            found = _tool_output(result, names)
        else:  # cache points are no part of what is said
            for kind in ("image", "document", "audio", "video"):
                if part := as_object(block.get(kind)):
                    found = _media(kind, part)
        if found is not None:
            yield found


def _media(kind: str, part: JsonObject) -> UserContentPart | None:
    format, source = as_text(part.get("format")), as_object(part.get("source"))
    if url := as_text(as_object(source.get("s3Location")).get("uri")):
        return media_at(kind, url)
    data = as_text(source.get("bytes"))
    if "text" in source:
        data = base64.b64encode(as_text(source["text"]).encode()).decode()
    types = {"document": _DOCUMENT_TYPES, "video": _VIDEO_TYPES}.get(kind)
    return media(f"{kind}/{format}" if types is None else types.get(format, ""), data)


def _tool_output(result: JsonObject, names: dict[str, str]) -> UserContentPart:
    id, content = as_text(result.get("toolUseId")), as_objects(result.get("content"))
    said: Jsonable = "\n".join(texts_of(content))
    for block in content:
        if "json" in block:
            said = block["json"]  # type: ignore[assignment]  # it was decoded
    if result.get("status") == "error":
        error = ToolExecutionError(str(said))
        return ToolOutput(id=id, name=names.get(id, ""), result=said, error=error)
    inside = [block for block in content if "toolResult" not in block]
    media = media_of(_user_parts(inside, names))
    return ToolOutput(id=id, name=names.get(id, ""), result=said, media=media)


def _model_parts(blocks: list[JsonObject]) -> Iterator[AssistantContentPart]:
    names: dict[str, str] = {}
    for block in blocks:
        thought = as_object(as_object(block.get("reasoningContent")).get("reasoningText"))
        if "text" in block:
            yield Text(text=as_text(block["text"]))
        elif text := as_text(thought.get("text")):
            yield Thought(thought=text)
        elif content := as_object(block.get("citationsContent")):
            yield read_cited(content)
        elif call := as_object(block.get("toolUse")):
            id, name = as_text(call.get("toolUseId")), as_text(call.get("name"))
            args = compact(as_object(call.get("input")))
            if "type" in call:  # the vendor ran it
                names[id] = shown_name(name)
                yield ProviderToolCall(id=id, name=names[id], args=args)
            else:
                yield ToolCall(id=id, name=name, args=args)
        elif result := as_object(block.get("toolResult")):
            yield read_output(result, names)


def _tool(spec: JsonObject) -> ToolOffer:
    return ToolOffer(
        name=as_text(spec.get("name")),
        schema=as_object(as_object(spec.get("inputSchema")).get("json")),
        description=as_text(spec.get("description")),
        strict=flag(spec.get("strict")),
    )


def _choice(choice: JsonObject) -> str | None:
    if "auto" in choice:
        return "auto"
    if "any" in choice:
        return "required"
    return as_text(as_object(choice.get("tool")).get("name")) or None


def _format(body: JsonObject) -> FormatAsked | None:
    text_format = as_object(as_object(body.get("outputConfig")).get("textFormat"))
    asked = as_object(as_object(text_format.get("structure")).get("jsonSchema"))
    if not asked:
        return None
    try:
        schema: object = json.loads(as_text(asked.get("schema")))
    except ValueError:
        schema = None
    if not is_object(schema):
        raise InvalidRequest("The value at outputConfig.textFormat is not a valid JSON schema.")
    return FormatAsked(schema=schema, name=as_text(asked.get("name")), strict=True)


def _thinking(own: JsonObject) -> ThinkingAsked | None:
    """Return how much to think, in the words of the model that is asked."""
    nova = as_object(own.get("reasoningConfig"))
    if effort := own.get("reasoning_effort"):
        return ThinkingAsked(level=level_of(effort))
    if nova:
        off = nova.get("type") != "enabled"
        return ThinkingAsked(level="none" if off else level_of(nova.get("maxReasoningEffort")))
    return claude_thinking(own)


# --- the answer


class _Writer(Writer):
    """Writes blocks, one after the other; only those of calls have a start."""

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        super().__init__(asked, number, ending)
        self._index = 0
        self._in_block = False
        self._text: tuple[str | None] | None = None
        """The id of the text that is being written; a citation that comes later is too late."""

    def _start(self) -> list[Frame]:
        return [_event("messageStart", role="assistant")]

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        match chunk:
            case TextStartChunk(id=id):
                self._text = (id,)
                return self._stop()  # a source may not have said the end of the block before
            case ThoughtStartChunk():
                return self._stop()
            case TextChunk(delta=delta):
                return self._delta({"text": delta}) if delta else []
            case CitationChunk(id=id, citation=citation) if (id,) == self._text:
                return self._delta({"citation": cited(citation)})
            case ThoughtChunk(delta=delta):
                return self._delta({"reasoningContent": {"text": delta}}) if delta else []
            case ThoughtEndChunk():  # one without a text is hidden, and signed all the same
                signed = {"signature": signature(self._index)}
                return [*self._delta({"reasoningContent": signed}), *self._stop()]
            case ToolCallStartChunk(id=id, name=name):
                return self._block({"toolUse": {"toolUseId": id, "name": name}})
            case ProviderToolCallStartChunk(id=id, name=name):
                return self._block({"toolUse": server_use(id, name)})
            case ToolCallChunk(delta=delta) | ProviderToolCallChunk(delta=delta):
                return self._delta({"toolUse": {"input": delta}}) if delta else []
            case ProviderToolOutputChunk(output=output):
                start = self._block({"toolResult": output_head(output)})
                return [*start, *self._delta({"toolResult": output_content(output)}), *self._stop()]
            case TextEndChunk():
                self._text = None
                return self._stop()
            case ToolCallEndChunk() | ProviderToolCallEndChunk():
                return self._stop()
            case _:
                return []

    def _block(self, start: JsonObject) -> list[Frame]:
        stop, self._in_block = self._stop(), True
        return [*stop, _event("contentBlockStart", contentBlockIndex=self._index, start=start)]

    def _delta(self, delta: JsonObject) -> list[Frame]:
        self._in_block = True
        return [_event("contentBlockDelta", contentBlockIndex=self._index, delta=delta)]

    def _stop(self) -> list[Frame]:
        if not self._in_block:
            return []
        self._in_block = False
        self._index += 1
        return [_event("contentBlockStop", contentBlockIndex=self._index - 1)]

    def _finish(self) -> list[Frame]:
        return [
            *self._stop(),
            _event("messageStop", stopReason=_stopped(self.fold, self._ending)),
            _event("metadata", metrics={"latencyMs": 0}, **_usage(self.fold.usage)),
        ]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        return [Frame(failure_frame(error))]


def _event(name: str, **fields: object) -> Frame:
    padding = "abcdefghijklmnop"[: len(fields) * 4]  # the vendor hides lengths by it
    return Frame(event_frame(name, compact({**fields, "p": padding})), name == "contentBlockDelta")


def _usage(usage: Usage | None) -> dict[str, object]:
    """Return the numbers; on this wire the input leaves out what is cached."""
    if usage is None:
        return {}
    asked = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens
    numbers = {
        "inputTokens": asked,
        "outputTokens": usage.output_tokens,
        "totalTokens": usage.input_tokens + usage.output_tokens,
        "cacheReadInputTokens": usage.cache_read_tokens,
        "cacheWriteInputTokens": usage.cache_write_tokens,
    }
    return {"usage": numbers}


def _stopped(answer: Fold, ending: Ending) -> str:
    if answer.finish_reason is not None:
        return _STOP[answer.finish_reason]
    if ending.stop_sequence is not None:
        return "stop_sequence"
    return "tool_use" if answer.tool_calls else "end_turn"
