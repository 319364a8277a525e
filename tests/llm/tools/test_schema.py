"""How a function is described to a model."""

from __future__ import annotations

import functools
import inspect
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pytest
from annotated_types import Gt
from pydantic import BaseModel, BeforeValidator, Field
from pydantic.errors import PydanticSchemaGenerationError

from mirascope.llm.context import Context
from mirascope.llm.formatting import FORMAT_TOOL_NAME
from mirascope.llm.tools import (
    ContextTool,
    Tool,
    ToolDecorator,
    ToolParameterSchema,
    ToolSchema,
    tool,
)
from tests.llm.tools.colours import called, every_kind, run, variant

if TYPE_CHECKING:
    from somewhere import Result  # type: ignore[import-not-found]  # for checkers only


class Example(BaseModel):
    """An example model."""

    id: int
    name: str


def described(fn: Callable[..., object]) -> dict[str, Any]:
    return tool(fn).parameters.model_dump(by_alias=True, exclude_none=True)


def property_of(fn: Callable[..., object], name: str = "x") -> dict[str, Any]:
    return tool(fn).parameters.properties[name]


@every_kind
def test_the_schema_as_a_whole(kind: str) -> None:
    def describe(
        basic_param: str,
        annotated_param: Annotated[int, Field(description="An annotated integer parameter")],
        model_param: Example,
        optional_param: str = "default",
        union_param: str | int = "default_union",
    ) -> None:
        """Take some parameters."""

    fn = describe
    if "context" in kind:

        def with_context(
            ctx: Context[str],
            basic_param: str,
            annotated_param: Annotated[int, Field(description="An annotated integer parameter")],
            model_param: Example,
            optional_param: str = "default",
            union_param: str | int = "default_union",
        ) -> None:
            """Take some parameters."""

        fn = with_context  # type: ignore[assignment]  # another signature
    assert described(fn) == {
        "properties": {
            "basic_param": {"title": "Basic Param", "type": "string"},
            "annotated_param": {
                "description": "An annotated integer parameter",
                "title": "Annotated Param",
                "type": "integer",
            },
            "model_param": {"$ref": "#/$defs/Example"},
            "optional_param": {"default": "default", "title": "Optional Param", "type": "string"},
            "union_param": {
                "anyOf": [{"type": "string"}, {"type": "integer"}],
                "default": "default_union",
                "title": "Union Param",
            },
        },
        "required": ["basic_param", "annotated_param", "model_param"],
        "additionalProperties": False,
        "$defs": {
            "Example": {
                "description": "An example model.",
                "properties": {
                    "id": {"title": "Id", "type": "integer"},
                    "name": {"title": "Name", "type": "string"},
                },
                "required": ["id", "name"],
                "title": "Example",
                "type": "object",
            }
        },
    }


def test_no_parameters() -> None:
    def ping() -> None: ...

    assert described(ping) == {"properties": {}, "required": [], "additionalProperties": False}


def test_a_parameter_without_annotation_has_a_title_only() -> None:
    def fn(some_param, other=None): ...  # type: ignore[no-untyped-def]

    assert described(fn)["properties"] == {
        "some_param": {"title": "Some Param"},
        "other": {"title": "Other", "default": None},
    }
    assert described(fn)["required"] == ["some_param"]


def test_defaults_are_told_as_json() -> None:
    example = Example(id=1, name="a")

    def fn(
        when: date = date(2024, 2, 29),
        model: Example = example,
        names: tuple[str, ...] = ("a",),
        sentinel: Any = object,
    ) -> None: ...

    properties = described(fn)["properties"]
    assert properties["when"]["default"] == "2024-02-29"
    assert properties["model"]["default"] == {"id": 1, "name": "a"}
    assert properties["names"]["default"] == ["a"]
    assert "default" not in properties["sentinel"]
    assert described(fn)["required"] == []


