"""Requests to Chat Completions.

https://platform.openai.com/docs/api-reference/chat/create (2025-12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never, cast

from mirascope._wire.json_values import as_object
from mirascope.llm.content import Audio, Document, Text, ToolOutput, Video
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.messages import AssistantMessage, UserMessage
from mirascope.llm.providers.capabilities import Capabilities, known, settled
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    file_id_of,
    include_thoughts,
    json_headers,
    merge_extra,
    no_file_ids,
    reusable_raw,
    said_in,
    skip,
    tool_output_text,
    unsupported,
)
from mirascope.llm.providers.openai import tools
from mirascope.llm.providers.openai.call_ids import with_short_ids
from mirascope.llm.providers.openai.models import closest_effort, wire_name
from mirascope.llm.providers.openai.parts import (
    SaidPart,
    document_by_url,
    image_url,
    inline_file,
    runs,
    video_url,
)
from mirascope.llm.providers.openai.quirks import ChatQuirks
from mirascope.llm.providers.tool_media import media_apart
from mirascope.llm.providers.tools import format_tool, tool_choice, user_tools
from mirascope.llm.tools import ProviderTool, WebSearchTool
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.types.params import ThinkingConfig

__all__ = ["encode_chat"]

_Json = dict[str, object]


_REASONING_FIELDS = (
    "reasoning_content",
    "reasoning",
    "reasoning_text",
    "thinking",
    "reasoning_opaque",
    "reasoning_details",
    "thinking_blocks",
)
_SENT_BACK = ("role", "content", "refusal", "name", "annotations", "tool_calls")


def encode_chat(request: Request, quirks: ChatQuirks) -> HttpRequest:
    """Return the request; see `Codec.encode`."""
    if request.model_id.endswith(":responses"):
        raise unsupported(
            request,
            "responses API",
            f"'{request.model_id}' asks for the Responses API, which this provider does not use.",
        )
    name = wire_name(request.model_name)
    can = settled(request, quirks.capabilities(name))
    messages = _messages(request, quirks)
    if quirks.call_id_length is not None:
        messages = with_short_ids(messages, quirks.call_id_length)
    body: _Json = {"model": name, "messages": messages}
    body.update(_parameters(request, quirks, can))
    body.update(_tools(request, quirks))
    body.update(_format(request, can))
    if request.stream:
        body["stream"] = True
        if quirks.stream_options:
            body["stream_options"] = {"include_usage": True}
    return HttpRequest(
        url="/chat/completions",
        headers=json_headers(request.params, **dict(quirks.headers)),
        body=merge_extra(body, request.params),
    )


def _parameters(request: Request, quirks: ChatQuirks, can: Capabilities) -> _Json:
    params = request.params
    body: _Json = {}
    if (thinking := params.get("thinking")) is not None:
        body.update(_thinking(thinking, request, quirks, can))
    # Reasoning models refuse what steers sampling, unless they are told not to reason.
    samples = can.sampling
    if samples is None:
        samples = not can.reasoning or body.get("reasoning_effort") == "none"
    for key in ("temperature", "top_p"):
        if (value := params.get(key)) is not None:
            if samples:
                body[key] = value
            else:
                skip(request, key, value)
    if (stop := params.get("stop_sequences")) is not None:
        if can.reasoning:
            skip(request, "stop_sequences", stop)
        else:
            body["stop"] = list(stop)
    if (top_k := params.get("top_k")) is not None:
        if quirks.top_k:
            body["top_k"] = top_k
        else:
            skip(request, "top_k", top_k)
    if (max_tokens := params.get("max_tokens")) is not None:
        by_model = "max_completion_tokens" if can.reasoning else "max_tokens"
        body[quirks.max_tokens_field or by_model] = max_tokens
    if (seed := params.get("seed")) is not None:
        if quirks.seed_field is None:
            skip(request, "seed", seed)
        else:
            body[quirks.seed_field] = seed
    return body


def _thinking(
    thinking: ThinkingConfig, request: Request, quirks: ChatQuirks, can: Capabilities
) -> _Json:
    level = thinking.get("level", "default")
    if can.prompt_mode:
        return {"prompt_mode": None if level == "none" else "reasoning"}
    effort = closest_effort(level, can.efforts)
    if quirks.thinking is None or effort is None:
        if level != "none":
            skip(request, "thinking", thinking)
        return {}
    if quirks.thinking == "effort":
        return {"reasoning_effort": effort}
    on = level != "none"
    if quirks.thinking == "switch":
        return {"thinking": {"type": "enabled" if on else "disabled"}}
    if quirks.thinking == "flag":
        return {"enable_thinking": on}
    if quirks.thinking == "template":
        how = {"reasoning_effort": effort} if on and level != "default" else {}
        return {"chat_template_kwargs": {"enable_thinking": on, **how}}
    reasoning: _Json = {"enabled": True} if level == "default" else {"effort": effort}
    if not include_thoughts(request.params):
        reasoning["exclude"] = True
    return {"reasoning": reasoning}


def _tools(request: Request, quirks: ChatQuirks) -> _Json:
    for tool in request.toolkit.tools:
        if isinstance(tool, ProviderTool):
            raise _provider_tool_error(tool, request)
    others = user_tools(request)
    hidden = format_tool(request.format)
    offered = others if hidden is None else [*others, hidden]
    body: _Json = {}
    if offered:
        body["tools"] = [
            {
                "type": "function",
                "function": tools.function_fields(
                    tool, request, strict_default=quirks.strict_tools
                ),
            }
            for tool in offered
        ]
    choice = tool_choice(request, hidden, others)
    if choice not in ("auto", "none") and not quirks.forced_calls:
        skip(request, "tool_choice", request.params.get("tool_choice"))
        choice = None
    if choice in ("auto", "none", "required"):
        body["tool_choice"] = quirks.required if choice == "required" else choice
    elif choice is not None:
        body["tool_choice"] = {"type": "function", "function": {"name": choice}}
    if hidden is not None and not others:
        body["parallel_tool_calls"] = False
    return body


def _provider_tool_error(tool: ProviderTool, request: Request) -> FeatureNotSupportedError:
    if isinstance(tool, WebSearchTool):
        return unsupported(
            request,
            "WebSearchTool",
            "Chat Completions has no web search tool; with OpenAI's models use the Responses API, "
            "for which the model id ends in ':responses'.",
        )
    return unsupported(request, f"Provider tool {tool.name}")


def _format(request: Request, can: Capabilities) -> _Json:
    format = request.format
    if format is None:
        return {}
    if format.mode == "strict":
        schema = tools.json_schema_fields(format, request)
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    if format.mode == "json" and can.json_object:
        return {"response_format": {"type": "json_object"}}
    return {}


def _messages(request: Request, quirks: ChatQuirks) -> list[_Json]:
    encoded: list[_Json] = []
    for message in media_apart(request.messages):
        if message.role == "system":
            encoded.append({"role": "system", "content": message.content.text})
        elif message.role == "user":
            encoded.extend(_user(message, request, quirks))
        else:
            encoded.append(_assistant(message, request, quirks))
    if quirks.prefix and encoded and encoded[-1]["role"] == "assistant":
        encoded[-1]["prefix"] = True
    return encoded


def _user(message: UserMessage, request: Request, quirks: ChatQuirks) -> Iterator[_Json]:
    """Yield a message for each run of parts, and before those one for each tool output.

    Between calls and their outputs no other message may stand.
    """
    for run in sorted(runs(message), key=lambda run: not isinstance(run, ToolOutput)):
        if isinstance(run, ToolOutput):
            text = tool_output_text(run.result)
            yield {"role": "tool", "content": text, "tool_call_id": run.id}
            continue
        texts = [part.text for part in run if isinstance(part, Text)]
        if len(texts) == len(run) and (len(texts) == 1 or quirks.plain_text):
            yield {"role": "user", "content": "\n".join(texts)}
        else:
            yield {"role": "user", "content": [_user_part(part, request, quirks) for part in run]}


def _user_part(part: SaidPart, request: Request, quirks: ChatQuirks) -> _Json:
    match part.type:
        case "text":
            return {"text": part.text, "type": "text"}
        case "image":
            if part.source.type == "file_source":
                raise no_file_ids(request)
            image = {"url": image_url(part.source), "detail": "auto"}
            return {"type": "image_url", "image_url": image}
        case "audio" if quirks.audio == "data":
            return {"type": "input_audio", "input_audio": part.source.data}
        case "audio":
            return _audio(part, request)
        case "video":
            return _video(part, request, quirks)
        case "document" if quirks.documents == "document_url":
            return document_by_url(part, request)
        case "document":
            return _document(part, request)
        case _:
            assert_never(part)


def _audio(audio: Audio, request: Request) -> _Json:
    kind = audio.source.mime_type.removeprefix("audio/")
    if kind not in ("wav", "mp3"):
        raise unsupported(
            request,
            f"Audio format: {kind}",
            f"Chat Completions takes audio as wav or mp3, not as {kind}.",
        )
    return {"type": "input_audio", "input_audio": {"data": audio.source.data, "format": kind}}


def _video(video: Video, request: Request, quirks: ChatQuirks) -> _Json:
    """Return a video in the form of servers that have one: OpenAI's own wire has none.

    So, unlike anything else, it is sent only where it is known to be taken.
    """
    if not known(request, quirks.capabilities(wire_name(request.model_name))).video:
        raise unsupported(
            request,
            "video input",
            f"Chat Completions has no video of OpenAI's, and that '{request.model_id}' takes one "
            "in a form of its own is not known. If it does, as video_url, say so: "
            f"llm.Model('{request.model_id}', capabilities={{'video': True}}).",
        )
    if video.source.type == "file_source":
        raise no_file_ids(request)
    return {"type": "video_url", "video_url": {"url": video_url(video.source)}}


def _document(document: Document, request: Request) -> _Json:
    source = document.source
    if source.type == "url_document_source":
        raise unsupported(
            request,
            "url_document_source",
            "Chat Completions does not fetch documents: use Document.from_file or "
            "Document.from_bytes.",
        )
    if source.type == "file_source":
        return {"type": "file", "file": {"file_id": file_id_of(source, request)}}
    return {"type": "file", "file": inline_file(source)}


def _assistant(message: AssistantMessage, request: Request, quirks: ChatQuirks) -> _Json:
    model_name = wire_name(request.model_name) + quirks.mode_suffix
    raw = reusable_raw(message, request, model_name)
    if isinstance(raw, Mapping):
        return _reused(cast("Mapping[str, object]", raw), quirks)
    texts: list[str] = []
    calls: list[_Json] = []
    for part in message.content:
        if part.type == "tool_call":
            args = part.args if part.args.strip() else "{}"
            function = {"name": part.name, "arguments": args}
            calls.append({"id": part.id, "type": "function", "function": function})
        elif (text := said_in(part, request.params)) or part.type == "text":
            texts.append(text)
    if quirks.plain_text and texts:
        texts = ["\n".join(texts)]
    content: object = [{"text": text, "type": "text"} for text in texts]
    if len(texts) <= 1:  # null only beside calls: the API refuses a message without anything
        content = texts[0] if texts else None if calls else ""
    encoded: _Json = {"role": "assistant", "content": content}
    if calls:
        encoded["tool_calls"] = calls
        if quirks.blank_reasoning:
            encoded["reasoning_content"] = " "
    return encoded


def _reused(raw: Mapping[str, object], quirks: ChatQuirks) -> _Json:
    """Return what of the server's own message it takes back."""
    message = {key: raw[key] for key in _SENT_BACK if raw.get(key) is not None}
    echo = quirks.echo_reasoning
    if echo == "always" or (echo == "tool_turns" and raw.get("tool_calls")):
        message.update((key, raw[key]) for key in _REASONING_FIELDS if raw.get(key) is not None)
    if quirks.blank_reasoning and raw.get("tool_calls"):
        message["reasoning_content"] = message.get("reasoning_content") or " "
    if id := as_object(raw.get("audio")).get("id"):
        message["audio"] = {"id": id}
    if not message.keys() & {"content", "refusal", "tool_calls", "audio"}:
        message["content"] = ""
    return message
