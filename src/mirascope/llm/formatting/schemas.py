"""What pydantic knows of a format: its schema, and the validator of a complete answer.

Imported only when a format is used, because pydantic is slow to import.
"""

from __future__ import annotations

import copy
import dataclasses
import inspect
from functools import lru_cache
from typing import Any, TypeGuard, cast, get_origin
from weakref import WeakKeyDictionary

from pydantic import BaseModel, RootModel, TypeAdapter
from pydantic.errors import PydanticUserError
from typing_extensions import is_typeddict

from mirascope.llm.formatting.primitives import create_wrapper_model, type_name
from mirascope.llm.formatting.types import AnyTypeForm
from mirascope.llm.types.refusals import wrong_type

__all__ = ["describe", "is_model", "is_record", "is_wrapped", "read_bare", "read_json"]

_FORMS = ("types", "typing", "typing_extensions")
"""Where the classes of ``list[int]``, ``int | None`` and ``Literal["a"]`` are from."""

# Schemas hold no reference to their model, so they go when it goes.
_model_schemas: WeakKeyDictionary[type[BaseModel], dict[str, object]] = WeakKeyDictionary()


def is_model(formattable: AnyTypeForm) -> TypeGuard[type[BaseModel]]:
    """Return whether `formattable` is a pydantic model, other than one of a bare value."""
    return (
        isinstance(formattable, type)
        and get_origin(formattable) is None
        and issubclass(formattable, BaseModel)
        and not issubclass(formattable, RootModel)
    )


def is_record(formattable: AnyTypeForm) -> bool:
    """Return whether `formattable` is a dataclass or a TypedDict, parametrised or not."""
    cls: AnyTypeForm = get_origin(formattable) or formattable
    if not isinstance(cls, type):
        return False
    return dataclasses.is_dataclass(cls) or is_typeddict(cast("object", cls))


def is_wrapped(formattable: AnyTypeForm) -> bool:
    """Return whether an answer of this type travels as ``{"output": ...}``."""
    return not is_model(formattable) and not is_record(formattable)


def describe(formattable: AnyTypeForm) -> tuple[str, str | None, dict[str, object]]:
    """Return name, description and JSON schema; the schema is the caller's own copy.

    Raises:
        TypeError: `formattable` is no type that has a schema.
    """
    description: str | None = None
    _refuse_instance(formattable)
    try:
        if is_model(formattable):
            schema = _model_schemas.get(formattable)
            if schema is None:
                schema = _model_schemas[formattable] = formattable.model_json_schema()
            description = _doc(formattable)
        elif is_record(formattable):
            schema = _record_schema(formattable)
            cls: AnyTypeForm = get_origin(formattable) or formattable
            description = _doc(cls)
        else:
            schema = _wrapper_schema(create_wrapper_model(formattable))
            description = _doc(formattable) if _is_root_model(formattable) else None
    except PydanticUserError as error:
        raise TypeError(
            f"No format can be made of {formattable!r}: expected a pydantic model, a dataclass, a "
            f"TypedDict, or a type that has a JSON schema. {error.message}"
        ) from error
    return type_name(formattable), description, copy.deepcopy(schema)


def read_json(formattable: AnyTypeForm, text: str) -> object:
    """Validate a complete answer: one JSON object, wrapped where the type is no object itself.

    Raises:
        pydantic.ValidationError: The text is not JSON, or does not fit.
    """
    if is_model(formattable):
        return formattable.model_validate_json(text)
    if is_wrapped(formattable):
        return create_wrapper_model(formattable).model_validate_json(text).output
    return _adapter(formattable).validate_json(text)


def read_bare(formattable: AnyTypeForm, text: str) -> object:
    """Validate a value that came without its wrapper.

    Raises:
        pydantic.ValidationError: The text is not JSON, or does not fit.
    """
    return _adapter(formattable).validate_json(text)


def _refuse_instance(formattable: object) -> None:
    """Raise `TypeError` for what is neither a class nor a form of types such as ``list[int]``."""
    if not isinstance(formattable, type) and type(formattable).__module__ not in _FORMS:
        raise wrong_type("format", "a type, such as Book, and not a value", formattable)


def _is_root_model(formattable: AnyTypeForm) -> bool:
    return isinstance(formattable, type) and issubclass(formattable, RootModel)


def _doc(cls: type[object]) -> str | None:
    """Return the docstring that somebody wrote; dataclasses make one up from their fields."""
    doc = cls.__doc__
    if not doc:
        return None
    if dataclasses.is_dataclass(cls) and doc.startswith(f"{cls.__name__}("):
        return None
    return inspect.cleandoc(doc)


# The following hold on to the type, so they are bounded: the least recently used go first.


@lru_cache(maxsize=128)
def _record_schema(formattable: AnyTypeForm) -> dict[str, object]:
    return _adapter(formattable).json_schema()


@lru_cache(maxsize=128)
def _wrapper_schema(wrapper: type[BaseModel]) -> dict[str, object]:
    return wrapper.model_json_schema()


def _adapter(formattable: AnyTypeForm) -> TypeAdapter[Any]:  # Any: validates whatever the type is
    try:
        # Unions and literals are equal in any order, but not to pydantic: hence the repr.
        return _cached_adapter(formattable, repr(formattable))
    except TypeError:  # metadata in Annotated may be unhashable
        return TypeAdapter(formattable)


@lru_cache(maxsize=128)
def _cached_adapter(formattable: AnyTypeForm, _text: str) -> TypeAdapter[Any]:
    return TypeAdapter(formattable)
