"""Calls that ask again, in four variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Concatenate, Generic

from mirascope.llm.calls import AsyncCall, AsyncContextCall, Call, ContextCall
from mirascope.llm.calls.calls import BaseCall
from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormattableT
from mirascope.llm.models import Model
from mirascope.llm.retries.config import RetryConfig
from mirascope.llm.retries.retry_models import RetryModel
from mirascope.llm.types.binding import BoundP, InstanceT
from mirascope.llm.types.type_vars import P

if TYPE_CHECKING:
    from mirascope.llm.retries.retry_responses import (
        AsyncContextRetryResponse,
        AsyncContextRetryStreamResponse,
        AsyncRetryResponse,
        AsyncRetryStreamResponse,
        ContextRetryResponse,
        ContextRetryStreamResponse,
        RetryResponse,
        RetryStreamResponse,
    )

__all__ = [
    "AsyncContextRetryCall",
    "AsyncRetryCall",
    "BaseRetryCall",
    "ContextRetryCall",
    "RetryCall",
]


class BaseRetryCall(BaseCall[Any]):
    """What the four kinds have in common. The layers of a call stand around all attempts."""

    @property
    def retry_config(self) -> RetryConfig:
        """Return how to ask again; a `RetryModel` in the context has its own."""
        config: RetryConfig = self.prompt.retry_config
        return config

    def _asked(self, model: Model) -> RetryModel:
        return model if isinstance(model, RetryModel) else RetryModel(model, self.retry_config)

    if TYPE_CHECKING:

        @property
        def model(self) -> RetryModel: ...


class RetryCall(BaseRetryCall, Call[P, FormattableT], Generic[P, FormattableT]):
    """A `Call` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        def _bound_to(
            self: RetryCall[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
        ) -> RetryCall[BoundP, FormattableT]: ...

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> RetryResponse[FormattableT]: ...

        def call(self, *args: P.args, **kwargs: P.kwargs) -> RetryResponse[FormattableT]: ...

        def stream(
            self, *args: P.args, **kwargs: P.kwargs
        ) -> RetryStreamResponse[FormattableT]: ...


class AsyncRetryCall(BaseRetryCall, AsyncCall[P, FormattableT], Generic[P, FormattableT]):
    """An `AsyncCall` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        def _bound_to(
            self: AsyncRetryCall[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
        ) -> AsyncRetryCall[BoundP, FormattableT]: ...

        async def __call__(
            self, *args: P.args, **kwargs: P.kwargs
        ) -> AsyncRetryResponse[FormattableT]: ...

        async def call(
            self, *args: P.args, **kwargs: P.kwargs
        ) -> AsyncRetryResponse[FormattableT]: ...

        async def stream(
            self, *args: P.args, **kwargs: P.kwargs
        ) -> AsyncRetryStreamResponse[FormattableT]: ...


class ContextRetryCall(
    BaseRetryCall, ContextCall[P, DepsT, FormattableT], Generic[P, DepsT, FormattableT]
):
    """A `ContextCall` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        def __call__(
            self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> ContextRetryResponse[DepsT, FormattableT]: ...

        def call(
            self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> ContextRetryResponse[DepsT, FormattableT]: ...

        def stream(
            self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> ContextRetryStreamResponse[DepsT, FormattableT]: ...


class AsyncContextRetryCall(
    BaseRetryCall, AsyncContextCall[P, DepsT, FormattableT], Generic[P, DepsT, FormattableT]
):
    """An `AsyncContextCall` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        async def __call__(
            self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> AsyncContextRetryResponse[DepsT, FormattableT]: ...

        async def call(
            self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> AsyncContextRetryResponse[DepsT, FormattableT]: ...

        async def stream(
            self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> AsyncContextRetryStreamResponse[DepsT, FormattableT]: ...
