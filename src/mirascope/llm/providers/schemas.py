"""JSON schemas as vendors want them: closed, and strict.

Schemas passed in are never changed; every function returns a copy. The rules of "strict" are those
of https://platform.openai.com/docs/guides/structured-outputs (2025), which other vendors copied:
every object closed and every property required, no keyword the sampler cannot enforce.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mirascope._wire.json_schema import map_below, target
from mirascope._wire.json_values import JsonObject, as_list, as_object, is_list, is_object

if TYPE_CHECKING:
    from mirascope.llm.tools import AnyToolSchema

__all__ = ["closed_objects", "strict_schema", "tool_parameters"]

_TYPED = frozenset({"type", "$ref", "anyOf", "oneOf", "enum", "const"})
_NOT_STRICT = frozenset(
    {"definitions", "patternProperties", "dependentSchemas"}
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
    closed = map_below(schema, closed_objects)
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
    try:
        return _Strict(schema, keep_optional).convert(schema)
    except _CannotBeStrict:
        return None


class _Strict:
    """One conversion; knows the whole schema, and which of its definitions it is inlining."""

    def __init__(self, root: JsonObject, keep_optional: bool) -> None:
        self._root = root
        self._keep_optional = keep_optional
        self._inlining: list[object] = []

    def convert(self, schema: JsonObject) -> dict[str, object]:
        """Return the strict form of `schema` and all below it."""
        if "$ref" in schema:
            return self._reference(schema)
        if not _TYPED & schema.keys() or _NOT_STRICT & schema.keys():
            raise _CannotBeStrict
        out = map_below({k: v for k, v in schema.items() if k not in _DROPPED}, self.convert)
        if "oneOf" in out:  # refused; the weaker anyOf means the same to a sampler
            out["anyOf"] = out.pop("oneOf")
        if schema.get("type") == "array" and not is_object(schema.get("items")):
            raise _CannotBeStrict
        if schema.get("type") == "object" or "properties" in schema:
            self._close(out, schema)
        return out

    def _reference(self, schema: JsonObject) -> dict[str, object]:
        """Return a bare reference, or what it stands for where there are keywords beside it."""
        reference = schema["$ref"]
        beside = {k: v for k, v in schema.items() if k != "$ref" and k not in _DROPPED}
        definition = target(self._root, reference)
        if not beside or reference in self._inlining or not is_object(definition):
            return {"$ref": reference}
        self._inlining.append(reference)
        out = self.convert({**definition, **beside})
        self._inlining.pop()
        return out

    def _close(self, out: dict[str, object], schema: JsonObject) -> None:
        properties = schema.get("properties")
        if not is_object(properties) or out.get("additionalProperties", False):
            raise _CannotBeStrict  # a mapping with keys of the model's choice
        required = as_list(schema.get("required"))
        if self._keep_optional and not all(
            name in required or _null_by_default(described)
            for name, described in properties.items()
        ):
            raise _CannotBeStrict
        out["required"] = list(properties)
        out["additionalProperties"] = False


def _null_by_default(schema: object) -> bool:
    described = as_object(schema)
    options = described.get("anyOf")
    choices = options if is_list(options) else [described]
    return described.get("default", ...) is None and {"type": "null"} in choices
