"""What the tests of the current API share."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm


@pytest.fixture(autouse=True)
def fresh_registry() -> Iterator[None]:
    """Let every test start without registered providers."""
    llm.reset_provider_registry()
    yield
    llm.reset_provider_registry()


class Colour:
    """Asks a model and reads its stream, synchronously or not, with the same words."""

    def __init__(self, *, asynchronous: bool) -> None:
        self.asynchronous = asynchronous
        self._runner = asyncio.Runner() if asynchronous else None

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()

    def run(self, value: Any) -> Any:
        """Return `value`, awaited if need be."""
        if self._runner is None:
            return value
        return self._runner.run(_await(value), context=contextvars.copy_context())

    def call(self, model: llm.Model, content: Any, **more: Any) -> Any:
        return self.run(getattr(model, f"call{self._suffix}")(content, **more))

    def stream(self, model: llm.Model, content: Any, **more: Any) -> Any:
        return self.run(getattr(model, f"stream{self._suffix}")(content, **more))

    @property
    def _suffix(self) -> str:
        return "_async" if self.asynchronous else ""

    def read(self, model: llm.Model, content: Any, **more: Any) -> Any:
        """Return a stream that was read to its end."""
        response = self.stream(model, content, **more)
        self.finish(response)
        return response

    def next(self, iterator: Any) -> Any:
        return self.run(anext(iterator)) if self.asynchronous else next(iterator)

    def list(self, iterable: Any) -> list[Any]:
        return self.run(_collect(iterable)) if self.asynchronous else list(iterable)

    def finish(self, response: Any) -> None:
        self.run(response.finish())

    def close_response(self, response: Any) -> None:
        self.run(response.aclose() if self.asynchronous else response.close())


async def _await(value: Any) -> Any:
    return await value


async def _collect(iterable: Any) -> list[Any]:
    return [item async for item in iterable]


@pytest.fixture(params=[False, True], ids=["sync", "async"])
def colour(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """Return one of the two colours."""
    colour = Colour(asynchronous=request.param)
    yield colour
    colour.close()
