"""Middleware: handlers around a call, and a context manager that a stream keeps open."""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    Iterator,
)
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import Context, copy_context
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias, TypeVar, cast

from mirascope.core.base import BaseCallResponse, BaseStream, BaseStructuredStream

__all__ = ["middleware_factory"]

_CallT = TypeVar("_CallT", bound=Callable[..., Any])
_Handler: TypeAlias = Callable[[Any, Callable[..., Any], Any], Any]
_Kind: TypeAlias = Literal["call_response", "stream", "response_model", "structured_stream"]
_END = object()


@dataclass(frozen=True, slots=True)
class _Hooks:
    """What `middleware_factory` was given, for calls of one colour."""

    context_manager: Callable[[Callable[..., Any]], AbstractContextManager[Any]] | None
    handlers: dict[_Kind, _Handler | None]
    error: _Handler | None


def middleware_factory(
    *,
    custom_context_manager: (
        Callable[[Callable[..., Any]], AbstractContextManager[Any]] | None
    ) = None,
    custom_decorator: Callable[[Any], Any] | None = None,
    handle_call_response: _Handler | None = None,
    handle_call_response_async: _Handler | None = None,
    handle_stream: _Handler | None = None,
    handle_stream_async: _Handler | None = None,
    handle_response_model: _Handler | None = None,
    handle_response_model_async: _Handler | None = None,
    handle_structured_stream: _Handler | None = None,
    handle_structured_stream_async: _Handler | None = None,
    handle_error: _Handler | None = None,
    handle_error_async: _Handler | None = None,
) -> Callable[[_CallT], _CallT]:
    """Make a decorator that stands above a call decorator and sees what comes of each call.

    Every handler is called with the result, the decorated call, and what the context manager gave
    for `as`; the asynchronous ones are awaited, and called for asynchronous calls only. A handler
    that is not given is not missed.

    Args:
        custom_context_manager: Given the call, makes the context manager that is open while it
            runs; for a stream until its loop ends, however it ends. What it does to context
            variables is seen by the call and its handlers, and by nobody else.
        custom_decorator: Put around everything else.
        handle_call_response: Called with a response.
        handle_call_response_async: The same for asynchronous calls, and so for those below.
        handle_stream: Called with a stream that has been read to its end; not with one that was
            left or that failed.
        handle_stream_async: For asynchronous calls.
        handle_response_model: Called with an answer in the form of a response model, and with
            whatever else a call gives.
        handle_response_model_async: For asynchronous calls.
        handle_structured_stream: Called with a structured stream that has been read to its end.
        handle_structured_stream_async: For asynchronous calls.
        handle_error: Called with the error of a call; what it returns is given in place of the
            result. The error of a stream that has begun is raised all the same: nothing can take
            the place of what was read.
        handle_error_async: For asynchronous calls.

    Returns:
        A decorator.
    """
    sync = _Hooks(
        custom_context_manager,
        {
            "call_response": handle_call_response,
            "stream": handle_stream,
            "response_model": handle_response_model,
            "structured_stream": handle_structured_stream,
        },
        handle_error,
    )
    asynchronous = _Hooks(
        custom_context_manager,
        {
            "call_response": handle_call_response_async,
            "stream": handle_stream_async,
            "response_model": handle_response_model_async,
            "structured_stream": handle_structured_stream_async,
        },
        handle_error_async,
    )

    def decorate(fn: _CallT) -> _CallT:
        is_async = inspect.iscoroutinefunction(inspect.unwrap(fn))
        wrapped = _around_async(fn, asynchronous) if is_async else _around(fn, sync)
        return cast("_CallT", custom_decorator(wrapped) if custom_decorator else wrapped)

    return decorate


