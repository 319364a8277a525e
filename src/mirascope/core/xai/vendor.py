# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""xai, through openai's SDK, as the vendor recommends."""

from __future__ import annotations

import os
from typing import Any, ClassVar, TypeAlias

from ..base.decorator import Call
from ..base.types import Provider
from ..missing_sdk import needs

with needs("xai"):
    import openai as sdk

from ..openai.vendor import (
    AsyncOpenAIDynamicConfig,
    OpenAICallKwargs,
    OpenAICallParams,
    OpenAICallResponse,
    OpenAICallResponseChunk,
    OpenAIDynamicConfig,
    OpenAIMessageParam,
    OpenAIStream,
    OpenAITool,
    OpenAIVendor,
)

__all__ = [
    "AsyncXAIDynamicConfig",
    "XAICallKwargs",
    "XAICallParams",
    "XAICallResponse",
    "XAICallResponseChunk",
    "XAIDynamicConfig",
    "XAIMessageParam",
    "XAIStream",
    "XAITool",
    "XAIVendor",
    "call",
    "xai_call",
]

# https://docs.x.ai/docs/api-reference, read 2026-11-20.
_BASE_URL = "https://api.x.ai/v1"

XAIMessageParam: TypeAlias = OpenAIMessageParam
XAIDynamicConfig: TypeAlias = OpenAIDynamicConfig
AsyncXAIDynamicConfig: TypeAlias = AsyncOpenAIDynamicConfig
XAICallParams: TypeAlias = OpenAICallParams
XAICallKwargs: TypeAlias = OpenAICallKwargs


class XAITool(OpenAITool):
    """A tool for xai."""


class XAICallResponseChunk(OpenAICallResponseChunk):
    """A chunk of xai's stream."""


class XAICallResponse(OpenAICallResponse):
    """A response of xai."""


class XAIStream(OpenAIStream):
    """A stream of xai."""


class XAIVendor(OpenAIVendor):
    """xai; `XAI_BASE_URL` names another address."""

    provider: ClassVar[Provider] = "xai"
    response_type = XAICallResponse
    chunk_type = XAICallResponseChunk
    stream_type = XAIStream
    tool_type = XAITool
    variables = ("XAI_",)

    def make_client(self, is_async: bool) -> Any:
        """Build openai's client for xai's address."""
        key = os.environ.get("XAI_API_KEY")
        if not key:
            raise sdk.OpenAIError("The XAI_API_KEY environment variable is not set.")
        make = sdk.AsyncOpenAI if is_async else sdk.OpenAI
        return make(api_key=key, base_url=os.environ.get("XAI_BASE_URL") or _BASE_URL)


call: Call[XAICallResponse, XAIStream] = Call(XAIVendor())
xai_call: Call[XAICallResponse, XAIStream] = call
