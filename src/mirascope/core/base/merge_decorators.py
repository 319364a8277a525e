"""One decorator out of several."""

from __future__ import annotations

import functools
import inspect
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
            made = fn
            for each in (*additional_decorators[::-1], decorator):
                made = each(made)
            if inspect.isfunction(made) and made is not fn and inspect.unwrap(made) is made:
                # One of them does not say whom it wraps.
                functools.update_wrapper(made, fn)
            return made

        return decorate

    return factory
