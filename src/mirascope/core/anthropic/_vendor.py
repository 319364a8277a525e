# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""anthropic, through its own SDK."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, cast

from .._families import anthropic as family
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

with needs("anthropic"):
    import anthropic as sdk
    from anthropic.resources.messages import Messages
    from anthropic.types import (
        Message,
        MessageParam,
        RawMessageStreamEvent,
        RedactedThinkingBlock,
        TextBlock,
        ThinkingBlock,
        ToolUseBlock,
        Usage,
    )

__all__ = [
    "AnthropicCallParams",
    "AnthropicCallResponse",
    "AnthropicCallResponseChunk",
    "AnthropicDynamicConfig",
    "AnthropicMessageParam",
    "AnthropicStream",
    "AnthropicTool",
    "AnthropicToolConfig",
    "AnthropicVendor",
    "AsyncAnthropicDynamicConfig",
    "call",
]

AnthropicMessageParam: TypeAlias = MessageParam
_KNOWN = frozenset(inspect.signature(Messages.create).parameters)


class AnthropicCallParams(BaseCallParams, total=False):
    """anthropic's parameters; `max_tokens` is 1024 unless given."""

    extra_headers: Mapping[str, str] | None
    max_tokens: int
    metadata: Any
    stop_sequences: list[str]
    system: Any
    temperature: float
    thinking: Any
    timeout: Any
    tool_choice: Any
    top_k: int
    top_p: float


class AnthropicDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | AnthropicMessageParam]
    call_params: AnthropicCallParams | CommonCallParams
    client: sdk.Anthropic | None


class AsyncAnthropicDynamicConfig(DynamicConfig, total=False):
    """Settings of one asynchronous call."""

    messages: Sequence[BaseMessageParam | AnthropicMessageParam]
    call_params: AnthropicCallParams | CommonCallParams
    client: sdk.AsyncAnthropic | None


class AnthropicToolConfig(ToolConfig, total=False):
    """anthropic's tool options: `cache_control` marks the tool as cacheable."""

    cache_control: Any


class AnthropicTool(BaseTool):
    """A tool for anthropic."""

    __provider__ = "anthropic"
    _known_config: ClassVar[frozenset[str]] = frozenset({"cache_control"})

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", tool_call.input or {})

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with its input schema."""
        schema: dict[str, Any] = {
            "name": cls._name(),
            "description": cls._description(),
            "input_schema": cls.parameters(),
        }
        cache = cls.tool_config.get("cache_control")
        return {**schema, "cache_control": cache} if cache else schema


class AnthropicCallResponseChunk(ReadChunk[RawMessageStreamEvent, str]):
    """An event of anthropic's stream."""

    _read = staticmethod(family.read_chunk)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @property
    def thinking(self) -> str:
        """The thinking this chunk adds."""
        return self._reading.thinking

    @property
    def signature(self) -> str:
        """The signature of the thinking, where this chunk has it."""
        return self._reading.signature


def _assistant(content: str, tool_calls: Sequence[Any], thoughts: Sequence[Any]) -> Any:
    # A conversation that uses tools must return the thinking, signed or hidden as it was.
    blocks: list[dict[str, Any]] = [
        {"type": "redacted_thinking", "data": block.data}
        if block.type == "redacted_thinking"
        else {"type": "thinking", "thinking": block.thinking, "signature": block.signature}
        for block in thoughts
        if block.type == "redacted_thinking" or block.signature
    ]
    if content:
        blocks.append({"type": "text", "text": content})
    for call in tool_calls:
        blocks.append({"type": "tool_use", "id": call.id, "name": call.name, "input": call.input})
    return {"role": "assistant", "content": blocks}


class AnthropicCallResponse(BaseCallResponse[Message, AnthropicTool]):
    """A response of anthropic."""

    _provider: ClassVar[Provider] = "anthropic"
    _tool_type = AnthropicTool
    _read = staticmethod(family.read_response)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @property
    def thinking(self) -> str | None:
        """The model's thinking."""
        return self._reading.thinking or None

    @property
    def signature(self) -> str | None:
        """The signature of the thinking."""
        return self._reading.signature or None

    def _message_param(self) -> Any:
        reading = self._reading
        return _assistant(self.content, reading.tool_calls, reading.thoughts)

    @classmethod
    def _call_name(cls, tool_call: Any) -> str:
        return str(tool_call.name)

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        results = [
            # Not `tool.id`: a tool may have a parameter of that name.
            family.tool_result(tool._call_id(tool.tool_call), tool_output(output))
            for tool, output in tools_and_outputs
        ]
        return [{"role": "user", "content": results}]


