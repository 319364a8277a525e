"""Content as the conventions write it: messages of parts, as JSON text.

The bytes of images, audio, documents and video are left out; their kind and size are said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from mirascope.llm.content import (
    Audio,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Base64VideoSource,
    Document,
    FileSource,
    Image,
    ProviderToolCall,
    ProviderToolOutput,
    Text,
    TextDocumentSource,
    Thought,
    ToolCall,
    ToolOutput,
    URLDocumentSource,
    URLImageSource,
    URLVideoSource,
    Video,
)
from mirascope.llm.messages import Message, SystemMessage, UserMessage
from mirascope.llm.telemetry.redaction import Redactor
from mirascope.llm.tools import AnyToolSchema, BaseToolkit

__all__ = ["answered", "as_json", "asked", "instructions", "tool_definitions"]

_Json: TypeAlias = dict[str, Any]


def as_json(value: object, redact: Redactor) -> str | None:
    """Return JSON text of arguments or a result, of what is left of it; None for nothing."""
    text = value if isinstance(value, str) else _dumped(value)
    return redact(text)


def instructions(messages: Sequence[Message], redact: Redactor) -> str | None:
    """Return what stands above the conversation; None where nothing does."""
    system = [one.content for one in messages if isinstance(one, SystemMessage)]
    parts = list(_parts(system, redact))
    return _dumped(parts) if parts else None


def asked(messages: Sequence[Message], redact: Redactor) -> str:
    """Return the conversation that was sent."""
    said = [
        {"role": _role(message), "parts": list(_parts(message.content, redact))}
        for message in messages
        if not isinstance(message, SystemMessage)
    ]
    return _dumped(said)


def answered(parts: Iterable[object], finish_reason: str | None, redact: Redactor) -> str:
    """Return the answer, as far as it came."""
    said: _Json = {"role": "assistant", "parts": list(_parts(parts, redact))}
    if finish_reason is not None:
        said["finish_reason"] = finish_reason
    return _dumped([said])


def tool_definitions(toolkit: BaseToolkit[AnyToolSchema]) -> str | None:
    """Return what the model is told of the tools that it may call; None without any."""
    tools: list[_Json] = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters.model_dump(by_alias=True, exclude_none=True),
        }
        for tool in toolkit.tools_dict.values()
    ]
    tools += [{"type": name, "name": name} for name in toolkit.provider_tools_dict]
    return _dumped(tools) if tools else None


def _role(message: Message) -> str:
    if isinstance(message, UserMessage) and message.content:
        outputs = all(isinstance(part, ToolOutput) for part in message.content)
        return "tool" if outputs else "user"
    return message.role


def _parts(parts: Iterable[object], redact: Redactor) -> Iterable[_Json]:
    for part in parts:
        if (written := _part(part, redact)) is not None:
            yield written
        if isinstance(part, ToolOutput):
            yield from _parts(part.media, redact)  # the conventions have no media in a response


def _part(part: object, redact: Redactor) -> _Json | None:
    """Return a part; None where nothing may be said of it."""
    match part:
        case Text():
            return _text("text", part.text, redact)
        case Thought():
            return _text("reasoning", part.thought, redact)
        case ToolCall():
            said = {"type": "tool_call", "id": part.id, "name": part.name}
            arguments = redact(part.args)
            return said if arguments is None else {**said, "arguments": _loaded(arguments)}
        case ToolOutput():
            said = {"type": "tool_call_response", "id": part.id}
            response = as_json(part.result, redact)
            return said if response is None else {**said, "response": _loaded(response)}
        case ProviderToolCall():
            said = {"type": "server_tool_call", "id": part.id, "name": part.name}
            arguments = redact(part.args)
            left = None if arguments is None else _loaded(arguments)
            return {**said, "server_tool_call": {"type": part.name, "arguments": left}}
        case ProviderToolOutput():
            said = {"type": "server_tool_call_response", "id": part.id}
            response = as_json(part.result, redact)
            left = None if response is None else _loaded(response)
            return {**said, "server_tool_call_response": {"type": part.name, "result": left}}
        case Image() | Audio() | Document() | Video():
            return _media(part, redact)
        case _:  # one that is newer than this
            return {"type": str(getattr(part, "type", type(part).__name__))}


def _text(kind: str, text: str, redact: Redactor) -> _Json | None:
    left = redact(text)
    return None if left is None else {"type": kind, "content": left}


def _media(part: Image | Audio | Document | Video, redact: Redactor) -> _Json | None:
    source = part.source
    kind: str
    match source:
        case URLImageSource() | URLDocumentSource() | URLVideoSource():
            uri = redact(source.url)
            return None if uri is None else {"type": "uri", "modality": part.type, "uri": uri}
        case FileSource():
            file = redact(source.file_id)
            return (
                None if file is None else {"type": "file", "modality": part.type, "file_id": file}
            )
        case TextDocumentSource():
            return _text("text", source.data, redact)
        case Base64ImageSource() | Base64AudioSource() | Base64VideoSource():
            kind = source.mime_type
        case Base64DocumentSource():
            kind = source.media_type
    size = len(source.data) * 3 // 4 - source.data[-2:].count("=")
    return {"type": "blob", "modality": part.type, "mime_type": kind, "content": "", "size": size}


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _loaded(text: str) -> object:
    """Return what JSON text says; the text itself where it is none, as redacted text may be."""
    try:
        return json.loads(text)
    except ValueError:
        return text
