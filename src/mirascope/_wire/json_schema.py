"""A JSON schema as a tree: which values in it are schemas, and which are data."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from mirascope._wire.json_values import JsonObject, as_list, is_list, is_object

__all__ = ["below", "is_recursive", "map_below", "nodes", "target"]

# Keywords whose value is schemas by name, and those whose value is a schema or a list of them.
# Whatever stands under another keyword (default, const, enum, examples) is data.
_NAMED = frozenset({"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"})
_UNNAMED = frozenset(
    {"anyOf", "oneOf", "allOf", "not", "if", "then", "else", "propertyNames", "contentSchema"}
    | {"items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"}
    | {"additionalProperties", "unevaluatedProperties"}
)


def below(schema: JsonObject) -> Iterator[tuple[str | None, dict[str, object]]]:
    """Yield each schema directly below `schema`, after its name if its keyword gives names.

    Those that are true or false are left out. What is yielded is the very object in `schema`.
    """
    for key, value in schema.items():
        if key in _NAMED and is_object(value):
            named = value.items()
            yield from ((name, item) for name, item in named if isinstance(item, dict))
        elif key in _UNNAMED:
            items = value if is_list(value) else [value]
            yield from ((None, item) for item in items if isinstance(item, dict))


def map_below(schema: JsonObject, change: Callable[[JsonObject], object]) -> dict[str, object]:
    """Return a deep copy of `schema` with `change` applied to each schema directly below it."""

    def changed(value: object) -> object:
        return change(value) if is_object(value) else copy.deepcopy(value)

    out: dict[str, object] = {}
    for key, value in schema.items():
        if key in _NAMED and is_object(value):
            out[key] = {name: changed(item) for name, item in value.items()}
        elif key in _UNNAMED and is_list(value):
            out[key] = [changed(item) for item in value]
        elif key in _UNNAMED:
            out[key] = changed(value)
        else:
            out[key] = copy.deepcopy(value)
    return out


def nodes(schema: object) -> Iterator[JsonObject]:
    """Yield a schema and every schema in it, in no particular order; references stay closed."""
    pending = [schema]
    while pending:
        node = pending.pop()
        if is_object(node):
            yield node
            pending.extend(item for _, item in below(node))


def target(root: object, ref: object) -> object | None:
    """Return what a reference within the document `root` points to; None if it is not there."""
    if not isinstance(ref, str) or not ref.startswith("#"):
        return None
    node = root
    for part in ref[1:].split("/")[1:]:
        key = unquote(part).replace("~1", "/").replace("~0", "~")
        items = as_list(node)
        if is_object(node) and key in node:
            node = node[key]
        elif key.isdecimal() and int(key) < len(items):
            node = items[int(key)]
        else:
            return None
    return node


def is_recursive(definitions: JsonObject) -> bool:
    """Return whether a definition leads back to itself."""
    uses = {
        name: {
            str(node["$ref"]).removeprefix("#/$defs/")
            for node in nodes(definition)
            if isinstance(node.get("$ref"), str)
        }
        for name, definition in definitions.items()
    }
    settled: set[str] = set()
    while ready := {name for name, used in uses.items() if not (used & uses.keys()) - settled}:
        if ready <= settled:
            break
        settled |= ready
    return settled != uses.keys()
