"""Citations: what a piece of text rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Citation", "CitationChunk"]


@dataclass(kw_only=True)
class Citation:
    """What a piece of text rests on, in the same shape whichever vendor cites.

    All that the vendor did not say is None.
    """

    type: Literal["citation"] = "citation"
    start: int | None = None
    """Where in the text part the supported piece begins, in characters; None for all of it."""
    end: int | None = None
    """Where it ends."""
    url: str | None = None
    title: str | None = None
    source: str | None = None
    """The vendor's id of what is cited, where that is no page: a file, a document, a tool's output;
    documents that have none are counted from 0."""
    cited_text: str | None = None
    """What is said there."""


@dataclass(kw_only=True, slots=True)
class CitationChunk:
    """What the text part with this id rests on; the part may have ended already."""

    type: Literal["citation_chunk"] = "citation_chunk"
    content_type: Literal["citation"] = "citation"
    citation: Citation
    id: str | None = field(default=None, compare=False)
