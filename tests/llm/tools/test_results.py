"""What a tool may return, and what is refused, for the four kinds of tools alike."""

from __future__ import annotations

import array
import asyncio
import collections
import enum
import io
import json
import math
import numbers
import pickle
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast
from unittest.mock import MagicMock
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, SecretStr
from typing_extensions import TypedDict

from mirascope import llm
from mirascope.llm.content import ToolOutput
from mirascope.llm.exceptions import ToolExecutionError
from mirascope.llm.providers.encoding import tool_output_text
from tests.llm.tools.colours import called, every_kind, run, variant


class Book(BaseModel):
    title: str
    out: date | None = None


class Row(TypedDict):
    n: int


class Pair(NamedTuple):
    a: int
    b: set[int]


@dataclass
class Leaf:
    tags: frozenset[str] = frozenset()
    when: datetime | None = None


@dataclass(slots=True)
class Tree:
    leaves: list[Leaf] = field(default_factory=list)
    below: Tree | None = None


class Mood(enum.Enum):
    GOOD = "good"
    PAIR = (1, 2)
    NONE = object()


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Writes:
    def json(self) -> str:
        return '{"a": [1]}'


class Measure:
    """A number of another library, as numpy's are."""

    def __float__(self) -> float:
        return 1.5


class Count:
    def __int__(self) -> int:
        return 3


numbers.Real.register(Measure)
numbers.Integral.register(Count)
NOON = datetime(2024, 2, 29, 12, tzinfo=UTC)


