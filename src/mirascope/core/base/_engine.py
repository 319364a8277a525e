# Values here are users' and SDKs' own, of any type; `_name` and `_reading` are private to users,
# shared inside this package.
# pyright: reportPrivateUsage=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""The call decorator: one way through, whoever answers.

    bind arguments -> run the prompt function -> messages -> tools, client, SDK arguments
        -> response | stream | answer of a response model

Everything up to here happens when the decorated function is called; the request of a stream is
sent with its first `next`.
"""

from __future__ import annotations

import functools
import inspect
import json
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from ._binding import bind_args, is_async, now
from ._common import last_user_message
from ._shape import Shape, json_text
from ._vendor import Draft, Vendor, is_common
from .call_response import BaseCallResponse
from .from_call_args import call_arg_values
from .message_param import BaseMessageParam, TextPart
from .metadata import Metadata
from .prompt import RenderedMessages, prompt_template, to_messages
from .stream import BaseStream
from .structured_stream import BaseStructuredStream, arguments_of, text_of
from .tool import BaseTool

__all__ = ["CallOptions", "decorate"]

_DOCSTRING_VARIABLE = "MIRASCOPE_DOCSTRING_PROMPT_TEMPLATE"


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What the call decorator was given."""

    model: str
    stream: bool
    partial_tools: bool
    tools: Sequence[Any] | None
    response_model: Any
    output_parser: Callable[[Any], Any] | None
    json_mode: bool
    client: Any
    call_params: Mapping[str, Any]


@dataclass(slots=True)
class _Prepared:
    """A call that is ready to be sent. Made anew for every call: nothing of it outlives one."""

    client: Any
    kwargs: dict[str, Any]
    record: dict[str, Any]
    shape: Shape | None
    tool_types: list[type[BaseTool]] | None
    json_mode: bool


def decorate(vendor: Vendor, options: CallOptions, fn: Callable[..., Any]) -> Callable[..., Any]:
    """Turn a prompt function into a call."""
    run = _Call(vendor, options, fn)
    if is_async(fn):

        @functools.wraps(fn)
        async def ainner(*args: Any, **kwargs: Any) -> Any:
            fn_args = bind_args(fn, args, kwargs)
            prepared = run.prepare(fn_args, await fn(*args, **kwargs), True)
            if options.stream:
                return run.open_stream(prepared, True)
            start = now()
            response = await vendor.asend(prepared.client, prepared.kwargs)
            result = run.result(prepared, response, start)
            if options.output_parser is None:
                return result
            parsed = options.output_parser(result)
            return await parsed if inspect.isawaitable(parsed) else parsed

        inner: Any = ainner
    else:

        @functools.wraps(fn)
        def sync_inner(*args: Any, **kwargs: Any) -> Any:
            fn_args = bind_args(fn, args, kwargs)
            prepared = run.prepare(fn_args, fn(*args, **kwargs), False)
            if options.stream:
                return run.open_stream(prepared, False)
            start = now()
            response = vendor.send(prepared.client, prepared.kwargs)
            result = run.result(prepared, response, start)
            return result if options.output_parser is None else options.output_parser(result)

        inner = sync_inner
    inner.__mirascope_call__ = True
    inner._model = options.model
    return inner  # type: ignore[no-any-return]  # the wrapped function


class _Call:
    """The steps of a call that are the same in both colours."""

    def __init__(self, vendor: Vendor, options: CallOptions, fn: Callable[..., Any]) -> None:
        self.vendor = vendor
        self.options = options
        self.fn = fn

    def prepare(self, fn_args: dict[str, Any], returned: Any, is_async: bool) -> _Prepared:
        """Make everything that can be made before anything is sent."""
        vendor, options = self.vendor, self.options
        messages, config, template = _prompt(self.fn, fn_args, returned)
        shape = (
            Shape(options.response_model, vendor.tool_type, fn_args)
            if options.response_model is not None
            else None
        )
        if shape:
            call_arg_values(options.response_model, fn_args)
        offered = config.get("tools", options.tools)
        tool_types = [tool_type(each, vendor.tool_type) for each in offered or []]
        if shape and options.stream:
            tool_types = []
        json_mode = options.json_mode or bool(shape and tool_types)
        if shape and not json_mode:
            _check_structured_stream(vendor, options)
            tool_types = [shape.tool]
        params = _merged_params(vendor, options.call_params, config.get("call_params"))
        client = vendor.client(config.get("client") or options.client, is_async)
        draft = Draft(options.model, list(messages), params, list(tool_types))
        if json_mode:
            self._ask_for_json(draft, shape)
        elif shape:
            draft.forced_tool = shape.name
        sent, kwargs = vendor.request(draft, client)
        record = {
            "metadata": _metadata(self.fn, config),
            "tool_types": tool_types or None,
            "prompt_template": template,
            "fn_args": fn_args,
            "dynamic_config": config or None,
            "messages": sent,
            "call_params": options.call_params,
            "call_kwargs": kwargs,
        }
        return _Prepared(
            vendor.session(client, draft), kwargs, record, shape, tool_types or None, json_mode
        )

    def _ask_for_json(self, draft: Draft, shape: Shape | None) -> None:
        draft.json_mode = True
        schema = shape.schema() if shape else None
        if shape and shape.strict:
            if self.vendor.strict_schemas:
                draft.json_schema, draft.json_name = schema, shape.name
            else:
                warnings.warn(
                    f"{self.vendor.provider} has no strict schemas; `strict` is ignored.",
                    UserWarning,
                    stacklevel=5,
                )
        if draft.json_schema is None:
            draft.messages = _with_instruction(draft.messages, schema)

    def open_stream(self, prepared: _Prepared, is_async: bool) -> Any:
        """Make the stream object; nothing is sent."""
        vendor, options = self.vendor, self.options
        pairs = vendor.apairs if is_async else vendor.pairs
        structured = prepared.shape is not None
        stream: BaseStream[Any, Any] = vendor.stream_type(
            stream=pairs(
                prepared.client,
                prepared.kwargs,
                None if structured else prepared.tool_types,
                options.partial_tools,
            ),
            call_response_type=vendor.response_type,
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
            text_of=text_of if prepared.json_mode else arguments_of,
        )

    def result(self, prepared: _Prepared, native: Any, start: float) -> Any:
        """Wrap a response, and read it into the response model where there is one."""
        response: BaseCallResponse[Any] = self.vendor.response_type(
            response=native,
            user_message_param=last_user_message(prepared.record["messages"]),
            start_time=start,
            end_time=now(),
            **prepared.record,
        )
        response._asked_model = self.options.model
        shape = prepared.shape
        if shape is None:
            return response
        if prepared.json_mode and prepared.tool_types and response._reading.tool_calls:
            return response
        return shape.answer(_answer(response, prepared.json_mode), response)


