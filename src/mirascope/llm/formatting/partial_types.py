"""From a type to its partial type, and to the shape that reads a partial of it.

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

from mirascope._wire.json_frames import ANY, Shape
from mirascope.llm.formatting.fields import RecordField, forbids_extra, record_fields
from mirascope.llm.formatting.partial_models import (
    PartialModel,
    PartialRoot,
    create_partial_dict,
    create_partial_model,
    create_partial_root,
    model_maker,
    resolve_references,
    root_maker,
)
from mirascope.llm.formatting.records import (
    Place,
    RecordPlan,
    RecordShape,
    RootShape,
    WrapperShape,
)
from mirascope.llm.formatting.schemas import is_record, is_wrapped
from mirascope.llm.formatting.shapes import (
    NOTHING,
    ArrayShape,
    Basic,
    Deferred,
    MapShape,
    Opaque,
    RejectFrame,
    Scalar,
    adapter_check,
    nullable,
)
from mirascope.llm.formatting.types import TypeForm
from mirascope.llm.formatting.unions import UnionShape

__all__ = ["partial_type", "root_shapes", "shape_of"]


class _Part(NamedTuple):
    """A type's counterparts."""

    annotation: TypeForm
    """The partial type."""
    shape: Shape
    partial: bool
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
_LISTS = (list, collections.abc.Sequence, collections.abc.MutableSequence)
_SETS: dict[TypeForm, type[set[Any]] | type[frozenset[Any]]] = {
    set: set,
    frozenset: frozenset,
    collections.abc.Set: set,
}
# Shapes that read strings and numbers, if at all, without pydantic.
_CONTAINERS = (ArrayShape, MapShape, RecordShape, RootShape)
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
# Before Python 3.14 the two may be different classes.
_ALIASES = (TypeAliasType, getattr(typing, "TypeAliasType", TypeAliasType))


def partial_type(type_: TypeForm) -> object:
    """Return what `Partial[type_]` is."""
    if _is_model(type_) and issubclass(type_, (PartialModel, PartialRoot)):
        return type_
    part = _part(type_)
    return part.annotation if part.partial else type_


def shape_of(type_: TypeForm) -> Shape:
    """Return the shape that reads a partial of `type_`."""
    return _part(type_).shape


def root_shapes(type_: TypeForm) -> tuple[Shape, Shape | None]:
    """Return the shapes of a whole answer: as an object, and as an array, where it may be one."""
    shape = shape_of(type_)
    if not is_wrapped(type_):
        return shape, None
    return WrapperShape(shape), None if isinstance(shape.array(), RejectFrame) else shape


def _part(type_: TypeForm) -> _Part:
    with _lock:
        if _is_record_class(type_):
            return _records.get(type_) or _Session().part(type_)
        try:
            # Unions and literals are equal in any order, but read in theirs: hence the repr.
            return _cached_part(type_, repr(type_))
        except TypeError:  # metadata in Annotated may be unhashable
            return _Session().part(type_)


@lru_cache(maxsize=128)
def _cached_part(type_: TypeForm, _text: str) -> _Part:
    return _Session().part(type_)


def _is_record_class(type_: TypeForm) -> TypeGuard[type[Any]]:
    if not isinstance(type_, type) or get_origin(type_) is not None:
        return False
    return issubclass(type_, BaseModel) or is_record(type_)


