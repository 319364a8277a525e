"""From a type to its partial type, and to the row of the table of shapes that reads a partial.

Imported only when a partial is made, because pydantic is slow to import.
"""

from __future__ import annotations

import collections.abc
import datetime
import decimal
import enum
import pathlib
import threading
import types
import typing
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Self,
    TypeGuard,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)
from weakref import WeakKeyDictionary

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo
from pydantic.types import Discriminator
from typing_extensions import TypeAliasType, is_typeddict

from mirascope.llm.formatting import shapes
from mirascope.llm.formatting.fields import RecordField, forbids_extra, record_fields
from mirascope.llm.formatting.partial_models import (
    PartialBase,
    PartialModel,
    PartialRoot,
    create_partial_dict,
    create_partial_model,
    model_maker,
    resolve_references,
)
from mirascope.llm.formatting.schemas import is_record, is_wrapped
from mirascope.llm.formatting.shapes import Place, Plan, Row, adapter_check, nullable
from mirascope.llm.formatting.types import AnyTypeForm

__all__ = ["partial_type", "root_shapes"]


class _Part(NamedTuple):
    """A type's counterparts."""

    annotation: AnyTypeForm
    """The partial type."""
    row: Row
    partial: bool = False
    """Whether there is a record in it; if not, the partial type is the type itself."""


# Values hold no reference to their key, so an entry goes when nobody has the type any more.
_records: WeakKeyDictionary[type[object], _Part] = WeakKeyDictionary()
_lock = threading.RLock()  # one partial a type, whoever asks first

_BASIC = (str, int, float, bool, bytes)
_SCALARS = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    enum.Enum,
    pathlib.PurePath,
    uuid.UUID,
)
_DICTS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
# What makes the value of a list, and whether it may hold partials, which have no hash.
_ARRAYS: dict[AnyTypeForm, tuple[Callable[[Any], object] | None, bool]] = {
    list: (None, True),
    collections.abc.Sequence: (None, True),
    collections.abc.MutableSequence: (None, True),
    tuple: (tuple, True),
    set: (set, False),
    frozenset: (frozenset, False),
    collections.abc.Set: (set, False),
}
# Before Python 3.14 the two may be different classes.
_ALIASES = (TypeAliasType, getattr(typing, "TypeAliasType", TypeAliasType))


def partial_type(type_: AnyTypeForm) -> object:
    """Return what `Partial[type_]` is."""
    if _is_model(type_) and issubclass(type_, PartialBase):
        return type_
    part = _part(type_)
    return part.annotation if part.partial else type_


def root_shapes(type_: AnyTypeForm) -> tuple[Row, Row | None]:
    """Return the shapes of a whole answer: as an object, and as an array, where it may be one."""
    row = _part(type_).row
    if not is_wrapped(type_):
        return row, None
    return shapes.wrapper(row), None if isinstance(row.array(), shapes.RejectFrame) else row


def _part(type_: AnyTypeForm) -> _Part:
    with _lock:
        if _is_record_class(type_):
            return _records.get(type_) or _Session().part(type_)
        try:
            # Unions and literals are equal in any order, but read in theirs: hence the repr.
            return _cached_part(type_, repr(type_))
        except TypeError:  # metadata in Annotated may be unhashable
            return _Session().part(type_)


@lru_cache(maxsize=128)
def _cached_part(type_: AnyTypeForm, _text: str) -> _Part:
    return _Session().part(type_)


