# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""Vendors' own messages, read back into common ones."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from .message_param import (
    AudioPart,
    AudioURLPart,
    BaseMessageParam,
    CacheControlPart,
    ContentPart,
    DocumentPart,
    DocumentURLPart,
    ImagePart,
    ImageURLPart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

__all__ = ["assistant_message", "common_message", "last_user_message"]


def assistant_message(text: str, tool_calls: Sequence[Any], response: Any) -> BaseMessageParam:
    """Make the common assistant message of an answer."""
    if not tool_calls:
        return BaseMessageParam(role="assistant", content=text)
    parts: list[ContentPart] = [TextPart(type="text", text=text)] if text else []
    for call in tool_calls:
        arguments = response._tool_type._call_arguments(call)
        if isinstance(arguments, str):
            arguments = json.loads(arguments) if arguments.strip() else {}
        parts.append(
            ToolCallPart(
                type="tool_call",
                name=response._call_name(call),
                args=dict(arguments),
                id=response._tool_type._call_id(call),
            )
        )
    return BaseMessageParam(role="assistant", content=parts)


def _get(node: Any, *names: str) -> Any:
    for name in names:
        value = node.get(name) if isinstance(node, Mapping) else getattr(node, name, None)
        if value is not None:
            return value
    return None


def common_message(message: Any) -> BaseMessageParam:
    """Read a vendor's message; what has no common form is left out."""
    if isinstance(message, BaseMessageParam):
        return message
    role = str(getattr(_get(message, "role"), "value", _get(message, "role")) or "user").lower()
    role = {"model": "assistant", "chatbot": "assistant"}.get(role, role)
    if _get(message, "outputs") is not None:
        return BaseMessageParam(role="tool", content=[_cohere_result(message)])
    if role == "tool":
        content = _get(message, "content")
        return BaseMessageParam(
            role="tool",
            content=[
                ToolResultPart(
                    type="tool_result",
                    name=_get(message, "name") or "",
                    content=content if isinstance(content, str) else _text(content),
                    id=_get(message, "tool_call_id"),
                )
            ],
        )
    content = _get(message, "content", "parts", "message")
    calls = [_tool_call(call) for call in _get(message, "tool_calls") or []]
    parts = _parts(content)
    if not calls and all(isinstance(part, TextPart) for part in parts):
        return BaseMessageParam(
            role=role, content="".join(p.text for p in parts if isinstance(p, TextPart))
        )
    return BaseMessageParam(role=role, content=[*parts, *calls])


def _parts(content: Any) -> list[ContentPart]:
    if content is None:
        return []
    if isinstance(content, str):
        return [TextPart(type="text", text=content)] if content else []
    parts: list[ContentPart] = []
    for item in content:
        part = _part(item) or _media(item)
        if part is not None:
            parts.append(part)
        mark = _get(item, "cache_control")
        if mark is not None:
            cache_type = _get(mark, "type")
            parts.append(CacheControlPart(type="cache_control", cache_type=cache_type))
    return parts


def _part(item: Any) -> ContentPart | None:
    use = _get(item, "toolUse", "function_call") or (
        item if _get(item, "type") == "tool_use" else None
    )
    if use:
        arguments = _get(use, "input", "args") or {}
        identity = _get(use, "toolUseId", "id")
        return ToolCallPart(
            type="tool_call", name=str(_get(use, "name")), args=dict(arguments), id=identity
        )
    result = _get(item, "toolResult") or (item if _get(item, "type") == "tool_result" else None)
    if result:
        return ToolResultPart(
            type="tool_result",
            content=_text(_get(result, "content")),
            id=_get(result, "toolUseId", "tool_use_id"),
        )
    answer = _get(item, "function_response")
    # A protobuf part has an empty one where it is something else.
    if answer and _get(answer, "name"):
        output = _get(_get(answer, "response"), "result")
        return ToolResultPart(
            type="tool_result",
            name=str(_get(answer, "name")),
            content=output if isinstance(output, str) else str(_get(answer, "response")),
        )
    text = item if isinstance(item, str) else _get(item, "text")
    return TextPart(type="text", text=text) if isinstance(text, str) and text else None


