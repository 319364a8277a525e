"""From a request to a response: the layers, the provider's source of events, and who reads it.

    model's layers ─▶ whoever answers for the model ─▶ that provider's layers ─▶ its source
    (of the block,      a layer may have changed              (then the inmost ones,
     the call, ...)     the model meanwhile                    which see what is sent)

Without layers there is nothing between the response and the source.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextvars import copy_context
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.layering import AsyncLayerSource, Layer, LayerSource, Request
from mirascope.llm.layering.block import inmost_layers
from mirascope.llm.layering.driver import OpenSource
from mirascope.llm.messages import AssistantMessage
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
from mirascope.llm.responses.base_response import BaseResponse
from mirascope.llm.responses.base_stream_response import (
    BaseAsyncStreamResponse,
    BaseStreamResponse,
    BaseSyncStreamResponse,
)
from mirascope.llm.responses.chunks import AnsweredBy, Event
from mirascope.llm.responses.events_of import events_of
from mirascope.llm.responses.log import EventLog
from mirascope.llm.responses.source import (
    AnySource,
    AsyncChunkSource,
    AsyncIteratorSource,
    ChunkSource,
    IteratorSource,
)

if TYPE_CHECKING:
    from mirascope.llm.providers.base import BaseProvider

__all__ = ["Route", "answer", "answer_async"]

Route: TypeAlias = Callable[[str], "BaseProvider"]
"""Returns who answers for a model id."""

AnyResponseT = TypeVar(
    "AnyResponseT", bound="BaseResponse[Any, Any] | BaseStreamResponse[Any, Any, Any]"
)

# The hooks of providers written for the published package, by what they return.
_HOOKS: dict[type[Any], str] = {
    Response: "_call",
    AsyncResponse: "_call_async",
    ContextResponse: "_context_call",
    AsyncContextResponse: "_context_call_async",
    StreamResponse: "_stream",
    AsyncStreamResponse: "_stream_async",
    ContextStreamResponse: "_context_stream",
    AsyncContextStreamResponse: "_context_stream_async",
}


def answer(
    cls: type[AnyResponseT],
    request: Request,
    provider: BaseProvider,
    *,
    ctx: Any = None,
    layers: Sequence[Layer] = (),
    route: Route | None = None,
) -> AnyResponseT:
    """Return the response to `request`: read to its end, or ready to be read.

    Args:
        cls: What to return, one of the four synchronous classes.
        request: What is asked.
        provider: Who answers.
        ctx: The context, for providers that have hooks of their own.
        layers: What stands around the request before the provider's own layers, outermost first.
        route: Who answers where a layer asks for another model; the same provider when None.
    """
    road = _Road(cls, request, provider, ctx, route, asynchronous=False)
    response: AnyResponseT
    if (hook := road.hook_of(provider)) is not None and not road.has_layers(layers):
        with provider.mapped_errors():
            response = hook()
        provider.map_stream_errors(response)
        return response
    source = road.source(layers)
    if request.stream:
        response = road.streamed(source)
        return response
    log = road.log()
    try:
        while not log.ended and (batch := source.pull()) is not None:
            log.extend(batch)
    finally:
        source.close()
    response = road.whole(source, log)
    return response


async def answer_async(
    cls: type[AnyResponseT],
    request: Request,
    provider: BaseProvider,
    *,
    ctx: Any = None,
    layers: Sequence[Layer] = (),
    route: Route | None = None,
) -> AnyResponseT:
    """Return the response to `request`; `cls` is one of the asynchronous classes; see `answer`."""
    road = _Road(cls, request, provider, ctx, route, asynchronous=True)
    response: AnyResponseT
    if (hook := road.hook_of(provider)) is not None and not road.has_layers(layers):
        with provider.mapped_errors():
            response = await hook()
        provider.map_stream_errors(response)
        return response
    source = road.source(layers)
    if request.stream:
        response = road.streamed(source)
        return response
    log = road.log()
    try:
        while not log.ended and (batch := await source.pull_async()) is not None:
            log.extend(batch)
    finally:
        await source.aclose()
    response = road.whole(source, log)
    return response


class _Road:
    """What one request passes, in one colour."""

    def __init__(
        self,
        cls: type[Any],
        request: Request,
        provider: BaseProvider,
        ctx: Any,
        route: Route | None,
        *,
        asynchronous: bool,
    ) -> None:
        self._cls = cls
        self._request = request
        self._provider = provider
        self._ctx = ctx
        self._route = route
        self._asynchronous = asynchronous
        self._prepared: Request | None = None
        self._inmost = inmost_layers()

    def has_layers(self, layers: Sequence[Layer]) -> bool:
        """Return whether there is a layer around the request, of whomever."""
        return bool(layers or self._provider.layers or self._inmost)

    # --- down: to the source

    def source(self, layers: Sequence[Layer]) -> Any:
        """Return the source that the response reads."""
        self._prepared = prepared = self._provider.prepare(self._request)
        if not self.has_layers(layers):
            return self._open(self._provider, prepared)
        # Layers see the question as it was asked, with the provider's names in it.
        self._request = replace(
            prepared,
            messages=self._request.messages,
            format=None,
            id=os.urandom(8).hex(),
            asked_in=copy_context(),
        )
        return self._layered(layers, self._at_provider)(self._request)[0]

    def _layered(self, layers: Sequence[Layer], inner: OpenSource) -> OpenSource:
        kind: Any = AsyncLayerSource if self._asynchronous else LayerSource
        for layer in reversed(layers):
            inner = partial(_around, kind, layer, inner)
        return inner

    def _at_provider(self, request: Request) -> tuple[AnySource, tuple[Event, ...]]:
        """Open what lies below the model's layers: whoever answers for the model by now."""
        provider, prepared = self._provider, self._prepared
        first: tuple[Event, ...] = ()
        if request is not self._request or prepared is None:
            if self._route is not None:
                provider = self._route(request.model_id)
            prepared = provider.prepare(request)
            if (provider.id, request.model_id) != (self._provider.id, self._request.model_id):
                who = AnsweredBy(
                    provider_id=provider.id,
                    model_id=request.model_id,
                    provider_model_name=provider.provider_model_name(prepared),
                )
                first = (who,)
        layers = (*request.layers, *provider.layers, *self._inmost)
        if not layers:
            return self._open(provider, prepared), first
        # Built only here, since a layer above has chosen the model and with it the provider.
        known = prepared
        asked = replace(prepared, messages=request.messages, format=None)

        def innermost(again: Request) -> tuple[AnySource, tuple[Event, ...]]:
            return self._open(provider, known if again is asked else provider.prepare(again)), ()

        return self._layered(layers, innermost)(asked)[0], first

    def _open(self, provider: BaseProvider, request: Request) -> AnySource:
        hook = self.hook_of(provider, request)
        with provider.mapped_errors():
            if self._asynchronous:
                events: Any = provider.open_async(request) if hook is None else _awaited(hook)
                if isinstance(events, AsyncChunkSource):
                    return events
                return AsyncIteratorSource(aiter(events), provider.map_error)
            events = provider.open(request) if hook is None else _called(hook)
            if isinstance(events, ChunkSource):
                return events
            return IteratorSource(iter(events), provider.map_error)

    def hook_of(
        self, provider: BaseProvider, request: Request | None = None
    ) -> Callable[[], Any] | None:
        """Return the provider's own way to answer this, bound to the request, if it has one.

        Raises:
            FeatureNotSupportedError: It has neither that, nor a source of events of this colour.
        """
        name = next(_HOOKS[base] for base in self._cls.__mro__ if base in _HOOKS)
        hook = getattr(provider, name, None)
        if hook is None:
            if not provider.is_source(asynchronous=self._asynchronous):
                opens = "open_async" if self._asynchronous else "open"
                raise FeatureNotSupportedError(
                    name,
                    provider.id,
                    message=f"Provider '{provider.id}' implements neither {opens} nor {name}.",
                )
            return None
        request = request or self._request
        question: dict[str, Any] = {
            "model_id": request.model_id,
            "messages": request.messages,
            "toolkit": request.toolkit,
            "format": request.format_spec,
            **request.params,
        }
        return (
            partial(hook, ctx=self._ctx, **question)
            if "context" in name
            else partial(hook, **question)
        )

    # --- up: to the response

    def log(self) -> EventLog:
        """Return an empty log of the answer."""
        return EventLog(self._message())

    def streamed(self, source: Any) -> Any:
        """Return the response that reads `source`."""
        return self._cls(chunk_iterator=source, **self._facts(self._message()))

    def whole(self, source: AnySource, log: EventLog) -> Any:
        """Return the response that `log` holds."""
        folded = log.fold
        if folded.error is not None:
            raise folded.error
        message = folded.message
        return self._cls(
            raw=source.raw_body(),
            assistant_message=message,
            finish_reason=folded.finish_reason,
            usage=folded.usage,
            attempts=folded.attempts,
            cached_at=folded.cached_at,
            rate_limits=folded.rate_limits,
            **self._facts(message),
        )

    def _message(self) -> AssistantMessage:
        request = self._as_prepared()
        return AssistantMessage(
            content=[],
            provider_id=self._provider.id,
            model_id=request.model_id,
            provider_model_name=self._provider.provider_model_name(request),
            raw_message=None,
        )

    def _facts(self, message: AssistantMessage) -> dict[str, Any]:
        request = self._as_prepared()
        return {
            "provider_id": message.provider_id,
            "model_id": message.model_id,
            "provider_model_name": message.provider_model_name,
            "params": request.params,
            "tools": request.toolkit,
            "format": request.format,
            "input_messages": request.messages,
        }

    def _as_prepared(self) -> Request:
        assert self._prepared is not None, "source() comes first"
        return self._prepared


def _around(
    kind: Callable[[Layer, Request, OpenSource], AnySource],
    layer: Layer,
    inner: OpenSource,
    request: Request,
) -> tuple[AnySource, tuple[Event, ...]]:
    return kind(layer, request, inner), ()


def _called(hook: Callable[[], Any]) -> Iterator[Event]:
    """Yield the events of the response that a hook returns."""
    response: Any = hook()
    if isinstance(response, BaseSyncStreamResponse):
        with response:
            yield from response.event_stream()
    else:
        yield from events_of(response)


async def _awaited(hook: Callable[[], Any]) -> AsyncIterator[Event]:
    response: Any = await hook()
    if isinstance(response, BaseAsyncStreamResponse):
        async with response:
            async for event in response.event_stream():
                yield event
    else:
        for event in events_of(response):
            yield event
