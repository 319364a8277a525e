"""Layers around everything in a block, or in the whole process."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from mirascope.llm.layering.layer import Layer, layers_of

__all__ = [
    "BlockLayer",
    "InmostLayer",
    "block_layers",
    "inmost",
    "inmost_layers",
    "layers",
    "put_around_everything",
    "take_away",
]

_LayerT = TypeVar("_LayerT", bound=Layer)

_active: ContextVar[tuple[Layer, ...]] = ContextVar("mirascope_layers", default=())

_inmost: ContextVar[tuple[Layer, ...]] = ContextVar("mirascope_inmost_layers", default=())

_everywhere: tuple[Layer, ...] = ()

_requests = logging.getLogger("mirascope.llm.requests")


def block_layers() -> tuple[Layer, ...]:
    """Return what stands around every request made here and now, outermost first.

    The layers of the whole process, the one that logs if somebody listens, and the layers of the
    blocks that this task or thread is in.
    """
    layers = _active.get()
    if _requests.isEnabledFor(logging.INFO):
        from mirascope.llm.layering.request_log import log_request  # only for who listens

        layers = (log_request, *layers)
    return (*_everywhere, *layers) if _everywhere else layers


def inmost_layers() -> tuple[Layer, ...]:
    """Return what stands inside of all other layers, around each request as it is sent."""
    stack = _inmost.get()
    # One that was entered twice stands there once.
    return stack if len(stack) < 2 else tuple({id(one): one for one in stack}.values())


@contextmanager
def inmost(layers: tuple[Layer, ...]) -> Generator[None]:
    """Have these stand inside of all others, and no more than these, in this task or thread."""
    token = _inmost.set(layers)
    try:
        yield
    finally:
        _inmost.reset(token)


def put_around_everything(layer: Layer) -> None:
    """Put a layer around every request that is made from now on, in this process.

    It stands outside of all others, those put there before included.
    """
    global _everywhere
    _everywhere = (*layers_of([layer]), *_everywhere)


def take_away(layer: Layer) -> None:
    """Undo `put_around_everything`; requests that are under way keep the layer."""
    global _everywhere
    _everywhere = tuple(one for one in _everywhere if one is not layer)


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
        _active.set(_without_last(_active.get(), self))


class InmostLayer:
    """A layer that is a context manager, and stands inside of all others in its block."""

    def __enter__(self: _LayerT) -> _LayerT:
        _inmost.set((*_inmost.get(), self))
        return self

    def __exit__(self: Layer, *exc_info: object) -> None:
        _inmost.set(_without_last(_inmost.get(), self))


def _without_last(stack: tuple[Layer, ...], layer: Layer) -> tuple[Layer, ...]:
    last = len(stack) - 1 - stack[::-1].index(layer)
    return stack[:last] + stack[last + 1 :]
