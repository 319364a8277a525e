"""The classes that partials are instances of.

Imported only when a partial is made, because pydantic is slow to import.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, Optional, cast

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model
from typing_extensions import TypedDict

from mirascope.llm.formatting.fields import RecordField

__all__ = [
    "PartialModel",
    "create_partial_dict",
    "create_partial_model",
    "create_partial_root",
    "model_maker",
    "resolve_references",
    "root_maker",
]


class PartialModel(BaseModel):
    """Base of the partials of models and dataclasses: every field may be None."""

    model_config = ConfigDict(
        arbitrary_types_allowed=True,
        protected_namespaces=(),
        validate_by_alias=True,
        validate_by_name=True,
    )


def create_partial_model(
    cls: type[object], fields: list[tuple[RecordField, object]]
) -> type[PartialModel]:
    """Return the partial of a model or dataclass, given its fields with their partial types."""
    definitions: dict[str, Any] = {  # Any: what create_model takes
        field.name: (
            Optional[annotation],  # noqa: UP045 - a forward reference knows no |
            Field(
                default=None,
                validation_alias=field.validation_alias,
                serialization_alias=field.serialization_alias,
            ),
        )
        for field, annotation in fields
    }
    with warnings.catch_warnings():
        # The user has seen them for the model itself: a field may shadow a method of BaseModel.
        warnings.simplefilter("ignore")
        return create_model(
            f"Partial{cls.__name__}",
            __base__=PartialModel,
            __module__=cls.__module__,
            __doc__=f"A {cls.__name__} of which some has not arrived yet.",
            **definitions,
        )


def create_partial_root(cls: type[object], annotation: object) -> type[BaseModel]:
    """Return the partial of a `RootModel`, given the partial type of its root."""
    return create_model(
        f"Partial{cls.__name__}",
        __base__=RootModel,
        __module__=cls.__module__,
        __doc__=f"A {cls.__name__} of which some has not arrived yet.",
        root=(cast("type", Optional[annotation]), None),  # noqa: UP045 - as above
    )


def create_partial_dict(cls: type[object], fields: list[tuple[RecordField, object]]) -> object:
    """Return the partial of a TypedDict: every key may be missing."""
    annotations = {field.name: Optional[annotation] for field, annotation in fields}  # noqa: UP045
    make = cast("Callable[..., object]", TypedDict)  # its functional form takes literals only
    return make(f"Partial{cls.__name__}", annotations, total=False)


def resolve_references(models: list[type[BaseModel]], names: Mapping[str, object]) -> None:
    """Complete models whose annotations refer to `names`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        for model in models:
            model.model_rebuild(force=True, _types_namespace=names)


def model_maker(cls: type[BaseModel]) -> Callable[[dict[str, object], set[str]], object]:
    """Return a function that makes an instance of values that need no validation.

    It is `model_construct` without the search for aliases and defaults: the values are complete.
    """
    set_slot = object.__setattr__

    def make(values: dict[str, object], arrived: set[str]) -> object:
        instance = cls.__new__(cls)
        set_slot(instance, "__dict__", values)
        set_slot(instance, "__pydantic_fields_set__", arrived)
        set_slot(instance, "__pydantic_extra__", None)
        set_slot(instance, "__pydantic_private__", None)
        return instance

    return make


def root_maker(cls: type[BaseModel]) -> Callable[[object], object]:
    """Return a function that makes an instance of a root that needs no validation."""
    make = model_maker(cls)
    return lambda root: make({"root": root}, {"root"})
