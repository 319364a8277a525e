"""Thoughts: a model's reasoning, and the chunks it streams in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Thought", "ThoughtChunk", "ThoughtEndChunk", "ThoughtStartChunk"]


@dataclass(kw_only=True)
class Thought:
    """A piece of the model's reasoning."""

    type: Literal["thought"] = "thought"
    thought: str


@dataclass(kw_only=True, slots=True)
class ThoughtStartChunk:
    """A thought begins."""

    type: Literal["thought_start_chunk"] = "thought_start_chunk"
    content_type: Literal["thought"] = "thought"
    id: str | None = field(default=None, compare=False)
    """As on `TextStartChunk`."""


@dataclass(kw_only=True, slots=True)
class ThoughtChunk:
    """More text of the thought with this id."""

    type: Literal["thought_chunk"] = "thought_chunk"
    content_type: Literal["thought"] = "thought"
    delta: str
    id: str | None = field(default=None, compare=False)


@dataclass(kw_only=True, slots=True)
class ThoughtEndChunk:
    """The thought with this id is complete."""

    type: Literal["thought_end_chunk"] = "thought_end_chunk"
    content_type: Literal["thought"] = "thought"
    id: str | None = field(default=None, compare=False)
