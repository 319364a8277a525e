"""`llm.retry`: asking again, around whatever asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, overload

from typing_extensions import Unpack

from mirascope.llm.calls import AsyncCall, AsyncContextCall, Call, ContextCall
from mirascope.llm.context import DepsT
from mirascope.llm.formatting import FormattableT
from mirascope.llm.layering import LayerFlow, Open, Request
from mirascope.llm.layering.block import BlockLayer
from mirascope.llm.models import Model
from mirascope.llm.prompts import AsyncContextPrompt, AsyncPrompt, ContextPrompt, Prompt
from mirascope.llm.retries.config import RetryArgs, RetryConfig
from mirascope.llm.retries.retry_calls import (
    AsyncContextRetryCall,
    AsyncRetryCall,
    ContextRetryCall,
    RetryCall,
)
from mirascope.llm.retries.retry_layer import RetryLayer
from mirascope.llm.retries.retry_models import RetryModel
from mirascope.llm.retries.retry_prompts import (
    AsyncContextRetryPrompt,
    AsyncRetryPrompt,
    ContextRetryPrompt,
    RetryPrompt,
)
from mirascope.llm.types.type_vars import P

__all__ = ["Retry", "retry"]

_PROMPTS: dict[type[Any], type[Any]] = {
    Prompt: RetryPrompt,
    AsyncPrompt: AsyncRetryPrompt,
    ContextPrompt: ContextRetryPrompt,
    AsyncContextPrompt: AsyncContextRetryPrompt,
}
_CALLS: dict[type[Any], type[Any]] = {
    Call: RetryCall,
    AsyncCall: AsyncRetryCall,
    ContextCall: ContextRetryCall,
    AsyncContextCall: AsyncContextRetryCall,
}


class Retry(BlockLayer):
    """Asks again when an attempt fails: `llm.retry`, and what it returns for settings.

    A decorator for calls, prompts and models; a layer; and a context manager, around every request
    made in its block.

    Attributes:
        config: How often to ask again, and how long to wait.
    """

    def __init__(self, config: RetryConfig) -> None:
        self.config = config

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.config!r})"

    @overload
    def __call__(self, request: Request, open: Open, /) -> LayerFlow: ...
    @overload
    def __call__(
        self, target: Call[P, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> RetryCall[P, FormattableT]: ...
    @overload
    def __call__(
        self, target: AsyncCall[P, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> AsyncRetryCall[P, FormattableT]: ...
    @overload
    def __call__(
        self, target: ContextCall[P, DepsT, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> ContextRetryCall[P, DepsT, FormattableT]: ...
    @overload
    def __call__(
        self, target: AsyncContextCall[P, DepsT, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> AsyncContextRetryCall[P, DepsT, FormattableT]: ...
    @overload
    def __call__(
        self, target: Prompt[P, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> RetryPrompt[P, FormattableT]: ...
    @overload
    def __call__(
        self, target: AsyncPrompt[P, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> AsyncRetryPrompt[P, FormattableT]: ...
    @overload
    def __call__(
        self, target: ContextPrompt[P, DepsT, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> ContextRetryPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(
        self, target: AsyncContextPrompt[P, DepsT, FormattableT], /, **config: Unpack[RetryArgs]
    ) -> AsyncContextRetryPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(self, target: Model, /, **config: Unpack[RetryArgs]) -> RetryModel: ...
    @overload
    def __call__(self, target: None = None, /, **config: Unpack[RetryArgs]) -> Retry: ...
    def __call__(self, target: Any = None, open: Open | None = None, /, **config: Any) -> Any:
        """Return what asks as `target` does, and again when an attempt fails.

        What asks again already gets these settings instead of its own.

        Args:
            target: A call, a prompt or a model; none for settings to be used later.
            open: Given when this is run as a layer, with the request before it.
            **config: See `RetryConfig`.

        Raises:
            ValueError: `target` is something else, or a number is out of its range.
            TypeError: A setting is not known.
        """
        if open is not None:
            return RetryLayer(self.config)(target, open)
        if unknown := config.keys() - RetryArgs.__annotations__:
            raise TypeError(
                f"llm.retry does not know {min(unknown)!r}, only "
                f"{', '.join(RetryArgs.__annotations__)}."
            )
        settings = replace(self.config, **config)
        if target is None:
            return Retry(settings)
        if isinstance(target, Model):
            return RetryModel(target, settings)
        if (kind := _kind(target, _PROMPTS)) is not None:
            return _prompt(kind, target, settings)
        if (kind := _kind(target, _CALLS)) is not None:
            made = kind(
                default_model=target.default_model,
                prompt=_prompt(_kind(target.prompt, _PROMPTS), target.prompt, settings),
                layers=target.layers,
            )
            made.options = target.options
            return made
        raise ValueError(
            f"Unsupported target type for retry: {type(target).__name__}. It takes a call, a "
            "prompt or a model: put @llm.retry() above @llm.call(...)."
        )


def _kind(target: object, kinds: dict[type[Any], type[Any]]) -> Any:
    return next((made for kind, made in kinds.items() if isinstance(target, kind)), None)


def _prompt(kind: Any, prompt: Any, config: RetryConfig) -> Any:
    made = kind(fn=prompt.fn, toolkit=prompt.toolkit, format=prompt.format, retry_config=config)
    made.options = prompt.options
    return made


retry: Retry = Retry(RetryConfig())
"""Ask again when an attempt fails: ``@llm.retry(max_retries=2)`` above ``@llm.call(...)``."""
