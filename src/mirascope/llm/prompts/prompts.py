"""Prompts: functions whose return value can be sent to any model."""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Generic, Self, cast

from typing_extensions import TypeVar, Unpack

from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.layering import Layer
from mirascope.llm.messages import Message, promote_to_messages
from mirascope.llm.models import Model
from mirascope.llm.prompts._utils import model_of, said, settings_shown
from mirascope.llm.prompts.options import AskOptions
from mirascope.llm.prompts.protocols import (
    AsyncContextMessageTemplate,
    AsyncMessageTemplate,
    ContextMessageTemplate,
    MessageTemplate,
)
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
from mirascope.llm.tools import (
    AnyTools,
    AnyToolSchema,
    AsyncContextToolkit,
    AsyncToolkit,
    BaseToolkit,
    ContextToolkit,
    Toolkit,
)
from mirascope.llm.types.binding import Binds, BoundP, InstanceT
from mirascope.llm.types.by_name import ByName
from mirascope.llm.types.params import Params
from mirascope.llm.types.shown import named, shown
from mirascope.llm.types.type_vars import P

__all__ = ["AsyncContextPrompt", "AsyncPrompt", "BasePrompt", "ContextPrompt", "Prompt"]

FnT = TypeVar("FnT", bound=Callable[..., Any])
ToolkitT = TypeVar("ToolkitT", bound=BaseToolkit[AnyToolSchema])


class BasePrompt(Binds, ByName, Generic[FnT, ToolkitT, FormattableT]):
    """What the four kinds of prompts have in common.

    Attributes:
        fn: The decorated function.
        toolkit: The tools offered with every question.
        format: The format asked for, as it was given.
        options: How models are asked, where that is not as they say; see `with_options`.
    """

    fn: FnT
    toolkit: ToolkitT
    format: FormatSpec[FormattableT] | None
    options: AskOptions = AskOptions()

    def __init__(
        self, *, fn: FnT, toolkit: ToolkitT, format: FormatSpec[FormattableT] | None
    ) -> None:
        self.fn = fn
        self.toolkit = toolkit
        self.format = format
        functools.update_wrapper(cast("Any", self), fn, updated=())

    def __repr__(self) -> str:
        return shown(self, [named(self.fn), *settings_shown(self.toolkit.tools, self.format)])

    def _bound(self, instance: object) -> Self:
        return self._made_of(cast("Any", self.fn).__get__(instance))

    def _asked(self, model: Model | str) -> Model:
        """Return who is asked when `model` is named."""
        return self.options.applied_to(model_of(model))

    def with_options(
        self,
        *,
        tools: AnyTools | None = None,
        layers: Sequence[Layer] = (),
        **params: Unpack[Params],
    ) -> Self:
        """Return this prompt with other settings, for one question or for many.

        Args:
            tools: What the model may call instead; an empty list for nothing.
            layers: What stands around every request, around the layers that are there.
            **params: Parameters in place of the model's; see `llm.Params`.

        Raises:
            TypeError: Something is not known, or of a wrong type.
        """
        changed = copy.copy(self)
        changed.options = self.options.with_more(layers, params)
        if tools is not None:
            kind = type(self.toolkit)
            changed.toolkit = tools if isinstance(tools, kind) else kind(cast("Any", tools))
        return changed

    def _made_of(self, fn: Callable[..., Any]) -> Self:
        made = type(self)(fn=cast("FnT", fn), toolkit=self.toolkit, format=self.format)
        made.options = self.options
        return made


