"""The classes that partials are instances of.

Imported only when a partial is made, because pydantic is slow to import.
"""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable, Collection, Mapping
from typing import Any, ClassVar, Optional, cast

from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model
from typing_extensions import TypedDict

from mirascope.llm.formatting.fields import RecordField

__all__ = [
    "PartialBase",
    "PartialModel",
    "PartialRoot",
    "create_partial_dict",
    "create_partial_model",
    "model_maker",
    "resolve_references",
]

_SLOTS = ["__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"]


class PartialBase(BaseModel):
    """Base of all partials that are models."""

    _partial_of: ClassVar[weakref.ref[type[object]]]
    """Weak: a partial does not keep the type alive that it belongs to."""

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by what it is a partial of: its class cannot be imported by name."""
        return _blank, (self._partial_of(),), self.__getstate__()


class PartialModel(PartialBase):
    """Base of the partials of models and dataclasses: every field may be None."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        arbitrary_types_allowed=True,
        protected_namespaces=(),
        validate_by_alias=True,
        validate_by_name=True,
    )


class PartialRoot(PartialBase, RootModel[Any]):  # Any: each partial has its own root
    """Base of the partials of models of a bare value."""


def create_partial_model(
    cls: type[object], base: type[PartialBase], fields: list[tuple[RecordField, object]]
) -> type[PartialBase]:
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
        partial = create_model(
            f"Partial{cls.__name__}",
            __base__=base,
            __module__=cls.__module__,
            __doc__=f"A {cls.__name__} of which some has not arrived yet.",
            **definitions,
        )
    partial._partial_of = weakref.ref(cls)  # pyright: ignore[reportPrivateUsage]  # ours
    return partial


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


def model_maker(
    cls: type[BaseModel],
) -> Callable[[dict[str, object], Collection[str], str], object]:
    """Return a function that makes an instance of values that need no validation.

    It takes the values, the names of those that have arrived, and that of one more or "". It is
    `model_construct` without the search for aliases and defaults: the values are complete.
    """
    # Once for each snapshot: the slots' own setters take half the time of object.__setattr__.
    new = object.__new__
    set_dict, set_fields_set, set_extra, set_private = (
        cast("Callable[[object, object], None]", BaseModel.__dict__[slot].__set__)
        for slot in _SLOTS
    )

    def make(values: dict[str, object], arrived: Collection[str], one_more: str) -> object:
        instance = new(cls)
        set_dict(instance, values)
        set_fields_set(instance, {*arrived, one_more} if one_more else set(arrived))
        set_extra(instance, None)
        set_private(instance, None)
        return instance

    return make


def _blank(cls: type[object]) -> object:
    """Return an instance of the partial of `cls` for `pickle` to fill."""
    from mirascope.llm.formatting.partial_types import partial_type  # it makes classes with these

    partial = cast("type[BaseModel]", partial_type(cls))
    return partial.__new__(partial)
