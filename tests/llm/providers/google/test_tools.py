"""Tools and formats on the generateContent wire."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import FORMAT_TOOL_NAME, format
from mirascope.llm.providers.google.codec import GoogleCodec
from mirascope.llm.providers.google.schemas import json_schema, openapi_schema
from mirascope.llm.tools import ProviderTool, WebSearchTool, tool
from tests.llm.providers.traffic import body_of, request

CODEC = GoogleCodec()
G3 = "google/gemini-3-flash-preview"
G25 = "google/gemini-2.5-flash"
G20 = "google/gemini-2.0-flash"


class Tree(BaseModel):
    """Recursive."""

    name: str
    children: list[Tree] = Field(default_factory=list["Tree"], description="Below.")


class Dog(BaseModel):
    """A dog."""

    name: str
    kind: Literal["poodle"] = "poodle"
    age: int | None = None
    parent: Tree = Field(description="Its tree.")


@tool
def weather(city: str, days: int = 1) -> str:
    """Look at the sky."""
    return city + str(days)


@tool
def now() -> str:
    """Tell the time."""
    return "noon"


@tool
def plant(tree: Tree) -> str:
    """Plant a tree."""
    return tree.name


@tool(strict=True)
def insisting(city: str) -> str:
    """Strict."""
    return city


def body(model: str, tools: Any = (), **more: Any) -> dict[str, Any]:
    return body_of(CODEC, request(model, tools=tools, **more))


PARAMETERS = {
    "type": "object",
    "properties": {
        "city": {"title": "City", "type": "string"},
        "days": {"title": "Days", "type": "integer", "default": 1},
    },
    "required": ["city"],
    "additionalProperties": False,
}


def test_tools() -> None:
    sent = body(G25, [weather, now])
    assert sent["tools"] == [
        {
            "functionDeclarations": [
                {
                    "name": "weather",
                    "description": "Look at the sky.",
                    "parametersJsonSchema": PARAMETERS,
                },
                {"name": "now", "description": "Tell the time."},
            ]
        }
    ]
    assert "toolConfig" not in sent
    old = body(G20, [weather])["tools"][0]["functionDeclarations"][0]
    assert old["parameters"] == {
        "type": "OBJECT",
        "properties": {
            "city": {"title": "City", "type": "STRING"},
            "days": {"title": "Days", "type": "INTEGER", "default": 1},
        },
        "required": ["city"],
    }


def test_recursive_tools() -> None:
    new = body(G25, [plant])["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"]
    assert new["properties"]["tree"] == {"$ref": "#/$defs/Tree"}
    assert "Tree" in new["$defs"]
    old = body(G20, [plant])["tools"][0]["functionDeclarations"][0]["parameters"]
    tree = old["properties"]["tree"]
    assert tree["properties"]["children"]["items"] == {
        "type": "OBJECT",
        "description": "Another Tree.",
    }
    assert "$" not in json.dumps(old)


def test_strict_tools_do_not_exist() -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        body(G3, [insisting])
    assert caught.value.feature == "strict tools"


def test_server_tools() -> None:
    assert body(G25, [WebSearchTool(), ProviderTool("url_context")])["tools"] == [
        {"googleSearch": {}},
        {"urlContext": {}},
    ]
    mixed = body(G3, [WebSearchTool(), now])
    assert [next(iter(one)) for one in mixed["tools"]] == ["functionDeclarations", "googleSearch"]
    assert mixed["toolConfig"] == {"includeServerSideToolInvocations": True}
    with pytest.raises(FeatureNotSupportedError) as caught:
        body(G3, [ProviderTool("teleport")])
    assert caught.value.feature == "Provider tool teleport"


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        ("auto", {"mode": "AUTO"}),
        ("none", {"mode": "NONE"}),
        ("required", {"mode": "ANY"}),
        ("now", {"mode": "ANY", "allowedFunctionNames": ["now"]}),
    ],
)
def test_tool_choice(asked: str, choice: dict[str, Any]) -> None:
    sent = body(G25, [weather, now], tool_choice=asked)
    assert sent["toolConfig"] == {"functionCallingConfig": choice}
    nothing = request(G25, tool_choice=asked)
    assert "toolConfig" not in body_of(CODEC, nothing)
    assert nothing.warnings == ([] if asked in ("auto", "none") else [f"tool_choice={asked}"])


def test_a_format_as_a_tool() -> None:
    wanted = format(Dog, mode="tool")
    only = {"mode": "ANY", "allowedFunctionNames": [FORMAT_TOOL_NAME]}
    alone = body(G25, format=wanted)
    assert alone["toolConfig"]["functionCallingConfig"] == only
    beside = body(G25, [weather], format=wanted)
    names = [one["name"] for one in beside["tools"][0]["functionDeclarations"]]
    assert names == [FORMAT_TOOL_NAME, "weather"]
    assert beside["toolConfig"]["functionCallingConfig"] == {"mode": "ANY"}
    refused = body(G25, [weather], format=wanted, tool_choice="none")
    assert refused["toolConfig"]["functionCallingConfig"] == only


def test_a_strict_format() -> None:
    config = body(G25, format=format(Dog, mode="strict"))["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    schema = config["responseJsonSchema"]
    assert schema["properties"]["kind"]["enum"] == ["poodle"]
    assert schema["properties"]["parent"] == {
        "anyOf": [{"$ref": "#/$defs/Tree"}],
        "description": "Its tree.",
    }
    old = body(G20, format=format(Dog, mode="strict"))["generationConfig"]["responseSchema"]
    assert old["properties"]["age"] == {"title": "Age", "type": "INTEGER", "nullable": True}
    assert old["properties"]["parent"]["type"] == "OBJECT"
    assert old["properties"]["parent"]["description"] == "Its tree."


def test_a_format_as_json() -> None:
    config = body(G25, format=format(Dog, mode="json"))["generationConfig"]
    assert config == {"responseMimeType": "application/json"}


def test_schemas_beside_tools() -> None:
    for mode in ("strict", "json"):
        wanted = format(Dog, mode=mode)
        assert "responseMimeType" in body(G3, [now], format=wanted)["generationConfig"]
        for model in (G25, "google/gemini-flash-latest", "google/gemini-3-pro-image-preview"):
            with pytest.raises(FeatureNotSupportedError) as caught:
                body(model, [now], format=wanted)
            assert caught.value.feature == f"formatting_mode:{mode} with tools"


def test_default_modes() -> None:
    assert CODEC.default_mode(request(G25)) == "strict"
    assert CODEC.default_mode(request(G25, tools=[now])) == "tool"
    assert CODEC.default_mode(request(G25, tools=[WebSearchTool()])) == "tool"
    assert CODEC.default_mode(request(G3, tools=[now])) == "strict"


STRING = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"const": 1, "title": "X"}, {"enum": [1], "title": "X"}),
        ({"oneOf": [{"const": 1}], "discriminator": {}}, {"anyOf": [{"enum": [1]}]}),
        (
            {"type": "array", "prefixItems": [{"const": 1}]},
            {"type": "array", "prefixItems": [{"enum": [1]}]},
        ),
        (
            {"type": "object", "additionalProperties": {"const": 1}},
            {"type": "object", "additionalProperties": {"enum": [1]}},
        ),
        ({"properties": {"const": STRING}}, {"properties": {"const": STRING}}),
        ({"default": {"const": 1}}, {"default": {"const": 1}}),
        ({"anyOf": [True]}, {"anyOf": [True]}),
    ],
)
def test_json_schemas(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    before = json.dumps(schema)
    assert json_schema(schema) == expected
    assert json.dumps(schema) == before


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string", "format": "email"}, {"type": "STRING"}),
        ({"type": "string", "format": "date-time"}, {"type": "STRING", "format": "date-time"}),
        ({"type": "string", "const": "a"}, {"type": "STRING", "enum": ["a"]}),
        ({"type": "integer", "enum": [1], "exclusiveMinimum": 0}, {"type": "INTEGER"}),
        ({"anyOf": [STRING, {"type": "null"}]}, {"type": "STRING", "nullable": True}),
        (
            {"oneOf": [STRING, {"type": "integer"}]},
            {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]},
        ),
        ({"$ref": "#/$defs/Gone"}, {"type": "OBJECT", "description": "Another Gone."}),
    ],
)
def test_openapi_schemas(schema: dict[str, Any], expected: dict[str, Any]) -> None:
    assert openapi_schema(schema) == expected
