"""What Bedrock's errors say, as answers of their own and as exceptions inside a stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import msgspec

from mirascope._wire.json_values import as_object, as_text
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.encoding import read_json
from mirascope.llm.providers.errors import nothing_said, plain_text
from mirascope.llm.providers.masks import mask_keys

__all__ = ["is_failure", "read_error", "read_failure"]

# https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html and
# /API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors (2026-01), in small letters.
_STATUS = {
    "validationexception": 400,
    "conflictexception": 400,
    "servicequotaexceededexception": 400,
    "unrecognizedclientexception": 401,
    "accessdeniedexception": 403,
    "resourcenotfoundexception": 404,
    "modeltimeoutexception": 408,
    "throttlingexception": 429,
    "modelnotreadyexception": 429,
    "internalserverexception": 500,
    "modelstreamerrorexception": 500,
    "serviceunavailableexception": 503,
}
_CREDENTIALS = frozenset(
    {
        "expiredtokenexception",
        "incompletesignatureexception",
        "invalidclienttokenid",
        "invalidsignatureexception",
        "missingauthenticationtokenexception",
        "signaturedoesnotmatch",
        "unrecognizedclientexception",
    }
)
"""What AWS calls credentials that it does not accept: it answers with 403, as to a user who may not
do this."""
_JSON = msgspec.json.Decoder()


def read_error(
    body: bytes, status: int | None = None, headers: Mapping[str, str] | None = None
) -> ErrorInfo:
    """Return what an error says.

    Args:
        body: An object with a ``message``, or whatever a gateway sent instead.
        status: The HTTP status; None inside a stream, where the error's name stands for it.
        headers: Of the answer; one of them has the error's name.
    """
    named = (headers or {}).get("x-amzn-errortype", "")
    try:
        value: object = read_json(body, _JSON)
    except ValueError:
        return _info(status, named, plain_text(body))
    fields = as_object(value)
    texts = (as_text(fields.get(key)) for key in ("message", "Message", "originalMessage"))
    message = next(filter(None, texts), value if isinstance(value, str) else "")
    info = _info(status, named or as_text(fields.get("__type")), message)
    original = fields.get("originalStatusCode")
    if status is None and isinstance(original, int) and 400 <= original < 600:
        info = replace(info, status=original)  # what the model's own server said
    return info


def is_failure(name: str) -> bool:
    """Tell whether an event of this name reports that the answer failed."""
    return name == "error" or name.startswith(("exception:", "error:"))


def read_failure(name: str, payload: bytes) -> ErrorInfo:
    """Return what an exception or error says that a stream ends with."""
    kind, _, code = name.partition(":")
    if kind == "exception":
        return read_error(payload, headers={"x-amzn-errortype": code})
    return _info(None, code, plain_text(payload))


def _info(status: int | None, named: str, message: str) -> ErrorInfo:
    # ``ValidationException:http://internal.amazon.com/...``, ``com.amazon.coral#SomeException``
    code = named.partition(":")[0].rpartition("#")[2]
    usual = _STATUS.get(code.lower(), 500)
    if status in (None, 403) and code.lower() in _CREDENTIALS:
        status = 401
    return ErrorInfo(
        status=status or usual,
        message=mask_keys(message) or code or nothing_said(status),
        code=code or None,
    )
