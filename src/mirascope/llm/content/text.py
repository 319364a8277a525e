"""Text: the part, and the chunks it streams in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from mirascope.llm.content.citation import Citation
from mirascope.llm.content.growing import GrowingField
from mirascope.llm.content.json_form import LATER

__all__ = ["Text", "TextChunk", "TextEndChunk", "TextStartChunk"]


@dataclass(kw_only=True)
class Text(GrowingField, growing="text"):
    """A piece of text.

    On a streaming response `text` grows in place while its chunks arrive, and so do its citations.
    """

    type: Literal["text"] = "text"
    text: str
    citations: list[Citation] = field(default_factory=list[Citation], repr=False, metadata=LATER)
    """What it rests on, as far as the provider says."""


@dataclass(kw_only=True, slots=True)
class TextStartChunk:
    """A text part begins."""

    type: Literal["text_start_chunk"] = "text_start_chunk"
    content_type: Literal["text"] = "text"
    id: str | None = field(default=None, compare=False)
    """Tells parts apart that arrive interleaved; a part without one may overlap nothing."""


@dataclass(kw_only=True, slots=True)
class TextChunk:
    """More text of the text part with this id."""

    type: Literal["text_chunk"] = "text_chunk"
    content_type: Literal["text"] = "text"
    delta: str
    id: str | None = field(default=None, compare=False)


@dataclass(kw_only=True, slots=True)
class TextEndChunk:
    """The text part with this id is complete."""

    type: Literal["text_end_chunk"] = "text_end_chunk"
    content_type: Literal["text"] = "text"
    id: str | None = field(default=None, compare=False)
