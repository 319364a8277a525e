"""Tags a user hangs on a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, TypeVar, cast

__all__ = ["Metadata", "metadata", "metadata_of"]

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
        hung: Any = target
        hung._metadata = metadata
        return target

    return decorate


def metadata_of(target: object, config: Mapping[str, Any]) -> Metadata:
    """Give what a dynamic config says, or what hangs on the function."""
    return cast("Metadata", config.get("metadata", getattr(target, "_metadata", None)) or {})
