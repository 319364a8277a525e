"""What OpenAI, and servers that speak its wires, say when something went wrong.

The usual form is ``{"error": {"message", "type", "code"}}``
(https://platform.openai.com/docs/guides/error-codes, 2025). Seen as well: ``error`` as a string
(Venice, xAI), the three at the top (Mistral), ``detail`` (FastAPI), the whole in a list (Google),
an upstream's body quoted in ``metadata.raw`` (OpenRouter), a filter's reasons in ``innererror``
(Azure), plain text and HTML (proxies).
"""

from __future__ import annotations

import html
import re

import msgspec

from mirascope._wire.json_values import as_list, as_object, is_list
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.providers.encoding import read_json
from mirascope.llm.providers.masks import mask_keys

__all__ = ["http_error", "is_error", "stream_error"]

_MAX_MESSAGE = 1000
_MAX_DEPTH = 5
_ANY: msgspec.json.Decoder[object] = msgspec.json.Decoder()

# What a code or type stands for when no status says it. The first pattern found decides.
_MEANINGS = tuple(
    (re.compile(pattern), status)
    for pattern, status in (
        (r"model_not_found|^not_found|invalid_model|deploymentnotfound", 404),
        (r"rate_limit|too_many|quota|tokens_per|requests_per|throttl", 429),
        (r"api_key|authentication|unauthorized|invalid_token", 401),
        (r"permission|forbidden|access_denied|country|region", 403),
        (r"timeout|timed_out", 504),
        (r"overloaded|unavailable|slow_down|capacity", 503),
        (r"bad_gateway|upstream|network_error", 502),
        (r"server_error|internal|api_error", 500),
        (r"invalid|unsupported|bad_request|context_length|content_filter|policy", 400),
        (r"exceed|too_long|too_large|missing|required|not_supported|^image_|tool_use_failed", 400),
    )
)
# xAI answers 400 with a code that says nothing.
_TEXTS = (
    (re.compile(r"incorrect api key", re.I), 401),
    (re.compile(r"^model not found", re.I), 404),
)

# What is never closed ends with the page, and no tag runs over the "<" of the next one: otherwise
# the rest would be searched again from each place where something is opened.
_NOT_TEXT = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>", re.I | re.S
)


def http_error(status: int, body: bytes) -> ErrorInfo:
    """Read the answer to a request that failed with `status`."""
    try:
        payload = read_json(body, _ANY)
    except ValueError:
        payload = _NOT_TEXT.sub(" ", body[:100_000].decode(errors="replace"))
        payload = html.unescape(payload) if b"<" in body else payload
    message, code, kind = _read(payload)
    message = message or f"HTTP {status}, without a message"
    if status == 400:
        # The Responses API and Mistral know no 404 for models.
        if code == "model_not_found" or kind == "invalid_model":
            status = 404
        else:
            status = next((meant for text, meant in _TEXTS if text.search(message)), status)
    return ErrorInfo(status=status, message=message, code=code or kind)


def stream_error(payload: object) -> ErrorInfo:
    """Read an error that arrived with status 200; without any hint it is the server's fault."""
    message, code, kind = _read(payload)
    status = _status(payload) or _by_name(code, kind) or 500
    return ErrorInfo(status=status, message=message or "error without a message", code=code or kind)


def is_error(payload: object) -> bool:
    """Return whether a payload without an answer is an error, in one of the forms known."""
    error = as_object(payload)
    return bool(error.get("error") or error.get("detail")) or error.get("object") == "error"


def _read(payload: object) -> tuple[str, str | None, str | None]:
    """Return an error's message, code and type."""
    message, code, kind = _details(payload)
    message = mask_keys(" ".join(message.split()))
    if len(message) > _MAX_MESSAGE:
        message = message[:_MAX_MESSAGE] + "…"
    return message, code, kind


def _details(payload: object, depth: int = 0) -> tuple[str, str | None, str | None]:
    if isinstance(payload, str):
        return payload, None, None
    if depth >= _MAX_DEPTH:
        return "", None, None
    if is_list(payload):
        return _details(next(iter(payload), None), depth + 1)
    error = as_object(payload)
    message, code, kind = "", _name(error.get("code")), _name(error.get("type"))
    place = ".".join(str(step) for step in as_list(error.get("loc")) if step != "body")
    for key in ("error", "message", "detail", "msg", "errors"):
        if error.get(key):
            message, inner_code, inner_kind = _details(error[key], depth + 1)
            code, kind = inner_code or code, inner_kind or kind
            break
    if place and kind and message:  # where in the request, by FastAPI
        message = f"{place}: {message}"
    if quoted := _quoted(as_object(error.get("metadata")).get("raw")):
        message = f"{message}: {quoted}"
    if found := _filtered(error.get("innererror")):
        message = f"{message} (filtered: {found})"
    return message, code, kind


def _quoted(raw: object) -> str:
    """Return the message in the body of an upstream provider."""
    if not isinstance(raw, str):
        return ""
    try:
        return _details(read_json(raw.encode(errors="replace"), _ANY), 1)[0]
    except ValueError:
        return raw


def _filtered(inner: object) -> str:
    """Return why Azure's filter stopped a prompt: the categories, and how severe.

    https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter (2026-01)
    """
    results = as_object(as_object(inner).get("content_filter_result"))
    found = ((name, as_object(result)) for name, result in results.items())
    return ", ".join(
        f"{name} {severity}" if isinstance(severity := one.get("severity"), str) else name
        for name, one in found
        if one.get("filtered") is True
    )


def _name(value: object) -> str | None:
    return str(value) if isinstance(value, (str, int)) and value else None


def _status(payload: object) -> int | None:
    """Return the HTTP status that an error names itself."""
    error = as_object(payload)
    error = {**error, **as_object(error.get("error"))}
    for key in ("status_code", "status", "code"):
        value = error.get(key)
        if isinstance(value, str) and value.isdecimal():
            value = int(value[:4])
        if isinstance(value, (int, float)) and 400 <= value < 600:
            return int(value)
    return None


def _by_name(code: str | None, kind: str | None) -> int | None:
    """Return the status that a code stands for, or else a type."""
    for name in (code, kind):
        for pattern, status in _MEANINGS:
            if name and pattern.search(name.lower()):
                return status
    return None
