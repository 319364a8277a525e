"""Messages to the Messages wire."""

from __future__ import annotations

from typing import ClassVar, assert_never, cast

from mirascope.llm.content import (
    Audio,
    Base64DocumentSource,
    Base64ImageSource,
    Document,
    FileSource,
    Image,
    Text,
    TextDocumentSource,
    ToolCall,
    ToolOutput,
    URLDocumentSource,
    UserContentPart,
    Video,
)
from mirascope.llm.providers.call_ids import CallIds
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import file_id_of, parse_json_object, tool_output_text
from mirascope.llm.providers.turns import Block, TurnEncoder
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["CACHED", "encode_messages"]

CACHED: Block = {"type": "ephemeral"}
_CACHEABLE = frozenset({"text", "image", "document", "tool_use", "tool_result"})
_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def encode_messages(request: Request, start: int) -> list[Block]:
    """Return the messages from index `start` on.

    Raises:
        FeatureNotSupportedError: The wire has no form for some part, or a user message is empty.
    """
    encoder = _Turns(request)
    turns = encoder.turns(start)
    if any(role == "assistant" for role, _ in turns):
        _mark_cached(turns[-1][1])
    return [
        {"role": role, "content": _content(encoder.results_first(blocks))} for role, blocks in turns
    ]


def _mark_cached(blocks: list[Block]) -> None:
    """Mark the end of the conversation: the next turn of it will begin the same."""
    for index in reversed(range(len(blocks))):
        block = blocks[index]
        if block.get("type") in _CACHEABLE and block.get("content") != "":
            blocks[index] = {**block, "cache_control": CACHED}
            return


def _content(blocks: list[Block]) -> str | list[Block]:
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return cast("str", blocks[0]["text"])
    return blocks


class _Turns(TurnEncoder):
    raw_blocks: ClassVar[str] = "content"

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._ids = CallIds()

    def text(self, text: str) -> Block | None:
        """Return text that is not blank."""
        return {"type": "text", "text": text} if text.strip() else None

    def user_part(self, part: UserContentPart) -> Block | None:
        """Return a part of a user message; see `TurnEncoder.user_part`."""
        match part:
            case Text():
                return self.text(part.text)
            case Image():
                return self._image(part)
            case Document():
                source = part.source
                if isinstance(source, FileSource):
                    return self._file("document", source)
                return _document(source)
            case ToolOutput():
                return self._tool_result(part)
            case Audio():
                raise self.unsupported("audio input", "does not support audio inputs")
            case Video():
                raise self.unsupported("video input", "does not support video inputs")
            case _:
                assert_never(part)

    def _image(self, image: Image) -> Block:
        source = image.source
        if isinstance(source, FileSource):
            return self._file("image", source)
        if not isinstance(source, Base64ImageSource):
            return {"type": "image", "source": {"type": "url", "url": source.url}}
        if source.mime_type not in _IMAGES:
            raise self.unsupported(
                f"Image with mime_type: {source.mime_type}",
                f"does not accept images of type {source.mime_type}",
            )
        return {
            "type": "image",
            "source": {"type": "base64", "media_type": source.mime_type, "data": source.data},
        }

    def _tool_result(self, output: ToolOutput[Jsonable]) -> Block:
        text = tool_output_text(output.result)
        id = self._ids.current(output.id)
        block: Block = {"type": "tool_result", "tool_use_id": id, "content": text}
        if output.error is not None:
            return {**block, "content": text or "The tool failed.", "is_error": True}
        if output.media:
            told = [self.text(text), *map(self.user_part, output.media)]
            block["content"] = [block for block in told if block]
        return block

    def _file(self, kind: str, source: FileSource) -> Block:
        id = file_id_of(source, self._request)
        return {"type": kind, "source": {"type": "file", "file_id": id}}

    def call(self, call: ToolCall, index: int) -> Block:
        """Return a tool call, under an id that the vendor accepts."""
        arguments = parse_json_object(call.args)
        id = self._ids.new(call.id)
        return {"type": "tool_use", "id": id, "name": call.name, "input": arguments}

    def is_result(self, block: Block) -> bool:
        """Tell whether a block holds what a tool of the user's returned."""
        return block.get("type") == "tool_result"


def _document(source: Base64DocumentSource | TextDocumentSource | URLDocumentSource) -> Block:
    if isinstance(source, Base64DocumentSource):
        kind, media_type = "base64", str(source.media_type)
    elif isinstance(source, TextDocumentSource):
        kind, media_type = "text", "text/plain"  # the only one this wire has for text
    else:
        return {"type": "document", "source": {"type": "url", "url": source.url}}
    return {
        "type": "document",
        "source": {"type": kind, "media_type": media_type, "data": source.data},
    }
