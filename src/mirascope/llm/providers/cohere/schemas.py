"""JSON schemas that the vendor can enforce.

Source: https://docs.cohere.com/docs/structured-outputs, "Schema constraints" (2025-12): an object
at the top, something required in each object, no composition but ``anyOf``, and no limits to
numbers, lengths and sizes. What cannot be enforced is told the model in the description instead.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mirascope._wire.json_schema import map_below, nodes, target
from mirascope._wire.json_values import JsonObject, is_object
from mirascope.llm.providers import schemas

__all__ = ["strict_schema"]

_HINTED = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "format"),
)
_FORMATS = frozenset({"date-time", "date", "time", "uuid"})


def strict_schema(
    schema: Mapping[str, object], *, keep_optional: bool = False
) -> dict[str, object] | None:
    """Return `schema` in the form that can be enforced, or None if it has none.

    Args:
        schema: The schema of an object; definitions under ``$defs``.
        keep_optional: See `schemas.strict_schema`.
    """
    whole = target(schema, schema.get("$ref"))
    if is_object(whole):  # the vendor wants the object itself at the top
        schema = {**whole, "$defs": schema.get("$defs", {})}
    strict = schemas.strict_schema(schema, keep_optional=keep_optional)
    if strict is None or strict.get("type") != "object":
        return None
    if any(node.get("type") == "object" and not node.get("required") for node in nodes(strict)):
        return None
    return _hinted(strict)


def _hinted(schema: JsonObject) -> dict[str, object]:
    out = map_below(schema, _hinted)
    hints = {
        key: out.pop(key)
        for key in _HINTED
        if key in out and not (key == "format" and out[key] in _FORMATS)
    }
    if hints:
        text = ", ".join(
            f"{key}: {msgspec.json.encode(value).decode()}" for key, value in hints.items()
        )
        before = out.get("description")
        out["description"] = f"{before}\n\n{{{text}}}" if before else f"{{{text}}}"
    return out
