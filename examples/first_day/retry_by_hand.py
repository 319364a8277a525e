"""Try again when the vendor is busy, and wait as long as it asks for."""

from __future__ import annotations

import random
import time

from mirascope import llm

ATTEMPTS = 4
MAX_WAIT = 30.0


@llm.call("anthropic/claude-sonnet-4-5")
def forecast(place: str) -> str:
    return f"Write a marine forecast for {place}."


def patiently(place: str) -> llm.StreamResponse:
    for attempt in range(ATTEMPTS):
        response = forecast.stream(place)
        try:
            response.finish()  # nothing is shown before it is whole, so nothing is shown twice
        except (llm.RateLimitError, llm.ServerError, llm.ConnectionError) as error:
            if attempt + 1 == ATTEMPTS:
                raise
            wait = min(MAX_WAIT, wanted(error) or 2**attempt * random.uniform(0.5, 1))
            print(f"{type(error).__name__}: trying again in {wait:.1f} s")
            time.sleep(wait)
        else:
            return response
    raise AssertionError("the last attempt returns or raises")


def wanted(error: llm.ProviderError) -> float | None:
    """Return how long the vendor asks us to wait, in seconds."""
    return error.retry_after if isinstance(error, llm.RateLimitError) else None


def main() -> None:
    print(patiently("the Azores").text())


if __name__ == "__main__":
    main()
