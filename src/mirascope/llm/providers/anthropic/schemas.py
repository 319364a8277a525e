"""JSON schemas that the vendor can enforce.

Source: https://docs.claude.com/en/docs/build-with-claude/structured-outputs, "JSON Schema
limitations" (2026-01). Properties may be left out by the model unless they are required. What
cannot be enforced is told the model in the description instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from mirascope._wire.json_schema import is_recursive, nodes, target
from mirascope._wire.json_values import JsonObject, as_list, as_object, is_object

__all__ = ["fits_the_limits", "strict_schema"]

_KEPT = frozenset({"type", "title", "description", "enum", "const", "default", "required"})
_HINTED = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems"),
    *("minProperties", "maxProperties", "format"),
)
_IGNORED = frozenset({"$schema", "discriminator", "example", "examples", "deprecated"})
_FORMATS = frozenset(
    "date-time time date duration email hostname uri ipv4 ipv6 uuid".split()  # noqa: SIM905 - short
)

_MAX_TOOLS = 20
_MAX_OPTIONAL = 24
_MAX_UNIONS = 16


class _CannotBeStrict(Exception):
    """Some part of a schema cannot be enforced."""


def strict_schema(schema: Mapping[str, object]) -> dict[str, object] | None:
    """Return `schema` in the form that can be enforced, or None if it has none.

    Recursive schemas have none, nor have mappings with keys of the model's choice, tuples and
    values of any type.
    """
    named = as_object(schema.get("$defs"))
    if is_recursive(named):
        return None
    try:
        root = schema
        if "$ref" in schema:  # the vendor wants the object itself at the top
            root = _object(target(schema, schema["$ref"]))
        out = _convert(root)
        if named:
            out["$defs"] = {name: _convert(_object(value)) for name, value in named.items()}
    except _CannotBeStrict:
        return None
    return out


def fits_the_limits(schemas: Iterable[Mapping[str, object]], tools: int) -> bool:
    """Return whether one request may hold all of `schemas`, which are strict, and so many tools.

    Above them it is refused: recordings of it say "Too many strict tools", "too many optional
    parameters" and "too many parameters with union types".
    """
    optional = unions = 0
    for schema in schemas:
        for node in nodes(schema):
            required = set(as_list(node.get("required")))
            optional += len(as_object(node.get("properties")).keys() - required)
            unions += "anyOf" in node
    return tools <= _MAX_TOOLS and optional <= _MAX_OPTIONAL and unions <= _MAX_UNIONS


def _convert(schema: JsonObject) -> dict[str, object]:
    if "$ref" in schema:
        return {"$ref": schema["$ref"]}
    out = {key: value for key, value in schema.items() if key in _KEPT}
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        out["anyOf"] = [_convert(_object(option)) for option in as_list(options)]
    elif not {"type", "enum", "const"} & schema.keys():
        raise _CannotBeStrict
    if schema.get("type") == "object":
        is_open = schema.get("additionalProperties", "properties" not in schema)
        if is_open is not False:
            raise _CannotBeStrict
        properties = _object(schema.get("properties", {}))
        out["properties"] = {name: _convert(_object(value)) for name, value in properties.items()}
        out["additionalProperties"] = False
    if schema.get("type") == "array":
        out["items"] = _convert(_object(schema.get("items")))
    hints: dict[str, object] = {}
    for key in _HINTED:
        if key in schema:
            enforced = (key == "minItems" and schema[key] in (0, 1)) or (
                key == "format" and schema[key] in _FORMATS
            )
            (out if enforced else hints)[key] = schema[key]
    known = {"anyOf", "oneOf", "properties", "additionalProperties", "items", "$defs"}
    if schema.keys() - known - _KEPT - _IGNORED - set(_HINTED):
        raise _CannotBeStrict
    if hints:
        text = ", ".join(f"{key}: {_json(value)}" for key, value in hints.items())
        before = schema.get("description")
        out["description"] = f"{before}\n\n{{{text}}}" if before else f"{{{text}}}"
    return out


def _object(value: object) -> JsonObject:
    if not is_object(value):  # such as true, for any value
        raise _CannotBeStrict
    return value


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
