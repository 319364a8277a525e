"""Messages to the Converse wire."""

from __future__ import annotations

import base64
from itertools import count
from typing import ClassVar, assert_never

from mirascope._wire.json_values import is_object
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
    URLVideoSource,
    UserContentPart,
    Video,
)
from mirascope.llm.content.tool_output import ToolMedia, plain_result
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.providers.bedrock.models import Capabilities
from mirascope.llm.providers.call_ids import CallIds
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import no_file_ids, parse_json_object, tool_output_text
from mirascope.llm.providers.turns import Block, TurnEncoder
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["CACHE_POINT", "encode_messages", "recorded_name"]

CACHE_POINT: Block = {"cachePoint": {"type": "default"}}
"""Stands after what is to be cached; up to four of them are allowed."""
# A cache point after a document is refused.
_CACHEABLE = frozenset({"text", "image", "toolUse", "toolResult"})
_LONGEST_ID = 64
_IMAGES = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_VideoBlock.html (2026-01)
_VIDEOS = {
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/mpeg": "mpeg",
    "video/x-flv": "flv",
    "video/wmv": "wmv",
    "video/3gpp": "three_gp",
}
_VIDEO_SUFFIXES = {kind: kind for kind in _VIDEOS.values()} | {"mpg": "mpg", "3gp": "three_gp"}
_TEXTS = {"text/html": "html"}
"""The types of text that have a name of their own here; all else is ``txt``."""


def recorded_name(model_name: str) -> str:
    """Return the name on messages of this wire: Bedrock serves one model on several."""
    return f"{model_name}:converse"


def encode_messages(request: Request, start: int, can: Capabilities) -> list[Block]:
    """Return the messages from index `start` on.

    Raises:
        FeatureNotSupportedError: The wire has no form for some part, or a user message is empty.
    """
    encoder = _Turns(request, can)
    turns = [
        # In turns of the model they are of tools that the server ran, and stay after the calls.
        (role, encoder.results_first(blocks) if role == "user" else blocks)
        for role, blocks in encoder.turns(start)
    ]
    role, last = turns[-1]
    if "messages" in can.cached and len(turns) > 1 and role == "user":
        _mark_cached(last)
    return [{"role": role, "content": blocks} for role, blocks in turns]


def _mark_cached(blocks: list[Block]) -> None:
    """Mark the end of the conversation: the next turn of it will begin the same."""
    for index in reversed(range(len(blocks))):
        if not _CACHEABLE.isdisjoint(blocks[index]):
            blocks.insert(index + 1, CACHE_POINT)
            return


