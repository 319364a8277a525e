"""Work that blocks, for layers, which must not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from mirascope.llm.layering.answer import Step, wait
from mirascope.llm.layering.signal import Signal

__all__ = ["aside"]

T = TypeVar("T")


def aside(work: Callable[[], T]) -> Generator[Step, Any, T]:
    """Do something that blocks, in a thread of its own; the layer waits, and its loop does not.

    Use it as ``result = yield from aside(work)``. When the response is closed meanwhile, the wait
    ends and the work goes on.

    Args:
        work: What to do: a short look into a file or another process.

    Returns:
        What it returns; what it raises is raised.
    """
    done = Signal()
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as error:
            failed.append(error)
        done.set()

    threading.Thread(target=run, name="mirascope-aside").start()
    yield wait(done)
    if failed:
        raise failed.pop()
    return found.pop()
