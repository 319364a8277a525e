"""A function as its author wrote it: name, docstring, parameters."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from inspect import Parameter
from types import FunctionType, MethodType
from typing import cast

from mirascope.llm.types.hints import annotated_function

__all__ = [
    "copy_metadata",
    "docstring_of",
    "is_async",
    "is_method",
    "is_plain",
    "name_of",
    "parameter_descriptions",
    "parameters_of",
    "require_function",
    "require_name",
]

AnyFn = Callable[..., object]


def require_function(fn: object) -> None:
    """Raise `TypeError` for what is no function, or has more than one result: a generator."""
    if not callable(fn) and not isinstance(fn, (classmethod, staticmethod)):
        raise TypeError(
            f"A tool is made of a function, not of an object of class {type(fn).__name__}."
        )
    fn = cast("AnyFn", fn)
    if _is_any(fn, inspect.isgeneratorfunction, inspect.isasyncgenfunction):
        raise TypeError(
            f"{name_of(fn)} is a generator function, and a tool has one result: collect what it "
            "yields in a list, and return that."
        )


def require_name(fn: AnyFn) -> None:
    """Raise `TypeError` for a lambda."""
    if name_of(fn) == "<lambda>":
        code = getattr(_without_partial(fn), "__code__", None)
        line = f" in line {code.co_firstlineno}" if code else ""
        raise TypeError(
            f"The lambda{line} of {getattr(_without_partial(fn), '__module__', None)} has no name "
            "that a model could call: write it with `def`, a docstring and type hints."
        )


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
    return inspect.cleandoc(doc) if isinstance(doc, str) else ""


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


def is_plain(fn: object) -> bool:
    """Return whether `fn` says all that a model has to know: it has a docstring and type hints."""
    if not isinstance(fn, (FunctionType, MethodType)) or name_of(fn) == "<lambda>":
        return False
    if inspect.isgeneratorfunction(fn) or inspect.isasyncgenfunction(fn) or not docstring_of(fn):
        return False
    parameters = inspect.signature(fn).parameters.values()
    return all(parameter.annotation is not Parameter.empty for parameter in parameters)


def parameters_of(fn: AnyFn) -> list[Parameter]:
    """Return the function's parameters, `self` and `cls` among them if it is not bound.

    Raises:
        TypeError: It does not tell, as some builtins.
    """
    name = name_of(fn)
    try:
        if isinstance(fn, classmethod):
            fn = annotated_function(fn)
        return list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} does not tell its parameters: call it in a function of your own, with "
            "a docstring and type hints, and make a tool of that."
        ) from error


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


def _is_any(fn: AnyFn, *tests: Callable[[object], bool]) -> bool:
    """Return whether a test holds for a function, or for the one inside an object."""
    bare = _without_partial(fn)
    call: object = inspect.getattr_static(type(bare), "__call__", None)
    inner: list[object] = [bare, annotated_function(bare), call]
    if not isinstance(bare, (FunctionType, MethodType)) and not isinstance(call, FunctionType):
        inner.append(getattr(bare, "__wrapped__", None))  # as `functools.cache` keeps it
    return any(test(function) for test in tests for function in inner)


def _without_partial(fn: AnyFn) -> AnyFn:
    while isinstance(fn, functools.partial):
        fn = fn.func
    return fn
