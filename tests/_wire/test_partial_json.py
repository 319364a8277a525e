"""Reading JSON that is not complete: what the value is, and what reading it costs."""

from __future__ import annotations

import copy
import gc
import itertools
import json
import os
import random
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from mirascope._wire.json_frames import ABSENT, SKIP, DictFrame, Frame, Shape
from mirascope._wire.partial_json import MAX_DEPTH, MAX_NUMBER, PartialJSON, PartialJSONError

FUZZ_ITERATIONS = int(os.environ.get("FUZZ_ITERATIONS", "3000"))

DOCUMENT = json.dumps(
    {
        "text": 'a "quoted"\n\u00e9\U0001f600 word \\ end',
        "numbers": [0, -1, 12.5, 1e-7, 10**20],
        "nested": {"list": [[], [{}], [True, False, None]], "text": "x"},
    }
)


def read(text: str) -> object:
    reader = PartialJSON()
    reader.feed(text)
    return reader.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", ABSENT),
        (" \n", ABSENT),
        ("{", {}),
        ('{"a', {}),
        ('{"a"', {}),
        ('{"a":', {}),
        ('{"a": "', {"a": ""}),
        ('{"a": "x', {"a": "x"}),
        ('{"a": "x", "b"', {"a": "x"}),
        ('{"a": 1', {"a": 1}),
        ('{"a": 12', {"a": 12}),
        ('{"a": 12.', {}),
        ('{"a": 12.5', {"a": 12.5}),
        ('{"a": -', {}),
        ('{"a": -0', {"a": 0}),
        ('{"a": 1e', {}),
        ('{"a": 1e+', {}),
        ('{"a": 1e+2', {"a": 100.0}),
        ('{"a": tru', {}),
        ('{"a": true', {"a": True}),
        ('{"a": nul', {}),
        ('{"a": null', {"a": None}),
        ('{"a": -Infin', {}),
        ('{"a": -Infinity', {"a": float("-inf")}),
        ('{"a": "x\\', {"a": "x"}),
        ('{"a": "x\\n', {"a": "x\n"}),
        ('{"a": "x\\u00', {"a": "x"}),
        ('{"a": "x\\u00e9', {"a": "xé"}),
        ('{"a": "x\\ud83d', {"a": "x"}),
        ('{"a": "x\\ud83d\\ud', {"a": "x"}),
        ('{"a": "x\\ud83d\\ude00', {"a": "x\U0001f600"}),
        ('{"a": 1, "a": "y"', {"a": "y"}),
        ('{"a": 1, "a":', {"a": 1}),
        ('{"a": 1} and more', {"a": 1}),
        ('{"a": 1}}', {"a": 1}),
        ("[1, 2", [1, 2]),
        ("[1, ", [1]),
        ('"top', "top"),
        ("17", 17),
        # A separator or a bracket is missing: what was there before stays.
        ("[1 2, 3]", [1]),
        ('{"a": 1 "b": 2}', {"a": 1}),
        ('[{"a": [1}, 2]', [{"a": [1]}, 2]),
    ],
)
def test_value_so_far(text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "{not valid",
        "{,",
        '{"a": 1,}',
        "[1,]",
        "[,",
        '{"a" 1}',
        '{"a": }',
        '{"a": "line\nbreak"}',
        '{"a\tb": 1}',
        '{"a": "\\x"}',
        '{"a": "\\u12g4"}',
        '{"a": "\\udc00"}',
        '{"a": "\\ud83dx"}',
        '{"a": "\\ud83d\\n"}',
        '{"a": "\\ud83d\\u0041"}',
        '{"a": 01}',
        '{"a": -01}',
        '{"a": 1.}',
        '{"a": 1e,',
        '{"a": +1}',
        '{"a": .5}',
        '{"a": -N}',
        '{"a": trux}',
        "wrong",
        "\ufeff{}",
    ],
)
def test_what_is_no_json(text: str) -> None:
    reader = PartialJSON()
    with pytest.raises(PartialJSONError):
        reader.feed(text)
    with pytest.raises(PartialJSONError):  # and stays so
        reader.feed(" ")
    with pytest.raises(PartialJSONError):
        feed_all([*text, " "])