class Prompt(BasePrompt[MessageTemplate[P], Toolkit, FormattableT], Generic[P, FormattableT]):
    """A function that returns what to say, to be sent to any model.

    Calling it asks a model; the model comes first, then the function's own arguments. On a class it
    binds like a method.
    """

    def _function(self) -> Callable[P, Any]:
        return self.fn

    def _bound_to(
        self: Prompt[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
    ) -> Prompt[BoundP, FormattableT]:
        return cast("Prompt[BoundP, FormattableT]", self._bound(instance))

    def messages(self, *args: P.args, **kwargs: P.kwargs) -> Sequence[Message]:
        """Return the messages that the function makes of its arguments."""
        return promote_to_messages(said(self.fn(*args, **kwargs), self.fn))

    def __call__(
        self, model: Model | str, *args: P.args, **kwargs: P.kwargs
    ) -> Response[FormattableT]:
        """Ask `model`; see `Model.call`."""
        return self.call(model, *args, **kwargs)

    def call(self, model: Model | str, *args: P.args, **kwargs: P.kwargs) -> Response[FormattableT]:
        """Ask `model`; see `Model.call`."""
        asked = self._asked(model)
        messages = self.messages(*args, **kwargs)
        return asked.call(messages, tools=self.toolkit, format=self.format)

    def stream(
        self, model: Model | str, *args: P.args, **kwargs: P.kwargs
    ) -> StreamResponse[FormattableT]:
        """Ask `model` and stream its answer; see `Model.stream`."""
        asked = self._asked(model)
        messages = self.messages(*args, **kwargs)
        return asked.stream(messages, tools=self.toolkit, format=self.format)


class AsyncPrompt(
    BasePrompt[AsyncMessageTemplate[P], AsyncToolkit, FormattableT], Generic[P, FormattableT]
):
    """As `Prompt`, asynchronous."""

    def _function(self) -> Callable[P, Any]:
        return self.fn

    def _bound_to(
        self: AsyncPrompt[Concatenate[InstanceT, BoundP], FormattableT], instance: InstanceT
    ) -> AsyncPrompt[BoundP, FormattableT]:
        return cast("AsyncPrompt[BoundP, FormattableT]", self._bound(instance))

    async def messages(self, *args: P.args, **kwargs: P.kwargs) -> Sequence[Message]:
        """Return the messages that the function makes of its arguments."""
        return promote_to_messages(await self.fn(*args, **kwargs))

    async def __call__(
        self, model: Model | str, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncResponse[FormattableT]:
        """Ask `model`; see `Model.call`."""
        return await self.call(model, *args, **kwargs)

    async def call(
        self, model: Model | str, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncResponse[FormattableT]:
        """Ask `model`; see `Model.call`."""
        asked = self._asked(model)
        messages = await self.messages(*args, **kwargs)
        return await asked.call_async(messages, tools=self.toolkit, format=self.format)

    async def stream(
        self, model: Model | str, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncStreamResponse[FormattableT]:
        """Ask `model` and stream its answer; see `Model.stream`."""
        asked = self._asked(model)
        messages = await self.messages(*args, **kwargs)
        return await asked.stream_async(messages, tools=self.toolkit, format=self.format)


class ContextPrompt(
    BasePrompt[ContextMessageTemplate[DepsT, P], ContextToolkit[DepsT], FormattableT],
    Generic[P, DepsT, FormattableT],
):
    """As `Prompt`, with a context after the model."""

    def _bound_to(self, instance: object) -> Self:
        return self._bound(instance)

    def messages(self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs) -> Sequence[Message]:
        """Return the messages that the function makes of its arguments."""
        return promote_to_messages(said(self.fn(ctx, *args, **kwargs), self.fn))

    def __call__(
        self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask `model`; see `Model.call`."""
        return self.call(model, ctx, *args, **kwargs)

    def call(
        self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask `model`; see `Model.call`."""
        asked = self._asked(model)
        messages = self.messages(ctx, *args, **kwargs)
        return asked.context_call(messages, ctx=ctx, tools=self.toolkit, format=self.format)

    def stream(
        self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Ask `model` and stream its answer; see `Model.stream`."""
        asked = self._asked(model)
        messages = self.messages(ctx, *args, **kwargs)
        return asked.context_stream(messages, ctx=ctx, tools=self.toolkit, format=self.format)


class AsyncContextPrompt(
    BasePrompt[AsyncContextMessageTemplate[DepsT, P], AsyncContextToolkit[DepsT], FormattableT],
    Generic[P, DepsT, FormattableT],
):
    """As `Prompt`, asynchronous and with a context after the model."""

    def _bound_to(self, instance: object) -> Self:
        return self._bound(instance)

    async def messages(
        self, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> Sequence[Message]:
        """Return the messages that the function makes of its arguments."""
        return promote_to_messages(await self.fn(ctx, *args, **kwargs))

    async def __call__(
        self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask `model`; see `Model.call`."""
        return await self.call(model, ctx, *args, **kwargs)

    async def call(
        self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask `model`; see `Model.call`."""
        asked = self._asked(model)
        messages = await self.messages(ctx, *args, **kwargs)
        return await asked.context_call_async(
            messages, ctx=ctx, tools=self.toolkit, format=self.format
        )

    async def stream(
        self, model: Model | str, ctx: Context[DepsT], *args: P.args, **kwargs: P.kwargs
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Ask `model` and stream its answer; see `Model.stream`."""
        asked = self._asked(model)
        messages = await self.messages(ctx, *args, **kwargs)
        return await asked.context_stream_async(
            messages, ctx=ctx, tools=self.toolkit, format=self.format
        )
