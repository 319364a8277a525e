"""How often one batch is asked for."""

from __future__ import annotations

import time

from mirascope.llm.responses.attempts import Attempt
from mirascope.llm.retries.config import RetryConfig

__all__ = ["Attempts"]


class Attempts:
    """The attempts at one batch."""

    def __init__(self, config: RetryConfig | None, model_id: str) -> None:
        self._config = config
        self._model_id = model_id
        self._begun = time.monotonic()
        self._retries = 0
        self._waited = 0.0
        self._started = 0.0

    def begin(self) -> None:
        """Note that one is made now."""
        self._started = time.time()

    def wait_after(self, error: Exception) -> float | None:
        """Return how long to wait before the next one, in seconds; None when there is none."""
        config = self._config
        if config is None or self._retries >= config.max_retries or not config.is_retryable(error):
            return None
        wait = config.wait_after(error, self._retries + 1)
        if wait is None:
            return None
        due = time.monotonic() + wait - self._begun
        if config.deadline is not None and due >= config.deadline:
            return None
        self._retries += 1
        if config.on_retry is not None:
            config.on_retry(
                Attempt(
                    model=self._model_id,
                    started=self._started,
                    ended=time.time(),
                    wait=self._waited,
                    error=error,
                )
            )
        self._waited = wait
        return wait
