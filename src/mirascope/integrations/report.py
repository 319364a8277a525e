# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false
"""What a trace tells of a call, whoever it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from pydantic_core import to_json

from mirascope.core.base import (
    BaseCallResponse,
    BaseMessageParam,
    BaseStream,
    BaseStructuredStream,
    Metadata,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

from .middleware import middleware_factory

__all__ = ["attributes", "conversation", "output", "response_of", "tags_of", "tracing"]

_CallT = TypeVar("_CallT", bound=Callable[..., Any])
_PARAMS = ("frequency_penalty", "max_tokens", "presence_penalty", "seed", "temperature", "top_p")


def tracing(
    span: Callable[[Callable[..., Any]], AbstractContextManager[Any]],
    record: Callable[[Any, Any], None],
) -> Callable[[_CallT], _CallT]:
    """Make the middleware that opens a span for each call and records what came of it.

    Args:
        span: Makes the context manager that opens the span; it sees the error of a call.
        record: Given the result and the span.
    """

    def handle(result: Any, _: Callable[..., Any], opened: Any) -> None:
        record(result, opened)

    async def ahandle(result: Any, _: Callable[..., Any], opened: Any) -> None:
        record(result, opened)

    return middleware_factory(
        custom_context_manager=span,
        handle_call_response=handle,
        handle_call_response_async=ahandle,
        handle_stream=handle,
        handle_stream_async=ahandle,
        handle_response_model=handle,
        handle_response_model_async=ahandle,
        handle_structured_stream=handle,
        handle_structured_stream_async=ahandle,
    )


def tags_of(metadata: Metadata | None) -> list[str] | None:
    """Return the tags of a call in order; None where it has none."""
    return sorted((metadata or {}).get("tags", ())) or None


def response_of(result: Any) -> BaseCallResponse[Any] | None:
    """Return the response behind a result; None where an answer, a number say, keeps none."""
    found: BaseCallResponse[Any] | None
    if isinstance(result, BaseStructuredStream):
        result = result.stream
    if isinstance(result, BaseStream):
        found = result.construct_call_response()
    elif isinstance(result, BaseCallResponse):
        found = result
    else:
        found = getattr(result, "_response", None)
    return found


def output(result: Any) -> Any:
    """Return what the caller got, in plain values: an object, or the text and the tool calls."""
    if isinstance(result, BaseStructuredStream):
        result = result.constructed_response_model
    elif not _is_answer(result):
        response: Any = response_of(result)
        return _plain(response.common_message_param)
    return json.loads(to_json(result, serialize_unknown=True))


def conversation(response: BaseCallResponse[Any]) -> list[dict[str, Any]]:
    """Return the messages that were sent, in plain values. Of media only the kind is told."""
    return [_plain(message) for message in response.common_messages]


def attributes(result: Any) -> dict[str, Any]:
    """Describe a result in OpenTelemetry's words for generative AI.

    They are listed at https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, of which
    `gen_ai.system` is an older name of `gen_ai.provider.name`.
    """
    response: Any = response_of(result)
    if response is None:
        return {"mirascope.output": json.dumps(output(result))}
    given: Mapping[str, Any] = response.call_params or {}
    described: dict[str, Any] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": response.provider,
        "gen_ai.provider.name": response.provider,
        "gen_ai.request.model": response._asked_model,
        "gen_ai.response.model": response.model,
        "gen_ai.response.id": response.id,
        "gen_ai.response.finish_reasons": response.finish_reasons,
        "gen_ai.usage.input_tokens": response.input_tokens,
        "gen_ai.usage.output_tokens": response.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": response.cached_tokens,
        "gen_ai.input.messages": _worded(response.common_messages),
        "gen_ai.output.messages": _worded([response.common_message_param]),
        "mirascope.cost": response.cost,
        "mirascope.prompt_template": response.prompt_template,
        "mirascope.tags": tags_of(response.metadata),
        **{f"gen_ai.request.{name}": given.get(name) for name in _PARAMS},
    }
    if isinstance(result, BaseStructuredStream) or _is_answer(result):
        described["mirascope.output"] = json.dumps(output(result))
    return {name: value for name, value in described.items() if value is not None}


def _is_answer(result: object) -> bool:
    return not isinstance(result, BaseCallResponse | BaseStream)


def _plain(message: BaseMessageParam) -> dict[str, Any]:
    content: Any = message.content
    if not isinstance(content, str):
        # A trace is no place for megabytes of an image.
        media = {"image", "audio", "document"}
        content = [part.model_dump(mode="json", exclude=media) for part in content]
    return {"role": message.role, "content": content}


def _worded(messages: list[BaseMessageParam]) -> str:
    return json.dumps([{"role": each.role, "parts": _parts(each)} for each in messages])


def _parts(message: BaseMessageParam) -> list[dict[str, Any]]:
    if isinstance(message.content, str):
        return [{"type": "text", "content": message.content}]
    parts: list[dict[str, Any]] = []
    for part in message.content:
        if isinstance(part, TextPart):
            parts.append({"type": "text", "content": part.text})
        elif isinstance(part, ToolCallPart):
            call = {"id": part.id, "name": part.name, "arguments": part.args}
            parts.append({"type": "tool_call", **call})
        elif isinstance(part, ToolResultPart):
            parts.append({"type": "tool_call_response", "id": part.id, "response": part.content})
        else:
            parts.append(part.model_dump(mode="json", exclude={"image", "audio", "document"}))
    return parts
