"""What vendors say in response headers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["LONGEST_DELAY", "request_id", "retry_after", "seconds"]

LONGEST_DELAY = 30 * 24 * 3600.0
"""The longest delay that is believed, in seconds; quotas come back every month."""

_DURATION = re.compile(
    r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?"
)

# OpenAI, Anthropic and most others; Google and AWS have names of their own.
_REQUEST_ID = ("x-request-id", "request-id", "x-goog-request-id", "x-amzn-requestid", "cf-ray")


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the vendor's id of the request, where it sent one."""
    return next((headers[name] for name in _REQUEST_ID if headers.get(name)), None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return how many seconds to wait before the next attempt, where the vendor says so.

    ``retry-after-ms`` is OpenAI's; ``retry-after`` holds seconds or a date (RFC 9110, 10.2.3). What
    is none of these, negative or not finite tells nothing. Where there is neither, the limits that
    are used up say when they are full again.
    """
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        return seconds(milliseconds, 1000)
    if (value := headers.get("retry-after")) is None:
        return max(_resets(headers), default=None)
    if (delay := seconds(value)) is not None:
        return delay
    try:
        return _until(parsedate_to_datetime(value))
    except (TypeError, ValueError, OverflowError):  # no date, or none that a calendar has
        return None


def _resets(headers: Mapping[str, str]) -> Iterator[float]:
    """Yield in how many seconds each limit that has nothing left is full again."""
    for what in ("requests", "tokens", "input-tokens", "output-tokens"):
        for left, reset in (
            (f"x-ratelimit-remaining-{what}", f"x-ratelimit-reset-{what}"),  # OpenAI and others
            (f"anthropic-ratelimit-{what}-remaining", f"anthropic-ratelimit-{what}-reset"),
        ):
            if (
                headers.get(left) == "0"
                and (delay := _duration(headers.get(reset, ""))) is not None
            ):
                yield delay


def _duration(text: str) -> float | None:
    """Return a delay in seconds: written ``1m6.5s`` or ``20ms``, in seconds, or as a date."""
    parts = _DURATION.fullmatch(text)
    if text and parts is not None:
        amounts = zip(parts.groups("0"), (86400, 3600, 60, 1, 0.001), strict=True)
        return min(sum(float(amount) * unit for amount, unit in amounts), LONGEST_DELAY)
    if (delay := seconds(text)) is not None:
        return delay
    try:
        return _until(datetime.fromisoformat(text))
    except (TypeError, ValueError, OverflowError):
        return None


def _until(date: datetime) -> float:
    left = (date - datetime.now(UTC)).total_seconds()
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
