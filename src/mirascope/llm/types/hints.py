"""What the annotations of a function mean."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Sequence
from types import FrameType, FunctionType, MethodType, SimpleNamespace
from typing import Any, cast, get_type_hints

__all__ = ["annotated_function", "enclosing_frames", "resolve_hints"]


def annotated_function(fn: Any) -> Callable[..., object]:
    """Return the function that carries the annotations and docstring of a callable.

    That is the function itself, the one behind a `functools.partial`, a method, a `classmethod` or
    a `staticmethod`, or the ``__call__`` of an object that has no annotations of its own.
    """
    while True:
        if isinstance(fn, functools.partial):
            fn = fn.func
        elif isinstance(fn, (classmethod, staticmethod, MethodType)):
            fn = cast("Any", fn).__func__
        else:
            break
    call = inspect.getattr_static(cast("type[object]", type(fn)), "__call__", None)
    own = getattr(fn, "__dict__", {})
    return call if isinstance(call, FunctionType) and "__annotations__" not in own else fn


def resolve_hints(
    fn: Callable[..., object],
    names: Collection[str],
    frames: Sequence[FrameType] | None = None,
) -> dict[str, Any]:
    """Return the types that some parameters' annotations stand for, `Annotated` included.

    The other annotations, that of the result for one, do not have to make sense.

    Args:
        fn: Any callable.
        names: The parameters; those without an annotation are left out.
        frames: Where local names are looked up, outermost first; None for `enclosing_frames`.

    Raises:
        NameError: An annotation holds a name that does not exist, or not yet.
    """
    target = annotated_function(fn)
    namespace = _local_names(target, enclosing_frames(fn) if frames is None else frames)
    if inspect.isclass(target):
        annotations = get_type_hints(target, localns=namespace, include_extras=True)
    else:
        annotations = getattr(target, "__annotations__", {})
    chosen = {name: annotations[name] for name in names if name in annotations}
    return get_type_hints(
        SimpleNamespace(__annotations__=chosen), _globals(target), namespace, include_extras=True
    )


def enclosing_frames(fn: Callable[..., object]) -> tuple[FrameType, ...]:
    """Return the running calls that `fn` is defined in, outermost first; none at module level."""
    target = annotated_function(fn)
    qualname = getattr(target, "__qualname__", "")
    names = _globals(target)
    found: list[FrameType] = []
    frame = inspect.currentframe() if "." in qualname else None
    while frame is not None:
        scope = frame.f_code.co_qualname
        if frame.f_globals is names and qualname.startswith((f"{scope}.<locals>.", f"{scope}.")):
            found.append(frame)
        frame = frame.f_back
    return tuple(reversed(found))


def _globals(fn: Any) -> dict[str, Any]:
    return getattr(inspect.unwrap(fn), "__globals__", {})


def _local_names(fn: Any, frames: Sequence[FrameType]) -> dict[str, Any]:
    fn = inspect.unwrap(fn)
    names: dict[str, Any] = {}
    for frame in frames:
        names.update(frame.f_locals)
    names.update((param.__name__, param) for param in getattr(fn, "__type_params__", ()))
    code = getattr(fn, "__code__", None)
    for name, cell in zip(
        code.co_freevars if code else (), getattr(fn, "__closure__", None) or (), strict=False
    ):
        try:
            names[name] = cell.cell_contents
        except ValueError:  # not assigned yet
            continue
    return names
