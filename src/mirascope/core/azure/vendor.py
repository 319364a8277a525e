# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""azure, through the AI inference SDK."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeAlias

from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.tool import ToolConfig
from ..base.types import Provider
from ..base.vendor import Draft
from ..families.chat_completions import ChatTool, ChatVendor, strict_schema
from ..missing_sdk import needs

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
    "AzureCallKwargs",
    "AzureCallParams",
    "AzureCallResponse",
    "AzureCallResponseChunk",
    "AzureDynamicConfig",
    "AzureMessageParam",
    "AzureStream",
    "AzureTool",
    "AzureToolConfig",
    "AzureVendor",
    "azure_call",
    "call",
]

AzureMessageParam: TypeAlias = ChatRequestMessage
# It has no tool options of its own.
AzureToolConfig: TypeAlias = ToolConfig
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


class AzureCallKwargs(AzureCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""


class AzureDynamicConfig(
    DynamicConfig[AzureMessageParam, AzureCallParams, ChatCompletionsClient], total=False
):
    """Settings of one call."""


class AsyncAzureDynamicConfig(DynamicConfig[AzureMessageParam, AzureCallParams, Any], total=False):
    """Settings of one asynchronous call."""


class AzureTool(ChatTool):
    """A tool for azure."""

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's model."""
        return ChatCompletionsToolDefinition(super().tool_schema())


class AzureCallResponseChunk(BaseCallResponseChunk[StreamingChatCompletionsUpdate, Any]):
    """A chunk of azure's stream."""


class AzureCallResponse(BaseCallResponse[ChatCompletions, AzureTool]):
    """A response of azure."""


class AzureStream(BaseStream[AzureCallResponse, AzureCallResponseChunk]):
    """A stream of azure."""


class AzureVendor(ChatVendor):
    """azure; `AZURE_INFERENCE_ENDPOINT` and `AZURE_INFERENCE_CREDENTIAL` configure it."""

    provider: ClassVar[Provider] = "azure"
    response_type = AzureCallResponse
    chunk_type = AzureCallResponseChunk
    stream_type = AzureStream
    tool_type = AzureTool
    variables = ("AZURE_",)
    sdk = "azure"
    list_params = frozenset({"stop"})
    strict_schemas = True

    def make_client(self, is_async: bool) -> Any:
        endpoint = os.environ["AZURE_INFERENCE_ENDPOINT"]
        key = os.environ.get("AZURE_INFERENCE_CREDENTIAL")
        if is_async:
            from azure.ai.inference.aio import ChatCompletionsClient as AsyncClient

            return AsyncClient(endpoint, _credential(key, True))
        return ChatCompletionsClient(endpoint, _credential(key, False))

    def is_async_client(self, client: Any) -> bool | None:
        """Tell whether a client is asynchronous: its name is the same."""
        if any(".aio" in base.__module__ for base in type(client).__mro__):
            return True
        return super().is_async_client(client)

    @staticmethod
    def own(message: dict[str, Any]) -> Any:
        return _MESSAGES[message["role"]](message)

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        messages, kwargs = super().request(draft, client)
        if draft.json_mode:
            kwargs["response_format"] = "json_object"
        if draft.json_schema is not None:
            schema = strict_schema(draft.json_schema)
            kwargs["response_format"] = JsonSchemaFormat(
                name=draft.json_name, schema=schema, strict=True
            )
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        function = FunctionCall(name=name, arguments=arguments)
        return ChatCompletionsToolCall(id=id or "", function=function)

    def rebuild(self, said: Reading) -> Any:
        calls: Any = said.tool_calls or None
        message = ChatResponseMessage(role="assistant", content=said.text, tool_calls=calls)
        unknown = CompletionsUsage(prompt_tokens=0, completion_tokens=0, total_tokens=0)
        return ChatCompletions(
            id=said.id or "",
            model=said.model or "",
            created=datetime.now(UTC),
            choices=[ChatChoice(index=0, finish_reason=self.reason(said), message=message)],
            usage=said.usage or unknown,
        )

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        return client.complete(**kwargs, stream=True) if stream else client.complete(**kwargs)


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


call: Call[AzureCallResponse, AzureStream] = Call(AzureVendor())
azure_call: Call[AzureCallResponse, AzureStream] = call
