"""The types that the rest is written in terms of."""

from __future__ import annotations

import copy
import functools
import math
import pickle
from dataclasses import FrozenInstanceError, dataclass
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirascope.llm import types
from mirascope.llm.types import Dataclass, NoneType, Params, ThinkingConfig, Timeout
from mirascope.llm.types.hints import annotated_function, enclosing_frames, resolve_hints

LIMITS = ("connect", "first_content", "idle", "total")


def test_the_default_limits() -> None:
    timeout = Timeout()
    assert [getattr(timeout, name) for name in LIMITS] == [10, 600, 300, None]


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [0, -1, math.nan, -math.inf])
def test_a_limit_is_positive_or_none(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"Timeout\.{name} .* got {value!r}"):
        Timeout(**{name: value})
    assert getattr(Timeout(**{name: None}), name) is None
    assert getattr(Timeout(**{name: math.inf}), name) == math.inf


@given(seconds=st.floats(min_value=1e-9, allow_nan=False))
def test_a_number_limits_the_whole(seconds: float) -> None:
    assert Timeout.of(seconds) == Timeout(total=seconds)


def test_other_ways_to_say_it() -> None:
    timeout = Timeout(idle=3)
    assert Timeout.of(timeout) is timeout
    assert Timeout.of(None) is None
    with pytest.raises(ValueError, match="total"):
        Timeout.of(0)


def test_a_timeout_is_a_frozen_value() -> None:
    timeout = Timeout(idle=3)
    assert timeout == Timeout(idle=3)
    assert hash(timeout) == hash(Timeout(idle=3))
    assert copy.deepcopy(timeout) == pickle.loads(pickle.dumps(timeout)) == timeout
    with pytest.raises(FrozenInstanceError):
        timeout.idle = 4  # type: ignore[misc]  # frozen
    with pytest.raises(TypeError):
        Timeout(3)  # type: ignore[misc]  # by keyword only


def test_params() -> None:
    assert Params.__required_keys__ == frozenset()
    assert list(ThinkingConfig.__annotations__) == [
        "level",
        "include_thoughts",
        "encode_thoughts_as_text",
    ]
    assert {
        "temperature",
        "max_tokens",
        "top_p",
        "top_k",
        "seed",
        "stop_sequences",
        "thinking",
    } <= (Params.__optional_keys__)


def test_small_names() -> None:
    @dataclass
    class D:
        x: int

    assert isinstance(D(1), Dataclass)
    assert not isinstance(1, Dataclass)
    assert NoneType is type(None)
    assert sorted(types.__all__) == types.__all__
    assert all(hasattr(types, name) for name in types.__all__)


# --- hints --------------------------------------------------------------------------------------


def resolved(fn: Any, *names: str) -> dict[str, Any]:
    return resolve_hints(fn, names)


def plain(a: int, b: Annotated[str, "note"], c=None, *d: None) -> Nowhere: ...  # type: ignore # noqa


def test_chosen_annotations_only() -> None:
    assert resolved(plain, "a", "b", "c", "d") == {
        "a": int,
        "b": Annotated[str, "note"],
        "d": type(None),
    }
    assert resolved(plain) == {}
    with pytest.raises(NameError):
        resolved(plain, "return")


class Called:
    own: str

    def __call__(self, a: int) -> None: ...

    def method(self, a: int) -> None: ...


def test_annotations_of_every_kind_of_callable() -> None:
    for fn in (
        functools.partial(plain, b="x"),
        functools.partial(functools.partial(plain, b="x"), c=1),
        Called(),
        Called().method,
        classmethod(plain),
        staticmethod(plain),
    ):
        assert resolved(fn, "a", "own") == {"a": int}, fn
    assert annotated_function(functools.partial(Called().method)) is Called.method
    assert resolved(Called, "own") == {"own": str}
    assert resolved(print, "a") == {}


def test_local_names_and_where_they_come_from() -> None:
    class Local: ...

    def in_frame(a: Local, b: list[Local]) -> None: ...

    def in_closure(a: Local) -> object:
        return Local

    assert resolved(in_frame, "a", "b") == {"a": Local, "b": list[Local]}
    assert resolve_hints(in_closure, ["a"], frames=()) == {"a": Local}
    with pytest.raises(NameError):
        resolve_hints(in_frame, ["a"], frames=())


def test_the_innermost_name_counts() -> None:
    class Name: ...

    outer = Name

    def inside() -> tuple[Any, Any]:
        class Name: ...

        def fn(a: Name) -> None: ...

        return Name, resolved(fn, "a")["a"]

    inner, found = inside()
    assert found is inner
    assert found is not outer


def test_unassigned_closure_variables_are_skipped() -> None:
    def fn(a: int) -> object:
        return later

    assert resolved(fn, "a") == {"a": int}
    later = 1


def test_only_calls_that_a_function_is_defined_in_enclose_it() -> None:
    def fn() -> None: ...

    def helper() -> tuple[Any, ...]:
        return enclosing_frames(fn)

    assert [frame.f_code.co_name for frame in helper()] == [
        "test_only_calls_that_a_function_is_defined_in_enclose_it"
    ]
    assert enclosing_frames(plain) == ()
    assert enclosing_frames(Called.method) == ()
