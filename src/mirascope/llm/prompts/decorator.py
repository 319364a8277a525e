"""`llm.prompt`: from a function to a prompt."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, overload

from typing_extensions import TypeVar

from mirascope.llm.context._utils import first_param_is_context
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.prompts._utils import require_function, settings_shown
from mirascope.llm.prompts.prompts import (
    AsyncContextPrompt,
    AsyncPrompt,
    ContextPrompt,
    Prompt,
)
from mirascope.llm.prompts.protocols import (
    AsyncContextFn,
    AsyncContextMethod,
    AwaitedT,
    ContextFn,
    ContextMethod,
    DepsT,
    SaidT,
)
from mirascope.llm.tools import (
    AnyToolSchema,
    AsyncContextToolkit,
    AsyncToolkit,
    ContextToolkit,
    ProviderTool,
    Toolkit,
)
from mirascope.llm.tools.tool_fns import PlainFn
from mirascope.llm.types.shown import shown
from mirascope.llm.types.type_vars import P

__all__ = ["PromptDecorator", "prompt"]

_OtherT = TypeVar("_OtherT", default=None)
"""What a decorator is to answer in that is made of another decorator."""


class PromptDecorator(Generic[FormattableT]):
    """Makes prompts of functions: `llm.prompt`, and what it returns when it is given settings.

    Attributes:
        tools: What the model may call.
        format: What to answer in.
    """

    def __init__(
        self,
        tools: Sequence[AnyToolSchema | ProviderTool | PlainFn] | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> None:
        self.tools = tools
        self.format = format

    def __repr__(self) -> str:
        return shown(self, settings_shown(self.tools, self.format))

    # The first that fits is meant. mypy gives up (Any) where a function that does not say what it
    # returns fits several, unless it fits all of them as the same type. So what is returned is a
    # type variable, and the name of the context is a part of the type.
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: ContextFn[DepsT, P, SaidT]
    ) -> ContextPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: AsyncContextFn[DepsT, P, AwaitedT]
    ) -> AsyncContextPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: ContextMethod[DepsT, P, SaidT]
    ) -> ContextPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]  # see above
        self, fn: AsyncContextMethod[DepsT, P, AwaitedT]
    ) -> AsyncContextPrompt[P, DepsT, FormattableT]: ...
    @overload
    def __call__(self, fn: Callable[P, SaidT]) -> Prompt[P, FormattableT]: ...
    @overload
    def __call__(self, fn: Callable[P, AwaitedT]) -> AsyncPrompt[P, FormattableT]: ...
    @overload
    def __call__(
        self,
        *,
        tools: Sequence[AnyToolSchema | ProviderTool | PlainFn] | None = None,
        format: FormatSpec[_OtherT] | None = None,
    ) -> PromptDecorator[_OtherT]: ...
    def __call__(
        self,
        fn: Callable[..., Any] | None = None,
        *,
        tools: Sequence[AnyToolSchema | ProviderTool | PlainFn] | None = None,
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

        Raises:
            TypeError: A tool is of the wrong kind: asynchronous in a synchronous prompt, say. Or
                settings are given to a decorator that was made with settings, or `fn` is no
                function.
            ValueError: Two tools have the same name.
        """
        if fn is None:
            if self.tools is not None or self.format is not None:
                raise TypeError("This decorator has its settings already: give it a function.")
            return PromptDecorator(tools=tools, format=format)
        require_function(fn)
        kinds: dict[tuple[bool, bool], tuple[Any, Any]] = {
            (False, False): (Prompt, Toolkit),
            (True, False): (AsyncPrompt, AsyncToolkit),
            (False, True): (ContextPrompt, ContextToolkit),
            (True, True): (AsyncContextPrompt, AsyncContextToolkit),
        }
        kind, toolkit = kinds[inspect.iscoroutinefunction(fn), first_param_is_context(fn)]
        return kind(fn=fn, toolkit=toolkit(self.tools), format=self.format)


prompt: PromptDecorator[None] = PromptDecorator()
"""Make a prompt of a function, bare or with settings: ``@llm.prompt(tools=[shelf])``."""
