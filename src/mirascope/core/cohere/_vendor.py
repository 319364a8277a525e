# The SDK is optional: where it is not installed, and where it is and has no types, its names are
# unknown to a type checker. So this module is checked in basic mode.
# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""cohere's first chat API, through its own SDK."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias, cast

from .._families import cohere as family
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
from ..base.message_param import BaseMessageParam, TextPart, ToolCallPart, ToolResultPart
from ..base.stream import BaseStream
from ..base.tool import BaseTool
from ..base.types import FinishReason, Provider

with needs("cohere"):
    import cohere as sdk
    from cohere.types import (
        ApiMeta,
        NonStreamedChatResponse,
        StreamedChatResponse,
        Tool,
        ToolCall,
        ToolResult,
    )
    from cohere.types.message import ChatbotMessage, SystemMessage, ToolMessage, UserMessage

__all__ = [
    "AsyncCohereDynamicConfig",
    "CohereCallParams",
    "CohereCallResponse",
    "CohereCallResponseChunk",
    "CohereDynamicConfig",
    "CohereMessageParam",
    "CohereStream",
    "CohereTool",
    "CohereVendor",
    "call",
]

CohereMessageParam: TypeAlias = ChatbotMessage | SystemMessage | ToolMessage | UserMessage


class CohereCallParams(BaseCallParams, total=False):
    """cohere's parameters."""

    chat_history: Sequence[Any] | None
    connectors: Sequence[Any] | None
    conversation_id: str | None
    documents: Sequence[Any] | None
    frequency_penalty: float | None
    k: int | None
    max_input_tokens: int | None
    max_tokens: int | None
    p: float | None
    preamble: str | None
    presence_penalty: float | None
    prompt_truncation: Any
    raw_prompting: bool | None
    search_queries_only: bool | None
    seed: int | None
    stop_sequences: Sequence[str] | None
    temperature: float | None
    tool_results: Sequence[Any] | None


class CohereDynamicConfig(DynamicConfig, total=False):
    """Settings of one call."""

    messages: Sequence[BaseMessageParam | CohereMessageParam]
    call_params: CohereCallParams | CommonCallParams
    client: sdk.Client | None


class AsyncCohereDynamicConfig(DynamicConfig, total=False):
    """Settings of one asynchronous call."""

    messages: Sequence[BaseMessageParam | CohereMessageParam]
    call_params: CohereCallParams | CommonCallParams
    client: sdk.AsyncClient | None


class CohereTool(BaseTool):
    """A tool for cohere."""

    __provider__ = "cohere"

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return None

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", tool_call.parameters or {})

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's model, which knows no nested schemas."""
        definitions = family.definitions(cls.parameters())
        return Tool(
            name=cls._name(),
            description=cls._description(),
            **({"parameter_definitions": cast("Any", definitions)} if definitions else {}),
        )


class CohereCallResponseChunk(ReadChunk[StreamedChatResponse, str]):
    """An event of cohere's stream."""

    _read = staticmethod(family.read_chunk)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS


def _assistant(content: str, tool_calls: Sequence[Any]) -> Any:
    return ChatbotMessage(message=content, tool_calls=list(tool_calls) or None)


class CohereCallResponse(BaseCallResponse[NonStreamedChatResponse, CohereTool]):
    """A response of cohere."""

    _provider: ClassVar[Provider] = "cohere"
    _tool_type = CohereTool
    _read = staticmethod(family.read_response)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _message_param(self) -> Any:
        return _assistant(self.content, self._reading.tool_calls)

    @classmethod
    def _call_name(cls, tool_call: Any) -> str:
        return str(tool_call.name)

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make the SDK's results, which are sent beside the messages."""
        return [
            ToolResult(call=tool.tool_call, outputs=[{"output": tool_output(output)}])
            for tool, output in tools_and_outputs
        ]


