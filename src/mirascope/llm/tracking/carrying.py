"""Threads that are begun in a block belong to it.

Tasks copy the context variables of who begins them; threads do not. So the two ways in which a
thread is given work are taught to take the inmost layers along, once, when somebody first tracks;
with none, they are what they were. https://docs.python.org/3/library/contextvars.html (3.13)
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import wraps
from typing import Any

from mirascope.llm.layering.block import inmost, inmost_layers
from mirascope.llm.layering.layer import Layer

__all__ = ["carry_into_threads"]

_switch = threading.Lock()
_carried = False


def carry_into_threads() -> None:
    """Let threads, and the work that pools of threads are given, take the inmost layers along."""
    global _carried
    with _switch:
        if _carried:
            return
        _carried = True
        threading.Thread.start = _starting(threading.Thread.start)  # type: ignore[method-assign, assignment]  # the point of it
        ThreadPoolExecutor.submit = _submitting(ThreadPoolExecutor.submit)  # type: ignore[method-assign]  # likewise


def _starting(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    @wraps(start)
    def start_in_block(self: threading.Thread) -> None:
        if layers := inmost_layers():
            run = self.run

            def run_in_block() -> None:
                del self.run  # this one, which would be a cycle
                with inmost(layers):
                    run()

            self.run = run_in_block  # type: ignore[method-assign]  # of this thread only
        start(self)

    return start_in_block


def _submitting(submit: Callable[..., Future[Any]]) -> Callable[..., Future[Any]]:
    @wraps(submit)
    def submit_in_block(
        self: ThreadPoolExecutor, function: Callable[..., Any], /, *args: Any, **named: Any
    ) -> Future[Any]:
        layers = inmost_layers()
        if not layers:
            return submit(self, function, *args, **named)
        # It is the work that belongs to the block, not the thread, which may have other work later.
        with inmost(()):
            return submit(self, _run_in_block, layers, function, *args, **named)

    return submit_in_block


def _run_in_block(
    layers: tuple[Layer, ...], function: Callable[..., Any], *args: Any, **named: Any
) -> Any:
    with inmost(layers):
        return function(*args, **named)
