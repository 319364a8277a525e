"""Reading partial values takes work in proportion to the text, and validates nothing twice."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import time
from collections.abc import Callable
from enum import Enum
from types import FrameType
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.formatting.extract import extract_serialized_json, parse_full
from mirascope.llm.formatting.partial_reader import PartialReader

from .models import Book, Node


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Item(BaseModel):
    name: str
    price: float
    size: Size
    tags: list[str]


class Basket(BaseModel):
    title: str
    items: list[Item]


def basket(items: int) -> str:
    item = {"name": "a pen", "price": 1.25, "size": "small", "tags": ["x", "y"]}
    return json.dumps({"title": "Things", "items": [item] * items})


def deltas(text: str, size: int = 4) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def feed_all(type_: Any, pieces: list[str]) -> PartialReader[Any]:
    reader = PartialReader(llm.format(type_, mode="json"))
    for piece in pieces:
        reader.feed(piece)
    return reader


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, also of those written in C: a measure of work without noise."""
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.disable()  # what others left behind may call functions, too
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
        gc.enable()
    return count


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        pytest.param(Basket, basket, id="a growing list of objects"),
        pytest.param(str, lambda n: json.dumps({"output": "word " * n * 10}), id="a long string"),
        pytest.param(list[int], lambda n: json.dumps({"output": [1] * n * 10}), id="a list"),
        pytest.param(
            dict[int, int],
            lambda n: json.dumps({"output": dict.fromkeys(range(n * 4), 1)}),
            id="keys that are no strings",
        ),
        pytest.param(Book, lambda n: basket(n) + basket(n), id="fields not asked for"),
        pytest.param(Book, lambda n: "prose {x} " * n * 8 + '{"title": "', id="prose"),
        pytest.param(Book, lambda n: "prose {} " * n * 8 + '{"title": "', id="empty objects"),
        pytest.param(Book, lambda n: '{"a" x ' * n * 8, id="malformed"),
        pytest.param(Book, lambda n: '{"title": "x"} more ' * n * 8, id="several objects"),
        pytest.param(Item | Book, lambda n: basket(n), id="a union"),
    ],
)
def test_work_is_linear(type_: Any, text: Callable[[int], str]) -> None:
    feed_all(type_, [text(1)])

    def work(n: int) -> int:
        pieces = deltas(text(n))
        return calls(lambda: feed_all(type_, pieces))

    assert work(200) < 2.2 * work(100)


def test_time_is_linear() -> None:
    def seconds(items: int) -> float:
        pieces = deltas(basket(items))
        started = time.process_time()
        feed_all(Basket, pieces)
        return time.process_time() - started

    seconds(10)
    assert min(seconds(600) / seconds(300) for _ in range(3)) < 2.5


def test_a_complete_item_costs_nothing_more() -> None:
    """A delta calls the same functions, whether ten items came before it or a thousand."""

    def last_deltas(items: int) -> int:
        text = basket(items)
        reader = feed_all(Basket, [text[:-200]])
        pieces = deltas(text[-200:])
        return calls(lambda: [reader.feed(piece) for piece in pieces])

    assert last_deltas(1000) == last_deltas(10)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda n: "{x} " * n * 20, id="prose braces"),
        pytest.param(lambda n: '{"a"} ' * n * 20, id="no JSON"),
        pytest.param(lambda n: "{} " * n * 20, id="empty objects"),
        pytest.param(lambda n: '{"a": "' + "\\" * n * 20, id="backslashes"),
        pytest.param(lambda n: '{"a": [' * n * 20, id="open objects"),
        pytest.param(lambda n: '"{' * n * 20, id="quotes and braces"),
        pytest.param(lambda n: basket(n), id="JSON"),
    ],
)
def test_extracting_is_linear(text: Callable[[int], str]) -> None:
    def work(n: int) -> int:
        whole = text(n)

        def extract() -> None:
            for function in (
                extract_serialized_json,
                lambda text: parse_full(llm.format(Node, mode="json"), text),
                lambda text: feed_all(Node, [text]),
            ):
                with contextlib.suppress(ValueError):
                    function(whole)

        return calls(extract)

    work(1)
    assert work(200) < 2.3 * work(100)
