"""Every generated value fits its schema."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import re
import uuid
from typing import Annotated, Any, Literal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AnyUrl, BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

from mirascope.llm.testing.schema import generate
from mirascope.llm.testing.schema.pattern import matching

KINDS = ["integer", "number", "string", "boolean", "null", "const", "enum", "any", "format"]
NAMES = st.sampled_from(["title", "year", "first_name", "tags", "x", "childNodes", "é"])


def _integers(draw: st.DrawFn) -> dict[str, Any]:
    low = draw(st.integers(-1000, 1000))
    span = draw(st.integers(0, 50))
    schema: dict[str, Any] = {"type": "integer"}
    if draw(st.booleans()):
        schema["minimum"] = low
    if draw(st.booleans()):
        schema["maximum"] = low + span
    if draw(st.booleans()) and not ("minimum" in schema and "maximum" in schema):
        schema["multipleOf"] = draw(st.integers(1, 12))
    return schema


@st.composite
def leaves(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(KINDS))
    if kind == "integer":
        return _integers(draw)
    if kind == "number":
        low = draw(st.floats(-1e6, 1e6))
        key = draw(st.sampled_from(["minimum", "exclusiveMinimum"]))
        limits = {key: low, "exclusiveMaximum": low + draw(st.floats(1, 10))}
        return {"type": "number", **(limits if draw(st.booleans()) else {})}
    if kind == "string":
        least = draw(st.integers(0, 40))
        limits = {"minLength": least, "maxLength": least + draw(st.integers(0, 10))}
        return {"type": "string", **(limits if draw(st.booleans()) else {})}
    if kind == "const":
        return {"const": draw(st.one_of(st.none(), st.integers(), st.text(max_size=5)))}
    if kind == "enum":
        return {"enum": draw(st.lists(st.one_of(st.integers(), st.text(max_size=5)), min_size=1))}
    if kind == "format":
        names = "date date-time time email uri uuid ipv4 ipv6 duration hostname json-pointer"
        return {"type": "string", "format": draw(st.sampled_from(names.split()))}
    return {} if kind == "any" else {"type": kind}


def _arrays(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda item, least, more: {
            "type": "array",
            "items": item,
            "minItems": least,
            "maxItems": least + more,
        },
        items,
        st.integers(0, 4),
        st.integers(0, 4),
    )


def _objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def build(properties: dict[str, Any], required: set[str], closed: bool) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": sorted(required & properties.keys()),
            **({"additionalProperties": False} if closed else {}),
        }

    names = st.sets(NAMES)
    return st.builds(build, st.dictionaries(NAMES, values, max_size=4), names, st.booleans())


def _composed(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    branches = st.lists(values, min_size=1, max_size=3)
    mapping = st.builds(lambda v: {"type": "object", "additionalProperties": v}, values)
    tuples = st.builds(
        lambda v: {"type": "array", "prefixItems": v, "minItems": len(v), "items": False}, branches
    )
    whole = st.builds(lambda v: {"allOf": [v]}, values)
    return st.one_of(st.builds(lambda v: {"anyOf": v}, branches), mapping, tuples, whole)


SCHEMAS = st.recursive(
    leaves(), lambda inner: st.one_of(_arrays(inner), _objects(inner), _composed(inner))
)


def check(schema: Any, value: Any) -> None:
    written = json.loads(json.dumps(value, allow_nan=False))
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(written)


@given(schema=SCHEMAS, full=st.booleans(), question=st.sampled_from(["", "3, 4.5 and -17?"]))
def test_any_schema(schema: Any, full: bool, question: str) -> None:
    made = generate(schema, full=full, question=question)
    check(schema, made)
    assert made == generate(schema, full=full, question=question)


@given(properties=st.dictionaries(NAMES, SCHEMAS, max_size=3), full=st.booleans())
def test_any_recursive_schema(properties: dict[str, Any], full: bool) -> None:
    node = {
        "type": "object",
        "properties": {
            **properties,
            "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        },
        "required": ["next", "children", *properties],
    }
    schema = {"$ref": "#/$defs/Node", "$defs": {"Node": node}}
    check(schema, generate(schema, full=full))


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Node(BaseModel):
    value: int
    parent: Node | None
    children: list[Node]
    by_name: dict[str, Node]


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: Annotated[int, Field(ge=1, le=9)]


class Dog(BaseModel):
    kind: Literal["dog"]
    friends: list[Cat | Dog]


class Point(TypedDict):
    x: float
    y: float


class Everything(BaseModel):
    color: Color
    when: datetime.datetime
    day: datetime.date
    hour: datetime.time
    span: datetime.timedelta
    id: uuid.UUID
    price: decimal.Decimal
    url: AnyUrl
    code: Annotated[str, Field(pattern=r"^[A-Z]{3}-\d{4}$")]
    label: Annotated[str, Field(min_length=30, max_length=31)]
    even: Annotated[int, Field(gt=7, lt=100, multiple_of=4)]
    share: Annotated[float, Field(gt=0, lt=0.001)]
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    points: Annotated[list[Point], Field(min_length=3)]
    names: Annotated[set[str], Field(min_length=4)]
    colors: Annotated[set[Color], Field(min_length=2)]
    flags: Annotated[frozenset[bool], Field(min_length=2)]
    pair: tuple[int, str]
    scores: dict[str, list[float]]
    maybe: str | None
    given: int = 12
    tree: Node
    anything: Any


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("type_", [Everything, Node, Dog, list[Node], dict[str, Cat], int, Color])
def test_pydantic_accepts_what_is_made(type_: Any, full: bool) -> None:
    adapter = TypeAdapter(type_)
    adapter.validate_json(json.dumps(generate(adapter.json_schema(), full=full)))


def test_it_is_minimal_or_full() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["a"],
    }
    assert generate(schema, full=False) == {"a": "a sample a"}
    assert generate(schema) == {"a": "a sample a", "b": "a sample b"}


def test_preferences() -> None:
    assert generate({"enum": ["b", "a"]}) == "b"
    assert generate({"const": 4, "enum": [4]}) == 4
    assert generate({"type": "integer", "default": 7}) == 7
    assert generate({"type": "string", "default": ""}) == "a sample"
    assert generate({"type": "string", "examples": ["this"]}) == "this"
    assert generate({"type": ["null", "integer"]}) == 1
    assert generate({"anyOf": [{"type": "null"}, {"type": "boolean"}]}) is True


def test_numbers_of_the_question_are_used_where_they_fit() -> None:
    number = {"type": "number"}
    small = {"type": "integer", "maximum": 10}
    schema = {
        "type": "object",
        "properties": {"big": number, "small": small, "rest": number, "year": number},
        "required": ["big", "small", "rest", "year"],
    }
    made = generate(schema, question="From 1,234.5 take 7 or v2 or -3e2!")
    assert made == {"big": 1234.5, "small": 7, "rest": -300, "year": 2007}
    listed = {"type": "array", "items": {"type": "integer"}}
    assert generate(listed, question="Sort 3, 1 and 2", full=False) == [3, 1, 2]


def test_questions_and_answers_are_echoed() -> None:
    fields = {"query": {"type": "string"}, "output": {"type": "string"}}
    schema = {"type": "object", "properties": fields}
    made = generate(schema, question="Why?")
    assert made == {"query": "Why?", "output": "A simulated answer to: Why?"}


def test_older_dialects() -> None:
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 3, "exclusiveMinimum": True},
            "pair": {"type": "array", "items": [{"type": "integer"}, {"type": "string"}]},
            "other": {"$ref": "#/definitions/Other"},
        },
        "definitions": {"Other": {"type": "boolean"}},
    }
    made: Any = generate(schema)
    assert made["n"] == 4
    assert [type(item) for item in made["pair"]] == [int, str]
    assert made["other"] is True


def test_keys_of_mappings() -> None:
    schema = {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "propertyNames": {"enum": ["north", "south"]},
        "minProperties": 2,
    }
    assert generate(schema).keys() == {"north", "south"}  # type: ignore[union-attr]


def test_a_large_schema_stays_small() -> None:
    fields = {f"f{n}": {"$ref": f"#/$defs/T{n}"} for n in range(12)}
    node = {"type": "object", "properties": fields}
    schema = {"$ref": "#/$defs/T0", "$defs": {f"T{n}": node for n in range(12)}}
    made = generate(schema)
    check(schema, made)
    assert len(json.dumps(made)) < 200_000


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "object", "properties": {"a": False}, "required": ["a"]},
        {
            "$ref": "#/$defs/N",
            "$defs": {
                "N": {
                    "type": "object",
                    "properties": {"n": {"$ref": "#/$defs/N"}},
                    "required": ["n"],
                }
            },
        },
        {"type": "integer", "minimum": 2, "maximum": 1},
    ],
)
def test_what_nothing_fits_is_refused(schema: Any) -> None:
    with pytest.raises(ValueError, match="fits"):
        generate(schema)


PATTERNS = [
    r"^\d{3}-\d{4}$",
    r"^[A-Z][a-z]+(?: [A-Z][a-z]+)*$",
    r"[^aeiou\d]{2,5}x?",
    r"^(foo|bar)\.(?P<ext>txt|md)$",
    r"^\w+@\w+\.com$",
    r"^#[0-9a-fA-F]{6}$",
    r"a{2,}b*c+?",
    r"^[\w.\-]+$",
    r"^\s*$",
    r"^[]a]$",
    r"^v\d+(\.\d+){2}$",
    r"^(?!\s*$).+",
    "",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("index", [0, 1, 5])
def test_patterns(pattern: str, index: int) -> None:
    text = matching(pattern, index=index)
    if "(?!" in pattern:
        assert text is None
    else:
        assert text is not None
        assert re.search(pattern, text)


def test_patterns_with_a_length() -> None:
    assert matching("^[a-z]+$", min_length=5) == "aaaaa"
    assert matching("^[a-z]{2}$", min_length=5) is None
    assert matching("(unclosed") is None
    assert matching(r"(a)\1") is None


@given(st.text(alphabet=r"ab01()[]{}|*+?\d\w^$.,-", max_size=12), st.integers(0, 3))
def test_any_pattern_gives_a_match_or_nothing(pattern: str, index: int) -> None:
    text = matching(pattern, index=index)
    assert text is None or re.search(pattern, text)
