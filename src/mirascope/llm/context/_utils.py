"""Telling whether a function takes a context."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from typing import Annotated, Union, get_args, get_origin

from mirascope.llm.context.context import Context
from mirascope.llm.types.hints import annotated_function, resolve_hints

__all__ = ["first_param_is_context"]


def first_param_is_context(fn: Callable[..., object]) -> bool:
    """Return whether the first parameter of `fn`, after `self` or `cls`, is a context.

    It has to be named ``ctx`` and be annotated as `Context`, a subclass of it, either of them
    parametrised, ``Annotated`` or optional.
    """
    if isinstance(fn, (classmethod, staticmethod)):
        fn = annotated_function(fn)
    try:
        parameters = list(inspect.signature(fn).parameters.values())
    except (TypeError, ValueError):  # a builtin without a signature
        return False
    if len(parameters) > 1 and parameters[0].name in ("self", "cls"):
        parameters = parameters[1:]
    if not parameters or parameters[0].name != "ctx":
        return False
    try:
        annotation = resolve_hints(fn, ["ctx"]).get("ctx")
    except (NameError, AttributeError, TypeError, SyntaxError):
        annotation = parameters[0].annotation
    return _is_context(annotation)


def _is_context(annotation: object) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_context(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return any(_is_context(member) for member in get_args(annotation))
    if isinstance(annotation, str):  # unresolvable here, but plain enough to read
        name = annotation.split("[")[0].strip()
        return name == "Context" or name.endswith(".Context")
    cls = origin or annotation
    return isinstance(cls, type) and issubclass(cls, Context)
