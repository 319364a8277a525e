"""Formats that are no JSON object by themselves, and the model that wraps them."""

from __future__ import annotations

import re
import types
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, Union, cast, get_args, get_origin

if TYPE_CHECKING:
    from mirascope.llm.formatting.wrapper_model import PrimitiveWrapperModel

__all__ = ["create_wrapper_model", "is_primitive_type", "type_name"]

_BASIC = (str, int, float, bool, bytes, list, set, tuple, dict)
_ORIGINS = (*_BASIC, Annotated, Literal, Union, types.UnionType)


def is_primitive_type(formattable: object) -> bool:
    """Return whether `formattable` is a basic type, an enum, or a generic, union or literal."""
    if isinstance(formattable, type) and get_origin(formattable) is None:
        return formattable in _BASIC or issubclass(formattable, Enum)
    return get_origin(formattable) in _ORIGINS


def type_name(formattable: object) -> str:
    """Return a name fit for a schema: ``list`` for ``list[int]``, ``Optional`` for unions, ..."""
    if get_origin(formattable) is Annotated:
        return type_name(get_args(formattable)[0])
    if get_origin(formattable) is types.UnionType:  # has no name before Python 3.14
        members = get_args(formattable)
        return "Optional" if len(members) == 2 and type(None) in members else "Union"
    name: object = getattr(formattable, "__name__", None)
    text = name if isinstance(name, str) else str(formattable).replace("typing.", "")
    # Vendors allow no other characters; a parametrised model is called "Page[Book]".
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")


def create_wrapper_model(primitive_type: object) -> type[PrimitiveWrapperModel]:
    """Return a pydantic model with one required field, `output`, of the given type.

    Equal types get the same model as long as it is in use or among the last 128.
    """
    try:
        # Unions and literals are equal in any order, but their schemas are not: hence the repr.
        return _cached(primitive_type, repr(primitive_type))
    except TypeError:  # metadata in Annotated may be unhashable
        return _create(primitive_type)


@lru_cache(maxsize=128)
def _cached(primitive_type: object, _text: str) -> type[PrimitiveWrapperModel]:
    return _create(primitive_type)


def _create(primitive_type: object) -> type[PrimitiveWrapperModel]:
    from pydantic import create_model  # slow to import: only when a format is used

    from mirascope.llm.formatting.wrapper_model import PrimitiveWrapperModel

    name = type_name(primitive_type)
    return create_model(
        f"{name}Output",
        __base__=PrimitiveWrapperModel,
        __doc__=f"Wrapper for primitive type {name}",
        output=(cast("type[object]", primitive_type), ...),
    )
