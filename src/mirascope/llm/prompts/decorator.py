"""`llm.prompt`: from a function to a prompt."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, overload

from mirascope.llm.context._utils import first_param_is_context
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.prompts.prompts import (
    AsyncContextPrompt,
    AsyncPrompt,
    ContextPrompt,
    Prompt,
)
from mirascope.llm.prompts.protocols import (
    AsyncContextMessageTemplate,
    AsyncMessageTemplate,
    ContextMessageTemplate,
    DepsT,
    MessageTemplate,
)
from mirascope.llm.tools import (
    AnyToolSchema,
    AsyncContextToolkit,
    AsyncToolkit,
    ContextToolkit,
    ProviderTool,
    Toolkit,
)
from mirascope.llm.types.type_vars import P

__all__ = ["PromptDecorator", "prompt"]


class PromptDecorator(Generic[FormattableT]):
    """Turns functions into prompts with the same tools and format.

    Attributes:
        tools: What the model may call.
        format: What to answer in.
    """

    def __init__(
        self,
        tools: Sequence[AnyToolSchema | ProviderTool] | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> None:
        self.tools = tools
        self.format = format

    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # the first that fits is meant
        self, fn: AsyncContextMessageTemplate[DepsT, P]
    ) -> AsyncContextPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # the first that fits is meant
        self, fn: ContextMessageTemplate[DepsT, P]
    ) -> ContextPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(self, fn: AsyncMessageTemplate[P]) -> AsyncPrompt[P, FormattableT]: ...
    @overload
    def __call__(self, fn: MessageTemplate[P]) -> Prompt[P, FormattableT]: ...
    def __call__(self, fn: Callable[..., Any]) -> object:
        """Return `fn` as a prompt: asynchronous, and with context, if `fn` is.

        Raises:
            TypeError: A tool is of the wrong kind: asynchronous in a synchronous prompt, say.
            ValueError: Two tools have the same name.
        """
        kinds: dict[tuple[bool, bool], tuple[Any, Any]] = {
            (False, False): (Prompt, Toolkit),
            (True, False): (AsyncPrompt, AsyncToolkit),
            (False, True): (ContextPrompt, ContextToolkit),
            (True, True): (AsyncContextPrompt, AsyncContextToolkit),
        }
        kind, toolkit = kinds[inspect.iscoroutinefunction(fn), first_param_is_context(fn)]
        return kind(fn=fn, toolkit=toolkit(self.tools), format=self.format)


@overload
def prompt(  # pyright: ignore[reportOverlappingOverload]  # the first that fits is meant
    fn: AsyncContextMessageTemplate[DepsT, P],
) -> AsyncContextPrompt[P, DepsT, None]: ...
@overload
def prompt(  # pyright: ignore[reportOverlappingOverload]  # the first that fits is meant
    fn: ContextMessageTemplate[DepsT, P],
) -> ContextPrompt[P, DepsT, None]: ...
@overload
def prompt(fn: AsyncMessageTemplate[P]) -> AsyncPrompt[P, None]: ...
@overload
def prompt(fn: MessageTemplate[P]) -> Prompt[P, None]: ...
@overload
def prompt(
    *,
    tools: Sequence[AnyToolSchema | ProviderTool] | None = None,
    format: FormatSpec[FormattableT] | None = None,
) -> PromptDecorator[FormattableT]: ...
def prompt(
    fn: Callable[..., Any] | None = None,
    *,
    tools: Sequence[AnyToolSchema | ProviderTool] | None = None,
    format: FormatSpec[Any] | None = None,
) -> object:
    """Turn a function that returns what to say into a prompt for any model.

    Use it bare, or with tools and a format: ``@llm.prompt(format=Book)``. The function returns
    text, content parts, or messages; a first parameter ``ctx: llm.Context[...]`` makes a prompt
    with context, ``async def`` an asynchronous one.

    Args:
        fn: The function, when used bare.
        tools: What the model may call.
        format: What to answer in.

    Returns:
        The prompt, or a decorator that makes one.
    """
    decorator: Any = PromptDecorator(tools=tools, format=format)
    return decorator if fn is None else decorator(fn)
