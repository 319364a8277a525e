"""The eight ways to ask a model, with the same words for running on."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator
from typing import Any

import pytest

from mirascope import llm

__all__ = ["MODELS", "WAYS", "Way", "outputs_answer_calls", "way"]

MODELS = [
    "openai/gpt-5-mini",
    "openai/gpt-5-mini:completions",
    "anthropic/claude-haiku-4-5",
    "google/gemini-2.5-flash",
]
WAYS = [
    f"{context}{colour}{kind}"
    for context in ("", "context ")
    for colour in ("", "async ")
    for kind in ("call", "stream")
]


class Way:
    def __init__(self, name: str) -> None:
        self.name = name
        self.asynchronous = "async" in name
        self.streams = "stream" in name
        self.ctx = (llm.Context(deps=None),) if "context" in name else ()
        self._runner = asyncio.Runner() if self.asynchronous else None

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()

    def do(self, value: Any) -> Any:
        """Return `value`, awaited if need be."""
        if self._runner is None:
            return value
        return self._runner.run(_await(value), context=contextvars.copy_context())

    def ask(self, model: Any, content: Any, **more: Any) -> Any:
        prefix = "context_" if self.ctx else ""
        suffix = "_async" if self.asynchronous else ""
        method = f"{prefix}{'stream' if self.streams else 'call'}{suffix}"
        if self.ctx:
            more["ctx"] = self.ctx[0]
        return self.do(getattr(model, method)(content, **more))

    def run(self, response: Any, **options: Any) -> Any:
        return self.do(response.run(*self.ctx, **options))

    def run_stream(self, response: Any, **options: Any) -> Any:
        return response.run_stream(*self.ctx, **options)

    def finish(self, response: Any) -> None:
        if self.streams:
            self.do(response.finish())

    def execute_tools(self, response: Any) -> Any:
        return self.do(response.execute_tools(*self.ctx))

    def resume(self, response: Any, content: Any, **more: Any) -> Any:
        return self.do(response.resume(*self.ctx, content, **more))

    def by_hand(self, response: Any) -> Any:
        """Run as the documentation does."""
        self.finish(response)
        while response.tool_calls:
            response = self.resume(response, self.execute_tools(response))
            self.finish(response)
        return response

    def load(self, response: Any, text: str, **more: Any) -> Any:
        return type(response).from_json(text, **more)

    def list(self, iterable: Any) -> list[Any]:
        return self.do(_collect(iterable)) if self.asynchronous else list(iterable)

    def tool(self, fn: Any, **settings: Any) -> Any:
        """Make a tool of `fn`, which in asynchronous ways is made async."""
        if not self.asynchronous:
            return llm.tool(**settings)(fn)

        async def later(**arguments: Any) -> Any:
            return fn(**arguments)

        later.__signature__ = __import__("inspect").signature(fn)  # type: ignore[attr-defined]
        later.__name__ = fn.__name__
        later.__doc__ = fn.__doc__
        later.__annotations__ = fn.__annotations__
        return llm.tool(**settings)(later)


async def _await(value: Any) -> Any:
    return await value


async def _collect(iterable: Any) -> list[Any]:
    return [item async for item in iterable]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Iterator[Way]:
    """Return one of the eight ways."""
    way = Way(request.param)
    yield way
    way.close()


def outputs_answer_calls(messages: Any) -> bool:
    """Return whether each call is answered, once and in order, by the message after it."""
    for message, after in zip(messages, [*messages[1:], None], strict=True):
        if message.role == "assistant":
            calls = [part.id for part in message.content if part.type == "tool_call"]
            outputs = [] if after is None or after.role != "user" else after.content
            answered = [part.id for part in outputs if part.type == "tool_output"]
            if after is not None and calls != answered:
                return False
    return True
