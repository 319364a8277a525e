"""Prompts that ask again, in four variants."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, Generic, Self

from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormattableT
from mirascope.llm.models import Model
from mirascope.llm.prompts import AsyncContextPrompt, AsyncPrompt, ContextPrompt, Prompt
from mirascope.llm.prompts.prompts import BasePrompt
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
    "AsyncContextRetryPrompt",
    "AsyncRetryPrompt",
    "BaseRetryPrompt",
    "ContextRetryPrompt",
    "RetryPrompt",
]


class BaseRetryPrompt(BasePrompt[Any, Any, Any]):
    """What the four kinds have in common.

    Attributes:
        retry_config: How to ask again; a `RetryModel` that is asked has its own.
    """

    def __init__(self, *, fn: Any, toolkit: Any, format: Any, retry_config: RetryConfig) -> None:
        super().__init__(fn=fn, toolkit=toolkit, format=format)
        self.retry_config = retry_config

    def _asked(self, model: Model | str) -> RetryModel:
        return self.options.applied_to(
            model if isinstance(model, RetryModel) else RetryModel(model, self.retry_config)
        )

    def _made_of(self, fn: Callable[..., Any]) -> Self:
        made = type(self)(
            fn=fn, toolkit=self.toolkit, format=self.format, retry_config=self.retry_config
        )
        made.options = self.options
        return made


class RetryPrompt(BaseRetryPrompt, Prompt[P, FormattableT], Generic[P, FormattableT]):
    """A `Prompt` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        def _bound_to(
            self: RetryPrompt[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
        ) -> RetryPrompt[BoundP, FormattableT]: ...

        def __call__(
            self, model: Model | str, *args: P.args, **kwargs: P.kwargs
        ) -> RetryResponse[FormattableT]: ...

        def call(
            self, model: Model | str, *args: P.args, **kwargs: P.kwargs
        ) -> RetryResponse[FormattableT]: ...

        def stream(
            self, model: Model | str, *args: P.args, **kwargs: P.kwargs
        ) -> RetryStreamResponse[FormattableT]: ...


class AsyncRetryPrompt(BaseRetryPrompt, AsyncPrompt[P, FormattableT], Generic[P, FormattableT]):
    """An `AsyncPrompt` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        def _bound_to(
            self: AsyncRetryPrompt[Concatenate[InstanceT, BoundP], FormattableT],
            instance: InstanceT,
        ) -> AsyncRetryPrompt[BoundP, FormattableT]: ...

        async def __call__(
            self, model: Model | str, *args: P.args, **kwargs: P.kwargs
        ) -> AsyncRetryResponse[FormattableT]: ...

        async def call(
            self, model: Model | str, *args: P.args, **kwargs: P.kwargs
        ) -> AsyncRetryResponse[FormattableT]: ...

        async def stream(
            self, model: Model | str, *args: P.args, **kwargs: P.kwargs
        ) -> AsyncRetryStreamResponse[FormattableT]: ...


class ContextRetryPrompt(
    BaseRetryPrompt, ContextPrompt[P, DepsT, FormattableT], Generic[P, DepsT, FormattableT]
):
    """A `ContextPrompt` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        def __call__(
            self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> ContextRetryResponse[DepsT, FormattableT]: ...

        def call(
            self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> ContextRetryResponse[DepsT, FormattableT]: ...

        def stream(
            self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> ContextRetryStreamResponse[DepsT, FormattableT]: ...


class AsyncContextRetryPrompt(
    BaseRetryPrompt, AsyncContextPrompt[P, DepsT, FormattableT], Generic[P, DepsT, FormattableT]
):
    """An `AsyncContextPrompt` that asks again when an attempt fails."""

    if TYPE_CHECKING:

        async def __call__(
            self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> AsyncContextRetryResponse[DepsT, FormattableT]: ...

        async def call(
            self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> AsyncContextRetryResponse[DepsT, FormattableT]: ...

        async def stream(
            self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
        ) -> AsyncContextRetryStreamResponse[DepsT, FormattableT]: ...
