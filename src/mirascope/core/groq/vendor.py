# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""groq, through its own SDK."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, TypeAlias

from ..base.call_kwargs import BaseCallKwargs
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.types import Provider
from ..families.chat_completions import ChatCallParams, ChatTool, ChatVendor, read_chunk, read_usage
from ..missing_sdk import needs

with needs("groq"):
    import groq as sdk
    from groq.resources.chat.completions import Completions
    from groq.types.chat import (
        ChatCompletion,
        ChatCompletionChunk,
        ChatCompletionMessage,
        ChatCompletionMessageParam,
        ChatCompletionMessageToolCall,
    )
    from groq.types.chat.chat_completion import Choice
    from groq.types.chat.chat_completion_message_tool_call import Function

__all__ = [
    "AsyncGroqDynamicConfig",
    "GroqCallKwargs",
    "GroqCallParams",
    "GroqCallResponse",
    "GroqCallResponseChunk",
    "GroqDynamicConfig",
    "GroqMessageParam",
    "GroqStream",
    "GroqTool",
    "GroqVendor",
    "call",
    "groq_call",
]

GroqMessageParam: TypeAlias = ChatCompletionMessageParam
GroqCallParams: TypeAlias = ChatCallParams
_STREAM_OPTIONS = "stream_options" in inspect.signature(Completions.create).parameters


class GroqCallKwargs(GroqCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""


class GroqDynamicConfig(DynamicConfig[GroqMessageParam, GroqCallParams, sdk.Groq], total=False):
    """Settings of one call."""


class AsyncGroqDynamicConfig(
    DynamicConfig[GroqMessageParam, GroqCallParams, sdk.AsyncGroq], total=False
):
    """Settings of one asynchronous call."""


class GroqTool(ChatTool):
    """A tool for groq."""


class GroqCallResponseChunk(BaseCallResponseChunk[ChatCompletionChunk, Any]):
    """A chunk of groq's stream."""


class GroqCallResponse(BaseCallResponse[ChatCompletion, GroqTool]):
    """A response of groq."""


class GroqStream(BaseStream[GroqCallResponse, GroqCallResponseChunk]):
    """A stream of groq."""


class GroqVendor(ChatVendor):
    """groq."""

    provider: ClassVar[Provider] = "groq"
    response_type = GroqCallResponse
    chunk_type = GroqCallResponseChunk
    stream_type = GroqStream
    tool_type = GroqTool
    variables = ("GROQ_",)
    sdk = "groq"

    @staticmethod
    def read_chunk(chunk: Any) -> Reading:
        """Read a chunk; groq's service reports usage under `x_groq`."""
        reading = read_chunk(chunk)
        if reading.usage is None and chunk.x_groq is not None and chunk.x_groq.usage is not None:
            read_usage(reading, chunk.x_groq.usage)
        return reading

    def make_client(self, is_async: bool) -> Any:
        return sdk.AsyncGroq() if is_async else sdk.Groq()

    def force(self, name: str) -> Any:
        """Word that the model must call a tool, by its name."""
        return {"type": "function", "function": {"name": name}}

    def streaming(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for usage where the SDK has a parameter for it."""
        return super().streaming(kwargs) if _STREAM_OPTIONS else {**kwargs, "stream": True}

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        function = Function(name=name, arguments=arguments)
        return ChatCompletionMessageToolCall(id=id or "", function=function, type="function")

    def rebuild(self, said: Reading) -> Any:
        message = ChatCompletionMessage.model_construct(
            role="assistant", content=said.text or None, tool_calls=said.tool_calls or None
        )
        return self.completion(
            said, message, ChatCompletion.model_construct, Choice.model_construct
        )


call: Call[GroqCallResponse, GroqStream] = Call(GroqVendor())
groq_call: Call[GroqCallResponse, GroqStream] = call
