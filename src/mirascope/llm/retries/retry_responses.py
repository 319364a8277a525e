"""Responses that know what was tried for them, and go on with who answered, in eight variants."""

from __future__ import annotations

from typing import Any, cast

from mirascope.llm.context import DepsT
from mirascope.llm.formatting import FormattableT
from mirascope.llm.responses import (
    AsyncContextResponse,
    AsyncContextStreamResponse,
    AsyncResponse,
    AsyncStreamResponse,
    ContextResponse,
    ContextStreamResponse,
    Response,
    StreamResponse,
)
from mirascope.llm.responses.asker import Asker
from mirascope.llm.responses.attempts import Attempt, RetryFailure
from mirascope.llm.responses.root_response import RootResponse
from mirascope.llm.retries.config import RetryConfig

__all__ = [
    "AsyncContextRetryResponse",
    "AsyncContextRetryStreamResponse",
    "AsyncRetryResponse",
    "AsyncRetryStreamResponse",
    "ContextRetryResponse",
    "ContextRetryStreamResponse",
    "RetryResponse",
    "RetryStreamResponse",
    "retrying_class",
]


class _Retried(RootResponse[Any, Any]):
    """What the eight have in common."""

    @property
    def retry_config(self) -> RetryConfig:
        """Return how the model that was asked asks again."""
        return getattr(self._model, "retry_config", None) or RetryConfig()

    @property
    def retry_failures(self) -> list[RetryFailure]:
        """Return the attempts that failed, in order; empty when the first one brought the answer.

        A stream that is still read may add to them.
        """
        return [self._failure(one) for one in self.attempts if one.error is not None]

    @property
    def model(self) -> Asker:
        """Return who goes on: the model that answered, which asks again as the one asked did.

        A model from the context takes its place; one that does not ask again by itself does so in
        the way of the model that was asked.
        """
        from mirascope.llm.retries.retry_models import RetryModel  # which makes these responses

        asked: Any = self._model
        found: Any = super().model  # an `Asker` to checkers, as it is to all responses
        if not isinstance(found, RetryModel):
            return cast("Asker", RetryModel(found, self.retry_config))
        if found is asked:
            found = asked.answered_by(self.model_id)
            self.asked_by(found)
        return cast("Asker", found)

    def _failure(self, attempt: Attempt) -> RetryFailure:
        failure = super()._failure(attempt)
        models = getattr(self._model, "models", ())
        failure.model = next((m for m in models if m.model_id == attempt.model), failure.model)
        return failure


class RetryResponse(_Retried, Response[FormattableT]):
    """A whole answer of a `RetryModel`."""


class AsyncRetryResponse(_Retried, AsyncResponse[FormattableT]):
    """A whole answer to an asynchronous call of a `RetryModel`."""


class ContextRetryResponse(_Retried, ContextResponse[DepsT, FormattableT]):
    """A whole answer to a call of a `RetryModel` with context."""


class AsyncContextRetryResponse(_Retried, AsyncContextResponse[DepsT, FormattableT]):
    """A whole answer to an asynchronous call of a `RetryModel` with context."""


class RetryStreamResponse(_Retried, StreamResponse[FormattableT]):
    """A streamed answer of a `RetryModel`.

    When an attempt fails before any content, its readers notice nothing. After that they get
    `StreamRestarted`: what arrived is void, and the response, iterated again, begins anew.
    """


class AsyncRetryStreamResponse(_Retried, AsyncStreamResponse[FormattableT]):
    """A streamed answer to an asynchronous call; see `RetryStreamResponse`."""


class ContextRetryStreamResponse(_Retried, ContextStreamResponse[DepsT, FormattableT]):
    """A streamed answer to a call with context; see `RetryStreamResponse`."""


class AsyncContextRetryStreamResponse(_Retried, AsyncContextStreamResponse[DepsT, FormattableT]):
    """A streamed answer to an asynchronous call with context; see `RetryStreamResponse`."""


_CLASSES: dict[type[Any], type[Any]] = {
    Response: RetryResponse,
    AsyncResponse: AsyncRetryResponse,
    ContextResponse: ContextRetryResponse,
    AsyncContextResponse: AsyncContextRetryResponse,
    StreamResponse: RetryStreamResponse,
    AsyncStreamResponse: AsyncRetryStreamResponse,
    ContextStreamResponse: ContextRetryStreamResponse,
    AsyncContextStreamResponse: AsyncContextRetryStreamResponse,
}


def retrying_class(cls: type[Any]) -> type[Any]:
    """Return the class of responses that a `RetryModel` returns where a `Model` returns `cls`."""
    return _CLASSES[cls]
