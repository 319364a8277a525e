"""What the errors of the Messages wire say, as an answer of their own or inside a stream."""

from __future__ import annotations

import msgspec

from mirascope._wire.json_values import as_object, is_list, is_object
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.encoding import read_json
from mirascope.llm.providers.errors import nothing_said, plain_text
from mirascope.llm.providers.masks import mask_keys

__all__ = ["read_error"]

# https://docs.claude.com/en/api/errors (2025-11); an error inside a stream has no other status.
_STATUS = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
_JSON = msgspec.json.Decoder()


def read_error(body: bytes, status: int | None = None) -> ErrorInfo:
    """Return what an error says.

    Args:
        body: The error object, or the object around it, or whatever a gateway sent instead.
        status: The HTTP status; None inside a stream, where the error's type stands for it.
    """
    try:
        value: object = read_json(body, _JSON)
    except ValueError:
        return ErrorInfo(
            status=status or 500,
            message=mask_keys(plain_text(body)) or nothing_said(status),
        )
    message, code = _message_and_code(value)
    return ErrorInfo(
        status=status or _STATUS.get(code or "", 500),
        message=mask_keys(message or code or nothing_said(status)),
        code=code,
    )


def _message_and_code(value: object) -> tuple[str | None, str | None]:
    """Return an error's text and type; compatible servers have several shapes for them."""
    if is_list(value) and value:
        value = value[0]
    if isinstance(value, str):
        return value, None
    fields = as_object(value)
    below = fields.get("error")
    if isinstance(below, str) or is_object(below):
        return _message_and_code(below)
    text = fields.get("message") or fields.get("detail")
    kind = fields.get("type") or fields.get("code")
    return (
        text if isinstance(text, str) else None,
        kind if isinstance(kind, str) else None,
    )
