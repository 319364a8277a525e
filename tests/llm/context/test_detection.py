"""Which functions take a context."""

from __future__ import annotations

import copy
import functools
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, Optional, TypeVar, Union

import pytest

from mirascope import llm
from mirascope.llm.context import Context
from mirascope.llm.context._utils import first_param_is_context

if TYPE_CHECKING:
    from somewhere import Deps  # type: ignore[import-not-found]  # for checkers only

T = TypeVar("T")


class Custom(Context[str]):
    """A context without parameters."""


@dataclass(kw_only=True)
class GenericCustom(Context[list[T]], Generic[T]):
    extra: int = 0


Alias = Context[int]
NotOne = Annotated[int, Context]


def of(annotation: Any) -> Callable[..., None]:
    """Return a function whose ``ctx`` is annotated with the object, not with its source."""

    def fn(ctx: Any, x: int) -> None: ...

    fn.__annotations__["ctx"] = annotation
    return fn


YES = [
    Context,
    Context[str],
    Context[Any],
    Context[None],
    Custom,
    GenericCustom,
    GenericCustom[int],
    Alias,
    Annotated[Context[int], "note"],
    Annotated[Custom, "note"],
    Context[int] | None,
    Optional[Context[int]],  # noqa: UP045 - spelled as users do
    Union[None, Context[int]],  # noqa: UP007 - spelled as users do
    Optional[GenericCustom[int]],  # noqa: UP045 - spelled as users do
    Annotated[Context[int] | None, "note"],
    Context[int] | Custom,
    "Context",
    "Context[str]",
    "llm.context.Context[str]",
    "Annotated[Context[int], 'note']",
    "Context[int] | None",
    "Optional[Context[int]]",
    "GenericCustom[int]",
    "Alias",
    "Annotated[Optional[GenericCustom[int]], 'note']",
]
NO = [
    int,
    None,
    Any,
    object,
    NotOne,
    list[Context[int]],
    dict[str, Context[int]],
    type[Context[int]],
    Callable[[Context[int]], None],
    T,
    int | None,
    "int",
    "NotOne",
    "list[Context]",
    "Nowhere",
    "Nowhere[int]",
    "NotAContext",
    "not python",
]


@pytest.mark.parametrize("annotation", YES, ids=str)
def test_these_are_contexts(annotation: Any) -> None:
    assert first_param_is_context(of(annotation))


@pytest.mark.parametrize("annotation", NO, ids=str)
def test_these_are_not(annotation: Any) -> None:
    assert not first_param_is_context(of(annotation))


def test_where_the_parameter_has_to_be() -> None:
    def first(ctx: Context[int], x: int) -> None: ...
    def alone(ctx: Context[int]) -> None: ...
    def after_self(self: Any, ctx: Context[int]) -> None: ...
    def after_cls(cls: Any, ctx: Context[int], x: int) -> None: ...
    def keyword_only(*, ctx: Context[int]) -> None: ...
    def positional_only(ctx: Context[int], /) -> None: ...
    def second(x: int, ctx: Context[int]) -> None: ...
    def third(self: Any, x: int, ctx: Context[int]) -> None: ...
    def other_name(context: Context[int]) -> None: ...
    def bare(ctx) -> None: ...  # type: ignore[no-untyped-def]
    def none() -> None: ...
    def only_self(self: Context[int]) -> None: ...
    def variadic(*ctx: int) -> None: ...

    for fn in (first, alone, after_self, after_cls, keyword_only, positional_only):
        assert first_param_is_context(fn), fn
    for fn in (second, third, other_name, bare, none, only_self, variadic):
        assert not first_param_is_context(fn), fn


def test_an_unresolvable_context_is_read_as_it_is_written() -> None:
    """`Deps` exists for a checker only."""

    def fn(ctx: llm.Context[Deps], x: Deps) -> Deps: ...

    def optional(ctx: llm.Context[Deps] | None, x: Deps) -> Deps: ...

    assert first_param_is_context(fn)
    assert first_param_is_context(optional)


def test_only_the_annotation_of_the_context_has_to_resolve() -> None:
    def fn(ctx: Alias, x: Deps) -> Deps: ...

    def not_one(ctx: int, x: Deps) -> Deps: ...

    assert first_param_is_context(fn)
    assert not first_param_is_context(not_one)


def test_local_classes() -> None:
    class Local(Context[int]): ...

    def fn(ctx: Local) -> None: ...

    def in_a_generic(ctx: Optional[Annotated[Local, "note"]]) -> None: ...  # noqa: UP045 - theirs

    assert first_param_is_context(fn)
    assert first_param_is_context(in_a_generic)


def takes_one(ctx: Custom, x: int) -> None: ...


class Object:
    def __call__(self, ctx: Custom, x: int) -> None: ...

    def method(self, ctx: Custom) -> None: ...

    @classmethod
    def of_class(cls, ctx: Custom) -> None: ...

    @staticmethod
    def static(ctx: Custom) -> None: ...


def test_every_kind_of_callable() -> None:
    @functools.wraps(takes_one)
    def wrapper(*args: Any, **kwargs: Any) -> None: ...

    async def later(ctx: Custom) -> None: ...

    for fn in (
        takes_one,
        later,
        wrapper,
        functools.partial(takes_one, x=1),
        Object(),
        Object().method,
        Object.method,
        Object.of_class,
        Object.static,
        vars(Object)["of_class"],
        vars(Object)["static"],
    ):
        assert first_param_is_context(fn), fn
    for fn in (
        functools.partial(takes_one, Custom(deps="x")),
        print,
        max,
        type,
        dict,
        int.__add__,
        lambda: None,
        lambda ctx: None,
    ):
        assert not first_param_is_context(fn), fn


def test_a_context_is_a_value() -> None:
    assert Context(deps=[1]) == Context(deps=[1])
    assert Context[int](deps=42).deps == 42
    assert repr(Context(deps=3)) == "Context(deps=3)"
    assert copy.copy(Context(deps=3)) == pickle.loads(pickle.dumps(Context(deps=3)))
    assert Custom(deps="x").deps == "x"
    assert GenericCustom(deps=[1], extra=2).extra == 2
    with pytest.raises(TypeError):
        Context()  # type: ignore[call-arg]  # there is nothing to depend on
    with pytest.raises(TypeError):
        Context(3)  # type: ignore[misc]  # by keyword
