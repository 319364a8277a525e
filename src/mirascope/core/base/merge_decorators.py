"""One decorator out of several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["merge_decorators"]


def merge_decorators(
    decorator: Callable[[Any], Any], *additional_decorators: Callable[[Any], Any]
) -> Callable[[], Callable[[Any], Any]]:
    """Merge decorators, the first one outermost.

    Returns:
        A factory: `@merged()` applies all of them.
    """

    def factory() -> Callable[[Any], Any]:
        def decorate(fn: Any) -> Any:
            for each in (*additional_decorators[::-1], decorator):
                fn = each(fn)
            return fn

        return decorate

    return factory
