"""v1 calls to openai, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AsyncOpenAIDynamicConfig,
    OpenAICallParams,
    OpenAICallResponse,
    OpenAICallResponseChunk,
    OpenAIDynamicConfig,
    OpenAIMessageParam,
    OpenAIStream,
    OpenAITool,
    OpenAIToolConfig,
    call,
)

__all__ = [
    "AsyncOpenAIDynamicConfig",
    "OpenAICallParams",
    "OpenAICallResponse",
    "OpenAICallResponseChunk",
    "OpenAIDynamicConfig",
    "OpenAIMessageParam",
    "OpenAIStream",
    "OpenAITool",
    "OpenAIToolConfig",
    "call",
    "openai_call",
]

openai_call = call
