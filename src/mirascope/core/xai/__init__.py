"""v1 calls to xai, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AsyncXAIDynamicConfig,
    XAICallParams,
    XAICallResponse,
    XAICallResponseChunk,
    XAIDynamicConfig,
    XAIMessageParam,
    XAIStream,
    XAITool,
    call,
)

__all__ = [
    "AsyncXAIDynamicConfig",
    "XAICallParams",
    "XAICallResponse",
    "XAICallResponseChunk",
    "XAIDynamicConfig",
    "XAIMessageParam",
    "XAIStream",
    "XAITool",
    "call",
    "xai_call",
]

xai_call = call