def test_an_error_says_where() -> None:
    reader = PartialJSON()
    reader.feed('{"a": [1,')
    with pytest.raises(PartialJSONError, match="at character 10"):
        reader.feed(" x")


@pytest.mark.parametrize("size", range(1, 9))
def test_any_cut_gives_the_same_value(size: int) -> None:
    reader = PartialJSON()
    for start in range(0, len(DOCUMENT), size):
        reader.feed(DOCUMENT[start : start + size])
        assert reader.value == read(DOCUMENT[: start + size])
    assert reader.value == json.loads(DOCUMENT)
    assert reader.complete
    assert not reader.broken
    assert reader.length == len(DOCUMENT)


def test_feed_says_whether_the_value_changed() -> None:
    reader = PartialJSON()
    values: list[object] = []
    for char in DOCUMENT:
        before = reader.value
        if reader.feed(char):
            values.append(reader.value)
        else:
            assert reader.value is before
    assert all(one != other for one, other in itertools.pairwise(values))
    assert values[-1] == json.loads(DOCUMENT)


@pytest.mark.parametrize(
    "pieces",
    [
        ['{"a": 1', ', "a": 1', "}"],
        ['{"a": "x"', ', "a": "x"', "}"],
        ['{"a": {"b": [1]}', ', "a": {"b": [1]}', "}"],
        ['"x', '"'],
        ["[1", " ", "]"],
        ["[", " ", "]"],
    ],
)
def test_an_equal_value_is_no_change(pieces: list[str]) -> None:
    reader = PartialJSON()
    assert reader.feed(pieces[0])
    assert [reader.feed(piece) for piece in pieces[1:]] == [False] * (len(pieces) - 1)


def test_a_value_handed_out_never_changes() -> None:
    reader = PartialJSON()
    handed_out: list[tuple[object, object]] = []
    for char in DOCUMENT:
        if reader.feed(char):
            handed_out.append((reader.value, copy.deepcopy(reader.value)))
    assert all(value == as_it_was for value, as_it_was in handed_out)


def test_what_is_complete_is_shared_by_later_values() -> None:
    reader = PartialJSON()
    reader.feed('{"done": [{"a": 1}], "open": [')
    before = reader.value
    reader.feed("1, 2")
    assert isinstance(before, dict)
    assert isinstance(reader.value, dict)
    assert reader.value["done"] is before["done"]
    assert reader.value["open"] == [1, 2]
    assert before["open"] == []


def test_the_end_of_the_root() -> None:
    reader = PartialJSON()
    reader.feed(' {"a": ')
    reader.feed("1} rest")
    assert reader.complete
    assert reader.length == len(' {"a": 1}')
    assert not reader.feed(" more")
    assert reader.length == len(' {"a": 1}')


def test_a_missing_comma_ends_the_reading() -> None:
    reader = PartialJSON()
    reader.feed('[{"a": 1 ')
    assert not reader.broken
    assert not reader.feed('"b": 2}, ')
    assert not reader.feed("}{ nonsense")
    assert reader.broken
    assert not reader.complete
    assert reader.value == [{"a": 1}]


def test_a_missing_bracket_is_closed_by_the_next() -> None:
    reader = PartialJSON()
    reader.feed('[{"a": 1], 2]')
    assert reader.complete
    assert reader.length == len('[{"a": 1]')
    assert reader.value == [{"a": 1}]


def test_depth_is_limited() -> None:
    assert read("[" * MAX_DEPTH) is not ABSENT
    with pytest.raises(PartialJSONError, match="deeper than"):
        read("[" * (MAX_DEPTH + 1))
    shallow = PartialJSON(max_depth=1)
    with pytest.raises(PartialJSONError, match="deeper than 1"):
        shallow.feed("[[")


def test_length_is_limited() -> None:
    reader = PartialJSON(max_size=10)
    reader.feed('"12345')
    with pytest.raises(PartialJSONError, match="longer than 10"):
        reader.feed("67890")


def test_numbers_are_limited() -> None:
    assert read("1" * MAX_NUMBER) == int("1" * MAX_NUMBER)
    with pytest.raises(PartialJSONError, match="number longer"):
        read("1" * (MAX_NUMBER + 1))


class _OnlyTitles(Shape):
    """Builds the objects of an array, with no member but the title."""

    __slots__ = ()

    def object(self) -> Frame:
        return _TitleFrame(self)


