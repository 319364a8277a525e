"""Multi-step logic on responses, written once for both colours.

A flow is a generator: it yields what has to be done, gets the result sent in, and never waits
itself. `drive` and `adrive` run it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias

from mirascope.llm.exceptions import ParseError
from mirascope.llm.types.refusals import require

__all__ = ["Step", "adrive", "drive", "validation"]

Step: TypeAlias = tuple[Any, str | None]
"""Read this response to its end, after resuming it with the text if there is one."""


def validation(response: Any, max_retries: int) -> Generator[Step, Any, tuple[Any, Any]]:
    """Parse `response`, asking the model to correct it up to `max_retries` times.

    Returns:
        The parsed value, None without a format, and the response that it was parsed from, which is
        of the same class as `response`.

    Raises:
        ValueError: `max_retries` is negative.
        TypeError: It is no number.
        ParseError: The last attempt failed too.
    """
    require("max_retries", max_retries, int, "a whole number, such as 1")
    if max_retries < 0:
        raise ValueError(f"max_retries must be non-negative, got {max_retries}.")
    current = yield response, None
    while current.format is not None:
        try:
            return current.parse(), current
        except ParseError as error:
            if max_retries == 0:
                raise
            max_retries -= 1
            correction = error.retry_message()
        current = yield current, correction
    return None, current


def drive(
    flow: Generator[Step, Any, tuple[Any, Any]], perform: Callable[[Any, str | None], Any]
) -> tuple[Any, Any]:
    """Run a flow; `perform` does each step."""
    try:
        step = next(flow)
        while True:
            step = flow.send(perform(*step))
    except StopIteration as stop:
        outcome: tuple[Any, Any] = stop.value
        return outcome


async def adrive(
    flow: Generator[Step, Any, tuple[Any, Any]],
    perform: Callable[[Any, str | None], Awaitable[Any]],
) -> tuple[Any, Any]:
    """Run a flow; `perform` is awaited for each step."""
    try:
        step = next(flow)
        while True:
            step = flow.send(await perform(*step))
    except StopIteration as stop:
        outcome: tuple[Any, Any] = stop.value
        return outcome
