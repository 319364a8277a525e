"""When to ask again, how often, and how long to wait before."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Self, TypeAlias

from typing_extensions import TypedDict

from mirascope.llm import exceptions as exc
from mirascope.llm.models import Model
from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.types.params import Params

__all__ = ["Jitter", "RetryArgs", "RetryConfig", "RetryModelParams"]

Jitter: TypeAlias = float | Literal["full"]

_RETRYABLE: tuple[type[Exception], ...] = (
    exc.ConnectionError,
    exc.RateLimitError,
    exc.ServerError,
    exc.TimeoutError,
)
_CONFLICT = 409
"""Of the statuses whose class is `BadRequestError`, the one that passes by itself."""
_EMPTY_QUOTAS = {
    "access_terminated",
    "billing_hard_limit_reached",
    "billing_not_active",
    "credit_balance_too_low",
    "exceeded_current_quota_error",
    "insufficient_quota",
}
"""Names that vendors give a 429 which no waiting ends: somebody has to pay."""


class RetryArgs(TypedDict, total=False):
    """How to ask again, in the keywords of `llm.retry`; each is described at `RetryConfig`."""

    max_retries: int
    retry_on: tuple[type[Exception], ...]
    initial_delay: float
    max_delay: float
    backoff_multiplier: float
    jitter: Jitter
    fallback_models: Sequence[Model | str]
    deadline: float | None
    on_retry: Callable[[Attempt], object] | None


class RetryModelParams(Params, RetryArgs, total=False):
    """The keywords of `llm.retry_model`: those of a model, and those of `llm.retry`."""


@dataclass(frozen=True)
class RetryConfig:
    """How to ask again.

    Before the k-th retry of a model the wait is ``initial_delay * backoff_multiplier ** (k - 1)``
    seconds, at most `max_delay`, or what the vendor asks for if that is longer. A vendor that asks
    for more than `max_delay` is not waited for: the next fallback is asked instead. So is a vendor
    whose quota is used up for good.

    Raises:
        ValueError: A number is out of its range.
    """

    max_retries: int = 3
    """How often each model is asked again after its first attempt."""
    retry_on: tuple[type[Exception], ...] = _RETRYABLE
    """What is worth another attempt. With these, the default, a conflict (409) is, too."""
    fallback_models: tuple[Model | str, ...] = ()
    """Who is asked when a model has failed for the last time, in order. One given by its id has the
    parameters of the first model, but for ``extra_body`` and ``extra_headers`` where the vendor is
    another one."""
    initial_delay: float = 0.5
    """Seconds before the first retry."""
    max_delay: float = 60.0
    """The longest wait, in seconds."""
    backoff_multiplier: float = 2.0
    """What the delay grows by each time."""
    jitter: Jitter = 0.0
    """By which share of itself a delay varies at random, 0 to 1, up and down; ``"full"`` picks
    anything between nothing and the delay, which keeps many clients apart best."""
    deadline: float | None = None
    """Seconds after which no further attempt is begun, counted from the first."""
    on_retry: Callable[[Attempt], object] | None = None
    """Called with each attempt that failed and will be made up for, before the wait. It must not
    block."""

    def __post_init__(self) -> None:
        for name in ("max_retries", "initial_delay", "max_delay"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be non-negative, got {getattr(self, name)!r}.")
        if not self.backoff_multiplier >= 1:
            raise ValueError(f"backoff_multiplier must be >= 1, got {self.backoff_multiplier!r}.")
        if self.jitter != "full" and (isinstance(self.jitter, str) or not 0 <= self.jitter <= 1):
            raise ValueError(f"jitter must be between 0.0 and 1.0, or 'full', got {self.jitter!r}.")
        for name in ("retry_on", "fallback_models"):  # a list will do
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.deadline is not None and not self.deadline > 0:
            raise ValueError(f"deadline must be positive or None, got {self.deadline!r}.")

    @classmethod
    def from_args(cls, **args: Any) -> Self:
        """Return the configuration that keywords of `RetryArgs` say; others are ignored."""
        return cls(**{field.name: args[field.name] for field in fields(cls) if field.name in args})

    def is_retryable(self, error: Exception) -> bool:
        """Return whether another attempt, at this model or the next, may bring an answer.

        Args:
            error: What ended the attempt: one of `retry_on`, and as long as that is the default,
                also a status of 409. Never a cancellation, which is the user's own doing.
        """
        if isinstance(error, exc.StreamCancelledError):  # the user's own doing
            return False
        if isinstance(error, self.retry_on):
            return True
        return (
            self.retry_on == _RETRYABLE
            and isinstance(error, exc.APIError)
            and error.status_code == _CONFLICT
        )

    def delay(self, retry: int) -> float:
        """Return how long to wait before a retry, in seconds; jitter makes it another each time.

        Args:
            retry: Which retry at the same model, from 1.
        """
        try:
            delay = self.initial_delay * self.backoff_multiplier ** (retry - 1)
        except OverflowError:
            delay = self.max_delay
        delay = min(delay, self.max_delay)
        if self.jitter == "full":
            return random.uniform(0, delay)
        if self.jitter:
            delay += random.uniform(-delay * self.jitter, delay * self.jitter)
        return max(delay, 0.0)

    def wait_after(self, error: Exception, retry: int) -> float | None:
        """Return how long to wait before the `retry`-th retry of the model that failed.

        Returns:
            Seconds; None when that model is not worth waiting for.
        """
        if getattr(error, "code", None) in _EMPTY_QUOTAS:
            return None
        asked: float = getattr(error, "retry_after", None) or 0.0
        return max(asked, self.delay(retry)) if asked <= self.max_delay else None
