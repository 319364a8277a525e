"""What the errors of the Messages wire say, as an answer of their own or inside a stream."""

from __future__ import annotations

import re
from typing import cast

import msgspec

from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.encoding import read_json

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
_SECRET = re.compile(r"sk-[\w-]{8,}")
_TITLE = re.compile(r"<title[^>]*>\s*([^<]{1,200}?)\s*</title>", re.IGNORECASE)
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
        return ErrorInfo(status=status or 500, message=_plain(body, status))
    message, code = _message_and_code(value)
    return ErrorInfo(
        status=status or _STATUS.get(code or "", 500),
        message=_SECRET.sub("***", message or code or _nothing_said(status)),
        code=code,
    )


def _message_and_code(value: object) -> tuple[str | None, str | None]:
    """Return an error's text and type; compatible servers have several shapes for them."""
    if isinstance(value, list) and value:
        value = cast("list[object]", value)[0]
    if isinstance(value, str):
        return value, None
    if not isinstance(value, dict):
        return None, None
    fields = cast("dict[str, object]", value)
    if isinstance(below := fields.get("error"), (str, dict)):
        return _message_and_code(cast("object", below))
    text = fields.get("message") or fields.get("detail")
    kind = fields.get("type") or fields.get("code")
    return (
        text if isinstance(text, str) else None,
        kind if isinstance(kind, str) else None,
    )


def _plain(body: bytes, status: int | None) -> str:
    """Return the title of an HTML page, or the first line of a text."""
    text = body[:4096].decode("utf-8", "replace").strip()
    title = _TITLE.search(text)
    if title is not None:
        text = title[1]
    elif text.startswith("<"):
        text = ""
    line = text.partition("\n")[0].strip()[:200]
    return _SECRET.sub("***", line) or _nothing_said(status)


def _nothing_said(status: int | None) -> str:
    return f"HTTP {status}, without a message" if status else "an error without a message"
