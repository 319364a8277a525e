"""Dependencies that travel with a call to prompts and tools."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from typing_extensions import TypeVar

__all__ = ["Context", "DepsT"]

DepsT = TypeVar("DepsT", default=None)


@dataclass(kw_only=True)
class Context(Generic[DepsT]):
    """What prompts and tools need besides their arguments; the model never sees it."""

    deps: DepsT
