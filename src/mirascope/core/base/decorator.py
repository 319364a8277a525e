"""The call decorator's face: one class, typed for each vendor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, Literal, ParamSpec, Protocol, overload

from typing_extensions import TypeVar

from .engine import CallOptions, decorate
from .stream_config import StreamConfig
from .structured_stream import BaseStructuredStream
from .vendor import Vendor
from .vendor_source import VendorSource

__all__ = ["Call", "Decorator"]

_P = ParamSpec("_P")
_R = TypeVar("_R", covariant=True)
_ResponseT = TypeVar("_ResponseT")
_StreamT = TypeVar("_StreamT")
_ModelT = TypeVar("_ModelT")
_OutputT = TypeVar("_OutputT")
_ParsedT = TypeVar("_ParsedT", default=_ModelT)
"""What the output parser makes of a model; the model where there is none."""


class Decorator(Protocol[_R]):
    """Turns a prompt function into a call; an asynchronous one into an awaited call."""

    # An awaitable is an object too; the narrower form is listed first.
    @overload
    def __call__(  # pyright: ignore[reportOverlappingOverload]
        self, fn: Callable[_P, Awaitable[object]]
    ) -> Callable[_P, Awaitable[_R]]: ...
    @overload
    def __call__(self, fn: Callable[_P, object]) -> Callable[_P, _R]: ...


class Call(Generic[_ResponseT, _StreamT]):
    """A vendor's `call`."""

    def __init__(self, vendor: Vendor) -> None:
        """Make the decorator factory of a vendor."""
        self.vendor = vendor

    @overload
    def __call__(
        self,
        model: str,
        *,
        stream: Literal[False] = False,
        tools: list[Any] | None = None,
        response_model: None = None,
        output_parser: None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
    ) -> Decorator[_ResponseT]: ...
    @overload
    def __call__(
        self,
        model: str,
        *,
        stream: Literal[False] = False,
        tools: list[Any] | None = None,
        response_model: None = None,
        output_parser: Callable[[_ResponseT], _OutputT],
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
    ) -> Decorator[_OutputT]: ...
    @overload
    def __call__(
        self,
        model: str,
        *,
        stream: Literal[True] | StreamConfig,
        tools: list[Any] | None = None,
        response_model: None = None,
        output_parser: None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
    ) -> Decorator[_StreamT]: ...
    @overload
    def __call__(
        self,
        model: str,
        *,
        stream: Literal[False] = False,
        tools: list[Any] | None = None,
        response_model: type[_ModelT],
        output_parser: Callable[[_ModelT], _ParsedT] | None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
    ) -> Decorator[_ParsedT]: ...
    @overload
    def __call__(
        self,
        model: str,
        *,
        stream: Literal[True] | StreamConfig,
        tools: list[Any] | None = None,
        response_model: type[_ModelT],
        output_parser: None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Any = None,
    ) -> Decorator[BaseStructuredStream[_ModelT]]: ...
    def __call__(
        self,
        model: str,
        *,
        stream: bool | StreamConfig = False,
        tools: list[Any] | None = None,
        response_model: Any = None,
        output_parser: Callable[[Any], Any] | None = None,
        json_mode: bool = False,
        client: Any = None,
        call_params: Mapping[str, Any] | None = None,
    ) -> Any:
        """Make a decorator that turns a prompt function into a call.

        Args:
            model: The model id; passed on as it is.
            stream: Whether to give a stream; `{"partial_tools": True}` also streams tools while
                their arguments arrive.
            tools: Functions and `BaseTool` classes the model may call.
            response_model: What to read the answer into: a pydantic model or a base type.
            output_parser: Replaces the result; not with `stream`.
            json_mode: Whether to ask for JSON with the vendor's own switch.
            client: The SDK client to use instead of the default one.
            call_params: The vendor's own parameters, or common ones only.

        Returns:
            A decorator.

        Raises:
            ValueError: If `output_parser` is combined with `stream`.
        """
        params = dict(self.vendor.default_params) if call_params is None else call_params
        options = CallOptions(
            model, stream, tools, response_model, output_parser, json_mode, client, params
        )
        source = VendorSource(self.vendor)

        def decorator(fn: Callable[..., Any]) -> Callable[..., Any]:
            decorated: Any = decorate(source, options, fn)
            # Of these another vendor's call of the same prompt is made, by `retries.fallback`.
            decorated._call_options = {
                "stream": stream,
                "tools": tools,
                "response_model": response_model,
                "output_parser": output_parser,
                "json_mode": json_mode,
                "client": client,
                "call_params": call_params,
            }
            return decorated  # type: ignore[no-any-return]  # the wrapped function

        return decorator