class _Session:
    """Makes the counterparts of one type and of all that it refers to.

    Records may refer to themselves and to each other. One that is being made is known to the others
    by its shape, which is completed later, and by a forward reference, resolved at the end.
    """

    def __init__(self) -> None:
        self._made: dict[type[object], _Part] = {}
        self._begun: dict[type[object], _Part] = {}
        self._aliases: dict[object, Deferred] = {}
        self._recursive = False

    def part(self, type_: TypeForm) -> _Part:
        """Return the counterparts of `type_`."""
        part = self._part(type_)
        self._finish()
        return part

    def _finish(self) -> None:
        if self._recursive:
            names = {
                begun.annotation.__forward_arg__: self._made[cls].annotation
                for cls, begun in self._begun.items()
                if isinstance(begun.annotation, ForwardRef)
            }
            classes = [part.annotation for part in self._made.values()]
            resolve_references([cls for cls in classes if _is_model(cls)], names)
        for cls, part in self._made.items():
            _records[cls] = part

    def _part(
        self, type_: TypeForm, owner: type[object] | None = None, tag: str | None = None
    ) -> _Part:
        """Return the counterparts of any type, found in the record `owner`."""
        origin: TypeForm = get_origin(type_)
        args: tuple[TypeForm, ...] = get_args(type_)
        if type_ is None or type_ is type(None):
            return _Part(None, nullable(NOTHING), False)
        if type_ is Self and owner is not None:
            return self._record(owner)
        if isinstance(type_, NewType):
            return self._part(type_.__supertype__, owner, tag)
        if isinstance(type_, _ALIASES) or isinstance(origin, _ALIASES):
            return self._alias(type_, owner, tag)
        if origin is Annotated:
            return self._annotated(type_, owner, tag)
        if origin in (Union, types.UnionType):
            return self._union(args, owner, tag)
        if _is_record_class(type_):
            return self._record(type_)
        if isinstance(type_, TypeVar):
            return self._part(type_.__bound__ or Any, owner, tag)
        if type_ is Any or type_ is object or isinstance(type_, (str, ForwardRef)):
            return _Part(Any, ANY, False)
        return self._container(type_, origin or type_, args, owner) or _simple(type_)

    def _annotated(self, type_: TypeForm, owner: type[object] | None, tag: str | None) -> _Part:
        inner, *metadata = get_args(type_)
        for item in metadata:
            if isinstance(item, (FieldInfo, Discriminator)):
                name = item.discriminator
                tag = name if isinstance(name, str) else tag
        part = self._part(inner, owner, tag)
        if isinstance(part.shape, Opaque):  # what the metadata says may be all pydantic knows
            return _Part(type_, Opaque(adapter_check(type_)), False)
        return part

    def _alias(self, type_: TypeForm, owner: type[object] | None, tag: str | None) -> _Part:
        """Return the counterparts of a named type, which may refer to itself."""
        if type_ in self._aliases:
            return _Part(Any, self._aliases[type_], False)
        deferred = self._aliases[type_] = Deferred()
        value = cast("TypeAliasType", get_origin(type_) or type_).__value__
        if get_args(type_):
            value = value[get_args(type_)]
        part = self._part(value, owner, tag)
        deferred.target = part.shape
        return part

    def _union(
        self, args: tuple[TypeForm, ...], owner: type[object] | None, tag: str | None
    ) -> _Part:
        members = [arg for arg in args if arg is not type(None) and arg is not None]
        parts = [self._part(member, owner) for member in members]
        annotation: TypeForm = Union[tuple(part.annotation for part in parts)]  # noqa: UP007 - a tuple
        shape = parts[0].shape if len(parts) == 1 else _union_shape(members, parts, tag)
        if len(members) < len(args):
            annotation, shape = Optional[annotation], nullable(shape)  # noqa: UP045 - may be no class
        return _Part(annotation, shape, any(part.partial for part in parts))

    def _container(
        self,
        type_: TypeForm,
        origin: TypeForm,
        args: tuple[TypeForm, ...],
        owner: type[object] | None,
    ) -> _Part | None:
        """Return the counterparts of a list, set, tuple or dict; None for anything else."""
        if origin in _MAPS:
            key, value = args or (Any, Any)
            key_check = None if key in (str, Any, object) else adapter_check(key)
            part = self._part(value, owner)
            annotation = types.GenericAlias(dict, (key, part.annotation)) if args else type_
            return _Part(annotation, MapShape(part.shape, key_check), part.partial)
        if origin is tuple and not (args == () or (len(args) == 2 and args[1] is Ellipsis)):
            return None  # of fixed length: nothing to show before it is complete
        if origin not in (*_LISTS, *_SETS, tuple):
            return None
        part = self._part(args[0] if args else Any, owner)
        if origin in _LISTS:
            annotation = types.GenericAlias(list, (part.annotation,)) if args else type_
            return _Part(annotation, ArrayShape(part.shape), part.partial)
        if origin is tuple:
            annotation = types.GenericAlias(tuple, (part.annotation, ...)) if args else type_
            return _Part(annotation, ArrayShape(part.shape, tuple), part.partial)
        if part.partial:
            return None  # partials have no hash
        return _Part(type_, ArrayShape(part.shape, _SETS[origin]), False)

    def _record(self, cls: type[Any]) -> _Part:
        part = _records.get(cls) or self._made.get(cls)
        if part is not None:
            return part
        if cls in self._begun:
            self._recursive = True
            return self._begun[cls]
        if _is_root_model(cls):
            return self._root(cls)
        plan = RecordPlan(make=_dict_maker)
        shape = RecordShape(plan)
        reference = dict[str, Any] if is_typeddict(cls) else ForwardRef(f"Partial{id(cls)}")
        self._begun[cls] = _Part(reference, shape, True)
        fields = [(field, self._field(field, cls)) for field in record_fields(cls)]
        annotations = [(field, part.annotation) for field, part in fields]
        if is_typeddict(cls):
            partial = create_partial_dict(cls, annotations)
        else:
            partial = create_partial_model(cls, annotations)
            plan.make = model_maker(partial)
            plan.template = {field.name: None for field, _ in fields}
        _fill(plan, cls, fields)
        part = self._made[cls] = _Part(partial, shape, True)
        return part

    def _field(self, field: RecordField, owner: type[object]) -> _Part:
        type_ = field.annotation
        if field.metadata:
            type_ = Annotated[(type_, *field.metadata)]
        return self._part(type_, owner, field.discriminator)

    def _root(self, cls: type[RootModel[Any]]) -> _Part:
        deferred = Deferred()
        self._begun[cls] = _Part(ForwardRef(f"Partial{id(cls)}"), deferred, True)
        (field,) = record_fields(cls)
        inner = self._field(field, cls)
        partial = create_partial_root(cls, inner.annotation)
        shape = deferred.target = RootShape(inner.shape, root_maker(partial))
        part = self._made[cls] = _Part(partial, shape, True)
        return part


