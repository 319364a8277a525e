"""When to ask again, and how long to wait before."""

from __future__ import annotations

import random
from typing import Any

import pytest

from mirascope import llm


def test_the_defaults() -> None:
    config = llm.RetryConfig()
    assert config == llm.RetryConfig.from_args()
    assert (config.max_retries, config.initial_delay, config.max_delay) == (3, 0.5, 60.0)
    assert config.retry_on == (
        llm.ConnectionError,
        llm.RateLimitError,
        llm.ServerError,
        llm.TimeoutError,
    )
    assert hash(config) == hash(llm.RetryConfig(3))


def test_lists_will_do() -> None:
    config = llm.RetryConfig.from_args(
        fallback_models=["openai/b"], retry_on=[ValueError], something_else=1
    )
    assert config.fallback_models == ("openai/b",)
    assert config.retry_on == (ValueError,)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"max_retries": -1}, "max_retries must be non-negative"),
        ({"initial_delay": -0.1}, "initial_delay must be non-negative"),
        ({"initial_delay": float("nan")}, "initial_delay must be non-negative"),
        ({"max_delay": -1}, "max_delay must be non-negative"),
        ({"backoff_multiplier": 0.5}, "backoff_multiplier must be >= 1"),
        ({"jitter": 1.5}, "jitter must be between 0.0 and 1.0"),
        ({"jitter": -0.5}, "jitter must be between 0.0 and 1.0"),
        ({"jitter": "half"}, "jitter must be between 0.0 and 1.0"),
        ({"deadline": 0}, "deadline must be positive"),
    ],
)
def test_numbers_out_of_range(args: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        llm.retry(**args)


def test_the_delay_grows_up_to_its_limit() -> None:
    config = llm.RetryConfig(initial_delay=1.0, backoff_multiplier=3.0, max_delay=20.0)
    assert [config.delay(retry) for retry in (1, 2, 3, 4, 10_000)] == [1.0, 3.0, 9.0, 20.0, 20.0]


def test_jitter_varies_the_delay() -> None:
    random.seed(5)
    some = [llm.RetryConfig(initial_delay=10, jitter=0.1).delay(1) for _ in range(200)]
    assert 9 <= min(some) < 9.3
    assert 10.7 < max(some) <= 11
    full = [llm.RetryConfig(initial_delay=10, jitter="full").delay(1) for _ in range(200)]
    assert 0 <= min(full) < 0.5
    assert 9.5 < max(full) <= 10


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (llm.ConnectionError("x", "p"), True),
        (llm.StreamTruncatedError("x", "p"), True),
        (llm.TimeoutError("x", "p"), True),
        (llm.RateLimitError("x", "p"), True),
        (llm.ServerError("x", "p", 529), True),
        (llm.BadRequestError("x", "p", 409), True),
        (llm.BadRequestError("x", "p", 400), False),
        (llm.BadRequestError("x", "p", 422), False),
        (llm.AuthenticationError("x", "p"), False),
        (llm.PermissionError("x", "p"), False),
        (llm.NotFoundError("x", "p"), False),
        (llm.ResponseValidationError("x", "p"), False),
        (llm.StreamCancelledError("x", "p"), False),
        (ValueError("x"), False),
    ],
)
def test_what_is_worth_another_attempt(error: Exception, expected: bool) -> None:
    assert llm.RetryConfig().is_retryable(error) is expected


def test_a_stream_that_the_user_closed_is_never_asked_again() -> None:
    config = llm.RetryConfig(retry_on=(Exception,))
    assert not config.is_retryable(llm.StreamCancelledError("x", "p"))
    assert config.is_retryable(ValueError())


def test_the_vendor_is_waited_for_as_long_as_it_asks() -> None:
    config = llm.RetryConfig(initial_delay=1, max_delay=30)

    def asked(seconds: float | None) -> llm.RateLimitError:
        return llm.RateLimitError("x", "p", retry_after=seconds)

    assert config.wait_after(asked(None), 1) == 1
    assert config.wait_after(asked(0.2), 1) == 1
    assert config.wait_after(asked(12), 1) == 12
    assert config.wait_after(asked(31), 1) is None
    assert config.wait_after(llm.RateLimitError("x", "p", code="insufficient_quota"), 1) is None
