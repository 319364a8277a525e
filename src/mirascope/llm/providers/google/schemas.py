"""JSON schemas as the vendor takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, cast

__all__ = ["json_schema", "openapi_schema"]

_Schema: TypeAlias = dict[str, object]

_UNKNOWN = frozenset({"$schema", "discriminator", "example", "examples"})
_NAMED = frozenset({"properties", "$defs"})
_LISTED = frozenset({"anyOf", "prefixItems"})
_SINGLE = frozenset({"items", "additionalProperties"})

# https://ai.google.dev/api/caching#Schema (2025-11)
_OPENAPI = frozenset(
    {"description", "title", "format", "nullable", "enum", "default", "required", "type"}
    | {"minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern"}
    | {"minProperties", "maxProperties", "propertyOrdering", "anyOf", "items", "properties"}
)


def json_schema(schema: Mapping[str, object]) -> _Schema:
    """Return `schema` in the words that current models know.

    https://ai.google.dev/api/generate-content#GenerationConfig, ``responseJsonSchema`` (2025-11):
    no ``const``, ``oneOf`` is read as ``anyOf``, and nothing may stand beside a reference. Keywords
    that are not known are ignored by the vendor.
    """
    node = _without_const({k: v for k, v in schema.items() if k not in _UNKNOWN})
    if "oneOf" in node:
        node["anyOf"] = node.pop("oneOf")
    if "$ref" in node and node.keys() - {"$ref", "$defs"}:
        node["anyOf"] = [{"$ref": node.pop("$ref")}]
    out: _Schema = {}
    for key, value in node.items():
        if key in _NAMED and isinstance(value, Mapping):
            named = cast("Mapping[str, object]", value)
            out[key] = {name: _converted(below) for name, below in named.items()}
        elif key in _LISTED and isinstance(value, list):
            out[key] = [_converted(below) for below in cast("list[object]", value)]
        elif key in _SINGLE:
            out[key] = _converted(value)
        else:
            out[key] = value
    return out


def _converted(value: object) -> object:
    return json_schema(cast("_Schema", value)) if isinstance(value, dict) else value


def _without_const(node: _Schema) -> _Schema:
    if "const" not in node:
        return node
    return {"enum": [node["const"]], **{k: v for k, v in node.items() if k != "const"}}


def openapi_schema(schema: Mapping[str, object]) -> _Schema:
    """Return `schema` in the subset of OpenAPI 3.0 that older models know, without references.

    Where a definition leads back to itself, an object of unknown form takes its place.
    """
    definitions = schema.get("$defs")
    named = cast("_Schema", definitions) if isinstance(definitions, Mapping) else {}
    return _openapi(schema, named, ())


def _openapi(schema: Mapping[str, object], named: _Schema, inside: tuple[str, ...]) -> _Schema:
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix("#/$defs/")
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        target = named.get(name)
        if name in inside or not isinstance(target, Mapping):
            return {"type": "OBJECT", "description": f"Another {name}."}
        merged = {**cast("_Schema", target), **beside}
        return _openapi(merged, named, (*inside, name))
    node = _without_const(dict(schema))
    options = cast("list[_Schema]", node.get("anyOf") or node.get("oneOf") or [])
    out = {key: value for key, value in node.items() if key in _OPENAPI and value is not None}
    if (kind := node.get("type")) and isinstance(kind, str):
        out["type"] = kind.upper()
    if kind == "string":
        if node.get("format") not in ("enum", "date-time"):  # any other is refused
            out.pop("format", None)
    else:
        out.pop("enum", None)  # only strings can be enumerated
    if options:
        others = [_openapi(option, named, inside) for option in options if option != _NULL]
        if len(others) < len(options):
            out["nullable"] = True
        out.pop("anyOf", None)
        out |= others[0] if len(others) == 1 else {"anyOf": others}
    if isinstance(properties := node.get("properties"), Mapping):
        below = cast("Mapping[str, _Schema]", properties)
        out["properties"] = {name: _openapi(value, named, inside) for name, value in below.items()}
    if isinstance(items := node.get("items"), Mapping):
        out["items"] = _openapi(cast("_Schema", items), named, inside)
    return out


_NULL = {"type": "null"}
