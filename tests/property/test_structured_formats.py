"""What holds for partial values of every format, however wrong the answer."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from mirascope import llm
from mirascope.llm.formatting.extract import parse_full, parse_partial_json
from mirascope.llm.formatting.partial_reader import PartialReader

from .formats import FORMATS, Author, shown

SEEDS = st.integers(0, 2**32)
FORMAT_NUMBERS = st.integers(0, len(FORMATS) - 1)


def format_of(type_: Any) -> llm.Format[Any]:
    return llm.Format(name="", description=None, schema={}, mode="json", formattable=type_)


@given(number=FORMAT_NUMBERS, seed=SEEDS)
def test_cuts_make_no_difference(number: int, seed: int) -> None:
    type_ = FORMATS[number]
    author = Author(type_, random.Random(seed))
    reader = PartialReader(format_of(type_))
    read = ""
    for piece in author.cut(author.document()):
        reader.feed(piece)
        read += piece
        assert reader.value == parse_partial_json(read, type_), read


@given(number=FORMAT_NUMBERS, seed=SEEDS)
def test_each_value_announced_is_new_and_stays_as_it_is(number: int, seed: int) -> None:
    author = Author(FORMATS[number], random.Random(seed), repeats=False)
    reader = PartialReader(format_of(FORMATS[number]))
    announced: list[tuple[object, object]] = []
    last: object = None
    for piece in author.cut(author.answer()):
        if reader.feed(piece):
            assert reader.value is not None
            assert shown(reader.value) != last
            last = shown(reader.value)
            announced.append((reader.value, last))
        else:
            assert reader.value is None or shown(reader.value) == last
    assert all(shown(value) == as_it_was for value, as_it_was in announced)


@given(number=FORMAT_NUMBERS, seed=SEEDS)
def test_no_mark_of_a_missing_value_is_shown(number: int, seed: int) -> None:
    author = Author(FORMATS[number], random.Random(seed))
    reader = PartialReader(format_of(FORMATS[number]))
    for piece in author.cut(author.answer()):
        reader.feed(piece)
        text = repr(shown(reader.value))
        assert not any(mark in text for mark in ("ABSENT", "INVALID", "REJECTED")), text


@given(number=FORMAT_NUMBERS, seed=SEEDS)
def test_what_can_be_parsed_has_a_partial_value(number: int, seed: int) -> None:
    type_ = FORMATS[number]
    text = Author(type_, random.Random(seed), wrong=0.0, repeats=False).document()
    assume(text.startswith("{"))  # an array may be taken for prose around an object
    try:
        parsed = parse_full(format_of(type_), text)
    except ValueError:  # json.JSONDecodeError, pydantic.ValidationError
        return
    assert parsed is None or parse_partial_json(text, type_) is not None, text
