# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""mistral, through its own SDK, before and after its 2.0."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, cast

from .._families import openai as family
from .._families.chat import ChatChunk, ChatResponse, ChatStream, ChatVendor
from .._missing import needs
from ..base._call import Call
from ..base.call_params import BaseCallParams, CommonCallParams
from ..base.dynamic_config import DynamicConfig
from ..base.message_param import BaseMessageParam
from ..base.types import Provider

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
    "MistralCallParams",
    "MistralCallResponse",
    "MistralCallResponseChunk",
    "MistralDynamicConfig",
    "MistralMessageParam",
    "MistralStream",
    "MistralTool",
    "MistralVendor",
    "call",
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


class MistralDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | MistralMessageParam]
    call_params: MistralCallParams | CommonCallParams
    client: Mistral | None


class MistralTool(family.ChatTool):
    """A tool for mistral."""

    __provider__ = "mistral"

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool; mistral wants a schema even where there are no parameters."""
        return family.function_schema(cls, empty=True)


class MistralCallResponseChunk(ChatChunk[models.CompletionChunk]):
    """A chunk of mistral's stream."""


class MistralCallResponse(ChatResponse[models.ChatCompletionResponse, MistralTool]):
    """A response of mistral."""

    _provider: ClassVar[Provider] = "mistral"
    _tool_type = MistralTool

    def _message_param(self) -> Any:
        return _assistant(self.content, self._reading.tool_calls)

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one of the SDK's tool messages for each output."""
        return [models.ToolMessage(**message) for message in family.tool_dicts(tools_and_outputs)]


def _assistant(content: str, tool_calls: Sequence[Any]) -> Any:
    return models.AssistantMessage(content=content, tool_calls=list(tool_calls) or None)


class MistralStream(ChatStream[MistralCallResponse, MistralCallResponseChunk]):
    """A stream of mistral."""

    _provider: ClassVar[Provider] = "mistral"

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return _assistant(content or "", tool_calls or [])

    def _construct_response(self) -> Any:
        usage = self._sum.usage
        if usage is None:
            usage = models.UsageInfo(prompt_tokens=0, completion_tokens=0, total_tokens=0)
        choice = models.ChatCompletionChoice(
            index=0, finish_reason=self._reason(), message=self.message_param
        )
        return models.ChatCompletionResponse(
            id=self.id or "",
            model=self.model,
            choices=[choice],
            created=0,
            object="chat.completion",
            usage=usage,
        )


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

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages into the SDK's objects."""
        return [
            _MESSAGES[message["role"]].model_validate(message) if type(message) is dict else message
            for message in family.encode_messages(messages, self.provider)
        ]

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call."""
        function = models.FunctionCall(name=name, arguments=arguments)
        return models.ToolCall(id=id or "null", function=function)

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.chat.complete(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.chat.complete_async(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks, out of their events."""
        with client.chat.stream(**kwargs) as events:
            for event in events:
                yield event.data

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's chunks from asynchronous code."""
        async with await client.chat.stream_async(**kwargs) as events:
            async for event in events:
                yield event.data


call = cast("Call[MistralCallResponse, MistralStream]", Call(MistralVendor()))