@every_kind
@pytest.mark.parametrize(
    ("result", "told"),
    [
        ("as it is", "as it is"),
        (None, None),
        ([True, 1, 1.5, "x", None], [True, 1, 1.5, "x", None]),
        ([math.nan, -math.inf], [None, None]),
        ({"b", "a"}, ["a", "b"]),
        (frozenset({2, 1}), [1, 2]),
        ((1, (2,)), [1, [2]]),
        (range(3), [0, 1, 2]),
        (collections.deque([1]), [1]),
        (array.array("i", [1, 2]), [1, 2]),
        (Pair(1, {2}), [1, [2]]),
        (Row(n=1), {"n": 1}),
        (collections.Counter("aa"), {"a": 2}),
        ({"a": 1}.keys(), ["a"]),
        ({"a": 1}.values(), [1]),
        (Book(title="t", out=date(2024, 2, 29)), {"title": "t", "out": "2024-02-29"}),
        ([Book(title="t")], [{"title": "t", "out": None}]),
        (Writes(), {"a": [1]}),
        (
            Tree([Leaf(frozenset("ba"), NOON)], Tree()),
            {
                "leaves": [{"tags": ["a", "b"], "when": "2024-02-29T12:00:00+00:00"}],
                "below": {"leaves": [], "below": None},
            },
        ),
        (Mood.GOOD, "good"),
        ([Mood.PAIR, Rights.READ | Rights.WRITE], [[1, 2], 3]),
        ({Mood.GOOD: Mood.GOOD}, {"good": "good"}),
        (
            {1: "a", None: "b", 2.5: "c", UUID(int=1): "d", date(2024, 2, 29): "e"},
            {
                "1": "a",
                "None": "b",
                "2.5": "c",
                "00000000-0000-0000-0000-000000000001": "d",
                "2024-02-29": "e",
            },
        ),
        ([NOON, NOON.date(), time(12)], ["2024-02-29T12:00:00+00:00", "2024-02-29", "12:00:00"]),
        ([Decimal("1.50"), Fraction(1, 3)], ["1.50", "1/3"]),
        (timedelta(hours=1), "1:00:00"),
        ([PurePosixPath("a/b")], ["a/b"]),
        ([ip_address("::1"), ip_network("10.0.0.0/8")], ["::1", "10.0.0.0/8"]),
        ([Measure(), Count()], [1.5, 3]),
        (2**10_000, 2**10_000),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_a_model_is_told(kind: str, result: Any, told: object) -> None:
    output = run(variant(kind, lambda *_: result), called(x=1))
    assert output.error is None
    assert output.result is result  # the program keeps what the tool returned
    text = tool_output_text(output.result)
    assert (text if isinstance(told, str) else json.loads(text)) == told


class Forecast:
    pass


class Liar:
    def __str__(self) -> str:
        raise RuntimeError

    __repr__ = __str__


class Mine(list[Any]):
    pass


class Held(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    forecast: Forecast


class Returns:
    """Its ``json()`` is not what others have under that name."""

    def __init__(self, what: Callable[[], object]) -> None:
        self.json = what


class Endless(Sequence[int]):
    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: Any) -> Any:
        return index


def numbered() -> Iterator[int]:
    yield 1


async def numbered_later() -> AsyncIterator[int]:
    yield 1


async def later() -> int:
    return 1


def circle() -> object:
    found = Mine()
    found.append({"again": found})
    return found


def deep() -> object:
    found: object = 1
    for _ in range(100_000):
        found = [found]
    return found


def many() -> object:
    """Ten lists that stand for ten thousand million values."""
    found: object = "ha"
    for _ in range(10):
        found = [found] * 10
    return found


PICTURE = llm.Image.from_url("https://example.com/a.png")

REFUSED: Mapping[str, tuple[Callable[[], object], str]] = {
    "object": (Forecast, "object of class Forecast"),
    "in a list": (lambda: [1, {"a": Forecast()}], "object of class Forecast"),
    "in a dataclass": (lambda: Leaf(when=cast("Any", Forecast())), "object of class Forecast"),
    "in a model": (lambda: Held(forecast=Forecast()), "class Held, which fails .*Forecast"),
    "in an enum": (lambda: Mood.NONE, "object of class object"),
    "that cannot be shown": (Liar, "object of class Liar"),
    "complex": (lambda: 1j, "object of class complex"),
    "lock": (threading.Lock, "object of class lock"),
    "function": (lambda: later, "object of class function"),
    "exception": (lambda: ValueError("x"), "object of class ValueError"),
    "secret": (lambda: SecretStr("x"), "object of class SecretStr"),
    "class": (lambda: Forecast, "the class Forecast itself"),
    "bytes": (lambda: b"\xff", r"bytes, .*base64.*llm\.Image\.from_bytes"),
    "bytes inside": (lambda: {"a": [b"x"]}, "bytes"),
    "bytearray": (lambda: bytearray(b"x"), "bytes"),
    "memoryview": (lambda: memoryview(b"x"), "bytes"),
    "file": (lambda: io.BytesIO(b"x"), "iterator of class BytesIO"),
    "bytes as a key": (lambda: {b"k": 1}, "key of class bytes"),
    "tuple as a key": (lambda: {(1, 2): 1}, "key of class tuple"),
    "object as a key": (lambda: {Forecast(): 1}, "key of class Forecast"),
    "generator": (numbered, "iterator of class generator: make a list"),
    "map": (lambda: map(str, [1]), "iterator of class map: make a list"),
    "async generator": (numbered_later, "async iterator of class async_generator: .*`async for`"),
    "in need of await": (lambda: [later()], "something to await, of class coroutine"),
    "image inside": (lambda: {"a": PICTURE}, r"an Image inside .*\['Here it is.', image\]"),
    "image deep inside": (lambda: ["a", [PICTURE]], "an Image inside"),
    "image among images": (lambda: [PICTURE, {"a": PICTURE}], "an Image inside"),
    "document inside": (
        lambda: {"a": llm.Document.from_url("https://example.com/a.pdf")},
        "a Document inside",
    ),
    "circle": (circle, "holds itself"),
    "deep": (deep, "nested more than 200 levels"),
    "many": (many, "more than 1,000,000 values"),
    "endless": (Endless, "more than 1,000,000 values"),
    "range": (lambda: range(10**12), "more than 1,000,000 values"),
    "long integer": (lambda: 10**5_000, "thousands of digits"),
    "json of itself": (MagicMock, "holds itself"),
    "json that fails": (lambda: Returns(lambda: 1 / 0), "class Returns, .*ZeroDivisionError"),
    "json to await": (lambda: Returns(later), "something to await"),
}


@every_kind
@pytest.mark.parametrize(("make", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_no_model_can_be_told_is_an_error_of_the_tool(
    kind: str, make: Callable[[], object], problem: str
) -> None:
    output = run(variant(kind, lambda *_: make()), called(x=1))
    assert isinstance(output.error, ToolExecutionError)
    assert isinstance(output.error.tool_exception, TypeError)
    told = f"TypeError: {output.error}"
    assert output.result == told
    assert re.search(f"^TypeError: The result of tool 'probe' holds .*{problem}", told)
    assert "0x" not in told
    assert tool_output_text(output.result) == told


PDF = llm.Document.from_bytes(b"%PDF-1.7")
SOUND = llm.Audio.from_bytes(b"RIFF\0\0\0\0WAVEfmt ")
RETURNED: Mapping[str, tuple[Any, Any, list[Any]]] = {
    "an image": (PICTURE, "", [PICTURE]),
    "a document": (PDF, "", [PDF]),
    "a sound": (SOUND, "", [SOUND]),
    "a part of text": ([llm.Text(text="Here."), PICTURE], "Here.", [PICTURE]),
    "images": ([PICTURE, PICTURE], "", [PICTURE, PICTURE]),
    "text and image": (["Here it is.", PICTURE], "Here it is.", [PICTURE]),
    "image and text": ((PICTURE, "That is it."), "That is it.", [PICTURE]),
    "texts and media": (
        ["Before:", PICTURE, "after:", PDF],
        "Before:\n[image 1]\nafter:\n[document 2]",
        [PICTURE, PDF],
    ),
    "JSON and image": ([{"width": 3}, PICTURE], [{"width": 3}, "[image 1]"], [PICTURE]),
    "an empty list": ([], [], []),
    "JSON alone": (["a", {"b": 1}], ["a", {"b": 1}], []),
}


@every_kind
@pytest.mark.parametrize(("returned", "result", "media"), RETURNED.values(), ids=RETURNED)
def test_media_are_beside_the_result(
    kind: str, returned: Any, result: object, media: list[Any]
) -> None:
    output = run(variant(kind, lambda *_: returned), called(x=1))
    assert output.error is None
    assert output.result == result
    assert output.media == media
    stored = llm.messages.to_json([llm.messages.user(output)])
    assert llm.messages.from_json(stored)[0].content == [output]
    assert pickle.loads(pickle.dumps(output)) == output


def test_the_output_of_a_tool_that_returned_an_image_is_the_image() -> None:
    assert ToolOutput(id="1", name="n", result="", media=[PICTURE]).output == PICTURE
    assert ToolOutput(id="1", name="n", result="Here.", media=[PICTURE]).output == "Here."


def test_a_tool_that_failed_has_no_media() -> None:
    error = llm.ToolError("no")
    with pytest.raises(ValueError, match="has no media"):
        ToolOutput(id="1", name="n", result="no", error=error, media=[PICTURE])
    output: ToolOutput[Any] = ToolOutput(id="1", name="n", result="no", media=[PICTURE])
    saved = json.loads(llm.messages.to_json([llm.messages.user(output)]))
    saved["messages"][0]["content"][0]["error"] = {"type": "ToolError", "message": "no"}
    with pytest.raises(ValueError, match=r"^messages\[0\]\.content\[0\]: .* has no media"):
        llm.messages.from_json(json.dumps(saved))


@pytest.mark.parametrize("media", ["picture.png", [b"x"], ["x"], None], ids=repr)
def test_what_is_no_medium_is_refused_before_it_is_sent(media: Any) -> None:
    output: ToolOutput[Any] = ToolOutput(id="1", name="n", result="", media=media)
    with pytest.raises(TypeError, match=r"ToolOutput\.media|has to be one of"):
        llm.Model("openai/gpt-5-mini").call([llm.messages.user(output)])


def test_what_cannot_be_told_cannot_be_saved() -> None:
    made: ToolOutput[Any] = ToolOutput(id="1", name="n", result={"a": Forecast()})
    with pytest.raises(ValueError, match=r"messages\[0\]\.content\[0\]\.result: it holds "):
        llm.messages.to_json([llm.messages.user(made)])


class Odd:
    """Has a form or not, as it is told."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def json(self) -> Any:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.dates()
    | st.complex_numbers()
    | st.sampled_from([*Mood, Forecast(), Forecast, numbered, Writes(), range(3)])
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner)
        | st.dictionaries(st.text() | st.binary() | st.integers() | st.none(), inner)
        | st.builds(Odd, inner | st.sampled_from([ValueError("x"), KeyError()]))
        | st.builds(lambda below: Leaf(when=below), inner)
        | st.builds(iter, st.lists(inner))
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_whatever_a_tool_returns_it_is_told_or_refused_with_a_reason(result: Any) -> None:
    for kind in ("plain", "async"):
        output = run(variant(kind, lambda *_: result), called(x=1))
        text = tool_output_text(output.result)
        assert " object at 0x" not in text
        if output.error is None:
            assert output.result is result
        else:
            assert text.startswith("TypeError: The result of tool 'probe' holds ")


def test_a_tool_in_a_thread_refuses_the_same() -> None:
    async def main() -> ToolOutput[Any]:
        toolkit = llm.AsyncToolkit([variant("plain", lambda *_: Forecast())])
        return await toolkit.execute(called(x=1))

    assert "object of class Forecast" in str(asyncio.run(main()).result)
