"""The schemas of servers' tools: whatever is legal JSON schema of an object."""

from __future__ import annotations

import json
from typing import Any

import pytest

pytest.importorskip("mcp_types")  # mcp 2 has it, mcp 1 had not

from mcp.types import Tool

from mirascope import llm
from mirascope.llm.mcp.client import tool_facts
from mirascope.llm.mcp.schemas import parameters_of
from tests.llm.mcp.running import call

TEXT = {"type": "string"}
NUMBER = {"type": "number"}


def dumped(schema: dict[str, Any]) -> dict[str, Any]:
    parameters, _ = parameters_of(schema)
    return parameters.model_dump(by_alias=True, exclude_none=True)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "object"}, {}),
        ({"type": "object", "properties": None, "required": None}, {}),
        ({"properties": {"x": TEXT}, "title": "T", "$schema": "s"}, {"properties": {"x": TEXT}}),
        ({"additionalProperties": TEXT}, {"additionalProperties": TEXT}),
        ({"additionalProperties": True}, {"additionalProperties": True}),
        ({"additionalProperties": {}}, {"additionalProperties": {}}),
        (
            {"properties": {"any": True, "none": False, "odd": 3}},
            {"properties": {"any": {}, "none": {"not": {}}, "odd": {}}},
        ),
        ({"required": ["x", 3]}, {"properties": {"x": {}}, "required": ["x"]}),
        (
            {"properties": {"x": {"$ref": "#/$defs/X"}}, "$defs": {"X": TEXT, "any": True}},
            {"properties": {"x": {"$ref": "#/$defs/X"}}, "$defs": {"X": TEXT, "any": {}}},
        ),
        (  # draft 7
            {
                "properties": {"x": {"items": {"$ref": "#/definitions/X"}}},
                "definitions": {"X": {"properties": {"x": {"$ref": "#/definitions/X"}}}},
            },
            {
                "properties": {"x": {"items": {"$ref": "#/$defs/X"}}},
                "$defs": {"X": {"properties": {"x": {"$ref": "#/$defs/X"}}}},
            },
        ),
        (  # a property of that name is none of the keywords
            {"properties": {"$ref": TEXT, "properties": TEXT, "definitions": TEXT}},
            {"properties": {"$ref": TEXT, "properties": TEXT, "definitions": TEXT}},
        ),
        (
            {"$ref": "#/$defs/Arguments", "$defs": {"Arguments": {"properties": {"x": TEXT}}}},
            {
                "properties": {"x": TEXT},
                "$defs": {"Arguments": {"properties": {"x": TEXT}}},
            },
        ),
        (
            {
                "anyOf": [
                    {"properties": {"x": TEXT, "y": TEXT}, "required": ["x", "y"]},
                    {"properties": {"x": NUMBER, "z": TEXT}, "required": ["x"]},
                ]
            },
            {
                "properties": {"x": {"anyOf": [TEXT, NUMBER]}, "y": TEXT, "z": TEXT},
                "required": ["x"],
            },
        ),
        (
            {
                "allOf": [
                    {"properties": {"x": TEXT}, "required": ["x"]},
                    {"properties": {"y": TEXT}, "required": ["y"], "additionalProperties": True},
                ]
            },
            {
                "properties": {"x": TEXT, "y": TEXT},
                "required": ["x", "y"],
                "additionalProperties": True,
            },
        ),
        ({"$ref": "#", "properties": {"x": TEXT}}, {"properties": {"x": TEXT}}),
        ({"$ref": "http://elsewhere", "anyOf": [{"$ref": "#/nothing"}, True]}, {}),
    ],
)
def test_a_schema(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    nothing = {"properties": {}, "required": [], "additionalProperties": False}
    assert dumped(schema) == {**nothing, **expected}


def test_references_that_go_round_and_branch() -> None:
    """Each is followed once, or this would take 2 to the power of 60 steps."""
    defs: dict[str, Any] = {
        f"D{number}": {"anyOf": [{"$ref": f"#/$defs/D{number + 1}"}] * 2} for number in range(60)
    }
    defs["D60"] = {"properties": {"x": TEXT}, "allOf": [{"$ref": "#/$defs/D0"}]}
    schema = {"$ref": "#/$defs/D0", "$defs": defs}
    assert dumped(schema)["properties"] == {"x": TEXT}


def test_what_has_no_place_is_told_in_the_description() -> None:
    schema = {"type": "object", "properties": {"x": TEXT}, "minProperties": 1, "title": "T"}
    description, _ = tool_facts(Tool(name="t", description="Do it.", input_schema=schema))
    assert description == (
        'Do it.\n\nThe arguments also have to fit this JSON schema: {"minProperties": 1}'
    )
    assert tool_facts(Tool(name="t", input_schema={"type": "object"}))[0] == "t"


NAMES = ["kwargs", "return", "self", "cls", "args", "fn", "name", "ctx", "arguments"]
NAMES += ["model_config", "a-b", "a b", "1", "", "class", "é", "_x", "**kwargs"]


async def test_parameters_of_every_name() -> None:
    parameters, _ = parameters_of({"properties": dict.fromkeys(NAMES, TEXT), "required": NAMES})

    async def echo(**arguments: object) -> llm.Jsonable:
        return arguments

    tool = llm.AsyncTool(echo, "echo", "Echo.", parameters, strict=False)
    given = {name: f"the {name}" for name in NAMES}
    assert (await tool.execute(call("echo", json.dumps(given)))).output == given


@pytest.mark.parametrize(
    "model", ["openai/any:responses", "openai/any:completions", "anthropic/any", "google/any"]
)
def test_every_vendor_takes_them(model: str) -> None:
    schema = {
        "type": "object",
        "anyOf": [{"properties": {"x": TEXT}}, {"$ref": "#/definitions/Y"}],
        "properties": {"kwargs": {"type": ["string", "null"]}, "any": True},
        "additionalProperties": {"type": "integer"},
        "definitions": {"Y": {"properties": {"y": {"$ref": "#/definitions/Y"}}}},
    }
    parameters, _ = parameters_of(schema)

    def echo(**arguments: object) -> llm.Jsonable:
        return arguments

    tool = llm.Tool(echo, "echo", "Echo.", parameters, strict=False)
    turn = llm.testing.Turn(tool_calls=[("echo", {"kwargs": "k", "x": "1"})])
    with llm.testing.simulate([turn]):
        response = llm.model(model).call("Hi", tools=[tool])
    assert response.execute_tools()[0].output == {"kwargs": "k", "x": "1"}
