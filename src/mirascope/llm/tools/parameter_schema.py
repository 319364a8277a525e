"""The JSON schema of a tool's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias, cast

__all__ = ["JsonSchema", "ToolParameterSchema"]

JsonSchema: TypeAlias = dict[str, Any]
"""A JSON schema: what a value may be depends on the keyword, so the values are `Any`."""


@dataclass(init=False)
class ToolParameterSchema:
    """The arguments of a tool as a JSON schema; its type is always an object.

    It answers to the constructor and `model_dump` of a pydantic model but is none, so that
    describing a tool by hand does not need pydantic. Do not change it once a tool has it.
    """

    properties: dict[str, JsonSchema]
    """A schema for each argument, by name."""
    required: list[str]
    additionalProperties: bool | JsonSchema
    """Whether other arguments are accepted, or the schema of such; False unless the function takes
    ``**kwargs``."""
    defs: dict[str, JsonSchema] | None
    """The schemas that ``#/$defs/...`` references point to."""

    def __init__(
        self,
        *,
        properties: dict[str, JsonSchema] | None = None,
        required: list[str] | None = None,
        additionalProperties: bool | JsonSchema = False,
        defs: dict[str, JsonSchema] | None = None,
        **alias: dict[str, JsonSchema] | None,
    ) -> None:
        """Take the keywords of the schema.

        Args:
            properties: A schema for each argument.
            required: The names of arguments without a default.
            additionalProperties: Whether, or of which schema, others are accepted.
            defs: Schemas to refer to; ``**{"$defs": ...}`` does the same.
            alias: Only ``$defs``.
        """
        self.properties = {} if properties is None else properties
        self.required = [] if required is None else required
        self.additionalProperties = additionalProperties
        self.defs = alias.pop("$defs", None) if defs is None else defs
        if alias:
            raise TypeError(f"ToolParameterSchema takes no keyword {', '.join(map(repr, alias))}.")

    @classmethod
    def model_validate(cls, schema: Mapping[str, Any]) -> Self:
        """Take what a tool needs of a JSON schema of an object; other keywords are dropped."""
        return cls(
            properties=dict(schema.get("properties") or {}),
            required=list(schema.get("required") or ()),
            additionalProperties=schema.get("additionalProperties", False),
            defs=schema.get("$defs"),
        )

    def model_dump(self, *, by_alias: bool = False, exclude_none: bool = False) -> JsonSchema:
        """Return the schema as a dict that shares nothing with this object.

        Args:
            by_alias: Whether `defs` is called ``$defs``, as JSON schema does.
            exclude_none: Whether absent `defs` are left out.
        """
        schema: JsonSchema = {
            "properties": _copied(self.properties),
            "required": list(self.required),
            "additionalProperties": _copied(self.additionalProperties),
        }
        if self.defs is not None or not exclude_none:
            schema["$defs" if by_alias else "defs"] = _copied(self.defs)
        return schema


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in cast("JsonSchema", value).items()}
    if isinstance(value, list):
        return [_copied(item) for item in cast("list[object]", value)]
    return value
