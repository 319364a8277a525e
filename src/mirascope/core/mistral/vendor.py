# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""mistral, through its own SDK, before and after its 2.0."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.types import Provider
from ..families.chat_completions import ChatTool, ChatVendor
from ..missing_sdk import needs

with needs("mistral"):
    if TYPE_CHECKING:
        from mistralai import Mistral, models
    else:
        try:
            # Since 2.0 the classes are here; before, this module is an older client.
            from mistralai.client import Mistral, models
        except ImportError:
            from mistralai import Mistral, models

__all__ = [
    "MistralCallKwargs",
    "MistralCallParams",
    "MistralCallResponse",
    "MistralCallResponseChunk",
    "MistralDynamicConfig",
    "MistralMessageParam",
    "MistralStream",
    "MistralTool",
    "MistralVendor",
    "call",
    "mistral_call",
]

MistralMessageParam: TypeAlias = (
    models.AssistantMessage | models.SystemMessage | models.ToolMessage | models.UserMessage
)
_MESSAGES: Mapping[str, Any] = {
    "system": models.SystemMessage,
    "user": models.UserMessage,
    "assistant": models.AssistantMessage,
    "tool": models.ToolMessage,
}


class MistralCallParams(BaseCallParams, total=False):
    """mistral's parameters."""

    endpoint: str | None
    max_tokens: int | None
    random_seed: int | None
    response_format: Any
    safe_mode: bool
    safe_prompt: bool
    temperature: float | None
    tool_choice: Any
    top_p: float | None


class MistralCallKwargs(MistralCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""


class MistralDynamicConfig(
    DynamicConfig[MistralMessageParam, MistralCallParams, Mistral], total=False
):
    """Settings of one call."""


class MistralTool(ChatTool):
    """A tool for mistral."""

    _empty_schema = True


class MistralCallResponseChunk(BaseCallResponseChunk[models.CompletionChunk, Any]):
    """A chunk of mistral's stream."""


class MistralCallResponse(BaseCallResponse[models.ChatCompletionResponse, MistralTool]):
    """A response of mistral."""


class MistralStream(BaseStream[MistralCallResponse, MistralCallResponseChunk]):
    """A stream of mistral."""


class MistralVendor(ChatVendor):
    """mistral; `MISTRAL_SERVER_URL` names another address."""

    provider: ClassVar[Provider] = "mistral"
    response_type = MistralCallResponse
    chunk_type = MistralCallResponseChunk
    stream_type = MistralStream
    tool_type = MistralTool
    variables = ("MISTRAL_",)
    both_colours = True
    tool_choice = "any"
    param_names: ClassVar[Mapping[str, str | None]] = {
        "frequency_penalty": None,
        "presence_penalty": None,
        "seed": "random_seed",
    }

    def make_client(self, is_async: bool) -> Any:
        """Build the SDK's client, which serves both colours."""
        return Mistral(
            api_key=os.environ["MISTRAL_API_KEY"],
            server_url=os.environ.get("MISTRAL_SERVER_URL") or None,
        )

    @staticmethod
    def own(message: dict[str, Any]) -> Any:
        return _MESSAGES[message["role"]].model_validate(message)

    def assistant(self, said: Reading) -> Any:
        return models.AssistantMessage(content=said.text, tool_calls=list(said.tool_calls) or None)

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        function = models.FunctionCall(name=name, arguments=arguments)
        return models.ToolCall(id=id or "null", function=function)

    def rebuild(self, said: Reading) -> Any:
        if said.usage is None:
            said.usage = models.UsageInfo(prompt_tokens=0, completion_tokens=0, total_tokens=0)
        return self.completion(
            said, self.assistant(said), models.ChatCompletionResponse, models.ChatCompletionChoice
        )

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        """Ask the SDK, which has a method for each way."""
        name = ("stream" if stream else "complete") + ("_async" if is_async else "")
        return getattr(client.chat, name)(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks, out of their events."""
        with self.create(client, kwargs, stream=True, is_async=False) as events:
            for event in events:
                yield event.data

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        async with await self.create(client, kwargs, stream=True, is_async=True) as events:
            async for event in events:
                yield event.data


call: Call[MistralCallResponse, MistralStream] = Call(MistralVendor())
mistral_call: Call[MistralCallResponse, MistralStream] = call