class _Turns(TurnEncoder):
    raw_blocks: ClassVar[str] = "content"

    def __init__(self, request: Request, can: Capabilities) -> None:
        super().__init__(request)
        self._can = can
        self._ids = CallIds(longest=_LONGEST_ID)
        self._documents = count(1)

    def recorded_name(self) -> str:
        """Return the name on turns of this wire; see `TurnEncoder.recorded_name`."""
        return recorded_name(self._request.model_name)

    def _assistant(self, message: AssistantMessage) -> list[Block]:
        blocks = super()._assistant(message)
        if self._can.takes_thoughts:
            return blocks
        return [block for block in blocks if "reasoningContent" not in block]

    def text(self, text: str) -> Block | None:
        """Return text that is not blank."""
        return {"text": text} if text.strip() else None

    def user_part(self, part: UserContentPart) -> Block | None:
        """Return a part of a user message; see `TurnEncoder.user_part`."""
        match part:
            case Text():
                return self.text(part.text)
            case Image():
                return self._image(part)
            case Document():
                return self._document(part)
            case ToolOutput():
                return self._tool_result(part)
            case Audio():
                if not self._can.audio:
                    raise self.unsupported("audio input", "does not support audio for this model")
                kind = part.source.mime_type.removeprefix("audio/")
                return {"audio": {"format": kind, "source": {"bytes": part.source.data}}}
            case Video():
                return self._video(part)
            case _:
                assert_never(part)

    def _image(self, image: Image) -> Block:
        source = image.source
        if isinstance(source, FileSource):
            raise no_file_ids(self._request)
        if not isinstance(source, Base64ImageSource):
            kind = _IMAGES.get(f"image/{_suffix(source.url)}", "jpeg")
            return {"image": {"format": kind, "source": self._at(source.url, "image URLs")}}
        if source.mime_type not in _IMAGES:
            raise self.unsupported(
                f"Image with mime_type: {source.mime_type}",
                f"does not accept images of type {source.mime_type}",
            )
        return {"image": {"format": _IMAGES[source.mime_type], "source": {"bytes": source.data}}}

    def _video(self, video: Video) -> Block:
        source = video.source
        if isinstance(source, FileSource):
            raise no_file_ids(self._request)
        if isinstance(source, URLVideoSource):
            kind = _VIDEO_SUFFIXES.get(_suffix(source.url), "mp4")
            return {"video": {"format": kind, "source": self._at(source.url, "video URLs")}}
        if source.mime_type not in _VIDEOS:
            raise self.unsupported(
                f"Video with mime_type: {source.mime_type}",
                f"does not accept videos of type {source.mime_type}",
            )
        return {"video": {"format": _VIDEOS[source.mime_type], "source": {"bytes": source.data}}}

    def _document(self, document: Document) -> Block:
        source = document.source
        where: dict[str, object]
        if isinstance(source, FileSource):
            raise no_file_ids(self._request)
        if isinstance(source, Base64DocumentSource):
            kind = "pdf"
            where = {"bytes": source.data}
        elif isinstance(source, TextDocumentSource):
            data = source.data.encode("utf-8", "replace")
            kind = _TEXTS.get(source.media_type, "txt")
            where = {"bytes": base64.b64encode(data).decode()}
        else:
            kind = _suffix(source.url) or "pdf"
            where = self._at(source.url, "document URLs")
        # The vendor wants a name; ours says nothing, for a model may take it for an instruction.
        name = f"document-{next(self._documents)}"
        return {"document": {"format": kind, "name": name, "source": where}}

    def _at(self, url: str, what: str) -> dict[str, object]:
        """Return where in S3 something is, the only place that the vendor fetches from."""
        if not url.startswith("s3://"):
            raise self.unsupported(what, "fetches nothing but s3:// addresses; send the bytes")
        return {"s3Location": {"uri": url}}

    def _tool_result(self, output: ToolOutput[Jsonable]) -> Block:
        text = tool_output_text(output.result)
        failed = output.error is not None
        if failed and not text:
            text = "The tool failed."
        has_text = bool(text.strip() if output.media else text)
        content: list[Block] = [{"text": text}] if has_text else []
        if self._can.json_results:
            value = plain_result(output.result)
            content = [{"json": value if is_object(value) else {"output": value}}]
        content += map(self._result_medium, output.media)
        result: Block = {"toolUseId": self._ids.current(output.id), "content": content}
        if failed and self._can.takes_status:
            result["status"] = "error"
        return {"toolResult": result}

    def _result_medium(self, part: ToolMedia) -> Block:
        if not self._can.media_in_results:
            raise self.unsupported(
                "media in the output of a tool",
                "takes images and documents in the output of a tool from Claude and Nova only",
            )
        match part:
            case Image():
                return self._image(part)
            case Document():
                return self._document(part)
            case Audio():
                raise self.unsupported(
                    "audio in the output of a tool", "takes no audio in the output of a tool"
                )
            case _:
                assert_never(part)

    def call(self, call: ToolCall, index: int) -> Block:
        """Return a tool call, under an id that the vendor accepts."""
        arguments = parse_json_object(call.args)
        id = self._ids.new(call.id)
        return {"toolUse": {"toolUseId": id, "name": call.name, "input": arguments}}

    def is_result(self, block: Block) -> bool:
        """Tell whether a block holds what a tool of the user's returned."""
        return "toolResult" in block


def _suffix(url: str) -> str:
    """Return the ending of a file's name, in small letters, as this wire calls its type."""
    _, dot, ending = url.rpartition("/")[2].lower().rpartition(".")
    if not dot:
        return ""
    return {"jpg": "jpeg", "htm": "html"}.get(ending, ending if ending.isalnum() else "")
