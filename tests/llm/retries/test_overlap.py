"""Where a text goes on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm.retries.overlap import Overlap, anchor_of

SAID = "From Peninha one sees the sea, the lighthouse at Cabo da Roca and, far away, Espi"
REST = "chel and the mouth of the Tejo."
ANCHOR = anchor_of(SAID)


def rest(said: str, new: str, how: Any = "turn", cut: int = 1) -> str:
    """Return what of `new` follows `said`, when it comes `cut` characters at a time."""
    overlap = Overlap(said, how)
    shown = [overlap.feed(new[at : at + cut]) for at in range(0, len(new), cut)]
    return "".join([*shown, overlap.rest()])


@pytest.mark.parametrize("cut", [1, 3, 1000])
@pytest.mark.parametrize(
    "new",
    [
        ANCHOR + REST,
        f"Of course! Here is the rest:\n\n{ANCHOR}{REST}",
        SAID[-70:] + REST,
        SAID + REST,
        SAID[-12:] + REST,
        REST,
    ],
    ids=["anchor", "preamble", "more than the anchor", "all", "less than the anchor", "no anchor"],
)
def test_what_is_said_is_cut(new: str, cut: int) -> None:
    assert rest(SAID, new, cut=cut) == REST


@pytest.mark.parametrize("size", range(41))
def test_every_overlap_is_found(size: int) -> None:
    said = "a harbour where boats and fishermen wait, four winds blow o"
    assert rest(said, said[len(said) - size :] + "ver the bay") == "ver the bay"


@pytest.mark.parametrize(
    ("said", "new"),
    [
        ("It costs 10", "0 euros"),
        ("It costs 1000", "000 euros"),
        ("a pas", "sage"),
        ("f(", "(x) + 1)"),
        ("f(", "f(x) + 1)"),
        ("|---", "---|"),
        ("One.\n", "\nTwo."),
        ("  return x\n\n", "\n    y"),
    ],
)
def test_what_only_looks_repeated_is_kept(said: str, new: str) -> None:
    assert rest("Some words to begin with; " + said, new) == new


@pytest.mark.parametrize(
    ("blanks", "new", "left"),
    [
        (" ", " and", "and"),
        (" ", "and", "and"),
        ("\n\n", "\n\nNext", "Next"),
        ("\n", "\n\nNext", "\nNext"),
        ("\n\n", "Next", "Next"),
        ("", " and", " and"),
        (" ", "\n", "\n"),
    ],
)
def test_blanks_at_the_end(blanks: str, new: str, left: str) -> None:
    assert rest(SAID + blanks, new, "prefix") == left
    assert rest(SAID + blanks, ANCHOR + new) == left
    assert rest(SAID + blanks, SAID + new, "echo") == left


def test_short_texts() -> None:
    assert rest("T", "The sea") == "he sea"
    assert rest("Th", "e sea") == "e sea"
    assert rest("Th", "Yes! The sea") == "Yes! The sea"  # may as well be what follows


def test_a_server_that_says_the_prefix_again_or_does_not() -> None:
    assert rest(SAID, SAID + REST, "echo") == REST
    assert rest(SAID, REST, "echo") == REST


def test_a_prefix_is_not_matched() -> None:
    assert rest("ha ", "ha ha", "prefix") == "ha ha"
    overlap = Overlap("ha", "prefix")
    assert overlap.feed("ha") == "ha"


def test_the_same_once_more() -> None:
    assert rest('{"a": 1', '{"a": 12}', "again") == "2}"
    overlap = Overlap('{"a": 1', "again")
    assert overlap.waits
    assert overlap.feed('{"a"') == ""
    assert not overlap.differs
    assert overlap.feed(": 3}") == ""
    assert overlap.differs


def test_half_of_it_once_more_is_another_answer() -> None:
    overlap = Overlap('{"a": 1', "again")
    assert overlap.feed('{"a"') == overlap.rest() == ""
    assert overlap.differs


def test_nothing_is_held_once_the_anchor_was_found() -> None:
    overlap = Overlap(SAID, "turn")
    assert overlap.feed(f"Sure: {ANCHOR}") == ""
    assert overlap.feed("chel") == "chel"
    assert overlap.feed(" and") == " and"


def test_not_more_is_held_than_an_anchor_may_be_behind() -> None:
    overlap = Overlap(SAID, "turn")
    shown = ""
    for _ in range(80):
        shown += overlap.feed("words ")
    assert shown == "words " * 80
    assert overlap.decided


TEXTS = st.text(alphabet="ab .\n1é", min_size=1, max_size=80)


@given(said=TEXTS, follows=TEXTS, cut=st.integers(1, 9))
def test_an_anchor_that_is_repeated_always_joins(said: str, follows: str, cut: int) -> None:
    """Whatever the text, and however it comes."""
    solid = said.rstrip()
    if not solid:
        return
    whole = said + follows
    for how, new in (
        ("turn", anchor_of(said) + whole[len(solid) :]),
        ("prefix", whole[len(solid) :]),
        ("echo", whole),
        ("again", whole),
    ):
        assert said + rest(said, new, how, cut) == whole, how


@given(said=TEXTS)
def test_an_anchor_is_an_end(said: str) -> None:
    anchor = anchor_of(said)
    assert said.rstrip().endswith(anchor)
    assert bool(anchor) == bool(said.strip())
    assert len(anchor) <= 40