def _text(content: Any) -> str:
    return "".join(part.text for part in _parts(content) if isinstance(part, TextPart))


def _cohere_result(result: Any) -> ToolResultPart:
    outputs = _get(result, "outputs") or []
    texts = [_get(output, "output") for output in outputs]
    return ToolResultPart(
        type="tool_result",
        name=str(_get(_get(result, "call"), "name")),
        content="\n".join(
            text if isinstance(text, str) else json.dumps(dict(output))
            for text, output in zip(texts, outputs, strict=True)
        ),
    )


def _media(item: Any) -> ContentPart | None:
    """Read an image, audio or a document, in any vendor's form."""
    kind, source = _get(item, "type"), _get(item, "source")
    if kind == "image_url":
        image = _get(item, "image_url")
        url = image if isinstance(image, str) else _get(image, "url")
        return _image(url, None if isinstance(image, str) else _get(image, "detail"))
    if kind == "input_audio":
        audio = _get(item, "input_audio")
        return _blob(f"audio/{_get(audio, 'format')}", _get(audio, "data"))
    if kind in ("image", "document") and source is not None:
        if _get(source, "type") == "url":
            return _file("image/" if kind == "image" else "", _get(source, "url"))
        return _blob(_get(source, "media_type"), _get(source, "data"))
    image = _get(item, "image")
    if image is not None:
        return _blob(f"image/{_get(image, 'format')}", _get(_get(image, "source"), "bytes"))
    blob, file = _get(item, "inline_data"), _get(item, "file_data")
    # A protobuf part has both, and an empty one says nothing.
    if blob is not None and _get(blob, "mime_type"):
        return _blob(_get(blob, "mime_type"), _get(blob, "data"))
    if file is not None and _get(file, "file_uri"):
        return _file(_get(file, "mime_type") or "", _get(file, "file_uri"))
    return None


def _image(url: str, detail: str | None) -> ContentPart:
    head, comma, data = url.partition(";base64,")
    if not url.startswith("data:") or not comma:
        return ImageURLPart(type="image_url", url=url, detail=detail)
    return ImagePart(
        type="image",
        media_type=head.removeprefix("data:"),
        image=base64.b64decode(data),
        detail=detail,
    )


def _blob(media_type: str, data: bytes | str) -> ContentPart:
    raw = base64.b64decode(data) if isinstance(data, str) else data
    if media_type.startswith("image/"):
        return ImagePart(type="image", media_type=media_type, image=raw, detail=None)
    if media_type.startswith("audio/"):
        return AudioPart(type="audio", media_type=media_type, audio=raw)
    return DocumentPart(type="document", media_type=media_type, document=raw)


def _file(media_type: str, url: str) -> ContentPart:
    if media_type.startswith("image/"):
        return ImageURLPart(type="image_url", url=url, detail=None)
    if media_type.startswith("audio/"):
        return AudioURLPart(type="audio_url", url=url)
    return DocumentURLPart(type="document_url", url=url)


def _tool_call(call: Any) -> ToolCallPart:
    # cohere has the name and the arguments on the call itself.
    function = _get(call, "function") or call
    arguments = _get(function, "arguments", "parameters") or {}
    return ToolCallPart(
        type="tool_call",
        name=str(_get(function, "name")),
        args=json.loads(arguments) if isinstance(arguments, str) else dict(arguments),
        id=_get(call, "id"),
    )


def last_user_message(messages: Sequence[Any]) -> Any:
    """Take the last message if it is a user's, in whatever form the vendor has it."""
    if not messages:
        return None
    last = messages[-1]
    role = last.get("role") if isinstance(last, Mapping) else getattr(last, "role", None)
    role = getattr(role, "value", role)
    return last if isinstance(role, str) and role.lower() == "user" else None
