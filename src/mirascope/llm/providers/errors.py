"""From statuses and codes to the tree of `llm` errors."""

from __future__ import annotations

from mirascope.llm import exceptions as exc
from mirascope.llm.providers.codec import ErrorInfo

__all__ = ["api_error", "error_class"]

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
    """Return the error that `info` stands for; 408 and 504 are timeouts on the vendor's side."""
    if info.status in (408, 504):
        return exc.TimeoutError(
            info.message, provider, model=model, request_id=request_id, retry_after=retry_after
        )
    return error_class(info.status)(
        info.message,
        provider,
        info.status,
        model=model,
        request_id=request_id,
        retry_after=retry_after,
        code=info.code,
    )
