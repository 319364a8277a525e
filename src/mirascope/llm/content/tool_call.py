"""Tool calls: what the model asks to run, and the chunks it streams in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "FORMAT_TOOL_NAME",
    "ToolCall",
    "ToolCallChunk",
    "ToolCallEndChunk",
    "ToolCallStartChunk",
]

FORMAT_TOOL_NAME = "__mirascope_formatted_output_tool__"
"""Calls of names that begin with this hold the answer in its format; no tool of a user may have
such a name."""


@dataclass(kw_only=True)
class ToolCall:
    """A call of a tool that the model asks for."""

    type: Literal["tool_call"] = "tool_call"
    id: str
    """Ties the tool's output to the call."""
    name: str
    args: str
    """The arguments as JSON text, an object as a rule; ``"{}"`` when there are none."""


@dataclass(kw_only=True, slots=True)
class ToolCallStartChunk:
    """A tool call begins."""

    type: Literal["tool_call_start_chunk"] = "tool_call_start_chunk"
    content_type: Literal["tool_call"] = "tool_call"
    id: str
    name: str


@dataclass(kw_only=True, slots=True)
class ToolCallChunk:
    """More of the JSON text of a call's arguments."""

    type: Literal["tool_call_chunk"] = "tool_call_chunk"
    content_type: Literal["tool_call"] = "tool_call"
    id: str
    delta: str


@dataclass(kw_only=True, slots=True)
class ToolCallEndChunk:
    """The call with this id is complete."""

    type: Literal["tool_call_end_chunk"] = "tool_call_end_chunk"
    content_type: Literal["tool_call"] = "tool_call"
    id: str
