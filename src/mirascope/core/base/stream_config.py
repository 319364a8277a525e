"""Options of a stream."""

from __future__ import annotations

from typing import TypedDict

__all__ = ["StreamConfig"]


class StreamConfig(TypedDict, total=False):
    """What may be given instead of `stream=True`.

    Attributes:
        partial_tools: Also yield each tool while its arguments arrive.
    """

    partial_tools: bool
