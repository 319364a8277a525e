"""Values that fit a JSON Schema: deterministic, small, and plausible where a name helps.

A schema may be recursive. Once a value gets deep or large, or a definition comes up again inside
itself, the generator takes the shortest way to an end, which `Heights` knows.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import cast

from mirascope._wire.json_values import (
    Json,
    JsonObject,
    as_list,
    as_object,
    as_text,
    is_object,
)
from mirascope.llm.testing.schema import samples
from mirascope.llm.testing.schema.document import Document, Heights, required_of, types_of, whole
from mirascope.llm.testing.schema.limits import Limits
from mirascope.llm.testing.schema.pattern import matching

__all__ = ["generate"]

_DEEP = 4
_MANY = 400
_NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")


def generate(schema: object, *, question: str = "", full: bool = True) -> Json:
    """Return a value that fits `schema`.

    Constraints on one value are kept; conditions across values (`not`, `if`, `contains`,
    `dependentRequired`) are not looked at.

    Args:
        schema: Decoded JSON Schema; `$ref` within it may be recursive.
        question: Numbers in it are used where numbers are asked for, in order.
        full: Whether properties that are not required are filled too.

    Raises:
        ValueError: No finite value fits.
    """
    return _Generator(schema, question, full).value(schema, _Place())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the whole a value goes."""

    name: str = ""
    """Of the property it belongs to."""
    depth: int = 0
    index: int = 0
    """Among its neighbours in an array: another number asks for another value."""
    refs: frozenset[str] = frozenset()
    """References followed on the way here."""
    tight: bool = False
    """Whether to come to an end."""

    def inside(self, name: str, index: int) -> _Place:
        return replace(self, name=name, depth=self.depth + 1, index=index)


