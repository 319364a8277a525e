# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""anthropic, through its own SDK."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, cast

from ..base.aggregate import Thought
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
from .messages import (
    FINISH_REASONS,
    encode_content,
    encode_messages,
    read_chunk,
    read_message,
    read_response,
    tool_result,
)

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
    "AnthropicCallKwargs",
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
    "anthropic_call",
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


class AnthropicCallKwargs(AnthropicCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""


class AnthropicDynamicConfig(
    DynamicConfig[AnthropicMessageParam, AnthropicCallParams, sdk.Anthropic], total=False
):
    """Settings of one call."""


class AsyncAnthropicDynamicConfig(
    DynamicConfig[AnthropicMessageParam, AnthropicCallParams, sdk.AsyncAnthropic], total=False
):
    """Settings of one asynchronous call."""


class AnthropicToolConfig(ToolConfig, total=False):
    """anthropic's tool options: `cache_control` marks the tool as cacheable."""

    cache_control: Any


class AnthropicTool(BaseTool):
    """A tool for anthropic."""

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


class AnthropicCallResponseChunk(BaseCallResponseChunk[RawMessageStreamEvent, str]):
    """An event of anthropic's stream."""

    @property
    def thinking(self) -> str:
        """The thinking this chunk adds."""
        return self.reading.thinking

    @property
    def signature(self) -> str:
        """The signature of the thinking, where this chunk has it."""
        return self.reading.signature


class AnthropicCallResponse(BaseCallResponse[Message, AnthropicTool]):
    """A response of anthropic."""

    @property
    def thinking(self) -> str | None:
        """The model's thinking."""
        return self.reading.thinking or None

    @property
    def signature(self) -> str | None:
        """The signature of the thinking."""
        return self.reading.signature or None


class AnthropicStream(BaseStream[AnthropicCallResponse, AnthropicCallResponseChunk]):
    """A stream of anthropic."""

    @property
    def thinking(self) -> str:
        """The model's thinking so far."""
        return str(self._sum.thinking)

    @property
    def signature(self) -> str:
        """The signature of the thinking so far."""
        return str(self._sum.signature)


class AnthropicVendor(Vendor):
    """anthropic."""

    provider: ClassVar[Provider] = "anthropic"
    response_type = AnthropicCallResponse
    chunk_type = AnthropicCallResponseChunk
    stream_type = AnthropicStream
    tool_type = AnthropicTool
    reasons: ClassVar[Mapping[str, FinishReason]] = FINISH_REASONS
    read_chunk = staticmethod(read_chunk)
    read_response = staticmethod(read_response)
    read_message = staticmethod(read_message)
    variables = ("ANTHROPIC_",)
    sdk = "anthropic"
    default_params: ClassVar[Mapping[str, Any]] = {"max_tokens": 1024}
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = {
        "frequency_penalty": None,
        "presence_penalty": None,
        "seed": None,
        "stop": "stop_sequences",
    }

    def make_client(self, is_async: bool) -> Any:
        return sdk.AsyncAnthropic() if is_async else sdk.Anthropic()

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        return encode_messages(messages)

    def assistant(self, said: Reading) -> Any:
        # A conversation that uses tools must return the thinking, signed or hidden as it was.
        blocks: list[dict[str, Any]] = [
            {"type": "redacted_thinking", "data": block.data}
            if block.type == "redacted_thinking"
            else {"type": "thinking", "thinking": block.thinking, "signature": block.signature}
            for block in map(_thought, said.thoughts)
            if block.type == "redacted_thinking" or block.signature
        ]
        if said.text:
            blocks.append({"type": "text", "text": said.text})
        for call in said.tool_calls:
            use = {"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}
            blocks.append(use)
        return {"role": "assistant", "content": blocks}

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one user message that holds all the outputs."""
        results = [
            # Not `tool.id`: a tool may have a parameter of that name.
            tool_result(tool._call_id(tool.tool_call), tool_output(output))
            for tool, output in tools_and_outputs
        ]
        return [{"role": "user", "content": results}]

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        system, rest = split_system(draft.messages)
        messages = self.encode(rest)
        params = _for_this_sdk(draft.params)
        kwargs: dict[str, Any] = {"model": draft.model, "messages": messages, **params}
        if system is not None:
            kwargs.setdefault("system", encode_content(system.content))
        if draft.tool_types:
            kwargs["tools"] = [tool.tool_schema() for tool in draft.tool_types]
        if draft.forced_tool:
            kwargs["tool_choice"] = {"type": "tool", "name": draft.forced_tool}
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        return ToolUseBlock.model_construct(
            type="tool_use", id=id or "", name=name, input=read_arguments(arguments)
        )

    def rebuild(self, said: Reading) -> Any:
        blocks = [_thought(each) for each in said.thoughts]
        if said.text:
            blocks.append(TextBlock(type="text", text=said.text))
        usage = Usage.model_construct(
            input_tokens=said.input_tokens or 0,
            output_tokens=said.output_tokens or 0,
            cache_read_input_tokens=said.cached_tokens,
            cache_creation_input_tokens=said.cache_write_tokens,
        )
        return Message.model_construct(
            id=said.id or "",
            type="message",
            role="assistant",
            model=said.model,
            content=[*blocks, *said.tool_calls],
            stop_reason=(said.finish_reasons or [None])[0],
            stop_sequence=None,
            usage=usage,
        )

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        create = client.messages.create
        return create(**kwargs, stream=True) if stream else create(**kwargs)


def _thought(block: Any) -> Any:
    """Give a block of thinking as the SDK has it."""
    if not isinstance(block, Thought):
        return block
    if block.redacted:
        return RedactedThinkingBlock(type="redacted_thinking", data=block.redacted)
    text, signature = str(block.text), str(block.signature)
    return ThinkingBlock(type="thinking", thinking=text, signature=signature)


def _for_this_sdk(params: dict[str, Any]) -> dict[str, Any]:
    """Send what the SDK has no parameter for in the body: its 2.x has dropped `temperature`."""
    known = {name: value for name, value in params.items() if name in _KNOWN}
    others = {name: value for name, value in params.items() if name not in _KNOWN}
    if not others:
        return known
    return {**known, "extra_body": {**others, **(known.get("extra_body") or {})}}


call: Call[AnthropicCallResponse, AnthropicStream] = Call(AnthropicVendor())
anthropic_call: Call[AnthropicCallResponse, AnthropicStream] = call
