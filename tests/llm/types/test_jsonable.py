"""`plain`: any value as what `json` writes."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import cast

import pytest

from mirascope.llm.types.jsonable import plain


class Written:
    """An object that writes itself, and may do so in no JSON at all."""

    def __init__(self, text: object) -> None:
        self.text = text

    def json(self) -> object:
        return self.text


@dataclass
class Point:
    x: float
    beside: Point | None = None


@pytest.mark.parametrize(
    ("value", "plainly"),
    [
        ({"a": (1, range(2)), 2: None}, {"a": [1, [0, 1]], "2": None}),
        ([math.nan, -math.inf, 1.5], [None, None, 1.5]),
        ({"b", "a", "c"}, ["a", "b", "c"]),
        ({"b": 1, "a": 2}.keys(), ["b", "a"]),
        (Point(math.inf, Point(1)), {"x": None, "beside": {"x": 1, "beside": None}}),
        (Written('{"a": [NaN]}'), {"a": [None]}),
        (Written(b"[1]"), [1]),
        (Written({"a": (1,)}), {"a": [1]}),
        ([Written("no JSON")], ["no JSON"]),
        ([b"bytes", Point], ["b'bytes'", str(Point)]),
    ],
)
def test_a_value_has_a_plain_form(value: object, plainly: object) -> None:
    assert plain(value) == plainly
    assert plain(plain(value)) == plainly
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == plainly


def test_a_set_without_an_order_is_a_list_all_the_same() -> None:
    assert sorted(map(str, cast("list[object]", plain({1, "a", None})))) == ["1", "None", "a"]


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


def test_what_never_ends_is_text() -> None:
    circle: dict[str, object] = {"a": 1}
    circle["itself"] = [circle]
    assert plain(circle) == str(circle)
    assert plain(nested(100)) == nested(100)
    assert plain(nested(300)) == str(nested(300))
    assert isinstance(plain(nested(100_000)), str)
