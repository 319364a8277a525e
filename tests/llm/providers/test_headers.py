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
