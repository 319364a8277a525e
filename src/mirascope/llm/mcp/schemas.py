"""The JSON schema of a server's tool, as the schema of a tool of ours."""

from __future__ import annotations

from mirascope._wire.json_schema import map_below, target
from mirascope._wire.json_values import JsonObject, as_list, as_object, is_object
from mirascope.llm.tools.parameter_schema import JsonSchema, ToolParameterSchema

__all__ = ["parameters_of"]

_NOT_HELD = (
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
    *("dependencies", "dependentRequired", "dependentSchemas"),
    *("maxProperties", "minProperties", "patternProperties", "propertyNames"),
)
"""Keywords that say which objects are valid, and have no place in a tool's schema."""


def parameters_of(schema: JsonObject) -> tuple[ToolParameterSchema, JsonSchema]:
    """Return a tool's parameters, and the keywords of `schema` that they cannot hold.

    Properties, required names, `additionalProperties` and definitions stay as they are. Most
    vendors take no more than those at the root of a tool's schema, so parameters that a server
    describes in branches there, or behind a reference, are gathered: all of them are offered, and
    required where every branch says so.

    Args:
        schema: Any JSON schema of an object, of draft 7 or later.
    """
    if "definitions" in schema:  # as draft 7 called them
        schema = _with_new_references(schema)
        defs = {**as_object(schema["definitions"]), **as_object(schema.get("$defs"))}
        schema = {**schema, "$defs": defs}
    gathered = _Gathered(schema)
    required = list(dict.fromkeys(gathered.add(schema)))
    properties = gathered.properties()
    for name in required:
        properties.setdefault(name, {})
    others = gathered.others
    definitions = as_object(schema.get("$defs"))
    parameters = ToolParameterSchema(
        properties=properties,
        required=required,
        additionalProperties=dict(others) if is_object(others) else others is True,
        defs={name: _described(value) for name, value in definitions.items()} or None,
    )
    return parameters, {name: schema[name] for name in _NOT_HELD if name in schema}


class _Gathered:
    """The properties of a schema and of its branches; each reference is followed once."""

    def __init__(self, root: JsonObject) -> None:
        self.others: object = None
        """What the outermost schema that says so says of other properties."""
        self._root = root
        self._choices: dict[str, list[object]] = {}
        self._seen: set[str] = set()

    def add(self, schema: JsonObject) -> list[str]:
        """Add a schema, and return the names that every object which fits it has."""
        names = [name for name in as_list(schema.get("required")) if isinstance(name, str)]
        if self.others is None:
            self.others = schema.get("additionalProperties")
        for name, value in as_object(schema.get("properties")).items():
            choices = self._choices.setdefault(name, [])
            if value not in choices:
                choices.append(value)
        for branch in [self._referred(schema.get("$ref")), *as_list(schema.get("allOf"))]:
            if is_object(branch):
                names += self.add(branch)
        for keyword in ("anyOf", "oneOf"):
            branches = [self.add(as_object(each)) for each in as_list(schema.get(keyword))]
            if branches:
                names += [name for name in branches[0] if all(name in b for b in branches)]
        return names

    def properties(self) -> dict[str, JsonSchema]:
        """Return each property, with a choice where branches describe it differently."""
        return {
            name: _described(choices[0]) if len(choices) == 1 else {"anyOf": choices}
            for name, choices in self._choices.items()
        }

    def _referred(self, reference: object) -> object:
        if not isinstance(reference, str) or reference in self._seen:
            return None  # schemas that refer to each other would take for ever
        self._seen.add(reference)
        return target(self._root, reference)


def _with_new_references(schema: JsonObject) -> dict[str, object]:
    """Return a schema of draft 7 with the references of later ones."""
    changed = map_below(schema, _with_new_references)
    reference = changed.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/definitions/"):
        changed["$ref"] = reference.replace("#/definitions/", "#/$defs/", 1)
    return changed


def _described(value: object) -> JsonSchema:
    """Return the schema of one value; it may be a mere `true` or `false`."""
    return {"not": {}} if value is False else dict(as_object(value))
