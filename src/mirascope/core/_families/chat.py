# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownVariableType=false
"""The classes of openai's family, which each of its vendors fills in."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from typing import Any, ClassVar

from typing_extensions import TypeVar

from ..base._read_chunk import ReadChunk
from ..base._vendor import Draft, Vendor
from ..base.call_response import BaseCallResponse
from ..base.call_response_chunk import BaseCallResponseChunk
from ..base.stream import BaseStream
from ..base.types import FinishReason
from . import openai as family

__all__ = ["ChatChunk", "ChatResponse", "ChatStream", "ChatVendor", "with_usage"]

_ChunkT = TypeVar("_ChunkT", default=Any)
_NativeT = TypeVar("_NativeT", default=Any)
_ToolT = TypeVar("_ToolT", bound=family.ChatTool, default=family.ChatTool)
_ResponseT = TypeVar("_ResponseT", bound=BaseCallResponse[Any], default=BaseCallResponse[Any])
_CallChunkT = TypeVar(
    "_CallChunkT", bound=BaseCallResponseChunk[Any], default=BaseCallResponseChunk[Any]
)


class ChatChunk(ReadChunk[_ChunkT, Any]):
    """A chunk of the family."""

    _read = staticmethod(family.read_chunk)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS


class ChatResponse(BaseCallResponse[_NativeT, _ToolT]):
    """A response of the family."""

    _read = staticmethod(family.read_response)
    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _message_param(self) -> Any:
        reading = self._reading
        return family.assistant_dict(reading.text, reading.tool_calls, reading.audio_id)

    @classmethod
    def tool_message_params(cls, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one message of role `tool` for each output."""
        return family.tool_dicts(tools_and_outputs)


class ChatStream(BaseStream[_ResponseT, _CallChunkT]):
    """A stream of the family."""

    _reason_names: ClassVar[Mapping[str, FinishReason]] = family.FINISH_REASONS

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> Any:
        return family.assistant_dict(content or "", tool_calls or [], self._sum.audio_id)

    def _reason(self) -> Any:
        """The finish reason to rebuild a response with."""
        return (self.finish_reasons or ["stop"])[0]


class ChatVendor(Vendor):
    """A vendor whose SDK has `client.chat.completions.create`."""

    tool_choice: ClassVar[str] = "required"

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        """Translate common messages."""
        return family.encode_messages(messages, self.provider)

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        """Word a request."""
        messages = self.encode(draft.messages)
        kwargs: dict[str, Any] = {"model": draft.model, "messages": messages, **draft.params}
        if draft.tool_types:
            kwargs["tools"] = [tool.tool_schema() for tool in draft.tool_types]
        if draft.forced_tool:
            kwargs["tool_choice"] = self.force(draft.forced_tool)
        if draft.json_mode:
            kwargs["response_format"] = family.json_switch(draft.json_schema, draft.json_name)
        return messages, kwargs

    def force(self, name: str) -> Any:
        """Word that the model must call a tool."""
        return self.tool_choice

    def streaming(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Word that the answer is to be streamed."""
        return with_usage(kwargs)

    def send(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request."""
        return client.chat.completions.create(**kwargs)

    async def asend(self, client: Any, kwargs: dict[str, Any]) -> Any:
        """Send a request from asynchronous code."""
        return await client.chat.completions.create(**kwargs)

    def stream(self, client: Any, kwargs: dict[str, Any]) -> Generator[Any, None, None]:
        """Yield the SDK's chunks."""
        with client.chat.completions.create(**self.streaming(kwargs)) as chunks:
            yield from chunks

    async def astream(self, client: Any, kwargs: dict[str, Any]) -> AsyncGenerator[Any, None]:
        """Yield the SDK's chunks from asynchronous code."""
        async with await client.chat.completions.create(**self.streaming(kwargs)) as chunks:
            async for chunk in chunks:
                yield chunk


def with_usage(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for a stream that ends with its usage; the user's own options are kept."""
    options = {**(kwargs.get("stream_options") or {}), "include_usage": True}
    return {**kwargs, "stream": True, "stream_options": options}
