# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""gemini, through google-generativeai."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias

from google.generativeai import protos
from google.generativeai.generative_models import GenerativeModel
from google.generativeai.types import (
    ContentDict,
    FunctionDeclaration,
    GenerateContentResponse,
    Tool,
)

from ..base.arguments import read_arguments
from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.types import Provider
from ..families.generate_content.generative_model import GenerativeVendor
from ..families.generate_content.schema import GEMINI, DeclaredTool

__all__ = [
    "GeminiCallKwargs",
    "GeminiCallParams",
    "GeminiCallResponse",
    "GeminiCallResponseChunk",
    "GeminiDynamicConfig",
    "GeminiMessageParam",
    "GeminiStream",
    "GeminiTool",
    "GeminiVendor",
    "call",
    "gemini_call",
]

GeminiMessageParam: TypeAlias = ContentDict


class GeminiCallParams(BaseCallParams, total=False):
    """gemini's parameters."""

    generation_config: Any
    request_options: Any
    safety_settings: Any
    tool_config: Any


class GeminiCallKwargs(GeminiCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""

    contents: list[Any]


class GeminiDynamicConfig(
    DynamicConfig[GeminiMessageParam, GeminiCallParams, GenerativeModel], total=False
):
    """Settings of one call."""


class GeminiTool(DeclaredTool):
    """A tool for gemini."""

    _keywords = GEMINI
    _classes = (Tool, FunctionDeclaration)


class GeminiCallResponseChunk(BaseCallResponseChunk[GenerateContentResponse, Any]):
    """A chunk of gemini's stream."""


class GeminiCallResponse(BaseCallResponse[GenerateContentResponse, GeminiTool]):
    """A response of gemini."""


class GeminiStream(BaseStream[GeminiCallResponse, GeminiCallResponseChunk]):
    """A stream of gemini."""


class GeminiVendor(GenerativeVendor):
    """gemini, which `google.generativeai.configure` configures."""

    provider: ClassVar[Provider] = "gemini"
    response_type = GeminiCallResponse
    chunk_type = GeminiCallResponseChunk
    stream_type = GeminiStream
    tool_type = GeminiTool
    variables = ("GOOGLE_", "GEMINI_")

    def new_model(self, name: str) -> Any:
        """Build a model object; all of them share the SDK's own client."""
        return GenerativeModel(name)

    def instruction(self, text: str) -> Any:
        return protos.Content(role="user", parts=[{"text": text}])

    def call_of(self, chunks: Any) -> Any:
        """Give the call that a stream reads; the response object has no other way to close it."""
        return getattr(chunks, "_iterator", None)

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        return protos.FunctionCall(name=name, args=read_arguments(arguments))

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        (message,) = super().tool_results(tools_and_outputs)
        return [{**message, "parts": [protos.Part(part) for part in message["parts"]]}]

    def rebuild(self, said: Reading) -> Any:
        candidate = {"content": self.assistant(said)}
        if said.finish_reasons:
            candidate["finish_reason"] = said.finish_reasons[0]
        return GenerateContentResponse.from_response(
            protos.GenerateContentResponse(candidates=[candidate], usage_metadata=said.usage)
        )


call: Call[GeminiCallResponse, GeminiStream] = Call(GeminiVendor())
gemini_call: Call[GeminiCallResponse, GeminiStream] = call
