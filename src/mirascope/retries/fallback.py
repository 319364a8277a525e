# Values here are users' and SDKs' own, of any type.
# pyright: reportUnknownVariableType=false
"""The same prompt with another vendor, when one fails."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import aclosing, closing, suppress
from importlib import import_module
from typing import Any, NotRequired, TypeAlias, TypedDict, TypeVar, cast, get_args

from mirascope.core.base import BaseStream, BaseStructuredStream, CommonCallParams, Provider

__all__ = ["Fallback", "FallbackError", "fallback"]

_CallT = TypeVar("_CallT", bound=Callable[..., Any])
_Catch: TypeAlias = type[Exception] | tuple[type[Exception], ...]
_Pair: TypeAlias = tuple[Any, Any]


class Fallback(TypedDict):
    """Whom to ask next, and which of its errors lead on to the one after it.

    Attributes:
        catch: The errors of this call that lead to the next fallback.
        provider: The vendor.
        model: The vendor's model.
        call_params: Its parameters; without them the first call's, if all of them are common ones.
        client: The SDK client to use.
    """

    catch: _Catch
    provider: Provider
    model: str
    call_params: NotRequired[Mapping[str, Any]]
    client: NotRequired[Any]


class FallbackError(Exception):
    """Every call failed.

    Attributes:
        caught: The errors, in the order of the calls.
    """

    def __init__(self, caught: Sequence[Exception]) -> None:
        """Name the kinds of the errors; what they say stays in them."""
        super().__init__(caught)
        self.caught = list(caught)

    def __str__(self) -> str:
        kinds = ", ".join(type(error).__name__ for error in self.caught)
        return f"All {len(self.caught)} calls failed: {kinds}."


def fallback(catch: _Catch, fallbacks: Sequence[Fallback]) -> Callable[[_CallT], _CallT]:
    """Make a decorator that asks others when a call fails; it stands above the call decorator.

    The others get the same prompt, tools, response model and so on. The result has the errors on
    the way to it as `_caught`, where there were any and it can have attributes.

    A stream is begun when the function is called: what fails before its first chunk leads to the
    next vendor, what fails later is raised by the loop.

    Args:
        catch: The errors of the decorated call that lead to the first fallback.
        fallbacks: Whom to ask then, in order.

    Returns:
        A decorator. What it makes raises `FallbackError` when all have failed, and at once any
        error that the failing call's `catch` doesn't name.

    Raises:
        TypeError: By the decorator, if the function is no call of a vendor of `mirascope.core`.
        ValueError: By the decorator, if there is no such vendor.
        ImportError: By the decorator, if a vendor's SDK is not installed.
    """

    def decorate(fn: _CallT) -> _CallT:
        calls: list[tuple[_Catch, Callable[..., Any]]] = [(catch, fn)]
        calls += ((each["catch"], _other_call(fn, each)) for each in fallbacks)
        if inspect.iscoroutinefunction(inspect.unwrap(fn)):

            @functools.wraps(fn)
            async def acall(*args: Any, **kwargs: Any) -> Any:
                caught: list[Exception] = []
                for errors, call in calls:
                    try:
                        result = await call(*args, **kwargs)
                        await _abegin(result)
                    except errors as error:
                        caught.append(error)
                    else:
                        return _with_caught(result, caught)
                raise FallbackError(caught) from caught[-1]

            return cast("_CallT", acall)

        @functools.wraps(fn)
        def call(*args: Any, **kwargs: Any) -> Any:
            caught: list[Exception] = []
            for errors, each in calls:
                try:
                    result = each(*args, **kwargs)
                    _begin(result)
                except errors as error:
                    caught.append(error)
                else:
                    return _with_caught(result, caught)
            raise FallbackError(caught) from caught[-1]

        return cast("_CallT", call)

    return decorate


def _other_call(fn: Any, other: Fallback) -> Callable[..., Any]:
    """Make the call of another vendor of the prompt that `fn`, however decorated, is a call of."""
    options = getattr(fn, "_call_options", None)
    if options is None:
        raise TypeError("`fallback` stands above the call decorator of a `mirascope.core` vendor.")
    if other["provider"] not in get_args(Provider):
        raise ValueError(f"There is no provider {other['provider']!r} to fall back to.")
    prompt = fn.__wrapped__
    while hasattr(prompt, "_call_options"):  # `functools.wraps` hands attributes on
        prompt = prompt.__wrapped__
    params = other.get("call_params")
    if (
        params is None
        and CommonCallParams.__annotations__.keys() >= (options["call_params"] or {}).keys()
    ):
        params = options["call_params"]
    vendor = import_module(f"mirascope.core.{other['provider']}")
    options = {**options, "call_params": params, "client": other.get("client")}
    made: Callable[..., Any] = vendor.call(other["model"], **options)(prompt)
    return made


def _stream_of(result: Any) -> BaseStream[Any, Any] | None:
    if isinstance(result, BaseStructuredStream):
        return result.stream
    return result if isinstance(result, BaseStream) else None


def _begin(result: object) -> None:
    """Read the first pair of a stream, which is what sends its request, and put it back."""
    stream = _stream_of(result)
    if stream is not None and isinstance(stream.stream, Generator):
        stream.stream = _rejoined(next(stream.stream, None), stream.stream)


async def _abegin(result: object) -> None:
    stream = _stream_of(result)
    if stream is not None and isinstance(stream.stream, AsyncGenerator):
        stream.stream = _arejoined(await anext(stream.stream, None), stream.stream)


def _rejoined(
    first: _Pair | None, rest: Generator[_Pair, None, None]
) -> Generator[_Pair, None, None]:
    with closing(rest):
        if first is not None:
            yield first
            yield from rest


async def _arejoined(
    first: _Pair | None, rest: AsyncGenerator[_Pair, None]
) -> AsyncGenerator[_Pair, None]:
    async with aclosing(rest):
        if first is not None:
            yield first
            async for pair in rest:
                yield pair


def _with_caught(result: Any, caught: list[Exception]) -> Any:
    if caught:
        with suppress(AttributeError, TypeError):  # a number or a list has no attributes
            result._caught = caught
    return result
