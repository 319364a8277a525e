"""Formats of every kind, and answers made from their schemas: right, wrong and unfinished."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Self, TypeVar, cast

from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    PlainValidator,
    RootModel,
    Tag,
    TypeAdapter,
    WithJsonSchema,
)
from typing_extensions import TypeAliasType, TypedDict

T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 12


class Leaf(BaseModel):
    text: str
    number: int
    real: float
    flag: bool
    raw: bytes = b""
    nothing: None = None


class Whole(BaseModel):
    color: Color
    level: Level
    kind: Literal["a", "ab", 1]
    when: datetime.datetime
    amount: decimal.Decimal
    pair: tuple[int, str]
    queue: deque[int]


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str
    friends: list[Cat | Dog] = []


class Bird(BaseModel):
    kind: Literal["bird"]
    wings: int = 2


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    color: Color | None = None


class Tags(RootModel[list[str]]):
    pass


class Tree(RootModel[dict[str, "Tree"]]):
    pass


class Name(RootModel[str]):
    pass


class Pet(RootModel[Annotated[Cat | Dog, Field(discriminator="kind")]]):
    pass


class Anything(RootModel[Any]):
    pass


class Node(BaseModel):
    value: int
    children: list[Node] = []
    parent: Node | None = None
    me: Self | None = None


class Aliased(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    my_name: str = Field(alias="myName")
    either: Color = Field(validation_alias=AliasChoices("first", "second"))
    inside: list[Cat] = Field(validation_alias=AliasPath("deep", 0, "x"))
    shared: set[int] = Field(alias="deep")


@dataclass
class Point:
    x: int
    y: float = 0
    labels: list[str] = field(default_factory=list)


class Movie(TypedDict, total=False):
    title: str
    cast: list[Leaf]
    sequel: Movie


class Pair(NamedTuple):
    a: int
    b: str


class Money:
    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.text == self.text

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return f"Money({self.text!r})"


AnyMoney = Annotated[Money, PlainValidator(Money), WithJsonSchema({"type": "string"})]
Nested = TypeAliasType("Nested", "int | list[Nested] | dict[str, Nested]")  # type: ignore[misc]
Maybe = TypeAliasType("Maybe", Cat | Dog | None)


Pages = TypeAliasType("Pages", list[T], type_params=(T,))
Fresh = NewType("Fresh", Leaf)


class Page(BaseModel, Generic[T]):
    items: list[T]
    first: T | None = None


class Containers(BaseModel):
    words: set[str]
    levels: frozenset[Level]
    pets: Sequence[Cat | Dog]
    numbers: Mapping[int, Leaf]
    colors: dict[Color, Color]
    rows: list[list[Leaf]]
    tuples: tuple[Leaf, ...]
    frozen: set[Pair]


class Unions(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    thing: Closed | Leaf | str | list[int] | dict[str, Cat] | None = None
    when: datetime.date | str = ""
    number: int | float | Literal["auto"] = 0
    name: Name | Color | int = 0
    rooted: Tags | Tree | bool = False
    rows: list[Cat | Dog] | dict[str, Cat | Dog] | list[int] = []
    deep: Pet | Node | Point | Movie | None = None
    money: AnyMoney | list[AnyMoney] | None = None
    texts: bytes | int | None = None
    opaque: deque[int] | Leaf | None = None


class Odd(BaseModel):
    new: Fresh
    cats: set[Cat] | None = None
    anything: set[Any] = set()
    pages: Pages[Cat] = []
    either: Maybe | Unions | list[Maybe] = None
    maybes: list[Pet | Closed] = []
    closed: Closed | Cat | None = None
    ranked: Cat | Dog = Field(validation_alias=AliasChoices("one", AliasPath("two", "x")))


class Everything(BaseModel):
    point: Point
    movie: Movie
    tags: Tags
    tree: Tree
    pet: Pet
    name: Name
    page: Page[Cat]
    nested: Nested
    free: Any
    money: AnyMoney
    sizes: Annotated[list[int], {"unhashable": "metadata"}]
    json_value: JsonValue


def _shape(value: object) -> str:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return "cat" if kind == "cat" else "dog"


Chosen = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(_shape)]

Animal = Annotated[
    Annotated[Cat | Dog, Field(discriminator="kind")] | Bird, Field(discriminator="kind")
]

FORMATS: list[Any] = [
    *(Leaf, Whole, Dog, Closed, Node, Aliased, Point, Movie, Containers, Unions, Everything, Odd),
    *(Tags, Tree, Name, Pet, Anything, Page[Dog], Nested, Maybe, JsonValue, Chosen),
    *(str, int, float, bool, bytes, list, dict, Color, Literal["a", "ab"], Any, Pair),
    *(list[int], list[Leaf], list[Color], list[Any], set[int], tuple[Cat, ...], tuple[int, str]),
    *(
        dict[str, int],
        dict[Level, Leaf],
        dict[str, list[Cat | Dog]],
        list[Tags],
        set[Color],
        set[Any],
    ),
    *(int | str, Cat | Dog, Closed | Cat | list[int], Leaf | None, Tree | Tags, Name | None),
    *(Annotated[Cat | Dog, Field(discriminator="kind")], Color | int, Point | Movie, bytes | int),
    *(
        Annotated[list[Leaf], {}],
        Animal,
        Page,
        list[Annotated[Cat | Dog | Closed, Field(discriminator=None)]],
    ),
]


class Author:
    """Writes answers in a format: mostly right, with some of everything that goes wrong."""

    def __init__(
        self, type_: Any, chance: random.Random, *, wrong: float = 0.06, repeats: bool = True
    ) -> None:
        """Take a type, and how often a value is of the wrong kind, and whether keys repeat."""
        self._schema = TypeAdapter(type_).json_schema()
        self._chance = chance
        self._wrong = wrong
        self._repeats = repeats

    def document(self) -> str:
        """Return a whole answer, in its wrapper, or without where it may be told apart."""
        text = self.value(self._schema, 0)
        bare = "properties" in self._schema or (self._often(0.3) and '{"output"' not in text)
        bare = bare and text[0] in "{["
        return text if bare else f'{{"output": {text}}}'

    def answer(self) -> str:
        """Return a document, perhaps with prose around it, mutated, or cut short."""
        chance = self._chance
        text = self.document()
        if self._often(0.15):
            start, end = chance.choice(
                [("Sure {x}: ", ""), ("Sure\n```json\n", "\n```"), ('{"a" ', ""), ("", " {}")]
            )
            text = start + text + end
        while self._often(0.1):
            at = chance.randrange(len(text) + 1)
            mutation = chance.choice(['"', "{", "}", "]", "[", ",", ":", "1", "\\", "null", ""])
            text = text[:at] + mutation + text[at + chance.randint(0, 2) :]
        if self._often(0.2):
            text = text[: chance.randrange(len(text) + 1)]
        return text

    def cut(self, text: str) -> list[str]:
        """Return `text` in pieces of various sizes."""
        size = self._chance.choice([1, 3, 10, 60])
        pieces: list[str] = []
        while text:
            cut = self._chance.randint(1, size)
            pieces.append(text[:cut])
            text = text[cut:]
        return pieces

    def value(self, schema: Mapping[str, Any], depth: int) -> str:
        chance = self._chance
        if self._often(self._wrong):
            wrong = ["5", "1.5", '"12"', "true", "null", "[]", "[1]", "{}", '{"a": 1}', '"red"']
            return chance.choice(wrong)
        if "$ref" in schema:
            name = cast("str", schema["$ref"]).rpartition("/")[2]
            return self.value(self._schema["$defs"][name], depth + 1)
        if "const" in schema:
            return json.dumps(schema["const"])
        if "enum" in schema:
            return json.dumps(chance.choice(schema["enum"]))
        members = schema.get("anyOf") or schema.get("oneOf")
        if members:
            return self.value(chance.choice(members[-2:] if depth > 6 else members), depth)
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "string":
                if schema.get("format") in ("date", "date-time"):
                    return chance.choice(['"2020-01-01"', '"2020-01-01T12:00:00"', '"soon"'])
                if "pattern" in schema:
                    return '"1.50"'
                return chance.choice(['""', '"a"', '"ab c"', '"12"', '"\\u00e9\\n"', '"auto"'])
            case "integer":
                return chance.choice(["0", "1", "12", "-5", "1.0", "1" * 30])
            case "number":
                return chance.choice(["0", "1.25", "-1e3", "12", "1.0e0"])
            case "boolean":
                return chance.choice(["true", "false"])
            case "null":
                return "null"
            case _:
                return chance.choice(["1", '"x"', "null", '[1, "a"]', '{"a": [1]}', "true"])

    def _object(self, schema: Mapping[str, Any], depth: int) -> str:
        chance = self._chance
        members: list[tuple[str, str]] = []
        properties = list(schema.get("properties", {}).items())
        if self._often(0.5):
            chance.shuffle(properties)
        for name, inner in properties:
            if self._often(0.3 + depth / 10):
                continue
            members.append((name, self.value(inner, depth + 1)))
        extra = schema.get("additionalProperties")
        if extra not in (None, False):
            inner = {} if extra is True else extra
            for _ in range(chance.randint(0, max(0, 3 - depth // 3))):
                key = chance.choice(["a", "1", "12", "red", "b", "kind"])
                members.append((key, self.value(inner, depth + 1)))
        keys = ["kind", "unknown", "output", "name", "myName", "my_name", "first", "second", "deep"]
        while self._often(0.1):
            wild = ['"cat"', '"dog"', "1", "[1]", '{"kind": "cat"}', '[{"x": [{"name": "a"}]}]']
            members.insert(
                chance.randrange(len(members) + 1), (chance.choice(keys), chance.choice(wild))
            )
        if members and self._often(0.1):
            members.append((chance.choice(members)[0], chance.choice(members)[1]))
        if not self._repeats:
            members = list(dict(members).items())
        return "{" + ", ".join(f"{json.dumps(key)}: {value}" for key, value in members) + "}"

    def _array(self, schema: Mapping[str, Any], depth: int) -> str:
        prefix = schema.get("prefixItems")
        if prefix:
            inners = prefix
        else:
            inners = [schema.get("items", {})] * self._chance.randint(0, max(0, 3 - depth // 3))
        return "[" + ", ".join(self.value(inner, depth + 1) for inner in inners) + "]"

    def _often(self, probability: float) -> bool:
        return self._chance.random() < probability


def shown(value: object) -> object:
    """Return a partial value as something that can be compared exactly, and printed."""
    if isinstance(value, BaseModel):
        fields = {name: shown(field) for name, field in value.__dict__.items()}
        return type(value).__name__, fields
    if isinstance(value, dict):
        return {key: shown(item) for key, item in cast("dict[object, object]", value).items()}
    if type(value) in (list, tuple):
        return type(value)(shown(item) for item in cast("list[object]", value))
    if isinstance(value, (set, frozenset)):
        return type(value).__name__, sorted(map(repr, cast("set[object]", value)))
    return repr(value)
