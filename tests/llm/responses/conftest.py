"""One test body for the four variants of a stream response."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from mirascope import llm


class Variant:
    """Runs the operations of one variant synchronously, whatever its colour."""

    def __init__(self, *, asynchronous: bool, context: bool) -> None:
        self.asynchronous = asynchronous
        self.context = context
        self.ctx = llm.Context(deps="deps")
        self.prefix = ("Async" if asynchronous else "") + ("Context" if context else "")
        self.stream_class: Any = getattr(llm, f"{self.prefix}StreamResponse")
        self.response_class: Any = getattr(llm, f"{self.prefix}Response")
        self._runner = asyncio.Runner() if asynchronous else None

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()

    def stream(self, chunks: Iterable[Any], **more: Any) -> Any:
        """Return a stream response over `chunks`; an exception among them is raised in its turn."""
        iterator: Any = _replay(chunks)
        if self.asynchronous:
            iterator = _replay_async(chunks)
        return self.stream_class(
            provider_id="test",
            model_id="test/model",
            provider_model_name="model",
            params={},
            input_messages=[llm.messages.user("hi")],
            chunk_iterator=iterator,
            **more,
        )

    def run(self, value: Any) -> Any:
        """Return `value`, awaited if need be."""
        if self._runner is not None and hasattr(value, "__await__"):
            return self._runner.run(_await(value))
        return value

    def next(self, iterator: Any) -> Any:
        """Return the next item; `StopIteration` at the end, in both colours."""
        if self._runner is None:
            return next(iterator)
        try:
            return self._runner.run(_await(anext(iterator)))
        except StopAsyncIteration:
            raise StopIteration from None

    def iter(self, iterable: Any) -> Any:
        return aiter(iterable) if self.asynchronous else iter(iterable)

    def list(self, iterable: Any) -> list[Any]:
        """Return all items."""
        if self._runner is None:
            return list(iterable)
        return self._runner.run(_collect(iterable))

    def args(self, *args: Any) -> tuple[Any, ...]:
        """Return `args`, behind the context where the variant wants one."""
        return (self.ctx, *args) if self.context else args


async def _await(value: Any) -> Any:
    return await value


async def _collect(iterable: Any) -> list[Any]:
    return [item async for item in iterable]


def _replay(chunks: Iterable[Any]) -> Iterator[Any]:
    for chunk in chunks:
        if isinstance(chunk, BaseException):
            raise chunk
        yield chunk


async def _replay_async(chunks: Iterable[Any]) -> Any:
    for chunk in chunks:
        if isinstance(chunk, BaseException):
            raise chunk
        await asyncio.sleep(0)
        yield chunk


@pytest.fixture(
    params=[(False, False), (True, False), (False, True), (True, True)],
    ids=["sync", "async", "context", "async-context"],
)
def variant(request: pytest.FixtureRequest) -> Iterator[Variant]:
    asynchronous, context = request.param
    variant = Variant(asynchronous=asynchronous, context=context)
    yield variant
    variant.close()
