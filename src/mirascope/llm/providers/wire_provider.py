"""A provider that speaks one of our wires: a row of the catalog, bound to a key and a transport."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from mirascope.llm.exceptions import MissingAPIKeyError
from mirascope.llm.messages import AssistantMessage, Message
from mirascope.llm.providers.base import BaseProvider
from mirascope.llm.providers.catalog import ProviderRow
from mirascope.llm.providers.codec import Codec, Request
from mirascope.llm.providers.exchange import Exchange
from mirascope.llm.providers.prepare import prepare
from mirascope.llm.providers.wire_source import AsyncWireSource, WireSource
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
from mirascope.llm.responses.base_stream_response import BaseStreamResponse
from mirascope.llm.responses.log import EventLog
from mirascope.llm.transport.default import AnyTransport, transport_for
from mirascope.llm.transport.http import HttpRequest
from mirascope.llm.transport.override import override
from mirascope.llm.transport.sign import sign
from mirascope.llm.types.params import Params
from mirascope.llm.types.timeout import Timeout

__all__ = ["WireProvider"]

_logger = logging.getLogger(__name__)

ResponseT = TypeVar("ResponseT", bound=BaseResponse[Any, Any])
StreamT = TypeVar("StreamT", bound=BaseStreamResponse[Any, Any, Any])


class WireProvider(BaseProvider):
    """A vendor to talk to; safe to share between threads, tasks and event loops.

    The key and base URL are read from the environment at the first request, unless given.
    """

    def __init__(
        self,
        row: ProviderRow,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        http_client: object = None,
        timeout: Timeout | float | None = None,
    ) -> None:
        self.row = row
        self.id = row.id
        self.default_scope = list(row.scopes)
        self._api_key = api_key
        self._base_url = base_url
        self._timeout = Timeout.of(timeout) or Timeout()
        self._transport: AnyTransport = transport_for(http_client)

    def __repr__(self) -> str:
        return f"<provider {self.id!r}>"

    # --- the request

    def model_name(self, model_id: str) -> str:
        """Return the vendor's name of a model: the id without its scope."""
        if self.row.strip == "first_segment":
            name = model_id.partition("/")[2] or model_id
            return name.removesuffix(":responses").removesuffix(":completions")
        scope = next((scope for scope in self.row.scopes if model_id.startswith(scope)), "")
        return model_id[len(scope) :]

    def _split(self, asked: dict[str, Any], *, stream: bool) -> tuple[Codec, Request]:
        """Return the codec for what was asked, and it as a `Request`.

        The context is not for us: tools get theirs when they are executed.
        """
        asked.pop("ctx", None)
        model_id: str = asked.pop("model_id")
        messages: Sequence[Message] = asked.pop("messages")
        spec = asked.pop("format", None)
        codec = self.row.route(model_id, messages)
        request = Request(
            provider_id=self.id,
            model_id=model_id,
            model_name=self.model_name(model_id),
            messages=messages,
            toolkit=asked.pop("toolkit"),
            format=None,
            params=cast("Params", asked),  # what is left
            stream=stream,
        )
        return codec, prepare(request, codec, spec)

    def _exchange(self, codec: Codec, request: Request) -> tuple[Exchange, Timeout]:
        http_request = codec.encode(request)
        for skipped in dict.fromkeys(request.warnings):
            _logger.warning(
                "Skipping unsupported parameter: %s (provider: %s, model: %s)",
                skipped,
                self.id,
                request.model_id,
            )
        limits = Timeout.of(request.params.get("timeout")) or self._timeout
        exchange = Exchange(codec=codec, request=request, http_request=http_request, limits=limits)
        return exchange, limits

    def _sign(self, request: HttpRequest) -> HttpRequest:
        """Add the base URL and the key: late, so that both are read at the first use."""
        base_url = self._base_url or _first_set(self.row.base_url_env)
        key = self._api_key or _first_set(self.row.key_env)
        simulated = override() is not None
        if not key and self.row.key_required and not base_url and not simulated:
            raise MissingAPIKeyError(self.id, self.row.key_env[0])
        url = (base_url or self.row.base_url).rstrip("/") + request.url
        return sign(replace(request, url=url), scheme=self.row.auth if key else "none", key=key)

    # --- the answer

    def _sync_source(self, codec: Codec, request: Request) -> WireSource:
        exchange, limits = self._exchange(codec, request)
        transport = override() or self._transport
        return WireSource(exchange, self._sign, limits.connect, transport)

    def _async_source(self, codec: Codec, request: Request) -> AsyncWireSource:
        exchange, limits = self._exchange(codec, request)
        transport = override() or self._transport
        return AsyncWireSource(exchange, self._sign, limits.connect, transport)

    def _stream_as(
        self, cls: type[StreamT], source: Any, codec: Codec, request: Request
    ) -> StreamT:
        return cls(
            provider_id=self.id,
            model_id=request.model_id,
            provider_model_name=codec.provider_model_name(request),
            params=request.params,
            tools=request.toolkit,
            format=request.format,
            input_messages=request.messages,
            chunk_iterator=source,
        )

    def _whole_as(
        self, cls: type[ResponseT], log: EventLog, raw: object, codec: Codec, request: Request
    ) -> ResponseT:
        model_name = codec.provider_model_name(request)
        return cls(
            raw=raw,
            provider_id=self.id,
            model_id=request.model_id,
            provider_model_name=model_name,
            params=request.params,
            tools=request.toolkit,
            format=request.format,
            input_messages=request.messages,
            assistant_message=AssistantMessage(
                content=log.fold.content,
                provider_id=self.id,
                model_id=request.model_id,
                provider_model_name=model_name,
                raw_message=log.fold.message.raw_message,
            ),
            finish_reason=log.fold.finish_reason,
            usage=log.fold.usage,
        )

    def _whole(self, cls: type[ResponseT], request: dict[str, Any]) -> ResponseT:
        codec, prepared = self._split(request, stream=False)
        source = self._sync_source(codec, prepared)
        log = EventLog()
        try:
            while (chunks := source.pull()) is not None:
                for chunk in chunks:
                    log.append(chunk)
        finally:
            source.close()
        return self._whole_as(cls, log, source.exchange.decoded_body(), codec, prepared)

    async def _whole_async(self, cls: type[ResponseT], request: dict[str, Any]) -> ResponseT:
        codec, prepared = self._split(request, stream=False)
        source = self._async_source(codec, prepared)
        log = EventLog()
        try:
            while (chunks := await source.pull_async()) is not None:
                for chunk in chunks:
                    log.append(chunk)
        finally:
            source.close()
        return self._whole_as(cls, log, source.exchange.decoded_body(), codec, prepared)

    def _streamed(self, cls: type[StreamT], request: dict[str, Any]) -> StreamT:
        codec, prepared = self._split(request, stream=True)
        return self._stream_as(cls, self._sync_source(codec, prepared), codec, prepared)

    def _streamed_async(self, cls: type[StreamT], request: dict[str, Any]) -> StreamT:
        codec, prepared = self._split(request, stream=True)
        return self._stream_as(cls, self._async_source(codec, prepared), codec, prepared)

    def _call(self, **request: Any) -> Response[Any]:
        return self._whole(Response, request)

    def _context_call(self, **request: Any) -> ContextResponse[Any, Any]:
        return self._whole(ContextResponse, request)

    async def _call_async(self, **request: Any) -> AsyncResponse[Any]:
        return await self._whole_async(AsyncResponse, request)

    async def _context_call_async(self, **request: Any) -> AsyncContextResponse[Any, Any]:
        return await self._whole_async(AsyncContextResponse, request)

    def _stream(self, **request: Any) -> StreamResponse[Any]:
        return self._streamed(StreamResponse, request)

    def _context_stream(self, **request: Any) -> ContextStreamResponse[Any, Any]:
        return self._streamed(ContextStreamResponse, request)

    async def _stream_async(self, **request: Any) -> AsyncStreamResponse[Any]:
        return self._streamed_async(AsyncStreamResponse, request)

    async def _context_stream_async(self, **request: Any) -> AsyncContextStreamResponse[Any, Any]:
        return self._streamed_async(AsyncContextStreamResponse, request)

    # --- the end

    def close(self) -> None:
        """Close the pooled connections of synchronous calls; later calls open new ones."""
        self._transport.close()

    async def aclose(self) -> None:
        """Close the connections pooled for the running event loop."""
        await self._transport.aclose()


def _first_set(names: Sequence[str]) -> str | None:
    """Return the first of these environment variables that is set and not empty."""
    return next((os.environ[name] for name in names if os.environ.get(name)), None)
