"""Messages to the generateContent wire."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import PurePosixPath
from typing import ClassVar, assert_never
from urllib.parse import urlsplit

from mirascope._wire.json_values import JsonObject, as_text
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
from mirascope.llm.content.document import mime_type_from_extension
from mirascope.llm.content.tool_output import ToolMedia, plain_result
from mirascope.llm.messages import Message
from mirascope.llm.providers.codec import Request
from mirascope.llm.providers.encoding import file_id_of, parse_json_object
from mirascope.llm.providers.google.computer import encode_shown
from mirascope.llm.providers.google.decode import UNKNOWN_TOOL_ID
from mirascope.llm.providers.google.models import capabilities
from mirascope.llm.providers.google.quirks import GoogleQuirks
from mirascope.llm.providers.tool_media import media_apart
from mirascope.llm.providers.tools import computer_of
from mirascope.llm.providers.turns import Block, TurnEncoder
from mirascope.llm.tools.computer import COMPUTER
from mirascope.llm.types.jsonable import Jsonable

__all__ = ["encode_contents"]

# What the vendor accepts in place of the signature of a call that one of its models did not make:
# https://ai.google.dev/gemini-api/docs/thought-signatures (2026-01), "FAQs".
NO_SIGNATURE = "skip_thought_signature_validator"
# https://ai.google.dev/gemini-api/docs/video-understanding (2026-01): all other addresses than
# YouTube's have to be uploaded first.
_YOUTUBE = ("youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be")
_SUFFIXES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".mpeg": "video/mpeg",
    ".mpg": "video/mpeg",
    ".avi": "video/avi",
    ".flv": "video/x-flv",
    ".wmv": "video/wmv",
    ".3gp": "video/3gpp",
}

_HELD = frozenset({"image/png", "image/jpeg", "image/webp", "application/pdf", "text/plain"})
"""What the result of a function may hold; see `Capabilities.media_in_results`."""


def encode_contents(request: Request, start: int, quirks: GoogleQuirks) -> list[Block]:
    """Return the messages from index `start` on.

    Raises:
        FeatureNotSupportedError: The wire has no form for some part, or a user message is empty.
    """
    can = capabilities(request.model_name)
    messages = media_apart(
        request.messages, lambda medium: can.media_in_results and _is_held(medium)
    )
    encoder = _Turns(replace(request, messages=messages), quirks)
    return [
        {
            "role": "model" if role == "assistant" else "user",
            "parts": encoder.results_first(parts),
        }
        for role, parts in encoder.turns(start)
    ]


class _Turns(TurnEncoder):
    raw_blocks: ClassVar[str] = "parts"

    def __init__(self, request: Request, quirks: GoogleQuirks) -> None:
        super().__init__(request)
        self._quirks = quirks
        self._checks_signatures = capabilities(request.model_name).checks_signatures
        self._has_computer = computer_of(request) is not None
        self._actions: dict[str, JsonObject] = {}
        """What was last called on the computer, by the ids of calls: without ids of the vendor's
        they come again."""

    def _blocks(self, message: Message) -> list[Block]:
        if self._has_computer and message.role == "assistant":
            for part in message.content:
                if isinstance(part, ToolCall) and part.name == COMPUTER:
                    self._actions[part.id] = parse_json_object(part.args)
        return super()._blocks(message)

    def text(self, text: str) -> Block:
        """Return text."""
        return {"text": text}

    def user_part(self, part: UserContentPart) -> Block:
        """Return a part of a user message; see `TurnEncoder.user_part`."""
        match part:
            case Text():
                return self.text(part.text)
            case Image():
                return self._image(part)
            case Audio():
                return _inline(part.source.mime_type, part.source.data)
            case Document():
                return self._document(part)
            case Video():
                return self._video(part)
            case ToolOutput():
                return self._function_response(part)
            case _:
                assert_never(part)

    def _image(self, image: Image) -> Block:
        source = image.source
        if isinstance(source, Base64ImageSource):
            return _inline(source.mime_type, source.data)
        if isinstance(source, FileSource):
            return self._kept(source)
        if self._quirks.fetches_files:
            return self._file("image", source.url)
        raise self.unsupported(
            "url_image_source", "fetches no images: use `llm.Image.download` for this address"
        )

    def _document(self, document: Document) -> Block:
        source = document.source
        if isinstance(source, Base64DocumentSource):
            return _inline(source.media_type, source.data)
        if isinstance(source, TextDocumentSource):
            data = source.data.encode("utf-8", "replace")
            return _inline(source.media_type, base64.b64encode(data).decode("ascii"))
        if isinstance(source, FileSource):
            return self._kept(source)
        if self._quirks.fetches_files:
            return self._file("document", source.url)
        raise self.unsupported(
            "url_document_source",
            "fetches no documents: use `llm.Document.from_file` or `from_bytes`",
        )

    def _video(self, video: Video) -> Block:
        source = video.source
        if isinstance(source, FileSource):
            return self._kept(source)
        if isinstance(source, URLVideoSource):
            if urlsplit(source.url).hostname in _YOUTUBE:
                return {"fileData": {"mimeType": "video/mp4", "fileUri": source.url}}
            if self._quirks.fetches_files:
                return self._file("video", source.url)
            raise self.unsupported(
                "url_video_source",
                "fetches no videos but YouTube's: use `llm.Video.download` for this address",
            )
        if source.mime_type == "video/x-matroska":
            raise self.unsupported(
                f"Video with mime_type: {source.mime_type}",
                f"does not accept videos of type {source.mime_type}",
            )
        return _inline(source.mime_type, source.data)

    def _kept(self, source: FileSource) -> Block:
        """Return a file that was uploaded, whose type the vendor knows."""
        return {"fileData": {"fileUri": file_id_of(source, self._request)}}

    def _file(self, kind: str, url: str) -> Block:
        """Return a file that the server fetches, in a bucket (``gs://``) or on the web.

        The wire wants its media type, which only the end of the address tells.
        """
        # Only the end of the path is shown: what is around it may hold a secret.
        file = PurePosixPath(urlsplit(url).path)
        try:
            media_type = _SUFFIXES.get(file.suffix.lower()) or mime_type_from_extension(file.suffix)
        except ValueError as error:
            raise self.unsupported(
                f"url_{kind}_source",
                f"has to be told the type of the {kind}, and {file.name!r} does not end in one",
            ) from error
        return {"fileData": {"mimeType": media_type, "fileUri": url}}

    def call(self, call: ToolCall, index: int) -> Block:
        """Return a tool call; of several in one turn only the first is signed."""
        name, args = call.name, dict(parse_json_object(call.args))
        if self._has_computer and name == COMPUTER:
            name = as_text(args.pop("action", ""))
        called = {**self._id(call.id), "name": name, "args": args}
        unsigned = self._checks_signatures and index == 0
        return {
            "functionCall": called,
            **({"thoughtSignature": NO_SIGNATURE} if unsigned else {}),
        }

    def is_result(self, block: Block) -> bool:
        """Tell whether a block holds what a tool of the user's returned."""
        return "functionResponse" in block

    def _function_response(self, output: ToolOutput[Jsonable]) -> Block:
        """Return a tool's result: an object, since the wire has no other, with errors marked."""
        response, name = plain_result(output.result), output.name
        if self._has_computer and name == COMPUTER:
            action = self._actions.get(output.id, {})
            name = as_text(action.get("action"))
            response = encode_shown(response, action, failed=output.error is not None)
        elif output.error is not None:
            response = {"error": response}
        elif not isinstance(response, dict):
            response = {"output": response}
        named = {**self._id(output.id), "name": name}
        media = [self.user_part(medium) for medium in output.media]
        held = {"parts": media} if media else {}
        return {"functionResponse": {**named, "response": response, **held}}

    def _id(self, id: str) -> Block:
        """Return a call's id, unless it was made up because the vendor gave none."""
        made_up = id.startswith(UNKNOWN_TOOL_ID)
        return {"id": id} if self._quirks.call_ids and not made_up else {}


def _is_held(medium: ToolMedia) -> bool:
    """Return whether a function's result may hold it; what is not, stands beside it."""
    source = medium.source
    match source.type:
        case "base64_image_source" | "base64_audio_source":
            return source.mime_type in _HELD
        case "base64_document_source" | "text_document_source":
            return source.media_type in _HELD
        case _:
            return False


def _inline(mime_type: str, data: str) -> Block:
    return {"inlineData": {"mimeType": mime_type, "data": data}}
