"""Give the next attempt the errors of the earlier ones, with the library `tenacity`."""

from __future__ import annotations

from collections.abc import Callable

from mirascope._install import needs

with needs("tenacity", "`mirascope.retries.tenacity` needs the library of that name"):
    from tenacity import RetryCallState

__all__ = ["collect_errors"]


def collect_errors(*exception_types: type[Exception]) -> Callable[[RetryCallState], None]:
    """Make the `after` of `tenacity.retry` that collects errors for the next attempt.

    The decorated function takes `errors: list[...] | None = None`, by keyword: None in the first
    attempt, then every error so far, oldest first.

        @retry(stop=stop_after_attempt(3), after=collect_errors(ValidationError))
        @openai.call("gpt-4o-mini", response_model=Book)
        def find(genre: str, *, errors: list[ValidationError] | None = None): ...

    A stream has not begun when its call returns, so a retried stream call collects nothing: put the
    loop that reads it into a function, and retry that.

    Args:
        exception_types: The errors to collect, classes below them too. The others are retried or
            raised, as `retry` says, and not collected.

    Returns:
        A function for `after`.
    """

    def collect(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, exception_types):
            # `tenacity` calls every attempt with this very dict. The list is a new one: the last
            # attempt's may be in use.
            state.kwargs["errors"] = [*(state.kwargs.get("errors") or ()), error]

    return collect
