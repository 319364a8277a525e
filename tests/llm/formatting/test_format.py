"""What `llm.format` makes of a type, and what it tells the model."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import typing
from typing import Annotated, Literal, NamedTuple, Optional

import pytest
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from mirascope import llm
from mirascope.llm import formatting
from mirascope.llm.formatting import (
    FORMAT_TOOL_NAME,
    Format,
    FromCallArgs,
    OutputParser,
    PrimitiveWrapperModel,
    create_wrapper_model,
    is_output_parser,
    is_primitive_type,
    resolve_format,
)
from mirascope.llm.formatting.types import FormattingMode, HasFormattingInstructions

from .models import Book, Color, Everything, Movie, Node, Point, Tags

MODES: list[FormattingMode] = ["strict", "json", "tool", "parser"]


@llm.output_parser(formatting_instructions="Answer in XML.")
def xml(response: llm.AnyResponse) -> str:
    """Read XML."""
    return response.text()


def test_a_model() -> None:
    format = llm.format(Book, mode="strict")
    assert isinstance(format, Format)
    assert format.name == "Book"
    assert format.description == "A book."
    assert format.schema == Book.model_json_schema()
    assert format.mode == "strict"
    assert format.formattable is Book


def test_a_model_without_docstring() -> None:
    class Plain(BaseModel):
        x: int

    assert llm.format(Plain, mode="json").description is None


def test_a_parametrised_model_has_a_name_that_vendors_accept() -> None:
    T = typing.TypeVar("T")

    class Page(BaseModel, typing.Generic[T]):
        items: list[T]

    assert llm.format(Page[Book], mode="strict").name == "Page_Book"


def test_the_schema_is_a_copy() -> None:
    format = llm.format(Book, mode="json")
    format.schema["title"] = "changed"
    typing.cast("dict[str, object]", format.schema["properties"]).clear()
    assert llm.format(Book, mode="json").schema == Book.model_json_schema()


def test_a_primitive() -> None:
    format = llm.format(str, mode="json")
    assert format.name == "str"
    assert format.description is None
    assert format.schema == {
        "description": "Wrapper for primitive type str",
        "properties": {"output": {"title": "Output", "type": "string"}},
        "required": ["output"],
        "title": "strOutput",
        "type": "object",
    }


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        (int, "int"),
        (list[Book], "list"),
        (dict[str, int], "dict"),
        (Color, "Color"),
        (Literal["a"], "Literal"),
        (Optional[Book], "Optional"),  # noqa: UP045 - the older form, too
        (Book | None, "Optional"),
        (Book | Point, "Union"),
        (Annotated[list[int], Field(min_length=1)], "list"),
        (datetime.datetime, "datetime"),
    ],
)
def test_types_that_travel_in_a_wrapper(type_: type, name: str) -> None:
    format = llm.format(type_, mode="json")
    assert format.name == name
    assert format.schema["required"] == ["output"]
    assert format.schema["title"] == f"{name}Output"


def test_the_schema_of_a_list_of_models_defines_the_model() -> None:
    schema = llm.format(list[Book], mode="json").schema
    assert list(typing.cast("dict[str, object]", schema["$defs"])) == ["Book"]


def test_the_order_of_a_union_is_kept() -> None:
    def members(type_: type) -> list[str]:
        schema = typing.cast("typing.Any", llm.format(type_, mode="json").schema)
        return [member["type"] for member in schema["properties"]["output"]["anyOf"]]

    assert members(int | str) == ["integer", "string"]  # type: ignore[arg-type]
    assert members(str | int) == ["string", "integer"]  # type: ignore[arg-type]


def test_a_dataclass() -> None:
    format = llm.format(Point, mode="strict")
    assert format.name == "Point"
    assert format.description is None  # what dataclasses write themselves is none
    assert list(typing.cast("dict[str, object]", format.schema["properties"])) == [
        "x",
        "y",
        "labels",
    ]
    assert format.schema["required"] == ["x"]
    assert llm.format(Everything, mode="json").description == "All kinds of records in one."


def test_a_typed_dict() -> None:
    format = llm.format(Movie, mode="strict")
    assert format.name == "Movie"
    assert format.description == "A movie."
    assert format.schema["required"] == ["title", "cast"]


def test_a_root_model() -> None:
    format = llm.format(Tags, mode="strict")
    assert format.name == "Tags"
    assert format.description == "Some tags."
    assert format.schema["type"] == "object"
    assert format.schema["required"] == ["output"]


@pytest.mark.parametrize("mode", MODES)
def test_no_format(mode: FormattingMode) -> None:
    assert llm.format(None, mode=mode) is None
    assert llm.format(type(None), mode=mode) is None


class NoSchema:
    pass


class Old(typing.TypedDict):
    x: int


@pytest.mark.parametrize("what", [5, "text", Book.model_construct(), [Book], NoSchema, NoSchema()])
def test_what_is_no_format(what: object) -> None:
    with pytest.raises(TypeError, match=r"format"):
        llm.format(what, mode="json")  # type: ignore[call-overload]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="pydantic reads the newer ones")
def test_the_error_says_what_pydantic_needs() -> None:
    with pytest.raises(TypeError, match=r"typing_extensions\.TypedDict"):
        llm.format(Old, mode="json")


def test_an_output_parser() -> None:
    format = llm.format(xml, mode="parser")
    assert (format.name, format.description, format.schema) == ("xml", "Read XML.", {})
    assert format.formattable is xml
    assert format.formatting_instructions == "Answer in XML."
    assert is_output_parser(xml)
    assert not is_output_parser(Book)
    assert isinstance(xml, OutputParser)
    assert repr(xml) == "OutputParser(xml)"
    for mode in MODES[:-1]:
        with pytest.raises(ValueError, match=f"'parser'.*{mode}"):
            llm.format(xml, mode=mode)


def test_resolving() -> None:
    format = llm.format(Book, mode="json")
    assert resolve_format(format, "tool") is format
    assert resolve_format(None, "tool") is None
    assert resolve_format(xml, "tool") == llm.format(xml, mode="parser")
    assert resolve_format(Book, "tool") == llm.format(Book, mode="tool")
    assert resolve_format(list[Book], "strict") == llm.format(list[Book], mode="strict")


def test_instructions_by_mode() -> None:
    assert llm.format(Book, mode="strict").formatting_instructions is None
    assert llm.format(Book, mode="parser").formatting_instructions is None
    tool = llm.format(Book, mode="tool").formatting_instructions
    assert tool is not None
    assert FORMAT_TOOL_NAME in tool
    in_json = llm.format(Book, mode="json").formatting_instructions
    assert in_json is not None
    assert "valid JSON" in in_json
    assert in_json.endswith("\n" + json.dumps(Book.model_json_schema(), indent=2))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("instructions", ["Mind the year.", "", None])
def test_a_model_with_its_own_instructions(mode: FormattingMode, instructions: str | None) -> None:
    class Careful(BaseModel):
        year: int

        @classmethod
        def formatting_instructions(cls) -> str | None:
            return instructions

    assert isinstance(Careful, HasFormattingInstructions)
    assert llm.format(Careful, mode=mode).formatting_instructions == instructions


def test_the_hidden_tool() -> None:
    format = llm.format(Point, mode="tool")
    tool = format.create_tool_schema()
    assert tool.name == FORMAT_TOOL_NAME == "__mirascope_formatted_output_tool__"
    assert "Point" in tool.description
    assert tool.parameters.properties == format.schema["properties"]
    assert tool.parameters.required == ["x", "y", "labels"]  # those with a default, too
    assert tool.parameters.additionalProperties is False
    assert tool.parameters.defs is None
    assert tool.strict is None
    with pytest.raises(TypeError, match="cannot be called"):
        tool.fn(x=1)


def test_the_hidden_tool_of_nested_and_described_formats() -> None:
    assert llm.format(Book, mode="tool").create_tool_schema().description.endswith("\nA book.")
    nested = llm.format(Everything, mode="tool").create_tool_schema()
    assert nested.parameters.defs is not None
    assert {"Book", "Movie", "Node", "Point", "Tags"} <= nested.parameters.defs.keys()


def test_the_hidden_tool_of_a_recursive_format_has_its_properties() -> None:
    tool = llm.format(Node, mode="tool").create_tool_schema()
    assert list(tool.parameters.properties) == ["value", "children", "parent"]
    assert tool.parameters.required == ["value", "children", "parent"]


def test_hidden_tools_of_equal_formats_are_equal() -> None:
    one, other = (llm.format(Book, mode="tool").create_tool_schema() for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    one.parameters.properties["title"]["type"] = "integer"
    assert llm.format(Book, mode="tool").create_tool_schema() == other


@pytest.mark.parametrize(
    "type_",
    [
        *(str, int, float, bool, bytes, list, set, tuple, dict, Color),
        *(list[int], tuple[int, str], dict[str, Book], set[str]),
        *(Annotated[int, "x"], Literal["a", "b"], Book | None, int | str),
        Optional[Book],  # noqa: UP045 - the older form, too
    ],
)
def test_primitives(type_: object) -> None:
    assert is_primitive_type(type_)


@pytest.mark.parametrize("type_", [Book, None, type(None), Point, Movie, Tags, object])
def test_no_primitives(type_: object) -> None:
    assert not is_primitive_type(type_)


def test_wrapper_models() -> None:
    wrapper = create_wrapper_model(str)
    assert wrapper.__name__ == "strOutput"
    assert wrapper.__doc__ == "Wrapper for primitive type str"
    assert issubclass(wrapper, PrimitiveWrapperModel)
    assert wrapper(output="x").output == "x"
    assert create_wrapper_model(int).__name__ == "intOutput"
    assert create_wrapper_model(str) is wrapper
    unhashable = Annotated[int, {"some": "metadata"}]
    assert create_wrapper_model(unhashable)(output=1).output == 1


def test_from_call_args_leaves_the_field_in_the_schema() -> None:
    class Answer(BaseModel):
        question: Annotated[str, FromCallArgs()]
        answer: str

    assert llm.format(Answer, mode="json").schema["required"] == ["question", "answer"]


def test_a_named_tuple_and_a_dataclass_with_confusing_fields() -> None:
    class Pair(NamedTuple):
        a: int
        b: str

    assert llm.format(Pair, mode="json").schema["required"] == ["output"]

    class Odd(TypedDict):
        formatting_instructions: str

    assert llm.format(Odd, mode="strict").formatting_instructions is None


def test_exports() -> None:
    assert set(formatting.__all__) == {
        "FORMAT_TOOL_NAME",
        "Format",
        "FormatSpec",
        "FormattableT",
        "FormattingMode",
        "FromCallArgs",
        "OutputParser",
        "Partial",
        "PrimitiveType",
        "PrimitiveWrapperModel",
        "create_wrapper_model",
        "format",
        "is_output_parser",
        "is_primitive_type",
        "output_parser",
        "resolve_format",
    }
    for name in formatting.__all__:
        assert getattr(formatting, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        formatting.nothing  # noqa: B018


def test_pydantic_is_not_imported_before_a_format_is_used() -> None:
    code = (
        "import sys\n"
        "import mirascope.llm.formatting, mirascope.llm.formatting.extract\n"
        "import mirascope.llm.formatting.partial_reader\n"
        "assert 'pydantic' not in sys.modules\n"
        "mirascope.llm.formatting.format(int, mode='json')\n"
        "assert 'pydantic' in sys.modules\n"
    )
    path = ":".join(entry for entry in sys.path if entry)
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": path})
