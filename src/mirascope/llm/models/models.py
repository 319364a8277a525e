"""Models: a model id with parameters, and every way to call it."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from difflib import get_close_matches
from typing import TYPE_CHECKING

from typing_extensions import Unpack

from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.messages import Message, UserContent, promote_to_messages, user
from mirascope.llm.providers import BaseProvider, get_provider_for_model
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
    AsyncContextTools,
    AsyncTools,
    ContextTools,
    Tools,
    normalize_async_context_tools,
    normalize_async_tools,
    normalize_context_tools,
    normalize_tools,
)
from mirascope.llm.types.params import Params
from mirascope.llm.types.shown import params_shown, shown

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Model", "model", "model_from_context", "use_model"]

# The active models of this task or thread, innermost last. The whole stack is in the variable, so
# one instance may be entered by any number of tasks at the same time.
_stack: ContextVar[tuple[Model, ...]] = ContextVar("mirascope_models", default=())


class Model:
    """A model id with parameters.

    As a context manager it takes the place of the models of all `llm.call` functions and of
    resumed responses within, in this task or thread: ``with llm.model("openai/gpt-5"): ...``.

    Attributes:
        model_id: Such as ``openai/gpt-5-mini``: the provider's scope, and its name of the model.
        params: The parameters, as given.
    """

    model_id: str
    params: Params

    def __init__(self, model_id: str, **params: Unpack[Params]) -> None:
        """Name a model; nothing is looked up or connected yet.

        Args:
            model_id: Such as ``openai/gpt-5-mini``.
            **params: See `llm.Params`.

        Raises:
            ValueError: `model_id` has no provider in front.
            TypeError: A parameter is not known.
        """
        if "/" not in model_id:
            raise ValueError(
                f"Invalid model id {model_id!r}: expected 'provider/model-name', "
                "such as 'openai/gpt-5-mini'."
            )
        for name in params:
            if name not in Params.__annotations__:
                raise TypeError(_unknown_parameter(name))
        self.model_id = model_id
        self.params = params

    def __repr__(self) -> str:
        return shown(self, [repr(self.model_id), *params_shown(self.params)])

    @property
    def provider(self) -> BaseProvider:
        """Return who answers for this model now.

        Raises:
            NoRegisteredProviderError: Nobody does.
        """
        return get_provider_for_model(self.model_id)

    @property
    def provider_id(self) -> str:
        """Return the id of `provider`."""
        return self.provider.id

    def __enter__(self) -> Self:
        _stack.set((*_stack.get(), self))
        return self

    def __exit__(self, *exc_info: object) -> None:
        stack = _stack.get()
        last = len(stack) - 1 - stack[::-1].index(self)
        _stack.set(stack[:last] + stack[last + 1 :])

    def call(
        self,
        content: UserContent | Sequence[Message],
        *,
        tools: Tools | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> Response[FormattableT]:
        """Ask the model and wait for the whole answer.

        Args:
            content: What the user says, or a list of messages.
            tools: What the model may call.
            format: What to answer in: a model class, a primitive type, an `llm.format` or an
                output parser.

        Raises:
            ProviderError: What went wrong at the provider or on the way.
            FeatureNotSupportedError: The provider cannot carry something in the request.
            MissingAPIKeyError: The provider's key is not known.
        """
        return self.provider.call(
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_tools(tools),
            format=format,
            **self.params,
        )

    async def call_async(
        self,
        content: UserContent | Sequence[Message],
        *,
        tools: AsyncTools | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> AsyncResponse[FormattableT]:
        """Ask asynchronously; see `call`."""
        return await self.provider.call_async(
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_async_tools(tools),
            format=format,
            **self.params,
        )

    def context_call(
        self,
        content: UserContent | Sequence[Message],
        *,
        ctx: Context[DepsT],
        tools: ContextTools[DepsT] | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask with context; see `call`."""
        return self.provider.context_call(
            ctx=ctx,
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_context_tools(tools),
            format=format,
            **self.params,
        )

    async def context_call_async(
        self,
        content: UserContent | Sequence[Message],
        *,
        ctx: Context[DepsT],
        tools: AsyncContextTools[DepsT] | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask asynchronously with context; see `call`."""
        return await self.provider.context_call_async(
            ctx=ctx,
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_async_context_tools(tools),
            format=format,
            **self.params,
        )

    def stream(
        self,
        content: UserContent | Sequence[Message],
        *,
        tools: Tools | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> StreamResponse[FormattableT]:
        """Ask the model and return at once; the request is sent when the response is first read.

        Errors of the provider come up while iterating; otherwise as `call`.
        """
        return self.provider.stream(
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_tools(tools),
            format=format,
            **self.params,
        )

    async def stream_async(
        self,
        content: UserContent | Sequence[Message],
        *,
        tools: AsyncTools | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> AsyncStreamResponse[FormattableT]:
        """Stream asynchronously; see `stream`."""
        return await self.provider.stream_async(
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_async_tools(tools),
            format=format,
            **self.params,
        )

    def context_stream(
        self,
        content: UserContent | Sequence[Message],
        *,
        ctx: Context[DepsT],
        tools: ContextTools[DepsT] | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Stream with context; see `stream`."""
        return self.provider.context_stream(
            ctx=ctx,
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_context_tools(tools),
            format=format,
            **self.params,
        )

    async def context_stream_async(
        self,
        content: UserContent | Sequence[Message],
        *,
        ctx: Context[DepsT],
        tools: AsyncContextTools[DepsT] | None = None,
        format: FormatSpec[FormattableT] | None = None,
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Stream asynchronously with context; see `stream`."""
        return await self.provider.context_stream_async(
            ctx=ctx,
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=normalize_async_context_tools(tools),
            format=format,
            **self.params,
        )

    def resume(
        self,
        *,
        response: Response[FormattableT],
        content: UserContent,
    ) -> Response[FormattableT]:
        """Continue a conversation: its messages, and `content` from the user.

        Tools and format are the response's, the model and parameters are this model's.
        """
        return self.call(
            [*response.messages, user(content)],
            tools=response.toolkit,
            format=response.format,
        )

    async def resume_async(
        self,
        *,
        response: AsyncResponse[FormattableT],
        content: UserContent,
    ) -> AsyncResponse[FormattableT]:
        """Continue a conversation; see `resume`."""
        return await self.call_async(
            [*response.messages, user(content)],
            tools=response.toolkit,
            format=response.format,
        )

    def context_resume(
        self,
        *,
        ctx: Context[DepsT],
        response: ContextResponse[DepsT, FormattableT],
        content: UserContent,
    ) -> ContextResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        return self.context_call(
            [*response.messages, user(content)],
            ctx=ctx,
            tools=response.toolkit,
            format=response.format,
        )

    async def context_resume_async(
        self,
        *,
        ctx: Context[DepsT],
        response: AsyncContextResponse[DepsT, FormattableT],
        content: UserContent,
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        return await self.context_call_async(
            [*response.messages, user(content)],
            ctx=ctx,
            tools=response.toolkit,
            format=response.format,
        )

    def resume_stream(
        self,
        *,
        response: StreamResponse[FormattableT],
        content: UserContent,
    ) -> StreamResponse[FormattableT]:
        """Continue a conversation; see `resume`."""
        return self.stream(
            [*response.messages, user(content)],
            tools=response.toolkit,
            format=response.format,
        )

    async def resume_stream_async(
        self,
        *,
        response: AsyncStreamResponse[FormattableT],
        content: UserContent,
    ) -> AsyncStreamResponse[FormattableT]:
        """Continue a conversation; see `resume`."""
        return await self.stream_async(
            [*response.messages, user(content)],
            tools=response.toolkit,
            format=response.format,
        )

    def context_resume_stream(
        self,
        *,
        ctx: Context[DepsT],
        response: ContextStreamResponse[DepsT, FormattableT],
        content: UserContent,
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        return self.context_stream(
            [*response.messages, user(content)],
            ctx=ctx,
            tools=response.toolkit,
            format=response.format,
        )

    async def context_resume_stream_async(
        self,
        *,
        ctx: Context[DepsT],
        response: AsyncContextStreamResponse[DepsT, FormattableT],
        content: UserContent,
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        return await self.context_stream_async(
            [*response.messages, user(content)],
            ctx=ctx,
            tools=response.toolkit,
            format=response.format,
        )


def model(model_id: str, **params: Unpack[Params]) -> Model:
    """Return a `Model`; read naturally in ``with llm.model("openai/gpt-5-mini"):``."""
    return Model(model_id, **params)


def model_from_context() -> Model | None:
    """Return the innermost active ``with llm.model(...)`` of this task or thread, if any."""
    stack = _stack.get()
    return stack[-1] if stack else None


def use_model(model: Model | str, **params: Unpack[Params]) -> Model:
    """Return the model from the context if there is one, otherwise the one that is given.

    Args:
        model: A model, or the id of one.
        **params: Parameters for a model given by its id.

    Raises:
        TypeError: Parameters were given along with a `Model`, which has its own.
    """
    if isinstance(model, Model) and params:
        raise TypeError(
            f"A Model has parameters of its own; {', '.join(params)} cannot be added to it here."
        )
    active = model_from_context()
    if active is not None:
        return active
    return model if isinstance(model, Model) else Model(model, **params)


def _unknown_parameter(name: str) -> str:
    close = get_close_matches(name, Params.__annotations__, n=1)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    return (
        f"Unknown parameter {name!r}.{hint} Parameters that only one vendor has go into extra_body."
    )
