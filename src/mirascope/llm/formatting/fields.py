"""The fields of models, dataclasses and TypedDicts, seen alike.

Imported only when a partial is made, because pydantic is slow to import.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from pydantic import AliasChoices, AliasPath, BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import get_type_hints, is_typeddict

from mirascope.llm.formatting.types import AnyTypeForm

__all__ = ["RecordField", "forbids_extra", "record_fields"]


@dataclasses.dataclass(slots=True, frozen=True)
class RecordField:
    """A field as an answer may hold it."""

    name: str
    annotation: AnyTypeForm
    metadata: tuple[object, ...]
    """What stood in ``Annotated`` besides the type."""
    discriminator: str | None
    """The field that tells the members of this field's union apart."""
    required: bool
    aliases: tuple[tuple[str | int, ...], ...]
    """Where its value is looked for, the first one found counts: a key and what follows it."""
    serialization_alias: str | None
    validation_alias: str | AliasPath | AliasChoices | None


def record_fields(cls: AnyTypeForm) -> list[RecordField]:
    """Return the fields that an answer may hold, in order.

    Raises:
        NameError: An annotation cannot be resolved.
    """
    config = _config(cls)
    by_alias = config.get("validate_by_alias") is not False
    by_name = not by_alias or config.get("validate_by_name") or config.get("populate_by_name")
    fields: list[RecordField] = []
    for name, annotation, info, required in _raw_fields(cls):
        alias = info.validation_alias or info.alias
        discriminator = info.discriminator
        fields.append(
            RecordField(
                name=name,
                annotation=annotation,
                metadata=tuple(info.metadata),
                discriminator=discriminator if isinstance(discriminator, str) else None,
                required=required,
                aliases=tuple(_paths(alias if by_alias else None, name, bool(by_name))),
                serialization_alias=info.serialization_alias,
                validation_alias=alias,
            )
        )
    return fields


def forbids_extra(cls: AnyTypeForm) -> bool:
    """Return whether unknown keys are an error."""
    return _config(cls).get("extra") == "forbid"


def _config(cls: AnyTypeForm) -> Mapping[str, Any]:  # Any: the values of a pydantic config
    if issubclass(cls, BaseModel):
        return cast("Mapping[str, Any]", cls.model_config)
    return getattr(cls, "__pydantic_config__", {})


def _raw_fields(cls: AnyTypeForm) -> list[tuple[str, AnyTypeForm, FieldInfo, bool]]:
    """Return name, annotation, what pydantic knows, and whether the field is required."""
    if issubclass(cls, BaseModel):
        if not cls.__pydantic_complete__:
            cls.model_rebuild()
        return [
            (name, info.annotation, info, info.is_required())
            for name, info in cls.model_fields.items()
        ]
    known = cast("dict[str, FieldInfo]", cls.__dict__.get("__pydantic_fields__", {}))
    hints = get_type_hints(cls, include_extras=True)
    if is_typeddict(cls):
        required = cast("frozenset[str]", getattr(cls, "__required_keys__", frozenset[str]()))
        names = [(name, name in required, dataclasses.MISSING) for name in hints]
    else:
        names = [
            (
                item.name,
                item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING,
                item.default,
            )
            for item in dataclasses.fields(cls)
            if item.init and item.name.isidentifier() and not item.name.startswith("_")
        ]
    fields: list[tuple[str, AnyTypeForm, FieldInfo, bool]] = []
    for name, needed, default in names:
        info = known.get(name)
        if info is None and isinstance(default, FieldInfo):
            info, needed = FieldInfo.from_annotated_attribute(hints[name], default), False
            needed = info.is_required()
        if info is None:
            info = FieldInfo.from_annotation(hints[name])
        fields.append((name, info.annotation, info, needed))
    return fields


def _paths(
    alias: str | AliasPath | AliasChoices | None, name: str, by_name: bool
) -> list[tuple[str | int, ...]]:
    match alias:
        case None:
            return [(name,)]
        case str():
            paths: list[tuple[str | int, ...]] = [(alias,)]
        case AliasPath():
            paths = [tuple(alias.path)]
        case AliasChoices():
            paths = [
                (choice,) if isinstance(choice, str) else tuple(choice.path)
                for choice in alias.choices
            ]
    if by_name and (name,) not in paths:
        paths.append((name,))
    return paths
