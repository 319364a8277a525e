"""The one way through a call, whoever answers.

    bind arguments -> run the prompt function -> prepare -> response | stream | answer of a model

Everything up to here happens when the decorated function is called; the request of a stream is
sent with its first `next`. Who prepares and sends is a `Source`: a built-in vendor
(`vendor_source`) or somebody else's (`custom_vendor`).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .binding import bind_args, is_async, now
from .call_response import BaseCallResponse
from .narrowing import is_mapping
from .pair_stream import BaseStream
from .reading_messages import last_user_message
from .shape import Shape
from .structured_stream import BaseStructuredStream
from .tool import BaseTool

__all__ = ["CallOptions", "Prepared", "Source", "decorate"]


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What the call decorator was given."""

    model: str
    stream: Any
    tools: Sequence[Any] | None
    response_model: Any
    output_parser: Callable[[Any], Any] | None
    json_mode: bool
    client: Any
    call_params: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.stream and self.output_parser is not None:
            raise ValueError("Cannot use `output_parser` with `stream=True`.")

    @property
    def partial_tools(self) -> bool:
        """Whether tools are streamed while their arguments arrive."""
        return is_mapping(self.stream) and bool(self.stream.get("partial_tools"))


@dataclass(slots=True)
class Prepared:
    """A call that is ready to be sent. Made anew for every call: nothing of it outlives one.

    Attributes:
        sender: What the request is sent with.
        kwargs: What it is called with.
        record: What responses and streams say about their call.
        shape: The response model, if there is one.
        tool_types: The tools to offer.
        json_mode: Whether the answer is JSON text rather than a tool call.
    """

    sender: Any
    kwargs: dict[str, Any]
    record: dict[str, Any]
    shape: Shape | None
    tool_types: list[type[BaseTool]] | None
    json_mode: bool


class Source(Protocol):
    """Who prepares calls and sends them."""

    @property
    def response_type(self) -> type[BaseCallResponse[Any]]:
        """The class of the responses."""
        ...

    @property
    def stream_type(self) -> type[BaseStream[Any, Any]]:
        """The class of the streams."""
        ...

    def prepare(
        self,
        options: CallOptions,
        fn: Callable[..., Any],
        fn_args: dict[str, Any],
        returned: Any,
        is_async: bool,
    ) -> Prepared:
        """Make everything that can be made before anything is sent."""
        ...

    def send(self, prepared: Prepared) -> Any:
        """Send a request and give the SDK's response."""
        ...

    async def asend(self, prepared: Prepared) -> Any:
        """Send a request from asynchronous code."""
        ...

    def pairs(self, prepared: Prepared, partial: bool) -> Generator[tuple[Any, Any], None, None]:
        """Send a request and yield chunks with the tools they complete."""
        ...

    def apairs(self, prepared: Prepared, partial: bool) -> AsyncGenerator[tuple[Any, Any], None]:
        """Send a request from asynchronous code and yield chunks with their tools."""
        ...

    def answer(self, prepared: Prepared, response: Any) -> str | Mapping[str, Any] | None:
        """Take the JSON of the answer out of a response; None where it calls tools instead."""
        ...

    def piece(self, prepared: Prepared) -> Callable[[Any], str]:
        """Give what takes out of a chunk what it adds to the JSON of the answer."""
        ...


def decorate(source: Source, options: CallOptions, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a prompt function into a call."""
    inner: Any
    if is_async(fn):

        @functools.wraps(fn)
        async def ainner(*args: Any, **kwargs: Any) -> Any:
            fn_args = bind_args(fn, args, kwargs)
            returned = await fn(*args, **kwargs)
            prepared = source.prepare(options, fn, fn_args, returned, True)
            if options.stream:
                pairs = source.apairs(prepared, options.partial_tools)
                return _open_stream(source, options, prepared, pairs)
            start = now()
            result = _result(source, options, prepared, await source.asend(prepared), start)
            if options.output_parser is None:
                return result
            parsed = options.output_parser(result)
            return await parsed if inspect.isawaitable(parsed) else parsed

        inner = ainner
    else:

        @functools.wraps(fn)
        def sync_inner(*args: Any, **kwargs: Any) -> Any:
            fn_args = bind_args(fn, args, kwargs)
            prepared = source.prepare(options, fn, fn_args, fn(*args, **kwargs), False)
            if options.stream:
                pairs = source.pairs(prepared, options.partial_tools)
                return _open_stream(source, options, prepared, pairs)
            start = now()
            result = _result(source, options, prepared, source.send(prepared), start)
            return result if options.output_parser is None else options.output_parser(result)

        inner = sync_inner
    inner.__mirascope_call__ = True
    inner._model = options.model
    decorated: Callable[..., Any] = inner
    return decorated


def _open_stream(source: Source, options: CallOptions, prepared: Prepared, pairs: Any) -> Any:
    """Make the stream object; nothing is sent."""
    stream = source.stream_type(
        stream=pairs,
        call_response_type=source.response_type,
        model=options.model,
        **prepared.record,
    )
    if prepared.shape is None:
        return stream
    return BaseStructuredStream(
        stream=stream,
        response_model=options.response_model,
        fields_from_call_args=prepared.shape.from_args,
        shape=prepared.shape,
        text_of=source.piece(prepared),
    )


def _result(
    source: Source, options: CallOptions, prepared: Prepared, native: Any, start: float
) -> Any:
    """Wrap a response, and read it into the response model where there is one."""
    response = source.response_type.wrap(
        options.model,
        response=native,
        user_message_param=last_user_message(prepared.record["messages"]),
        start_time=start,
        end_time=now(),
        **prepared.record,
    )
    if prepared.shape is None:
        return response
    answer = source.answer(prepared, response)
    return response if answer is None else prepared.shape.answer(answer, response)
