"""From the text of an answer to a value."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ValidationError

from mirascope import llm
from mirascope.llm.formatting.extract import (
    extract_serialized_json,
    parse_full,
    parse_partial_json,
)
from mirascope.llm.responses import _utils

from .models import Book, Color, Movie, Node, Point, Tags

BOOK = '{"title": "T", "author": "A", "year": 1}'


def parse(type_: Any, text: str) -> Any:
    return parse_full(llm.format(type_, mode="json"), text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOOK, BOOK),
        (f"Sure! Here it is: {BOOK} Enjoy.", BOOK),
        (f"```json\n{BOOK}\n```", BOOK),
        (f"```\n{BOOK}\n```", BOOK),
        # A fenced block beats an earlier object, unless it is part of one.
        ('{"draft": 1}\n```json\n{"final": 2}\n```', '{"final": 2}'),
        ('```json\n{"a": 1}\n```\n```json\n{"b": 2}\n```', '{"a": 1}'),
        ('{"md": "```json\\n{}\\n```", "x": 1}', '{"md": "```json\\n{}\\n```", "x": 1}'),
        ('{"a": 1} {"md": "```json {}"}', '{"a": 1}'),
        ('An open {" and ```json {"a": 1}', '{"a": 1}'),
        # Strings hide braces, and escapes hide quotes.
        ('{"a": "}{"} x', '{"a": "}{"}'),
        ('{"a": "\\"}"} x', '{"a": "\\"}"}'),
        ('{"a": {"b": {}}} }', '{"a": {"b": {}}}'),
        # Several objects: the first that is JSON and not empty.
        ('{"a": 1}{"b": 2}', '{"a": 1}'),
        ('Use {braces}: {"a": 1}', '{"a": 1}'),
        ('Use {"a", "b"}, so {"a": 1}', '{"a": 1}'),
        ('{x: {"a": 1}}', '{"a": 1}'),
        ('A {} is empty: {"a": 1}', '{"a": 1}'),
        ("Only {} here", "{}"),
        # It is no validator: without any JSON, the first balanced braces are returned.
        ("{not json}", "{not json}"),
        ("{'title': 'x'} y", "{'title': 'x'}"),
        ('{"key": "value": "```json\\n{...}\\n```"}', '{"key": "value": "```json\\n{...}\\n```"}'),
        ('```json\n{"key": "value": "```json {...}"}', '{"key": "value": "```json {...}"}'),
        ('{"a": \\" } \\"}', '{"a": \\" }'),
    ],
)
def test_extracting(text: str, expected: str) -> None:
    assert extract_serialized_json(text) == expected


@pytest.mark.parametrize(
    ("text", "missing", "position"),
    [
        ("", "'{'", 0),
        ("Sure thing", "'{'", 0),
        ('["a"]', "'{'", 0),
        ('{"a": 1', "'}'", 7),
        ('Use {x}: {"a": 1', "'}'", 16),
        ('{"a": {"b": 1}', "'}'", 14),
        ('{"a": "}', "'}'", 8),
        ("{ ' never closed", "'}'", 16),
        ("{x\\", "'}'", 3),
    ],
)
def test_nothing_to_extract(text: str, missing: str, position: int) -> None:
    with pytest.raises(json.JSONDecodeError, match=f"No JSON object found: {missing}") as error:
        extract_serialized_json(text)
    assert error.value.doc == text
    assert error.value.pos == position


def test_responses_export_the_functions() -> None:
    assert _utils.extract_serialized_json is extract_serialized_json
    assert _utils.parse_partial_json is parse_partial_json


def test_a_model() -> None:
    assert parse(Book, f"Here: {BOOK}") == Book(title="T", author="A", year=1)
    assert parse(Book, f"Use {{braces}}: {BOOK}") == Book(title="T", author="A", year=1)
    assert parse(Book, f"{{}} {BOOK}") == Book(title="T", author="A", year=1)


def test_records_and_root_models() -> None:
    assert parse(Point, '{"x": 1, "labels": ["a"]}') == Point(1, 0, ["a"])
    assert parse(Movie, '{"title": "x", "cast": []}') == {"title": "x", "cast": []}
    assert parse(Tags, '{"output": ["a"]}') == Tags(["a"])
    assert parse(Tags, '["a"]') == Tags(["a"])


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (str, '{"output": "x"}', "x"),
        (int, 'The answer: {"output": 0}', 0),
        (bool, '{"output": false}', False),
        (list[int], '{"output": []}', []),
        (Color, '{"output": "red"}', Color.RED),
        (Book | None, '{"output": null}', None),
        (list[Book], f'{{"output": [{BOOK}]}}', [Book(title="T", author="A", year=1)]),
        # Without the wrapper, when it is all there is.
        (int, "42", 42),
        (str, ' "x" ', "x"),
        (bool, "true", True),
        (list[str], '["a", "b"]', ["a", "b"]),
        (list[str], 'So:\n```json\n["a"]\n```\nDone.', ["a"]),
        (list[str], '```json\n["a"]', ["a"]),
        (dict[str, int], '{"a": 1}', {"a": 1}),
        (Book | Node, f"Here: {BOOK}", Book(title="T", author="A", year=1)),
        # The wrapper wins where both would do.
        (dict[str, Any], '{"output": {"a": 1}}', {"a": 1}),
        (dict[str, int], '{"output": 1}', {"output": 1}),
        (list[dict[str, int]], '[{"a": 1}]', [{"a": 1}]),
        (list[str], 'The [list]: {"output": ["a"]}', ["a"]),
    ],
)
def test_types_that_are_no_object(type_: Any, text: str, value: object) -> None:
    assert parse(type_, text) == value


def test_metadata_that_cannot_be_hashed() -> None:
    assert parse(Annotated[list[int], {"some": "metadata"}], "[1]") == [1]


def test_no_format_has_no_value() -> None:
    for nothing in (None, type(None)):
        format: llm.Format[Any] = llm.Format(
            name="", description=None, schema={}, mode="json", formattable=nothing
        )
        assert parse_full(format, BOOK) is None


def test_an_output_parser_reads_no_text() -> None:
    @llm.output_parser(formatting_instructions="")
    def parser(response: llm.AnyResponse) -> int:
        return 1

    with pytest.raises(TypeError, match="output parser"):
        parse_full(llm.format(parser, mode="parser"), BOOK)


@pytest.mark.parametrize(
    ("type_", "text"), [(Book, "Sure"), (Book, '{"title": "T'), (int, "forty-two"), (list[str], "")]
)
def test_no_json(type_: Any, text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        parse(type_, text)


@pytest.mark.parametrize(
    ("type_", "text", "kind", "place"),
    [
        (Book, '{"title": "T"}', "missing", ("author",)),
        (Book, "{}", "missing", ("title",)),
        (Book, "{not json}", "json_invalid", ()),
        (Book, '{"title": "T",}', "json_invalid", ()),
        (Book, '{"title": "line\nbreak"}', "json_invalid", ()),
        # The first object decides, even if a later one would fit.
        (Book, '{"title": 5, "author": "A", "year": 1} ' + BOOK, "string_type", ("title",)),
        (int, '{"output": "x"}', "int_parsing", ("output",)),
        (dict[str, int], '{"output": {"a": "x"}}', "int_parsing", ("output", "a")),
    ],
)
def test_json_that_does_not_fit(type_: Any, text: str, kind: str, place: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as error:
        parse(type_, text)
    first = error.value.errors()[0]
    assert (first["type"], first["loc"]) == (kind, place)


def test_a_truncated_recursive_answer_is_not_taken_for_its_inside() -> None:
    with pytest.raises(json.JSONDecodeError, match="'}'"):
        parse(Node, '{"value": 1, "children": [{"value": 2}')


def test_a_model_with_defaults_only_may_be_empty() -> None:
    class Options(BaseModel):
        verbose: bool = False

    assert parse(Options, "{ }") == Options()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"title": ', {}),
        ("{", {}),
        ('{"title": "The Na', {"title": "The Na"}),
        ('{"title": "X", "author"', {"title": "X"}),
        ('Sure! Here: {"title": "X"', {"title": "X"}),
        ('```json\n{"title": "X"', {"title": "X"}),
        ('{"title": "X"} ```json {"title": "Y', {"title": "Y"}),
        ('{"year": 19', {"year": 19}),
        ('{"year": -', {}),
        ('{"title": "a", "title": "b"', {"title": "b"}),
        ('{"title": null, "other": [1', {}),
        (BOOK + " and so on", {"title": "T", "author": "A", "year": 1}),
        ('Use {braces}: {"title": "X"', {"title": "X"}),
        ("Sure thing", None),
        ("", None),
        ("{not valid", None),
        ('{"title": "a\nb', None),
        ('{"title": 5', None),
        ('{"title": {"a": 1', None),
        ('{"year": "soon"', None),
        ('["title"]', None),
    ],
)
def test_partial_json(text: str, expected: dict[str, object] | None) -> None:
    value = parse_partial_json(text, Book)
    assert value == (None if expected is None else llm.Partial[Book](**expected))


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        (int, '{"output": 4', 4),
        (str, '{"output": "ab', "ab"),
        (list[str], '{"output": ["a", "b', ["a", "b"]),
        (list[str], "{", None),
        (type(None), BOOK, None),
    ],
)
def test_partial_json_of_other_types(type_: Any, text: str, expected: object) -> None:
    assert parse_partial_json(text, type_) == expected
