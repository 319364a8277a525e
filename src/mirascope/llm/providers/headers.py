"""What vendors say in response headers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["LONGEST_DELAY", "request_id", "retry_after", "seconds"]

LONGEST_DELAY = 30 * 24 * 3600.0
"""The longest delay that is believed, in seconds; quotas come back every month."""

# OpenAI, Anthropic and most others; Google and AWS have names of their own.
_REQUEST_ID = ("x-request-id", "request-id", "x-goog-request-id", "x-amzn-requestid", "cf-ray")


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the vendor's id of the request, where it sent one."""
    return next((headers[name] for name in _REQUEST_ID if headers.get(name)), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds to wait before the next attempt, where the vendor says so.

    ``retry-after-ms`` is OpenAI's; ``retry-after`` holds seconds or a date (RFC 9110, 10.2.3). What
    is none of these, negative or not finite tells nothing.
    """
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        return seconds(milliseconds, 1000)
    value = headers.get("retry-after", "")
    if (delay := seconds(value)) is not None:
        return delay
    try:
        left = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError, OverflowError):  # no date, or none that a calendar has
        return None
    return min(max(left, 0.0), LONGEST_DELAY)


def seconds(text: str, fraction: int = 1) -> float | None:
    """Return a delay that a vendor wrote, in seconds; None where it tells nothing.

    Args:
        text: The number.
        fraction: How many of its unit are a second.
    """
    try:
        delay = float(text) / fraction
    except ValueError:
        return None
    return min(delay, LONGEST_DELAY) if math.isfinite(delay) and delay >= 0 else None
