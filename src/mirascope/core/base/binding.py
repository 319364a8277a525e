"""What is known of a call before it is sent: arguments by name, colour, time."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["bind_args", "is_async", "now"]


def bind_args(
    fn: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Name the arguments of a call, defaults included and `**kwargs` flattened."""
    signature = inspect.signature(fn)
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    named = dict(bound.arguments)
    for name, parameter in signature.parameters.items():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            named.update(named.pop(name, {}))
    return named


def is_async(fn: Callable[..., Any]) -> bool:
    """Whether calling the function, or what it wraps, gives an awaitable."""
    return inspect.iscoroutinefunction(inspect.unwrap(fn))


def now() -> float:
    """Milliseconds since the epoch."""
    return time.time() * 1000
