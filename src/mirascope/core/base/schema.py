"""JSON schemas of tools and response models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import CoreSchema

from mirascope._wire.json_schema import below, map_below

__all__ = ["GenerateJsonSchemaNoTitles", "in_words", "inline_refs", "without"]


class GenerateJsonSchemaNoTitles(GenerateJsonSchema):
    """A schema without the titles pydantic makes of the field names."""

    def generate(self, schema: CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        """Generate the schema; a title of the user's own stays."""
        result = super().generate(schema, mode)
        _untitle(result, None)
        result.pop("title", None)
        return result


def _same(title: str, key: str) -> bool:
    return title.replace(" ", "").replace("_", "").lower() == key.replace("_", "").lower()


def _untitle(node: dict[str, Any], name: str | None) -> None:
    title = node.get("title")
    if isinstance(title, str) and (name is None or _same(title, name)):
        del node["title"]
    for each, child in below(node):
        _untitle(child, each)


def without(schema: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """Drop properties from an object schema."""
    properties = {k: v for k, v in schema.get("properties", {}).items() if k not in names}
    required = [name for name in schema.get("required", []) if name not in names]
    kept = {k: v for k, v in schema.items() if k not in ("properties", "required")}
    if "properties" in schema:
        kept["properties"] = properties
    return {**kept, "required": required} if required else kept


def in_words(description: str | None, rest: Mapping[str, Any]) -> str:
    """Put into a description what a vendor's schema has no keyword for."""
    text = json.dumps(rest, sort_keys=True)
    return f"{description} {text}" if description else text


def inline_refs(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Put every definition where it is referred to.

    Raises:
        ValueError: If a definition refers to itself.
    """
    definitions = schema.get("$defs", {})

    def resolve(node: Mapping[str, Any], seen: tuple[str, ...]) -> dict[str, Any]:
        reference = node.get("$ref")
        if isinstance(reference, str):
            name = reference.rsplit("/", 1)[-1]
            if name in seen:
                raise ValueError(f"The schema of {name} contains itself, which cannot be inlined.")
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return resolve({**definitions[name], **rest}, (*seen, name))
        kept = {key: value for key, value in node.items() if key != "$defs"}
        return map_below(kept, lambda child: resolve(child, seen))

    return resolve(schema, ())
