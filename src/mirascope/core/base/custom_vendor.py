"""Call decorators for vendors that are not built in."""

from __future__ import annotations

import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .engine import CallOptions, Prepared, decorate
from .metadata import metadata_of
from .narrowing import is_mapping
from .prompt import RenderedMessages, to_messages
from .shape import Shape, json_text

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
    source = _HookedSource(
        response_type=TCallResponse,
        stream_type=TStream,
        setup_call=setup_call,
        handle_stream=handle_stream,
        handle_stream_async=handle_stream_async,
    )

    def decorator(
        fn: Callable[..., Any],
        model: str,
        tools: list[Any] | None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
        partial_tools: bool = False,
    ) -> Callable[..., Any]:
        stream = {"partial_tools": partial_tools}
        params: Mapping[str, Any] = call_params if call_params is not None else {}
        return decorate(
            source, CallOptions(model, stream, tools, None, None, json_mode, client, params), fn
        )

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
    source = _HookedSource(
        response_type=TCallResponse,
        stream_type=TStream,
        setup_call=setup_call,
        handle_stream=handle_stream,
        handle_stream_async=handle_stream_async,
        tool_type=TToolType,
        get_json_output=get_json_output,
    )

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
        params = dict(default_call_params) if call_params is None else call_params
        options = CallOptions(
            model, stream, tools, response_model, output_parser, json_mode, client, params
        )
        return lambda fn: decorate(source, options, fn)

    return call


@dataclass(kw_only=True, frozen=True)
class _HookedSource:
    """Somebody else's vendor, as the engine drives it: by its hooks."""

    response_type: type[Any]
    stream_type: type[Any]
    setup_call: Callable[..., Any]
    handle_stream: Callable[..., Any]
    handle_stream_async: Callable[..., Any]
    tool_type: Any = None
    get_json_output: Callable[..., str] = field(default=lambda *_: "")

    def prepare(
        self,
        options: CallOptions,
        fn: Callable[..., Any],
        fn_args: dict[str, Any],
        returned: Any,
        is_async: bool,
    ) -> Prepared:
        given = _config(returned)
        config = given or {}
        shape, tools = None, config.get("tools", options.tools)
        if options.response_model is not None:
            shape = Shape(options.response_model, self.tool_type, fn_args)
            tools = None if options.json_mode else [shape.tool]
        create, template, messages, tool_types, call_kwargs = self.setup_call(
            model=options.model,
            client=config.get("client") or options.client,
            fn=fn,
            fn_args=fn_args,
            dynamic_config=given,
            tools=tools,
            json_mode=options.json_mode,
            call_params=options.call_params,
            response_model=options.response_model,
            stream=bool(options.stream),
        )
        record = {
            "metadata": metadata_of(fn, config),
            "tool_types": tool_types,
            "prompt_template": template,
            "fn_args": fn_args,
            "dynamic_config": given,
            "messages": messages,
            "call_params": options.call_params,
            "call_kwargs": call_kwargs,
        }
        return Prepared(create, call_kwargs, record, shape, tool_types, options.json_mode)

    def send(self, prepared: Prepared) -> Any:
        return prepared.sender(**prepared.kwargs)

    async def asend(self, prepared: Prepared) -> Any:
        return await _awaited(prepared.sender(**prepared.kwargs))

    def pairs(self, prepared: Prepared, partial: bool) -> Generator[Any, None, None]:
        items = prepared.sender(**{**prepared.kwargs, "stream": True})
        extra = _extra(self.handle_stream, partial)
        yield from self.handle_stream(items, prepared.tool_types, **extra)

    async def apairs(self, prepared: Prepared, partial: bool) -> AsyncGenerator[Any, None]:
        items = await _awaited(prepared.sender(**{**prepared.kwargs, "stream": True}))
        extra = _extra(self.handle_stream_async, partial)
        pairs = self.handle_stream_async(items, prepared.tool_types, **extra)
        try:
            async for pair in pairs:
                yield pair
        finally:
            # Unlike `yield from`, a loop that is left does not close what it reads.
            if hasattr(pairs, "aclose"):
                await pairs.aclose()

    def answer(self, prepared: Prepared, response: Any) -> str:
        return json_text(self.get_json_output(response, prepared.json_mode))

    def piece(self, prepared: Prepared) -> Callable[[Any], str]:
        return lambda chunk: self.get_json_output(chunk, prepared.json_mode)


async def _awaited(value: Any) -> Any:
    return await value if inspect.isawaitable(value) else value


def _extra(handler: Callable[..., Any], partial: bool) -> dict[str, bool]:
    """Hand `partial_tools` only to handlers that know it."""
    known = "partial_tools" in inspect.signature(handler).parameters
    return {"partial_tools": partial} if known else {}


def _config(returned: Any) -> Mapping[str, Any] | None:
    if isinstance(returned, RenderedMessages):
        return {**(returned.dynamic_config or {}), "messages": list(returned)}
    if returned is None or is_mapping(returned):
        return returned
    return {"messages": to_messages(returned)}
