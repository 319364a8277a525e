"""What vendors say in response headers."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mirascope.llm.responses.rate_limits import RateLimit, RateLimits

__all__ = ["LONGEST_DELAY", "rate_limits", "request_id", "retry_after", "seconds"]

LONGEST_DELAY = 30 * 24 * 3600.0
"""The longest delay that is believed, in seconds; quotas come back every month."""

_DURATION = re.compile(
    r"(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?"
)

_FIRST_DATE, _LAST_DATE = 1e9, 1e11
"""Seconds since the epoch: what is between them is no delay."""
_MOST = 2**53
"""The highest count that is believed."""

# With ``limit``, ``remaining`` and ``reset`` for the braces. The names of OpenAI, which most others
# use (https://platform.openai.com/docs/guides/rate-limits), of Anthropic
# (https://docs.anthropic.com/en/api/rate-limits), of Cerebras, which adds the window, and of
# Together and OpenRouter, which leave out what is counted.
_REQUESTS = (
    "x-ratelimit-{}-requests",
    "anthropic-ratelimit-requests-{}",
    "x-ratelimit-{}-requests-minute",
    "x-ratelimit-{}-requests-day",
    "x-ratelimit-{}",
)
_TOKENS = (
    "x-ratelimit-{}-tokens",
    "anthropic-ratelimit-tokens-{}",
    "anthropic-ratelimit-input-tokens-{}",
    "anthropic-ratelimit-output-tokens-{}",
    "x-ratelimit-{}-input-tokens",
    "x-ratelimit-{}-output-tokens",
    "x-ratelimit-{}-tokens-minute",
    "x-ratelimit-{}-tokens-day",
    "x-tokenlimit-{}",
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


def rate_limits(headers: Mapping[str, str]) -> RateLimits | None:
    """Return what is left of the vendor's limits; None where it does not say."""
    if not any("ratelimit" in name for name in headers):
        return None
    requests = _tightest(_limits(headers, _REQUESTS))
    tokens = _tightest(_limits(headers, _TOKENS))
    if requests is None and tokens is None:
        return None
    return RateLimits(requests=requests, tokens=tokens, measured=time.time())


def _limits(headers: Mapping[str, str], names: Sequence[str]) -> Iterator[RateLimit]:
    """Yield each limit that a vendor tells of, by the names of the headers that do."""
    for name in names:
        limit, left, reset = (
            headers.get(name.format(what)) for what in ("limit", "remaining", "reset")
        )
        if limit is not None or left is not None:
            found = RateLimit(
                limit=_count(limit), remaining=_count(left), resets_in=_duration(reset or "")
            )
            if found.limit is not None or found.remaining is not None:
                yield found


def _tightest(limits: Iterable[RateLimit]) -> RateLimit | None:
    """Return the one of which the fewest are left, and of those the one that resets last."""

    def room(limit: RateLimit) -> tuple[float, float]:
        left = math.inf if limit.remaining is None else limit.remaining
        return left, -(limit.resets_in or 0.0)

    return min(limits, key=room, default=None)


def _resets(headers: Mapping[str, str]) -> Iterator[float]:
    """Yield in how many seconds each limit that has nothing left is full again."""
    for limit in _limits(headers, (*_REQUESTS, *_TOKENS)):
        if limit.remaining == 0 and limit.resets_in is not None:
            yield limit.resets_in


def _count(text: str | None) -> int | None:
    amount = _number(text or "")
    return None if amount is None or amount > _MOST else int(amount)


def _duration(text: str) -> float | None:
    """Return a delay in seconds: written ``1m6.5s`` or ``20ms``, in seconds, or as a date."""
    parts = _DURATION.fullmatch(text)
    if text and parts is not None:
        amounts = zip(parts.groups("0"), (86400, 3600, 60, 1, 0.001), strict=True)
        return min(sum(float(amount) * unit for amount, unit in amounts), LONGEST_DELAY)
    if (number := _number(text)) is not None:
        for unit in (1000, 1):  # of a date, as OpenRouter's in milliseconds
            if number >= _FIRST_DATE * unit:
                return _until(datetime.fromtimestamp(min(number / unit, _LAST_DATE), UTC))
        return min(number, LONGEST_DELAY)
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
    number = _number(text)
    return None if number is None else min(number / fraction, LONGEST_DELAY)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