def test_the_description_is_the_whole_docstring() -> None:
    @tool
    def documented(x: int) -> None:
        """Summarise.

        Args:
            x: A number.
        """

    @tool
    def bare(x: int) -> None: ...

    assert documented.description == "Summarise.\n\nArgs:\n    x: A number."
    assert bare.description == "bare"


def google(x: int, y: str = "", *rest: int) -> None:
    """Do it.

    Args:
        x (int): The x,
            on two lines.
        y:
        *rest: The others.
    """


def numpy(x: int, y: str = "", *rest: int) -> None:
    """Do it.

    Parameters
    ----------
    x : int
        The x.
    y, rest : object
        Both of them.
    """


def rest(x: int, y: str = "", *rest: int) -> None:
    """Do it.

    :param x: The x.
    :param rest: The others.
    """


def epydoc(x: int, y: str = "", *rest: int) -> None:
    """Do it.

    @param x: The x.
    @param rest: The others.
    """


@pytest.mark.parametrize(
    ("fn", "x", "y", "others"),
    [
        (google, "The x,\non two lines.", None, "The others."),
        (numpy, "The x.", "Both of them.", "Both of them."),
        (rest, "The x.", None, "The others."),
        (epydoc, "The x.", None, "The others."),
    ],
)
def test_docstrings_of_every_style(
    fn: Callable[..., object], x: str, y: str | None, others: str
) -> None:
    properties = described(fn)["properties"]
    assert properties["x"]["description"] == x
    assert properties["y"].get("description") == y
    assert properties["rest"]["description"] == others


def test_the_description_of_a_field_wins_over_the_docstring_only_if_there_is_one() -> None:
    def fn(
        a: Annotated[int, Field(ge=1)],
        b: Annotated[int, Field(description="the field's")],
        c: Annotated[int, "no field"],
        d: int = Field(1, le=5),
    ) -> None:
        """Do it.

        Args:
            a: the docstring's a
            b: the docstring's b
            c: the docstring's c
            d: the docstring's d
        """

    descriptions = {name: p["description"] for name, p in described(fn)["properties"].items()}
    assert descriptions == {
        "a": "the docstring's a",
        "b": "the field's",
        "c": "the docstring's c",
        "d": "the docstring's d",
    }


def test_several_fields_are_one() -> None:
    def fn(
        x: Annotated[
            int,
            Field(ge=1, description="first"),
            "not a field",
            Field(le=9, title="T", examples=[2], json_schema_extra={"unit": "cm"}),
            Gt(0),
        ],
    ) -> None: ...

    assert property_of(fn) == {
        "description": "first",
        "examples": [2],
        "exclusiveMinimum": 0,
        "maximum": 9,
        "minimum": 1,
        "title": "T",
        "type": "integer",
        "unit": "cm",
    }
    bad = tool(fn).execute(called("fn", x=10))
    assert "less than or equal to 9" in str(bad.result)


def test_aliases_and_defaults_of_a_field_do_not_count() -> None:
    def fn(
        a: Annotated[int, Field(alias="z", default=3)],
        b: Annotated[int, Field(validation_alias="y", default_factory=int)],
        c: Annotated[int, Field(serialization_alias="w", default=3, validate_default=True)] = 4,
    ) -> Any:
        return a, b, c

    schema = described(fn)
    assert list(schema["properties"]) == ["a", "b", "c"]
    assert schema["required"] == ["a", "b"]
    assert [p.get("default") for p in schema["properties"].values()] == [None, None, 4]
    assert tool(fn).execute(called("fn", a=1, b=2)).result == (1, 2, 4)


def test_validators_in_annotations_run() -> None:
    @tool
    def fn(x: Annotated[int, BeforeValidator(lambda value: value * 2)]) -> int:
        return x

    assert fn.execute(called("fn", x=4)).result == 8


