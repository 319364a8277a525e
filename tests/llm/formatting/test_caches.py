"""What is remembered between uses of a format, and for how long."""

from __future__ import annotations

import gc
import threading
import weakref
from dataclasses import make_dataclass
from typing import Any
from unittest.mock import patch

import pytest
from pydantic import BaseModel, TypeAdapter, create_model

from mirascope import llm
from mirascope.llm import Partial
from mirascope.llm.formatting.extract import parse_full, parse_partial_json
from mirascope.llm.formatting.partial_reader import PartialReader

from .models import Book, Point


def classes() -> int:
    """Return how many pydantic models are alive."""
    gc.collect()
    return sum(isinstance(thing, type) and issubclass(thing, BaseModel) for thing in _types())


def _types() -> list[object]:
    return [thing for thing in gc.get_objects() if type(thing) is type(BaseModel)]


@pytest.mark.parametrize("type_", [list[str], list[Book], Book, dict[str, Point], Book | None])
def test_streaming_makes_no_classes(type_: Any) -> None:
    format = llm.format(type_, mode="json")
    text = '{"output": ["a", "b"]}' if type_ == list[str] else '{"output": null}'

    def use() -> None:
        reader = PartialReader(format)
        for char in text:
            reader.feed(char)
        parse_partial_json(text, type_)
        llm.format(type_, mode="json").create_tool_schema()
        if type_ in (list[str], Book | None):
            parse_full(format, text)

    use()
    before = classes()
    for _ in range(20):
        use()
    assert classes() <= before


def test_a_schema_is_made_once() -> None:
    for type_ in (Book, list[Book], Point, Book | None):
        llm.format(type_, mode="json")  # type: ignore[call-overload]
    with (
        patch.object(BaseModel, "model_json_schema", side_effect=AssertionError("made again")),
        patch.object(TypeAdapter, "json_schema", side_effect=AssertionError("made again")),
    ):
        for type_ in (Book, list[Book], Point, Book | None):
            llm.format(type_, mode="tool")  # type: ignore[call-overload]


def recursive_model() -> type[BaseModel]:
    class Item(BaseModel):
        name: str
        items: list[Item] = []
        other: Item | None = None

    Item.model_rebuild(_types_namespace={"Item": Item})
    return Item


def test_a_model_that_nobody_has_any_more_is_forgotten() -> None:
    model = create_model("Made", x=(int, ...))
    partial = Partial[model]
    assert partial is Partial[model]
    reader = PartialReader(llm.format(model, mode="json"))
    reader.feed('{"x": 1')
    assert isinstance(reader.value, partial)
    references = [weakref.ref(model), weakref.ref(partial)]
    del model, partial, reader
    gc.collect()  # the model, and with it the entry of its partial
    gc.collect()  # which refers to itself, as all models do
    assert [reference() for reference in references] == [None, None]


def test_so_is_a_recursive_one() -> None:
    def use() -> tuple[weakref.ref[type], weakref.ref[type]]:
        model = recursive_model()
        PartialReader(llm.format(model, mode="json")).feed('{"items": [{"name": "a')
        return weakref.ref(model), weakref.ref(Partial[model])

    references = [use() for _ in range(300)]
    gc.collect()
    gc.collect()
    assert all(model() is None for model, _ in references)
    # The typing module itself remembers the last forward references.
    assert sum(partial() is not None for _, partial in references) <= 128


def test_other_types_are_forgotten_when_many_more_came() -> None:
    def use(index: int) -> weakref.ref[type]:
        record = make_dataclass(f"Record{index}", [("x", int)])
        type_: Any = list[record]  # type: ignore[valid-type]
        PartialReader(llm.format(type_, mode="json")).feed('{"output": [{"x": 1')
        parse_full(llm.format(type_, mode="json"), '{"output": []}')
        llm.format(record, mode="json")
        return weakref.ref(record)

    references = [use(index) for index in range(150)]
    gc.collect()
    alive = sum(reference() is not None for reference in references)
    assert 0 < alive <= 128


def test_threads_get_one_partial() -> None:
    model = create_model("Shared", x=(int, ...), items=(list[Book], ...))
    barrier = threading.Barrier(8)
    partials: list[object] = []

    def make() -> None:
        barrier.wait()
        partials.append(Partial[model])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(partials) == 8
    assert len(set(map(id, partials))) == 1
