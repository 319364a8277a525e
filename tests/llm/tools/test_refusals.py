"""What cannot become a tool is refused when the tool is made, and says what to do."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Literal, Self, TextIO

import pytest
from pydantic import BaseModel, Field
from pydantic.errors import PydanticSchemaGenerationError
from typing_extensions import TypedDict, Unpack

from mirascope import llm
from mirascope.llm.context import Context
from mirascope.llm.tools import (
    AsyncContextTool,
    AsyncTool,
    ContextTool,
    Tool,
    ToolParameterSchema,
    tool,
)
from tests.llm.tools.colours import CTX, TOOLKITS, called, every_kind, run


def numbers(x: int) -> Iterator[int]:
    yield x


async def numbers_later(x: int) -> AsyncIterator[int]:
    yield x


def numbers_with_context(ctx: Context[str], x: int) -> Iterator[int]:
    yield x


async def numbers_with_context_later(ctx: Context[str], x: int) -> AsyncIterator[int]:
    yield x


class Yields:
    def __call__(self, x: int) -> Iterator[int]:
        yield x

    def method(self, x: int) -> Iterator[int]:
        yield x

    @classmethod
    def of_class(cls, x: int) -> Iterator[int]:
        yield x

    @staticmethod
    def static(x: int) -> Iterator[int]:
        yield x


GENERATORS: dict[str, tuple[Any, str]] = {
    "plain": (numbers, "numbers"),
    "async": (numbers_later, "numbers_later"),
    "context": (numbers_with_context, "numbers_with_context"),
    "async context": (numbers_with_context_later, "numbers_with_context_later"),
    "partial": (functools.partial(functools.partial(numbers), x=1), "numbers"),
    "cached": (functools.cache(numbers), "numbers"),
    "object": (Yields(), "Yields"),
    "bound": (Yields().method, "method"),
    "not bound": (Yields.method, "method"),
    "class method": (vars(Yields)["of_class"], "of_class"),
    "static method": (vars(Yields)["static"], "static"),
}


@pytest.mark.parametrize(("fn", "name"), GENERATORS.values(), ids=GENERATORS)
def test_a_generator_function_is_refused(fn: Any, name: str) -> None:
    makers: list[Callable[[], object]] = [
        lambda: tool(fn),
        lambda: tool(strict=True)(fn),
        lambda: Tool.from_function(fn),
        lambda: AsyncTool.from_function(fn),
        lambda: ContextTool(fn, "by_hand", "d", ToolParameterSchema()),
        lambda: AsyncContextTool(fn, "by_hand", "d", ToolParameterSchema()),
    ]
    for make in makers:
        with pytest.raises(TypeError, match=f"^{name} is a generator function.* in a list"):
            make()


def test_what_only_looks_like_a_generator_function_is_a_tool() -> None:
    @functools.wraps(numbers)
    def collected(x: int) -> list[int]:
        return list(numbers(x))

    assert tool(collected).execute(called("numbers", x=3)).result == [3]

    class Collects:
        """Makes lists of what a generator yields."""

        __wrapped__ = staticmethod(numbers)

        def __call__(self, x: int) -> list[int]:
            return list(numbers(x))

    assert tool(Collects()).execute(called("Collects", x=3)).result == [3]


async def awaits_nothing() -> None: ...


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: x,
        functools.partial(lambda x: x, 1),
        lambda ctx, x: awaits_nothing(),
    ],
)
def test_a_lambda_is_refused(fn: Any) -> None:
    for make in (tool, Tool.from_function, AsyncContextTool.from_function):
        with pytest.raises(TypeError, match=rf"^The lambda in line \d+ of {__name__} has no name"):
            make(fn)


def test_a_lambda_that_was_given_a_name_is_a_tool() -> None:
    by_hand = Tool(lambda x: x, "echo", "d", ToolParameterSchema(properties={"x": {}}))
    assert by_hand.execute(called("echo", x=3)).result == 3


@pytest.mark.parametrize(
    "thing",
    [5, "name", object(), property(numbers), [numbers], {"name": "x"}, functools.partialmethod],
    ids=lambda thing: type(thing).__name__,
)
def test_what_is_no_function_is_refused(thing: Any) -> None:
    if thing is functools.partialmethod:
        thing = functools.partialmethod(numbers)
    name = type(thing).__name__
    for make in (tool, tool(strict=True), Tool.from_function):
        with pytest.raises(TypeError, match=f"made of a function, not of an object of .*{name}"):
            make(thing)
    with pytest.raises(TypeError, match="made of a function"):
        Tool(thing, "by_hand", "d", ToolParameterSchema())


def test_what_a_function_returned_is_no_function() -> None:
    awaitable: Any = awaits_nothing()
    with pytest.raises(TypeError, match="class coroutine"):
        tool(awaitable)
    awaitable.close()


@pytest.mark.parametrize("fn", [max, int, str, dict, type, iter], ids=lambda fn: fn.__name__)
def test_a_builtin_that_does_not_tell_its_parameters_is_refused(fn: Any) -> None:
    with pytest.raises(TypeError, match=f"^{fn.__name__} does not tell its parameters"):
        tool(fn)


class Stock:
    def __init__(self) -> None:
        self.items = ["oar"]

    def add(self, item: str) -> int:
        self.items.append(item)
        return len(self.items)


@functools.singledispatch
def either(x: int) -> str:
    return "int"


@contextlib.contextmanager
def entered(x: int) -> Iterator[int]:
    yield x


@pytest.mark.parametrize(
    ("fn", "arguments", "told"),
    [
        (len, {"obj": [1, 2]}, 2),
        (functools.partial(pow, exp=2), {"base": 3}, 9),
        (functools.lru_cache(Stock().add), {"item": "rope"}, 2),
        (either, {"x": 1}, None),  # it wants the argument by position
        (sorted, {"iterable": [2, 1]}, None),
        (entered, {"x": 1}, None),
        (object, {}, None),
        (Stock, {}, None),
        (str.upper, {}, None),
        ([].append, {"object": 1}, "null"),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_other_callables_work_or_say_why_not(
    fn: Any, arguments: dict[str, object], told: object
) -> None:
    made = tool(fn)
    output = run(made, called(made.name, **arguments))
    if told is not None:
        assert output.error is None
        assert output.result == (None if told == "null" else told)
    elif output.error is not None:
        assert str(output.result).startswith("TypeError: ")
    else:
        assert output.result == [1, 2]


@every_kind
def test_a_toolkit_refuses_functions_that_are_no_tools(kind: str) -> None:
    for thing in (numbers, numbers_later, lambda x: x, max, Stock().add):
        name = getattr(thing, "__name__", "")
        with pytest.raises(TypeError, match=rf"^{name} is not a tool: .* llm\.tool"):
            TOOLKITS[kind]([thing])
    with pytest.raises(TypeError, match="is not a tool"):
        llm.call("openai/gpt-5-mini", tools=[numbers])(awaits_nothing)  # type: ignore[list-item]  # pyright: ignore  # what is tested


# --- types that JSON cannot hold ----------------------------------------------------------------


class Opaque: ...


class Options(TypedDict):
    where: Opaque


class Holds(BaseModel, arbitrary_types_allowed=True):
    opaque: Opaque


def annotated(hint: Any, kind: str = "plain") -> Callable[..., Any]:
    """Return a function of `kind` with a good parameter, and one that is annotated with `hint`."""
    if kind == "plain":

        def plain(good: int, bad: Any) -> None: ...

        fn: Any = plain
    elif kind == "async":

        async def later(good: int, bad: Any) -> None: ...

        fn = later
    elif kind == "context":

        def with_context(ctx: Context[str], good: int, bad: Any) -> None: ...

        fn = with_context
    else:

        async def with_context_later(ctx: Context[str], good: int, bad: Any) -> None: ...

        fn = with_context_later
    fn.__name__ = "probe"
    fn.__annotations__["bad"] = hint
    return fn  # type: ignore[no-any-return]  # any function


@every_kind
@pytest.mark.parametrize(
    ("hint", "shown"),
    [
        (Opaque, "Opaque"),
        (list[Opaque], "Opaque"),
        (Opaque | None, "Opaque"),
        (Holds, "Holds"),
        (Callable[[int], int], "Callable"),
        (Iterator[int], "Iterator"),
        (AsyncIterator[int], "AsyncIterator"),
        (socket.socket, "socket"),
        (threading.Lock, "lock"),
        (TextIO, "TextIO"),
        (type, "type"),
        (Literal[Opaque], "Literal"),  # type: ignore[valid-type]  # what is tested
        (Annotated[str, Field(pattern="(")], "Annotated"),
        (5, "5"),
        ("5", "5"),
        ([int], "int"),
        ({"a": int}, "int"),
        ((int, str), "int"),
        (..., "Ellipsis"),
        (llm, "mirascope.llm"),
        (tool, "ToolDecorator"),
        (Self, "Self"),
    ],
    ids=str,
)
def test_a_type_that_no_model_can_fill_is_named(kind: str, hint: Any, shown: str) -> None:
    with pytest.raises(PydanticSchemaGenerationError) as caught:
        tool(annotated(hint, kind))
    text = str(caught.value)
    assert "Tool 'probe' has a parameter of a type that no model can fill" in text
    assert "'bad': " in text
    assert shown in text


@every_kind
@pytest.mark.parametrize("hint", ["not a type", "llm.Nothing", "1 / 0", "list[", ""])
def test_an_annotation_that_is_no_type_is_named(kind: str, hint: str) -> None:
    with pytest.raises(
        TypeError, match=r"^The annotation of parameter 'bad' of tool 'probe' is no type: "
    ):
        tool(annotated(hint, kind))


def test_other_parameters_are_named_too() -> None:
    def spread(*args: Opaque) -> None: ...
    def rest(**more: Opaque) -> None: ...
    def unpacked(**options: Unpack[Options]) -> None: ...
    def several(a: int, b: Opaque, c: Opaque) -> None: ...
    def with_default(a: Opaque = Field(default=None)) -> None: ...  # noqa: B008  # what is tested

    for fn, name in [
        (spread, "args"),
        (rest, "more"),
        (unpacked, "where"),
        (several, "b"),
        (with_default, "a"),
    ]:
        with pytest.raises(PydanticSchemaGenerationError, match=f"'{fn.__name__}'.*'{name}': "):
            tool(fn)


class Refers(BaseModel):
    to: Later


def test_a_class_that_refers_to_one_that_comes_later_is_no_mistake() -> None:
    assert before.parameters.properties["x"] == {"$ref": "#/$defs/Refers"}
    assert before.execute(called("before", x={"to": {"n": 3}})).result == 3


@tool
def before(x: Refers) -> int:
    return x.to.n


class Later(BaseModel):
    n: int


def test_a_class_that_refers_to_nothing_says_so_when_used() -> None:
    class Refers(BaseModel):
        to: Nowhere  # type: ignore[name-defined]  # pyright: ignore  # noqa: F821  # never comes

    @tool
    def probe(x: Refers) -> None: ...

    with pytest.raises(NameError, match="Nowhere") as caught:
        _ = probe.parameters
    assert "In an annotation of tool 'probe'." in traceback.format_exception_only(caught.value)[-1]
    assert "Nowhere" in str(probe.execute(called(x={})).result)


@pytest.mark.parametrize("default", [CTX, object(), float("nan"), b"\xff", {1: {2: b"\xff"}}])
def test_odd_defaults_do_no_harm(default: Any) -> None:
    def probe(x: Any = default) -> bool:
        return x is default

    assert tool(probe).execute(called()).result is True


def test_defaults_that_hold_themselves_do_no_harm() -> None:
    circle: list[Any] = []
    circle.append(circle)

    @tool
    def probe(x: Any = circle) -> bool:
        return x is circle

    assert "default" not in probe.parameters.properties["x"]
    assert probe.execute(called()).result is True


@pytest.mark.parametrize("doc", [5, "", "Args:\n  x", ":param", "@param x", "Args:\n    x (int"])
def test_odd_docstrings_do_no_harm(doc: Any) -> None:
    def probe(x: int) -> int:
        return x

    probe.__doc__ = doc
    assert tool(probe).execute(called(x=1)).result == 1