def test_a_deprecated_parameter_is_told_and_used_without_a_warning() -> None:
    @tool
    def fn(x: Annotated[int, Field(deprecated=True)]) -> int:
        return x

    assert fn.parameters.properties["x"]["deprecated"] is True
    assert fn.execute(called("fn", x=4)).result == 4


def test_a_type_that_json_cannot_hold_fails_when_decorated() -> None:
    class Opaque: ...

    with pytest.raises(PydanticSchemaGenerationError):

        @tool
        def fn(x: Opaque) -> None: ...


def test_models_of_one_name_are_kept_apart() -> None:
    def other() -> type[BaseModel]:
        class Example(BaseModel):
            other: bool

        return Example

    Other = other()

    @tool
    def fn(a: Example, b: Other) -> Any:  # type: ignore[valid-type]  # a class
        return a, b

    assert fn.parameters.defs is not None
    assert len(fn.parameters.defs) == 2
    assert fn.parameters.properties["a"] != fn.parameters.properties["b"]


class Tree(BaseModel):
    children: list[Tree] = []


def test_recursive_models() -> None:
    @tool
    def fn(tree: Tree) -> int:
        return len(tree.children[0].children)

    assert fn.parameters.properties["tree"] == {"$ref": "#/$defs/Tree"}
    assert fn.execute(called("fn", tree={"children": [{"children": []}]})).result == 0


def test_extra_keywords_are_described() -> None:
    @tool
    def plain(x: int, **more: Literal["a", "b"]) -> None: ...

    @tool
    def anything(**more: Any) -> None: ...

    assert plain.parameters.additionalProperties == {"enum": ["a", "b"], "type": "string"}
    assert list(plain.parameters.properties) == ["x"]
    assert anything.parameters.additionalProperties is True


def test_self_is_skipped_only_where_it_is_the_first() -> None:
    def method(self: object, x: int) -> None: ...
    def not_first(x: int, cls: str) -> None: ...

    assert list(described(method)["properties"]) == ["x"]
    assert list(described(not_first)["properties"]) == ["x", "cls"]


def test_a_schema_may_be_read_without_a_kind_of_tool() -> None:
    def fn(ctx: Context[int], x: int) -> None: ...

    schema = ToolSchema.from_function(fn, is_context_tool=True)
    assert list(schema.parameters.properties) == ["x"]
    assert list(ContextTool.from_function(fn).parameters.properties) == ["x"]
    assert list(ContextTool.from_function(fn, is_context_tool=False).parameters.properties) == [
        "ctx",
        "x",
    ]


@pytest.mark.parametrize("name", [FORMAT_TOOL_NAME, f"{FORMAT_TOOL_NAME}_2"])
def test_reserved_names(name: str) -> None:
    def fn() -> None: ...

    fn.__name__ = name
    with pytest.raises(ValueError, match="reserved name"):
        tool(fn)


# --- which names annotations may hold -----------------------------------------------------------


def test_local_classes_defined_before() -> None:
    class Local(BaseModel):
        n: int

    @tool
    def fn(x: Local, xs: list[Local]) -> int:
        return x.n

    assert fn.parameters.properties["x"] == {"$ref": "#/$defs/Local"}
    assert fn.execute(called("fn", x={"n": 3}, xs=[])).result == 3


def test_local_classes_defined_after() -> None:
    @tool
    def fn(x: Late) -> int:
        return x.n

    with pytest.raises(NameError) as caught:
        _ = fn.parameters
    assert caught.value.__notes__ == ["In an annotation of tool 'fn'."]

    class Late(BaseModel):
        n: int

    assert fn.parameters.properties["x"] == {"$ref": "#/$defs/Late"}
    assert fn.execute(called("fn", x={"n": 3})).result == 3


def test_local_classes_of_a_call_that_is_over() -> None:
    def make() -> Tool[..., Any]:
        @tool
        def fn(x: Later) -> Any:
            return x

        class Later(BaseModel):
            n: int

        return fn

    fn = make()
    assert "Later" in (fn.parameters.defs or {})
    assert fn.execute(called("fn", x={"n": 3})).result.n == 3


