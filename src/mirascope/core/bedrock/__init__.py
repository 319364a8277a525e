"""v1 calls to bedrock, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AssistantMessageTypeDef,
    AsyncBedrockDynamicConfig,
    BedrockCallParams,
    BedrockCallResponse,
    BedrockCallResponseChunk,
    BedrockDynamicConfig,
    BedrockMessageParam,
    BedrockStream,
    BedrockTool,
    BedrockToolConfig,
    UserMessageTypeDef,
    call,
)

__all__ = [
    "AssistantMessageTypeDef",
    "AsyncBedrockDynamicConfig",
    "BedrockCallParams",
    "BedrockCallResponse",
    "BedrockCallResponseChunk",
    "BedrockDynamicConfig",
    "BedrockMessageParam",
    "BedrockStream",
    "BedrockTool",
    "BedrockToolConfig",
    "UserMessageTypeDef",
    "bedrock_call",
    "call",
]

bedrock_call = call
