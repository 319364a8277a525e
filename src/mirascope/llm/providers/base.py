"""What a provider is to the rest of the library.

A provider is a source of events, in two colours: `open` and `open_async`. Calls and streams, with
context and without, whole answers and streamed ones are made of those here, once for all providers,
and so is what stands around a request: layers.

A provider written for the published package has a hook for each of the eight ways to ask instead
(`_call`, `_stream_async` and so on), each of which returns a response. Those are used where they
are there.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import (
    AsyncIterable,
    Callable,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, ClassVar, Required, TypeAlias, cast

from typing_extensions import Unpack

from mirascope.llm.exceptions import APIError, FeatureNotSupportedError, ProviderError
from mirascope.llm.formatting import FormatSpec, FormattingMode
from mirascope.llm.layering import Layer, Request
from mirascope.llm.messages import Message
from mirascope.llm.providers.answering import AnyResponseT, answer, answer_async
from mirascope.llm.providers.codec import Continuation, continued_by_turn
from mirascope.llm.providers.prepare import prepare
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
from mirascope.llm.responses.base_stream_response import BaseStreamResponse
from mirascope.llm.responses.chunks import Event, StreamResponseChunk
from mirascope.llm.responses.source import AsyncChunkSource, ChunkSource
from mirascope.llm.tools import AnyToolSchema, BaseToolkit
from mirascope.llm.types.params import Params

__all__ = ["BaseProvider", "Provider", "ProviderErrorMap", "Question"]

ProviderErrorMap: TypeAlias = Mapping[
    type[Exception],
    "type[ProviderError] | Callable[[Exception], type[ProviderError]]",
]
"""Which `llm` error a foreign exception becomes; the nearest base class in the map decides."""

Events: TypeAlias = Iterable[StreamResponseChunk | Event]
AsyncEvents: TypeAlias = AsyncIterable[StreamResponseChunk | Event]


class Question(Params, total=False):
    """What the methods of a provider are asked: the parameters, and these."""

    model_id: Required[str]
    messages: Required[Sequence[Message]]
    toolkit: Required[BaseToolkit[AnyToolSchema]]
    format: FormatSpec[Any] | None


class BaseProvider(ABC):
    """Base of all providers.

    A subclass sets `id` and `default_scope`, and writes `open` for synchronous and `open_async` for
    asynchronous use, or one of them. See docs/providers.md.

    Attributes:
        id: The provider's name, recorded on responses and errors.
        default_scope: The model id prefixes it is registered for when none are given.
        default_mode: How a format is asked for when the caller does not say.
        error_map: Which `llm` errors its own exceptions become, also those raised while streaming.
        layers: What stands around every request to this provider, outermost first.
    """

    id: str
    default_scope: str | Sequence[str]
    default_mode: FormattingMode = "json"
    error_map: ClassVar[ProviderErrorMap] = {}
    layers: Sequence[Layer] = ()

    def __class_getitem__(cls, item: object) -> type[BaseProvider]:
        """Return the class: programs for the published package name a client's type in brackets."""
        return cls

    # --- what a provider writes

    def open(self, request: Request) -> ChunkSource | Events:
        """Return the events of the answer; a generator, as a rule.

        A layer may hold the request for a while, so nothing should happen before the first event is
        asked for. The answer is complete when there are no more events.

        Args:
            request: Its `format` and `messages` are as this provider wants them; see `prepare`.
        """
        raise self._missing("open")

    def open_async(self, request: Request) -> AsyncChunkSource | AsyncEvents:
        """Return the events of the answer, asynchronously; see `open`."""
        raise self._missing("open_async")

    def prepare(self, request: Request) -> Request:
        """Return the request as `open` gets it.

        The provider's own names are filled in, and the format is resolved: its instructions are in
        the messages. May be called again with what it returned.
        """
        named = replace(request, provider_id=self.id, model_name=request.model_id.partition("/")[2])
        return prepare(named, self.default_mode)

    def continuation(self, request: Request) -> Continuation:
        """Return how an answer that broke off is gone on with; see `llm.recover`.

        Args:
            request: What was asked, as `prepare` returns it.
        """
        return continued_by_turn(request)

    def provider_model_name(self, request: Request) -> str:
        """Return the name of the model that is recorded on messages.

        Args:
            request: What was asked, as `prepare` returns it.
        """
        return request.model_name

    def get_error_status(self, e: Exception) -> int | None:
        """Return the HTTP status in one of the provider's own exceptions; None without one.

        Args:
            e: An exception that `error_map` makes an `APIError`, which has a status. Here it is
                what the exception has as ``status_code``; override it where that is elsewhere.
        """
        status = getattr(e, "status_code", None)
        return status if isinstance(status, int) else None

    # --- what users call, and models

    def call(self, **question: Unpack[Question]) -> Response[Any]:
        """Ask for an answer, and wait for all of it. A `Model` does this with its own parameters.

        Args:
            **question: The model's id, the messages, the toolkit (empty when there are no tools),
                the format, and parameters.

        Raises:
            ProviderError: What went wrong at the provider or on the way, its own exceptions as
                `error_map` has them.
            FeatureNotSupportedError: The provider cannot carry something in the request.
        """
        return self._asked(Response, question)

    async def call_async(self, **question: Unpack[Question]) -> AsyncResponse[Any]:
        """Ask for an answer asynchronously; see `call`."""
        return await self._asked_async(AsyncResponse, question)

    def context_call(self, *, ctx: Any, **question: Unpack[Question]) -> ContextResponse[Any, Any]:
        """Ask for an answer, with context for tools; see `call`."""
        return self._asked(ContextResponse, question, ctx)

    async def context_call_async(
        self, *, ctx: Any, **question: Unpack[Question]
    ) -> AsyncContextResponse[Any, Any]:
        """Ask for an answer asynchronously, with context for tools; see `call`."""
        return await self._asked_async(AsyncContextResponse, question, ctx)

    def stream(self, **question: Unpack[Question]) -> StreamResponse[Any]:
        """Stream an answer; see `call`.

        It returns at once, and asks when the first event is wanted, so most errors are raised while
        the answer is read.
        """
        return self._asked(StreamResponse, question)

    async def stream_async(self, **question: Unpack[Question]) -> AsyncStreamResponse[Any]:
        """Stream an answer asynchronously; see `stream`."""
        return await self._asked_async(AsyncStreamResponse, question)

    def context_stream(
        self, *, ctx: Any, **question: Unpack[Question]
    ) -> ContextStreamResponse[Any, Any]:
        """Stream an answer, with context for tools; see `stream`."""
        return self._asked(ContextStreamResponse, question, ctx)

    async def context_stream_async(
        self, *, ctx: Any, **question: Unpack[Question]
    ) -> AsyncContextStreamResponse[Any, Any]:
        """Stream an answer asynchronously, with context for tools; see `stream`."""
        return await self._asked_async(AsyncContextStreamResponse, question, ctx)

    def _asked(self, cls: type[AnyResponseT], question: Question, ctx: Any = None) -> AnyResponseT:
        return answer(cls, _request(cls, question), self, ctx=ctx)

    async def _asked_async(
        self, cls: type[AnyResponseT], question: Question, ctx: Any = None
    ) -> AnyResponseT:
        return await answer_async(cls, _request(cls, question), self, ctx=ctx)

    # --- errors, and what there is

    def is_source(self, *, asynchronous: bool) -> bool:
        """Return whether this provider has a source of events of that colour.

        Args:
            asynchronous: Whether `open_async` is meant, else `open`.
        """
        cls = type(self)
        if asynchronous:
            return cls.open_async is not BaseProvider.open_async
        return cls.open is not BaseProvider.open

    def map_error(self, error: Exception) -> ProviderError | None:
        """Return the `llm` error that `error_map` makes of another one; None when it makes none.

        Args:
            error: Any exception; the entry for the nearest of its base classes counts. It is the
                ``original_exception`` of what is returned, and its text is the text.
        """
        for cls in type(error).__mro__:
            if cls in self.error_map:
                found: Any = self.error_map[cls]
                target: type[ProviderError] = found if isinstance(found, type) else found(error)
                if issubclass(target, APIError):
                    status = self.get_error_status(error)
                    return target(str(error), self.id, status, original_exception=error)
                return target(str(error), self.id, original_exception=error)
        return None

    @contextmanager
    def mapped_errors(self) -> Generator[None]:
        """Raise what `map_error` makes of an error in the block."""
        try:
            yield
        except Exception as error:
            mapped = self.map_error(error)
            if mapped is None:
                raise
            raise mapped from error

    def map_stream_errors(self, response: object) -> None:
        """Map the errors that are raised while `response` is read, too; see `map_error`.

        Args:
            response: What was returned to the user; nothing is done to one that is no stream.
        """
        if self.error_map and isinstance(response, BaseStreamResponse):
            response.map_errors(self.map_error)

    def _missing(self, what: str) -> FeatureNotSupportedError:
        return FeatureNotSupportedError(
            what, self.id, message=f"Provider '{self.id}' does not implement {what}."
        )


Provider: TypeAlias = BaseProvider
"""Any provider."""


def _request(cls: type[Any], question: Question) -> Request:
    params: dict[str, Any] = dict(question)
    return Request(
        model_id=params.pop("model_id"),
        messages=params.pop("messages"),
        toolkit=params.pop("toolkit"),
        format_spec=params.pop("format", None),
        params=cast("Params", params),  # what is left
        stream=issubclass(cls, BaseStreamResponse),
    )
