"""Every prefix of a text, cut anywhere, reads as it does for jiter, the parser inside pydantic."""

from __future__ import annotations

import itertools
import json

import jiter
from hypothesis import example, given
from hypothesis import strategies as st

from mirascope._wire.json_frames import ABSENT
from mirascope._wire.partial_json import PartialJSON, PartialJSONError

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    SCALARS,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(st.text(), values, max_size=4),
    max_leaves=12,
)
TEXTS = st.builds(
    json.dumps,
    VALUES,
    ensure_ascii=st.booleans(),
    indent=st.none() | st.just(1),
)
TOKENS = st.sampled_from(
    [
        *("{", "}", "[", "]", ",", ":", '"', "\\", " ", "\n", "\t", "\0"),
        *('"a"', '"a":', '"b": 1', "0", "1", "-", ".5", "1.5", "e", "E+3", "00"),
        *("true", "tru", "null", "nul", "NaN", "Infinity", "-Inf", "-Infinity"),
        *("\\n", "\\u", "\\u00e9", "\\ud83d", "\\ude00", "\\x", "é", "\U0001f600", "x"),
    ]
)
CUTS = st.lists(st.integers(min_value=0), max_size=6)


def oracle(text: str) -> object:
    try:
        return jiter.from_json(text.encode(), partial_mode="trailing-strings")
    except ValueError:
        return ABSENT


def ours(text: str, cuts: list[int]) -> object:
    reader = PartialJSON()
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    try:
        for start, end in itertools.pairwise(edges):
            reader.feed(text[start:end])
    except PartialJSONError:
        return ABSENT
    return reader.value


def shown(value: object) -> str:
    return repr(value)  # tells 1 from 1.0 and from True, and finds nan equal to nan


@given(text=TEXTS, end=st.integers(min_value=0), cuts=CUTS)
def test_prefixes_of_json(text: str, end: int, cuts: list[int]) -> None:
    prefix = text[: end % (len(text) + 1)]
    assert shown(ours(prefix, cuts)) == shown(oracle(prefix))


@given(text=TEXTS, cuts=CUTS)
def test_whole_documents(text: str, cuts: list[int]) -> None:
    assert shown(ours(text, cuts)) == shown(json.loads(text))


@given(text=st.lists(TOKENS, max_size=20).map("".join), cuts=CUTS)
@example(text='{"a": [1}, "b": 2]', cuts=[])
@example(text='"\\ud83d\\u0041"', cuts=[9])
def test_nonsense(text: str, cuts: list[int]) -> None:
    assert shown(ours(text, cuts)) == shown(oracle(text))


@given(text=TEXTS, places=st.lists(st.tuples(st.integers(min_value=0), TOKENS), max_size=3))
def test_mutated_json(text: str, places: list[tuple[int, str]]) -> None:
    for place, token in places:
        at = place % (len(text) + 1)
        text = text[:at] + token + text[at + 1 :]
    assert shown(ours(text, [])) == shown(oracle(text))


@given(depth=st.integers(min_value=195, max_value=205))
def test_depth(depth: int) -> None:
    text = "[" * depth
    assert (ours(text, []) is ABSENT) == (oracle(text) is ABSENT)
