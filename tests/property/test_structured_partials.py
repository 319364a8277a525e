"""Partial values agree with pydantic's validation of what the JSON parser inside it can read."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import os
import random
from typing import Any

import jiter
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from mirascope import llm
from mirascope.llm import Partial
from mirascope.llm.formatting.extract import parse_full, parse_partial_json
from mirascope.llm.formatting.partial_reader import PartialReader

FUZZ_ITERATIONS = int(os.environ.get("FUZZ_ITERATIONS", "3000"))


class Leaf(BaseModel):
    text: str
    number: int
    real: float
    flag: bool


class Branch(BaseModel):
    name: str
    leaves: list[Leaf]
    index: dict[str, Leaf]
    rows: list[list[Leaf]]
    maybe: list[Leaf] | None
    branch: Branch | None
    words: list[str]


LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "text": st.text(),
        "number": st.integers(-(2**70), 2**70),
        "real": st.floats(allow_nan=False) | st.integers(-1000, 1000),
        "flag": st.booleans(),
        "unknown": st.lists(st.integers()) | st.text(),
    },
)


def branches(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "name": st.text() | st.none(),
            "leaves": st.lists(LEAVES, max_size=3),
            "index": st.dictionaries(st.text(), LEAVES, max_size=2),
            "rows": st.lists(st.lists(LEAVES, max_size=2), max_size=2),
            "maybe": st.lists(LEAVES, max_size=2) | st.none(),
            "branch": inner,
            "words": st.lists(st.text(), max_size=3),
        },
    )


BRANCHES = branches(branches(st.none()))
# Some numbers look like integers at first, and some text is of the wrong kind altogether.
WRONG = st.sampled_from([1.5, "x", True, None, [], {}, [{}], [""], {"a": 1}, 0])
CUTS = st.lists(st.integers(min_value=0), max_size=8)


def oracle(text: str) -> object:
    try:
        return Partial[Branch].model_validate(
            jiter.from_json(text.encode(), partial_mode="trailing-strings")
        )
    except ValidationError:
        return None


def reader() -> PartialReader[Branch]:
    return PartialReader(llm.format(Branch, mode="json"))


def pieces(text: str, cuts: list[int]) -> list[str]:
    edges = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


@given(document=BRANCHES, end=st.integers(min_value=1), cuts=CUTS)
def test_the_value_of_a_prefix(document: Any, end: int, cuts: list[int]) -> None:
    text = json.dumps(document)
    text = text[: end % len(text) + 1]
    partial = reader()
    for piece in pieces(text, cuts):
        partial.feed(piece)
    assert partial.value == oracle(text)
    assert repr(partial.value) == repr(oracle(text))  # types as well


@given(document=BRANCHES)
def test_a_complete_answer(document: Any) -> None:
    text = json.dumps(document)
    value: Any = parse_partial_json(text, Branch)
    assert value == oracle(text)
    assert value.model_dump(exclude_unset=True) == _known(document)


def _known(document: Any) -> Any:
    """Leave out what is not asked for, and null where pydantic cannot tell it from absent."""
    oracle = Partial[Branch].model_validate(document)
    return oracle.model_dump(exclude_unset=True)


@given(document=BRANCHES, key=st.sampled_from(list(Branch.model_fields)), wrong=WRONG)
def test_a_complete_answer_with_something_wrong(document: Any, key: str, wrong: Any) -> None:
    document[key] = wrong
    text = json.dumps(document)
    assert parse_partial_json(text, Branch) == oracle(text)


@given(document=BRANCHES, cuts=st.lists(st.integers(min_value=0), max_size=60))
def test_the_progression(document: Any, cuts: list[int]) -> None:
    """Each value announced differs from the one before, and is never changed afterwards."""
    text = json.dumps(document)
    partial = reader()
    announced: list[tuple[Any, Any]] = []
    value: object = None
    for piece in pieces(text, cuts):
        if partial.feed(piece):
            assert partial.value != value
            value = partial.value
            announced.append((value, copy.deepcopy(value)))
        else:
            assert partial.value in (None, value)
    assert announced
    assert all(value == as_it_was for value, as_it_was in announced)
    assert announced[-1][0] == oracle(text)


@given(document=BRANCHES, before=st.text("ab {[}]:`'\n"), after=st.text('ab {}[]"`\n'))
def test_prose_around_a_fenced_block(document: Any, before: str, after: str) -> None:
    text = json.dumps(document)
    whole = f"{before}\n```json\n{text}\n```{after}"
    if document:
        assert parse_partial_json(whole, Branch) == oracle(text)


@pytest.mark.parametrize("type_", [Branch, list[Leaf], dict[str, Leaf], Leaf | Branch, int | str])
def test_mutated_answers_raise_nothing(type_: Any) -> None:
    chance = random.Random(0)
    leaf = {"text": 'a "b" \\ \U0001f600', "number": 12, "real": 1.5, "flag": True}
    branch = {"name": "n", "leaves": [leaf], "index": {"k": leaf}, "branch": {"rows": [[leaf]]}}
    output = {"output": [leaf] if type_ == list[Leaf] else branch}
    answer = "Use {this}: ```json\n" + json.dumps(branch if type_ is Branch else output) + "\n```"
    alphabet = '{}[]",:\\u0123dD8eE.-+ntrfalse` \n\x00'
    format = llm.format(type_, mode="json")
    for _ in range(FUZZ_ITERATIONS // 5):
        text = list(answer)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(text))
            text[place : place + chance.randint(0, 3)] = chance.choices(
                alphabet, k=chance.randint(0, 3)
            )
        whole = "".join(text)
        partial = PartialReader(format)
        rest = whole
        while rest:
            size = chance.randint(1, 60)
            partial.feed(rest[:size])
            rest = rest[size:]
        assert partial.value == parse_partial_json(whole, type_)
        with contextlib.suppress(ValueError):  # json.JSONDecodeError, pydantic.ValidationError
            parse_full(format, whole)