def _around(fn: Callable[..., Any], hooks: _Hooks) -> Callable[..., Any]:
    @functools.wraps(fn)
    def call(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            run = stack.enter_context(_Run(fn, hooks))
            try:
                result = run.inside(fn, *args, **kwargs)
            except Exception as error:
                if hooks.error is None:
                    raise
                return run.inside(hooks.error, error, fn, run.value)
            if isinstance(result, BaseStream | BaseStructuredStream):
                stack.pop_all()  # the stream's end leaves the context manager
                return _watched(cast("Any", result), run)
            run.handle(result)
            return result

    return call


def _around_async(fn: Callable[..., Any], hooks: _Hooks) -> Callable[..., Any]:
    @functools.wraps(fn)
    async def acall(*args: Any, **kwargs: Any) -> Any:
        with ExitStack() as stack:
            run = stack.enter_context(_Run(fn, hooks))
            try:
                result = await run.ainside(fn, *args, **kwargs)
            except Exception as error:
                if hooks.error is None:
                    raise
                return await run.ainside(hooks.error, error, fn, run.value)
            if isinstance(result, BaseStream | BaseStructuredStream):
                stack.pop_all()  # the stream's end leaves the context manager
                return _watched(cast("Any", result), run)
            await run.ahandle(result)
            return result

    return acall


class _Run:
    """One call under a middleware; a context manager around the user's.

    Everything is done in one context of its own, because a stream is read later, perhaps in
    another task, and what a context manager sets has to be reset where it was set.
    """

    def __init__(self, fn: Callable[..., Any], hooks: _Hooks) -> None:
        self.fn = fn
        self.hooks = hooks
        self.context = copy_context()
        make = hooks.context_manager
        self.manager: AbstractContextManager[Any] = make(fn) if make else nullcontext()
        self.value: Any = None
        self.dropped: weakref.finalize[..., Any] | None = None

    def __enter__(self) -> Self:
        self.value = self.inside(self.manager.__enter__)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        if self.dropped is not None:
            self.dropped.detach()
        suppresses: bool | None = self.inside(self.manager.__exit__, kind, error, traceback)
        return suppresses

    def inside(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.context.run(fn, *args, **kwargs)

    async def ainside(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await _Inside(self.context, self.inside(fn, *args, **kwargs))

    def handle(self, result: object) -> None:
        handler = self.hooks.handlers[_kind(result)]
        if handler is not None:
            self.inside(handler, result, self.fn, self.value)

    async def ahandle(self, result: object) -> None:
        handler = self.hooks.handlers[_kind(result)]
        if handler is not None:
            await self.ainside(handler, result, self.fn, self.value)

    def watch(self, stream: object, items: Iterator[Any]) -> Generator[Any, None, None]:
        """Yield what a stream yields, then handle it and leave the context manager."""
        with ExitStack() as stack:
            stack.push(self)  # it was entered by the call
            try:
                while (item := self.inside(next, items, _END)) is not _END:
                    yield item
            except Exception as error:
                if self.hooks.error is not None:
                    self.inside(self.hooks.error, error, self.fn, self.value)
                raise
            finally:
                if isinstance(items, Generator):
                    self.inside(items.close)
            self.handle(stream)

    async def awatch(self, stream: object, items: AsyncIterator[Any]) -> AsyncGenerator[Any, None]:
        """Do the same for an asynchronous stream."""
        with ExitStack() as stack:
            stack.push(self)  # it was entered by the call
            try:
                while (item := await self.ainside(anext, items, _END)) is not _END:
                    yield item
            except Exception as error:
                if self.hooks.error is not None:
                    await self.ainside(self.hooks.error, error, self.fn, self.value)
                raise
            finally:
                if isinstance(items, AsyncGenerator):
                    await self.ainside(items.aclose)
            await self.ahandle(stream)


def _kind(result: object) -> _Kind:
    if isinstance(result, BaseCallResponse):
        return "call_response"
    if isinstance(result, BaseStream):
        return "stream"
    return "structured_stream" if isinstance(result, BaseStructuredStream) else "response_model"


class _Inside:
    """Something to await, of which every step is taken in a context."""

    def __init__(self, context: Context, awaitable: Awaitable[Any]) -> None:
        self.context = context
        self.awaitable = awaitable

    def __await__(self) -> Generator[Any, Any, Any]:
        steps: Any = self.awaitable.__await__()
        step, value = steps.send, None
        while True:
            try:
                waits_for = self.context.run(step, value)
            except StopIteration as end:
                return end.value
            try:
                step, value = steps.send, (yield waits_for)
            except BaseException as error:  # a cancellation too: it is for what is awaited
                step, value = steps.throw, error


@functools.cache
def _watched_type(kind: Any) -> type:
    """Make the class of watched streams of a kind, once; it goes by the name of the kind.

    The kind is its only base: a stream can become one only where its layout stays what it was.
    """

    def iterate(self: Any) -> Iterator[Any]:
        items: Iterator[Any] = kind.__iter__(self)
        for run in self.watching_runs:
            items = run.watch(self, items)
        return items

    def aiterate(self: Any) -> AsyncIterator[Any]:
        items: AsyncIterator[Any] = kind.__aiter__(self)
        for run in self.watching_runs:
            items = run.awatch(self, items)
        return items

    members = {"__iter__": iterate, "__aiter__": aiterate, "__module__": kind.__module__}
    return type(kind.__name__, (kind,), members)


def _watched(stream: Any, run: _Run) -> Any:
    if hasattr(stream, "watching_runs"):  # by the middleware below
        stream.watching_runs.append(run)
    else:
        stream.__class__ = _watched_type(stream.__class__)
        stream.watching_runs = [run]
    # Nobody may read it; its context manager is left all the same.
    run.dropped = weakref.finalize(stream, run.__exit__, None, None, None)
    return stream
