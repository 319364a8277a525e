"""JSON schemas as vendors want them: closed, and strict.

Schemas passed in are never changed; every function returns a copy. The rules of "strict" are those
of https://platform.openai.com/docs/guides/structured-outputs (2025), which other vendors copied:
every object closed and every property required, no keyword the sampler cannot enforce.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

if TYPE_CHECKING:
    from mirascope.llm.tools import AnyToolSchema

__all__ = ["closed_objects", "strict_schema", "tool_parameters"]

_Schema: TypeAlias = dict[str, object]

# Keywords whose value is, in this order: schemas by name, a list of schemas, one schema. Whatever
# stands under another keyword (default, const, enum, examples) is data and is left alone.
_NAMED = frozenset({"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"})
_LISTED = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_SINGLE = frozenset(
    {"items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"}
)

_TYPED = frozenset({"type", "$ref", "anyOf", "oneOf", "enum", "const"})
_NOT_STRICT = (
    _NAMED - {"properties", "$defs"}
    | {"allOf", "prefixItems", "not", "if", "then", "else", "contains", "propertyNames"}
    | {"uniqueItems", "dependentRequired", "minProperties", "maxProperties"}
    | {"unevaluatedProperties", "unevaluatedItems", "minContains", "maxContains"}
)
_DROPPED = frozenset({"default", "discriminator"})


class _CannotBeStrict(Exception):
    """Some part of a schema has no strict form."""


def tool_parameters(tool: AnyToolSchema) -> dict[str, object]:
    """Return the schema of a tool's arguments."""
    parameters = tool.parameters.model_dump(by_alias=True, exclude_none=True)
    return {"type": "object", **parameters}


def closed_objects(schema: Mapping[str, object]) -> dict[str, object]:
    """Return `schema` with every object closed that does not say whether it is."""
    closed = _map_below(schema, closed_objects)
    if closed.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


def strict_schema(
    schema: Mapping[str, object], *, keep_optional: bool = False
) -> dict[str, object] | None:
    """Return `schema` in its strict form, or None if it has none (``dict[str, int]``, tuples, Any).

    Args:
        schema: The schema of an object; definitions under ``$defs``.
        keep_optional: Whether what may be left out has to stay so. Strictly nothing can be left
            out, so there is a strict form only if null says the same, as in ``x: int | None =
            None``. Otherwise every property simply becomes required.
    """
    definitions = schema.get("$defs")
    strict = _Strict(
        cast("Mapping[str, object]", definitions) if isinstance(definitions, Mapping) else {},
        keep_optional,
    )
    try:
        return strict.convert(schema)
    except _CannotBeStrict:
        return None


class _Strict:
    """One conversion; knows the definitions, and which of them it is inlining."""

    def __init__(self, definitions: Mapping[str, object], keep_optional: bool) -> None:
        self._definitions = definitions
        self._keep_optional = keep_optional
        self._inlining: list[str] = []

    def convert(self, schema: Mapping[str, object]) -> _Schema:
        """Return the strict form of `schema` and all below it."""
        if "$ref" in schema:
            return self._reference(schema)
        if not _TYPED & schema.keys() or _NOT_STRICT & schema.keys():
            raise _CannotBeStrict
        out = _map_below({k: v for k, v in schema.items() if k not in _DROPPED}, self.convert)
        if "oneOf" in out:  # refused; the weaker anyOf means the same to a sampler
            out["anyOf"] = out.pop("oneOf")
        if schema.get("type") == "array" and not isinstance(schema.get("items"), Mapping):
            raise _CannotBeStrict
        if schema.get("type") == "object" or "properties" in schema:
            self._close(out, schema)
        return out

    def _reference(self, schema: Mapping[str, object]) -> _Schema:
        """Return a bare reference, or what it stands for where there are keywords beside it."""
        reference = schema["$ref"]
        beside = {k: v for k, v in schema.items() if k != "$ref" and k not in _DROPPED}
        name = str(reference).removeprefix("#/$defs/")
        target = self._definitions.get(name)
        if not beside or name in self._inlining or not isinstance(target, Mapping):
            return {"$ref": reference}
        self._inlining.append(name)
        out = self.convert({**cast("Mapping[str, object]", target), **beside})
        self._inlining.pop()
        return out

    def _close(self, out: _Schema, schema: Mapping[str, object]) -> None:
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or out.get("additionalProperties", False):
            raise _CannotBeStrict  # a mapping with keys of the model's choice
        properties = cast("Mapping[str, object]", properties)
        required = schema.get("required")
        required = cast("list[str]", required) if isinstance(required, list) else []
        if self._keep_optional and not all(
            name in required or _null_by_default(described)
            for name, described in properties.items()
        ):
            raise _CannotBeStrict
        out["required"] = list(properties)
        out["additionalProperties"] = False


def _null_by_default(schema: object) -> bool:
    if not isinstance(schema, Mapping):
        return False
    schema = cast("Mapping[str, object]", schema)
    return schema.get("default", ...) is None and {"type": "null"} in _options(schema)


def _options(schema: Mapping[str, object]) -> list[object]:
    options = schema.get("anyOf")
    return cast("list[object]", options) if isinstance(options, list) else [schema]


def _map_below(schema: Mapping[str, object], change: Callable[[_Schema], _Schema]) -> _Schema:
    """Return a copy of `schema` with `change` applied to each schema directly below it."""
    out: _Schema = {}
    for key, value in schema.items():
        if key in _NAMED and isinstance(value, Mapping):
            named = cast("Mapping[str, object]", value)
            out[key] = {name: _changed(item, change) for name, item in named.items()}
        elif key in _LISTED and isinstance(value, list):
            out[key] = [_changed(item, change) for item in cast("list[object]", value)]
        elif key in _SINGLE:
            out[key] = _changed(value, change)
        else:
            out[key] = copy.deepcopy(value)
    return out


def _changed(value: object, change: Callable[[_Schema], _Schema]) -> object:
    if isinstance(value, dict):
        return change(cast("_Schema", value))
    return copy.deepcopy(value)
