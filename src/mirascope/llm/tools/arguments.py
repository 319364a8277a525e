"""From a function's parameters to a JSON schema, and from a model's JSON to the function's call.

Imported when the first tool is described or executed, for pydantic is slow to import.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from inspect import Parameter
from typing import Annotated, Any, NotRequired, Required, cast, get_args, get_origin

import typing_extensions
from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.errors import PydanticSchemaGenerationError
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python
from typing_extensions import ReadOnly, get_type_hints

from mirascope.llm.tools.parameter_schema import JsonSchema, ToolParameterSchema
from mirascope.llm.types.shown import named

__all__ = ["Arguments"]

_NOT_FOR_FIELDS = {
    # The parameter decides these, so what a `Field` says about them is not looked at.
    *("alias", "alias_priority", "validation_alias", "serialization_alias"),
    *("default", "default_factory", "validate_default"),
}
_QUALIFIERS: tuple[object, ...] = (Required, NotRequired, ReadOnly)
_UNPACK: tuple[object, ...] = (typing.Unpack, typing_extensions.Unpack)  # not the same on 3.11
_OMITTABLE = object()
"""The default of an argument that may be left out, but has no default to tell of."""


class Arguments:
    """The parameters of a function that a model fills.

    A throw-away pydantic model with a field for each describes and converts them. The fields have
    made-up names, with the parameters' names as aliases, since pydantic reserves some of those.
    None of the fields is required: a missing argument is left to the function, and its `TypeError`.
    """

    def __init__(
        self,
        title: str,
        parameters: Sequence[Parameter],
        hints: Mapping[str, Any],
        descriptions: Mapping[str, str],
        only: Collection[str] | None = None,
    ) -> None:
        """Read the parameters.

        Args:
            title: What error messages call all of them together.
            parameters: Without `self` and the context.
            hints: The annotations, resolved.
            descriptions: From the docstring; a `Field` with a description of its own wins.
            only: When the schema was written by hand, the names in it: the others are passed as
                they are, and ``*args`` and ``**kwargs`` have no meaning of their own.

        Raises:
            NameError: A class that an annotation stands for refers to one that does not exist yet.
            PydanticSchemaGenerationError: A parameter is of a type that JSON cannot hold.
        """
        self._title = title
        self._hints = hints
        self._descriptions = descriptions
        self._only = only
        self._names: dict[str, str] = {}
        self._fields: dict[str, Any] = {}
        self._defaults: dict[str, object] = {}
        self._positional: list[Parameter] = []
        self._spread: str | None = None
        self._rest: str | None = None
        for parameter in parameters:
            try:
                self._add_parameter(parameter, hints.get(parameter.name, Any))
            except NameError:
                raise
            except Exception as error:  # an annotation may be anything
                raise self._unfit(parameter.name) from error
        try:
            self._model = self._made_of(self._fields)
        except NameError:
            raise
        except Exception as error:
            raise self._culprit() from error

    def _made_of(self, fields: Mapping[str, Any]) -> type[BaseModel]:
        model: type[BaseModel] = create_model(
            "Arguments__", __config__=ConfigDict(title=self._title), **fields
        )
        model.model_rebuild()  # raises what is missing in a class that refers to another
        return model

    def _culprit(self) -> PydanticSchemaGenerationError:
        """Return the error that names the parameter which cannot be described."""
        for key, field in self._fields.items():
            try:
                self._made_of({key: field}).model_json_schema()
            except Exception:  # whatever it was that had failed with all of them
                return self._unfit(self._names[key].lstrip("*"))
        return self._unfit(*self._names.values())

    def _unfit(self, *names: str) -> PydanticSchemaGenerationError:
        kinds = [f"{name!r}: {named(self._hints.get(name, Any))}" for name in names]
        return PydanticSchemaGenerationError(
            f"Tool {self._title!r} has a parameter of a type that no model can fill "
            f"({', '.join(kinds)}). Use what JSON can hold (text, numbers, lists, dicts, "
            "dataclasses, pydantic models), and a context for what your program gives to a tool."
        )

    def _add_parameter(self, parameter: Parameter, hint: Any) -> None:
        name, kind = parameter.name, parameter.kind
        if kind is Parameter.VAR_POSITIONAL:
            if self._only is None:
                self._spread = name
                self._add(name, list[hint], _OMITTABLE)
        elif kind is not Parameter.VAR_KEYWORD:
            if kind is not Parameter.KEYWORD_ONLY:
                self._positional.append(parameter)
            self._add(name, hint, parameter.default)
        elif get_origin(hint) in _UNPACK:  # a TypedDict names them, see PEP 692
            keys = get_args(hint)[0]
            for key, item in get_type_hints(keys, include_extras=True).items():
                # Where annotations are strings these are as if all keys were alike, see the loop.
                required = key in keys.__required_keys__
                while (qualifier := cast("object", get_origin(item))) in _QUALIFIERS:
                    if qualifier is not ReadOnly:
                        required = qualifier is Required
                    item = get_args(item)[0]
                self._add(key, item, Parameter.empty if required else _OMITTABLE)
        elif self._only is None:
            self._rest = f"**{name}"  # no parameter has such a name
            self._add(self._rest, dict[str, hint], _OMITTABLE)

    def _add(self, name: str, hint: Any, default: object) -> None:
        self._defaults[name] = default
        if self._only is not None and name not in self._only:
            return
        if isinstance(default, FieldInfo):
            info = FieldInfo.from_annotated_attribute(hint, default)
        else:
            info = FieldInfo.from_annotation(hint)
        parts = info.asdict()
        attributes: dict[str, Any] = {
            key: value
            for key, value in parts["attributes"].items()
            if value is not None and key not in _NOT_FOR_FIELDS
        }
        if "description" not in attributes and name in self._descriptions:
            attributes["description"] = self._descriptions[name]
        field = Field(alias=name, default_factory=object, **attributes)
        key = f"p{len(self._fields)}"
        described: Any = parts["annotation"]
        for metadata in (*parts["metadata"], field):
            described = Annotated[described, metadata]
        self._fields[key] = described
        self._names[key] = name

    def schema(self) -> ToolParameterSchema:
        """Return the schema of the arguments, in the order of the parameters.

        Raises:
            PydanticSchemaGenerationError: A parameter is of a type that JSON cannot hold.
        """
        try:
            schema = self._model.model_json_schema()
        except Exception as error:  # pydantic can validate more than it can describe
            raise self._culprit() from error
        if self._fields and "properties" not in schema:  # `Self`, which is not what it seems here
            raise self._culprit()
        properties: dict[str, JsonSchema] = schema.get("properties", {})
        rest = properties.pop(self._rest)["additionalProperties"] if self._rest else False
        required: list[str] = []
        for name, described in properties.items():
            default = self._defaults[name]
            if isinstance(default, FieldInfo):
                default = _default_of(default)
            if default is Parameter.empty:
                required.append(name)
            # An iterator would be used up; a sentinel, say, has nothing to tell the model.
            elif default is not _OMITTABLE and not isinstance(default, Iterator):
                with suppress(Exception):  # it holds itself, say; there is no harm in not telling
                    described["default"] = to_jsonable_python(default)
        return ToolParameterSchema(
            properties=properties,
            required=required,
            additionalProperties=rest,
            defs=schema.get("$defs"),
        )

    def bind(self, values: Mapping[str, object]) -> tuple[list[object], dict[str, object]]:
        """Return the positional and the keyword arguments for the function.

        Raises:
            ValidationError: A value is not of the parameter's type; says all that are wrong.
            TypeError: An argument is missing. Some missing ones, and those that the function does
                not have, are found only when it is called.
        """
        named = self._converted(values)
        for name, default in self._defaults.items():
            if name not in named and isinstance(default, FieldInfo):
                if default.is_required():
                    raise _missing(name)
                named[name] = default.get_default(call_default_factory=True, validated_data=named)
        spread: list[object] = named.pop(self._spread, []) if self._spread else []
        positional: list[object] = []
        for parameter in self._positional:
            if parameter.kind is not Parameter.POSITIONAL_ONLY and not spread:
                break
            if parameter.name in named:
                positional.append(named.pop(parameter.name))
            elif parameter.default is Parameter.empty:
                raise _missing(parameter.name)
            else:
                positional.append(parameter.default)
        return [*positional, *spread], named

    def _converted(self, values: Mapping[str, object]) -> dict[str, Any]:
        names = set(self._names.values())
        known = {name: value for name, value in values.items() if name in names}
        others = {name: value for name, value in values.items() if name not in names}
        if self._rest and others:
            known[self._rest] = others
            others = {}
        # Strict models accept some types, dates for one, from JSON only: hence JSON once more.
        validated = self._model.model_validate_json(json.dumps(known))
        converted = {
            name: vars(validated)[field]
            for field, name in self._names.items()
            if field in validated.model_fields_set
        }
        rest: dict[str, Any] = converted.pop(self._rest, {}) if self._rest else {}
        return {**converted, **rest, **others}


def _default_of(info: FieldInfo) -> object:
    if info.is_required():
        return Parameter.empty
    return _OMITTABLE if info.default_factory is not None else info.default


def _missing(name: str) -> TypeError:
    return TypeError(f"missing a required argument: {name!r}")
