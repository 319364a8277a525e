"""The four ways to ask, with the same words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from mirascope import llm

__all__ = ["WAYS", "Way"]


class Way:
    """One of the four ways to ask, run from synchronous code."""

    def __init__(self, *, asynchronous: bool, stream: bool) -> None:
        self.asynchronous = asynchronous
        self.stream = stream

    def ask(self, model: llm.Model, content: Any = "hi", **more: Any) -> Any:
        """Ask, and read to the end."""
        return self.finish(lambda: self.start(model, content, **more))

    def start(self, model: llm.Model, content: Any = "hi", **more: Any) -> Any:
        name = ("stream" if self.stream else "call") + ("_async" if self.asynchronous else "")
        return getattr(model, name)(content, **more)

    def finish(self, start: Callable[[], Any]) -> Any:
        if self.asynchronous:
            return asyncio.run(self._finish(start))
        response = start()
        if self.stream:
            response.finish()
        return response

    async def _finish(self, start: Callable[[], Any]) -> Any:
        response = await start()
        if self.stream:
            await response.finish()
        return response

    def resume(self, response: Any, content: str) -> Any:
        return self.finish(lambda: response.resume(content))


WAYS = {
    "call": Way(asynchronous=False, stream=False),
    "stream": Way(asynchronous=False, stream=True),
    "call_async": Way(asynchronous=True, stream=False),
    "stream_async": Way(asynchronous=True, stream=True),
}
