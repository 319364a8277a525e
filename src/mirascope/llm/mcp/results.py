"""What a server's tool, resource or prompt gave, as our parts and messages."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    PromptMessage,
    ResourceLink,
    TextContent,
    TextResourceContents,
)
from pydantic import BaseModel

from mirascope.llm.content import Audio, Document, Image, Text, Video
from mirascope.llm.content.tool_output import ToolMedia
from mirascope.llm.mcp.errors import MCPToolError
from mirascope.llm.messages import Message, assistant, user
from mirascope.llm.types.jsonable import Jsonable

__all__ = [
    "AnyToolResult",
    "MCPPart",
    "MCPResult",
    "block_of",
    "contents_of",
    "message_of",
    "parts_of",
    "result_of",
]

MCPPart: TypeAlias = Text | Image | Audio | Document | Video
"""A part of what a server gave."""


@dataclass(frozen=True, kw_only=True)
class MCPResult:
    """What a server's tool gave."""

    tool: str
    """The tool, as the server calls it."""
    content: Sequence[MCPPart]
    """All of it as parts, with pictures and sound; what no part can hold is told in a `Text`."""
    structured: Any
    """The result as JSON (any of it, hence `Any`), where the server has it in that form."""
    told: Sequence[Jsonable]
    """What a model is told, the output of the tool: the protocol's blocks, with parts in the place
    of images, audio and documents, and the structured form if the text does not say it already."""


class AnyToolResult(BaseModel, extra="allow"):
    """A tool's result as it came; sessions have seen to it that it is one of the two kinds."""


def result_of(tool: str, came: AnyToolResult) -> MCPResult:
    """Return what a tool gave.

    Args:
        tool: As the server calls it.
        came: What came.

    Raises:
        MCPToolError: The server says that the tool failed; or it asks something back.
    """
    wire = came.model_extra or {}
    if wire.get("resultType") == "input_required":
        raise MCPToolError("the tool asks for input, which nobody is there to give")
    result = CallToolResult.model_validate(wire, by_name=False)
    content = parts_of(result.content)
    told = [_told(block, part) for block, part in zip(result.content, content, strict=True)]
    texts = [block.text for block in result.content if isinstance(block, TextContent)]
    structured: Any = result.structured_content
    if structured is not None and not _says(texts, structured):
        told.append({"type": "structured", "structured_content": structured})
    given = MCPResult(tool=tool, content=content, structured=structured, told=told)
    if result.is_error:
        parts = [part.text for part in given.content if isinstance(part, Text)]
        text = "\n".join(part for part in parts if part)
        if not text and structured is not None:
            text = json.dumps(structured, ensure_ascii=False)
        raise MCPToolError(text or "the tool failed, and the server does not say why", given)
    return given


def _says(texts: Sequence[str], structured: Any) -> bool:
    """Return whether the text is the structured form, or the one value in it, once more.

    Servers are asked to repeat it as text, and to put what is no object into one.
    """
    read = [_read(text) for text in texts]
    forms: list[object] = [*texts, *read, read, texts]
    match structured:
        case {"result": inner, **others} if not others:
            return structured in forms or inner in forms
        case _:
            return structured in forms


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _told(block: ContentBlock, part: MCPPart) -> Jsonable:
    """Return a block as the part that it is, unless that is text: then as the protocol has it.

    Bytes that no part of an output holds, a video's among them, are left out.
    """
    if not isinstance(part, Text | Video):
        return part
    dumped: dict[str, Any] = block.model_dump(mode="json")
    if isinstance(block, ImageContent | AudioContent):
        return _without(dumped, "data")
    if isinstance(block, EmbeddedResource) and isinstance(block.resource, BlobResourceContents):
        return {**dumped, "resource": _without(dumped["resource"], "blob")}
    return dumped


def _without(dumped: dict[str, Any], name: str) -> Jsonable:
    size = len(dumped.pop(name)) * 3 // 4
    return {**dumped, "left_out": f"about {size} bytes, which no model reads"}


def parts_of(blocks: Iterable[ContentBlock]) -> list[MCPPart]:
    """Return blocks as parts; a link is told in a `Text`, nothing is fetched."""
    return [_part(block) for block in blocks]


def _part(block: ContentBlock) -> MCPPart:
    match block:
        case TextContent():
            return Text(text=block.text)
        case ImageContent() | AudioContent():
            return _media(block.data, block.mime_type, block.type)
        case EmbeddedResource():
            return _contents(block.resource)
        case ResourceLink():
            about = f" ({block.description})" if block.description else ""
            return Text(text=f"{block.title or block.name}: {block.uri}{about}")


def contents_of(
    contents: Iterable[TextResourceContents | BlobResourceContents],
) -> list[MCPPart]:
    """Return the contents of a resource as parts."""
    return [_contents(each) for each in contents]


def _contents(contents: TextResourceContents | BlobResourceContents) -> MCPPart:
    if isinstance(contents, TextResourceContents):
        return Text(text=contents.text)
    return _media(contents.blob, contents.mime_type or "application/octet-stream", contents.uri)


def _media(data: str, mime_type: str, name: str) -> MCPPart:
    """Return bytes as the part that holds them, or as a `Text` that says what they are."""
    try:
        decoded = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return Text(text=f"[{name}: {mime_type}, which is no base64]")
    try:
        match mime_type.partition("/")[0]:
            case "image":
                return Image.from_bytes(decoded)
            case "audio":
                return Audio.from_bytes(decoded)
            case "video":
                return Video.from_bytes(decoded)
            case "text":
                return Text(text=decoded.decode())
            case _:
                return Document.from_bytes(decoded)
    except ValueError:  # of a kind that no part holds, or too large
        return Text(text=f"[{name}: {mime_type}, {len(decoded)} bytes]")


def block_of(part: ToolMedia) -> ContentBlock:
    """Return a part that a tool of ours returned, as a client is given it."""
    source = part.source
    match source.type:
        case "base64_image_source":
            return ImageContent(type="image", data=source.data, mime_type=source.mime_type)
        case "base64_audio_source":
            return AudioContent(type="audio", data=source.data, mime_type=source.mime_type)
        case "base64_document_source":
            blob = BlobResourceContents(
                uri="document:pdf", blob=source.data, mime_type=source.media_type
            )
            return EmbeddedResource(type="resource", resource=blob)
        case "text_document_source":
            text = TextResourceContents(
                uri="document:text", text=source.data, mime_type=source.media_type
            )
            return EmbeddedResource(type="resource", resource=text)
        case "url_image_source" | "url_document_source":
            return ResourceLink(type="resource_link", name=part.type, uri=source.url)
        case "file_source":
            told = f"[{part.type}: {source.file_id}, kept by {source.provider_id}]"
            return TextContent(type="text", text=told)
        case _:
            assert_never(source)


def message_of(message: PromptMessage) -> Message:
    """Return a prompt's message; what a model cannot have said is told in a `Text`."""
    part = _part(message.content)
    if message.role == "user":
        return user(part)
    said = part if isinstance(part, Text) else Text(text=f"[{message.content.type}]")
    return assistant(said, model_id=None, provider_id=None)