class AnthropicStream(BaseStream[AnthropicCallResponse, AnthropicCallResponseChunk]):
    """A stream of anthropic."""

    _provider: ClassVar[Provider] = "anthropic"
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    @property
    def thinking(self) -> str:
        """The model's thinking so far."""
        return str(self._sum.thinking)

    @property
    def signature(self) -> str:
        """The signature of the thinking so far."""
        return str(self._sum.signature)

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return _assistant(content or "", tool_calls or [], self._thoughts())

    def _thoughts(self) -> list[Any]:
        """The blocks of thinking, as the SDK has them."""
        return [
            RedactedThinkingBlock(type="redacted_thinking", data=each.redacted)
            if each.redacted
            else ThinkingBlock(
                type="thinking", thinking=str(each.text), signature=str(each.signature)
            )
            for each in self._sum.thoughts.values()
        ]

    def _construct_response(self) -> Any:
        blocks = self._thoughts()
        if self.content:
            blocks.append(TextBlock(type="text", text=self.content))
        usage = Usage.model_construct(
            input_tokens=self.input_tokens or 0,
            output_tokens=self.output_tokens or 0,
            cache_read_input_tokens=self.cached_tokens,
            cache_creation_input_tokens=self._sum.cache_write_tokens,
        )
        return Message.model_construct(
            id=self.id or "",
            type="message",
            role="assistant",
            model=self.model,
            content=[*blocks, *self._sum.tool_calls],
            stop_reason=(self.finish_reasons or [None])[0],
            stop_sequence=None,
            usage=usage,
        )


class AnthropicVendor(Vendor):
    """anthropic."""

    provider: ClassVar[Provider] = "anthropic"
    response_type = AnthropicCallResponse
    chunk_type = AnthropicCallResponseChunk
    stream_type = AnthropicStream
    tool_type = AnthropicTool
    variables = ("ANTHROPIC_",)
    default_params: ClassVar[Mapping[str, Any]] = {"max_tokens": 1024}
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = {
        "frequency_penalty": None,
        "presence_penalty": None,
        "seed": None,
        "stop": "stop_sequences",
    }

    def make_client(self, is_async: bool) -> Any:
        """Build the SDK's client."""
        return sdk.AsyncAnthropic() if is_async else sdk.Anthropic()

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages."""
        return family.encode_messages(messages)

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request."""
        system, rest = family.split_system(draft.messages)
        messages = self.encode(rest)
        params = _for_this_sdk(draft.params)
        kwargs: dict[str, Any] = {"model": draft.model, "messages": messages, **params}
        if system is not None:
            kwargs.setdefault("system", family.encode_content(system.content))
        if draft.tool_types:
            kwargs["tools"] = [tool.tool_schema() for tool in draft.tool_types]
        if draft.forced_tool:
            kwargs["tool_choice"] = {"type": "tool", "name": draft.forced_tool}
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call."""
        return ToolUseBlock.model_construct(
            type="tool_use", id=id or "", name=name, input=read_arguments(arguments)
        )

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.messages.create(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.messages.create(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's events."""
        with client.messages.create(**kwargs, stream=True) as events:
            yield from events

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's events from asynchronous code."""
        async with await client.messages.create(**kwargs, stream=True) as events:
            async for event in events:
                yield event


def _for_this_sdk(params: dict[str, Any]) -> dict[str, Any]:
    """Send what the SDK has no parameter for in the body: its 2.x has dropped `temperature`."""
    known = {name: value for name, value in params.items() if name in _KNOWN}
    others = {name: value for name, value in params.items() if name not in _KNOWN}
    if not others:
        return known
    return {**known, "extra_body": {**others, **(known.get("extra_body") or {})}}


call = cast("Call[AnthropicCallResponse, AnthropicStream]", Call(AnthropicVendor()))
