"""A pydantic model for a JSON Schema, so that answers to it can be checked.

Imported only when one is used, for pydantic is slow to import.
"""

from __future__ import annotations

from types import GenericAlias
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from mirascope._wire.json_schema import map_below
from mirascope._wire.json_values import JsonObject, as_list, as_object, is_object
from mirascope.llm.testing.schema.document import Document, required_of, types_of

__all__ = ["model_from_schema"]

_BASIC: dict[str, Any] = {  # Any: types, among them the special forms of `typing`
    "string": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "null": None,
    "object": dict[str, Any],
    "array": list[Any],
}
_LIMITS = {
    "minimum": "ge",
    "maximum": "le",
    "exclusiveMinimum": "gt",
    "exclusiveMaximum": "lt",
    "multipleOf": "multiple_of",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_length",
    "maxItems": "max_length",
    "pattern": "pattern",
}


def model_from_schema(schema: JsonObject, name: str) -> type[BaseModel]:
    """Return a model that asks for `schema` as it is, and checks most of it.

    What is recursive, and what has no counterpart among types, is accepted whatever it holds.
    Within another type it asks for the same, without the references.

    Raises:
        ValueError: `schema` does not describe an object with properties.
    """
    document = Document(schema)
    root, refs = document.merged(schema)
    if not is_object(root.get("properties")):
        raise ValueError('it has to describe an object: {"type": "object", "properties": ...}')
    base = _Converter(document).model(root, name, refs)

    def model_json_schema(_: type[BaseModel], /, **__: object) -> dict[str, object]:
        return dict(schema)

    def json_schema_within(_: type[BaseModel], /, *__: object) -> dict[str, object]:
        return _without_refs(schema, document)

    names = {
        "__doc__": schema.get("description"),
        "model_json_schema": classmethod(model_json_schema),
        "__get_pydantic_json_schema__": classmethod(json_schema_within),
    }
    return type(name, (base,), {"__module__": __name__, **names})


def _without_refs(
    schema: JsonObject, document: Document, path: frozenset[str] = frozenset()
) -> dict[str, object]:
    """Return `schema` with what it refers to in place; what is recursive may be anything."""
    merged, refs = document.merged(schema)
    if refs & path:
        return {}
    alone = {key: value for key, value in merged.items() if key not in ("$defs", "definitions")}
    return map_below(alone, lambda below: _without_refs(below, document, path | refs))


class _Converter:
    def __init__(self, document: Document) -> None:
        self._document = document

    def model(self, schema: JsonObject, name: str, path: frozenset[str]) -> type[BaseModel]:
        """Return a model of an object. Its fields have aliases, for a key may be any text."""
        required = required_of(schema)
        fields: dict[str, Any] = {}  # Any: what `create_model` takes
        for number, (key, value) in enumerate(as_object(schema["properties"]).items()):
            default: Any = ... if key in required else None
            field: Any = Field(default, alias=key)
            fields[f"field_{number}"] = (self.type(value, key, path), field)
        closed = schema.get("additionalProperties") is False
        config = ConfigDict(extra="forbid" if closed else "allow")
        return create_model(name, __config__=config, **fields)

    def type(self, schema: object, name: str, path: frozenset[str]) -> Any:
        """Return the type of a value; `path` holds the references followed on the way to it."""
        merged, refs = self._document.merged(as_object(schema))
        if refs & path:
            return Any
        path |= refs
        if "const" in merged or "enum" in merged:
            choices = [merged["const"]] if "const" in merged else as_list(merged["enum"])
            plain = all(isinstance(choice, str | int | bool | None) for choice in choices)
            return Literal[tuple(choices)] if plain and choices else Any
        for key in ("anyOf", "oneOf"):
            if branches := as_list(merged.get(key)):
                return _union([self.type(branch, name, path) for branch in branches])
        if not merged:
            return Any
        types = [self._typed(type_, merged, name, path) for type_ in types_of(merged)]
        limits: dict[str, Any] = {
            _LIMITS[key]: value for key, value in merged.items() if key in _LIMITS
        }
        if limits and len(types) == 1:
            return Annotated[types[0], Field(**limits)]
        return _union(types)

    def _typed(self, type_: str, schema: JsonObject, name: str, path: frozenset[str]) -> Any:
        other, items = schema.get("additionalProperties"), schema.get("items")
        if type_ == "object" and is_object(schema.get("properties")):
            return self.model(schema, name, path)
        if type_ == "object" and is_object(other):
            return GenericAlias(dict, (str, self.type(other, name, path)))
        if type_ == "array" and is_object(items):
            return GenericAlias(list, (self.type(items, name, path),))
        return _BASIC.get(type_, Any)


def _union(types: list[Any]) -> Any:
    if Any in types:
        return Any
    union, *others = dict.fromkeys(types)
    for other in others:
        union |= other
    return union
