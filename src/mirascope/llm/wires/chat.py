"""OpenAI Chat Completions, as OpenAI and the servers compatible with it speak it.

Source: recorded traffic of api.openai.com, and
https://platform.openai.com/docs/api-reference/chat (2026-01).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import unquote

from mirascope._wire.json_values import (
    JsonObject,
    as_object,
    as_objects,
    as_text,
    is_list,
)
from mirascope.llm.content import (
    AssistantContentChunk,
    AssistantContentPart,
    Audio,
    AudioChunk,
    Citation,
    Document,
    Image,
    ImageChunk,
    Text,
    TextChunk,
    Thought,
    ThoughtChunk,
    ToolCall,
    ToolCallChunk,
    ToolCallStartChunk,
    ToolOutput,
    UserContentPart,
)
from mirascope.llm.messages import Message, SystemMessage, UserMessage
from mirascope.llm.responses.finish_reason import FinishReason
from mirascope.llm.responses.fold import Fold
from mirascope.llm.responses.usage import Usage
from mirascope.llm.wires.asked import Asked, FormatAsked, ThinkingAsked
from mirascope.llm.wires.checks import check_chat
from mirascope.llm.wires.parts import (
    calls_of,
    data_of,
    flag,
    image_at,
    joined_text,
    level_of,
    media,
    model_message,
    offers_of,
    read_params,
    texts_of,
    video_at,
)
from mirascope.llm.wires.wire import (
    CREATED,
    Incoming,
    InvalidRequest,
    Wire,
    compact,
    failure_of,
    sse,
)
from mirascope.llm.wires.writer import Ending, Frame, Writer

__all__ = ["ChatWire", "file_part", "openai_error"]

_PARAMS = (
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("random_seed", "seed"),  # Mistral
    ("seed", "seed"),
    ("max_tokens", "max_tokens"),
    ("max_completion_tokens", "max_tokens"),
)
_PLAIN = frozenset({"role", "content", "tool_calls", "name"})
"""What our own parts say of a message of the model."""
_CODES = {404: "model_not_found", 504: "timeout"}  # where the type does not say it
_DEPLOYMENT = re.compile(r"/deployments/([^/]+)/chat/completions$")
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_exceeded"}


def openai_error(status: int, message: str, code: str | None) -> dict[str, object]:
    """Return the error object of both OpenAI wires."""
    kind = "server_error" if status >= 500 else _TYPES.get(status, "invalid_request_error")
    usual = _CODES.get(status, kind)
    return {"message": message, "type": code or kind, "param": None, "code": code or usual}


class ChatWire(Wire):
    """`POST …/chat/completions`."""

    name = "chat"
    request_id_header: ClassVar[str | None] = "x-request-id"
    overloaded = "server_error"

    def takes(self, path: str) -> bool:
        """Tell whether `path` is that of Chat Completions."""
        return path.endswith("/chat/completions")

    def read(self, incoming: Incoming) -> Asked:
        """Return what is asked for; see `Wire.read`."""
        body = incoming.body
        if not is_list(body.get("messages")) or not body["messages"]:
            raise InvalidRequest("Missing required parameter: 'messages'.")
        deployment = _DEPLOYMENT.search(incoming.path)  # Azure: whatever the body says
        model = unquote(deployment[1]) if deployment else as_text(body.get("model"))
        if not model:
            raise InvalidRequest("you must provide a model parameter")
        asked = Asked(
            wire=self.name,
            model=model,
            stream=body.get("stream") is True,
            messages=tuple(_messages(as_objects(body["messages"]))),
            tools=tuple(offers_of(body)),
            tool_choice=_tool_choice(body.get("tool_choice")),
            one_call_at_a_time=body.get("parallel_tool_calls") is False,
            format=_format(as_object(body.get("response_format"))),
            thinking=_thinking(body),
            params=read_params(body, _PARAMS, body.get("stop")),
            body=body,
        )
        check_chat(asked)
        return asked

    def writer(self, asked: Asked, number: int, ending: Ending | None = None) -> Writer:
        """Return what writes one stream; see `Wire.writer`."""
        return _Writer(asked, number, ending)

    def whole(self, answer: Fold, asked: Asked, number: int, ending: Ending) -> bytes:
        """Return a whole answer; see `Wire.whole`."""
        parts = answer.parts_by_start()
        text = "".join(part.text for part in parts if isinstance(part, Text))
        refused = answer.finish_reason is FinishReason.REFUSAL and bool(text)
        message: dict[str, object] = {
            "role": "assistant",
            "content": text if text and not refused else None,
            "refusal": text if refused else None,
            "annotations": _annotations(answer),
        }
        audios = [part for part in parts if isinstance(part, Audio)]
        if audios:
            sound = {"data": audios[0].source.data, "transcript": audios[0].transcript or ""}
            message["audio"] = {**_audio_id(number), **sound}
        if images := [_image(part) for part in parts if isinstance(part, Image)]:
            message["images"] = images
        if thoughts := "".join(part.thought for part in parts if isinstance(part, Thought)):
            message["reasoning_content"] = thoughts
        if calls := [part for part in parts if isinstance(part, ToolCall)]:
            message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.args},
                }
                for call in calls
            ]
        choice = {"index": 0, "message": message, "logprobs": None}
        finish = _finish_word(answer, refused=refused)
        whole = {
            **_head("chat.completion", asked, number),
            "choices": [{**choice, "finish_reason": finish}],
        }
        if answer.usage is not None:
            whole["usage"] = _usage(answer.usage)
        return compact(whole).encode()

    def error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's body; see `Wire.error`."""
        return compact({"error": openai_error(status, message, code)}).encode()

    def stream_error(self, status: int, message: str, code: str | None, number: int) -> bytes:
        """Return an error's event; see `Wire.stream_error`."""
        return sse(compact({"error": openai_error(status, message, code)}))


