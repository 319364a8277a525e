"""What a tool returned, on its way back to the model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Generic, Literal, TypeAlias, cast

from mirascope.llm.content.audio import Audio
from mirascope.llm.content.document import Document
from mirascope.llm.content.image import Image
from mirascope.llm.content.json_form import LATER, ByTag, JsonForm
from mirascope.llm.content.text import Text
from mirascope.llm.content.tool_errors import ToolErrorForm
from mirascope.llm.content.video import Video
from mirascope.llm.exceptions import ToolError
from mirascope.llm.types.jsonable import (
    Jsonable,
    JsonableCovariantT,
    NotJsonableError,
    strictly_plain,
)

__all__ = ["ToolMedia", "ToolOutput", "plain_result", "split_result"]

ToolMedia: TypeAlias = Image | Audio | Document
"""What a tool may return beside text and JSON."""
_MEDIA = (Image, Audio, Document)


@dataclass(kw_only=True)
class ToolOutput(Generic[JsonableCovariantT]):
    """The result of one tool call.

    When the tool failed, `error` says how and `result` is the text the model is told; such an
    output has no media.

    Raises:
        ValueError: It has both an error and media.
    """

    type: Literal["tool_output"] = "tool_output"
    id: str
    """The id of the `ToolCall` this answers."""
    name: str
    result: Annotated[JsonableCovariantT | str, JsonForm()]
    """Text or JSON; empty text where the tool returned media only."""
    error: Annotated[ToolError | None, ToolErrorForm()] = None
    media: list[Annotated[ToolMedia, ByTag("type")]] = field(
        default_factory=list[ToolMedia], repr=False, metadata=LATER
    )
    """Images, audio and documents that the tool returned, which the model sees after `result`."""

    def __post_init__(self) -> None:
        """See that it makes sense."""
        if self.error is not None and self.media:
            raise ValueError("The output of a tool that failed has no media.")

    @property
    def output(self) -> JsonableCovariantT | str:
        """Return the result; of a tool that returned one image or the like alone, that.

        Raises:
            ToolError: The tool failed.
        """
        if self.error is not None:
            raise self.error
        if self.result == "" and len(self.media) == 1:
            return cast("JsonableCovariantT", self.media[0])
        return self.result


def split_result(result: Jsonable) -> tuple[Jsonable, list[ToolMedia]]:
    """Return what of a tool's result is text or JSON, and its media in order.

    Media are what a tool returned, or items of the list or tuple that it returned. A list of texts
    alone becomes one text. Where it matters, ``[image 1]`` says where the first of the media stood:
    in all that is more than one text.

    Args:
        result: What the tool returned; without media it comes back as it is.
    """
    if isinstance(result, _MEDIA):
        return "", [result]
    if not isinstance(result, (list, tuple)):
        return result, []
    items = [
        item.text if isinstance(item, Text) else item for item in cast("Sequence[Jsonable]", result)
    ]
    media = [item for item in items if isinstance(item, _MEDIA)]
    if not media:
        return result, []
    rest = [item for item in items if not isinstance(item, _MEDIA)]
    if not rest:
        return "", media
    if len(rest) == 1 and isinstance(rest[0], str):
        return rest[0], media
    marked: list[Jsonable] = []
    count = 0
    for item in items:
        if isinstance(item, _MEDIA):
            count += 1
            marked.append(f"[{item.type} {count}]")
        else:
            marked.append(item)
    texts = [item for item in marked if isinstance(item, str)]
    return ("\n".join(texts) if len(texts) == len(marked) else marked), media


def plain_result(result: object, owner: str = "a tool") -> object:
    """Return what a tool returned as plain JSON: what the model reads, or reads the text of.

    Args:
        result: What it returned, without media.
        owner: Whose result it is, for the message.

    Raises:
        TypeError: It holds what no model can be told: bytes, an iterator, an object of an unknown
            class, a picture. The message names it and says what to do.
    """
    try:
        return strictly_plain(result, refused=_REFUSED)
    except NotJsonableError as error:
        raise TypeError(f"The result of {owner} holds {error}.") from None


def _inside(what: str, name: str) -> str:
    return (
        f"{what} inside of something else. Return the {name} itself, or a list such as "
        f"['Here it is.', {name}]"
    )


_REFUSED: dict[type, str] = {
    Image: _inside("an Image", "image"),
    Audio: _inside("an Audio", "audio"),
    Document: _inside("a Document", "document"),
    Video: (
        "a Video, which no tool can return. Return text, and send the video beside the outputs: "
        "resume([*outputs, video])"
    ),
    **dict.fromkeys(
        (bytes, bytearray, memoryview),
        "bytes, which are no text. Decode them, or return them as base64; a picture is returned as "
        "llm.Image.from_bytes(data)",
    ),
}
