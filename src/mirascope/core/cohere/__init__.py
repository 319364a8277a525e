"""v1 calls to cohere, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AsyncCohereDynamicConfig,
    CohereCallParams,
    CohereCallResponse,
    CohereCallResponseChunk,
    CohereDynamicConfig,
    CohereMessageParam,
    CohereStream,
    CohereTool,
    call,
)

__all__ = [
    "AsyncCohereDynamicConfig",
    "CohereCallParams",
    "CohereCallResponse",
    "CohereCallResponseChunk",
    "CohereDynamicConfig",
    "CohereMessageParam",
    "CohereStream",
    "CohereTool",
    "call",
    "cohere_call",
]

cohere_call = call
