# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""openai, through its own SDK."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from pydantic import BaseModel, computed_field

from ..base.call_kwargs import BaseCallKwargs
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.said import Said
from ..base.tool import ToolConfig
from ..base.types import Provider
from ..families.chat_completions import (
    ChatCallParams,
    ChatTool,
    ChatVendor,
    read_chunk,
    read_response,
)
from ..missing_sdk import needs

with needs("openai"):
    import openai as sdk
    from openai.types.chat import (
        ChatCompletion,
        ChatCompletionChunk,
        ChatCompletionMessage,
        ChatCompletionMessageParam,
    )
    from openai.types.chat.chat_completion import Choice
    from openai.types.chat.chat_completion_audio import ChatCompletionAudio

    try:
        from openai.types.chat import ChatCompletionMessageFunctionToolCall as ToolCall
        from openai.types.chat.chat_completion_message_function_tool_call import Function
    except ImportError:
        # Before openai 1.99 there was one kind of tool call, under this name.
        from openai.types.chat import ChatCompletionMessageToolCall as ToolCall
        from openai.types.chat.chat_completion_message_tool_call import Function

__all__ = [
    "AsyncOpenAIDynamicConfig",
    "OpenAICallKwargs",
    "OpenAICallParams",
    "OpenAICallResponse",
    "OpenAICallResponseChunk",
    "OpenAIDynamicConfig",
    "OpenAIMessageParam",
    "OpenAIStream",
    "OpenAITool",
    "OpenAIToolConfig",
    "OpenAIVendor",
    "call",
    "openai_call",
]

OpenAIMessageParam: TypeAlias = ChatCompletionMessageParam


class OpenAICallParams(ChatCallParams, total=False):
    """openai's parameters."""

    audio: Mapping[str, Any] | None
    metadata: dict[str, str] | None
    modalities: list[str] | None
    reasoning_effort: str | None
    stream_options: Mapping[str, Any] | None


class OpenAICallKwargs(OpenAICallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""


class OpenAIDynamicConfig(
    DynamicConfig[OpenAIMessageParam, OpenAICallParams, sdk.OpenAI | sdk.AzureOpenAI], total=False
):
    """Settings of one call."""


class AsyncOpenAIDynamicConfig(
    DynamicConfig[OpenAIMessageParam, OpenAICallParams, sdk.AsyncOpenAI | sdk.AsyncAzureOpenAI],
    total=False,
):
    """Settings of one asynchronous call."""


class OpenAIToolConfig(ToolConfig, total=False):
    """openai's tool options: `strict` keeps the model to the schema."""

    strict: bool


class OpenAITool(ChatTool):
    """A tool for openai."""

    _known_config: ClassVar[frozenset[str]] = frozenset({"strict"})


class _Spoken(Said, BaseModel):
    """What openai says beside text, in a response or in what a chunk adds to it."""

    @computed_field
    @property
    def audio(self) -> bytes | None:
        """The audio, decoded."""
        return self._told().audio

    @computed_field
    @property
    def audio_transcript(self) -> str | None:
        """The transcript of the audio."""
        return self._told().audio_transcript

    @property
    def refusal(self) -> str | None:
        """The words in which the model refused."""
        return self._told().refusal or None


class OpenAICallResponseChunk(_Spoken, BaseCallResponseChunk[ChatCompletionChunk, Any]):
    """A chunk of openai's stream."""

    if not TYPE_CHECKING:  # as every chunk has them, and in dumps too
        cached_tokens = computed_field(Said.cached_tokens)


class OpenAICallResponse(_Spoken, BaseCallResponse[ChatCompletion, OpenAITool]):
    """A response of openai."""

    @property
    def tools(self) -> list[OpenAITool] | None:
        """The tools the model called.

        Raises:
            ValueError: If the model refused, with its words.
        """
        if self.refusal and self.tool_types:
            raise ValueError(self.refusal)
        return self._tools


class OpenAIStream(BaseStream[OpenAICallResponse, OpenAICallResponseChunk]):
    """A stream of openai."""

    @property
    def audio_id(self) -> str | None:
        """The id under which the vendor keeps the audio."""
        return self._sum.said.audio_id

    @property
    def refusal(self) -> str | None:
        """The words, so far, in which the model refuses."""
        return str(self._sum.refusal) or None


class OpenAIVendor(ChatVendor):
    """openai; litellm and xai differ in a few lines."""

    provider: ClassVar[Provider] = "openai"
    response_type = OpenAICallResponse
    chunk_type = OpenAICallResponseChunk
    stream_type = OpenAIStream
    tool_type = OpenAITool
    variables = ("OPENAI_",)
    sdk = "openai"
    strict_schemas = True
    takes_audio = True

    @staticmethod
    def read_chunk(chunk: Any) -> Reading:
        """Read a chunk, with the audio and the refusal in it."""
        return read_chunk(chunk, extras=True)

    @staticmethod
    def read_response(response: Any) -> Reading:
        """Read a response, with the audio and the refusal in it."""
        reading = read_response(response)
        message = response.choices[0].message if response.choices else None
        reading.refusal = getattr(message, "refusal", None) or ""
        audio = getattr(message, "audio", None)
        if audio is not None:
            reading.audio = base64.b64decode(audio.data) if audio.data else None
            reading.audio_transcript = audio.transcript
            reading.audio_id = audio.id
        return reading

    def make_client(self, is_async: bool) -> Any:
        return sdk.AsyncOpenAI() if is_async else sdk.OpenAI()

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        function = Function(name=name, arguments=arguments)
        return ToolCall(id=id or "", function=function, type="function")

    def rebuild(self, said: Reading) -> Any:
        audio = None
        if said.audio_id is not None:
            audio = ChatCompletionAudio(
                id=said.audio_id,
                data=base64.b64encode(said.audio or b"").decode(),
                expires_at=0,
                transcript=said.audio_transcript or "",
            )
        message = ChatCompletionMessage.model_construct(
            role="assistant",
            content=said.text or None,
            refusal=said.refusal or None,
            tool_calls=said.tool_calls or None,
            audio=audio,
        )
        return self.completion(
            said, message, ChatCompletion.model_construct, Choice.model_construct
        )


call: Call[OpenAICallResponse, OpenAIStream] = Call(OpenAIVendor())
openai_call: Call[OpenAICallResponse, OpenAIStream] = call
