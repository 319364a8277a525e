# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""bedrock's converse API, through boto3, and aiobotocore in asynchronous code."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, ClassVar, TypeAlias, cast

from .._families import bedrock as family
from .._families.anthropic import split_system
from .._missing import needs
from ..base._arguments import read_arguments
from ..base._call import Call
from ..base._jsonable import tool_output
from ..base._read_chunk import ReadChunk
from ..base._vendor import Draft, Vendor
from ..base.call_params import BaseCallParams, CommonCallParams
from ..base.call_response import BaseCallResponse
from ..base.dynamic_config import DynamicConfig
from ..base.message_param import BaseMessageParam
from ..base.stream import BaseStream
from ..base.tool import BaseTool, ToolConfig
from ..base.types import FinishReason, Provider

with needs("bedrock"):
    import boto3

__all__ = [
    "AssistantMessageTypeDef",
    "AsyncBedrockDynamicConfig",
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
    "call",
]

# The SDK's own types are in stub packages that need not be installed.
BedrockMessageParam: TypeAlias = dict[str, Any]
AssistantMessageTypeDef: TypeAlias = dict[str, Any]
UserMessageTypeDef: TypeAlias = dict[str, Any]


class BedrockCallParams(BaseCallParams, total=False):
    """bedrock's parameters."""

    additionalModelRequestFields: Any
    additionalModelResponseFieldPaths: list[str]
    guardrailConfig: Any
    inferenceConfig: Any
    system: list[Any]
    toolConfig: Any


class BedrockDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | BedrockMessageParam]
    call_params: BedrockCallParams | CommonCallParams
    client: Any


class AsyncBedrockDynamicConfig(DynamicConfig, total=False):
    """Settings of one asynchronous call."""

    messages: Sequence[BaseMessageParam | BedrockMessageParam]
    call_params: BedrockCallParams | CommonCallParams
    client: Any


class BedrockToolConfig(ToolConfig, total=False):
    """bedrock's tool options: none."""


class BedrockTool(BaseTool):
    """A tool for bedrock."""

    __provider__ = "bedrock"

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return cast("str | None", tool_call["toolUse"]["toolUseId"])

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", tool_call["toolUse"].get("input") or {})

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool."""
        return {
            "toolSpec": {
                "name": cls._name(),
                "description": cls._description(),
                "inputSchema": {"json": cls.parameters()},
            }
        }


class BedrockCallResponseChunk(ReadChunk[dict[str, Any], str]):
    """An event of bedrock's stream, with the response's metadata and the model's id."""

    _read = staticmethod(family.read_chunk)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS


class BedrockCallResponse(BaseCallResponse[Any, BedrockTool]):
    """A response of bedrock."""

    _provider: ClassVar[Provider] = "bedrock"
    _tool_type = BedrockTool
    _read = staticmethod(family.read_response)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _message_param(self) -> Any:
        reading = self._reading
        return family.assistant(self.content, reading.tool_calls, reading.thoughts)

    @classmethod
    def _call_name(cls, tool_call: Any) -> str:
        return str(tool_call["toolUse"]["name"])

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message for each output."""
        return [
            # Not `tool.id`: a tool may have a parameter of that name.
            {
                "role": "user",
                "content": [family.tool_result(tool._call_id(tool.tool_call), tool_output(output))],
            }
            for tool, output in tools_and_outputs
        ]


class BedrockStream(BaseStream[BedrockCallResponse, BedrockCallResponseChunk]):
    """A stream of bedrock."""

    _provider: ClassVar[Provider] = "bedrock"
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        thoughts = [family.thought_block(each) for each in self._sum.thoughts.values()]
        return family.assistant(content or "", tool_calls or [], thoughts)

    def _construct_response(self) -> Any:
        return {
            "ResponseMetadata": {"RequestId": self.id or ""},
            "output": {"message": self.message_param},
            "stopReason": (self.finish_reasons or [None])[0],
            "usage": self._sum.usage or {},
            "metrics": {},
        }


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
    variables = ("AWS_",)
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
        """Build the SDK's client."""
        if is_async:
            return _AsyncClient(_settings())
        return boto3.Session().client("bedrock-runtime", **_settings())

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages."""
        return family.encode_messages(messages)

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request."""
        system, rest = split_system(draft.messages)
        messages = family.join_neighbours(self.encode(rest))
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
        """Make the wire's tool call."""
        use = {"toolUseId": id or "", "name": name, "input": read_arguments(arguments)}
        return {"toolUse": use}

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.converse(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await (await _opened(client)).converse(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's events, each with the response's metadata and the model's id."""
        response = client.converse_stream(**kwargs)
        more = {"responseMetadata": response["ResponseMetadata"], "model": kwargs["modelId"]}
        try:
            for event in response["stream"]:
                yield {**event, **more}
        finally:
            response["stream"].close()

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's events from asynchronous code."""
        response = await (await _opened(client)).converse_stream(**kwargs)
        more = {"responseMetadata": response["ResponseMetadata"], "model": kwargs["modelId"]}
        try:
            async for event in response["stream"]:
                yield {**event, **more}
        finally:
            response["stream"].close()


async def _opened(client: Any) -> Any:
    return await client.open() if isinstance(client, _AsyncClient) else client


call = cast("Call[BedrockCallResponse, BedrockStream]", Call(BedrockVendor()))