class _TitleFrame(DictFrame):
    __slots__ = ()

    def shape(self, key: str) -> Shape:
        return super().shape(key) if key == "title" else SKIP


def test_shapes_choose_what_is_built() -> None:
    reader = PartialJSON(_OnlyTitles())
    reader.feed('[{"title": "A", "other": {"title": [1, "x"]}, "more": 1')
    assert reader.value == [{"title": "A"}]
    assert not reader.feed(', "yet": "more')
    assert reader.feed('"}, {"title": "B')
    assert reader.value == [{"title": "A"}, {"title": "B"}]


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


def feed_all(pieces: list[str]) -> None:
    reader = PartialJSON()
    for piece in pieces:
        reader.feed(piece)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(lambda n: json.dumps([{"a": i, "b": "xyz"} for i in range(n)]), id="objects"),
        pytest.param(lambda n: json.dumps("word " * n * 4), id="long string"),
        pytest.param(lambda n: json.dumps('"\n' * n * 4), id="escapes"),
        pytest.param(lambda n: "[" + "1" * 40 + ", 1.5e10" * n + "]", id="numbers"),
        pytest.param(lambda n: json.dumps({f"key {i}": None for i in range(n)}), id="keys"),
    ],
)
@pytest.mark.parametrize("size", [4, 10**9], ids=["deltas", "whole"])
def test_work_is_linear(document: Callable[[int], str], size: int) -> None:
    def work(n: int) -> int:
        text = document(n)
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        return calls(lambda: feed_all(pieces))

    assert work(1000) < 2.2 * work(500)


def test_a_string_costs_nothing_by_character() -> None:
    assert calls(lambda: read('"' + "x" * 100_000)) == calls(lambda: read('"' + "x" * 10))


def test_mutated_input_raises_nothing_else() -> None:
    chance = random.Random(0)
    alphabet = '{}[]",:\\u0123dD8eE.-+ntrfalsuINy \n\t\x00é\ud83d'
    failed = 0
    for _ in range(FUZZ_ITERATIONS):
        text = list(DOCUMENT)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 3)] = chance.choices(
                alphabet, k=chance.randint(0, 3)
            )
        reader = PartialJSON(max_depth=chance.choice((3, 100)))
        rest = "".join(text)
        try:
            while rest:
                size = chance.randint(1, 40)
                reader.feed(rest[:size])
                rest = rest[size:]
        except PartialJSONError:
            failed += 1
    assert 0 < failed < FUZZ_ITERATIONS


LONG = json.dumps({"rows": [[index, f"row {index}"] for index in range(60)], "end": True})


@pytest.mark.parametrize("held", ["values", "lists", "iterators"])
@pytest.mark.parametrize("every", [1, 2, 3, 5])
def test_what_somebody_has_of_a_growing_list_stays_as_it_is(held: str, every: int) -> None:
    reader = PartialJSON()
    kept: list[tuple[Any, Any]] = []
    for index, start in enumerate(range(0, len(LONG), 4)):
        reader.feed(LONG[start : start + 4])
        value: Any = reader.value
        if index % every or not isinstance(value, dict) or "rows" not in value:
            continue
        rows = value["rows"]
        thing = {"values": value, "lists": rows, "iterators": iter(rows)}[held]
        kept.append((thing, copy.deepcopy(value if held == "values" else rows)))
        del value, rows, thing
    assert len(kept) > 20
    for thing, expected in kept:
        assert (list(thing) if held == "iterators" else thing) == expected
    assert reader.value == json.loads(LONG)


def test_who_looks_at_one_value_after_the_other_has_no_list_copied() -> None:
    text = json.dumps({"rows": [{"index": index, "name": f"row {index}"} for index in range(60)]})
    reader = PartialJSON()
    copies = 0

    def profile(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal copies
        copies += (
            event == "c_call"
            and isinstance(getattr(argument, "__self__", None), list)
            and (argument.__name__ == "copy")
        )

    sys.setprofile(profile)
    try:
        for start in range(0, len(text), 4):
            reader.feed(text[start : start + 4])
    finally:
        sys.setprofile(None)
    assert reader.value == json.loads(text)
    assert copies == 0
