"""`plain`: any value as what `json` writes."""

from __future__ import annotations

import collections
import datetime
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, RootModel, TypeAdapter

from mirascope.llm.types.jsonable import Jsonable, plain

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # hypothesis leaves out surrogates; JSON does not
    | st.text(st.characters(categories=["L", "N", "P", "Zs", "Cs", "So"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Color(str, enum.Enum):  # noqa: UP042  # unlike StrEnum, its str() is not its value
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Book(BaseModel):
    title: str
    year: int | None = None


class Written:
    def __init__(self, text: Any) -> None:
        self.text = text

    def json(self) -> Any:
        return self.text


@dataclass(slots=True)
class Point:
    x: float
    tags: frozenset[str] = frozenset()
    later: int = field(init=False)


Pair = collections.namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("-inf"), None),
        ([float("inf"), 1.5], [None, 1.5]),
        (2**100, 2**100),
        (Color.RED, "red"),
        ({Color.RED: Level.LOW}, {"red": 1}),
        ({1: "a", None: "b", (1, 2): "c"}, {"1": "a", "None": "b", "(1, 2)": "c"}),
        (MappingProxyType({"a": (1,)}), {"a": [1]}),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (collections.deque([1, 2]), [1, 2]),
        (range(3), [0, 1, 2]),
        (Pair(1, {2}), [1, [2]]),
        ({"only"}, ["only"]),
        ({"a": 1}.keys(), ["a"]),
        (b"bytes", "b'bytes'"),
        (bytearray(b"x"), "bytearray(b'x')"),
        (Book(title="t"), {"title": "t", "year": None}),
        (RootModel[list[int]]([1]), [1]),
        ([Written('{"a": NaN}')], [{"a": None}]),
        (Written(b"[1]"), [1]),
        (Written({"a": (1,)}), {"a": [1]}),
        (Point(float("nan"), frozenset("a")), {"x": None, "tags": ["a"], "later": None}),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (Book, str(Book)),
        (Point, str(Point)),
        (1 + 2j, "(1+2j)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_plain(value: object, expected: object) -> None:
    assert plain(value) == expected
    json.dumps(plain(value), allow_nan=False)


@given(JSON)
def test_json_stays_as_it_is(value: object) -> None:
    assert plain(value) == value
    assert repr(plain(value)) == repr(value)  # 1 and 1.0 and True are equal


def exact(value: object) -> bool:
    if isinstance(value, dict):
        return type(value) is dict and all(type(k) is str and exact(v) for k, v in value.items())
    if isinstance(value, list):
        return type(value) is list and all(map(exact, value))
    return type(value) in (str, int, float, bool, type(None))


def test_members_of_enums_become_their_values() -> None:
    assert exact(plain([Color.RED, Level.LOW, {Color.RED: Color.RED}, float("1")]))


def test_what_holds_itself_cannot_be_whole() -> None:
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(RecursionError):
        plain(loop, whole=True)


def test_the_alias_can_be_evaluated() -> None:
    """In annotations that a library resolves, alone and in a union."""
    assert Jsonable | None
    assert Mapping[str, Jsonable]
    assert TypeAdapter(dict[str, int]).validate_python(plain({1: 2})) == {"1": 2}