def _dict_maker(values: dict[str, object], arrived: set[str]) -> object:
    return values


def _fill(plan: RecordPlan, cls: type[Any], fields: list[tuple[RecordField, _Part]]) -> None:
    """Say where in an object the fields' values are."""
    places: dict[str, list[Place]] = {}
    for field, part in fields:
        shape = nullable(part.shape)
        for rank, (key, *path) in enumerate(field.aliases):
            places.setdefault(str(key), []).append(Place(field.name, rank, shape, tuple(path)))
    for key, found in places.items():
        if len(found) == 1 and not found[0].path:
            plan.keys[key] = found[0]
        else:
            plan.shared[key] = found
    plan.required = frozenset(field.name for field, _ in fields if field.required)
    plan.closed = forbids_extra(cls)


def _simple(type_: TypeForm) -> _Part:
    if type_ in _BASIC:
        return _Part(type_, Basic(type_), False)
    check = adapter_check(type_)
    origin: TypeForm = get_origin(type_)
    if origin is Literal or (isinstance(type_, type) and issubclass(type_, _SCALARS)):
        return _Part(type_, Scalar(check), False)
    return _Part(type_, Opaque(check), False)


def _union_shape(members: list[TypeForm], parts: list[_Part], tag: str | None) -> Shape:
    """Return the shape of a union without None; its order is that of preference."""
    shapes = [part.shape for part in parts]
    leaves = [
        member
        for member, shape in zip(members, shapes, strict=True)
        if not isinstance(shape, _CONTAINERS)
    ]
    basic = all(isinstance(shape, (Basic, *_CONTAINERS)) for shape in shapes)
    check = None if basic else adapter_check(Union[tuple(leaves)])  # noqa: UP007 - a tuple
    return UnionShape(shapes, check, tag)


def _is_root_model(cls: TypeForm) -> TypeGuard[type[RootModel[Any]]]:
    return issubclass(cls, RootModel)


def _is_model(annotation: TypeForm) -> TypeGuard[type[BaseModel]]:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
