"""Layers around everything in a block."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from mirascope.llm.layering.layer import Layer, layers_of

__all__ = ["block_layers", "enter_layer", "exit_layer", "layers"]

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


def enter_layer(layer: Layer) -> None:
    """Put a layer that is a context manager itself inside those of the blocks around it."""
    _active.set((*_active.get(), layer))


def exit_layer(layer: Layer) -> None:
    """Take away the innermost such layer; the same one may be entered by many tasks at once."""
    stack = _active.get()
    last = len(stack) - 1 - stack[::-1].index(layer)
    _active.set(stack[:last] + stack[last + 1 :])
