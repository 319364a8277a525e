"""v1 calls to litellm, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AsyncLiteLLMDynamicConfig,
    LiteLLMCallParams,
    LiteLLMCallResponse,
    LiteLLMCallResponseChunk,
    LiteLLMDynamicConfig,
    LiteLLMMessageParam,
    LiteLLMStream,
    LiteLLMTool,
    call,
)

__all__ = [
    "AsyncLiteLLMDynamicConfig",
    "LiteLLMCallParams",
    "LiteLLMCallResponse",
    "LiteLLMCallResponseChunk",
    "LiteLLMDynamicConfig",
    "LiteLLMMessageParam",
    "LiteLLMStream",
    "LiteLLMTool",
    "call",
    "litellm_call",
]

litellm_call = call
