# Values here are users' and SDKs' own, of any type; `_name` and `_reading` are private to users,
# shared inside this package.
# pyright: reportPrivateUsage=false
# pyright: reportUnknownVariableType=false
"""Partial classes: a model whose fields may still be missing."""

from __future__ import annotations

import functools
import types
from typing import Annotated, Any, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ._arguments import read_arguments
from .tool import CALL_ALIAS, DELTA_ALIAS, BaseTool

__all__ = ["partial_from_call", "partial_model", "partial_tool", "validate_partial"]

_ToolT = TypeVar("_ToolT", bound=BaseTool)


@functools.lru_cache(maxsize=512)
def partial_model(model: type[BaseModel]) -> type[BaseModel]:
    """Make `PartialName`: every field optional, to any depth, and None while unknown."""
    fields: dict[str, Any] = {
        name: (_optional(field.annotation, model), None)
        if field.alias is None
        else (Annotated[_optional(field.annotation, model), Field(alias=field.alias)], None)
        for name, field in model.model_fields.items()
    }
    return create_model(
        f"Partial{model.__name__}",
        __config__=ConfigDict(arbitrary_types_allowed=True, populate_by_name=True),
        __doc__=model.__doc__,
        **fields,
    )


def _optional(annotation: Any, owner: type[BaseModel]) -> Any:
    return Union[_partial_type(annotation, owner), None]  # noqa: UP007  # built at run time


def _partial_type(annotation: Any, owner: type[BaseModel]) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        # A model that contains itself stays open below its own level.
        return Any if annotation is owner else partial_model(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _partial_type(get_args(annotation)[0], owner)
    if origin in (list, set, tuple, dict, frozenset):
        arguments = tuple(
            item if item is Ellipsis else _partial_type(item, owner)
            for item in get_args(annotation)
        )
        generic: Any = origin
        return generic[arguments] if arguments else annotation
    if origin in (Union, types.UnionType):
        return Union[tuple(_partial_type(item, owner) for item in get_args(annotation))]  # noqa: UP007  # built at run time
    return annotation


def validate_partial(model: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    """Validate what is there; a field whose value does not fit yet counts as missing."""
    while True:
        try:
            return partial_model(model).model_validate(values)
        except ValidationError as error:
            unfit = {entry["loc"][0] for entry in error.errors() if entry["loc"]}
            kept = {key: value for key, value in values.items() if key not in unfit}
            if len(kept) == len(values):
                return partial_model(model).model_construct()
            values = kept


@functools.lru_cache(maxsize=256)
def partial_tool(tool: type[_ToolT]) -> type[_ToolT]:
    """Make the partial class of a tool, which can be read like the tool."""
    fields: dict[str, Any] = {
        name: (_optional(field.annotation, tool), Field(default=None, alias=field.alias))
        for name, field in tool.model_fields.items()
        if name not in ("tool_call", "delta")
    }
    made = create_model(f"Partial{tool._name()}", __base__=tool, __doc__=tool.__doc__, **fields)
    made.__custom_name__ = ""
    return made


def partial_from_call(tool: type[_ToolT], tool_call: Any, delta: str) -> _ToolT:
    """Build a tool of the arguments so far; those that don't fit yet count as missing."""
    made: Any = partial_tool(tool)
    arguments = tool._call_arguments(tool_call)
    values = read_arguments(arguments, True) if isinstance(arguments, str) else dict(arguments)
    own: dict[str, Any] = {CALL_ALIAS: tool_call, DELTA_ALIAS: delta}
    while True:
        try:
            return cast("_ToolT", made.model_validate({**values, **own}))
        except ValidationError as error:
            unfit = {entry["loc"][0] for entry in error.errors() if entry["loc"]}
            kept = {key: value for key, value in values.items() if key not in unfit}
            if len(kept) == len(values):
                # A check over several fields, which the whole tool has to pass.
                return cast(
                    "_ToolT", made.model_construct(**values, tool_call=tool_call, delta=delta)
                )
            values = kept
