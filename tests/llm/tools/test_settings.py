"""Names, descriptions and the other settings of tools; plain functions in place of tools."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from mirascope import llm
from mirascope.llm.testing import Turn, simulate
from mirascope.llm.tools import ToolParameterSchema, ToolSchema

from ..conftest import Colour

MODELS = [
    "openai/gpt-5-mini",
    "openai/gpt-5-mini:completions",
    "anthropic/claude-haiku-4-5",
    "google/gemini-2.5-flash",
]


@llm.tool(name="find_book", description="Find a book by its title.")
def search(title: str) -> str:
    """Search.

    Args:
        title: In any language.
    """
    return f"found {title}"


def shelf(title: str) -> str:
    """Say where a book stands."""
    return f"{title}: shelf 3"


async def shelf_later(title: str) -> str:
    """Say where a book stands."""
    return f"{title}: shelf 3"


@pytest.mark.parametrize("model_id", MODELS)
def test_a_tool_under_another_name(model_id: str) -> None:
    turn = Turn(tool_calls=[("find_book", {"title": "Dune"})])
    with simulate([turn, "There."]) as simulator:
        response = llm.Model(model_id).call("Dune?", tools=[search])
        (output,) = response.execute_tools()
        response = response.resume([output])
    assert (output.name, output.result) == ("find_book", "found Dune")
    first = json.dumps(simulator.requests[0].body)
    assert "Find a book by its title." in first
    assert "In any language." in first
    assert '"search"' not in first
    assert search.__name__ == "search"
    assert search("Dune") == "found Dune"


def test_a_lambda_with_a_name() -> None:
    double: Any = lambda x: 2 * x  # noqa: E731  # what is tested
    tool: Any = llm.tool(name="twice", description="Double a number.")(double)
    assert tool.execute(llm.ToolCall(id="1", name="twice", args='{"x": 4}')).result == 8


@pytest.mark.parametrize("name", ["", "__mirascope_formatted_output_tool__x"])
def test_names_that_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"needs a name|reserved name"):
        llm.tool(name=name)(shelf)


@pytest.mark.parametrize(
    "wrong", [{"name": 3}, {"description": b"x"}, {"eager": 1}, {"requires_approval": "yes"}]
)
def test_settings_of_a_wrong_type(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=next(iter(wrong))):
        llm.tool(**wrong)(shelf)


def test_settings_are_a_part_of_the_tool() -> None:
    plain = llm.tool(shelf)
    eager, careful = llm.tool(eager=True)(shelf), llm.tool(requires_approval=True)(shelf)
    assert (plain.eager, plain.requires_approval) == (False, False)
    assert (eager.eager, careful.requires_approval) == (True, True)
    assert plain not in (eager, careful)
    assert repr(careful) == "Tool('shelf', requires_approval=True)"
    assert pickle.loads(pickle.dumps(search)).name == "find_book"
    by_hand = ToolSchema(shelf, "s", "d", ToolParameterSchema(), eager=True)
    assert (by_hand.eager, by_hand.requires_approval) == (True, False)


def test_the_settings_reach_a_bound_method() -> None:
    class Library:
        @llm.tool(name="stand", eager=True)
        def shelf(self, title: str) -> str:
            return title

    bound = Library().shelf
    assert (bound.name, bound.eager) == ("stand", True)


# --- functions as they are


def test_a_plain_function_is_made_a_tool(colour: Colour) -> None:
    turn = Turn(tool_calls=[("shelf", {"title": "Dune"})])
    function: Any = shelf
    if colour.asynchronous:
        function, turn = shelf_later, Turn(tool_calls=[("shelf_later", {"title": "Dune"})])
    with simulate([turn, "There."]):
        response = colour.call(llm.Model(MODELS[0]), "Dune?", tools=[function])
        outputs = colour.run(response.execute_tools())
    assert [output.result for output in outputs] == ["Dune: shelf 3"]
    assert response.toolkit.tools[0] == llm.tool(function)


def test_calls_and_prompts_take_plain_functions() -> None:
    @llm.call(MODELS[0], tools=[shelf])
    def ask() -> str:
        return "Where is Dune?"

    decorator = llm.call(MODELS[0], tools=[shelf, search])
    assert "tools=[shelf, find_book]" in repr(decorator)
    assert ask.prompt.toolkit.tools_dict == {"shelf": llm.tool(shelf)}


def test_what_does_not_say_enough_is_refused() -> None:
    def undocumented(title: str) -> str:
        return title

    def untyped(title: str) -> str:
        """Say where a book stands."""
        return title

    del untyped.__annotations__["title"]
    functions = (undocumented, untyped)
    for function in functions:
        with pytest.raises(TypeError, match=rf"{function.__name__} is not a tool: .*docstring"):
            llm.Toolkit([function])
    with pytest.raises(TypeError, match="cannot run 'shelf_later'"):
        llm.Toolkit([shelf_later])


def test_a_list_of_tools_stays_the_list_that_was_given() -> None:
    given = [search]
    assert llm.Toolkit(given).tools is given
    assert list(llm.Toolkit(iter([search])).tools_dict) == ["find_book"]  # type: ignore[arg-type]  # pyright: ignore
