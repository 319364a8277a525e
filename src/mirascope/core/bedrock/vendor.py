# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""bedrock's converse API, through boto3, and aiobotocore in asynchronous code."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AsyncExitStack, closing
from typing import Any, ClassVar, TypeAlias, cast

from ..base.arguments import read_arguments
from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.jsonable import tool_output
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.reading_messages import split_system
from ..base.tool import BaseTool, ToolConfig
from ..base.types import FinishReason, Provider
from ..base.vendor import Draft, Vendor
from ..missing_sdk import needs
from .converse import (
    FINISH_REASONS,
    assistant,
    encode_messages,
    join_neighbours,
    read_chunk,
    read_message,
    read_response,
    tool_result,
)

with needs("bedrock"):
    import boto3

__all__ = [
    "AssistantMessageTypeDef",
    "AsyncBedrockDynamicConfig",
    "BedrockCallKwargs",
    "BedrockCallParams",
    "BedrockCallResponse",
    "BedrockCallResponseChunk",
    "BedrockDynamicConfig",
    "BedrockMessageParam",
    "BedrockStream",
    "BedrockTool",
    "BedrockToolConfig",
    "BedrockVendor",
    "UserMessageTypeDef",
    "bedrock_call",
    "call",
]

# The SDK's own types are in stub packages that need not be installed.
BedrockMessageParam: TypeAlias = dict[str, Any]
AssistantMessageTypeDef: TypeAlias = dict[str, Any]
UserMessageTypeDef: TypeAlias = dict[str, Any]
# It has no tool options of its own.
BedrockToolConfig: TypeAlias = ToolConfig


class BedrockCallParams(BaseCallParams, total=False):
    """bedrock's parameters."""

    additionalModelRequestFields: Any
    additionalModelResponseFieldPaths: list[str]
    guardrailConfig: Any
    inferenceConfig: Any
    system: list[Any]
    toolConfig: Any


