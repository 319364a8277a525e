"""A function as its author wrote it: name, docstring, parameters."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from inspect import Parameter
from types import FunctionType, MethodType

from mirascope.llm.types.hints import annotated_function

__all__ = [
    "copy_metadata",
    "docstring_of",
    "is_async",
    "is_method",
    "name_of",
    "parameter_descriptions",
    "parameters_of",
]

AnyFn = Callable[..., object]


def name_of(fn: AnyFn) -> str:
    """Return the function's name; for an object that has none, its class's."""
    bare = _without_partial(fn)
    return str(getattr(bare, "__name__", type(bare).__name__))


def docstring_of(fn: AnyFn) -> str:
    """Return the docstring without its indentation; empty when there is none."""
    bare = _without_partial(fn)
    target = annotated_function(bare)
    doc = getattr(target, "__doc__", None)
    if not doc and target is inspect.getattr_static(type(bare), "__call__", None):
        doc = type(bare).__doc__
    return inspect.cleandoc(doc or "")


def copy_metadata(fn: AnyFn, target: object) -> None:
    """Make `target` look like `fn` to `inspect.signature` and to readers."""
    names = vars(target)
    for name in ("__module__", "__qualname__", "__annotations__", "__doc__"):
        try:
            names[name] = getattr(_without_partial(fn), name)
        except (AttributeError, NameError):  # annotations may be evaluated by this, and fail
            continue
    names["__name__"] = name_of(fn)
    names["__wrapped__"] = fn


def is_async(fn: AnyFn) -> bool:
    """Return whether calling `fn` gives something to await."""
    bare = _without_partial(fn)
    if not isinstance(bare, (FunctionType, MethodType)):  # another tool, for one
        bare = getattr(bare, "__wrapped__", bare)
    return inspect.iscoroutinefunction(bare) or inspect.iscoroutinefunction(
        annotated_function(bare)
    )


def parameters_of(fn: AnyFn) -> list[Parameter]:
    """Return the function's parameters, `self` and `cls` among them if it is not bound.

    Raises:
        ValueError: It is a builtin that does not tell.
    """
    if isinstance(fn, classmethod):
        fn = annotated_function(fn)
    return list(inspect.signature(fn).parameters.values())


def is_method(parameters: Sequence[Parameter]) -> bool:
    """Return whether these are the parameters of a method not taken from instance or class."""
    return bool(parameters) and parameters[0].name in ("self", "cls")


def parameter_descriptions(docstring: str) -> dict[str, str]:
    """Return what a docstring in any of the usual styles says about each parameter."""
    if "\n" not in docstring:  # a summary alone
        return {}
    import docstring_parser  # only tools with a longer docstring pay for it

    try:
        parsed = docstring_parser.parse(docstring)
    except docstring_parser.ParseError:
        return {}
    return {
        name.strip().lstrip("*"): param.description
        for param in parsed.params
        if param.description
        for name in param.arg_name.split(",")  # NumPy style describes several at once
    }


def _without_partial(fn: AnyFn) -> AnyFn:
    while isinstance(fn, functools.partial):
        fn = fn.func
    return fn
