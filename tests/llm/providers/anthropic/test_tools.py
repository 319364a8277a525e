"""Tools and formats on the Messages wire."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from mirascope.llm.exceptions import FeatureNotSupportedError
from mirascope.llm.formatting import FORMAT_TOOL_NAME, format
from mirascope.llm.messages import Message, system, user
from mirascope.llm.providers.anthropic.codec import AnthropicCodec
from mirascope.llm.providers.anthropic.schemas import fits_the_limits, strict_schema
from mirascope.llm.providers.prepare import prepare
from mirascope.llm.tools import ProviderTool, Tool, ToolParameterSchema, WebSearchTool, tool
from tests.llm.providers.traffic import body_of, request

CODEC = AnthropicCodec()
NEW = "anthropic/claude-sonnet-4-5"
OLD = "anthropic/claude-3-5-haiku-latest"
CACHED = {"type": "ephemeral"}


@tool
def weather(city: str, days: int = 1) -> str:
    """Look at the sky."""
    return city + str(days)


@tool(strict=False)
def loose(city: str) -> str:
    """Not strict."""
    return city


@tool(strict=True)
def insisting(city: str) -> str:
    """Strict."""
    return city


@tool(strict=True)
def impossible(counts: dict[str, int]) -> int:
    """Insist on what cannot be strict."""
    return len(counts)


class Dog(BaseModel):
    """A dog."""

    name: str = Field(min_length=2, description="Its name.")
    age: int = Field(default=3, ge=0, le=30)
    kind: Literal["poodle", "pug"] | None = None


class Tree(BaseModel):
    """Recursive."""

    children: list[Tree] = []


class Map(BaseModel):
    """With keys of the model's choice."""

    counts: dict[str, int]


def body(model: str, tools: Any = (), **more: Any) -> dict[str, Any]:
    return body_of(CODEC, request(model, tools=tools, **more))


def test_strict_tools() -> None:
    encoded = body(NEW, [weather, loose])["tools"]
    assert encoded[0] == {
        "name": "weather",
        "description": "Look at the sky.",
        "strict": True,
        "input_schema": {
            "type": "object",
            "properties": {
                "city": {"title": "City", "type": "string"},
                "days": {"title": "Days", "type": "integer", "default": 1},
            },
            "required": ["city"],
            "additionalProperties": False,
        },
    }
    assert "strict" not in encoded[1]
    assert "cache_control" not in encoded[0]
    assert encoded[1]["cache_control"] == CACHED
    old = body(OLD, [weather])["tools"][0]
    assert "strict" not in old
    assert old["input_schema"]["required"] == ["city"]


def test_tools_that_insist_on_being_strict() -> None:
    assert body(NEW, [insisting])["tools"][0]["strict"] is True
    for model, tools in ((OLD, [insisting]), (NEW, [impossible])):
        with pytest.raises(FeatureNotSupportedError) as caught:
            body(model, tools)
        assert caught.value.feature == "strict tools"


def many(count: int) -> list[Any]:
    parameters = ToolParameterSchema(properties={"a": {"type": "string"}}, required=["a"])
    return [Tool(print, f"t{number}", "T.", parameters) for number in range(count)]


def test_too_many_for_being_strict() -> None:
    """The limits are the vendor's; above them the request would be refused."""
    assert all(one["strict"] for one in body(NEW, many(20))["tools"])
    encoded = body(NEW, [*many(20), insisting])["tools"]
    assert [one["name"] for one in encoded if one.get("strict")] == ["insisting"]


def test_limits() -> None:
    optional = {"type": "object", "properties": {str(n): {"type": "string"} for n in range(24)}}
    assert fits_the_limits([optional], 1)
    assert not fits_the_limits([optional, {"type": "object", "properties": {"x": {}}}], 2)
    union = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    unions = {"type": "array", "items": {"anyOf": [union] * 15}}
    assert fits_the_limits([unions], 1)
    assert not fits_the_limits([unions, union], 2)


def test_server_tools() -> None:
    asked = request(NEW, tools=[WebSearchTool(), weather, ProviderTool("code_execution")])
    encoded = CODEC.encode(asked)
    tools = json.loads(encoded.body)["tools"]
    assert tools[0] == {"type": "web_search_20250305", "name": "web_search"}
    assert [one["name"] for one in tools] == ["web_search", "code_execution", "weather"]
    assert encoded.headers["anthropic-beta"] == "code-execution-2025-08-25"
    with pytest.raises(FeatureNotSupportedError) as caught:
        body(NEW, [ProviderTool("teleport")])
    assert caught.value.feature == "Provider tool teleport"


@pytest.mark.parametrize(
    ("asked", "choice"),
    [
        (None, None),
        ("auto", {"type": "auto"}),
        ("none", {"type": "none"}),
        ("required", {"type": "any"}),
        ("weather", {"type": "tool", "name": "weather"}),
    ],
)
def test_tool_choice(asked: str | None, choice: dict[str, Any] | None) -> None:
    assert body(NEW, [weather], tool_choice=asked).get("tool_choice") == choice
    nothing = request(NEW, tool_choice=asked)
    assert "tool_choice" not in body_of(CODEC, nothing)
    ignored = asked not in (None, "auto", "none")
    assert nothing.warnings == ([f"tool_choice={asked}"] if ignored else [])


@pytest.mark.parametrize("asked", ["required", "weather"])
@pytest.mark.parametrize("model", [NEW, "anthropic/claude-opus-5-5"])
def test_nothing_can_be_forced_on_a_thinking_model(asked: str, model: str) -> None:
    thinking = {"level": "low"}
    sent = request(model, tools=[weather], tool_choice=asked, thinking=thinking)
    assert body_of(CODEC, sent)["tool_choice"] == {"type": "auto"}
    assert [warning.partition("=")[0] for warning in sent.warnings] == ["tool_choice"]


