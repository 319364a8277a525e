"""Models that ask again."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, cast

from typing_extensions import Unpack

from mirascope.llm.layering import Layer
from mirascope.llm.models import Model
from mirascope.llm.retries.config import RetryArgs, RetryConfig, RetryModelParams
from mirascope.llm.retries.retry_layer import RetryLayer, fallback
from mirascope.llm.retries.retry_responses import retrying_class
from mirascope.llm.types.params import Params

if TYPE_CHECKING:
    from mirascope.llm.context import Context, DepsT
    from mirascope.llm.formatting import FormattableT
    from mirascope.llm.messages import Askable
    from mirascope.llm.models.models import _With  # pyright: ignore[reportPrivateUsage]
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
    from mirascope.llm.tools import AsyncContextTools, AsyncTools, ContextTools, Tools

__all__ = ["RetryModel", "retry_model"]


class RetryModel(Model):
    """A model that asks again when an attempt fails, and then asks its fallback models.

    It is used wherever a model is. Its responses know what was tried (`attempts`,
    `retry_failures`), and go on with the model that answered.

    Attributes:
        retry_config: How often to ask again, and how long to wait.
        models: The plain models: the first one, and its fallbacks.
    """

    def __init__(
        self, model: Model | str, retry_config: RetryConfig, **params: Unpack[Params]
    ) -> None:
        """Wrap a model.

        Args:
            model: The first to ask; of a `RetryModel`, the one that is active.
            retry_config: How to ask again; a fallback that is a `RetryModel` counts likewise.
            **params: The parameters of a model that is given by its id.

        Raises:
            TypeError: Parameters are given along with a model, which has its own.
        """
        if isinstance(model, str):
            model = Model(model, **params)
        elif params:
            raise TypeError(
                f"A Model has parameters of its own; {', '.join(params)} cannot be added to it "
                "here."
            )
        first = _plain(model)
        self.retry_config = retry_config
        self.models: tuple[Model, ...] = (
            first,
            *(
                _plain(fallback(one, first.model_id, first.params))
                for one in retry_config.fallback_models
            ),
        )
        self._activate(0)

    def _activate(self, number: int) -> None:
        self._active = number
        active = self.models[number]
        self.model_id: str = active.model_id
        self.params: Params = active.params

    def get_active_model(self) -> Model:
        """Return the plain model that is asked first."""
        return self.models[self._active]

    def answered_by(self, model_id: str) -> Self:
        """Return this model with the one of that id as the first to ask."""
        if model_id == self.model_id:
            return self
        for number, model in enumerate(self.models):
            if model.model_id == model_id:
                other = copy.copy(self)
                other._activate(number)
                return other
        return self

    def with_options(self, *, layers: Sequence[Layer] = (), **params: Unpack[Params]) -> Self:
        """Return this model with other parameters, its fallbacks too; see `Model.with_options`."""
        changed = super().with_options(layers=layers)
        changed.models = tuple(model.with_options(**params) for model in self.models)
        changed._activate(self._active)
        return changed

    def layers_of_its_own(self) -> tuple[Layer, ...]:
        """Return the layers around all attempts, and the one that makes them."""
        others = [one for number, one in enumerate(self.models) if number != self._active]
        retry = RetryLayer(self.retry_config, others, self.get_active_model().layers)
        return (*self.layers, retry)

    def _answering(self, cls: type[Any]) -> type[Any]:
        return retrying_class(cls)

    if TYPE_CHECKING:  # what is returned above, one by one

        def call(
            self, content: Askable, **more: Unpack[_With[Tools, FormattableT]]
        ) -> RetryResponse[FormattableT]: ...

        async def call_async(
            self, content: Askable, **more: Unpack[_With[AsyncTools, FormattableT]]
        ) -> AsyncRetryResponse[FormattableT]: ...

        def context_call(
            self,
            content: Askable,
            *,
            ctx: Context[DepsT],
            **more: Unpack[_With[ContextTools[DepsT], FormattableT]],
        ) -> ContextRetryResponse[DepsT, FormattableT]: ...

        async def context_call_async(
            self,
            content: Askable,
            *,
            ctx: Context[DepsT],
            **more: Unpack[_With[AsyncContextTools[DepsT], FormattableT]],
        ) -> AsyncContextRetryResponse[DepsT, FormattableT]: ...

        def stream(
            self, content: Askable, **more: Unpack[_With[Tools, FormattableT]]
        ) -> RetryStreamResponse[FormattableT]: ...

        async def stream_async(
            self, content: Askable, **more: Unpack[_With[AsyncTools, FormattableT]]
        ) -> AsyncRetryStreamResponse[FormattableT]: ...

        def context_stream(
            self,
            content: Askable,
            *,
            ctx: Context[DepsT],
            **more: Unpack[_With[ContextTools[DepsT], FormattableT]],
        ) -> ContextRetryStreamResponse[DepsT, FormattableT]: ...

        async def context_stream_async(
            self,
            content: Askable,
            *,
            ctx: Context[DepsT],
            **more: Unpack[_With[AsyncContextTools[DepsT], FormattableT]],
        ) -> AsyncContextRetryStreamResponse[DepsT, FormattableT]: ...


def _plain(model: Model) -> Model:
    return model.get_active_model() if isinstance(model, RetryModel) else model


def retry_model(model_id: str, **kwargs: Unpack[RetryModelParams]) -> RetryModel:
    """Return a model that asks again when an attempt fails.

    Args:
        model_id: Such as ``openai/gpt-5-mini``.
        **kwargs: How to ask again, see `RetryConfig`; and parameters of the model, see
            `llm.Params`.

    Raises:
        ValueError: A number is out of its range, or the model id has no provider in front.
        TypeError: A keyword is not known.
    """
    args = {name: value for name, value in kwargs.items() if name in RetryArgs.__annotations__}
    params = {name: value for name, value in kwargs.items() if name not in args}
    return RetryModel(model_id, RetryConfig.from_args(**args), **cast("Params", params))
