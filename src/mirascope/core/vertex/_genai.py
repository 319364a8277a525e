# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""vertex, through google-genai, where vertexai is not installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias, cast

from google import genai
from google.genai import types

from .._families.genai import GenAIChunk, GenAIResponse, GenAIStream, GenAITool, GenAIVendor
from .._families.generative_config import legacy_config
from ..base._call import Call
from ..base.call_params import BaseCallParams, CommonCallParams
from ..base.dynamic_config import DynamicConfig
from ..base.message_param import BaseMessageParam
from ..base.types import Provider

__all__ = [
    "VertexCallParams",
    "VertexCallResponse",
    "VertexCallResponseChunk",
    "VertexDynamicConfig",
    "VertexMessageParam",
    "VertexStream",
    "VertexTool",
    "call",
]

VertexMessageParam: TypeAlias = types.ContentDict | types.Content


class VertexCallParams(BaseCallParams, total=False):
    """vertex's parameters; put together into google-genai's configuration."""

    config: Any
    generation_config: Any
    safety_settings: Any
    tool_config: Any


class VertexDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | VertexMessageParam]
    call_params: VertexCallParams | CommonCallParams
    client: genai.Client | None


class VertexTool(GenAITool):
    """A tool for vertex."""

    __provider__ = "vertex"


class VertexCallResponseChunk(GenAIChunk):
    """A chunk of vertex's stream."""


class VertexCallResponse(GenAIResponse):
    """A response of vertex."""

    _provider: ClassVar[Provider] = "vertex"
    _tool_type = VertexTool


class VertexStream(GenAIStream):
    """A stream of vertex."""

    _provider: ClassVar[Provider] = "vertex"


class VertexVendor(GenAIVendor):
    """vertex, by google-genai's Vertex AI."""

    provider: ClassVar[Provider] = "vertex"
    response_type = VertexCallResponse
    chunk_type = VertexCallResponseChunk
    stream_type = VertexStream
    tool_type = VertexTool
    variables = ("GOOGLE_", "GEMINI_")

    def make_client(self, is_async: bool) -> Any:
        """Build the SDK's client."""
        # Project and place come from GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION.
        return genai.Client(vertexai=True)

    def config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Put the old SDK's parameters into one configuration."""
        return legacy_config(self, params)


call = cast("Call[VertexCallResponse, VertexStream]", Call(VertexVendor()))
