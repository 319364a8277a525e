"""Formats that several tests use."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from typing import Annotated, Literal, NotRequired

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, RootModel
from typing_extensions import TypedDict


class Book(BaseModel):
    """A book."""

    title: str
    author: str
    year: int


class Author(BaseModel):
    name: str
    books: list[Book] = []


class Node(BaseModel):
    value: int
    children: list[Node] = []
    parent: Node | None = None


class Ping(BaseModel):
    pong: Pong | None = None


class Pong(BaseModel):
    pings: dict[str, Ping] = {}


class Aliased(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    my_name: str = Field(alias="myName")
    either: str = Field(validation_alias=AliasChoices("first", "second"))
    inside: str = Field(validation_alias=AliasPath("deep", 0, "x"))


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"


class Event(BaseModel):
    color: Color
    kind: Literal["a", "ab"]
    when: datetime.datetime
    point: tuple[int, int]


class Cat(BaseModel):
    kind: Literal["cat"]
    name: str
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str
    good: bool = True


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator="kind")]
    others: list[Cat | Dog] = []


class Tags(RootModel[list[str]]):
    """Some tags."""


class Tree(RootModel[dict[str, "Tree"]]):
    pass


@dataclass
class Point:
    x: int
    y: int = 0
    labels: list[str] = field(default_factory=list)


class Movie(TypedDict):
    """A movie."""

    title: str
    cast: list[Author]
    year: NotRequired[int]


@dataclass
class Everything:
    """All kinds of records in one."""

    point: Point
    movie: Movie
    tags: Tags
    node: Node | None = None
