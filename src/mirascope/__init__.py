"""One interface to every large language model: `mirascope.llm`; the v1 API: `mirascope.core`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from mirascope._version import __version__

if TYPE_CHECKING:
    from mirascope import core, llm

__all__ = ["__version__", "core", "llm"]


def __getattr__(name: str) -> object:
    if name in ("core", "llm"):
        return import_module(f"mirascope.{name}")
    raise AttributeError(f"module 'mirascope' has no attribute {name!r}")
