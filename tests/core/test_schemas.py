"""Tool schemas, as every vendor's server sees them.

A golden file holds the tools of one vendor's request. Those of Google's three SDKs are brought into
one form: the declarations of all tools are one list, keywords are written in `camelCase`, which the
APIs read as the same name as `snake_case`, and the order of properties that one of the SDKs writes
down by itself is left out. The numbers two of them send are those of the protobuf enum of types.
"""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

import pytest
from pydantic import BaseModel, Field

from mirascope.core import BaseTool

from .asking import ask, ping
from .loopback import Loopback
from .vendors import V1Vendor, each

GOLDEN = Path(__file__).parent / "golden"
GOOGLE = ("google", "gemini", "vertex")


def find(title: str, limit: int = 3) -> str:
    """Find a book.

    Args:
        title: The book's title.
        limit: How many to give.
    """
    return f"{title} {limit}"


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Dye(BaseTool):
    """Dye a thing."""

    name: str = Field(description="What to dye.")
    color: Color = Field(description="Which colour.")
    size: Literal["s", "m"] = "s"
    note: str | None = None

    def call(self) -> str:
        return self.name


class Author(BaseModel):
    """Who wrote it."""

    name: str
    born: int | None = None


class Shelve(BaseTool):
    """Shelve books."""

    author: Author
    editor: Author | None = Field(default=None, description="Who edited it.")
    others: list[Author] = Field(description="The others.")

    def call(self) -> str:
        return self.author.name


def rate(
    scores: dict[str, int],
    stars: Annotated[int, Field(ge=1, le=5)],
    code: Annotated[str, Field(max_length=8)] = "x",
) -> str:
    """Rate a book."""
    return f"{scores} {stars} {code}"


def mark(page: int | str) -> str:
    """Mark a page."""
    return str(page)


def camel_case(node: Any, parent: str = "") -> Any:
    """Bring the tools of Google's SDKs into one form."""
    if isinstance(node, list):
        return [camel_case(item) for item in node]
    if not isinstance(node, dict):
        return node
    written = {}
    for name, value in node.items():
        if parent != "properties":
            first, *more = name.split("_")
            name = first + "".join(word.title() for word in more)  # its own form
            if name == "propertyOrdering":
                continue
        written[name] = camel_case(value, name)
    return written


def sent_tools(vendor: V1Vendor, loopback: Loopback, *tools: Any) -> Any:
    ask(vendor, tools=list(tools))
    body = loopback.last.body
    sent = body["toolConfig"]["tools"] if vendor.name == "bedrock" else body["tools"]
    if vendor.name == "mistral":
        for tool in sent:  # mistralai before 1.6 says what is not asked for
            assert tool["function"].pop("strict", False) is False
    if vendor.name not in GOOGLE:
        return sent
    (tool,) = camel_case(sent)  # Vertex takes no second one with functions
    return tool["functionDeclarations"]


@each()
def test_golden_schemas(vendor: V1Vendor, loopback: Loopback) -> None:
    golden = json.loads((GOLDEN / f"{vendor.name}.json").read_text())
    # gemini's SDK has no word for a union: see below.
    tools = [find, ping, Dye, Shelve, rate, *([] if vendor.name == "gemini" else [mark])]
    assert sent_tools(vendor, loopback, *tools) == golden


@each("gemini")
@pytest.mark.parametrize("annotation", [int | str, Author | int | None, list[int | str]])
def test_gemini_has_no_unions(vendor: V1Vendor, loopback: Loopback, annotation: Any) -> None:
    def look(at: Any) -> str:
        """Look."""
        return str(at)

    look.__annotations__["at"] = annotation
    with pytest.raises(ValueError, match=r"look: gemini has no unions.*integer"):
        ask(vendor, tools=[look])
    assert loopback.seen == []


class Node(BaseModel):
    """A node."""

    name: str
    children: list[Node] = []


class Grow(BaseTool):
    """Grow a tree."""

    root: Node

    def call(self) -> str:
        return self.root.name


@each()
def test_a_schema_that_contains_itself(vendor: V1Vendor, loopback: Loopback) -> None:
    if vendor.name in GOOGLE:
        with pytest.raises(ValueError, match="Node contains itself"):
            ask(vendor, tools=[Grow])
        assert loopback.seen == []
        return
    sent = json.dumps(sent_tools(vendor, loopback, Grow)).replace("\\", "")
    # The definition comes along, and the reference finds it.
    assert '"$defs": {"Node": {' in sent
    assert '"$ref": "#/$defs/Node"' in sent


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]


