# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""gemini, through google-generativeai."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, cast

from google.generativeai import protos
from google.generativeai.generative_models import GenerativeModel
from google.generativeai.types import (
    ContentDict,
    FunctionDeclaration,
    GenerateContentResponse,
    Tool,
)

from .._families import google as family
from .._families.generative import (
    GenerativeChunk,
    GenerativeResponse,
    GenerativeTool,
    GenerativeVendor,
    parts_of,
)
from ..base._arguments import read_arguments
from ..base._call import Call
from ..base._jsonable import tool_output
from ..base.call_params import BaseCallParams, CommonCallParams
from ..base.dynamic_config import DynamicConfig
from ..base.message_param import BaseMessageParam
from ..base.stream import BaseStream
from ..base.types import FinishReason, Provider

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

GeminiMessageParam: TypeAlias = ContentDict


class GeminiCallParams(BaseCallParams, total=False):
    """gemini's parameters."""

    generation_config: Any
    request_options: Any
    safety_settings: Any
    tool_config: Any


class GeminiDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | GeminiMessageParam]
    call_params: GeminiCallParams | CommonCallParams
    client: GenerativeModel | None


class GeminiTool(GenerativeTool):
    """A tool for gemini."""

    __provider__ = "gemini"

    @classmethod
    def _declared(cls) -> FunctionDeclaration:
        return FunctionDeclaration(**family.declaration(cls))

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's classes."""
        return Tool(function_declarations=[cls._declared()])


class GeminiCallResponseChunk(GenerativeChunk[GenerateContentResponse]):
    """A chunk of gemini's stream."""


class GeminiCallResponse(GenerativeResponse[GenerateContentResponse, GeminiTool]):
    """A response of gemini."""

    _provider: ClassVar[Provider] = "gemini"
    _tool_type = GeminiTool

    def _message_param(self) -> Any:
        return {"role": "model", "parts": parts_of(self.content, self._reading.tool_calls)}

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        parts = [
            protos.Part(family.function_response(tool._name(), tool_output(output)))
            for tool, output in tools_and_outputs
        ]
        return [{"role": "user", "parts": parts}]


class GeminiStream(BaseStream[GeminiCallResponse, GeminiCallResponseChunk]):
    """A stream of gemini."""

    _provider: ClassVar[Provider] = "gemini"
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return {"role": "model", "parts": parts_of(content or "", tool_calls or [])}

    def _construct_response(self) -> Any:
        candidate = {"content": self.message_param}
        if self.finish_reasons:
            candidate["finish_reason"] = self.finish_reasons[0]
        return GenerateContentResponse.from_response(
            protos.GenerateContentResponse(candidates=[candidate], usage_metadata=self._sum.usage)
        )


class GeminiVendor(GenerativeVendor):
    """gemini, which `google.generativeai.configure` configures."""

    provider: ClassVar[Provider] = "gemini"
    response_type = GeminiCallResponse
    chunk_type = GeminiCallResponseChunk
    stream_type = GeminiStream
    tool_type = GeminiTool
    variables = ("GOOGLE_", "GEMINI_")

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages."""
        return family.encode_messages(messages, self.provider, "bytes")

    def new_model(self, name: str) -> Any:
        """Build a model object; all of them share the SDK's own client."""
        return GenerativeModel(name)

    def instruction(self, text: str) -> Any:
        """Make the SDK's form of a system instruction."""
        return protos.Content(role="user", parts=[{"text": text}])

    def offer(self, tool_types: Sequence[Any]) -> Any:
        """Describe all tools as one."""
        return Tool(function_declarations=[tool._declared() for tool in tool_types])

    def force(self, name: str) -> Any:
        """Word that the model must call a tool."""
        return family.forced(name)

    def call_of(self, chunks: Any) -> Any:
        """Give the call that a stream reads; the response object has no other way to close it."""
        return getattr(chunks, "_iterator", None)

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call."""
        return protos.FunctionCall(name=name, args=read_arguments(arguments))


call = cast("Call[GeminiCallResponse, GeminiStream]", Call(GeminiVendor()))