class BedrockCallKwargs(BedrockCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""

    modelId: str


class BedrockDynamicConfig(DynamicConfig[BedrockMessageParam, BedrockCallParams, Any], total=False):
    """Settings of one call."""


class AsyncBedrockDynamicConfig(
    DynamicConfig[BedrockMessageParam, BedrockCallParams, Any], total=False
):
    """Settings of one asynchronous call."""


class BedrockTool(BaseTool):
    """A tool for bedrock."""

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return cast("str | None", tool_call["toolUse"]["toolUseId"])

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", tool_call["toolUse"].get("input") or {})

    @classmethod
    def tool_schema(cls) -> Any:
        return {
            "toolSpec": {
                "name": cls._name(),
                "description": cls._description(),
                "inputSchema": {"json": cls.parameters()},
            }
        }


class BedrockCallResponseChunk(BaseCallResponseChunk[dict[str, Any], str]):
    """An event of bedrock's stream, with the response's metadata and the model's id."""


class BedrockCallResponse(BaseCallResponse[Any, BedrockTool]):
    """A response of bedrock."""


class BedrockStream(BaseStream[BedrockCallResponse, BedrockCallResponseChunk]):
    """A stream of bedrock."""


class _AsyncClient:
    """aiobotocore's client, which can only be made by awaiting it."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._stack = AsyncExitStack()
        self._lock = asyncio.Lock()
        self._client: Any = None

    async def open(self) -> Any:
        with needs("bedrock"):
            from aiobotocore.session import AioSession
        async with self._lock:
            if self._client is None:
                profile = os.environ.get("AWS_PROFILE")
                session = AioSession(profile=profile) if profile else AioSession()
                made = session.create_client("bedrock-runtime", **self._settings)
                self._client = await self._stack.enter_async_context(made)
            return self._client

    async def aclose(self) -> None:
        await self._stack.aclose()


def _settings() -> dict[str, Any]:
    # boto3 reads the other variables itself.
    region = os.environ.get("AWS_REGION_NAME") or os.environ.get("AWS_REGION")
    return {"region_name": region} if region else {}


class BedrockVendor(Vendor):
    """bedrock, configured by the AWS variables and files."""

    provider: ClassVar[Provider] = "bedrock"
    response_type = BedrockCallResponse
    chunk_type = BedrockCallResponseChunk
    stream_type = BedrockStream
    tool_type = BedrockTool
    reasons: ClassVar[Mapping[str, FinishReason]] = FINISH_REASONS
    read_chunk = staticmethod(read_chunk)
    read_response = staticmethod(read_response)
    read_message = staticmethod(read_message)
    variables = ("AWS_",)
    sdk = "botocore"
    params_key = "inferenceConfig"
    list_params = frozenset({"stopSequences"})
    param_names: ClassVar[Mapping[str, str | None]] = {
        "max_tokens": "maxTokens",
        "top_p": "topP",
        "stop": "stopSequences",
        "frequency_penalty": None,
        "presence_penalty": None,
        "seed": None,
    }

    def make_client(self, is_async: bool) -> Any:
        if is_async:
            return _AsyncClient(_settings())
        return boto3.Session().client("bedrock-runtime", **_settings())

    def is_async_client(self, client: Any) -> bool | None:
        """Tell whether a client is asynchronous: another package makes those."""
        if any(base.__module__.startswith("aiobotocore") for base in type(client).__mro__):
            return True
        return super().is_async_client(client)

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        return encode_messages(messages)

    def call_name(self, tool_call: Any) -> str:
        return str(tool_call["toolUse"]["name"])

    def assistant(self, said: Reading) -> Any:
        return assistant(said)

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message for each output."""
        return [
            # Not `tool.id`: a tool may have a parameter of that name.
            {
                "role": "user",
                "content": [tool_result(tool._call_id(tool.tool_call), tool_output(output))],
            }
            for tool, output in tools_and_outputs
        ]

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        system, rest = split_system(draft.messages)
        messages = join_neighbours(self.encode(rest))
        kwargs: dict[str, Any] = {"modelId": draft.model, "messages": messages, **draft.params}
        if system is not None:
            kwargs.setdefault("system", self.encode([system])[0]["content"])
        if draft.tool_types:
            config = dict(kwargs.get("toolConfig") or {})
            config["tools"] = [tool.tool_schema() for tool in draft.tool_types]
            if draft.forced_tool:
                config["toolChoice"] = {"tool": {"name": draft.forced_tool}}
            kwargs["toolConfig"] = config
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        use = {"toolUseId": id or "", "name": name, "input": read_arguments(arguments)}
        return {"toolUse": use}

    def rebuild(self, said: Reading) -> Any:
        return {
            "ResponseMetadata": {"RequestId": said.id or ""},
            "output": {"message": self.assistant(said)},
            "stopReason": (said.finish_reasons or [None])[0],
            "usage": said.usage or {},
            "metrics": {},
        }

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        """Ask the SDK; its asynchronous client may have to be opened first."""
        name = "converse_stream" if stream else "converse"
        if isinstance(client, _AsyncClient):
            return _ask_opened(client, name, kwargs)
        return getattr(client, name)(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's events, each with the response's metadata and the model's id."""
        response = self.create(client, kwargs, stream=True, is_async=False)
        more = {"responseMetadata": response["ResponseMetadata"], "model": kwargs["modelId"]}
        with closing(response["stream"]) as events:
            for event in events:
                yield {**event, **more}

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        response = await self.create(client, kwargs, stream=True, is_async=True)
        more = {"responseMetadata": response["ResponseMetadata"], "model": kwargs["modelId"]}
        with closing(response["stream"]) as events:
            async for event in events:
                yield {**event, **more}


async def _ask_opened(client: _AsyncClient, name: str, kwargs: dict[str, Any]) -> Any:
    return await getattr(await client.open(), name)(**kwargs)


call: Call[BedrockCallResponse, BedrockStream] = Call(BedrockVendor())
bedrock_call: Call[BedrockCallResponse, BedrockStream] = call
