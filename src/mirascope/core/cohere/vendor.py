# pyright: basic, reportMissingImports=false, reportMissingModuleSource=false
"""cohere's first chat API, through its own SDK."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar, TypeAlias, cast

from ..base.arguments import read_arguments
from ..base.call_kwargs import BaseCallKwargs
from ..base.call_params import BaseCallParams
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.decorator import Call
from ..base.dynamic_config import DynamicConfig
from ..base.jsonable import tool_output
from ..base.message_param import BaseMessageParam, TextPart, ToolCallPart, ToolResultPart
from ..base.pair_stream import BaseStream
from ..base.reading import Reading
from ..base.reading_messages import field_of, split_system, system_text, text_of
from ..base.tool import BaseTool
from ..base.types import FinishReason, Provider
from ..base.vendor import Draft, Vendor
from ..missing_sdk import needs
from .chat import FINISH_REASONS, definitions, read_chunk, read_message, read_response

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
    "CohereCallKwargs",
    "CohereCallParams",
    "CohereCallResponse",
    "CohereCallResponseChunk",
    "CohereDynamicConfig",
    "CohereMessageParam",
    "CohereStream",
    "CohereTool",
    "CohereVendor",
    "call",
    "cohere_call",
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


class CohereCallKwargs(CohereCallParams, BaseCallKwargs[Any], total=False):
    """What the SDK is called with."""

    message: str


class CohereDynamicConfig(
    DynamicConfig[CohereMessageParam, CohereCallParams, sdk.Client], total=False
):
    """Settings of one call."""


class AsyncCohereDynamicConfig(
    DynamicConfig[CohereMessageParam, CohereCallParams, sdk.AsyncClient], total=False
):
    """Settings of one asynchronous call."""


class CohereTool(BaseTool):
    """A tool for cohere."""

    @classmethod
    def _call_id(cls, tool_call: Any) -> str | None:
        return None

    @classmethod
    def _call_arguments(cls, tool_call: Any) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", tool_call.parameters or {})

    @classmethod
    def tool_schema(cls) -> Any:
        """Describe the tool with the SDK's model, which knows no nested schemas."""
        known = definitions(cls.parameters())
        return Tool(
            name=cls._name(),
            description=cls._description(),
            **({"parameter_definitions": cast("Any", known)} if known else {}),
        )


class CohereCallResponseChunk(BaseCallResponseChunk[StreamedChatResponse, str]):
    """An event of cohere's stream."""


class CohereCallResponse(BaseCallResponse[NonStreamedChatResponse, CohereTool]):
    """A response of cohere."""


class CohereStream(BaseStream[CohereCallResponse, CohereCallResponseChunk]):
    """A stream of cohere."""


class CohereVendor(Vendor):
    """cohere."""

    provider: ClassVar[Provider] = "cohere"
    response_type = CohereCallResponse
    chunk_type = CohereCallResponseChunk
    stream_type = CohereStream
    tool_type = CohereTool
    reasons: ClassVar[Mapping[str, FinishReason]] = FINISH_REASONS
    read_chunk = staticmethod(read_chunk)
    read_response = staticmethod(read_response)
    read_message = staticmethod(read_message)
    variables = ("CO_",)
    sdk = "cohere"
    list_params = frozenset({"stop_sequences"})
    param_names: ClassVar[Mapping[str, str | None]] = {"top_p": "p", "stop": "stop_sequences"}

    def make_client(self, is_async: bool) -> Any:
        # The SDK reads CO_API_URL once, at its import.
        base_url = os.environ.get("CO_API_URL") or None
        return sdk.AsyncClient(base_url=base_url) if is_async else sdk.Client(base_url=base_url)

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        return [encoded for message in messages for encoded in _encode(message)]

    def assistant(self, said: Reading) -> Any:
        return _chatbot(said.text, said.tool_calls)

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make the SDK's results, which are sent beside the messages."""
        return [
            ToolResult(call=tool.tool_call, outputs=[{"output": tool_output(output)}])
            for tool, output in tools_and_outputs
        ]

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
            kwargs["message"] = (field_of(history[-1], "message") or "") if history else ""
            history = history[:-1]
        if history:
            kwargs["chat_history"] = [*(kwargs.get("chat_history") or ()), *history]
        if system is not None:
            kwargs.setdefault("preamble", system_text(system))
        if draft.tool_types:
            kwargs["tools"] = [tool.tool_schema() for tool in draft.tool_types]
        if draft.json_mode and not draft.tool_types:
            kwargs["response_format"] = {"type": "json_object"}
        return messages, kwargs

    def tool_call(self, id: str | None, name: str, arguments: str) -> Any:
        return ToolCall(name=name, parameters=read_arguments(arguments))

    def rebuild(self, said: Reading) -> Any:
        calls: Any = said.tool_calls or None
        return NonStreamedChatResponse(
            generation_id=said.id,
            text=said.text,
            finish_reason=(said.finish_reasons or [None])[0],
            tool_calls=calls,
            meta=ApiMeta(billed_units=said.usage) if said.usage is not None else None,
        )

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        return client.chat_stream(**kwargs) if stream else client.chat(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's events; its own generator closes the response."""
        yield from client.chat_stream(**kwargs)

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        async with aclosing(client.chat_stream(**kwargs)) as events:
            async for event in events:
                yield event


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
    if not calls:
        return [_text_message(message.role, text_of(texts))]
    return [
        _chatbot(text_of(texts), [ToolCall(name=c.name, parameters=c.args or {}) for c in calls])
    ]


def _chatbot(text: str, tool_calls: Sequence[Any]) -> Any:
    return ChatbotMessage(message=text, tool_calls=list(tool_calls) or None)


def _text_message(role: str, text: str) -> Any:
    kinds: dict[str, Any] = {"assistant": ChatbotMessage, "system": SystemMessage}
    return kinds.get(role, UserMessage)(message=text)


call: Call[CohereCallResponse, CohereStream] = Call(CohereVendor())
cohere_call: Call[CohereCallResponse, CohereStream] = call
