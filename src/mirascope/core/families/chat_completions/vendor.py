"""The classes of the family, which each of its vendors fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from ...base.call_params import BaseCallParams
from ...base.reading import Reading
from ...base.types import FinishReason
from ...base.vendor import Draft, Vendor
from .messages import Encoder, assistant_dict, read_message
from .reading import FINISH_REASONS, read_chunk, read_response
from .tools import json_switch, tool_dicts

__all__ = ["ChatCallParams", "ChatVendor"]


class ChatCallParams(BaseCallParams, total=False):
    """The parameters of openai's API that others took over with it."""

    extra_headers: Mapping[str, str] | None
    frequency_penalty: float | None
    logit_bias: dict[str, int] | None
    logprobs: bool | None
    max_tokens: int | None
    n: int | None
    parallel_tool_calls: bool
    presence_penalty: float | None
    response_format: Mapping[str, Any]
    seed: int | None
    stop: str | list[str] | None
    temperature: float | None
    tool_choice: Any
    top_logprobs: int | None
    top_p: float | None
    user: str


class ChatVendor(Vendor):
    """A vendor whose SDK has `client.chat.completions.create`."""

    reasons: ClassVar[Mapping[str, FinishReason]] = FINISH_REASONS
    read_response = staticmethod(read_response)
    read_message = staticmethod(read_message)
    tool_choice: ClassVar[str] = "required"
    # Whether messages may have audio.
    takes_audio: ClassVar[bool] = False

    @staticmethod
    def own(message: dict[str, Any]) -> Any:
        """Make the SDK's message of a plain one; most SDKs take it as it is."""
        return message

    @staticmethod
    def read_chunk(chunk: Any) -> Reading:
        return read_chunk(chunk)

    def call_name(self, tool_call: Any) -> str:
        return str(tool_call.function.name)

    def assistant(self, said: Reading) -> Any:
        return self.own(assistant_dict(said.text, said.tool_calls, said.audio_id))

    def reason(self, said: Reading) -> Any:
        """Give the finish reason to rebuild a response with."""
        return (said.finish_reasons or ["stop"])[0]

    def completion(self, said: Reading, message: Any, response: Any, choice: Any) -> Any:
        """Put a message into the SDK's response.

        Args:
            said: What was streamed.
            message: The SDK's message of it.
            response: Makes the SDK's response.
            choice: Makes the one choice in it.
        """
        return response(
            id=said.id or "",
            model=said.model,
            choices=[choice(index=0, finish_reason=self.reason(said), message=message)],
            created=0,
            object="chat.completion",
            usage=said.usage,
        )

    def tool_results(self, tools_and_outputs: Sequence[tuple[Any, Any]]) -> list[Any]:
        """Make one message of role `tool` for each output."""
        return [self.own(message) for message in tool_dicts(tools_and_outputs)]

    def encode(self, messages: Sequence[Any]) -> list[Any]:
        return [
            self.own(cast("dict[str, Any]", message)) if type(message) is dict else message
            for message in Encoder(self.provider, self.takes_audio).messages(messages)
        ]

    def request(self, draft: Draft, client: Any) -> tuple[list[Any], dict[str, Any]]:
        messages = self.encode(draft.messages)
        kwargs: dict[str, Any] = {"model": draft.model, "messages": messages, **draft.params}
        if draft.tool_types:
            kwargs["tools"] = [tool.tool_schema() for tool in draft.tool_types]
        if draft.forced_tool:
            kwargs["tool_choice"] = self.force(draft.forced_tool)
        if draft.json_mode:
            kwargs["response_format"] = json_switch(draft.json_schema, draft.json_name)
        return messages, kwargs

    def force(self, name: str) -> Any:
        """Word that the model must call a tool."""
        return self.tool_choice

    def streaming(self, kwargs: Mapping[str, Any]) -> dict[str, Any]:
        """Ask for a stream that ends with its usage; the user's own options are kept."""
        options: dict[str, Any] = {**(kwargs.get("stream_options") or {}), "include_usage": True}
        return {**kwargs, "stream": True, "stream_options": options}

    def create(self, client: Any, kwargs: dict[str, Any], *, stream: bool, is_async: bool) -> Any:
        return client.chat.completions.create(**(self.streaming(kwargs) if stream else kwargs))
