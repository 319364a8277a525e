# Values here are users' and SDKs' own, of any type; `_name` is private to users, shared inside this
# package.
# pyright: reportPrivateUsage=false
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""Call decorators for vendors that are not built in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ._binding import bind_args, is_async, now
from ._common import last_user_message
from ._shape import Shape, json_text
from .from_call_args import call_arg_values
from .prompt import RenderedMessages, to_messages

__all__ = ["call_factory", "stream_factory"]


def stream_factory(
    *,
    TCallResponse: type[Any],
    TStream: type[Any],
    setup_call: Callable[..., Any],
    handle_stream: Callable[..., Any],
    handle_stream_async: Callable[..., Any],
) -> Callable[..., Any]:
    """Make the streaming half of a call decorator for a vendor of one's own.

    Args:
        TCallResponse: The vendor's subclass of `BaseCallResponse`.
        TStream: The vendor's subclass of `BaseStream`.
        setup_call: Called with `model, client, fn, fn_args, dynamic_config, tools, json_mode,
            call_params, response_model, stream` by keyword; gives `(create, prompt_template,
            messages, tool_types, call_kwargs)`. `create(stream=True, **call_kwargs)` gives the
            SDK's iterator, or an awaitable of an asynchronous one. The messages the prompt
            function made are in `dynamic_config["messages"]`.
        handle_stream: Turns that iterator into pairs of chunk and tool.
        handle_stream_async: The same for asynchronous iterators.

    Returns:
        `decorator(fn, model, tools, json_mode, client, call_params, partial_tools=False)`, which
        gives the decorated function.
    """

    def decorator(
        fn: Callable[..., Any],
        model: str,
        tools: list[Any] | None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
        partial_tools: bool = False,
    ) -> Callable[..., Any]:
        hooked = _Hooked(
            TCallResponse=TCallResponse,
            TStream=TStream,
            setup_call=setup_call,
            handle_stream=handle_stream,
            handle_stream_async=handle_stream_async,
            model=model,
            stream=True,
            tools=tools,
            json_mode=json_mode,
            client=client,
            call_params=call_params if call_params is not None else {},
            partial_tools=partial_tools,
        )
        return hooked.decorate(fn)

    return decorator


