# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""Streams for vendors that are not built in."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from ._binding import bind_args, is_async
from .prompt import RenderedMessages, to_messages

__all__ = ["stream_factory"]


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
        params = call_params if call_params is not None else {}

        def build(fn_args: dict[str, Any], returned: Any, pairs: Callable[..., Any]) -> Any:
            config = _config(returned)
            create, template, messages, tool_types, call_kwargs = setup_call(
                model=model,
                client=client,
                fn=fn,
                fn_args=fn_args,
                dynamic_config=config,
                tools=tools,
                json_mode=json_mode,
                call_params=params,
                response_model=None,
                stream=True,
            )
            return TStream(
                stream=pairs(create, call_kwargs, tool_types),
                metadata=(config or {}).get("metadata") or getattr(fn, "_metadata", {}),
                tool_types=tool_types,
                call_response_type=TCallResponse,
                model=model,
                prompt_template=template,
                fn_args=fn_args,
                dynamic_config=config,
                messages=messages,
                call_params=params,
                call_kwargs=call_kwargs,
            )

        def pairs(create: Any, call_kwargs: Any, tool_types: Any) -> Iterator[Any]:
            items = create(**{**call_kwargs, "stream": True})
            yield from handle_stream(items, tool_types, **_partial(handle_stream, partial_tools))

        async def apairs(create: Any, call_kwargs: Any, tool_types: Any) -> Any:
            items = create(**{**call_kwargs, "stream": True})
            if inspect.isawaitable(items):
                items = await items
            extra = _partial(handle_stream_async, partial_tools)
            async for pair in handle_stream_async(items, tool_types, **extra):
                yield pair

        if is_async(fn):

            @functools.wraps(fn)
            async def ainner(*args: Any, **kwargs: Any) -> Any:
                return build(bind_args(fn, args, kwargs), await fn(*args, **kwargs), apairs)

            return ainner

        @functools.wraps(fn)
        def inner(*args: Any, **kwargs: Any) -> Any:
            return build(bind_args(fn, args, kwargs), fn(*args, **kwargs), pairs)

        return inner

    return decorator


def _config(returned: Any) -> Any:
    if isinstance(returned, RenderedMessages):
        return {**(returned.dynamic_config or {}), "messages": list(returned)}
    if isinstance(returned, dict) or returned is None:
        return returned
    return {"messages": to_messages(returned)}


def _partial(handler: Callable[..., Any], partial_tools: bool) -> dict[str, bool]:
    """Hand `partial_tools` only to handlers that know it."""
    known = inspect.signature(handler).parameters
    return {"partial_tools": partial_tools} if "partial_tools" in known else {}
