"""`llm.call`: from a function to a call of a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, cast, overload

from typing_extensions import Unpack

from mirascope.llm.calls.calls import AsyncCall, AsyncContextCall, Call, ContextCall
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.layering import Layer
from mirascope.llm.models import Model
from mirascope.llm.prompts import (
    AsyncContextPrompt,
    AsyncPrompt,
    ContextPrompt,
    Prompt,
    PromptDecorator,
)
from mirascope.llm.prompts._utils import require_function, settings_shown
from mirascope.llm.prompts.protocols import (
    AsyncContextFn,
    AsyncContextMethod,
    AwaitedT,
    ContextFn,
    ContextMethod,
    DepsT,
    SaidT,
)
from mirascope.llm.tools import AnyToolSchema, ProviderTool
from mirascope.llm.tools.tool_fns import PlainFn
from mirascope.llm.types.params import Params
from mirascope.llm.types.shown import shown
from mirascope.llm.types.type_vars import P

__all__ = ["CallDecorator", "call"]


@dataclass(kw_only=True, repr=False)
class CallDecorator(Generic[FormattableT]):
    """Turns functions into calls of the same model, with the same tools and format."""

    model: Model
    tools: Sequence[AnyToolSchema | ProviderTool | PlainFn] | None
    format: FormatSpec[FormattableT] | None
    layers: Sequence[Layer] = ()

    def __repr__(self) -> str:
        return shown(self, [repr(self.model), *settings_shown(self.tools, self.format)])

    # The first that fits is meant. mypy gives up (Any) where a function that does not say what it
    # returns fits several, unless it fits all of them as the same type. So what is returned is a
    # type variable, and the name of the context is a part of the type.
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: ContextFn[DepsT, P, SaidT]
    ) -> ContextCall[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: AsyncContextFn[DepsT, P, AwaitedT]
    ) -> AsyncContextCall[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: ContextMethod[DepsT, P, SaidT]
    ) -> ContextCall[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: AsyncContextMethod[DepsT, P, AwaitedT]
    ) -> AsyncContextCall[P, DepsT, FormattableT]: ...
    @overload
    def __call__(self, fn: Callable[P, SaidT]) -> Call[P, FormattableT]: ...
    @overload
    def __call__(self, fn: Callable[P, AwaitedT]) -> AsyncCall[P, FormattableT]: ...
    def __call__(self, fn: Callable[..., Any]) -> object:
        """Return `fn` as a call; see `PromptDecorator`."""
        require_function(fn)  # None, too, which would make another decorator of a `PromptDecorator`
        prompt: object = cast("Any", PromptDecorator(tools=self.tools, format=self.format))(fn)
        make = _CALLS[type(prompt)]
        return make(default_model=self.model, prompt=prompt, layers=self.layers)


_CALLS: dict[type, Callable[..., object]] = {
    Prompt: Call,
    AsyncPrompt: AsyncCall,
    ContextPrompt: ContextCall,
    AsyncContextPrompt: AsyncContextCall,
}


def call(
    model: Model | str,
    *,
    tools: Sequence[AnyToolSchema | ProviderTool | PlainFn] | None = None,
    format: FormatSpec[FormattableT] | None = None,
    layers: Sequence[Layer] = (),
    **params: Unpack[Params],
) -> CallDecorator[FormattableT]:
    """Turn a function that returns what to say into a call of a model.

    Args:
        model: The model to ask, or its id, such as ``openai/gpt-5-mini``.
        tools: What the model may call.
        format: What to answer in.
        layers: What stands around every request, whichever model is asked; outermost first.
        **params: Parameters for a model given by its id; see `llm.Params`.

    Returns:
        A decorator for functions; see `llm.prompt` for what they may return.

    Raises:
        ValueError: The model id has no provider in front.
        TypeError: A parameter is not known, or was given along with a `Model`.
    """
    if isinstance(model, str):
        model = Model(model, **params)
    elif not isinstance(model, Model):  # pyright: ignore[reportUnnecessaryIsInstance]  # bare use
        raise TypeError(
            'llm.call wants a model before it takes a function: @llm.call("openai/gpt-5-mini").'
        )
    elif params:
        raise TypeError(
            f"A Model has parameters of its own; {', '.join(params)} cannot be added to it here."
        )
    return CallDecorator(model=model, tools=tools, format=format, layers=layers)
