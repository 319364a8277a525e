"""From statuses and codes to the tree of `llm` errors."""

from __future__ import annotations

import re
from dataclasses import replace

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import ErrorInfo
from mirascope.llm.types.shown import address_shown

__all__ = [
    "api_error",
    "complete",
    "error_class",
    "nothing_said",
    "page_title",
    "plain_text",
    "with_base_url",
]

# Neither runs over a "<": a page that opens tags without end would take quadratic time.
_TITLE = re.compile(r"<title[^<>]*>([^<]*)</title", re.IGNORECASE)

_VERSION = re.compile(r"/v\d\w*$")

_BY_STATUS: dict[int, type[exc.APIError]] = {
    401: exc.AuthenticationError,
    403: exc.PermissionError,
    404: exc.NotFoundError,
    429: exc.RateLimitError,
    400: exc.BadRequestError,
    409: exc.BadRequestError,
    413: exc.BadRequestError,
    422: exc.BadRequestError,
}


def error_class(status: int) -> type[exc.APIError]:
    """Return the class that stands for an HTTP status."""
    if status >= 500:
        return exc.ServerError
    return _BY_STATUS.get(status, exc.APIError)


def api_error(
    info: ErrorInfo,
    *,
    provider: str,
    model: str | None,
    request_id: str | None = None,
    retry_after: float | None = None,
) -> exc.ProviderError:
    """Return the error that `info` stands for; 408 and 504 are timeouts on the vendor's side.

    Its text begins with the model and the status, for the vendor's own words alone ("no such
    route") do not tell what was asked. What the headers say, which is `retry_after`, counts more
    than what the body does.
    """
    if retry_after is None:
        retry_after = info.retry_after
    said = f"{model or provider}: {info.status}: {info.message}"
    if info.status in (408, 504):
        return exc.TimeoutError(
            said, provider, model=model, request_id=request_id, retry_after=retry_after
        )
    return error_class(info.status)(
        said,
        provider,
        info.status,
        model=model,
        request_id=request_id,
        retry_after=retry_after,
        code=info.code,
    )


def complete(error: exc.ProviderError, *, model: str | None, request_id: str | None) -> None:
    """Add to an error what who raised it did not know, and what it came from."""
    error.model = error.model or model
    error.request_id = error.request_id or request_id
    if error.original_exception is None and isinstance(error.__cause__, Exception):
        error.original_exception = error.__cause__


def with_base_url(info: ErrorInfo, status: int, base_url: str | None) -> ErrorInfo:
    """Return `info`, and with it the base URL where that is what may not have been found.

    Args:
        info: What the error says.
        status: The status it came with.
        base_url: The one that somebody chose; None for the vendor's own.
    """
    if status != 404 or not base_url or "model" in info.message.lower():
        return info
    shown = address_shown(base_url).rstrip("/")
    hint = "" if _VERSION.search(shown) else ", and most end in a version, such as /v1"
    said = info.message.rstrip(".")
    return replace(info, message=f"{said}. The base_url is {shown}{hint}.")


def plain_text(body: bytes) -> str:
    """Return what a body that is not JSON says: an HTML page's title, or a text's first line."""
    text = body[:4096].decode("utf-8", "replace").strip()
    title = _TITLE.search(text)
    if title is not None:
        text = " ".join(title[1].split())
    elif text.startswith("<"):
        text = ""
    return text.partition("\n")[0].strip()[:200]


def page_title(body: bytes) -> str | None:
    """Return what to call a body that is a page of HTML, in words; None when it is none."""
    if not body[:100].lstrip().startswith(b"<"):
        return None
    title = plain_text(body)
    return f"a page called {title!r}" if title else "a page without a title"


def nothing_said(status: int | None) -> str:
    """Return the message of an error that has none."""
    return f"HTTP {status}, without a message" if status else "an error without a message"