class Feed(BaseTool):
    """Feed a pet."""

    pet: Annotated[Cat | Dog, Field(discriminator="kind")]

    def call(self) -> str:
        return self.pet.kind


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


# An annotation, and what the two halves of Google's schema, keywords and words, say of it.
WORDED: list[tuple[Any, dict[str, Any], dict[str, Any] | None]] = [
    (Annotated[int, Field(gt=0, lt=9)], {}, {"exclusiveMaximum": 9, "exclusiveMinimum": 0}),
    (Annotated[int, Field(multiple_of=2)], {}, {"multipleOf": 2}),
    (Annotated[list[int], Field(min_length=1, max_length=3)], {"min": 1, "max": 3}, None),
    (set[str], {"items": "string"}, {"uniqueItems": True}),
    (
        tuple[int, int],
        {"items": "integer", "min": 2, "max": 2},
        {"prefixItems": [{"type": "integer"}, {"type": "integer"}]},
    ),
    (Level, {}, {"enum": [1, 2]}),
    (Literal[3], {}, {"enum": [3]}),
    (Literal["a", None], {"enum": ["a"], "nullable": True}, None),
    (dict[str, bool], {}, {"additionalProperties": {"type": "boolean"}}),
    (dict[str, Any], {}, None),
]


@pytest.mark.parametrize(("annotation", "keywords", "words"), WORDED, ids=lambda v: str(v)[:24])
@each(*GOOGLE)
def test_what_google_has_no_keyword_for_is_said_in_words(
    vendor: V1Vendor,
    loopback: Loopback,
    annotation: Any,
    keywords: dict[str, Any],
    words: dict[str, Any] | None,
) -> None:
    def look(at: Any) -> str:
        """Look."""
        return str(at)

    look.__annotations__["at"] = annotation
    (declared,) = sent_tools(vendor, loopback, look)
    schema = declared["parameters"]["properties"]["at"]
    assert (json.loads(schema["description"]) if "description" in schema else None) == words
    found = {
        "enum": schema.get("enum"),
        "nullable": schema.get("nullable"),
        "min": schema.get("minItems") and int(schema["minItems"]),
        "max": schema.get("maxItems") and int(schema["maxItems"]),
    }
    if "items" in keywords:
        # The old SDKs write types as the numbers of their protobuf enum.
        names = {1: "string", 3: "integer"}
        kind = schema["items"]["type"]
        found["items"] = names[kind] if kind in names else kind.lower()
    assert {name: value for name, value in found.items() if value} == keywords


@each("google", "vertex")
def test_tagged_unions_of_google(vendor: V1Vendor, loopback: Loopback) -> None:
    (tool,) = sent_tools(vendor, loopback, Feed)
    options = tool["parameters"]["properties"]["pet"]["anyOf"]
    assert [option["properties"]["kind"]["enum"] for option in options] == [["cat"], ["dog"]]


@each("openai", "xai", "litellm")
def test_strict_schemas_are_closed_all_the_way_down(vendor: V1Vendor, loopback: Loopback) -> None:
    class Strict(Shelve):
        """Shelve."""

        tool_config = {"strict": True}  # noqa: RUF012  # as users write it

    (tool,) = sent_tools(vendor, loopback, Strict)
    author = {
        "description": "Who wrote it.",
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "born": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["name", "born"],
        "additionalProperties": False,
    }
    reference = {"$ref": "#/$defs/Author"}
    assert tool["function"]["strict"] is True
    assert tool["function"]["parameters"] == {
        "type": "object",
        "properties": {
            "author": reference,
            "editor": {
                "anyOf": [reference, {"type": "null"}],
                "description": "Who edited it.",
            },
            "others": {"type": "array", "items": reference, "description": "The others."},
        },
        "required": ["author", "editor", "others"],
        "additionalProperties": False,
        "$defs": {"Author": author},
    }


_T = TypeVar("_T")


class Box(BaseModel, Generic[_T]):
    item: _T


@each("openai", "anthropic", "bedrock", "google")
def test_names_and_descriptions_of_models(vendor: V1Vendor, loopback: Loopback) -> None:
    """A generic's name has brackets, which no vendor takes, and a base's docstring is not ours."""
    (tool,) = sent_tools(vendor, loopback, Box[int])
    described = tool.get("function") or tool.get("toolSpec") or tool
    assert described["name"] == "Box_int"
    assert described["description"].startswith("Parameters read from the answer")