class CohereStream(BaseStream[CohereCallResponse, CohereCallResponseChunk]):
    """A stream of cohere."""

    _provider: ClassVar[Provider] = "cohere"
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return _assistant(content or "", tool_calls or [])

    def _construct_response(self) -> Any:
        units = self._sum.usage
        return NonStreamedChatResponse(
            generation_id=self.id,
            text=self.content,
            finish_reason=(self.finish_reasons or [None])[0],
            tool_calls=self._sum.tool_calls or None,
            meta=ApiMeta(billed_units=units) if units is not None else None,
        )


def _encode(message: Any) -> list[Any]:
    if not isinstance(message, BaseMessageParam):
        return [message]
    content = message.content
    if isinstance(content, str):
        return [_text_message(message.role, content)]
    results = [part for part in content if isinstance(part, ToolResultPart)]
    if results:
        if len(results) != len(content):
            raise ValueError("cohere takes tool results in a message of their own.")
        return [
            ToolResult(
                call=ToolCall(name=part.name, parameters={}), outputs=[{"output": part.content}]
            )
            for part in results
        ]
    calls = [part for part in content if isinstance(part, ToolCallPart)]
    texts = [part for part in content if isinstance(part, TextPart)]
    if len(calls) + len(texts) != len(content) or (not calls and len(texts) != 1):
        raise ValueError("cohere takes messages of one text each: it only supports text parts.")
    text = "".join(part.text for part in texts)
    if not calls:
        return [_text_message(message.role, text)]
    return [_assistant(text, [ToolCall(name=c.name, parameters=c.args or {}) for c in calls])]


def _text_message(role: str, text: str) -> Any:
    kinds: dict[str, Any] = {"assistant": ChatbotMessage, "system": SystemMessage}
    return kinds.get(role, UserMessage)(message=text)


class CohereVendor(Vendor):
    """cohere."""

    provider: ClassVar[Provider] = "cohere"
    response_type = CohereCallResponse
    chunk_type = CohereCallResponseChunk
    stream_type = CohereStream
    tool_type = CohereTool
    variables = ("CO_",)
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = {"top_p": "p", "stop": "stop_sequences"}

    def make_client(self, is_async: bool) -> Any:
        """Build the SDK's client."""
        # The SDK reads CO_API_URL once, at its import.
        base_url = os.environ.get("CO_API_URL") or None
        return sdk.AsyncClient(base_url=base_url) if is_async else sdk.Client(base_url=base_url)

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages into the SDK's objects."""
        return [encoded for message in messages for encoded in _encode(message)]

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request: the last message and the history before it, or the tools' results."""
        system, rest = split_system(draft.messages)
        messages = self.encode(rest)
        results = [each for each in messages if isinstance(each, ToolResult)]
        history = [each for each in messages if not isinstance(each, ToolResult)]
        kwargs: dict[str, Any] = {"model": draft.model, **draft.params}
        if results:
            kwargs.update(message="", tool_results=results)
        else:
            kwargs["message"] = _text(history[-1]) if history else ""
            history = history[:-1]
        if history:
            kwargs["chat_history"] = [*(kwargs.get("chat_history") or ()), *history]
        if system is not None:
            kwargs.setdefault("preamble", _system_text(system))
        if draft.tool_types:
            kwargs["tools"] = [tool.tool_schema() for tool in draft.tool_types]
        if draft.json_mode and not draft.tool_types:
            kwargs["response_format"] = {"type": "json_object"}
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        """Make the SDK's tool call."""
        return ToolCall(name=name, parameters=read_arguments(arguments))

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.chat(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.chat(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's events; its own generator closes the response."""
        yield from client.chat_stream(**kwargs)

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's events from asynchronous code."""
        events = client.chat_stream(**kwargs)
        try:
            async for event in events:
                yield event
        finally:
            await events.aclose()


def _text(message: Any) -> str:
    """Take the text of a message of the vendor's own, which may be a plain dict."""
    text = message.get("message") if isinstance(message, Mapping) else message.message
    return text or ""


def _system_text(system: BaseMessageParam) -> str:
    if isinstance(system.content, str):
        return system.content
    return "\n".join(part.text for part in system.content if isinstance(part, TextPart))


call = cast("Call[CohereCallResponse, CohereStream]", Call(CohereVendor()))
