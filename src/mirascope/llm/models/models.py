"""Models: a model id with parameters, and every way to call it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, Generic, Self, TypeVar

from typing_extensions import Unpack

from mirascope.llm.context import Context, DepsT
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.layering import Layer, Request, block_layers, layers_of
from mirascope.llm.messages import (
    Askable,
    UserContent,
    UserMessage,
    promote_to_messages,
    user,
)
from mirascope.llm.models.counting import Counting, LocalCount, TokenCount
from mirascope.llm.models.parameters import check_parameters, unknown_argument
from mirascope.llm.providers import BaseProvider, get_provider_for_model
from mirascope.llm.providers.answering import answer, answer_async
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
from mirascope.llm.responses.asker import active_models, make_models_with
from mirascope.llm.responses.base_stream_response import BaseStreamResponse
from mirascope.llm.tools import (
    AnyToolSchema,
    AsyncContextTools,
    AsyncTools,
    BaseToolkit,
    ContextTools,
    Tools,
    normalize_async_context_tools,
    normalize_async_tools,
    normalize_context_tools,
    normalize_tools,
)
from mirascope.llm.types.params import Params
from mirascope.llm.types.shown import params_shown, shown

__all__ = ["Model", "model", "model_from_context", "use_model"]

ToolsT = TypeVar("ToolsT")


class _With(Params, Generic[ToolsT, FormattableT], total=False):
    """What may be said besides the content: parameters in place of the model's, and these."""

    tools: ToolsT | None
    """What the model may call."""
    format: FormatSpec[FormattableT] | None
    """What to answer in: a model class, a primitive type, an `llm.format` or an output parser."""
    layers: Sequence[Layer]
    """What stands around the request, around the model's layers."""


_OF_A_QUESTION = {"tools", "format"}
"""What every question has; all else is another model's."""


