"""Calls: prompts with a model."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Concatenate, Generic, Self, cast

from typing_extensions import TypeVar, Unpack

from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormattableT
from mirascope.llm.layering import Layer, layers_of
from mirascope.llm.models import Model, use_model
from mirascope.llm.prompts import AsyncContextPrompt, AsyncPrompt, ContextPrompt, Prompt
from mirascope.llm.prompts._utils import model_of, settings_shown
from mirascope.llm.prompts.options import AskOptions
from mirascope.llm.prompts.prompts import BasePrompt
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
from mirascope.llm.tools import AnyTools
from mirascope.llm.types.binding import Binds, BoundP, InstanceT
from mirascope.llm.types.by_name import ByName
from mirascope.llm.types.params import Params
from mirascope.llm.types.shown import named, params_shown, shown
from mirascope.llm.types.type_vars import P

__all__ = ["AsyncCall", "AsyncContextCall", "BaseCall", "Call", "CallT", "ContextCall"]

PromptT = TypeVar("PromptT", bound=BasePrompt[Any, Any, Any])


class BaseCall(Binds, ByName, Generic[PromptT]):
    """What the four kinds of calls have in common.

    Attributes:
        default_model: The model to ask when the context names none.
        prompt: What to say, and the tools and format.
        layers: What stands around every request of this call, outermost first.
        options: Who is asked instead, and how; see `with_options`.
    """

    default_model: Model
    layers: tuple[Layer, ...]
    options: AskOptions = AskOptions()

    def __init__(
        self, *, default_model: Model, prompt: PromptT, layers: Sequence[Layer] = ()
    ) -> None:
        self.default_model = default_model
        # Annotated here, for of one on the class mypy takes what binds like a method as bound.
        self.prompt: PromptT = prompt
        self.layers = layers_of(layers)
        functools.update_wrapper(cast("Any", self), prompt.fn, updated=())

    def __repr__(self) -> str:
        model, prompt = self.default_model, self.prompt
        asked = [repr(model.model_id), *params_shown(model.params)]
        said = settings_shown(prompt.toolkit.tools, prompt.format)
        return shown(self, [named(prompt.fn), *asked, *said])

    @property
    def model(self) -> Model:
        """Return the model to ask now, within this call's layers.

        It is the one of `with_options`, or the context's, or the call's own.
        """
        model = self.options.model or use_model(self.default_model)
        return self.options.applied_to(self._asked(model)).within(self.layers)

    def with_options(
        self,
        *,
        model: Model | str | None = None,
        tools: AnyTools | None = None,
        layers: Sequence[Layer] = (),
        **params: Unpack[Params],
    ) -> Self:
        """Return this call with other settings, for one question or for many.

        Such as ``recommend.with_options(model="google/gemini-2.5-flash", timeout=5)("fantasy")``.

        Args:
            model: Who is asked, whatever the context says.
            tools: What the model may call instead; an empty list for nothing.
            layers: What stands around every request, around the layers that are there.
            **params: Parameters in place of the model's; see `llm.Params`.

        Raises:
            TypeError: Something is not known, or of a wrong type.
        """
        changed = self.within(layers_of(layers))
        changed.options = self.options.with_more((), params)
        if model is not None:
            changed.options = replace(changed.options, model=model_of(model))
        if tools is not None:
            changed.prompt = changed.prompt.with_options(tools=tools)
        return changed

    def _asked(self, model: Model) -> Model:
        """Return who is asked when `model` is named."""
        return model

    def within(self, layers: Sequence[Layer]) -> Self:
        """Return this call with more layers around those it has."""
        wrapped = copy.copy(self)
        wrapped.layers = (*layers, *self.layers)
        return wrapped

    def _bound(self, instance: object) -> Self:
        return self._made_of(self.prompt.fn.__get__(instance))

    def _made_of(self, fn: Callable[..., Any]) -> Self:
        prompt = self.prompt._made_of(fn)  # pyright: ignore[reportPrivateUsage]  # the same hook
        made = type(self)(default_model=self.default_model, prompt=prompt, layers=self.layers)
        made.options = self.options
        return made


class Call(BaseCall[Prompt[P, FormattableT]], Generic[P, FormattableT]):
    """A prompt with a model: calling it asks the model.

    ``with llm.model(...)`` replaces the model. On a class it binds like a method.
    """

    def _function(self) -> Callable[P, Any]:
        return self.prompt.fn

    def _bound_to(
        self: Call[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
    ) -> Call[BoundP, FormattableT]:
        return cast("Call[BoundP, FormattableT]", self._bound(instance))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Response[FormattableT]:
        """Ask the model; see `Model.call`."""
        return self.prompt.call(self.model, *args, **kwargs)

    def call(self, *args: P.args, **kwargs: P.kwargs) -> Response[FormattableT]:
        """Ask the model; see `Model.call`."""
        return self.prompt.call(self.model, *args, **kwargs)

    def stream(self, *args: P.args, **kwargs: P.kwargs) -> StreamResponse[FormattableT]:
        """Ask the model and stream its answer; see `Model.stream`."""
        return self.prompt.stream(self.model, *args, **kwargs)


class AsyncCall(BaseCall[AsyncPrompt[P, FormattableT]], Generic[P, FormattableT]):
    """As `Call`, asynchronous."""

    def _function(self) -> Callable[P, Any]:
        return self.prompt.fn

    def _bound_to(
        self: AsyncCall[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
    ) -> AsyncCall[BoundP, FormattableT]:
        return cast("AsyncCall[BoundP, FormattableT]", self._bound(instance))

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResponse[FormattableT]:
        """Ask the model; see `Model.call`."""
        return await self.prompt.call(self.model, *args, **kwargs)

    async def call(self, *args: P.args, **kwargs: P.kwargs) -> AsyncResponse[FormattableT]:
        """Ask the model; see `Model.call`."""
        return await self.prompt.call(self.model, *args, **kwargs)

    async def stream(self, *args: P.args, **kwargs: P.kwargs) -> AsyncStreamResponse[FormattableT]:
        """Ask the model and stream its answer; see `Model.stream`."""
        return await self.prompt.stream(self.model, *args, **kwargs)


class ContextCall(BaseCall[ContextPrompt[P, DepsT, FormattableT]], Generic[P, DepsT, FormattableT]):
    """As `Call`, with a context in front of the arguments."""

    def _bound_to(self, instance: object) -> Self:
        return self._bound(instance)

    def __call__(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask the model; see `Model.call`."""
        return self.prompt.call(self.model, ctx, *args, **kwargs)

    def call(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask the model; see `Model.call`."""
        return self.prompt.call(self.model, ctx, *args, **kwargs)

    def stream(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Ask the model and stream its answer; see `Model.stream`."""
        return self.prompt.stream(self.model, ctx, *args, **kwargs)


class AsyncContextCall(
    BaseCall[AsyncContextPrompt[P, DepsT, FormattableT]], Generic[P, DepsT, FormattableT]
):
    """As `Call`, asynchronous and with a context in front of the arguments."""

    def _bound_to(self, instance: object) -> Self:
        return self._bound(instance)

    async def __call__(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask the model; see `Model.call`."""
        return await self.prompt.call(self.model, ctx, *args, **kwargs)

    async def call(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask the model; see `Model.call`."""
        return await self.prompt.call(self.model, ctx, *args, **kwargs)

    async def stream(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Ask the model and stream its answer; see `Model.stream`."""
        return await self.prompt.stream(self.model, ctx, *args, **kwargs)


CallT = TypeVar("CallT", bound=BaseCall[Any])
