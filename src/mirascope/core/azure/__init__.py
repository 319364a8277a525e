"""v1 calls to azure, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    AsyncAzureDynamicConfig,
    AzureCallParams,
    AzureCallResponse,
    AzureCallResponseChunk,
    AzureDynamicConfig,
    AzureMessageParam,
    AzureStream,
    AzureTool,
    AzureToolConfig,
    call,
)

__all__ = [
    "AsyncAzureDynamicConfig",
    "AzureCallParams",
    "AzureCallResponse",
    "AzureCallResponseChunk",
    "AzureDynamicConfig",
    "AzureMessageParam",
    "AzureStream",
    "AzureTool",
    "AzureToolConfig",
    "azure_call",
    "call",
]

azure_call = call
