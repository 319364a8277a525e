"""Calls of the built-in vendors: from what the prompt function returned to the SDK's arguments."""

from __future__ import annotations

import json
import warnings
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from typing import Any

from .call_params import is_common
from .engine import CallOptions, Prepared
from .kept import kept_on
from .message_param import BaseMessageParam, TextPart
from .metadata import metadata_of
from .narrowing import is_mapping
from .prompt import RenderedMessages, docstring_template, prompt_template, to_messages
from .reading_messages import last_user_message
from .shape import Shape, json_text
from .structured_stream import arguments_of, text_of
from .tool import BaseTool, call_arguments
from .vendor import Draft, Vendor

__all__ = ["VendorSource", "tool_type"]


class VendorSource:
    """A built-in vendor, as the engine drives it."""

    def __init__(self, vendor: Vendor) -> None:
        """Drive a vendor."""
        self.vendor = vendor
        self.response_type = vendor.response_type
        self.stream_type = vendor.stream_type
        self._carrier: type[BaseTool] | None = None

    def prepare(
        self,
        options: CallOptions,
        fn: Callable[..., Any],
        fn_args: dict[str, Any],
        returned: Any,
        is_async: bool,
    ) -> Prepared:
        vendor, shape = self.vendor, None
        messages, config, template = _prompt(fn, fn_args, returned)
        if options.response_model is not None:
            # One source serves one decorator: what is not kept on the model is kept here.
            shape = Shape(options.response_model, vendor.tool_type, fn_args, self._carrier)
            self._carrier = shape.tool
        offered: Sequence[Any] = config.get("tools", options.tools) or ()
        tool_types = [tool_type(each, vendor.tool_type) for each in offered]
        if shape and options.stream:
            tool_types = []
        json_mode = options.json_mode or bool(shape and tool_types)
        if shape and not json_mode:
            if options.stream and not vendor.streams_tools:
                raise ValueError(
                    f"{vendor.provider} only supports structured streaming in json mode: "
                    "set `json_mode=True`."
                )
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
            "metadata": metadata_of(fn, config),
            "tool_types": tool_types or None,
            "prompt_template": template,
            "fn_args": fn_args,
            "dynamic_config": config or None,
            "messages": sent,
            "call_params": options.call_params,
            "call_kwargs": kwargs,
        }
        session = vendor.session(client, draft)
        return Prepared(session, kwargs, record, shape, tool_types or None, json_mode)

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

    def send(self, prepared: Prepared) -> Any:
        return self.vendor.create(prepared.sender, prepared.kwargs, stream=False, is_async=False)

    async def asend(self, prepared: Prepared) -> Any:
        create = self.vendor.create
        return await create(prepared.sender, prepared.kwargs, stream=False, is_async=True)

    def pairs(self, prepared: Prepared, partial: bool) -> Generator[tuple[Any, Any], None, None]:
        tool_types = None if prepared.shape else prepared.tool_types
        return self.vendor.pairs(prepared.sender, prepared.kwargs, tool_types, partial)

    def apairs(self, prepared: Prepared, partial: bool) -> AsyncGenerator[tuple[Any, Any], None]:
        tool_types = None if prepared.shape else prepared.tool_types
        return self.vendor.apairs(prepared.sender, prepared.kwargs, tool_types, partial)

    def answer(self, prepared: Prepared, response: Any) -> str | Mapping[str, Any] | None:
        calls = response.reading.tool_calls
        if prepared.json_mode and prepared.tool_types and calls:
            return None
        if prepared.json_mode or not calls:
            return json_text(response.content)
        return call_arguments(self.vendor.tool_type, calls[0])

    def piece(self, prepared: Prepared) -> Callable[[Any], str]:
        return text_of if prepared.json_mode else arguments_of


def _prompt(
    fn: Callable[..., Any], fn_args: dict[str, Any], returned: Any
) -> tuple[list[Any], Mapping[str, Any], str | None]:
    """Read what the prompt function returned: messages, dynamic config, template."""
    if isinstance(returned, RenderedMessages):
        return list(returned), returned.dynamic_config or {}, returned.template
    if is_mapping(returned):
        if returned.get("messages"):
            return to_messages(returned["messages"]) or [], returned, None
    elif (messages := to_messages(returned)) is not None:
        return messages, {}, None
    template = docstring_template(fn)
    rendered: RenderedMessages = prompt_template(template).apply(fn_args, returned)
    return list(rendered), returned or {}, rendered.template


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
    if is_mapping(inside) and is_mapping(inside_over):
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


def tool_type(tool: Any, base: type[BaseTool]) -> type[BaseTool]:
    """Make the vendor's tool type of a function or a class, once for each."""
    make = base.type_from_base_model_type if isinstance(tool, type) else base.type_from_fn
    return kept_on(tool, base, lambda: make(tool))


def _with_instruction(messages: list[Any], schema: Mapping[str, Any] | None) -> list[Any]:
    """Ask for JSON in the last user message; the user's own objects stay as they are."""
    instruction = "Answer with one JSON object and nothing else."
    if schema:
        instruction += f" It must fit this JSON schema:\n{json.dumps(schema, indent=2)}"
    last = last_user_message(messages)
    if isinstance(last, BaseMessageParam):
        content = (
            f"{last.content}\n\n{instruction}"
            if isinstance(last.content, str)
            else [*last.content, TextPart(type="text", text=instruction)]
        )
        return [*messages[:-1], BaseMessageParam(role="user", content=content)]
    if is_mapping(last) and isinstance(last.get("content"), str):
        return [*messages[:-1], {**last, "content": f"{last['content']}\n\n{instruction}"}]
    return [*messages, BaseMessageParam(role="user", content=instruction)]