FORCED = {"type": "tool", "name": FORMAT_TOOL_NAME, "disable_parallel_tool_use": True}


def test_a_format_as_a_tool() -> None:
    wanted = format(Dog, mode="tool")
    alone = body(NEW, format=wanted)
    assert [one["name"] for one in alone["tools"]] == [FORMAT_TOOL_NAME]
    assert alone["tool_choice"] == FORCED
    beside = body(NEW, [weather], format=wanted)
    assert [one["name"] for one in beside["tools"]] == ["weather", FORMAT_TOOL_NAME]
    assert beside["tool_choice"] == {"type": "any"}
    assert body(NEW, [weather], format=wanted, tool_choice="none")["tool_choice"] == FORCED
    named = body(NEW, [weather], format=wanted, tool_choice="weather")["tool_choice"]
    assert named == {"type": "tool", "name": "weather"}


def test_a_format_as_a_tool_for_a_thinking_model() -> None:
    wanted = format(Dog, mode="tool")
    sent = request(NEW, format=wanted, thinking={"level": "low"})
    assert body_of(CODEC, sent)["tool_choice"] == {"type": "auto"}
    assert sent.warnings == []  # the instructions ask for it


def test_a_strict_format() -> None:
    sent = body(NEW, format=format(Dog, mode="strict"))
    assert sent["output_config"] == {
        "format": {
            "type": "json_schema",
            "schema": {
                "type": "object",
                "title": "Dog",
                "description": "A dog.",
                "properties": {
                    "name": {
                        "title": "Name",
                        "type": "string",
                        "description": "Its name.\n\n{minLength: 2}",
                    },
                    "age": {
                        "title": "Age",
                        "type": "integer",
                        "default": 3,
                        "description": "{minimum: 0, maximum: 30}",
                    },
                    "kind": {
                        "title": "Kind",
                        "anyOf": [
                            {"type": "string", "enum": ["poodle", "pug"]},
                            {"type": "null"},
                        ],
                        "default": None,
                    },
                },
                "required": ["name"],
                "additionalProperties": False,
            },
        }
    }
    assert "tools" not in sent
    thinking = body(
        "anthropic/claude-opus-4-8", format=format(Dog, mode="strict"), thinking={"level": "high"}
    )
    assert thinking["output_config"].keys() == {"effort", "format"}


@pytest.mark.parametrize("model", [Tree, Map])
def test_a_format_that_cannot_be_enforced_becomes_a_tool(model: type[BaseModel]) -> None:
    messages: list[Message] = [system("Be kind."), user("Hi")]
    wanted = replace(request(NEW, messages), format_spec=format(model, mode="strict"))
    sent = body_of(CODEC, prepare(wanted, "tool", CODEC.enforces))
    assert "output_config" not in sent
    assert [one["name"] for one in sent["tools"]] == [FORMAT_TOOL_NAME]
    assert sent["tool_choice"] == FORCED
    assert sent["system"][0]["text"].startswith("Be kind.\n")
    assert FORMAT_TOOL_NAME in sent["system"][0]["text"]


def test_a_strict_format_on_a_model_without() -> None:
    with pytest.raises(FeatureNotSupportedError) as caught:
        body(OLD, format=format(Dog, mode="strict"))
    assert caught.value.feature == "formatting_mode:strict"


def test_a_format_as_json() -> None:
    sent = body(NEW, format=format(Dog, mode="json"))
    assert sent.keys() == {"model", "max_tokens", "messages"}  # the instructions say it all


def test_default_modes() -> None:
    assert CODEC.default_mode(request(NEW)) == "strict"
    assert CODEC.default_mode(request(OLD)) == "tool"
    assert CODEC.default_mode(request("anthropic/some-model")) == "tool"


ARRAY = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"type": "string", "format": "date", "pattern": "x"},
            {"type": "string", "format": "date", "description": '{pattern: "x"}'},
        ),
        (
            {"type": "string", "format": "binary"},
            {"type": "string", "description": '{format: "binary"}'},
        ),
        ({**ARRAY, "minItems": 1}, {**ARRAY, "minItems": 1}),
        ({**ARRAY, "minItems": 2}, {**ARRAY, "description": "{minItems: 2}"}),
        ({"oneOf": [ARRAY], "discriminator": {}}, {"anyOf": [ARRAY]}),
        ({"const": 1}, {"const": 1}),
        (
            {"$ref": "#/$defs/A", "description": "x", "$defs": {"A": ARRAY}},
            {**ARRAY, "$defs": {"A": ARRAY}},
        ),
        ({"type": "object"}, None),
        ({"type": "object", "additionalProperties": True}, None),
        ({"type": "array"}, None),
        ({"type": "array", "prefixItems": [ARRAY]}, None),
        ({"allOf": [ARRAY]}, None),
        ({}, None),
        ({"anyOf": [True]}, None),
        ({"$ref": "#/$defs/A"}, None),
    ],
)
def test_strict_schemas(schema: dict[str, Any], expected: dict[str, Any] | None) -> None:
    before = json.dumps(schema)
    assert strict_schema(schema) == expected
    assert json.dumps(schema) == before


def test_a_strict_format_on_a_model_of_somebody_else_is_that_servers_to_judge() -> None:
    sent = body("qwen3", format=format(Dog, mode="strict"))
    assert sent["output_config"]["format"]["type"] == "json_schema"
