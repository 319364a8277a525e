"""What response headers say, however absurd."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mirascope.llm.providers.headers import LONGEST_DELAY, retry_after


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", 0.0),
        ("2", 2.0),
        (" 1.5 ", 1.5),
        ("1e11", LONGEST_DELAY),
        ("9" * 30, LONGEST_DELAY),
        ("9" * 5000, None),
        ("1e999", None),
        ("inf", None),
        ("-inf", None),
        ("nan", None),
        ("-1", None),
        ("", None),
        ("soon", None),
        ("\u00b2", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_DELAY),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST_DELAY),
        ("Fri, 31 Dec 9999 23:59:59 +9999", None),
        ("Mon, 01 Jan 0001 00:00:00 GMT", 0.0),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 99 Jan 2026 00:00:00 GMT", None),
        (f"Mon, 01 Jan {'9' * 5000} 00:00:00 GMT", None),
    ],
)
def test_retry_after(value: str, expected: float | None) -> None:
    assert retry_after({"retry-after": value}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1500", 1.5),
        ("-5", None),
        ("nan", None),
        ("inf", None),
        ("1e99", LONGEST_DELAY),
        ("x", None),
    ],
)
def test_retry_after_in_milliseconds(value: str, expected: float | None) -> None:
    assert retry_after({"retry-after-ms": value, "retry-after": "7"}) == expected


def test_retry_after_a_date() -> None:
    at = datetime.now(UTC) + timedelta(seconds=100)
    delay = retry_after({"retry-after": format_datetime(at, usegmt=True)})
    assert delay is not None
    assert 0 < delay <= 100
    assert retry_after({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}) == 0.0
    assert retry_after({}) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("1m6.5s", 66.5),
        ("20ms", 0.02),
        ("1h2m3s", 3723.0),
        ("1d", 86400.0),
        ("999999999d", LONGEST_DELAY),
        ("12", 12.0),
        ("1.5", 1.5),
        ("2015-10-21T07:28:00Z", 0.0),
        ("9999-12-31T23:59:59Z", LONGEST_DELAY),
        ("2015-10-21T07:28:00", None),  # of no time zone
        ("soon", None),
        ("1x", None),
        ("s", None),
        ("", None),
        ("9" * 5000, None),
        ("9" * 5000 + "s", None),
    ],
)
def test_a_limit_that_is_used_up_says_when_it_is_full(value: str, expected: float | None) -> None:
    openai = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": value}
    anthropic = {
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": value,
    }
    assert retry_after(openai) == expected
    assert retry_after(anthropic) == expected
    assert retry_after(openai | {"retry-after": "7"}) == 7


def test_the_limit_that_is_full_last_counts_and_those_with_something_left_do_not() -> None:
    headers = {
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "2s",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "1m",
    }
    assert retry_after(headers) == 60
    assert retry_after(headers | {"x-ratelimit-remaining-tokens": "5"}) == 2
