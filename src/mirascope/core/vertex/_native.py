# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""vertex, through vertexai of google-cloud-aiplatform."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, cast

from google.cloud.aiplatform import initializer
from vertexai.generative_models import (
    Content,
    FunctionDeclaration,
    GenerationConfig,
    GenerationResponse,
    GenerativeModel,
    Part,
    Tool,
    ToolConfig,
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
from ..base._reading import reason_text
from ..base.call_params import BaseCallParams, CommonCallParams
from ..base.dynamic_config import DynamicConfig
from ..base.message_param import BaseMessageParam
from ..base.stream import BaseStream
from ..base.types import FinishReason, Provider

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

VertexMessageParam: TypeAlias = Content


class VertexCallParams(BaseCallParams, total=False):
    """vertex's parameters."""

    generation_config: Any
    safety_settings: Any
    tool_config: Any


class VertexDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | VertexMessageParam]
    call_params: VertexCallParams | CommonCallParams
    client: GenerativeModel | None


class VertexTool(GenerativeTool):
    """A tool for vertex."""

    __provider__ = "vertex"

    @classmethod
    def _declared(cls) -> FunctionDeclaration:
        declared = family.declaration(cls)
        declared.setdefault("parameters", {"type": "object", "properties": {}})
        return FunctionDeclaration(**declared)

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's classes."""
        return Tool(function_declarations=[cls._declared()])


class VertexCallResponseChunk(GenerativeChunk[GenerationResponse]):
    """A chunk of vertex's stream."""


def _assistant(text: str, tool_calls: Sequence[Any]) -> Any:
    return Content.from_dict({"role": "model", "parts": parts_of(text, tool_calls)})


class VertexCallResponse(GenerativeResponse[GenerationResponse, VertexTool]):
    """A response of vertex."""

    _provider: ClassVar[Provider] = "vertex"
    _tool_type = VertexTool

    def _message_param(self) -> Any:
        return _assistant(self.content, self._reading.tool_calls)

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        parts = [
            Part.from_function_response(tool._name(), {"result": tool_output(output)})
            for tool, output in tools_and_outputs
        ]
        return [Content(role="user", parts=parts)]


class VertexStream(BaseStream[VertexCallResponse, VertexCallResponseChunk]):
    """A stream of vertex."""

    _provider: ClassVar[Provider] = "vertex"
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return _assistant(content or "", tool_calls or [])

    def _construct_response(self) -> Any:
        candidate: dict[str, Any] = {"content": self.message_param.to_dict()}
        if self.finish_reasons:
            candidate["finish_reason"] = reason_text(self.finish_reasons[0])
        response: dict[str, Any] = {"candidates": [candidate]}
        if self._sum.usage is not None:
            response["usage_metadata"] = type(self._sum.usage).to_dict(self._sum.usage)
        return GenerationResponse.from_dict(response)


class VertexVendor(GenerativeVendor):
    """vertex, which `vertexai.init` configures."""

    provider: ClassVar[Provider] = "vertex"
    response_type = VertexCallResponse
    chunk_type = VertexCallResponseChunk
    stream_type = VertexStream
    tool_type = VertexTool
    variables = ("GOOGLE_",)

    def __init__(self) -> None:
        """Start without a model object."""
        super().__init__()
        self._models: dict[Any, Any] = {}
        self._lock = threading.Lock()

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages into the SDK's objects."""
        return [
            Content.from_dict(message) if isinstance(message, dict) else message
            for message in family.encode_messages(messages, self.provider, "base64")
        ]

    def new_model(self, name: str) -> Any:
        """Give a model object; it holds its connection, so one is kept for each configuration."""
        # The public names of these settings would look for credentials when they are unset.
        settings = dict(vars(initializer.global_config))
        key = (name, tuple(sorted((key, id(value)) for key, value in settings.items())))
        with self._lock:
            found = self._models.get(key)
            if found is None:
                if len(self._models) >= 16:
                    del self._models[next(iter(self._models))]
                # The settings are kept with their model, so that their ids stay their own.
                found = self._models[key] = (GenerativeModel(name), settings)
            return found[0]

    def instruction(self, text: str) -> Any:
        """Make the SDK's form of a system instruction."""
        return text

    def offer(self, tool_types: Sequence[Any]) -> Any:
        """Describe all tools as one: the service takes no second one with functions."""
        return Tool(function_declarations=[tool._declared() for tool in tool_types])

    def force(self, name: str) -> Any:
        """Word that the model must call a tool."""
        calling = ToolConfig.FunctionCallingConfig
        return ToolConfig(calling(mode=calling.Mode.ANY, allowed_function_names=[name]))

    def json_config(self, given: Any) -> Any:
        """Put the JSON switch into a configuration."""
        return GenerationConfig(**super().json_config(given))

    def call_of(self, chunks: Any) -> Any:
        """Give the call that a stream reads; only the SDK's generator has it."""
        if not inspect.isgenerator(chunks):
            return None
        return inspect.getgeneratorlocals(chunks).get("response_stream")

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call, which only a part can give."""
        call = {"name": name, "args": read_arguments(arguments)}
        return Part.from_dict({"function_call": call}).function_call


call = cast("Call[VertexCallResponse, VertexStream]", Call(VertexVendor()))