class _Generator:
    def __init__(self, schema: object, question: str, full: bool) -> None:
        self._document = Document(schema)
        self._heights = Heights(self._document)
        self._question = question
        self._full = full
        numbers = (float(text.replace(",", "")) for text in _NUMBER.findall(question))
        self._numbers = [number for number in numbers if math.isfinite(number)]
        self._made = 0
        if self._heights.of(schema) == math.inf:
            raise ValueError("no finite value fits this schema")

    def value(self, schema: object, place: _Place) -> Json:
        """Return a value that fits `schema`."""
        merged, refs = self._document.merged(as_object(schema))
        self._made += 1
        tight = place.tight or place.depth > _DEEP or self._made > _MANY
        tight = tight or bool(refs & place.refs)
        place = replace(place, refs=place.refs | refs, tight=tight)
        for key in ("anyOf", "oneOf"):
            if branches := as_list(merged.get(key)):
                branch = self._branch(branches, place)
                rest = {name: value for name, value in merged.items() if name != key}
                both = {**branch, "allOf": [*as_list(branch.get("allOf")), rest]}
                return self.value(both, place)
        if presets := self._presets(merged, place):
            return presets[place.index % len(presets)]
        types = types_of(merged)
        if tight and "null" in types:
            return None
        return self._typed(next((t for t in types if t != "null"), "null"), merged, place)

    def _typed(self, type_: str, schema: JsonObject, place: _Place) -> Json:
        match type_:
            case "object":
                return self._object(schema, place)
            case "array":
                return self._array(schema, place)
            case "number" | "integer":
                return self._numeric(schema, place, integer=type_ == "integer")
            case "boolean":
                return place.index % 2 == 0
            case "null":
                return None
            case _:
                return self._text(schema, place)

    def _branch(self, branches: list[object], place: _Place) -> JsonObject:
        """Return the first branch that is not null, or the one that ends soonest."""
        if not place.tight:
            for branch in map(as_object, branches):
                if branch.get("type") != "null" and self._heights.of(branch) < math.inf:
                    return branch
        return as_object(min(branches, key=self._heights.of))

    def _presets(self, schema: JsonObject, place: _Place) -> list[Json]:
        """Return the values that the schema itself names; an empty default is not worth it."""
        if "const" in schema:
            return [cast("Json", schema["const"])]
        if choices := as_list(schema.get("enum")):
            return cast("list[Json]", choices)
        given = [schema.get("default"), *as_list(schema.get("examples")), schema.get("example")]
        useful = [value for value in given if value not in (None, "", [], {})]
        return cast("list[Json]", useful[:1]) if place.index == 0 else []

    def _object(self, schema: JsonObject, place: _Place) -> dict[str, Json]:
        properties = as_object(schema.get("properties"))
        required = set(required_of(schema))
        optional = [name for name in properties if name not in required]
        least = whole(schema.get("minProperties"), 0) - len(required)
        wanted = required | set(optional[: max(least, 0)])
        if self._full and not place.tight:
            wanted |= {n for n in optional if self._heights.of(properties[n]) < math.inf}
        made = {
            name: self.value(properties.get(name, {}), place.inside(name, place.index))
            for name in dict.fromkeys([*properties, *required_of(schema)])
            if name in wanted
        }
        made.update(self._entries(schema, place, len(made)))
        return made

    def _entries(self, schema: JsonObject, place: _Place, have: int) -> dict[str, Json]:
        """Return entries that no property names, for a mapping."""
        other = schema.get("additionalProperties")
        mapping = is_object(other) and "properties" not in schema
        least = whole(schema.get("minProperties"), 0)
        count = max(least, 1 if mapping and not place.tight else 0) - have
        names = {**as_object(schema.get("propertyNames")), "type": "string"}
        keys = [str(self.value(names, place.inside("key", index))) for index in range(count)]
        return {key: self.value(other, place.inside(key, i)) for i, key in enumerate(keys)}

    def _array(self, schema: JsonObject, place: _Place) -> list[Json]:
        items = schema.get("items", {})
        prefix = as_list(schema.get("prefixItems")) or as_list(items)  # a list of items: draft 7
        rest = schema.get("additionalItems", {}) if as_list(items) else items
        count = self._length(rest, len(prefix), place)
        count = min(count, whole(schema.get("maxItems"), count))
        count = max(count, whole(schema.get("minItems"), 0))
        unique = schema.get("uniqueItems") is True
        made: list[Json] = []
        for index in range(count * 8 if unique else count):
            item = prefix[len(made)] if len(made) < len(prefix) else rest
            if len(made) == count or item is False:
                break
            value = self.value(item, place.inside(place.name, place.index + index))
            if not unique or value not in made:
                made.append(value)
        return made

    def _length(self, item: object, prefix: int, place: _Place) -> int:
        """Return how many items look right where the schema leaves it open."""
        if place.tight:
            return 0
        if prefix or self._heights.of(item) == math.inf:
            return prefix
        if self._numbers and {"number", "integer"} & set(types_of(as_object(item))):
            return len(self._numbers)
        return 2 if self._full and place.depth < 2 else 1

    def _numeric(self, schema: JsonObject, place: _Place, *, integer: bool) -> float:
        limits = Limits(schema, integer=integer)
        asked = next((number for number in self._numbers if limits.fit(number)), None)
        if asked is not None:
            self._numbers.remove(asked)
            return _written(asked)
        named = samples.number_for(place.name)
        for candidate in limits.candidates(1 if named is None else named, place.index):
            if limits.fit(candidate):
                return _written(candidate)
        raise ValueError(f"no number fits {dict(schema)!r}")

    def _text(self, schema: JsonObject, place: _Place) -> str:
        least = whole(schema.get("minLength"), 0)
        pattern = as_text(schema.get("pattern"))
        text = matching(pattern, min_length=least, index=place.index) if pattern else None
        if text is None:
            text = samples.formatted(as_text(schema.get("format")), place.index)
        if text is None:
            text = samples.text_for(place.name, self._question, place.index)
        most = whole(schema.get("maxLength"), len(text))
        if len(text) > most and place.index:  # what tells it from its neighbours comes first
            text = f"{place.index + 1} {text}"
        return text[:most].ljust(least, ".")


def _written(number: float) -> float:
    """Return `number` without a fraction where it has none, so that JSON writes none."""
    return int(number) if float(number).is_integer() else number
