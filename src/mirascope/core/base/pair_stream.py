"""Streams: pairs of chunk and tool, and what they add up to."""

from __future__ import annotations

from abc import ABC
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator, Sequence
from typing import Any, Generic

from typing_extensions import TypeVar

from ..costs import calculate_cost
from .aggregate import Aggregate
from .binding import now
from .call_response import BaseCallResponse
from .call_response_chunk import BaseCallResponseChunk
from .metadata import Metadata
from .reading import Reading
from .reading_messages import last_user_message
from .said import Answer
from .tool import BaseTool
from .types import JsonableType

__all__ = ["BaseStream"]

_BaseCallResponseT = TypeVar(
    "_BaseCallResponseT", bound=BaseCallResponse[Any], default=BaseCallResponse[Any]
)
_BaseCallResponseChunkT = TypeVar(
    "_BaseCallResponseChunkT",
    bound=BaseCallResponseChunk[Any],
    default=BaseCallResponseChunk[Any],
)
_UserMessageParamT = TypeVar("_UserMessageParamT", default=Any)
_AssistantMessageParamT = TypeVar("_AssistantMessageParamT", default=Any)
_ToolMessageParamT = TypeVar("_ToolMessageParamT", default=Any)
_MessageParamT = TypeVar("_MessageParamT", default=Any)
_BaseToolT = TypeVar("_BaseToolT", bound=BaseTool, default=BaseTool)
_ToolSchemaT = TypeVar("_ToolSchemaT", default=Any)
_BaseDynamicConfigT = TypeVar("_BaseDynamicConfigT", default=Any)
_BaseCallParamsT = TypeVar("_BaseCallParamsT", default=Any)
_FinishReason = TypeVar("_FinishReason", default=Any)


