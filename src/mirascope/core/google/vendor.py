# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""google, through google-genai."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.types import Provider
from ..missing_sdk import needs

with needs("google"):
    from google import genai
    from google.genai import types

    from ..families.generate_content.genai import (
        GenAIChunk,
        GenAIResponse,
        GenAIStream,
        GenAITool,
        GenAIVendor,
    )


__all__ = [
    "GoogleCallKwargs",
    "GoogleCallParams",
    "GoogleCallResponse",
    "GoogleCallResponseChunk",
    "GoogleDynamicConfig",
    "GoogleMessageParam",
    "GoogleStream",
    "GoogleTool",
    "GoogleVendor",
    "call",
    "google_call",
]

GoogleMessageParam: TypeAlias = types.ContentDict | types.Content


class GoogleCallParams(BaseCallParams, total=False):
    """google's parameters, all in `config`."""

    config: types.GenerateContentConfig | Mapping[str, Any]


class GoogleCallKwargs(GoogleCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""

    contents: list[Any]


class GoogleDynamicConfig(
    DynamicConfig[GoogleMessageParam, GoogleCallParams, genai.Client], total=False
):
    """Settings of one call."""


class GoogleTool(GenAITool):
    """A tool for google."""


class GoogleCallResponseChunk(GenAIChunk):
    """A chunk of google's stream."""


class GoogleCallResponse(GenAIResponse):
    """A response of google."""


class GoogleStream(GenAIStream):
    """A stream of google."""


class GoogleVendor(GenAIVendor):
    """google."""

    provider: ClassVar[Provider] = "google"
    response_type = GoogleCallResponse
    chunk_type = GoogleCallResponseChunk
    stream_type = GoogleStream
    tool_type = GoogleTool
    variables = ("GOOGLE_", "GEMINI_")

    def make_client(self, is_async: bool) -> Any:
        return genai.Client()


call: Call[GoogleCallResponse, GoogleStream] = Call(GoogleVendor())
google_call: Call[GoogleCallResponse, GoogleStream] = call
