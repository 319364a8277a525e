"""Layers around everything in a block."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from mirascope.llm.layering.layer import Layer, layers_of

__all__ = ["BlockLayer", "block_layers", "layers"]

_LayerT = TypeVar("_LayerT", bound=Layer)

_active: ContextVar[tuple[Layer, ...]] = ContextVar("mirascope_layers", default=())


def block_layers() -> tuple[Layer, ...]:
    """Return the layers of the blocks that this task or thread is in, outermost first."""
    return _active.get()


@contextmanager
def layers(*layers: Layer) -> Generator[None]:
    """Put layers around every request made in a `with` block, in this task or thread.

    They stand around those of calls, models and providers, and around those of inner blocks.

    Args:
        *layers: Outermost first.

    Raises:
        TypeError: Something is no layer.
    """
    token = _active.set((*_active.get(), *layers_of(layers)))
    try:
        yield
    finally:
        _active.reset(token)


class BlockLayer:
    """A layer that is a context manager, too: around every request made in its block.

    It stands inside those of the blocks around it. The same one may be entered by many tasks at
    once.
    """

    def __enter__(self: _LayerT) -> _LayerT:
        _active.set((*_active.get(), self))
        return self

    def __exit__(self: Layer, *exc_info: object) -> None:
        stack = _active.get()
        last = len(stack) - 1 - stack[::-1].index(self)
        _active.set(stack[:last] + stack[last + 1 :])
