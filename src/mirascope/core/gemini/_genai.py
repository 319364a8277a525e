# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""gemini, through google-genai, where google-generativeai is not installed."""

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
    "GeminiCallParams",
    "GeminiCallResponse",
    "GeminiCallResponseChunk",
    "GeminiDynamicConfig",
    "GeminiMessageParam",
    "GeminiStream",
    "GeminiTool",
    "call",
]

GeminiMessageParam: TypeAlias = types.ContentDict | types.Content


class GeminiCallParams(BaseCallParams, total=False):
    """gemini's parameters; put together into google-genai's configuration."""

    config: Any
    generation_config: Any
    safety_settings: Any
    tool_config: Any


class GeminiDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | GeminiMessageParam]
    call_params: GeminiCallParams | CommonCallParams
    client: genai.Client | None


class GeminiTool(GenAITool):
    """A tool for gemini."""

    __provider__ = "gemini"


class GeminiCallResponseChunk(GenAIChunk):
    """A chunk of gemini's stream."""


class GeminiCallResponse(GenAIResponse):
    """A response of gemini."""

    _provider: ClassVar[Provider] = "gemini"
    _tool_type = GeminiTool


class GeminiStream(GenAIStream):
    """A stream of gemini."""

    _provider: ClassVar[Provider] = "gemini"


class GeminiVendor(GenAIVendor):
    """gemini, by google-genai's Developer API."""

    provider: ClassVar[Provider] = "gemini"
    response_type = GeminiCallResponse
    chunk_type = GeminiCallResponseChunk
    stream_type = GeminiStream
    tool_type = GeminiTool
    variables = ("GOOGLE_", "GEMINI_")

    def make_client(self, is_async: bool) -> Any:
        """Build the SDK's client."""
        return genai.Client()

    def config(self, params: dict[str, Any]) -> dict[str, Any]:
        """Put the old SDK's parameters into one configuration."""
        return legacy_config(self, params)


call = cast("Call[GeminiCallResponse, GeminiStream]", Call(GeminiVendor()))
