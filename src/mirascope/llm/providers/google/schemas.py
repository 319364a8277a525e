"""JSON schemas as the vendor takes them."""

from __future__ import annotations

from collections.abc import Mapping

from mirascope._wire.json_schema import is_recursive, map_below, nodes, target
from mirascope._wire.json_values import JsonObject, as_list, as_object, is_object

__all__ = ["is_openapi", "json_schema", "openapi_schema"]

_UNKNOWN = frozenset({"$schema", "discriminator", "example", "examples"})

# https://ai.google.dev/api/caching#Schema (2025-11)
_OPENAPI = frozenset(
    {"description", "title", "format", "nullable", "enum", "default", "required", "type"}
    | {"minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength", "pattern"}
    | {"minProperties", "maxProperties", "propertyOrdering", "anyOf", "items", "properties"}
)


def json_schema(schema: Mapping[str, object]) -> dict[str, object]:
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
    return map_below(node, json_schema)


def _without_const(node: dict[str, object]) -> dict[str, object]:
    if "const" not in node:
        return node
    return {"enum": [node["const"]], **{k: v for k, v in node.items() if k != "const"}}


def is_openapi(schema: Mapping[str, object]) -> bool:
    """Return whether `openapi_schema` keeps the form that `schema` describes.

    It has no words for recursion, mappings with keys of the model's choice, tuples, values of any
    type, and enumerations of anything but strings.
    """
    definitions = as_object(schema.get("$defs"))
    return not is_recursive(definitions) and all(map(_has_words, nodes(schema)))


def _has_words(node: JsonObject) -> bool:
    if "$ref" in node:
        return True
    kind = node.get("type")
    if kind is None and not {"anyOf", "oneOf"} & node.keys():
        return False
    if "enum" in node or "const" in node:
        return kind == "string"
    if kind == "object":
        return "properties" in node and not node.get("additionalProperties")
    return kind != "array" or ("items" in node and "prefixItems" not in node)


def openapi_schema(schema: Mapping[str, object]) -> dict[str, object]:
    """Return `schema` in the subset of OpenAPI 3.0 that older models know, without references.

    Where a definition leads back to itself, an object of unknown form takes its place.
    """
    return _openapi(schema, schema, ())


def _openapi(schema: JsonObject, root: JsonObject, inside: tuple[object, ...]) -> dict[str, object]:
    if "$ref" in schema:
        reference = schema["$ref"]
        definition = target(root, reference)
        if reference in inside or not is_object(definition):
            name = str(reference).removeprefix("#/$defs/")
            return {"type": "OBJECT", "description": f"Another {name}."}
        beside = {k: v for k, v in schema.items() if k != "$ref"}
        return _openapi({**definition, **beside}, root, (*inside, reference))
    node = _without_const(dict(schema))
    options = as_list(node.get("anyOf") or node.get("oneOf"))
    out = {key: value for key, value in node.items() if key in _OPENAPI and value is not None}
    if (kind := node.get("type")) and isinstance(kind, str):
        out["type"] = kind.upper()
    if kind == "string":
        if node.get("format") not in ("enum", "date-time"):  # any other is refused
            out.pop("format", None)
    else:
        out.pop("enum", None)  # only strings can be enumerated
    if options:
        others = [
            _openapi(as_object(option), root, inside) for option in options if option != _NULL
        ]
        if len(others) < len(options):
            out["nullable"] = True
        out.pop("anyOf", None)
        out |= others[0] if len(others) == 1 else {"anyOf": others}
    if is_object(properties := node.get("properties")):
        out["properties"] = {
            name: _openapi(as_object(value), root, inside) for name, value in properties.items()
        }
    if is_object(items := node.get("items")):
        out["items"] = _openapi(items, root, inside)
    return out


_NULL = {"type": "null"}
