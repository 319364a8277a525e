"""What a tool returned, on its way back to the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, Literal

from mirascope.llm.content.audio import Audio
from mirascope.llm.content.document import Document
from mirascope.llm.content.image import Image
from mirascope.llm.content.json_form import JsonForm
from mirascope.llm.content.tool_errors import ToolErrorForm
from mirascope.llm.exceptions import ToolError
from mirascope.llm.types.jsonable import JsonableCovariantT, NotJsonableError, strictly_plain

__all__ = ["ToolOutput", "plain_result"]


@dataclass(kw_only=True)
class ToolOutput(Generic[JsonableCovariantT]):
    """The result of one tool call.

    When the tool failed, `error` says how and `result` is the text the model is told.
    """

    type: Literal["tool_output"] = "tool_output"
    id: str
    """The id of the `ToolCall` this answers."""
    name: str
    result: Annotated[JsonableCovariantT | str, JsonForm()]
    error: Annotated[ToolError | None, ToolErrorForm()] = None

    @property
    def output(self) -> JsonableCovariantT | str:
        """Return the result.

        Raises:
            ToolError: The tool failed.
        """
        if self.error is not None:
            raise self.error
        return self.result


def plain_result(result: object, owner: str = "a tool") -> object:
    """Return what a tool returned as plain JSON: what the model reads, or reads the text of.

    Args:
        result: What it returned.
        owner: Whose result it is, for the message.

    Raises:
        TypeError: It holds what no model can be told: bytes, an iterator, an object of an unknown
            class, a picture. The message names it and says what to do.
    """
    try:
        return strictly_plain(result, refused=_REFUSED)
    except NotJsonableError as error:
        raise TypeError(f"The result of {owner} holds {error}.") from None


def _beside(what: str, name: str) -> str:
    return (
        f"{what}, but the result of a tool is text. Return text, and send the {name} beside the "
        f"outputs: resume([*outputs, {name}])"
    )


_REFUSED: dict[type, str] = {
    Image: _beside("an Image", "image"),
    Audio: _beside("an Audio", "audio"),
    Document: _beside("a Document", "document"),
    **dict.fromkeys(
        (bytes, bytearray, memoryview),
        "bytes, which are no text. Decode them, or return them as base64; a picture is sent beside "
        "the outputs: resume([*outputs, llm.Image.from_bytes(data)])",
    ),
}
