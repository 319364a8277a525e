# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""vertex, through vertexai of google-cloud-aiplatform."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, TypeAlias

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

from ..base.arguments import read_arguments
from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.pair_stream import BaseStream
from ..base.reading import Reading, reason_text
from ..base.types import Provider
from ..families.generate_content.generative_model import GenerativeVendor
from ..families.generate_content.schema import DeclaredTool

__all__ = [
    "VertexCallKwargs",
    "VertexCallParams",
    "VertexCallResponse",
    "VertexCallResponseChunk",
    "VertexDynamicConfig",
    "VertexMessageParam",
    "VertexStream",
    "VertexTool",
    "VertexVendor",
    "call",
    "vertex_call",
]

VertexMessageParam: TypeAlias = Content


class VertexCallParams(BaseCallParams, total=False):
    """vertex's parameters."""

    generation_config: Any
    safety_settings: Any
    tool_config: Any


class VertexCallKwargs(VertexCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""

    contents: list[Any]


class VertexDynamicConfig(
    DynamicConfig[VertexMessageParam, VertexCallParams, GenerativeModel], total=False
):
    """Settings of one call."""


class VertexTool(DeclaredTool):
    """A tool for vertex."""

    _classes = (Tool, FunctionDeclaration)
    _empty_schema = True


class VertexCallResponseChunk(BaseCallResponseChunk[GenerationResponse, Any]):
    """A chunk of vertex's stream."""


class VertexCallResponse(BaseCallResponse[GenerationResponse, VertexTool]):
    """A response of vertex."""


class VertexStream(BaseStream[VertexCallResponse, VertexCallResponseChunk]):
    """A stream of vertex."""


class VertexVendor(GenerativeVendor):
    """vertex, which `vertexai.init` configures."""

    provider: ClassVar[Provider] = "vertex"
    response_type = VertexCallResponse
    chunk_type = VertexCallResponseChunk
    stream_type = VertexStream
    tool_type = VertexTool
    variables = ("GOOGLE_",)
    blobs: ClassVar[Literal["bytes", "base64"]] = "base64"

    def __init__(self) -> None:
        """Start without a model object."""
        super().__init__()
        self._models: dict[Any, Any] = {}
        self._lock = threading.Lock()

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        return [
            Content.from_dict(message) if isinstance(message, dict) else message
            for message in super().encode(messages)
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
        return text

    def force(self, name: str) -> Any:
        calling = ToolConfig.FunctionCallingConfig
        return ToolConfig(calling(mode=calling.Mode.ANY, allowed_function_names=[name]))

    def json_config(self, given: Any) -> Any:
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

    def assistant(self, said: Reading) -> Any:
        return Content.from_dict(super().assistant(said))

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        return [Content.from_dict(each) for each in super().tool_results(tools_and_outputs)]

    def rebuild(self, said: Reading) -> Any:
        candidate: dict[str, Any] = {"content": self.assistant(said).to_dict()}
        if said.finish_reasons:
            candidate["finish_reason"] = reason_text(said.finish_reasons[0])
        response: dict[str, Any] = {"candidates": [candidate]}
        if said.usage is not None:
            response["usage_metadata"] = type(said.usage).to_dict(said.usage)
        return GenerationResponse.from_dict(response)


call: Call[VertexCallResponse, VertexStream] = Call(VertexVendor())
vertex_call: Call[VertexCallResponse, VertexStream] = call
