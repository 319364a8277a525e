"""v1 calls to mistral, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    MistralCallParams,
    MistralCallResponse,
    MistralCallResponseChunk,
    MistralDynamicConfig,
    MistralMessageParam,
    MistralStream,
    MistralTool,
    call,
)

__all__ = [
    "MistralCallParams",
    "MistralCallResponse",
    "MistralCallResponseChunk",
    "MistralDynamicConfig",
    "MistralMessageParam",
    "MistralStream",
    "MistralTool",
    "call",
    "mistral_call",
]

mistral_call = call
