"""v1 calls to anthropic, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AnthropicCallParams,
    AnthropicCallResponse,
    AnthropicCallResponseChunk,
    AnthropicDynamicConfig,
    AnthropicMessageParam,
    AnthropicStream,
    AnthropicTool,
    AnthropicToolConfig,
    AsyncAnthropicDynamicConfig,
    call,
)

__all__ = [
    "AnthropicCallParams",
    "AnthropicCallResponse",
    "AnthropicCallResponseChunk",
    "AnthropicDynamicConfig",
    "AnthropicMessageParam",
    "AnthropicStream",
    "AnthropicTool",
    "AnthropicToolConfig",
    "AsyncAnthropicDynamicConfig",
    "anthropic_call",
    "call",
]

anthropic_call = call
