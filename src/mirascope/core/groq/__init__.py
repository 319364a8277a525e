"""v1 calls to groq, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AsyncGroqDynamicConfig,
    GroqCallParams,
    GroqCallResponse,
    GroqCallResponseChunk,
    GroqDynamicConfig,
    GroqMessageParam,
    GroqStream,
    GroqTool,
    call,
)

__all__ = [
    "AsyncGroqDynamicConfig",
    "GroqCallParams",
    "GroqCallResponse",
    "GroqCallResponseChunk",
    "GroqDynamicConfig",
    "GroqMessageParam",
    "GroqStream",
    "GroqTool",
    "call",
    "groq_call",
]

groq_call = call
