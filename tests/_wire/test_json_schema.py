"""The walk through a JSON schema: every schema in it, and nothing that is data."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mirascope._wire.json_schema import below, map_below, nodes, target

# Every key stands for one schema, and the values of "data" look like schemas but are none.
LOOKS_LIKE = {"type": "string", "properties": {"x": {"title": "data"}}, "items": {"title": "data"}}
SCHEMA: dict[str, Any] = {
    "title": "root",
    "default": LOOKS_LIKE,
    "const": LOOKS_LIKE,
    "enum": [LOOKS_LIKE],
    "examples": [LOOKS_LIKE],
    "properties": {
        "default": {"title": "a property named default"},
        "items": {"title": "a property named items", "items": {"title": "its items"}},
    },
    "$defs": {"D": {"title": "D", "anyOf": [{"title": "one"}, True, {"title": "other"}]}},
    "items": [{"title": "first"}, {"title": "second"}],
    "additionalProperties": {"title": "the rest"},
    "unevaluatedItems": False,
    "not": {"title": "not"},
}
TITLES = {
    *("root", "a property named default", "a property named items", "its items", "D", "one"),
    *("other", "first", "second", "the rest", "not"),
}


def test_nodes_are_schemas_only() -> None:
    assert {node["title"] for node in nodes(SCHEMA)} == TITLES
    assert list(nodes(True)) == []


def test_what_is_below_has_the_name_its_keyword_gives() -> None:
    names = {child["title"]: name for name, child in below(SCHEMA)}
    assert names == {
        "a property named default": "default",
        "a property named items": "items",
        "D": "D",
        "first": None,
        "second": None,
        "the rest": None,
        "not": None,
    }
    assert next(iter(below(SCHEMA)))[1] is SCHEMA["properties"]["default"]


def test_a_change_reaches_every_schema_and_leaves_the_original() -> None:
    before = copy.deepcopy(SCHEMA)

    def marked(schema: Any) -> dict[str, object]:
        return {**map_below(schema, marked), "marked": True}

    changed = marked(SCHEMA)
    assert before == SCHEMA
    assert {node["title"] for node in nodes(changed)} == TITLES
    assert all(node["marked"] for node in nodes(changed))
    assert "marked" not in str([changed[key] for key in ("default", "const", "enum", "examples")])
    assert changed["unevaluatedItems"] is False
    changed["default"]["type"] = "changed"  # type: ignore[index] - a copy, down to the data
    assert before == SCHEMA


@pytest.mark.parametrize(
    ("ref", "title"),
    [
        ("#", "root"),
        ("#/$defs/D", "D"),
        ("#/$defs/D/anyOf/2", "other"),
        ("#/$defs/a~1b%20~0c", "odd"),
        ("#/$defs/E", None),
        ("#/$defs/D/anyOf/3", None),
        ("#/title/0", None),
        ("https://example.com/$defs/D", None),
        (3, None),
    ],
)
def test_where_a_reference_points(ref: object, title: str | None) -> None:
    schema = {**SCHEMA, "$defs": {**SCHEMA["$defs"], "a/b ~c": {"title": "odd"}}}
    found: Any = target(schema, ref)
    assert (None if found is None else found["title"]) == title
