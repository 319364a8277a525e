"""Who is told of work that is no request: of tools that run, and of runs of agents.

Requests have layers. Other work has watchers: a watcher is a function of a `Work` that returns a
context manager around it, and what that gives is called with what came of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = [
    "Watcher",
    "Work",
    "watch_everywhere",
    "watch_from_now",
    "watch_no_more",
    "watch_until_now",
    "watched",
    "watching",
]


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """Something that is done for a conversation, and is no request."""

    kind: Literal["tool", "run"]
    name: str
    """Of the tool, or of the agent."""
    of: Any
    """The tool; what the agent runs on."""
    call: Any = None
    """The call of the tool."""


Watcher: TypeAlias = Callable[[Work], AbstractContextManager[Callable[[Any], object]]]

_everywhere: tuple[Watcher, ...] = ()
_active: ContextVar[tuple[Watcher, ...]] = ContextVar("mirascope_watchers", default=())


def watch_everywhere(watcher: Watcher) -> None:
    """Have `watcher` told of all work in this process."""
    global _everywhere
    _everywhere = (*_everywhere, watcher)


def watch_no_more(watcher: Watcher) -> None:
    """Undo `watch_everywhere`."""
    global _everywhere
    _everywhere = tuple(one for one in _everywhere if one != watcher)


def watch_from_now(watcher: Watcher) -> None:
    """Have `watcher` told of all work of this task or thread, until `watch_until_now`."""
    _active.set((*_active.get(), watcher))


def watch_until_now(watcher: Watcher) -> None:
    """Undo the last `watch_from_now` of it."""
    stack = _active.get()
    last = len(stack) - 1 - stack[::-1].index(watcher)
    _active.set(stack[:last] + stack[last + 1 :])


@contextmanager
def watching(watchers: Iterable[Watcher]) -> Generator[None]:
    """Have watchers told of the work that is done in the block, by this task or thread."""
    token = _active.set((*_active.get(), *watchers))
    try:
        yield
    finally:
        _active.reset(token)


@contextmanager
def watched(work: Work) -> Generator[Callable[[Any], object]]:
    """Tell the watchers that `work` is done in the block.

    Yields:
        What to call with what came of it; an exception that leaves the block says it by itself.
    """
    watchers = (*_everywhere, *_active.get())
    if not watchers:
        yield _nobody
        return
    with ExitStack() as stack:
        told = [stack.enter_context(watcher(work)) for watcher in watchers]

        def tell(outcome: Any) -> None:
            for one in told:
                one(outcome)

        yield tell


def _nobody(outcome: Any) -> None:
    """Hear nothing."""
