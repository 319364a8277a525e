"""From the JSON of a wire to parts of messages, as far as the wires are alike."""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_number,
    as_object,
    as_objects,
    as_text,
)
from mirascope.llm.content import (
    AssistantContentPart,
    Audio,
    AudioMimeType,
    Base64AudioSource,
    Base64DocumentSource,
    Base64ImageSource,
    Base64VideoSource,
    Document,
    Image,
    ImageMimeType,
    TextDocumentSource,
    ToolCall,
    UserContentPart,
    Video,
    VideoMimeType,
)
from mirascope.llm.content.document import DocumentTextMimeType
from mirascope.llm.content.tool_output import ToolMedia
from mirascope.llm.messages import AssistantMessage
from mirascope.llm.types.jsonable import Jsonable
from mirascope.llm.types.params import Params, ThinkingLevel
from mirascope.llm.wires.asked import ToolOffer

__all__ = [
    "arguments",
    "calls_of",
    "data_of",
    "flag",
    "image_at",
    "joined_text",
    "level_of",
    "media",
    "media_at",
    "media_of",
    "model_message",
    "offers_of",
    "read_params",
    "text_document",
    "texts_of",
    "video_at",
    "whole_number",
]

_DATA_URL = re.compile(r"data:(?P<type>[^;,]*)(?:;[^,]*)?;base64,(?P<data>.*)", re.DOTALL)
_TEXT_TYPES = re.compile(r"text/|application/(json|x-javascript|x-python)$")
_LEVELS: Mapping[str, ThinkingLevel] = {
    "none": "none",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "max",
    "max": "max",
}
_WHOLE = frozenset({"max_tokens", "top_k", "seed"})


def flag(value: object) -> bool | None:
    """Return a truth value, None where there is none."""
    return value if isinstance(value, bool) else None


def whole_number(value: object) -> int | None:
    """Return a number as a whole one; None for what is none, or has no end."""
    number = as_number(value)
    return None if number is None or not math.isfinite(number) else int(number)


def arguments(args: str) -> JsonObject:
    """Return the arguments of a call; one whose arguments were cut off has none."""
    try:
        return as_object(json.loads(args))
    except ValueError:
        return {}


def calls_of(message: JsonObject) -> Iterator[ToolCall]:
    """Yield the calls in a message, as OpenAI's wire has them and those that go back to it."""
    for call in as_objects(message.get("tool_calls")):
        function = as_object(call.get("function"))
        yield ToolCall(
            id=as_text(call.get("id")),
            name=as_text(function.get("name")),
            args=as_text(function.get("arguments")),
        )


def offers_of(body: JsonObject) -> Iterator[ToolOffer]:
    """Yield the functions that a request offers, on those wires."""
    for tool in as_objects(body.get("tools")):
        function = as_object(tool.get("function"))
        if name := as_text(function.get("name")):
            yield ToolOffer(
                name=name,
                schema=as_object(function.get("parameters")),
                description=as_text(function.get("description")),
                strict=flag(function.get("strict")),
            )


def texts_of(content: object) -> list[str]:
    """Return the texts of a message: it is one text, or a list of parts some of which have one."""
    if isinstance(content, str):
        return [content]
    return [text for part in as_list(content) if (text := as_text(as_object(part).get("text")))]


def joined_text(content: object) -> str:
    """Return the texts of a message as one."""
    return "\n".join(texts_of(content))


def data_of(url: object) -> tuple[str, str] | None:
    """Return the media type and the base64 text of a ``data:`` URL; None for any other."""
    match = _DATA_URL.match(as_text(url))
    return (match["type"], match["data"]) if match else None


def image_at(url: str) -> Image | None:
    """Return the image at an address, which may hold the image itself."""
    if (found := data_of(url)) is None:
        return Image.from_url(url) if url else None
    part = media(*found)
    return part if isinstance(part, Image) else None


def video_at(url: str) -> Video | None:
    """Return the video at an address, which may hold the video itself."""
    if (found := data_of(url)) is None:
        return Video.from_url(url) if url else None
    part = media(*found)
    return part if isinstance(part, Video) else None


def media(media_type: str, data: str) -> UserContentPart | None:
    """Return the part that base64 `data` is; None where our messages have none for its type."""
    if media_type.startswith("image/"):
        kind = cast("ImageMimeType", media_type)
        return Image(
            source=Base64ImageSource(type="base64_image_source", data=data, mime_type=kind)
        )
    if media_type.startswith("audio/"):
        sound = cast("AudioMimeType", media_type)
        return Audio(
            source=Base64AudioSource(type="base64_audio_source", data=data, mime_type=sound)
        )
    if media_type.startswith("video/"):
        film = cast("VideoMimeType", media_type)
        return Video(
            source=Base64VideoSource(type="base64_video_source", data=data, mime_type=film)
        )
    if media_type == "application/pdf":
        return Document(
            source=Base64DocumentSource(
                type="base64_document_source", data=data, media_type="application/pdf"
            )
        )
    if not _TEXT_TYPES.match(media_type):
        return None
    try:
        text = base64.b64decode(data).decode("utf-8", "replace")
    except binascii.Error:
        return None
    return text_document(text, media_type)


def media_of(parts: Iterable[UserContentPart | None]) -> list[ToolMedia]:
    """Return what of parts a tool may return beside text."""
    return [part for part in parts if isinstance(part, (Image, Audio, Document))]


def media_at(kind: str, url: str) -> UserContentPart:
    """Return the part that refers to an image, a video or, for all else, a document."""
    match kind:
        case "image":
            return Image.from_url(url)
        case "video":
            return Video.from_url(url)
        case _:
            return Document.from_url(url)


def text_document(text: str, media_type: str) -> Document:
    """Return a document that is text."""
    kind = cast("DocumentTextMimeType", media_type)
    return Document(
        source=TextDocumentSource(type="text_document_source", data=text, media_type=kind)
    )


def model_message(parts: Sequence[AssistantContentPart], raw: object) -> AssistantMessage:
    """Return a turn of the model; who answered it, the wire does not tell."""
    return AssistantMessage(
        content=list(parts),
        provider_id=None,
        model_id=None,
        provider_model_name=None,
        raw_message=cast("Jsonable", raw),
    )


def read_params(
    fields: JsonObject, names: Iterable[tuple[str, str]], stop: object = None
) -> Params:
    """Return the parameters that `fields` has under the wire's names.

    Args:
        fields: The object that they are in.
        names: Pairs of the wire's name and ours; of two for the same, the later counts.
        stop: The stop sequences: one, or a list.
    """
    params: dict[str, object] = {}
    for wire_name, name in names:
        if (value := as_number(fields.get(wire_name))) is not None:
            params[name] = int(value) if name in _WHOLE else value
    if stops := [stop] if isinstance(stop, str) else as_list(stop):
        params["stop_sequences"] = tuple(map(str, stops))
    return cast("Params", params)


def level_of(effort: object) -> ThinkingLevel | None:
    """Return how much to think, by the word of any vendor; None for a word not known."""
    return _LEVELS.get(as_text(effort).lower())
