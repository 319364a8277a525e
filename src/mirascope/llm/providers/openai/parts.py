"""Parts of messages, as far as both wires write them alike."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any, TypeAlias

from mirascope.llm.content import (
    Audio,
    Base64DocumentSource,
    Base64ImageSource,
    Base64VideoSource,
    Document,
    Image,
    Text,
    TextDocumentSource,
    ToolOutput,
    URLImageSource,
    URLVideoSource,
    Video,
)
from mirascope.llm.messages import UserMessage
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import data_url, no_file_ids

__all__ = ["SaidPart", "document_by_url", "image_url", "inline_file", "runs", "video_url"]

SaidPart: TypeAlias = Text | Image | Audio | Document | Video
"""What of a user message stands in a message of the user on the wire, too."""


def runs(message: UserMessage) -> Iterator[ToolOutput[Any] | list[SaidPart]]:
    """Yield each tool output, which is a message of its own, and the runs of parts between them."""
    run: list[SaidPart] = []
    for part in message.content:
        if part.type != "tool_output":
            run.append(part)
            continue
        if run:
            yield run
            run = []
        yield part
    if run:
        yield run


def image_url(source: Base64ImageSource | URLImageSource) -> str:
    """Return an image's address; its data is one, too."""
    if source.type == "url_image_source":
        return source.url
    return data_url(source.mime_type, source.data)


def video_url(source: Base64VideoSource | URLVideoSource) -> str:
    """Return a video's address; its data is one, too."""
    if source.type == "url_video_source":
        return source.url
    return data_url(source.mime_type, source.data)


def inline_file(source: TextDocumentSource | Base64DocumentSource) -> dict[str, object]:
    """Return a document with its data; the wires want a name for it."""
    if source.type == "text_document_source":
        data, name = base64.b64encode(source.data.encode()).decode(), "document.txt"
    else:
        data, name = source.data, "document.pdf"
    return {"file_data": data_url(source.media_type, data), "filename": name}


def document_by_url(document: Document, request: Request) -> dict[str, object]:
    """Return a document as an address, which may hold it; text is text."""
    source = document.source
    match source.type:
        case "text_document_source":
            return {"type": "text", "text": source.data}
        case "base64_document_source":
            url = data_url(source.media_type, source.data)
        case "url_document_source":
            url = source.url
        case "file_source":
            raise no_file_ids(request)
    return {"type": "document_url", "document_url": url}
