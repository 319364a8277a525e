"""v1 calls to gemini, through the vendor's own SDK."""

from __future__ import annotations

import warnings

from ._vendor import (
    GeminiCallParams,
    GeminiCallResponse,
    GeminiCallResponseChunk,
    GeminiDynamicConfig,
    GeminiMessageParam,
    GeminiStream,
    GeminiTool,
    call,
)
from ._vendor import call as gemini_call

__all__ = [
    "GeminiCallParams",
    "GeminiCallResponse",
    "GeminiCallResponseChunk",
    "GeminiDynamicConfig",
    "GeminiMessageParam",
    "GeminiStream",
    "GeminiTool",
    "call",
    "gemini_call",
]

warnings.warn(
    "google-generativeai is at its end of life: use `mirascope.core.google`.",
    DeprecationWarning,
    stacklevel=2,
)