def test_a_class_that_its_own_methods_name() -> None:
    @dataclass
    class Node:
        n: int = 0

        @tool
        def add(self, other: Node) -> int:
            return self.n + other.n

    assert Node(n=1).add.execute(called("add", other={"n": 2})).result == 3


def test_module_classes_defined_after() -> None:
    assert before.parameters.properties["x"] == {"$ref": "#/$defs/DefinedLast"}
    assert hash(before) == hash(tool(before.fn))
    assert before == tool(before.fn)


@tool
def before(x: DefinedLast) -> None: ...


class DefinedLast(BaseModel):
    n: int


def test_a_name_that_never_comes() -> None:
    def unresolved(x: object) -> None: ...

    unresolved.__annotations__["x"] = "Nowhere"
    fn = tool(unresolved)

    assert repr(fn) == "Tool('unresolved')"
    output = fn.execute(called("fn", x=1))
    assert "Nowhere" in str(output.result)
    with pytest.raises(NameError):
        hash(fn)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fn.nothing  # type: ignore[attr-defined]


def test_the_result_may_be_for_checkers_only() -> None:
    @tool
    def fn(x: int) -> Result:
        return x

    assert fn.execute(called("fn", x="1")).result == 1


# --- what can become a tool ---------------------------------------------------------------------


def multiply(x: int, y: int = 2) -> int:
    """Multiply.

    Args:
        x: One.
        y: Other.
    """
    return x * y


class Scale:
    """Scale numbers."""

    factor: int = 3

    def __call__(self, x: int) -> int:
        return x * self.factor


class AsyncScale:
    async def __call__(self, x: int) -> int:
        """Scale a number."""
        return x * 3


def test_a_partial() -> None:
    triple = tool(functools.partial(functools.partial(multiply), y=3))
    assert (triple.name, triple.__name__) == ("multiply", "multiply")
    assert triple.description.startswith("Multiply.")
    assert triple.parameters.properties["x"]["description"] == "One."
    assert triple.parameters.properties["y"]["default"] == 3
    assert triple.execute(called("multiply", x="2")).result == 6
    assert triple.execute(called("multiply", x="2", y=5)).result == 10
    first_given = tool(functools.partial(multiply, 7))
    assert list(first_given.parameters.properties) == ["y"]
    assert first_given.execute(called("multiply", y=5)).result == 35


def test_a_callable_object() -> None:
    scale = tool(Scale())
    assert (scale.name, scale.description) == ("Scale", "Scale numbers.")
    assert scale.parameters.properties == {"x": {"title": "X", "type": "integer"}}
    assert scale.execute(called("Scale", x="2")).result == 6
    later = tool(AsyncScale())
    assert (later.name, later.description) == ("AsyncScale", "Scale a number.")
    assert run(later, called("AsyncScale", x="2")).result == 6


def test_a_tool_with_some_arguments_given() -> None:
    async def later(x: int, y: int) -> int:
        return x * y

    for inner in (tool(multiply), tool(later)):
        outer = tool(functools.partial(inner, y=4))
        assert type(outer) is type(inner)
        assert outer.name == inner.name
        assert run(outer, called(inner.name, x="2")).result == 8


def test_a_wrapped_function_is_described_as_the_one_inside() -> None:
    @functools.wraps(multiply)
    def wrapper(*args: Any, **kwargs: Any) -> int:
        return -multiply(*args, **kwargs)

    wrapped = tool(wrapper)
    assert wrapped.parameters == tool(multiply).parameters
    assert wrapped.execute(called("multiply", x="2")).result == -4


def test_a_class() -> None:
    make = tool(Example)
    assert make.parameters.required == ["id", "name"]
    assert make.execute(called("Example", id="1", name="n")).result == Example(id=1, name="n")


# --- the decorator and the object ---------------------------------------------------------------


