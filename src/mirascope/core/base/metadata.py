"""Tags a user hangs on a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict, TypeVar

__all__ = ["Metadata", "metadata"]

_T = TypeVar("_T")


class Metadata(TypedDict, total=False):
    """What `metadata` takes."""

    tags: set[str]


def metadata(metadata: Metadata) -> Callable[[_T], _T]:
    """Hang metadata on a function or a `BasePrompt`; responses and streams carry it.

    The decorator stands below the call decorator, directly on the function or under
    `prompt_template`. A dynamic config that has `metadata` replaces it for that call.
    """

    def decorate(target: _T) -> _T:
        target._metadata = metadata  # type: ignore[attr-defined]  # any function or class
        return target

    return decorate