# --- what is asked


def _messages(messages: list[JsonObject]) -> Iterator[Message]:
    names: dict[str, str] = {}
    for message in messages:
        content = message.get("content")
        match message.get("role"):
            case "system" | "developer":
                yield SystemMessage(content=Text(text=joined_text(content)))
            case "user":
                name = as_text(message.get("name")) or None
                yield UserMessage(content=list(_user_parts(content)), name=name)
            case "tool":
                id = as_text(message.get("tool_call_id"))
                result = joined_text(content)
                yield UserMessage(
                    content=[ToolOutput(id=id, name=names.get(id, ""), result=result)]
                )
            case "assistant":
                parts = list(_model_parts(message))
                names |= {part.id: part.name for part in parts if isinstance(part, ToolCall)}
                more = {key for key in message if message[key] is not None} - _PLAIN
                thinks = any(isinstance(part, Thought) for part in parts)
                yield model_message(parts, message if more or thinks else None)
            case _:
                pass


def _user_parts(content: object) -> Iterator[UserContentPart]:
    if isinstance(content, str):
        yield Text(text=content)
    for part in as_objects(content):
        found: UserContentPart | None = None
        match part.get("type"):
            case "text":
                found = Text(text=as_text(part.get("text")))
            case "image_url":
                image = part.get("image_url")
                url = image if isinstance(image, str) else as_object(image).get("url")
                found = image_at(as_text(url))
            case "video_url":  # Qwen and others
                found = video_at(as_text(as_object(part.get("video_url")).get("url")))
            case "input_audio":
                given = part.get("input_audio")
                audio = {"data": given} if isinstance(given, str) else as_object(given)  # Mistral
                kind = f"audio/{as_text(audio.get('format')) or 'mp3'}"
                found = media(kind, as_text(audio.get("data")))
            case "document_url":  # Mistral
                url = as_text(part.get("document_url"))
                found = file_part({"file_url": url} if data_of(url) is None else {"file_data": url})
            case "file":
                found = file_part(as_object(part.get("file")))
            case _:
                pass
        if found is not None:
            yield found


def file_part(file: JsonObject) -> UserContentPart | None:
    """Return the document that a file is, perhaps one that the vendor keeps."""
    if id := as_text(file.get("file_id")):
        return Document.from_file_id(id, provider="openai")
    if url := as_text(file.get("file_url")):
        return Document.from_url(url)
    found = data_of(file.get("file_data"))
    return None if found is None else media(*found)


