"""How far an answer is, and how it ended."""

from __future__ import annotations

from typing import Literal, TypeAlias

from mirascope.llm.exceptions import StreamCancelledError, StreamTruncatedError, TimeoutError

__all__ = ["StreamState", "state_of"]

StreamState: TypeAlias = Literal[
    "pending", "streaming", "complete", "truncated", "timed_out", "cancelled", "failed"
]
"""How far a stream is, and how it ended; `complete` is the only good end."""


def state_of(error: BaseException) -> StreamState:
    """Return the state that a stream ended by `error` is in."""
    if isinstance(error, StreamTruncatedError):
        return "truncated"
    if isinstance(error, TimeoutError):
        return "timed_out"
    if isinstance(error, StreamCancelledError) or not isinstance(error, Exception):
        return "cancelled"
    return "failed"
