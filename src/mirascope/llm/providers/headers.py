"""What vendors say in response headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["request_id", "retry_after"]

# OpenAI, Anthropic and most others; Google and AWS have names of their own.
_REQUEST_ID = ("x-request-id", "request-id", "x-goog-request-id", "x-amzn-requestid", "cf-ray")


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the vendor's id of the request, where it sent one."""
    return next((headers[name] for name in _REQUEST_ID if headers.get(name)), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds to wait before the next attempt, where the vendor says so.

    ``retry-after-ms`` is OpenAI's; ``retry-after`` holds seconds or a date (RFC 9110, 10.2.3).
    """
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        value = headers.get("retry-after")
        if value is None:
            return None
        if value.strip().replace(".", "", 1).isdigit():
            return float(value)
        delay = parsedate_to_datetime(value) - datetime.now(UTC)
        return max(0.0, delay.total_seconds())
    except (TypeError, ValueError):  # a value that is neither tells nothing
        return None