def call_factory(
    *,
    TCallResponse: type[Any],
    TCallResponseChunk: type[Any],
    TToolType: type[Any],
    TStream: type[Any],
    default_call_params: Mapping[str, Any],
    setup_call: Callable[..., Any],
    get_json_output: Callable[..., str],
    handle_stream: Callable[..., Any],
    handle_stream_async: Callable[..., Any],
) -> Callable[..., Callable[[Callable[..., Any]], Callable[..., Any]]]:
    """Make the call decorator of a vendor of one's own.

    Args:
        TCallResponse: The vendor's subclass of `BaseCallResponse`.
        TCallResponseChunk: The vendor's subclass of `BaseCallResponseChunk`; what `handle_stream`
            yields is of this class.
        TToolType: The vendor's subclass of `BaseTool`; a response model is offered as one.
        TStream: The vendor's subclass of `BaseStream`.
        default_call_params: The parameters of calls that give none.
        setup_call: As for `stream_factory`. With a response model, `tools` holds the one tool that
            the model must call, unless `json_mode` is on. `create(**call_kwargs)` without `stream`
            gives the SDK's response, or an awaitable of it.
        get_json_output: `get_json_output(response_or_chunk, json_mode)` gives the JSON text of a
            response, or what a chunk adds to it.
        handle_stream: Turns the SDK's iterator into pairs of chunk and tool.
        handle_stream_async: The same for asynchronous iterators.

    Returns:
        `call(model, *, stream=False, tools=None, response_model=None, output_parser=None,
        json_mode=False, client=None, call_params=None)`, as the built-in vendors have it.
    """

    def call(
        model: str,
        *,
        stream: Any = False,
        tools: list[Any] | None = None,
        response_model: Any = None,
        output_parser: Callable[[Any], Any] | None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        if stream and output_parser is not None:
            raise ValueError("Cannot use `output_parser` with `stream=True`.")
        hooked = _Hooked(
            TCallResponse=TCallResponse,
            TStream=TStream,
            setup_call=setup_call,
            handle_stream=handle_stream,
            handle_stream_async=handle_stream_async,
            TToolType=TToolType,
            get_json_output=get_json_output,
            model=model,
            stream=bool(stream),
            tools=tools,
            response_model=response_model,
            output_parser=output_parser,
            json_mode=json_mode,
            client=client,
            call_params=dict(default_call_params) if call_params is None else call_params,
            partial_tools=isinstance(stream, Mapping) and bool(stream.get("partial_tools")),
        )
        return hooked.decorate

    return call


@dataclass(kw_only=True, frozen=True)
class _Hooked:
    """A call through the hooks of somebody else's vendor."""

    TCallResponse: type[Any]
    TStream: type[Any]
    setup_call: Callable[..., Any]
    handle_stream: Callable[..., Any]
    handle_stream_async: Callable[..., Any]
    model: str
    stream: bool
    tools: list[Any] | None
    json_mode: bool
    client: Any
    call_params: Any
    partial_tools: bool
    TToolType: Any = None
    get_json_output: Callable[..., str] = field(default=lambda *_: "")
    response_model: Any = None
    output_parser: Callable[[Any], Any] | None = None

    def decorate(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Turn a prompt function into a call."""
        if is_async(fn):

            @functools.wraps(fn)
            async def ainner(*args: Any, **kwargs: Any) -> Any:
                fn_args = bind_args(fn, args, kwargs)
                create, record, shape = self._prepare(fn, fn_args, await fn(*args, **kwargs))
                if self.stream:
                    return self._open(create, record, shape, self._apairs)
                start = now()
                native = await _awaited(create(**record["call_kwargs"]))
                result = self._result(native, record, shape, start)
                return await _awaited(self.output_parser(result)) if self.output_parser else result

            return ainner

        @functools.wraps(fn)
        def inner(*args: Any, **kwargs: Any) -> Any:
            fn_args = bind_args(fn, args, kwargs)
            create, record, shape = self._prepare(fn, fn_args, fn(*args, **kwargs))
            if self.stream:
                return self._open(create, record, shape, self._pairs)
            start = now()
            result = self._result(create(**record["call_kwargs"]), record, shape, start)
            return self.output_parser(result) if self.output_parser else result

        return inner

    def _prepare(
        self, fn: Any, fn_args: dict[str, Any], returned: Any
    ) -> tuple[Callable[..., Any], dict[str, Any], Shape | None]:
        config = _config(returned)
        shape, tools = None, (config or {}).get("tools", self.tools)
        if self.response_model is not None:
            call_arg_values(self.response_model, fn_args)
            shape = Shape(self.response_model, self.TToolType, fn_args)
            tools = None if self.json_mode else [shape.tool]
        create, template, messages, tool_types, call_kwargs = self.setup_call(
            model=self.model,
            client=(config or {}).get("client") or self.client,
            fn=fn,
            fn_args=fn_args,
            dynamic_config=config,
            tools=tools,
            json_mode=self.json_mode,
            call_params=self.call_params,
            response_model=self.response_model,
            stream=self.stream,
        )
        record = {
            "metadata": (config or {}).get("metadata") or getattr(fn, "_metadata", {}),
            "tool_types": tool_types,
            "prompt_template": template,
            "fn_args": fn_args,
            "dynamic_config": config,
            "messages": messages,
            "call_params": self.call_params,
            "call_kwargs": call_kwargs,
        }
        return create, record, shape

    def _open(
        self,
        create: Callable[..., Any],
        record: dict[str, Any],
        shape: Shape | None,
        pairs: Callable[..., Any],
    ) -> Any:
        """Make the stream object; nothing is sent."""
        # Late: `stream` offers `stream_factory`, and structured streams are made of streams.
        from .structured_stream import BaseStructuredStream

        stream = self.TStream(
            stream=pairs(create, record["call_kwargs"], record["tool_types"]),
            call_response_type=self.TCallResponse,
            model=self.model,
            **record,
        )
        if shape is None:
            return stream
        return BaseStructuredStream(
            stream=stream,
            response_model=self.response_model,
            fields_from_call_args=shape.from_args,
            shape=shape,
            text_of=lambda chunk: self.get_json_output(chunk, self.json_mode),
        )

    def _pairs(self, create: Any, call_kwargs: Any, tool_types: Any) -> Iterator[Any]:
        items = create(**{**call_kwargs, "stream": True})
        yield from self.handle_stream(items, tool_types, **self._extra(self.handle_stream))

    async def _apairs(self, create: Any, call_kwargs: Any, tool_types: Any) -> Any:
        items = await _awaited(create(**{**call_kwargs, "stream": True}))
        extra = self._extra(self.handle_stream_async)
        pairs = self.handle_stream_async(items, tool_types, **extra)
        try:
            async for pair in pairs:
                yield pair
        finally:
            # Unlike `yield from`, a loop that is left does not close what it reads.
            if hasattr(pairs, "aclose"):
                await pairs.aclose()

    def _extra(self, handler: Callable[..., Any]) -> dict[str, bool]:
        """Hand `partial_tools` only to handlers that know it."""
        known = inspect.signature(handler).parameters
        return {"partial_tools": self.partial_tools} if "partial_tools" in known else {}

    def _result(
        self, native: Any, record: dict[str, Any], shape: Shape | None, start: float
    ) -> Any:
        """Wrap a response, and read it into the response model where there is one."""
        response = self.TCallResponse(
            response=native,
            user_message_param=last_user_message(record["messages"]),
            start_time=start,
            end_time=now(),
            **record,
        )
        response._asked_model = self.model
        if shape is None:
            return response
        return shape.answer(json_text(self.get_json_output(response, self.json_mode)), response)


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _config(returned: Any) -> Any:
    if isinstance(returned, RenderedMessages):
        return {**(returned.dynamic_config or {}), "messages": list(returned)}
    if isinstance(returned, dict) or returned is None:
        return returned
    return {"messages": to_messages(returned)}
