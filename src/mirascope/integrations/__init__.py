"""Something around every call: a middleware of your own, or one that traces."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .middleware import middleware_factory

if TYPE_CHECKING:
    from . import langfuse, logfire, otel, tenacity

__all__ = ["langfuse", "logfire", "middleware_factory", "otel", "tenacity"]


def __getattr__(name: str) -> object:
    if name in __all__:  # late: each needs an extra of its own
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