@every_kind
def test_the_function_shows_through(kind: str) -> None:
    probe = variant(kind, lambda x, *_: x)
    assert probe.__name__ == "probe"
    assert probe.__module__ == __name__.replace("test_schema", "colours")
    assert probe.__qualname__ == "variant.<locals>.probe"
    assert probe.__wrapped__ is probe.fn
    assert probe.__annotations__ == probe.fn.__annotations__
    assert inspect.signature(probe) == inspect.signature(probe.fn)


def test_the_names_of_a_tool_and_of_its_function_may_differ() -> None:
    by_hand = Tool(multiply, "times", "d", ToolParameterSchema(), strict=True)
    assert (by_hand.name, by_hand.__name__, by_hand.strict) == ("times", "multiply", True)
    assert by_hand.__doc__ == multiply.__doc__


@every_kind
@pytest.mark.parametrize("strict", [None, True, False])
def test_strict(kind: str, strict: bool | None) -> None:
    assert variant(kind, lambda *_: None, strict=strict).strict is strict


def test_the_decorator_is_a_value() -> None:
    assert tool() == ToolDecorator(strict=None)
    assert tool(strict=True) == ToolDecorator(strict=True)
    assert hash(tool()) == hash(tool)


def test_settings_are_given_once() -> None:
    strict = tool(strict=True)
    with pytest.raises(TypeError, match="settings already"):
        strict()
    assert tool()(strict=True) == strict


def test_the_decorator_tells_how_it_is_used() -> None:
    parameters = ["fn", "strict", "name", "description", "eager", "requires_approval"]
    assert list(inspect.signature(tool).parameters) == parameters
    assert "decorator" in (inspect.getdoc(tool.__call__) or "")


def test_equality_and_hash() -> None:
    def other(x: int, y: int = 2) -> int:
        return 0

    other.__name__ = "multiply"
    other.__doc__ = multiply.__doc__
    assert tool(multiply) == tool()(multiply)
    assert hash(tool(multiply)) == hash(tool()(multiply))
    assert tool(multiply) != tool(other)
    assert hash(tool(multiply)) == hash(tool(other))
    assert tool(multiply) != tool(strict=True)(multiply)
    assert {tool(multiply), tool()(multiply)} == {tool(multiply)}


def test_tools_of_different_kinds_differ_but_hash_alike() -> None:
    def fn(ctx: Context[int], x: int) -> None: ...
    def same(x: int) -> None: ...

    same.__name__ = "fn"
    assert tool(fn) != tool(same)
    assert hash(tool(fn)) == hash(tool(same))
    assert not isinstance(tool(fn), Tool)


def test_importing_tools_needs_no_pydantic_and_describing_a_short_one_no_docstring_parser() -> None:
    code = (
        "import sys, mirascope.llm.tools as t\n"
        "assert not {'pydantic', 'docstring_parser', 'asyncio'} & sys.modules.keys()\n"
        "t.Tool(print, 'p', 'd', t.ToolParameterSchema(properties={'x': {}})).parameters\n"
        "assert 'pydantic' not in sys.modules\n"
        "@t.tool\n"
        "def f(x: int) -> int:\n"
        "    'Short.'\n"
        "    return x\n"
        "assert 'pydantic' in sys.modules and 'docstring_parser' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_no_module_hides_a_function_of_the_package() -> None:
    import pkgutil

    from mirascope.llm import tools

    functions = {n for n in tools.__all__ if n.islower() and callable(getattr(tools, n))}
    modules = {module.name for module in pkgutil.iter_modules(tools.__path__)}
    assert functions >= {"tool", "normalize_tools"}
    assert not functions & modules


def test_a_call_of_the_wrong_shape_does_not_reach_the_function() -> None:
    @tool
    def fn(xs: list[int]) -> None:
        raise AssertionError

    for value in ("x", {"a": 1}, [[]], None):
        assert "AssertionError" not in str(fn.execute(called("fn", xs=value)).result)