class Model:
    """A model id with parameters.

    As a context manager it takes the place of the models of all `llm.call` functions and of
    resumed responses within, in this task or thread: ``with llm.model("openai/gpt-5"): ...``.

    Attributes:
        model_id: Such as ``openai/gpt-5-mini``: the provider's scope, and its name of the model.
        params: The parameters, as given.
        layers: What stands around every request to this model, outermost first.
    """

    model_id: str
    params: Params
    layers: tuple[Layer, ...] = ()

    def __init__(
        self, model_id: str, *, layers: Sequence[Layer] = (), **params: Unpack[Params]
    ) -> None:
        """Name a model; nothing is looked up or connected yet.

        Args:
            model_id: Such as ``openai/gpt-5-mini``.
            layers: What stands around every request, outermost first; see `llm.Layer`.
            **params: See `llm.Params`.

        Raises:
            ValueError: `model_id` has no provider in front, `thinking` has no level, or a number
                is out of the question.
            TypeError: A parameter is not known or of a wrong type, or `model_id` is no text.
        """
        if not isinstance(model_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]  # unchecked callers
            raise TypeError(
                f"A model is named by its id, such as 'openai/gpt-5-mini', not by "
                f"{type(model_id).__name__}."
            )
        if "/" not in model_id:
            raise ValueError(
                f"Invalid model id {model_id!r}: expected 'provider/model-name', "
                "such as 'openai/gpt-5-mini'."
            )
        check_parameters(params)
        self.model_id = model_id
        self.params = params
        self.layers = layers_of(layers)

    def within(self, layers: Sequence[Layer]) -> Self:
        """Return this model with more layers around those it has.

        Args:
            layers: The new ones, outermost first; without any, this very model is returned.
        """
        if not layers:
            return self
        wrapped = copy.copy(self)
        wrapped.layers = (*layers, *self.layers)
        return wrapped

    def with_options(self, *, layers: Sequence[Layer] = (), **params: Unpack[Params]) -> Self:
        """Return this model with other parameters, and more layers around those it has.

        Args:
            layers: What stands around every request, outermost first.
            **params: Parameters in place of those of that name; None for one that is not given.

        Raises:
            TypeError: A parameter is not known, or of a wrong type.
            ValueError: A number is out of the question.
        """
        check_parameters(params)
        changed = copy.copy(self)
        changed.params = {**self.params, **params}
        changed.layers = (*layers_of(layers), *self.layers)
        return changed

    def layers_of_its_own(self) -> tuple[Layer, ...]:
        """Return what stands around every request to this model, wherever it is asked from."""
        return self.layers

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
        active_models.set((*active_models.get(), self))
        return self

    def __exit__(self, *exc_info: object) -> None:
        stack = active_models.get()
        last = len(stack) - 1 - stack[::-1].index(self)
        active_models.set(stack[:last] + stack[last + 1 :])

    # --- asking

    def call(
        self, content: Askable, **more: Unpack[_With[Tools, FormattableT]]
    ) -> Response[FormattableT]:
        """Ask the model and wait for the whole answer.

        Args:
            content: What the user says, or a list of messages.
            **more: ``tools``, what the model may call; ``format``, what to answer in: a model
                class, a primitive type, an `llm.format` or an output parser; ``layers`` around the
                model's; and parameters in place of the model's, such as ``timeout``. They hold when
                the response is resumed, too, but for ``tool_choice``: the next turn of a model that
                had to call a tool is its own.

        Raises:
            ProviderError: What went wrong at the provider or on the way.
            FeatureNotSupportedError: The provider cannot carry something in the request.
            MissingAPIKeyError: The provider's key is not known.
        """
        response: Response[FormattableT] = self._ask(
            Response, content, normalize_tools(more.get("tools")), more
        )
        return response

    async def call_async(
        self, content: Askable, **more: Unpack[_With[AsyncTools, FormattableT]]
    ) -> AsyncResponse[FormattableT]:
        """Ask asynchronously; see `call`."""
        toolkit = normalize_async_tools(more.get("tools"))
        response: AsyncResponse[FormattableT] = await self._ask_async(
            AsyncResponse, content, toolkit, more
        )
        return response

    def context_call(
        self,
        content: Askable,
        *,
        ctx: Context[DepsT],
        **more: Unpack[_With[ContextTools[DepsT], FormattableT]],
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask with context; see `call`."""
        toolkit = normalize_context_tools(more.get("tools"))
        response: ContextResponse[DepsT, FormattableT] = self._ask(
            ContextResponse, content, toolkit, more, ctx
        )
        return response

    async def context_call_async(
        self,
        content: Askable,
        *,
        ctx: Context[DepsT],
        **more: Unpack[_With[AsyncContextTools[DepsT], FormattableT]],
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask asynchronously with context; see `call`."""
        toolkit = normalize_async_context_tools(more.get("tools"))
        response: AsyncContextResponse[DepsT, FormattableT] = await self._ask_async(
            AsyncContextResponse, content, toolkit, more, ctx
        )
        return response

    def stream(
        self, content: Askable, **more: Unpack[_With[Tools, FormattableT]]
    ) -> StreamResponse[FormattableT]:
        """Ask the model and return at once; the request is sent when the response is first read.

        Errors of the provider come up while iterating; otherwise as `call`.
        """
        toolkit = normalize_tools(more.get("tools"))
        response: StreamResponse[FormattableT] = self._ask(StreamResponse, content, toolkit, more)
        return response

    async def stream_async(
        self, content: Askable, **more: Unpack[_With[AsyncTools, FormattableT]]
    ) -> AsyncStreamResponse[FormattableT]:
        """Stream asynchronously; see `stream`."""
        toolkit = normalize_async_tools(more.get("tools"))
        response: AsyncStreamResponse[FormattableT] = await self._ask_async(
            AsyncStreamResponse, content, toolkit, more
        )
        return response

    def context_stream(
        self,
        content: Askable,
        *,
        ctx: Context[DepsT],
        **more: Unpack[_With[ContextTools[DepsT], FormattableT]],
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Stream with context; see `stream`."""
        toolkit = normalize_context_tools(more.get("tools"))
        response: ContextStreamResponse[DepsT, FormattableT] = self._ask(
            ContextStreamResponse, content, toolkit, more, ctx
        )
        return response

    async def context_stream_async(
        self,
        content: Askable,
        *,
        ctx: Context[DepsT],
        **more: Unpack[_With[AsyncContextTools[DepsT], FormattableT]],
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Stream asynchronously with context; see `stream`."""
        toolkit = normalize_async_context_tools(more.get("tools"))
        response: AsyncContextStreamResponse[DepsT, FormattableT] = await self._ask_async(
            AsyncContextStreamResponse, content, toolkit, more, ctx
        )
        return response

    def _ask(
        self,
        cls: type[Any],
        content: Askable,
        toolkit: BaseToolkit[AnyToolSchema],
        more: _With[Any, Any],
        ctx: Any = None,
    ) -> Any:
        if more.keys() - _OF_A_QUESTION:
            model, following = self._changed(more)
            response = model._ask(cls, content, toolkit, _of_a_question(more), ctx)
            response.asked_by(following)
            return response
        request = self._request(cls, content, toolkit, more)
        response = answer(
            self._answering(cls),
            request,
            self.provider,
            ctx=ctx,
            layers=(*block_layers(), *self.layers_of_its_own()),
            route=get_provider_for_model,
        )
        response.asked_by(self)
        return response

    async def _ask_async(
        self,
        cls: type[Any],
        content: Askable,
        toolkit: BaseToolkit[AnyToolSchema],
        more: _With[Any, Any],
        ctx: Any = None,
    ) -> Any:
        if more.keys() - _OF_A_QUESTION:
            model, following = self._changed(more)
            response = await model._ask_async(cls, content, toolkit, _of_a_question(more), ctx)
            response.asked_by(following)
            return response
        request = self._request(cls, content, toolkit, more)
        response = await answer_async(
            self._answering(cls),
            request,
            self.provider,
            ctx=ctx,
            layers=(*block_layers(), *self.layers_of_its_own()),
            route=get_provider_for_model,
        )
        response.asked_by(self)
        return response

    def _changed(self, more: _With[Any, Any]) -> tuple[Self, Self]:
        """Return this model as one question asks it, and as the next one does."""
        params: dict[str, Any] = {**more}
        for name in _OF_A_QUESTION:
            params.pop(name, None)
        layers = params.pop("layers", ())
        if unknown := params.keys() - Params.__annotations__:
            raise unknown_argument(min(unknown))
        model = self.with_options(layers=layers, **params)
        if "tool_choice" not in params:
            return model, model
        del params["tool_choice"]
        return model, self.with_options(layers=layers, **params)

    def _answering(self, cls: type[Any]) -> type[Any]:
        """Return the class of the responses of this model, `cls` or a class of that."""
        return cls

    def _request(
        self,
        cls: type[Any],
        content: Askable,
        toolkit: BaseToolkit[AnyToolSchema],
        more: _With[Any, Any],
    ) -> Request:
        return Request(
            model_id=self.model_id,
            messages=promote_to_messages(content),
            toolkit=toolkit,
            format_spec=more.get("format"),
            params=self.params,
            stream=issubclass(cls, BaseStreamResponse),
        )

    # --- counting

    def count_tokens(
        self,
        content: Askable,
        *,
        tools: Tools | None = None,
        format: FormatSpec[Any] | None = None,
        local: LocalCount = False,
    ) -> TokenCount:
        """Return how many tokens this would be asked with, as the vendor counts them.

        Args:
            content: What the user says, or a list of messages.
            tools: What the model may call.
            format: What to answer in.
            local: True for an approximation by `tiktoken`, which has to be installed, or the name
                of one of its encodings, or a function that cuts a text into tokens; nobody is
                asked then.

        Raises:
            FeatureNotSupportedError: The vendor does not count, or cannot carry something in it.
            ProviderError: What went wrong at the provider or on the way.
            MissingAPIKeyError: The provider's key is not known.
        """
        counting = self._counting(content, normalize_tools(tools), format, local)
        if counting.counted is not None:
            return counting.counted
        return TokenCount(counting.provider.ask(*counting.inquiry()))

    async def count_tokens_async(
        self,
        content: Askable,
        *,
        tools: AsyncTools | None = None,
        format: FormatSpec[Any] | None = None,
        local: LocalCount = False,
    ) -> TokenCount:
        """Return how many tokens, asynchronously; see `count_tokens`."""
        counting = self._counting(content, normalize_async_tools(tools), format, local)
        if counting.counted is not None:
            return counting.counted
        return TokenCount(await counting.provider.ask_async(*counting.inquiry()))

    def _counting(
        self,
        content: Askable,
        toolkit: BaseToolkit[AnyToolSchema],
        format: FormatSpec[Any] | None,
        local: LocalCount,
    ) -> Counting:
        request = self._request(Response, content, toolkit, {"format": format})
        return Counting(self.provider, request, local)

    # --- going on

    def resume(
        self,
        *,
        response: Response[FormattableT],
        content: UserContent,
        **more: Unpack[_With[Tools, FormattableT]],
    ) -> Response[FormattableT]:
        """Continue a conversation: its messages, and `content` from the user.

        Tools and format are the response's, the model and parameters are this model's, where `more`
        says nothing else: see `call`.

        Raises:
            ValueError: `content` is an empty list, such as the outputs of no tool calls.
        """
        messages = [*response.messages, _next(content)]
        return self.call(messages, **_going_on(response, more))

    async def resume_async(
        self,
        *,
        response: AsyncResponse[FormattableT],
        content: UserContent,
        **more: Unpack[_With[AsyncTools, FormattableT]],
    ) -> AsyncResponse[FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return await self.call_async(messages, **_going_on(response, more))

    def context_resume(
        self,
        *,
        ctx: Context[DepsT],
        response: ContextResponse[DepsT, FormattableT],
        content: UserContent,
        **more: Unpack[_With[ContextTools[DepsT], FormattableT]],
    ) -> ContextResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return self.context_call(messages, ctx=ctx, **_going_on(response, more))

    async def context_resume_async(
        self,
        *,
        ctx: Context[DepsT],
        response: AsyncContextResponse[DepsT, FormattableT],
        content: UserContent,
        **more: Unpack[_With[AsyncContextTools[DepsT], FormattableT]],
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return await self.context_call_async(messages, ctx=ctx, **_going_on(response, more))

    def resume_stream(
        self,
        *,
        response: StreamResponse[FormattableT],
        content: UserContent,
        **more: Unpack[_With[Tools, FormattableT]],
    ) -> StreamResponse[FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return self.stream(messages, **_going_on(response, more))

    async def resume_stream_async(
        self,
        *,
        response: AsyncStreamResponse[FormattableT],
        content: UserContent,
        **more: Unpack[_With[AsyncTools, FormattableT]],
    ) -> AsyncStreamResponse[FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return await self.stream_async(messages, **_going_on(response, more))

    def context_resume_stream(
        self,
        *,
        ctx: Context[DepsT],
        response: ContextStreamResponse[DepsT, FormattableT],
        content: UserContent,
        **more: Unpack[_With[ContextTools[DepsT], FormattableT]],
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return self.context_stream(messages, ctx=ctx, **_going_on(response, more))

    async def context_resume_stream_async(
        self,
        *,
        ctx: Context[DepsT],
        response: AsyncContextStreamResponse[DepsT, FormattableT],
        content: UserContent,
        **more: Unpack[_With[AsyncContextTools[DepsT], FormattableT]],
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Continue a conversation; see `resume`."""
        messages = [*response.messages, _next(content)]
        return await self.context_stream_async(messages, ctx=ctx, **_going_on(response, more))


make_models_with(Model)


def model(model_id: str, *, layers: Sequence[Layer] = (), **params: Unpack[Params]) -> Model:
    """Return a `Model`; read naturally in ``with llm.model("openai/gpt-5-mini"):``.

    Args:
        model_id: The provider's scope and the model, as in ``"openai/gpt-5-mini"``.
        layers: What stands around its requests, outermost first.
        **params: See `llm.Params`.

    Raises:
        ValueError: The id has no provider in front, or a parameter is out of its range.
        TypeError: A parameter is not known or of a wrong type.
    """
    return Model(model_id, layers=layers, **params)


def model_from_context() -> Model | None:
    """Return the innermost active ``with llm.model(...)`` of this task or thread, if any."""
    stack = active_models.get()
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


def _of_a_question(more: _With[Any, Any]) -> Any:
    return {name: value for name, value in more.items() if name in _OF_A_QUESTION}


def _going_on(response: Any, more: Any) -> Any:
    """Return what is said besides the content: `more`, and what the response had for the rest."""
    going_on = {"tools": response.toolkit, "format": response.format, **more}
    if going_on["tools"] is None:
        going_on["tools"] = response.toolkit
    return going_on


def _next(content: UserContent) -> UserMessage:
    """Return what the user says next.

    Raises:
        ValueError: That is nothing: vendors refuse to be asked that, or answer once more.
    """
    message = user(content)
    if not message.content:
        raise ValueError(
            "There is nothing to resume with: the list is empty. After the last tool call "
            "execute_tools() returns no outputs, so resume only while response.tool_calls has any."
        )
    return message
