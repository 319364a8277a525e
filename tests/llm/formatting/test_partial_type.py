"""What `Partial[...]` is."""

from __future__ import annotations

import copy
import enum
import pickle
import types
import typing
from typing import Annotated, Generic, Literal, Optional, Self, TypeVar

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator
from typing_extensions import TypeAliasType

from mirascope.llm import Partial

from .models import (
    Aliased,
    Author,
    Book,
    Cat,
    Dog,
    Everything,
    Movie,
    Node,
    Owner,
    Ping,
    Point,
    Tags,
    Tree,
)


def annotation(partial: typing.Any, field: str) -> object:
    return partial.model_fields[field].annotation


def test_a_model() -> None:
    partial = Partial[Book]
    assert issubclass(partial, BaseModel)
    assert partial.__name__ == "PartialBook"
    assert partial is Partial[Book]
    assert Partial[partial] is partial
    assert partial().model_dump() == {"title": None, "author": None, "year": None}
    assert partial(title="x").title == "x"
    assert repr(partial(title="x")) == "PartialBook(title='x', author=None, year=None)"


@pytest.mark.parametrize(
    "type_",
    [
        *(str, int, list, dict, type(None), list[str], dict[str, list[int]], int | None),
        *(
            Optional[str],  # noqa: UP045 - the older form, too
            Literal["a"],
            Annotated[str, Field(min_length=2)],
            enum.Enum,
            set[int],
        ),
        *(typing.Any, object, tuple[int, str], TypeVar("T")),
    ],
)
def test_types_without_records_are_unchanged(type_: object) -> None:
    assert Partial[type_] is type_


def test_generics_at_any_depth() -> None:
    partial = Partial[Book]
    assert Partial[list[Book]] == list[partial]
    assert Partial[list[list[Book]]] == list[list[partial]]
    assert Partial[dict[str, list[Book]]] == dict[str, list[partial]]
    assert Partial[list[Book] | None] == list[partial] | None
    assert Partial[tuple[Book, ...]] == tuple[partial, ...]
    assert Partial[Book | str] == partial | str
    assert Partial[Annotated[Book, "x"]] is partial


def test_nested_models() -> None:
    assert annotation(Partial[Author], "books") == list[Partial[Book]] | None
    built = Partial[Author].model_validate({"books": [{"title": "x"}]})
    assert isinstance(built.books[0], Partial[Book])


def test_recursive_models() -> None:
    partial = Partial[Node]
    assert annotation(partial, "children") == list[partial] | None
    assert annotation(partial, "parent") == partial | None
    built = partial.model_validate({"children": [{"children": [{"value": 1}]}]})
    assert isinstance(built.children[0].children[0], partial)
    pong = Partial[Ping].model_validate({"pong": {"pings": {"x": {"pong": {}}}}}).pong
    assert isinstance(pong.pings["x"], Partial[Ping])
    assert type(pong.pings["x"].pong) is type(pong)


def test_models_that_name_themselves_self() -> None:
    class Link(BaseModel):
        next: Self | None = None

    assert annotation(Partial[Link], "next") == Partial[Link] | None


def test_unions_keep_their_members() -> None:
    expected = Partial[Cat] | Partial[Dog] | None
    assert annotation(Partial[Owner], "pet") == expected


def test_dataclasses_and_typed_dicts() -> None:
    point = Partial[Point]
    assert issubclass(point, BaseModel)
    assert point(x=1).model_dump() == {"x": 1, "y": None, "labels": None}
    movie = Partial[Movie]
    assert movie.__name__ == "PartialMovie"
    assert movie.__required_keys__ == frozenset()
    everything = Partial[Everything].model_validate(
        {"point": {"y": 2}, "movie": {"cast": [{"name": "x"}]}, "tags": ["a"], "node": {}}
    )
    assert everything.point == point(y=2)
    assert everything.movie == {"cast": [Partial[Author](name="x")]}
    assert everything.tags == Partial[Tags](["a"])
    assert everything.node == Partial[Node]()


def test_root_models() -> None:
    assert Partial[Tags].__name__ == "PartialTags"
    assert Partial[Tags](["a"]).root == ["a"]
    tree = Partial[Tree].model_validate({"a": {"b": {}}})
    assert isinstance(tree.root["a"].root["b"], Partial[Tree])


def test_aliases_and_names_are_both_accepted() -> None:
    partial = Partial[Aliased]
    by_alias = partial.model_validate({"myName": "a", "second": "b", "deep": [{"x": "c"}]})
    assert by_alias == partial(my_name="a", either="b", inside="c")


def test_what_constrains_a_whole_value_does_not_constrain_a_part() -> None:
    class Strict(BaseModel):
        """Documented."""

        model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

        name: str = Field(min_length=3, default="none")
        size: Annotated[int, Field(ge=10)]

        @field_validator("name")
        @classmethod
        def refuse(cls, value: str) -> str:
            raise AssertionError("never called")

    assert Partial[Strict].model_validate({"name": "a", "size": 1, "other": 2}).name == "a"
    assert Partial[Strict]().name is None


def test_fields_that_shadow_methods_warn_nobody() -> None:
    with pytest.warns(UserWarning, match="shadows"):

        class Shadow(BaseModel):
            copy: str  # type: ignore[assignment]

    assert Partial[Shadow](copy="x").copy == "x"


def test_generic_and_named_types() -> None:
    T = TypeVar("T")

    class Page(BaseModel, Generic[T]):
        items: list[T]

    assert annotation(Partial[Page[Book]], "items") == list[Partial[Book]] | None
    shelf = TypeAliasType("shelf", list[Book])
    assert Partial[shelf] == list[Partial[Book]]
    rows = TypeAliasType("rows", list[T], type_params=(T,))
    assert Partial[rows[Book]] == list[Partial[Book]]

    class Library(BaseModel):
        new: shelf  # type: ignore[valid-type]
        old: shelf  # type: ignore[valid-type]

    Library.model_rebuild(_types_namespace={"shelf": shelf})
    assert annotation(Partial[Library], "new") == list[Partial[Book]] | None
    assert annotation(Partial[Library], "old") == list[Partial[Book]] | None
    new = typing.NewType("new", Book)
    assert Partial[new] is Partial[Book]


def test_partial_itself_is_no_class_to_use() -> None:
    with pytest.raises(TypeError, match="Cannot instantiate"):
        Partial()
    with pytest.raises(TypeError, match="Cannot instantiate"):
        Partial(title="x")
    with pytest.raises(TypeError, match="Cannot subclass"):
        types.new_class("Sub", (Partial,))


def test_instances_can_be_copied_and_pickled() -> None:
    instance = Partial[Everything].model_validate(
        {"point": {"y": 2}, "movie": {"title": "x"}, "tags": ["a"], "node": {"parent": {}}}
    )
    pickled = pickle.loads(pickle.dumps(instance))
    for again in (pickled, copy.deepcopy(instance), copy.copy(instance)):
        assert again == instance
        assert type(again) is type(instance)
        assert again.model_fields_set == instance.model_fields_set
