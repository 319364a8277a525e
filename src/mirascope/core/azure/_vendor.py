# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""azure, through the AI inference SDK."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias, cast

from .._families import openai as family
from .._families.chat import ChatChunk, ChatResponse, ChatStream, ChatVendor
from .._missing import needs
from ..base._call import Call
from ..base._vendor import Draft
from ..base.call_params import BaseCallParams, CommonCallParams
from ..base.dynamic_config import DynamicConfig
from ..base.message_param import BaseMessageParam
from ..base.tool import ToolConfig
from ..base.types import Provider

with needs("azure"):
    from azure.ai.inference import ChatCompletionsClient
    from azure.ai.inference.models import (
        AssistantMessage,
        ChatChoice,
        ChatCompletions,
        ChatCompletionsToolCall,
        ChatCompletionsToolDefinition,
        ChatRequestMessage,
        ChatResponseMessage,
        CompletionsUsage,
        FunctionCall,
        JsonSchemaFormat,
        StreamingChatCompletionsUpdate,
        SystemMessage,
        ToolMessage,
        UserMessage,
    )
    from azure.core.credentials import AzureKeyCredential

__all__ = [
    "AsyncAzureDynamicConfig",
    "AzureCallParams",
    "AzureCallResponse",
    "AzureCallResponseChunk",
    "AzureDynamicConfig",
    "AzureMessageParam",
    "AzureStream",
    "AzureTool",
    "AzureToolConfig",
    "AzureVendor",
    "call",
]

AzureMessageParam: TypeAlias = ChatRequestMessage
_MESSAGES: Mapping[str, Any] = {
    "system": SystemMessage,
    "user": UserMessage,
    "assistant": AssistantMessage,
    "tool": ToolMessage,
}


class AzureCallParams(BaseCallParams, total=False):
    """azure's parameters."""

    frequency_penalty: float | None
    max_tokens: int | None
    model_extras: dict[str, Any] | None
    presence_penalty: float | None
    response_format: Any
    seed: int | None
    stop: list[str] | None
    temperature: float | None
    tool_choice: Any
    top_p: float | None


class AzureDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | AzureMessageParam]
    call_params: AzureCallParams | CommonCallParams
    client: ChatCompletionsClient | None


class AsyncAzureDynamicConfig(DynamicConfig, total=False):
    """Settings of one asynchronous call."""

    messages: Sequence[BaseMessageParam | AzureMessageParam]
    call_params: AzureCallParams | CommonCallParams
    client: Any


class AzureToolConfig(ToolConfig, total=False):
    """azure's tool options: none."""


class AzureTool(family.ChatTool):
    """A tool for azure."""

    __provider__ = "azure"

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's model."""
        return ChatCompletionsToolDefinition(family.function_schema(cls))


class AzureCallResponseChunk(ChatChunk[StreamingChatCompletionsUpdate]):
    """A chunk of azure's stream."""


class AzureCallResponse(ChatResponse[ChatCompletions, AzureTool]):
    """A response of azure."""

    _provider: ClassVar[Provider] = "azure"
    _tool_type = AzureTool

    def _message_param(self) -> Any:
        return AssistantMessage(super()._message_param())

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one of the SDK's tool messages for each output."""
        return [ToolMessage(message) for message in family.tool_dicts(tools_and_outputs)]


class AzureStream(ChatStream[AzureCallResponse, AzureCallResponseChunk]):
    """A stream of azure."""

    _provider: ClassVar[Provider] = "azure"

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return AssistantMessage(super()._construct_message_param(tool_calls, content))

    def _construct_response(self) -> Any:
        message = ChatResponseMessage(
            role="assistant", content=self.content, tool_calls=self._sum.tool_calls or None
        )
        unknown = CompletionsUsage(prompt_tokens=0, completion_tokens=0, total_tokens=0)
        return ChatCompletions(
            id=self.id or "",
            model=self.model,
            created=datetime.now(UTC),
            choices=[ChatChoice(index=0, finish_reason=self._reason(), message=message)],
            usage=self._sum.usage or unknown,
        )


class AzureVendor(ChatVendor):
    """azure; `AZURE_INFERENCE_ENDPOINT` and `AZURE_INFERENCE_CREDENTIAL` configure it."""

    provider: ClassVar[Provider] = "azure"
    response_type = AzureCallResponse
    chunk_type = AzureCallResponseChunk
    stream_type = AzureStream
    tool_type = AzureTool
    variables = ("AZURE_",)
    list_params = frozenset({"stop"})
    strict_schemas = True

    def make_client(self, is_async: bool) -> Any:
        """Build the SDK's client."""
        endpoint = os.environ["AZURE_INFERENCE_ENDPOINT"]
        key = os.environ.get("AZURE_INFERENCE_CREDENTIAL")
        if is_async:
            from azure.ai.inference.aio import ChatCompletionsClient as AsyncClient

            return AsyncClient(endpoint, _credential(key, True))
        return ChatCompletionsClient(endpoint, _credential(key, False))

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages into the SDK's models."""
        return [
            _MESSAGES[message["role"]](message) if type(message) is dict else message
            for message in family.encode_messages(messages, self.provider)
        ]

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request."""
        messages, kwargs = super().request(draft, client)
        if draft.json_mode:
            kwargs["response_format"] = "json_object"
        if draft.json_schema is not None:
            kwargs["response_format"] = JsonSchemaFormat(
                name=draft.json_name,
                schema=family.strict_schema(draft.json_schema),
                strict=True,
            )
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call."""
        function = FunctionCall(name=name, arguments=arguments)
        return ChatCompletionsToolCall(id=id or "", function=function)

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.complete(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.complete(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks."""
        with client.complete(**kwargs, stream=True) as chunks:
            yield from chunks

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's chunks from asynchronous code."""
        async with await client.complete(**kwargs, stream=True) as chunks:
            async for chunk in chunks:
                yield chunk


def _credential(key: str | None, is_async: bool) -> Any:
    if key:
        return AzureKeyCredential(key)
    try:
        if is_async:
            from azure.identity.aio import DefaultAzureCredential as AsyncCredential

            return AsyncCredential()
        from azure.identity import DefaultAzureCredential

        return DefaultAzureCredential()
    except ImportError as error:
        raise ImportError(
            "Set AZURE_INFERENCE_CREDENTIAL to a key, or install azure-identity to sign in "
            "without one."
        ) from error


call = cast("Call[AzureCallResponse, AzureStream]", Call(AzureVendor()))
