"""An asynchronous iterator in a task of its own.

Cancelling who waits for a generator ends the generator: the cancellation is raised inside it. So
nobody waits for it but a task that nobody cancels. Readers wait for what the task has got, one item
at a time and only when asked; what a reader that left had asked for, the next one gets.

    reader      anext(pump) ──▶ wanted ──▶ task: anext(iterator) ──▶ ready ──▶ the item

The task must not know the pump, or a response that was dropped would live as long as its iterator.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar, cast

from mirascope.llm.exceptions import StreamCancelledError

__all__ = ["Pump"]

T = TypeVar("T")


class _Box:
    """What passes between readers and the task."""

    def __init__(self) -> None:
        self.asked = False
        """Whether an item was asked for that nobody has taken; a reader that left may have."""
        self.wanted = asyncio.Event()
        self.ready = asyncio.Event()
        self.item: Any = None
        self.error: BaseException | None = None


class Pump(Generic[T]):
    """Takes items from an iterator for readers who come and go, one reader at a time.

    It is an iterator itself, whose readers may be cancelled without loss.
    """

    def __init__(self, iterator: AsyncIterator[T]) -> None:
        """Begin; nothing is taken before it is asked for. Call it in the event loop."""
        self._loop = asyncio.get_running_loop()
        self._box = _Box()
        self._task = self._loop.create_task(_run(iterator, self._box))

    async def __anext__(self) -> T:
        """Return the next item."""
        box = self._box
        if not box.asked:
            box.asked = True
            box.wanted.set()
        if self._loop.is_closed() and not box.ready.is_set():
            raise StreamCancelledError("The event loop that the stream was read in is closed.", "")
        await box.ready.wait()
        if box.error is not None:  # for ever: nothing follows
            raise box.error
        box.ready.clear()
        box.asked = False
        item, box.item = cast("T", box.item), None
        return item

    def close(self) -> None:
        """Stop the task in the loop's next round; from any thread."""
        if not self._task.done():
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._task.cancel)

    async def aclose(self) -> None:
        """Stop the task, and wait until the iterator is closed."""
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])


async def _run(iterator: AsyncIterator[Any], box: _Box) -> None:
    """Take an item whenever one is wanted, until there is none or something goes wrong."""
    try:
        while True:
            await box.wanted.wait()
            box.wanted.clear()
            box.item = await anext(iterator)
            box.ready.set()
    except asyncio.CancelledError:  # by `close`, or by the iterator: not by a reader
        box.error = StreamCancelledError("The stream was cancelled at its source.", "")
    except BaseException as error:
        box.error = error
    try:
        if (aclose := getattr(iterator, "aclose", None)) is not None:
            await aclose()
    finally:
        box.ready.set()