def _model_parts(message: JsonObject) -> Iterator[AssistantContentPart]:
    thought = as_text(message.get("reasoning_content")) or as_text(message.get("reasoning"))
    if thought:
        yield Thought(thought=thought)
    content = message.get("content")
    for part in as_objects(content):  # Mistral
        if thought := joined_text(part.get("thinking")):
            yield Thought(thought=thought)
    cited = [_read_citation(raw) for raw in as_objects(message.get("annotations"))]
    for text in texts_of(content):
        if text:
            yield Text(text=text, citations=cited)
            cited = []
    if refusal := as_text(message.get("refusal")):
        yield Text(text=refusal)
    for made in as_objects(message.get("images")):
        if (image := image_at(as_text(as_object(made.get("image_url")).get("url")))) is not None:
            yield image
    yield from calls_of(message)


def _tool_choice(choice: object) -> str | None:
    if named := as_text(as_object(as_object(choice).get("function")).get("name")):
        return named
    word = as_text(choice)
    return "required" if word == "any" else word or None  # Mistral


def _format(format: JsonObject) -> FormatAsked | None:
    match format.get("type"):
        case "json_object":
            return FormatAsked(schema=None)
        case "json_schema":
            fields = as_object(format.get("json_schema"))
            return FormatAsked(
                schema=as_object(fields.get("schema")),
                name=as_text(fields.get("name")),
                strict=flag(fields.get("strict")),
            )
        case _:
            return None


def _thinking(body: JsonObject) -> ThinkingAsked | None:
    """Return what is asked for in OpenAI's way or a compatible server's.

    Who shows thoughts on this wire at all shows them unless told not to.
    """
    reasoning = as_object(body.get("reasoning"))
    effort = body.get("reasoning_effort") or reasoning.get("effort")
    switch = as_object(body.get("thinking")).get("type")
    if isinstance(effort, str):
        level = level_of(effort) or "default"
    elif "prompt_mode" in body:  # Mistral
        level = "default" if body["prompt_mode"] == "reasoning" else "none"
    elif switch == "enabled" or reasoning.get("enabled") is True:
        level = "default"
    elif switch == "disabled":
        level = "none"
    else:
        return None
    return ThinkingAsked(level=level, show=level != "none" and reasoning.get("exclude") is not True)


# --- the answer


class _Writer(Writer):
    """Writes deltas of one message; calls have an index each, text and thoughts have none."""

    calls_overlap = True
    has_sound = True

    def __init__(self, asked: Asked, number: int, ending: Ending | None = None) -> None:
        super().__init__(asked, number, ending)
        options = as_object(asked.body.get("stream_options"))
        self._with_usage = options.get("include_usage") is True
        self._padded = options.get("include_obfuscation") is not False
        self._head = _head("chat.completion.chunk", asked, number)
        self._count = 0
        self._calls: dict[str, int] = {}
        self._refused = False

    def _start(self) -> list[Frame]:
        return [self._choice({"role": "assistant", "content": "", "refusal": None}, content=False)]

    def _write(self, chunk: AssistantContentChunk) -> list[Frame]:
        match chunk:
            case TextChunk(delta=delta) if delta:
                self._refused = self._ending.refused
                return [self._choice({"refusal" if self._refused else "content": delta})]
            case ThoughtChunk(delta=delta) if delta:
                return [self._choice({"reasoning_content": delta})]
            case ToolCallStartChunk(id=id, name=name):
                index = self._calls.setdefault(id, len(self._calls))
                function = {"name": name, "arguments": ""}
                call = {"index": index, "id": id, "type": "function", "function": function}
                return [self._choice({"tool_calls": [call]})]
            case ToolCallChunk(id=id, delta=delta) if delta:
                call = {"index": self._calls[id], "function": {"arguments": delta}}
                return [self._choice({"tool_calls": [call]})]
            case AudioChunk(delta=delta, transcript=transcript):
                sound = {"data": delta, "transcript": transcript}
                said = {key: value for key, value in sound.items() if value}
                return [self._choice({"audio": {**_audio_id(self._number), **said}})]
            case ImageChunk(image=image, preview=False):
                return [self._choice({"images": [_image(image)]})]
            case _:
                return []

    def _finish(self) -> list[Frame]:
        finish = _finish_word(self.fold, refused=self._refused)
        cited = _annotations(self.fold)
        frames = [self._choice({"annotations": cited}, content=False)] if cited else []
        frames.append(self._choice({}, finish=finish, content=False))
        if self._with_usage and self.fold.usage is not None:
            frames.append(self._chunk([], usage=_usage(self.fold.usage)))
        return [*frames, Frame(sse("[DONE]"))]

    def _fail(self, error: BaseException | None) -> list[Frame]:
        status, message = failure_of(error)
        return [Frame(sse(compact({"error": openai_error(status, message, None)})))]

    def _choice(
        self, delta: JsonObject, *, finish: str | None = None, content: bool = True
    ) -> Frame:
        choice: dict[str, object] = {"index": 0, "delta": delta, "logprobs": None}
        return self._chunk([{**choice, "finish_reason": finish}], content=content)

    def _chunk(
        self,
        choices: list[dict[str, object]],
        *,
        usage: JsonObject | None = None,
        content: bool = False,
    ) -> Frame:
        chunk = {**self._head, "choices": choices}
        if self._with_usage:
            chunk["usage"] = usage
        if self._padded:
            self._count += 1
            chunk["obfuscation"] = "x9Qk2Lm"[: self._count % 7 + 1]
        return Frame(sse(compact(chunk)), content)


