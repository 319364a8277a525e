"""A JSON Schema as a document: its references, and how deep its values have to be."""

from __future__ import annotations

import math
from urllib.parse import unquote

from mirascope._wire.json_values import (
    JsonObject,
    as_list,
    as_number,
    as_object,
    as_text,
    is_object,
)

__all__ = ["Document", "Heights", "required_of", "types_of", "whole"]

_OBJECT = {"properties", "required", "additionalProperties", "minProperties"}
_ARRAY = {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"}
_NUMBER = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_COMPOSED = {"anyOf", "oneOf", "allOf", "$ref"}


def types_of(schema: JsonObject) -> list[str]:
    """Return the types that `schema` allows, told from its other keywords where it names none."""
    named = schema.get("type")
    if isinstance(named, str):
        return [named]
    if types := [item for item in as_list(named) if isinstance(item, str)]:
        return types
    if schema.keys() & _OBJECT:
        return ["object"]
    if schema.keys() & _ARRAY:
        return ["array"]
    return ["number"] if schema.keys() & _NUMBER else ["string"]


def required_of(schema: JsonObject) -> list[str]:
    """Return the names of the properties that have to be there."""
    return [item for item in as_list(schema.get("required")) if isinstance(item, str)]


def whole(value: object, otherwise: int) -> int:
    """Return a limit such as `minItems`, which may be written as 2.0."""
    number = as_number(value)
    return otherwise if number is None else int(number)


class Document:
    """Finds what a `$ref` points to, and merges what a schema is composed of."""

    def __init__(self, root: object) -> None:
        self._root = root

    def target(self, ref: str) -> object:
        """Return the schema at `ref`; one that is not in the document allows anything."""
        node = self._root
        for part in ref.removeprefix("#").split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            items = as_list(node)
            if is_object(node):
                node = node.get(key, {})
            elif key.isdecimal() and int(key) < len(items):
                node = items[int(key)]
            else:
                return {}
        return node

    def refs(self) -> set[str]:
        """Return every `$ref` in the document."""
        found: set[str] = set()
        pending = [self._root]
        while pending:
            node = pending.pop()
            if ref := as_text(as_object(node).get("$ref")):
                found.add(ref)
            pending.extend([*as_object(node).values(), *as_list(node)])
        return found

    def merged(self, schema: JsonObject) -> tuple[JsonObject, frozenset[str]]:
        """Return `schema` without `$ref` and `allOf`, and the references followed on the way."""
        refs: set[str] = set()
        result: dict[str, object] = {}
        pending: list[object] = [schema]
        while pending:
            node = as_object(pending.pop(0))
            ref = as_text(node.get("$ref"))
            if ref and ref not in refs:
                refs.add(ref)
                pending.append(self.target(ref))
            pending.extend(as_list(node.get("allOf")))
            _merge(result, node)
        return result, frozenset(refs)


def _merge(into: dict[str, object], schema: JsonObject) -> None:
    """Add the keywords of `schema`; what `into` has already is nearer to the user, and stays."""
    for key, value in schema.items():
        if key in ("$ref", "allOf"):
            continue
        if key == "properties":
            into[key] = {**as_object(value), **as_object(into.get(key))}
        elif key == "required":
            into[key] = list(dict.fromkeys([*required_of(into), *required_of(schema)]))
        else:
            into.setdefault(key, value)


class Heights:
    """How many containers a value has at least inside each other; infinite where it cannot end."""

    def __init__(self, document: Document) -> None:
        refs = document.refs()
        self._of_ref = dict.fromkeys(refs, math.inf)
        for _ in refs:  # each round settles one of them at least, or none ever will be
            before = dict(self._of_ref)
            for ref in refs:
                self._of_ref[ref] = self.of(document.target(ref))
            if self._of_ref == before:
                break

    def of(self, schema: object) -> float:
        """Return the height of the smallest value that fits `schema`."""
        if not is_object(schema):
            return math.inf if schema is False else 0
        if "const" in schema or "enum" in schema:
            return 0
        heights = [self.of(part) for part in as_list(schema.get("allOf"))]
        if ref := as_text(schema.get("$ref")):
            heights.append(self._of_ref.get(ref, 0))
        for key in ("anyOf", "oneOf"):
            if branches := as_list(schema.get(key)):
                heights.append(min(self.of(branch) for branch in branches))
        if "type" in schema or "properties" in schema or not schema.keys() & _COMPOSED:
            heights.append(self._of_type(schema))
        return max(heights, default=0)

    def _of_type(self, schema: JsonObject) -> float:
        types = types_of(schema)
        if types == ["object"]:
            properties = as_object(schema.get("properties"))
            needed = [self.of(properties.get(name, {})) for name in required_of(schema)]
            return 1 + max(needed, default=0)
        if types == ["array"] and whole(schema.get("minItems"), 0) > 0:
            items = [*as_list(schema.get("prefixItems")), schema.get("items", {})]
            return 1 + max(self.of(item) for item in items if item is not False)
        return 0
