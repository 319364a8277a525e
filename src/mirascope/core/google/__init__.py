"""v1 calls to google, through the vendor's own SDK."""

from __future__ import annotations

from ._vendor import (
    GoogleCallParams,
    GoogleCallResponse,
    GoogleCallResponseChunk,
    GoogleDynamicConfig,
    GoogleMessageParam,
    GoogleStream,
    GoogleTool,
    call,
)

__all__ = [
    "GoogleCallParams",
    "GoogleCallResponse",
    "GoogleCallResponseChunk",
    "GoogleDynamicConfig",
    "GoogleMessageParam",
    "GoogleStream",
    "GoogleTool",
    "call",
    "google_call",
]

google_call = call
