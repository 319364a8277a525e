"""Requests to Chat Completions.

https://platform.openai.com/docs/api-reference/chat/create (2025-12).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import assert_never, cast

from mirascope.llm.content import Audio, Document, Image, Text, UserContentPart
from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.messages import AssistantMessage, UserMessage
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import (
    data_url,
    encode_thoughts,
    include_thoughts,
    json_headers,
    merge_extra,
    reusable_raw,
    skip,
    thought_as_text,
    tool_output_text,
)
from mirascope.llm.providers.openai import tools
from mirascope.llm.providers.openai.loose import as_dict
from mirascope.llm.providers.openai.models import ModelFeatures, closest_effort, wire_name
from mirascope.llm.providers.openai.quirks import ChatQuirks
from mirascope.llm.tools import ProviderTool, WebSearchTool
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.types.params import ThinkingConfig

__all__ = ["encode_chat"]

_Json = dict[str, object]


_REASONING_FIELDS = (
    "reasoning_content",
    "reasoning",
    "reasoning_text",
    "reasoning_opaque",
    "reasoning_details",
    "thinking_blocks",
)
_SENT_BACK = ("role", "content", "refusal", "name", "annotations", "tool_calls")


def encode_chat(request: Request, quirks: ChatQuirks) -> HttpRequest:
    """Return the request; see `Codec.encode`."""
    if request.model_id.endswith(":responses"):
        raise FeatureNotSupportedError(
            "responses API",
            request.provider_id,
            request.model_id,
            f"'{request.model_id}' asks for the Responses API, which this provider does not use.",
        )
    name = wire_name(request.model_name)
    features = quirks.features(name)
    body: _Json = {"model": name, "messages": _messages(request, quirks, features)}
    body.update(_parameters(request, quirks, features))
    body.update(_tools(request, quirks))
    body.update(_format(request, features))
    if request.stream:
        body["stream"] = True
        if quirks.stream_options:
            body["stream_options"] = {"include_usage": True}
    return HttpRequest(
        url="/chat/completions",
        headers=json_headers(request.params),
        body=merge_extra(body, request.params),
    )


def _parameters(request: Request, quirks: ChatQuirks, features: ModelFeatures) -> _Json:
    params = request.params
    body: _Json = {}
    if (thinking := params.get("thinking")) is not None:
        body.update(_thinking(thinking, request, quirks, features))
    # Reasoning models refuse what steers sampling, unless they are told not to reason.
    samples = not features.reasoning or body.get("reasoning_effort") == "none"
    for key in ("temperature", "top_p"):
        if (value := params.get(key)) is not None:
            if samples:
                body[key] = value
            else:
                skip(request, key, value)
    if (stop := params.get("stop_sequences")) is not None:
        if features.reasoning:
            skip(request, "stop_sequences", stop)
        else:
            body["stop"] = list(stop)
    if (top_k := params.get("top_k")) is not None:
        if quirks.top_k:
            body["top_k"] = top_k
        else:
            skip(request, "top_k", top_k)
    if (max_tokens := params.get("max_tokens")) is not None:
        by_model = "max_completion_tokens" if features.reasoning else "max_tokens"
        body[quirks.max_tokens_field or by_model] = max_tokens
    if (seed := params.get("seed")) is not None:
        body[quirks.seed_field] = seed
    return body


def _thinking(
    thinking: ThinkingConfig, request: Request, quirks: ChatQuirks, features: ModelFeatures
) -> _Json:
    level = thinking.get("level", "default")
    effort = closest_effort(level, features.efforts)
    if quirks.thinking is None or effort is None:
        if level != "none":
            skip(request, "thinking", thinking)
        return {}
    if quirks.thinking == "effort":
        return {"reasoning_effort": effort}
    if quirks.thinking == "switch":
        return {"thinking": {"type": "disabled" if level == "none" else "enabled"}}
    reasoning: _Json = {"enabled": True} if level == "default" else {"effort": effort}
    if not include_thoughts(request.params):
        reasoning["exclude"] = True
    return {"reasoning": reasoning}


def _tools(request: Request, quirks: ChatQuirks) -> _Json:
    for tool in request.toolkit.tools:
        if isinstance(tool, ProviderTool):
            raise _provider_tool_error(tool, request)
    offered = tools.user_tools(request)
    hidden = tools.format_tool(request)
    forced = hidden is not None and not offered
    if hidden is not None:
        offered = [*offered, hidden]
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
    choice = tools.tool_choice(request)
    if choice in ("auto", "none", "required"):
        body["tool_choice"] = choice
    elif choice is not None:
        body["tool_choice"] = {"type": "function", "function": {"name": choice}}
    if forced:
        body["parallel_tool_calls"] = False
    return body


def _provider_tool_error(tool: ProviderTool, request: Request) -> FeatureNotSupportedError:
    if isinstance(tool, WebSearchTool):
        return FeatureNotSupportedError(
            "WebSearchTool",
            request.provider_id,
            request.model_id,
            "Chat Completions has no web search tool; with OpenAI's models use the Responses API, "
            "for which the model id ends in ':responses'.",
        )
    return FeatureNotSupportedError(
        f"Provider tool {tool.name}", request.provider_id, request.model_id
    )


def _format(request: Request, features: ModelFeatures) -> _Json:
    format = request.format
    if format is None:
        return {}
    if format.mode == "strict":
        tools.check_strict_format(request, features)
        schema = tools.json_schema_fields(format)
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    if format.mode == "json" and features.json_object:
        return {"response_format": {"type": "json_object"}}
    return {}


def _messages(request: Request, quirks: ChatQuirks, features: ModelFeatures) -> list[_Json]:
    encoded: list[_Json] = []
    for message in request.messages:
        if message.role == "system":
            encoded.append({"role": "system", "content": message.content.text})
        elif message.role == "user":
            encoded.extend(_user(message, request, features))
        else:
            encoded.append(_assistant(message, request, quirks))
    return encoded


def _user(message: UserMessage, request: Request, features: ModelFeatures) -> list[_Json]:
    """Return a message for each tool output, then one for each run of parts between them.

    The API refuses outputs that do not stand right behind the message with their calls.
    """
    encoded: list[_Json] = []
    run: list[UserContentPart] = []

    def flush() -> None:
        if len(run) == 1 and isinstance(run[0], Text):
            encoded.append({"role": "user", "content": run[0].text})
        elif run:
            content = [_user_part(part, request, features) for part in run]
            encoded.append({"role": "user", "content": content})
        run.clear()

    for part in message.content:
        if part.type == "tool_output":
            flush()
            text = tool_output_text(part.result)
            encoded.append({"role": "tool", "content": text, "tool_call_id": part.id})
        else:
            run.append(part)
    flush()
    return sorted(encoded, key=lambda entry: entry["role"] != "tool")


def _user_part(part: UserContentPart, request: Request, features: ModelFeatures) -> _Json:
    match part.type:
        case "text":
            return {"text": part.text, "type": "text"}
        case "image":
            return {"type": "image_url", "image_url": {"url": _image_url(part), "detail": "auto"}}
        case "audio":
            return _audio(part, request, features)
        case "document":
            return _document(part, request)
        case "tool_output":
            raise AssertionError("tool outputs are messages of their own")
        case _:
            assert_never(part)


def _image_url(image: Image) -> str:
    source = image.source
    if source.type == "url_image_source":
        return source.url
    return data_url(source.mime_type, source.data)


def _audio(audio: Audio, request: Request, features: ModelFeatures) -> _Json:
    if features.audio is False:
        raise FeatureNotSupportedError(
            "Audio inputs",
            request.provider_id,
            request.model_id,
            f"Model '{request.model_id}' does not support audio inputs.",
        )
    kind = audio.source.mime_type.removeprefix("audio/")
    if kind not in ("wav", "mp3"):
        raise FeatureNotSupportedError(
            f"Audio format: {kind}",
            request.provider_id,
            request.model_id,
            f"Chat Completions takes audio as wav or mp3, not as {kind}.",
        )
    return {"type": "input_audio", "input_audio": {"data": audio.source.data, "format": kind}}


def _document(document: Document, request: Request) -> _Json:
    source = document.source
    if source.type == "url_document_source":
        raise FeatureNotSupportedError(
            "url_document_source",
            request.provider_id,
            request.model_id,
            "Chat Completions does not fetch documents: use Document.from_file or "
            "Document.from_bytes.",
        )
    if source.type == "text_document_source":
        data, name = base64.b64encode(source.data.encode()).decode(), "document.txt"
    else:
        data, name = source.data, "document.pdf"
    file = {"file_data": data_url(source.media_type, data), "filename": name}
    return {"type": "file", "file": file}


def _assistant(message: AssistantMessage, request: Request, quirks: ChatQuirks) -> _Json:
    model_name = wire_name(request.model_name) + quirks.mode_suffix
    raw = reusable_raw(message, request, model_name)
    if isinstance(raw, Mapping):
        return _reused(cast("Mapping[str, object]", raw), quirks)
    texts: list[str] = []
    calls: list[_Json] = []
    for part in message.content:
        match part.type:
            case "text":
                texts.append(part.text)
            case "thought":
                if encode_thoughts(request.params):
                    texts.append(thought_as_text(part.thought))
            case "tool_call":
                args = part.args if part.args.strip() else "{}"
                function = {"name": part.name, "arguments": args}
                calls.append({"id": part.id, "type": "function", "function": function})
            case _:
                assert_never(part)
    content: object = [{"text": text, "type": "text"} for text in texts]
    if len(texts) <= 1:  # null only beside calls: the API refuses a message without anything
        content = texts[0] if texts else None if calls else ""
    encoded: _Json = {"role": "assistant", "content": content}
    if calls:
        encoded["tool_calls"] = calls
    return encoded


def _reused(raw: Mapping[str, object], quirks: ChatQuirks) -> _Json:
    """Return what of the server's own message it takes back."""
    message = {key: raw[key] for key in _SENT_BACK if raw.get(key) is not None}
    echo = quirks.echo_reasoning
    if echo == "always" or (echo == "tool_turns" and raw.get("tool_calls")):
        message.update((key, raw[key]) for key in _REASONING_FIELDS if raw.get(key) is not None)
    if id := as_dict(raw.get("audio")).get("id"):
        message["audio"] = {"id": id}
    if not message.keys() & {"content", "refusal", "tool_calls", "audio"}:
        message["content"] = ""
    return message
