"""v1 calls to vertex, through the vendor's own SDK."""

from __future__ import annotations

import warnings

from ._vendor import (
    VertexCallParams,
    VertexCallResponse,
    VertexCallResponseChunk,
    VertexDynamicConfig,
    VertexMessageParam,
    VertexStream,
    VertexTool,
    call,
)
from ._vendor import call as vertex_call

__all__ = [
    "VertexCallParams",
    "VertexCallResponse",
    "VertexCallResponseChunk",
    "VertexDynamicConfig",
    "VertexMessageParam",
    "VertexStream",
    "VertexTool",
    "call",
    "vertex_call",
]

warnings.warn(
    "vertexai.generative_models is at its end of life: use `mirascope.core.google`.",
    DeprecationWarning,
    stacklevel=2,
)