class BaseStream(
    Answer,
    Generic[
        _BaseCallResponseT,
        _BaseCallResponseChunkT,
        _UserMessageParamT,
        _AssistantMessageParamT,
        _ToolMessageParamT,
        _MessageParamT,
        _BaseToolT,
        _ToolSchemaT,
        _BaseDynamicConfigT,
        _BaseCallParamsT,
        _FinishReason,
    ],
    ABC,
):
    """A response that arrives in pieces: `for chunk, tool in stream`.

    Nothing is sent before the first `next`. What has arrived is readable at any time, and after
    the loop was left early or failed; `message_param` exists only once the stream is exhausted. A
    stream is iterated once. Leaving the loop closes the connection.

    Attributes not listed are those of `BaseCallResponse`.

    Attributes:
        stream: The pairs of chunk and tool, as they come from the vendor.
        call_response_type: The vendor's response class.
        message_param: The answer as the vendor's own assistant message; set at the end.
        start_time: When the first chunk was asked for, in milliseconds since the epoch; 0 before.
        end_time: When the last chunk had come, in milliseconds since the epoch; 0 before.
    """

    message_param: _AssistantMessageParamT

    def __init__(
        self,
        *,
        stream: Generator[tuple[_BaseCallResponseChunkT, _BaseToolT | None], None, None]
        | AsyncGenerator[tuple[_BaseCallResponseChunkT, _BaseToolT | None], None],
        metadata: Metadata,
        tool_types: list[type[_BaseToolT]] | None,
        call_response_type: type[_BaseCallResponseT],
        model: str,
        prompt_template: str | None,
        fn_args: dict[str, Any] | None,
        dynamic_config: _BaseDynamicConfigT,
        messages: list[_MessageParamT],
        call_params: _BaseCallParamsT,
        call_kwargs: Any,
    ) -> None:
        """Wrap pairs of chunk and tool; nothing is read yet."""
        self.stream = stream
        self.metadata = metadata
        self.tool_types = tool_types
        self.call_response_type = call_response_type
        self.prompt_template = prompt_template
        self.fn_args = fn_args
        self.dynamic_config = dynamic_config
        self.messages = messages
        self.call_params = call_params
        self.call_kwargs = call_kwargs
        self.user_message_param: _UserMessageParamT | None = last_user_message(messages)
        self.start_time: float = 0
        self.end_time: float = 0
        self._sum = Aggregate(model)

    def _told(self) -> Reading:
        return self._sum.said

    @property
    def content(self) -> str:
        """The text so far."""
        return str(self._sum.text)

    @property
    def model(self) -> str:
        """The model: as asked for, then as the vendor names it."""
        return self._sum.said.model or ""

    @property
    def finish_reasons(self) -> list[_FinishReason] | None:
        """The vendor's own finish reasons; None while there is none."""
        return self._sum.said.finish_reasons

    @property
    def cost(self) -> float | None:
        """The price in US dollars; None while or where it is not known. Reads no network."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return calculate_cost(self.provider, self.model, self.cost_metadata)

    def __iter__(self) -> Iterator[tuple[_BaseCallResponseChunkT, _BaseToolT | None]]:
        """Read the stream.

        Raises:
            TypeError: If the stream is asynchronous.
            RuntimeError: If the stream was read before.
        """
        if isinstance(self.stream, AsyncGenerator):
            raise TypeError("This stream is asynchronous: use `async for chunk, tool in stream`.")
        return self._iterate(self.stream)

    def __aiter__(self) -> AsyncIterator[tuple[_BaseCallResponseChunkT, _BaseToolT | None]]:
        """Read the stream from asynchronous code.

        Raises:
            TypeError: If the stream is synchronous.
            RuntimeError: If the stream was read before.
        """
        if isinstance(self.stream, AsyncGenerator):
            return self._aiterate(self.stream)
        raise TypeError("This stream is synchronous: use `for chunk, tool in stream`.")

    def _iterate(
        self, stream: Generator[tuple[_BaseCallResponseChunkT, _BaseToolT | None], None, None]
    ) -> Iterator[tuple[_BaseCallResponseChunkT, _BaseToolT | None]]:
        self._start()
        add = self._sum.add
        try:
            for pair in stream:
                chunk, tool = pair
                add(chunk.reading)
                if tool is not None:
                    self._sum.add_tool(tool)
                yield pair
            self._finish()
        finally:
            self.end_time = now()
            stream.close()

    async def _aiterate(
        self, stream: AsyncGenerator[tuple[_BaseCallResponseChunkT, _BaseToolT | None], None]
    ) -> AsyncIterator[tuple[_BaseCallResponseChunkT, _BaseToolT | None]]:
        self._start()
        add = self._sum.add
        try:
            async for pair in stream:
                chunk, tool = pair
                add(chunk.reading)
                if tool is not None:
                    self._sum.add_tool(tool)
                yield pair
            self._finish()
        finally:
            self.end_time = now()
            await stream.aclose()

    def _start(self) -> None:
        if self.start_time:
            raise RuntimeError(
                "This stream was read before, and a stream can be read once; what it said is in "
                "its attributes (`content`, and `message_param` if it was read to its end)."
            )
        self.start_time = now()

    def _finish(self) -> None:
        self.message_param = self._construct_message_param(self._sum.tool_calls, self.content)

    def _construct_message_param(
        self, tool_calls: list[Any] | None = None, content: str | None = None
    ) -> _AssistantMessageParamT:
        """Make the vendor's assistant message."""
        said = self._sum.reading()
        said.text, said.tool_calls = content or "", tool_calls or []
        message: _AssistantMessageParamT
        message = self._of_vendor("_construct_message_param").assistant(said)
        return message

    def _construct_response(self) -> Any:
        """Make the SDK's response object of what was streamed."""
        return self._of_vendor("_construct_response").rebuild(self._sum.reading())

    def tool_message_params(
        self, tools_and_outputs: Sequence[tuple[_BaseToolT, JsonableType]]
    ) -> list[_ToolMessageParamT]:
        """Make the vendor's messages that hand tool outputs back to the model.

        Args:
            tools_and_outputs: Each tool with what it gave.
        """
        return self.call_response_type.tool_message_params(tools_and_outputs)

    def construct_call_response(self) -> _BaseCallResponseT:
        """Make the response a call without streaming would have given.

        Raises:
            ValueError: If the stream was not read to its end.
        """
        if not hasattr(self, "message_param"):
            raise ValueError("No stream response, check if the stream has been consumed.")
        return self.call_response_type.wrap(
            self.model,
            metadata=self.metadata,
            response=self._construct_response(),
            tool_types=self.tool_types,
            prompt_template=self.prompt_template,
            fn_args=self.fn_args or {},
            dynamic_config=self.dynamic_config,
            messages=self.messages,
            call_params=self.call_params,
            call_kwargs=self.call_kwargs,
            user_message_param=self.user_message_param,
            start_time=self.start_time,
            end_time=self.end_time,
        )
