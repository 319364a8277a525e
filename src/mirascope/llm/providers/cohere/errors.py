"""What the errors of the Chat wire say.

``{"id", "message"}`` in a body of its own (https://docs.cohere.com/reference/errors, 2025-12), in a
stream the ``error`` of the last event.
"""

from __future__ import annotations

import msgspec

from mirascope._wire.json_values import JsonObject, as_number, as_text, is_list, is_object
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.encoding import read_json
from mirascope.llm.providers.errors import nothing_said, plain_text
from mirascope.llm.providers.masks import mask_keys

__all__ = ["read_error", "stopped_by"]

_JSON = msgspec.json.Decoder()
_MAX_MESSAGE = 1000
# Finish reasons that are none: https://docs.cohere.com/v2/reference/chat (2025-12).
_STATUS = {"ERROR": 500, "TIMEOUT": 504}


def read_error(body: bytes, status: int | None = None) -> ErrorInfo:
    """Return what an error says.

    Args:
        body: The error object, or whatever a gateway sent instead.
        status: The HTTP status; None inside a stream.
    """
    try:
        error = _error_object(read_json(body, _JSON))
    except ValueError:
        error = {"message": plain_text(body)}
    message = as_text(error.get("message")) or as_text(error.get("detail"))
    message = mask_keys(" ".join(message.split()))[:_MAX_MESSAGE]
    code = as_text(error.get("code")) or as_text(error.get("type")) or None
    number = as_number(error.get("code"))  # gateways in front of the vendor say it so
    inside = int(number) if number is not None and 400 <= number < 600 else 500
    return ErrorInfo(
        status=status or inside, message=message or code or nothing_said(status), code=code
    )


def stopped_by(reason: str, message: str | None) -> ErrorInfo | None:
    """Return the error that a finish reason stands for; None if the answer ended as it should."""
    if reason not in _STATUS and not message:
        return None
    said = mask_keys(message or "")[:_MAX_MESSAGE]
    said = said or f"the server broke off the answer: {reason}"
    return ErrorInfo(status=_STATUS.get(reason, 500), message=said, code=reason or None)


def _error_object(value: object) -> JsonObject:
    """Return the object that describes an error; gateways have shapes of their own for it."""
    if is_list(value) and value:
        value = value[0]
    if is_object(value):
        value = value.get("error") or value
    return value if is_object(value) else {"message": value}
