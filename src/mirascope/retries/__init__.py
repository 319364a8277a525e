"""Trying again: with the errors so far, or with another vendor."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .fallback import Fallback, FallbackError, fallback

if TYPE_CHECKING:
    from . import tenacity

__all__ = ["Fallback", "FallbackError", "fallback", "tenacity"]


def __getattr__(name: str) -> object:
    if name == "tenacity":  # late: it needs an extra, and the rest of the package does not
        return import_module(f"{__name__}.tenacity")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
