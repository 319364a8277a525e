"""What a span says of a request: before it, and of what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from mirascope.llm.layering import Request
from mirascope.llm.layering.account import Account
from mirascope.llm.responses import FinishReason
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.responses.chunks import Seam
from mirascope.llm.responses.usage import Usage
from mirascope.llm.telemetry import conventions as names

__all__ = ["Event", "error_name", "events_of", "finish_reason_of", "of_account", "of_request"]

Event: TypeAlias = tuple[str, dict[str, Any], int]
"""Name, attributes, and nanoseconds since the epoch."""

_PARAMS = {
    "temperature": names.TEMPERATURE,
    "top_p": names.TOP_P,
    "top_k": names.TOP_K,
    "max_tokens": names.MAX_TOKENS,
    "seed": names.SEED,
}
_FINISH_REASONS = {
    FinishReason.MAX_TOKENS: "length",
    FinishReason.CONTEXT_LENGTH_EXCEEDED: "length",
    FinishReason.REFUSAL: "content_filter",
}


def error_name(cls: type[BaseException]) -> str:
    """Return the whole name of an error's class, as the conventions want it."""
    home = "" if cls.__module__ == "builtins" else f"{cls.__module__}."
    return f"{home}{cls.__qualname__}"


def of_request(request: Request) -> dict[str, Any]:
    """Return what is known before anything is sent."""
    params: Mapping[str, Any] = cast("Mapping[str, Any]", request.params)
    attributes: dict[str, Any] = {
        names.OPERATION: names.operation_of(request.provider_id),
        names.PROVIDER: names.provider_name(request.provider_id),
        names.REQUEST_MODEL: request.model_name,
        names.STREAM: request.stream,
        names.REQUEST_ID: request.id,
    }
    attributes |= {
        name: params[key] for key, name in _PARAMS.items() if params.get(key) is not None
    }
    if stops := params.get("stop_sequences"):
        attributes[names.STOP_SEQUENCES] = list(stops)
    if thinking := params.get("thinking"):
        attributes[names.REASONING_LEVEL] = thinking.get("level")
    if request.format_spec is not None:
        attributes[names.OUTPUT_TYPE] = "json"
    return attributes


def of_account(account: Account) -> dict[str, Any]:
    """Return what is known when it is over; what is not known is not there."""
    fold, sent = account.fold, account.sent
    model = fold.message.model_id
    finish = finish_reason_of(account)
    answered = account.first_content is not None or account.state == "complete"
    name = account.request.model_name if model is None else model.partition("/")[2]
    attributes: dict[str, Any] = {
        names.RESPONSE_MODEL: name if answered else None,
        names.STATE: account.state,
        names.FINISH_REASONS: finish and [finish],
        names.TIME_TO_FIRST_CHUNK: account.first_content if account.request.stream else None,
        names.TIME_PER_OUTPUT_TOKEN: account.seconds_per_token,
        names.ATTEMPTS: len(fold.attempts) or None,
        names.CACHED: True if fold.cached_at is not None else None,
        names.ERROR_TYPE: account.error_type and error_name(account.error_type),
    }
    if fold.message.provider_id is not None:
        attributes[names.PROVIDER] = names.provider_name(fold.message.provider_id)
    if sent is not None:
        attributes |= {
            names.SERVER_ADDRESS: sent.host,
            names.SERVER_PORT: sent.port,
            names.HTTP_STATUS: sent.status,
            names.VENDOR_REQUEST_ID: sent.request_id,
        }
    if fold.usage is not None and fold.cached_at is None:  # tokens that were used now
        attributes |= _of_usage(fold.usage)
    return {name: value for name, value in attributes.items() if value is not None}


def finish_reason_of(account: Account) -> str | None:
    """Return why the model stopped, in the conventions' words; None where that is not known."""
    fold = account.fold
    if fold.finish_reason is not None:
        return _FINISH_REASONS[fold.finish_reason]
    if account.state != "complete":
        return None
    return "tool_call" if fold.tool_calls else "stop"


def _of_usage(usage: Usage) -> dict[str, Any]:
    return {
        names.INPUT_TOKENS: usage.input_tokens,
        names.OUTPUT_TOKENS: usage.output_tokens,
        names.CACHE_READ_TOKENS: usage.cache_read_tokens or None,
        names.CACHE_WRITE_TOKENS: usage.cache_write_tokens or None,
        names.REASONING_TOKENS: usage.reasoning_tokens or None,
    }


def events_of(account: Account) -> Iterator[Event]:
    """Yield what happened on the way, where more than one request was needed for the answer."""
    attempts: Sequence[Attempt] = account.fold.attempts
    if len(attempts) > 1 or any(attempt.error is not None for attempt in attempts):
        for attempt in attempts:
            yield names.ATTEMPT, _of_attempt(attempt), int(attempt.ended * 1e9)
    for at, seam in account.seams:
        yield names.SEAM, _of_seam(seam), at


def _of_attempt(attempt: Attempt) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        names.ATTEMPT_MODEL: attempt.model,
        names.ATTEMPT_DURATION: attempt.ended - attempt.started,
        names.ATTEMPT_WAIT: attempt.wait or None,
        names.ATTEMPT_DISCARDS: attempt.discards or None,
        names.ERROR_TYPE: attempt.error and error_name(type(attempt.error)),
    }
    if attempt.usage is not None:
        attributes |= _of_usage(attempt.usage)
    return {name: value for name, value in attributes.items() if value is not None}


def _of_seam(seam: Seam) -> dict[str, Any]:
    attributes = {names.SEAM_FAILED: seam.failed, names.SEAM_MODEL: seam.model}
    if seam.error is not None:
        attributes[names.ERROR_TYPE] = error_name(type(seam.error))
    return attributes
