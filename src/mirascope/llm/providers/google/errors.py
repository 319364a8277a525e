"""What the errors of the generateContent wire say, as an answer of their own or inside a stream."""

from __future__ import annotations

from typing import cast

import msgspec

from mirascope._wire.json_values import JsonObject, as_objects, is_list, is_object
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.encoding import read_json
from mirascope.llm.providers.errors import nothing_said, plain_text
from mirascope.llm.providers.headers import seconds
from mirascope.llm.providers.masks import mask_keys

__all__ = ["read_error"]

# https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto (2025-11)
_STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "INTERNAL": 500,
    "UNKNOWN": 500,
    "DATA_LOSS": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
_JSON = msgspec.json.Decoder()


def read_error(body: bytes, status: int | None = None) -> ErrorInfo:
    """Return what an error says.

    Args:
        body: An object with ``error`` in it, an array of one, or whatever a gateway sent instead.
        status: The HTTP status; None inside a stream, where the error's own code stands for it.
    """
    try:
        value: object = read_json(body, _JSON)
    except ValueError:
        return ErrorInfo(
            status=status or 500,
            message=mask_keys(plain_text(body)) or nothing_said(status),
        )
    error = _error_object(value)
    text, name, number = error.get("message"), error.get("status"), error.get("code")
    message = text if isinstance(text, str) else ""
    code = name if isinstance(name, str) else None
    if status is None:
        valid = isinstance(number, int) and 400 <= number < 600
        status = cast("int", number) if valid else _STATUS.get(code or "", 500)
    if status == 400 and _is_about_the_key(message, error.get("details")):
        status = 401
    return ErrorInfo(
        status=status,
        message=mask_keys(message) or code or nothing_said(status),
        code=code,
        retry_after=_retry_after(error.get("details")),
    )


def _error_object(value: object) -> JsonObject:
    if is_list(value) and value:  # without ``alt=sse`` a stream is an array
        value = value[0]
    if is_object(value):
        value = value.get("error", value)
    return value if is_object(value) else {"message": value}


def _is_about_the_key(message: str, details: object) -> bool:
    """Return whether a 400 is about the API key; the vendor has no 401 for that."""
    if "API key not valid" in message or "API key expired" in message:
        return True
    return any(detail.get("reason") == "API_KEY_INVALID" for detail in as_objects(details))


def _retry_after(details: object) -> float | None:
    """Return the delay of a ``RetryInfo``, such as ``"34.07s"``; the vendor sends no header.

    https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto (2025-11)
    """
    for detail in as_objects(details):
        delay = detail.get("retryDelay")
        if isinstance(delay, str) and delay.endswith("s"):
            return seconds(delay.removesuffix("s"))
    return None
