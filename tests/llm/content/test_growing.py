"""Text that is still arriving behaves as text, whatever is done to it."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mirascope.llm.content import Text
from mirascope.llm.messages import assistant


def grown(*deltas: str, frozen: bool = False) -> Text:
    part, list_ = Text.start()
    list_.extend(deltas)
    if frozen:
        part.freeze()
    return part


STATES: list[Callable[[], Text]] = [
    lambda: grown("Hel", "lo"),
    lambda: grown("Hel", "lo", frozen=True),
    lambda: Text(text="Hello"),
]
every_state = pytest.mark.parametrize("make", STATES, ids=["growing", "frozen", "plain"])


@every_state
def test_it_is_the_dataclass_it_looks_like(make: Callable[[], Text]) -> None:
    part, plain = make(), Text(text="Hello")
    assert part.text == "Hello"
    assert part == plain
    assert plain == part
    assert part != Text(text="Hell")
    assert repr(part) == "Text(type='text', text='Hello')"
    assert dataclasses.asdict(part) == {"type": "text", "text": "Hello", "citations": []}
    assert dataclasses.astuple(part) == ("text", "Hello", [])
    assert dataclasses.replace(part, text="x") == Text(text="x")
    assert dataclasses.replace(part) == plain
    assert [field.name for field in dataclasses.fields(part)] == ["type", "text", "citations"]
    with pytest.raises(TypeError):
        hash(part)


@every_state
@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        *(
            lambda part, protocol=protocol: pickle.loads(pickle.dumps(part, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ),
    ],
)
def test_a_copy_has_the_text_and_grows_no_more(
    make: Callable[[], Text], copied: Callable[[Text], Text]
) -> None:
    part = make()
    other = copied(part)
    assert type(other) is Text
    assert other == part
    assert vars(other) == {"type": "text", "text": "Hello", "citations": []}
    other.text += "!"
    assert part.text == "Hello"


def test_a_copy_does_not_follow_its_original() -> None:
    part, deltas = Text.start()
    deltas.append("a")
    before = copy.copy(part)
    deltas.append("b")
    assert (before.text, part.text) == ("a", "ab")


@every_state
def test_the_text_can_be_assigned(make: Callable[[], Text]) -> None:
    part = make()
    part.text = "other"
    assert part == Text(text="other")
    assert dataclasses.asdict(part) == {"type": "text", "text": "other", "citations": []}


def test_before_anything_has_arrived() -> None:
    part = grown()
    assert (part.text, part) == ("", Text(text=""))
    part.freeze()
    assert part == Text(text="")


def test_freezing_twice_changes_nothing() -> None:
    part = grown("a", "b", frozen=True)
    part.freeze()
    assert vars(part) == {"type": "text", "text": "ab", "citations": []}


def test_other_attributes_are_missing_as_ever() -> None:
    for make in STATES:
        with pytest.raises(AttributeError, match="'Text' object has no attribute 'thought'"):
            _ = make().thought  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = Text.__new__(Text).text


def test_it_may_be_part_of_a_message() -> None:
    message = assistant([grown("a", "b")], model_id=None, provider_id=None)
    assert dataclasses.asdict(message)["content"] == [
        {"type": "text", "text": "ab", "citations": []}
    ]
    assert copy.deepcopy(message) == pickle.loads(pickle.dumps(message)) == message


class Growth(RuleBasedStateMachine):
    """Reads between appends never change what the text is, nor the list that it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.part, self.deltas = Text.start()
        self.expected: list[str] = []

    @rule(delta=st.text())
    def append(self, delta: str) -> None:
        self.deltas.append(delta)
        self.expected.append(delta)

    @rule()
    def read(self) -> None:
        assert self.part.text == "".join(self.expected)

    @rule()
    def copy(self) -> None:
        assert copy.copy(self.part) == Text(text="".join(self.expected))

    @invariant()
    def the_list_is_left_alone(self) -> None:
        assert self.deltas == self.expected


TestGrowth = Growth.TestCase


@given(deltas=st.lists(st.text(), max_size=20), reads=st.sets(st.integers(0, 20)))
def test_a_frozen_text_is_the_sum_of_its_deltas(deltas: list[str], reads: set[int]) -> None:
    part, list_ = Text.start()
    for n, delta in enumerate(deltas):
        list_.append(delta)
        if n in reads:
            assert part.text == "".join(deltas[: n + 1])
    part.freeze()
    assert part == Text(text="".join(deltas))


@pytest.fixture
def fast_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("fast_switches")
def test_nothing_is_lost_when_threads_read_while_one_appends() -> None:
    part, deltas = Text.start()
    expected = "".join(str(n % 10) for n in range(5_000))
    wrong: list[str] = []
    done = threading.Event()

    def read() -> None:
        last = ""
        while not done.is_set():
            text = part.text
            if not text.startswith(last) or not expected.startswith(text):
                wrong.append(text)
            last = text

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for character in expected:
        deltas.append(character)
    part.freeze()
    done.set()
    for reader in readers:
        reader.join()
    assert part.text == expected
    assert wrong == []