class _Session:
    """Makes the counterparts of one type and of all that it refers to.

    Records may refer to themselves and to each other. One that is being made is known to the others
    by its row, which is completed later, and by a forward reference, resolved at the end.
    """

    def __init__(self) -> None:
        self._records: dict[type[object], _Part] = {}
        self._aliases: dict[object, _Part] = {}
        self._owner: type[object] | None = None  # the record whose fields are being read
        self._recursive = False

    def part(self, type_: AnyTypeForm) -> _Part:
        """Return the counterparts of `type_`."""
        part = self._part(type_)
        if self._recursive:
            names = {_reference(cls): part.annotation for cls, part in self._records.items()}
            resolve_references([cls for cls in names.values() if _is_model(cls)], names)
        _records.update(self._records)
        return part

    def _part(self, type_: AnyTypeForm, tag: str | None = None) -> _Part:
        """Return the counterparts of any type; `tag` tells the members of a union apart."""
        origin: AnyTypeForm = get_origin(type_)
        args: tuple[AnyTypeForm, ...] = get_args(type_)
        if type_ is None or type_ is type(None):
            return _Part(None, nullable(shapes.NOTHING))
        if type_ is Self and self._owner is not None:
            return self._record(self._owner)
        if isinstance(type_, NewType):
            return self._part(type_.__supertype__, tag)
        if isinstance(type_, _ALIASES) or isinstance(origin, _ALIASES):
            return self._alias(type_, tag)
        if origin is Annotated:
            return self._annotated(type_, tag)
        if origin in (Union, types.UnionType):
            return self._union(args, tag)
        if _is_record_class(type_):
            return self._record(type_)
        if isinstance(type_, TypeVar):
            return self._part(type_.__bound__ or Any, tag)
        if type_ is Any or type_ is object or isinstance(type_, (str, ForwardRef)):
            return _Part(Any, shapes.ANYTHING)
        if type_ in _BASIC:
            return _Part(type_, shapes.basic(type_))
        if part := self._container(type_, origin or type_, args):
            return part
        is_class = isinstance(type_, type) and origin is None
        scalar = origin is Literal or (is_class and issubclass(type_, _SCALARS))
        return _Part(type_, shapes.whole(adapter_check(type_), opaque=not scalar))

    def _annotated(self, type_: AnyTypeForm, tag: str | None) -> _Part:
        inner, *metadata = get_args(type_)
        for item in metadata:
            if isinstance(item, (FieldInfo, Discriminator)):
                tag = item.discriminator if isinstance(item.discriminator, str) else tag
        part = self._part(inner, tag)
        if part.row.kind == "opaque":  # what the metadata says may be all pydantic knows
            return _Part(type_, shapes.whole(adapter_check(type_)))
        return part

    def _alias(self, type_: AnyTypeForm, tag: str | None) -> _Part:
        """Return the counterparts of a named type, which may refer to itself."""
        if type_ not in self._aliases:
            target: list[Row] = []
            self._aliases[type_] = _Part(Any, shapes.deferred(target))
            value = cast("TypeAliasType", get_origin(type_) or type_).__value__
            part = self._part(value[get_args(type_)] if get_args(type_) else value, tag)
            target[0] = part.row
            self._aliases[type_] = part
        return self._aliases[type_]

    def _union(self, args: tuple[AnyTypeForm, ...], tag: str | None) -> _Part:
        members = [arg for arg in args if arg is not type(None) and arg is not None]
        parts = [self._part(member) for member in members]
        annotation: AnyTypeForm = Union[tuple(part.annotation for part in parts)]  # noqa: UP007 - a tuple
        row = parts[0].row
        if len(parts) > 1:
            rows = [part.row for part in parts]
            leaves = [m for m, row in zip(members, rows, strict=True) if row.kind != "container"]
            ours = all(row.exact or row.kind == "container" for row in rows)
            check = None if ours else adapter_check(Union[tuple(leaves)])  # noqa: UP007 - a tuple
            row = shapes.union(rows, check, tag)
        if len(members) < len(args):
            annotation, row = Optional[annotation], nullable(row)  # noqa: UP045 - may be no class
        return _Part(annotation, row, any(part.partial for part in parts))

    def _container(
        self, type_: AnyTypeForm, origin: AnyTypeForm, args: tuple[AnyTypeForm, ...]
    ) -> _Part | None:
        """Return the counterparts of a list, set, tuple or dict; None for anything else."""
        if origin in _DICTS:
            key, value = args or (Any, Any)
            part = self._part(value)
            annotation = types.GenericAlias(dict, (key, part.annotation)) if args else type_
            check = None if key in (str, Any, object) else adapter_check(key)
            return _Part(annotation, shapes.record(Plan(rest=part.row, key=check)), part.partial)
        if origin not in _ARRAYS:
            return None
        if origin is tuple and args and args[1:] != (Ellipsis,):
            return None  # of fixed length: nothing to show before it is complete
        make, holds_partials = _ARRAYS[origin]
        part = self._part(args[0] if args else Any)
        annotation = type_
        if args and holds_partials:
            items = (part.annotation, *args[1:])
            annotation = types.GenericAlias(tuple if make else list, items)
        elif part.partial:
            return None
        return _Part(annotation, shapes.array_of(part.row, make), part.partial)

    def _record(self, cls: type[Any]) -> _Part:
        part = _records.get(cls) or self._records.get(cls)
        if part is not None:
            self._recursive |= isinstance(part.annotation, ForwardRef)
            return part
        is_dict, is_root = is_typeddict(cls), issubclass(cls, RootModel)
        plan = Plan()
        target: list[Row] = []
        row = shapes.deferred(target) if is_root else shapes.record(plan)
        reference = dict[str, Any] if is_dict else ForwardRef(_reference(cls))
        self._records[cls] = _Part(reference, row, True)
        fields = self._fields(cls)
        annotations = [(field, part.annotation) for field, part in fields]
        if is_dict:
            partial = create_partial_dict(cls, annotations)
        else:
            base = PartialRoot if is_root else PartialModel
            partial = create_partial_model(cls, base, annotations)
            plan.make = make = model_maker(partial)
            plan.template = {field.name: None for field, _ in fields}
            if is_root:
                inner = fields[0][1].row
                row = target[0] = shapes.root(inner, lambda root: make({"root": root}, (), "root"))
        _fill(plan, cls, fields)
        part = self._records[cls] = _Part(partial, row, True)
        return part

    def _fields(self, cls: type[Any]) -> list[tuple[RecordField, _Part]]:
        before, self._owner = self._owner, cls
        fields: list[tuple[RecordField, _Part]] = []
        for field in record_fields(cls):
            metadata = (field.annotation, *field.metadata)
            type_ = Annotated[metadata] if field.metadata else field.annotation
            fields.append((field, self._part(type_, field.discriminator)))
        self._owner = before
        return fields


def _fill(plan: Plan, cls: type[Any], fields: list[tuple[RecordField, _Part]]) -> None:
    """Say where in an object the fields' values are."""
    places: dict[str, list[Place]] = {}
    for field, part in fields:
        row = nullable(part.row)
        for rank, (key, *path) in enumerate(field.aliases):
            places.setdefault(str(key), []).append(Place(field.name, rank, row, tuple(path)))
    for key, found in places.items():
        if len(found) == 1 and not found[0].path:
            plan.keys[key] = found[0]
        else:
            plan.shared[key] = found
    plan.required = frozenset(field.name for field, _ in fields if field.required)
    plan.closed = forbids_extra(cls)


def _reference(cls: type[object]) -> str:
    return f"Partial{id(cls)}"


def _is_model(annotation: AnyTypeForm) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _is_record_class(type_: AnyTypeForm) -> TypeGuard[type[Any]]:
    if not isinstance(type_, type) or get_origin(type_) is not None:
        return False
    return issubclass(type_, BaseModel) or is_record(type_)
