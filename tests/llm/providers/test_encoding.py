"""What all codecs share: schemas, tool outputs, bodies, headers, and reuse of raw messages."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from mirascope import __version__, llm
from mirascope.llm.formatting.format_tool import FORMAT_TOOL_NAME
from mirascope.llm.messages import assistant
from mirascope.llm.providers.encoding import (
    data_url,
    encode_thoughts,
    include_thoughts,
    json_headers,
    merge_extra,
    parse_json_object,
    read_json,
    reusable_raw,
    skip,
    thought_as_text,
    tool_output_text,
)
from mirascope.llm.providers.schemas import closed_objects, strict_schema, tool_parameters
from mirascope.llm.types.jsonable import plain
from tests.llm.providers.traffic import request

ANY: msgspec.json.Decoder[object] = msgspec.json.Decoder()


class Leaf(BaseModel):
    name: str


class OldStyle:
    def json(self) -> str:
        return '{"old": true}'


@dataclass
class Point:
    x: int
    more: tuple[int, ...]


class Suit(Enum):
    CLUBS = "clubs"
    ALL = (1, 2)


class Opaque:
    def __str__(self) -> str:
        return "opaque"


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ("as it is", "as it is"),
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (2.5, "2.5"),
        ({"ä": [1, "ö"]}, '{"ä": [1, "ö"]}'),
        ((1, 2), "[1, 2]"),
        (range(3), "[0, 1, 2]"),
        (Leaf(name="x"), '{"name": "x"}'),
        ([Leaf(name="x"), OldStyle()], '[{"name": "x"}, {"old": true}]'),
        (OldStyle(), '{"old": true}'),
        ([float("nan")], "[null]"),
        ({2, 1}, "[1, 2]"),
        (Point(1, (2,)), '{"x": 1, "more": [2]}'),
    ],
)
def test_a_tool_output_is_text(result: object, text: str) -> None:
    assert tool_output_text(result) == text


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("result", "named"),
    [
        (b"raw", "bytes"),
        ([b"raw"], "bytes"),
        (Opaque(), "Opaque"),
        ({"o": Opaque()}, "Opaque"),
        ({(1, 2): 3}, "tuple"),
        (CIRCLE, "holds itself"),
        ([llm.Image.from_url("https://example.com/a.png")], "Image"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_tool_output_that_has_no_text_is_refused(result: object, named: str) -> None:
    with pytest.raises(TypeError, match=f"^The result of a tool holds .*{named}"):
        tool_output_text(result)


def test_the_parameters_of_a_tool_are_an_object() -> None:
    @llm.tool
    def look(place: str, depth: int = 2, leaf: Leaf | None = None) -> str:
        """Look.

        Args:
            place: Where to.
        """
        return place

    schema = tool_parameters(look)
    assert schema["type"] == "object"
    assert schema["required"] == ["place"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {"place", "depth", "leaf"}  # type: ignore[call-overload]
    assert "Leaf" in schema["$defs"]  # type: ignore[operator]

    @llm.tool
    def nothing() -> None:
        """Do nothing."""

    assert tool_parameters(nothing) == {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }


def test_closing_leaves_data_and_open_mappings_alone() -> None:
    schema = {
        "type": "object",
        "properties": {
            "free": {"type": "object", "additionalProperties": {"type": "integer"}},
            "any": {"type": "object", "additionalProperties": True},
            "type": {"type": "string", "enum": ["object"]},
            "data": {"type": "object", "properties": {}, "default": {"type": "object"}},
            "list": {"type": "array", "items": {"anyOf": [{"type": "object"}, {"type": "null"}]}},
        },
        "$defs": {"D": {"type": "object", "properties": {}}},
    }
    before = copy.deepcopy(schema)
    closed: Any = closed_objects(schema)
    assert schema == before
    assert closed["additionalProperties"] is False
    properties = closed["properties"]
    assert properties["free"] == before["properties"]["free"]  # type: ignore[index]
    assert properties["any"]["additionalProperties"] is True
    assert properties["type"] == {"type": "string", "enum": ["object"]}
    assert properties["data"]["default"] == {"type": "object"}
    assert properties["list"]["items"]["anyOf"][0]["additionalProperties"] is False
    assert closed["$defs"]["D"]["additionalProperties"] is False


class Inner(BaseModel):
    """Inside."""

    size: int = 3


class Node(BaseModel):
    value: int
    inner: Inner = Field(description="One inside.")
    children: list[Node] = []
    other: Node | None = None


def test_the_strict_form() -> None:
    strict: Any = strict_schema(Node.model_json_schema())
    assert "$ref" not in strict  # a recursive root is a reference, which no API takes
    assert strict["type"] == "object"
    assert strict["required"] == ["value", "inner", "children", "other"]
    assert strict["additionalProperties"] is False
    inner = strict["properties"]["inner"]
    assert inner["description"] == "One inside."  # keywords beside a reference: it is written out
    assert inner["required"] == ["size"]
    assert inner["additionalProperties"] is False
    assert "default" not in inner["properties"]["size"]
    assert strict["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}
    assert strict["$defs"]["Node"]["required"] == strict["required"]


def test_a_union_told_apart_by_a_field_is_any_of() -> None:
    schema = {
        "type": "object",
        "properties": {
            "u": {
                "oneOf": [{"$ref": "#/$defs/A"}, {"type": "null"}],
                "discriminator": {"propertyName": "kind"},
            }
        },
        "required": ["u"],
        "$defs": {"A": {"type": "object", "properties": {}}},
    }
    strict: Any = strict_schema(schema)
    assert strict["properties"]["u"] == {"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "additionalProperties": {"type": "integer"}},
        {"type": "object", "additionalProperties": True},
        {"type": "object"},
        {"type": "array"},
        {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1},
        {},
        {"title": "Anything"},
        {"allOf": [{"type": "string"}]},
        {"type": "array", "items": {}},
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    ],
)
def test_some_schemas_have_no_strict_form(schema: dict[str, Any]) -> None:
    whole = {"type": "object", "properties": {"x": schema}, "required": ["x"]}
    assert strict_schema(whole) is None


def test_optional_arguments_stay_optional_only_as_null() -> None:
    def schema(**described: Any) -> dict[str, Any]:
        return {"type": "object", "properties": {"x": described}}

    nullable = {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    assert strict_schema(schema(type="integer", default=3), keep_optional=True) is None
    assert strict_schema(schema(**nullable), keep_optional=True) is None
    assert strict_schema(schema(**nullable, default=3), keep_optional=True) is None
    assert strict_schema(schema(**nullable, default=None), keep_optional=True) == {
        "type": "object",
        "properties": {"x": nullable},
        "required": ["x"],
        "additionalProperties": False,
    }


def test_two_models_that_describe_each_other_end() -> None:
    schema = {
        "$ref": "#/$defs/A",
        "$defs": {
            "A": {
                "type": "object",
                "properties": {"b": {"$ref": "#/$defs/B", "description": "b"}},
                "required": ["b"],
            },
            "B": {
                "type": "object",
                "properties": {"a": {"$ref": "#/$defs/A", "description": "a"}},
                "required": ["a"],
            },
        },
    }
    strict: Any = strict_schema(schema)
    assert strict["properties"]["b"]["properties"]["a"] == {"$ref": "#/$defs/A"}


SCHEMAS = st.recursive(
    st.sampled_from([{"type": "string"}, {"type": "integer", "default": 1}, {"type": "null"}, {}]),
    lambda inner: st.one_of(
        st.builds(lambda i: {"type": "array", "items": i}, inner),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
        st.builds(
            lambda p: {"type": "object", "properties": p, "required": list(p)[:1]},
            st.dictionaries(st.sampled_from(["a", "default", "type", "items"]), inner),
        ),
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_schemas_are_copied_and_strictness_is_stable(schema: dict[str, Any]) -> None:
    before = copy.deepcopy(schema)
    closed = closed_objects(schema)
    strict = strict_schema(schema)
    assert schema == before
    assert closed_objects(closed) == closed
    if strict is not None:
        assert strict_schema(strict) == strict
        assert strict_schema(strict, keep_optional=True) == strict  # nothing is optional now


def test_data_urls_and_thoughts() -> None:
    assert data_url("image/png", "QUJD") == "data:image/png;base64,QUJD"
    assert thought_as_text("Hm.") == "**Thinking:** Hm."
    assert not include_thoughts({})
    assert not include_thoughts({"thinking": None})
    assert not include_thoughts({"thinking": {"level": "low"}})
    assert include_thoughts({"thinking": {"level": "low", "include_thoughts": True}})
    assert not encode_thoughts({"thinking": {"level": "low"}})
    assert encode_thoughts({"thinking": {"level": "low", "encode_thoughts_as_text": True}})


def test_a_raw_message_may_be_nested_deeper_than_the_stack() -> None:
    raw: Any = {"name": f"{FORMAT_TOOL_NAME}x"}
    plain_raw: Any = "x"
    for _ in range(20_000):
        raw, plain_raw = [raw], {"a": plain_raw}

    def message(raw: Any) -> Any:
        return assistant(
            "x",
            provider_id="openai",
            model_id="openai/m",
            provider_model_name="m",
            raw_message=raw,
        )

    asked = request("openai/m")
    assert reusable_raw(message(plain_raw), asked, "m") is plain_raw
    assert reusable_raw(message(raw), asked, "m") is None


def test_an_extra_body_is_merged_deeply() -> None:
    body = {"a": {"b": 1, "c": [1]}, "d": 2}
    merged = merge_extra(body, {"extra_body": {"a": {"c": [2], "e": None}, "f": {"g": 1}}})
    assert json.loads(merged) == {"a": {"b": 1, "c": [2], "e": None}, "d": 2, "f": {"g": 1}}
    assert body == {"a": {"b": 1, "c": [1]}, "d": 2}
    assert json.loads(merge_extra({"x": Leaf(name="y")}, {})) == {"x": {"name": "y"}}


def test_half_a_surrogate_pair_does_not_stop_a_request() -> None:
    assert json.loads(merge_extra({"t": "a\ud83dz"}, {})) == {"t": "a\ufffdz"}
    assert json.loads(merge_extra({"t": "\ud83d\udc09"}, {})) == {"t": "🐉"}


def test_headers() -> None:
    params: Any = {"extra_headers": {"X-Mine": "1", "Accept": "text/plain"}}
    assert json_headers(params, api_version="2") == {
        "content-type": "application/json",
        "accept": "text/plain",
        "user-agent": f"mirascope/{__version__}",
        "api-version": "2",
        "x-mine": "1",
    }


def test_skipped_parameters_are_noted() -> None:
    asked = request("openai/m")
    skip(asked, "top_k", 3)
    skip(asked, "seed", None)
    assert asked.warnings == ["top_k=3"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", {}),
        (" \n", {}),
        ('{"a": 1}', {"a": 1}),
        ('{"a": ', {"invalid_arguments": '{"a": '}),
        ("[1]", {"invalid_arguments": "[1]"}),
        ("[" * 100_000, {"invalid_arguments": "[" * 100_000}),
    ],
)
def test_arguments_are_an_object(text: str, value: object) -> None:
    assert parse_json_object(text) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b'"\\ud83d"', "\ufffd"),
        (b'["\\ud83d\\udc09"]', ["🐉"]),
        (b'"\xff"', "\ufffd"),
        (b"\n\n 1", 1),
    ],
)
def test_json_that_is_nearly_right_is_read(data: bytes, value: object) -> None:
    assert read_json(data, ANY) == value


@pytest.mark.parametrize("data", [b"", b"{", b'{"a":1}}', b"[" * 100_000, b"1e999", b"<html>"])
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(data, ANY)


def test_raw_messages_are_reused_by_the_same_vendor_and_model_only() -> None:
    def reused(
        raw: object = {"role": "assistant"}, provider: str | None = "openai", **params: Any
    ) -> object:
        message = assistant(
            "x",
            model_id="openai/m",
            provider_id=provider,
            provider_model_name="m:completions",
            raw_message=raw,  # type: ignore[arg-type] - any JSON
        )
        return reusable_raw(message, request("openai/m", **params), "m:completions")

    assert reused() == {"role": "assistant"}
    assert reused(provider="openai:completions") == {"role": "assistant"}
    assert reused(provider="anthropic") is None
    assert reused(provider=None) is None
    assert reused(raw={}) is None
    assert reused(raw=None) is None
    assert reused(thinking={"level": "low", "encode_thoughts_as_text": True}) is None
    hidden = {"tool_calls": [{"function": {"name": FORMAT_TOOL_NAME, "arguments": "{}"}}]}
    assert reused(raw=hidden) is None
    assert reused(raw=[{"type": "function_call", "name": FORMAT_TOOL_NAME + "2"}]) is None
    assert reused(raw={"content": f"about {FORMAT_TOOL_NAME}"}) is not None
    other = assistant("x", model_id="openai/m", provider_id="openai", provider_model_name="n")
    other.raw_message = {"role": "assistant"}
    assert reusable_raw(other, request("openai/m"), "m") is None


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


# Whatever a tool might return: JSON and what has a form in it, nested in each other.
RESULTS = st.recursive(
    JSON
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.uuids()
    | st.decimals()
    | st.sampled_from(Suit)
    | st.builds(Leaf, name=st.text())
    | st.builds(Point, x=st.integers(), more=st.tuples(st.integers()))
    | st.just(OldStyle()),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner)
        | st.frozensets(st.text() | st.integers())
        | st.dictionaries(st.text() | st.integers() | st.none(), inner)
        | st.builds(Point, x=inner, more=inner)
    ),
    max_leaves=10,
)


@given(RESULTS)
def test_a_result_that_was_saved_gives_the_same_text(result: object) -> None:
    saved = json.loads(json.dumps(plain(result), allow_nan=False))
    assert tool_output_text(saved) == tool_output_text(result)
    assert tool_output_text(plain(result)) == tool_output_text(result)


@given(JSON.filter(lambda value: not isinstance(value, str)))
def test_the_text_of_json_is_its_json(value: Sequence[object]) -> None:
    assert json.loads(tool_output_text(value)) == value
