"""Structured output through a stream response: `structured_stream()` and `parse(partial=True)`."""

from __future__ import annotations

import gc
import json
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel, Field

from mirascope import llm
from mirascope.llm import Partial
from mirascope.llm.formatting import FORMAT_TOOL_NAME

from .models import Book, Color, Node


def stream(type_: Any, deltas: Sequence[str], *, as_tool: bool = False) -> Any:
    chunks: list[Any]
    if as_tool:
        chunks = [
            llm.ToolCallStartChunk(id="1", name=FORMAT_TOOL_NAME),
            *[llm.ToolCallChunk(id="1", delta=delta) for delta in deltas],
            llm.ToolCallEndChunk(id="1"),
        ]
    else:
        chunks = [
            llm.TextStartChunk(),
            *[llm.TextChunk(delta=delta) for delta in deltas],
            llm.TextEndChunk(),
        ]
    return llm.StreamResponse(
        provider_id="test",
        model_id="test/model",
        provider_model_name="model",
        params={},
        input_messages=[llm.messages.user("hi")],
        chunk_iterator=iter(chunks),
        format=llm.format(type_, mode="tool" if as_tool else "json"),
    )


def book(**fields: object) -> Any:
    return Partial[Book](**fields)


DELTAS = ['Sure! {"title": ', '"T"', ', "author": ', '"A", "year": 1', "2}", " Enjoy {it}."]
PROGRESSION = [
    book(),
    book(title="T"),
    book(title="T", author="A", year=1),
    book(title="T", author="A", year=12),
]


@pytest.mark.parametrize("as_tool", [False, True])
def test_a_replay_shows_the_original_progression(as_tool: bool) -> None:
    response = stream(Book, DELTAS, as_tool=as_tool)
    assert list(response.structured_stream()) == PROGRESSION
    assert list(response.structured_stream()) == PROGRESSION
    assert response.parse() == Book(title="T", author="A", year=12)


def test_two_readers_each_see_the_progression() -> None:
    response = stream(Book, DELTAS)
    first, second = response.structured_stream(), response.structured_stream()
    assert next(first) == PROGRESSION[0]
    assert list(second) == PROGRESSION
    assert list(first) == PROGRESSION[1:]


def test_parsing_at_any_time() -> None:
    response = stream(Book, DELTAS)
    values: list[Any] = []
    for _ in response.text_stream():
        partial = response.parse(partial=True)
        if partial is not None and partial != (values or [None])[-1]:
            values.append(partial)
    assert values == PROGRESSION
    assert response.parse(partial=True) == PROGRESSION[-1]


class Aliased(BaseModel):
    name: str = Field(alias="myName")
    books: list[Book] | None = None


@pytest.mark.parametrize(
    ("type_", "deltas", "progression"),
    [
        (int, ['{"output": ', "0", "}"], [0]),
        (bool, ['{"output": ', "false", "}"], [False]),
        (str, ['{"output": "', '"}'], [""]),
        (list[str], ['{"output": [', "]}"], [[]]),
        (dict[str, int], ['{"output": {', "}}"], [{}]),
        (Color, ['{"output": "re', 'd"}'], [Color.RED]),
        (
            Node,
            ['{"value": 1, "children": [', '{"value": 2', "}]}"],
            [
                Partial[Node](value=1, children=[]),
                Partial[Node](value=1, children=[Partial[Node](value=2)]),
            ],
        ),
        (
            Aliased,
            ['{"myName": "n"', ', "books": [{"title": "T', '"}]}'],
            [
                Partial[Aliased](name="n"),
                Partial[Aliased](name="n", books=[book(title="T")]),
            ],
        ),
        (
            Book,
            ['{"title": "draft"}', "\n```js", 'on\n{"title": "T"', "}\n```"],
            [book(title="draft"), book(title="T")],
        ),
        (Book, ["no JSON", " at all"], []),
        (Book, ['{"title": 5', ', "author": "A"}'], []),
    ],
)
def test_progressions(type_: Any, deltas: list[str], progression: list[object]) -> None:
    assert list(stream(type_, deltas).structured_stream()) == progression


def test_streaming_leaves_nothing_behind() -> None:
    text = json.dumps({"output": [f"word {i}" for i in range(20)]})

    def use() -> None:
        assert list(stream(list[str], list(text)).structured_stream())

    def models() -> int:
        gc.collect()
        return sum(type(thing) is type(BaseModel) for thing in gc.get_objects())

    use()
    before = models()
    for _ in range(3):
        use()
    assert models() <= before
