"""What a provider is to the rest of the library.

Eight ways to ask (call or stream, sync or async, with context or without), and a hook behind each.
A provider on one of our wires does not write hooks: see `WireProvider`. A provider of your own may
subclass `BaseProvider` and write the hooks it needs; the others say that they are missing.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeAlias

from typing_extensions import Unpack

from mirascope.llm.context import Context, DepsT
from mirascope.llm.exceptions import APIError, FeatureNotSupportedError, ProviderError
from mirascope.llm.formatting import FormatSpec, FormattableT
from mirascope.llm.messages import Message
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
from mirascope.llm.tools import AsyncContextToolkit, AsyncToolkit, ContextToolkit, Toolkit
from mirascope.llm.types.params import Params

__all__ = ["BaseProvider", "Provider", "ProviderErrorMap"]

ProviderErrorMap: TypeAlias = Mapping[
    type[Exception],
    "type[ProviderError] | Callable[[Exception], type[ProviderError]]",
]
"""Which `llm` error a foreign exception becomes; the nearest base class in the map decides."""


class BaseProvider(ABC):
    """Base of all providers.

    A subclass sets the class attributes and overrides the hooks for what it can do; each hook takes
    ``model_id``, ``messages``, ``toolkit``, ``format``, ``ctx`` where its name says so, and the
    parameters, and returns a response built from whatever it talks to. See docs/providers.md.

    Attributes:
        id: The provider's name, recorded on responses and errors.
        default_scope: The model id prefixes it is registered for when none are given.
        error_map: Which `llm` errors its own exceptions become, also those raised while streaming.
    """

    id: str
    default_scope: str | Sequence[str]
    error_map: ClassVar[ProviderErrorMap] = {}

    def get_error_status(self, e: Exception) -> int | None:
        """Return the HTTP status in one of the provider's own exceptions, if there is one."""
        status = getattr(e, "status_code", None)
        return status if isinstance(status, int) else None

    @contextmanager
    def _mapped_errors(self) -> Generator[None]:
        try:
            yield
        except Exception as error:
            mapped = self._map_error(error)
            if mapped is None:
                raise
            raise mapped from error

    def _map_error(self, error: Exception) -> ProviderError | None:
        for cls in type(error).__mro__:
            if cls in self.error_map:
                found: Any = self.error_map[cls]
                target: type[ProviderError] = found if isinstance(found, type) else found(error)
                if issubclass(target, APIError):
                    status = self.get_error_status(error)
                    return target(str(error), self.id, status, original_exception=error)
                return target(str(error), self.id, original_exception=error)
        return None

    def _missing(self, hook: str) -> FeatureNotSupportedError:
        return FeatureNotSupportedError(
            hook, self.id, message=f"Provider '{self.id}' does not implement {hook}."
        )

    def call(
        self,
        *,
        model_id: str,
        messages: Sequence[Message],
        toolkit: Toolkit,
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> Response[FormattableT]:
        """Ask for an answer."""
        with self._mapped_errors():
            return self._call(
                model_id=model_id, messages=messages, toolkit=toolkit, format=format, **params
            )

    async def call_async(
        self,
        *,
        model_id: str,
        messages: Sequence[Message],
        toolkit: AsyncToolkit,
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> AsyncResponse[FormattableT]:
        """Ask for an answer asynchronously."""
        with self._mapped_errors():
            return await self._call_async(
                model_id=model_id, messages=messages, toolkit=toolkit, format=format, **params
            )

    def context_call(
        self,
        *,
        ctx: Context[DepsT],
        model_id: str,
        messages: Sequence[Message],
        toolkit: ContextToolkit[DepsT],
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> ContextResponse[DepsT, FormattableT]:
        """Ask for an answer, with context."""
        with self._mapped_errors():
            return self._context_call(
                ctx=ctx,
                model_id=model_id,
                messages=messages,
                toolkit=toolkit,
                format=format,
                **params,
            )

    async def context_call_async(
        self,
        *,
        ctx: Context[DepsT],
        model_id: str,
        messages: Sequence[Message],
        toolkit: AsyncContextToolkit[DepsT],
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> AsyncContextResponse[DepsT, FormattableT]:
        """Ask for an answer asynchronously, with context."""
        with self._mapped_errors():
            return await self._context_call_async(
                ctx=ctx,
                model_id=model_id,
                messages=messages,
                toolkit=toolkit,
                format=format,
                **params,
            )

    def stream(
        self,
        *,
        model_id: str,
        messages: Sequence[Message],
        toolkit: Toolkit,
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> StreamResponse[FormattableT]:
        """Stream an answer."""
        with self._mapped_errors():
            response = self._stream(
                model_id=model_id, messages=messages, toolkit=toolkit, format=format, **params
            )
        self._map_stream_errors(response)
        return response

    async def stream_async(
        self,
        *,
        model_id: str,
        messages: Sequence[Message],
        toolkit: AsyncToolkit,
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> AsyncStreamResponse[FormattableT]:
        """Stream an answer asynchronously."""
        with self._mapped_errors():
            response = await self._stream_async(
                model_id=model_id, messages=messages, toolkit=toolkit, format=format, **params
            )
        self._map_stream_errors(response)
        return response

    def context_stream(
        self,
        *,
        ctx: Context[DepsT],
        model_id: str,
        messages: Sequence[Message],
        toolkit: ContextToolkit[DepsT],
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> ContextStreamResponse[DepsT, FormattableT]:
        """Stream an answer, with context."""
        with self._mapped_errors():
            response = self._context_stream(
                ctx=ctx,
                model_id=model_id,
                messages=messages,
                toolkit=toolkit,
                format=format,
                **params,
            )
        self._map_stream_errors(response)
        return response

    async def context_stream_async(
        self,
        *,
        ctx: Context[DepsT],
        model_id: str,
        messages: Sequence[Message],
        toolkit: AsyncContextToolkit[DepsT],
        format: FormatSpec[FormattableT] | None = None,
        **params: Unpack[Params],
    ) -> AsyncContextStreamResponse[DepsT, FormattableT]:
        """Stream an answer asynchronously, with context."""
        with self._mapped_errors():
            response = await self._context_stream_async(
                ctx=ctx,
                model_id=model_id,
                messages=messages,
                toolkit=toolkit,
                format=format,
                **params,
            )
        self._map_stream_errors(response)
        return response

    def _call(self, **request: Any) -> Response[Any]:
        raise self._missing("_call")

    async def _call_async(self, **request: Any) -> AsyncResponse[Any]:
        raise self._missing("_call_async")

    def _context_call(self, **request: Any) -> ContextResponse[Any, Any]:
        raise self._missing("_context_call")

    async def _context_call_async(self, **request: Any) -> AsyncContextResponse[Any, Any]:
        raise self._missing("_context_call_async")

    def _stream(self, **request: Any) -> StreamResponse[Any]:
        raise self._missing("_stream")

    async def _stream_async(self, **request: Any) -> AsyncStreamResponse[Any]:
        raise self._missing("_stream_async")

    def _context_stream(self, **request: Any) -> ContextStreamResponse[Any, Any]:
        raise self._missing("_context_stream")

    async def _context_stream_async(self, **request: Any) -> AsyncContextStreamResponse[Any, Any]:
        raise self._missing("_context_stream_async")

    def _map_stream_errors(self, response: BaseStreamResponse[Any, Any, Any]) -> None:
        """Map the errors that are raised while `response` is read, too."""
        if self.error_map:
            response.map_errors(self._map_error)


Provider: TypeAlias = BaseProvider
"""Any provider."""