def _annotations(answer: Fold) -> list[JsonObject]:
    """Return what the texts rest on; places are of all of them, joined."""
    found: list[JsonObject] = []
    before = 0
    for text in answer.texts:
        found += [_annotation(citation, before, len(text.text)) for citation in text.citations]
        before += len(text.text)
    return found


def _annotation(citation: Citation, before: int, length: int) -> JsonObject:
    start, end = citation.start, citation.end
    about: dict[str, object] = {
        "start_index": before + (start or 0),
        "end_index": before + (length if end is None else end),
        "url": citation.url or "",
        "title": citation.title or "",
    }
    if citation.cited_text is not None:  # OpenRouter
        about["content"] = citation.cited_text
    return {"type": "url_citation", "url_citation": about}


def _read_citation(raw: JsonObject) -> Citation:
    about = as_object(raw.get("url_citation"))
    start, end = about.get("start_index"), about.get("end_index")
    return Citation(
        start=start if isinstance(start, int) else None,
        end=end if isinstance(end, int) else None,
        url=as_text(about.get("url")) or None,
        title=as_text(about.get("title")) or None,
        cited_text=as_text(about.get("content")) or None,
    )


def _audio_id(number: int) -> dict[str, object]:
    return {"id": f"audio_sim{number}", "expires_at": CREATED + 3600}


def _image(image: Image) -> JsonObject:
    """Return an image the model made, as OpenRouter does."""
    source = image.source
    match source.type:
        case "url_image_source":
            url = source.url
        case "base64_image_source":
            url = f"data:{source.mime_type};base64,{source.data}"
        case "file_source":
            url = source.file_id
    return {"type": "image_url", "image_url": {"url": url}}


def _finish_word(answer: Fold, *, refused: bool) -> str:
    """Return why the answer ended.

    What a model refuses with is in `refusal`, which is then a regular end. In a stream that is too
    late where the text has been written as `content`.
    """
    match answer.finish_reason:
        case None:
            return "tool_calls" if answer.tool_calls else "stop"
        case FinishReason.REFUSAL:
            return "stop" if refused else "content_filter"
        case _:  # the wire has no word of its own for the context
            return "length"


def _head(kind: str, asked: Asked, number: int) -> dict[str, object]:
    return {
        "id": f"chatcmpl-sim{number}",
        "object": kind,
        "created": CREATED,
        "model": asked.model,
        "service_tier": "default",
        "system_fingerprint": "fp_simulator",
    }


def _usage(usage: Usage) -> dict[str, object]:
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