def _answer(response: BaseCallResponse[Any], json_mode: bool) -> str | Mapping[str, Any]:
    calls = response._reading.tool_calls
    if json_mode or not calls:
        return json_text(response.content)
    tool = type(response)._tool_type
    return tool._call_arguments(calls[0])


def _prompt(
    fn: Callable[..., Any], fn_args: dict[str, Any], returned: Any
) -> tuple[list[Any], dict[str, Any], str | None]:
    """Read what the prompt function returned: messages, dynamic config, template."""
    if isinstance(returned, RenderedMessages):
        return list(returned), returned.dynamic_config or {}, returned.template
    if isinstance(returned, dict) and returned.get("messages"):
        messages = to_messages(returned["messages"])
        return messages or [], returned, None
    messages = None if isinstance(returned, dict) else to_messages(returned)
    if messages is not None:
        return messages, {}, None
    template = _docstring_template(fn)
    rendered = prompt_template(template).apply(fn_args, returned)
    return list(rendered), returned or {}, rendered.template


def _docstring_template(fn: Callable[..., Any]) -> str:
    doc = inspect.getdoc(fn)
    if doc and os.environ.get(_DOCSTRING_VARIABLE) == "ENABLED":
        return doc
    hint = (
        f" The docstring is used as the template only with {_DOCSTRING_VARIABLE}=ENABLED."
        if doc
        else ""
    )
    raise ValueError(f"No prompt template set!{hint}")


def _metadata(fn: Any, config: Mapping[str, Any]) -> Metadata:
    return cast("Metadata", config.get("metadata", getattr(fn, "_metadata", None)) or {})


def _merged_params(
    vendor: Vendor, given: Mapping[str, Any], dynamic: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Put the dynamic parameters over the decorator's, translating where all are common."""
    if not dynamic:
        return vendor.params(given)
    if is_common(given) == is_common(dynamic):
        return vendor.params({**given, **dynamic})
    under, over = vendor.params(given), _without_defaults(vendor, dynamic)
    key = vendor.params_key or ""
    inside, inside_over = under.get(key), over.get(key)
    if isinstance(inside, Mapping) and isinstance(inside_over, Mapping):
        # Where the common parameters are put together under one name, they are merged there.
        over[key] = {**inside, **inside_over}
    return {**under, **over}


def _without_defaults(vendor: Vendor, params: Mapping[str, Any]) -> dict[str, Any]:
    worded = vendor.params(params)
    return {
        key: value
        for key, value in worded.items()
        if key in params or key not in vendor.default_params or value != vendor.default_params[key]
    }


@functools.lru_cache(maxsize=512)
def _cached_tool_type(tool: Any, base: type[BaseTool]) -> type[BaseTool]:
    if isinstance(tool, type):
        return base.type_from_base_model_type(tool)
    return base.type_from_fn(tool)


def tool_type(tool: Any, base: type[BaseTool]) -> type[BaseTool]:
    """Make the vendor's tool type of a function or a class, once for each."""
    return _cached_tool_type(tool, base)


def _check_structured_stream(vendor: Vendor, options: CallOptions) -> None:
    if options.stream and not vendor.streams_tools:
        raise ValueError(
            f"{vendor.provider} only supports structured streaming in json mode: "
            "set `json_mode=True`."
        )


def _with_instruction(messages: list[Any], schema: Mapping[str, Any] | None) -> list[Any]:
    """Ask for JSON in the last user message; the user's own objects stay as they are."""
    instruction = "Answer with one JSON object and nothing else."
    if schema:
        instruction += f" It must fit this JSON schema:\n{json.dumps(schema, indent=2)}"
    if messages and isinstance(messages[-1], BaseMessageParam) and messages[-1].role == "user":
        last = messages[-1]
        content = (
            f"{last.content}\n\n{instruction}"
            if isinstance(last.content, str)
            else [*last.content, TextPart(type="text", text=instruction)]
        )
        return [*messages[:-1], BaseMessageParam(role="user", content=content)]
    last = last_user_message(messages)
    if isinstance(last, dict) and isinstance(last.get("content"), str):
        return [*messages[:-1], {**last, "content": f"{last['content']}\n\n{instruction}"}]
    return [*messages, BaseMessageParam(role="user", content=instruction)]
