"""From a model's call to a tool's output, for the four kinds of tools alike."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import wraps
from typing import Annotated, Any, NotRequired

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from typing_extensions import TypedDict, Unpack

from mirascope.llm.content import ToolCall, ToolOutput
from mirascope.llm.exceptions import ToolError, ToolExecutionError
from mirascope.llm.tools import Tool, ToolParameterSchema, tool
from tests.llm.tools.colours import CTX, called, every_kind, run, variant


@every_kind
def test_the_result_comes_back_as_it_is(kind: str) -> None:
    result = {"any": [date(2024, 2, 29)]}
    probe = variant(kind, lambda x, *_: result)
    output = run(probe, called(x=1))
    assert output == ToolOutput(id="call_1", name="probe", result=result)
    assert output.result is result
    assert output.output is result


@every_kind
def test_a_context_reaches_the_tools_that_take_one(kind: str) -> None:
    seen: list[Any] = []
    run(variant(kind, lambda *given: seen.extend(given)), called(x=1))
    assert seen == ([1, CTX] if "context" in kind else [1])


class Mute(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError


@every_kind
@pytest.mark.parametrize(
    ("error", "text"),
    [
        (KeyError("x"), "KeyError: 'x'"),
        (ValueError("no such city"), "ValueError: no such city"),
        (ValueError(), "ValueError"),
        (Mute("never heard"), "Mute"),
        (StopIteration(), "StopIteration"),
        (
            ExceptionGroup("two", [ValueError("a"), ExceptionGroup("deeper", [KeyError("b")])]),
            "ExceptionGroup: two (2 sub-exceptions)\n"
            "- ValueError: a\n"
            "- ExceptionGroup: deeper (1 sub-exception)\n"
            "  - KeyError: 'b'",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_the_tool_is_told_in_the_output(kind: str, error: Exception, text: str) -> None:
    def fail(*_: object) -> None:
        raise error

    if isinstance(error, StopIteration) and "async" in kind:  # no coroutine can raise that
        text = "RuntimeError: coroutine raised StopIteration"
    output = run(variant(kind, fail), called(x=1))
    assert (output.id, output.name, output.result) == ("call_1", "probe", text)
    assert isinstance(output.error, ToolExecutionError)
    raised = output.error.tool_exception
    assert error in (raised, raised.__cause__)
    assert output.error.__cause__ is raised
    with pytest.raises(ToolError) as caught:
        _ = output.output
    assert caught.value is output.error


@every_kind
@pytest.mark.parametrize("error", [KeyboardInterrupt, asyncio.CancelledError, SystemExit])
def test_what_is_worse_than_an_exception_gets_through(
    kind: str, error: type[BaseException]
) -> None:
    def fail(*_: object) -> None:
        raise error

    with pytest.raises(error):
        run(variant(kind, fail), called(x=1))


@every_kind
@pytest.mark.parametrize(
    ("args", "error"),
    [
        ("{", json.JSONDecodeError),
        ("[1]", TypeError),
        ("5", TypeError),
        ("null", TypeError),
        ('"x"', TypeError),
        ("{}", TypeError),
        ("", TypeError),
        (" \n", TypeError),
        ('{"x": 1, "y": 2}', TypeError),
        ('{"x": 1, "ctx": 2, "self": 3}', TypeError),
        ('{"x": "many"}', ValidationError),
        ('{"x": null}', ValidationError),
    ],
)
def test_wrong_arguments_are_told_in_the_output(
    kind: str, args: str, error: type[Exception]
) -> None:
    reached: list[object] = []
    call = ToolCall(id="call_1", name="probe", args=args)
    output = run(variant(kind, lambda *given: reached.extend(given)), call)
    assert isinstance(output.error, ToolExecutionError)
    assert isinstance(output.error.tool_exception, error)
    assert output.result == f"{error.__name__}: {output.error.tool_exception}"
    assert reached == []


@every_kind
def test_the_name_in_the_call_is_not_looked_at(kind: str) -> None:
    probe = variant(kind, lambda x, *_: x)
    assert not probe.can_execute(called("other", x=1))
    assert probe.can_execute(called(x=1))
    output = run(probe, called("other", x=1))
    assert (output.name, output.result) == ("probe", 1)


@pytest.mark.parametrize("args", ["", " \n\t", "{}"])
def test_no_arguments_at_all(args: str) -> None:
    @tool
    def ping() -> str:
        return "pong"

    assert ping.execute(ToolCall(id="1", name="ping", args=args)).result == "pong"


def test_no_arguments_as_none() -> None:
    @tool
    def ping() -> str:
        return "pong"

    call = ToolCall(id="1", name="ping", args=None)  # type: ignore[arg-type]  # seen in the wild
    assert ping.execute(call).result == "pong"


def test_every_wrong_argument_is_named_at_once() -> None:
    @tool
    def area(width: int, height: Annotated[int, Field(ge=0)]) -> int:
        return width * height

    output = area.execute(called(width="w", height=-1))
    assert isinstance(output.error, ToolExecutionError)
    error = output.error.tool_exception
    assert isinstance(error, ValidationError)
    assert error.title == "area"
    assert [detail["loc"] for detail in error.errors()] == [("width",), ("height",)]


class Mood(Enum):
    GOOD = "good"


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)

    when: date
    pair: tuple[int, int]


@dataclass
class Point:
    x: int


def test_arguments_arrive_as_what_the_annotations_say() -> None:
    seen: dict[str, Any] = {}

    @tool
    def probe(
        count: int,
        flag: int,
        whole: int,
        when: date,
        pair: tuple[int, ...],
        mood: Mood,
        strict: list[Strict],
        point: Point | None,
        raw,  # type: ignore[no-untyped-def]
        anything: Any,
    ) -> None:
        seen.update(locals())

    output = probe.execute(
        called(
            count="5",
            flag=True,
            whole=5.0,
            when="2024-02-29",
            pair=[1, 2],
            mood="good",
            strict=[{"when": "2024-02-29", "pair": [1, 2]}],
            point={"x": 1},
            raw={"a": [1]},
            anything="2024-02-29",
        )
    )
    assert output.error is None
    expected = {
        "count": 5,
        "flag": 1,
        "whole": 5,
        "when": date(2024, 2, 29),
        "pair": (1, 2),
        "mood": Mood.GOOD,
        "strict": [Strict(when=date(2024, 2, 29), pair=(1, 2))],
        "point": Point(1),
        "raw": {"a": [1]},
        "anything": "2024-02-29",
    }
    assert {name: seen[name] for name in expected} == expected


def test_omitted_arguments_are_the_functions_own_defaults() -> None:
    default: list[int] = []

    @tool
    def probe(items: list[int] = default, unset: object = object) -> Any:
        seen.extend([items, unset])

    seen: list[Any] = []
    probe.execute(called())
    assert seen[0] is default
    assert seen[1] is object


def test_a_default_that_cannot_be_copied_does_no_harm() -> None:
    generator = (n for n in range(3))

    @tool
    def probe(items: Any = generator) -> bool:
        return items is generator

    assert "default" not in probe.parameters.properties["items"]
    assert probe.execute(called()).result is True


def one_more(data: dict[str, int]) -> int:
    return data["plain"] + 1


def test_a_field_as_the_default_value() -> None:
    @tool
    def probe(
        plain: int = Field(default=4, ge=2),
        made: list[int] = Field(default_factory=list),  # noqa: B008 - what is tested
        derived: int = Field(default_factory=one_more),
        needed: int = Field(description="has to be given"),
        *,
        named: int = Field(7, alias="other"),
    ) -> Any:
        return plain, made, derived, needed, named

    assert probe.parameters.required == ["needed"]
    assert probe.parameters.properties["plain"]["default"] == 4
    assert probe.parameters.properties["plain"]["minimum"] == 2
    assert "default" not in probe.parameters.properties["made"]
    assert probe.execute(called(needed=1)).result == (4, [], 5, 1, 7)
    assert probe.execute(called(needed=1, plain=2, named="3")).result == (2, [], 3, 1, 3)
    first = probe.execute(called(needed=1)).result
    assert first[1] is not probe.execute(called(needed=1)).result[1]
    missing = probe.execute(called())
    assert "'needed'" in str(missing.result)
    assert isinstance(missing.error, ToolExecutionError)
    assert isinstance(missing.error.tool_exception, TypeError)
    assert isinstance(probe.execute(called(needed=1, plain=1)).error, ToolExecutionError)


def test_positional_only_parameters() -> None:
    @tool
    def probe(a: int, b: int = 2, /, c: int = 3, *, d: int = 4) -> Any:
        return a, b, c, d

    assert probe.execute(called(a="1")).result == (1, 2, 3, 4)
    assert probe.execute(called(d=40, c=30, b=20, a=10)).result == (10, 20, 30, 40)
    assert probe.execute(called(a=1, d="5")).result == (1, 2, 3, 5)
    missing = probe.execute(called(b=1))
    assert "'a'" in str(missing.result)


def test_variadic_parameters() -> None:
    @tool
    def probe(first: int, second: int = 2, *rest: int, key: str = "k", **more: date) -> Any:
        return first, second, rest, key, more

    assert probe.execute(called(first=1)).result == (1, 2, (), "k", {})
    assert probe.execute(called(first=1, rest=["3", 4])).result == (1, 2, (3, 4), "k", {})
    assert probe.execute(called(first=1, second=9, key="x", since="2024-02-29")).result == (
        1,
        9,
        (),
        "x",
        {"since": date(2024, 2, 29)},
    )
    assert probe.execute(called(first=1, more="2024-02-29")).result[4] == {
        "more": date(2024, 2, 29)
    }
    assert isinstance(probe.execute(called(first=1, since="x")).error, ToolExecutionError)
    assert isinstance(probe.execute(called(rest=[1])).error, ToolExecutionError)


class Options(TypedDict):
    since: date
    limit: NotRequired[int]


def test_keyword_arguments_that_a_typed_dict_names() -> None:
    @tool
    def probe(**options: Unpack[Options]) -> Any:
        return options

    assert list(probe.parameters.properties) == ["since", "limit"]
    assert probe.parameters.required == ["since"]
    assert probe.parameters.additionalProperties is False
    assert probe.execute(called(since="2024-02-29")).result == {"since": date(2024, 2, 29)}
    assert probe.execute(called(since="2024-02-29", limit="3")).result["limit"] == 3


def test_names_that_pydantic_reserves() -> None:
    @tool
    def probe(_x: int, __y: int, model_config: int, json: int, schema: int, p0: int = 0) -> Any:
        return _x, __y, model_config, json, schema, p0

    names = ["_x", "__y", "model_config", "json", "schema", "p0"]
    assert list(probe.parameters.properties) == names
    assert probe.execute(called(**dict.fromkeys(names, "7"))).result == (7,) * 6


def test_a_context_that_is_keyword_only() -> None:
    from mirascope.llm.context import Context

    @tool
    def probe(*, ctx: Context[str], x: int) -> Any:
        return ctx, x

    assert run(probe, called(x="1")).result == (CTX, 1)


def test_what_awaits_in_a_synchronous_tool_is_an_error() -> None:
    async def later(x: int) -> int:
        return x

    @tool
    @wraps(later)
    def probe(*args: Any, **kwargs: Any) -> Coroutine[Any, Any, int]:
        return later(*args, **kwargs)

    output = probe.execute(called(x=1))
    assert isinstance(output.error, ToolExecutionError)
    assert "'later'" in str(output.result)
    assert "await" in str(output.result)


@every_kind
def test_a_tool_is_still_the_function(kind: str) -> None:
    probe = variant(kind, lambda x, *_: x)
    returned = probe(CTX, "as it is") if "context" in kind else probe("as it is")
    assert (asyncio.run(returned) if "async" in kind else returned) == "as it is"


def test_a_tool_described_by_hand_converts_what_it_can() -> None:
    def fn(a: int, b: date, /, **others: Any) -> Any:
        return a, b, others

    by_hand = Tool(
        fn=fn,
        name="search",
        description="d",
        parameters=ToolParameterSchema(properties={"a": {"type": "integer"}, "c": {}}),
    )
    output = by_hand.execute(called("search", a="1", b="2024-02-29", c=3, others=4))
    assert output.name == "search"
    assert output.result == (1, "2024-02-29", {"c": 3, "others": 4})


@pytest.mark.parametrize("name", ["args", "kwargs", "return", "self", "fn"])
def test_a_tool_described_by_hand_may_name_arguments_as_it_likes(name: str) -> None:
    def fn(*args: int, **kwargs: int) -> Any:
        return args, kwargs

    by_hand = Tool(fn, "t", "d", ToolParameterSchema(properties={name: {}}))
    assert by_hand.execute(called(**{name: "x"})).result == ((), {name: "x"})


def test_a_builtin_that_does_not_tell_its_parameters() -> None:
    by_hand = Tool(dict, "t", "d", ToolParameterSchema(properties={"a": {"type": "integer"}}))
    assert by_hand.execute(called(a=1)).result == {"a": 1}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(values=st.dictionaries(st.text(min_size=1), json_values))
def test_untyped_arguments_arrive_as_json_has_them(values: dict[str, Any]) -> None:
    assert _anything.execute(called("anything", **values)).result == values


@given(text=st.text())
def test_no_text_of_arguments_makes_a_tool_raise(text: str) -> None:
    output = _anything.execute(ToolCall(id="1", name="anything", args=text))
    assert output.error is None or str(output.result).startswith(
        type(output.error.__cause__).__name__
    )


@tool
def _anything(**values: Any) -> dict[str, Any]:
    return values
