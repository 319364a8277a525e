"""The progression of partial values while an answer comes in."""

from __future__ import annotations

import copy
import datetime
import decimal
import enum
import itertools
import json
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    PlainValidator,
    RootModel,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass as pydantic_dataclass
from typing_extensions import TypeAliasType, TypedDict

from mirascope import llm
from mirascope.llm import Partial
from mirascope.llm.formatting.partial_reader import PartialReader

from .models import (
    Aliased,
    Author,
    Book,
    Cat,
    Color,
    Dog,
    Event,
    Everything,
    Movie,
    Node,
    Owner,
    Point,
    Tags,
    Tree,
)

T = TypeVar("T")


def reader_of(type_: Any) -> PartialReader[Any]:
    return PartialReader(llm.format(type_, mode="json"))


def progression(type_: Any, deltas: Sequence[str]) -> list[Any]:
    """Return what a consumer of `structured_stream()` sees."""
    reader = reader_of(type_)
    return [reader.value for delta in deltas if reader.feed(delta)]


def value(type_: Any, text: str) -> Any:
    """Return the value after `text`, which is the same for any cut of it."""
    whole = reader_of(type_)
    whole.feed(text)
    by_character = reader_of(type_)
    for char in text:
        by_character.feed(char)
    assert by_character.value == whole.value
    return whole.value


def book(**fields: object) -> Any:
    return Partial[Book](**fields)


def test_fields_appear_as_they_come_in() -> None:
    deltas = ['{"title": ', '"The Name of the Wind"', ', "author": "Patrick"', ', "year": 2007}']
    assert progression(Book, deltas) == [
        book(),
        book(title="The Name of the Wind"),
        book(title="The Name of the Wind", author="Patrick"),
        book(title="The Name of the Wind", author="Patrick", year=2007),
    ]


def test_values_are_instances_of_the_partial_class() -> None:
    (partial,) = progression(Author, ['{"name": "N", "books": [{"title": "T'])
    assert isinstance(partial, Partial[Author])
    assert isinstance(partial.books[0], Partial[Book])
    assert partial == Partial[Author](name="N", books=[book(title="T")])
    assert partial.model_dump() == {
        "name": "N",
        "books": [{"title": "T", "author": None, "year": None}],
    }
    assert partial.model_dump_json(exclude_unset=True) == '{"name":"N","books":[{"title":"T"}]}'
    assert partial.model_fields_set == {"name", "books"}
    assert partial != Partial[Author](name="N", books=[])


def test_strings_and_numbers_grow() -> None:
    texts = progression(Book, ['{"title": "', "A", "", "B\\", 'nC", "year": 1', "2", "3}"])
    assert texts == [
        book(title=""),
        book(title="A"),
        book(title="AB"),
        book(title="AB\nC", year=1),
        book(title="AB\nC", year=12),
        book(title="AB\nC", year=123),
    ]


def test_what_changes_nothing_is_not_announced() -> None:
    reader = reader_of(Book)
    assert [reader.feed(delta) for delta in ["Sure: ", "{", ' "unknown": [1, ', '{"title": "x"}']]
    assert reader.value == book()
    for delta in ["]", ', "title"', ": ", "null", ', "title": nu', "ll", "}", " x", ' {"a": 1}']:
        assert not reader.feed(delta)
        assert reader.value == book()


def test_what_came_before_is_never_changed() -> None:
    text = json.dumps({"name": "N", "books": [{"title": "A", "year": 1}, {"title": "B"}]})
    reader = reader_of(Author)
    handed_out: list[tuple[object, object]] = []
    for char in text:
        if reader.feed(char):
            handed_out.append((reader.value, copy.deepcopy(reader.value)))
    assert len(handed_out) > 10
    assert all(value == as_it_was for value, as_it_was in handed_out)
    assert all(one != other for (one, _), (other, _) in itertools.pairwise(handed_out))


def test_complete_items_are_shared_not_copied() -> None:
    reader = reader_of(Author)
    reader.feed('{"books": [{"title": "A"}, {"title": "B')
    before: Any = reader.value
    reader.feed("C")
    after: Any = reader.value
    assert after.books[0] is before.books[0]
    assert after.books[1] is not before.books[1]


@pytest.mark.parametrize(
    ("type_", "text", "values"),
    [
        (int, '{"output": 0}', [0]),
        (bool, '{"output": false}', [False]),
        (str, '{"output": ""}', [""]),
        (list[int], '{"output": []}', [[]]),
        (dict[str, int], '{"output": {}}', [{}]),
        (float, '{"output": 1.25}', [1.0, 1.2, 1.25]),
        (int, '{"output": 120}', [1, 12, 120]),
        (bytes, '{"output": "ab"}', [b"", b"a", b"ab"]),
        (list[int], '{"output": [1, 23]}', [[], [1], [1, 2], [1, 23]]),
        (tuple[int, ...], '{"output": [1, 2]}', [(), (1,), (1, 2)]),
        (set[int], '{"output": [1, 1, 2]}', [set(), {1}, {1, 2}]),
        (frozenset[str], '{"output": ["a"]}', [frozenset(), frozenset({""}), frozenset({"a"})]),
        (Literal["a", "ab"], '{"output": "ab"}', ["ab"]),
        (Color, '{"output": "red"}', [Color.RED]),
        (int | None, '{"output": null}', []),
        (list, '{"output": [1, "a"]}', [[], [1], [1, ""], [1, "a"]]),
        (dict, '{"output": {"a": [1]}}', [{}, {"a": []}, {"a": [1]}]),
        # Without a wrapper.
        (list[int], "[1, 2]", [[], [1], [1, 2]]),
        (dict[str, int], '{"a": 1}', [{}, {"a": 1}]),
        # With what is not asked for.
        (int, '{"other": 5, "output": 1}', [1]),
        (int, '{"output": 1, "other": 5}', [1]),
    ],
)
def test_types_that_are_no_object(type_: Any, text: str, values: list[object]) -> None:
    seen = progression(type_, text)
    assert seen == values
    assert [type(one) for one in seen] == [type(one) for one in values]


def test_lists_of_models() -> None:
    seen = progression(list[Book], ['{"output": [', '{"title": "A"', '}, {"year": 1', "2}]}"])
    assert seen == [
        [],
        [book(title="A")],
        [book(title="A"), book(year=1)],
        [book(title="A"), book(year=12)],
    ]
    assert isinstance(seen[1][0], Partial[Book])


def test_recursive_models() -> None:
    partial = value(Node, '{"value": 1, "children": [{"value": 2, "children": [{"value": 3')
    node = Partial[Node]
    assert partial == node(value=1, children=[node(value=2, children=[node(value=3)])])
    assert type(partial.children[0].children[0]) is node


def test_root_models() -> None:
    assert value(Tags, '{"output": ["a", "b') == Partial[Tags](["a", "b"])
    assert value(Tags, '["a"') == Partial[Tags](["a"])
    tree = value(Tree, '{"output": {"a": {"b": {}')
    assert tree == Partial[Tree].model_validate({"a": {"b": {}}})


class Generics(BaseModel):
    rows: list[list[Book]]
    index: dict[str, list[Book]]
    maybe: list[Book] | None
    pairs: tuple[Book, ...]
    view: Sequence[Book]
    mapping: Mapping[int, Book]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"rows": [[{"title": "A', {"rows": [[{"title": "A"}]]}),
        ('{"index": {"x": [{"title": "A', {"index": {"x": [{"title": "A"}]}}),
        ('{"maybe": [{"title": "A', {"maybe": [{"title": "A"}]}),
        ('{"maybe": null', {"maybe": None}),
        ('{"pairs": [{"title": "A', {"pairs": [{"title": "A"}]}),
        ('{"view": [{"title": "A', {"view": [{"title": "A"}]}),
        ('{"mapping": {"1": {"title": "A', {"mapping": {1: {"title": "A"}}}),
        ('{"mapping": {"one": {"title": "A', {"mapping": {}}),
    ],
)
def test_generics_at_any_depth(text: str, fields: dict[str, object]) -> None:
    assert value(Generics, text) == Partial[Generics].model_validate(fields)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"myName": "a', {"my_name": "a"}),
        ('{"my_name": "a', {"my_name": "a"}),
        ('{"myName": "a", "my_name": "b"}', {"my_name": "a"}),
        ('{"my_name": "b", "myName": "a"}', {"my_name": "a"}),
        ('{"first": "a"', {"either": "a"}),
        ('{"second": "b"', {"either": "b"}),
        ('{"second": "b", "first": "a"}', {"either": "a"}),
        ('{"first": "a", "second": "b"}', {"either": "a"}),
        ('{"either": "c"', {"either": "c"}),
        ('{"deep": [{"x": "a"', {}),  # once it is complete
        ('{"deep": [{"x": "a"}]', {"inside": "a"}),
        ('{"deep": []', {}),
        ('{"deep": {"x": 1}', {}),
        ('{"deep": 1, "myName": "x"', {"my_name": "x"}),
        ('{"deep": [{"x": "a"}], "inside": "b"}', {"inside": "a"}),
    ],
)
def test_aliases(text: str, fields: dict[str, object]) -> None:
    assert value(Aliased, text) == Partial[Aliased](**fields)


def test_alias_generators_and_settings() -> None:
    class Camel(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel)

        first_name: str

    class Named(BaseModel):
        model_config = ConfigDict(validate_by_alias=False, validate_by_name=True)

        first: str = Field(alias="uno")

    class Shared(BaseModel):
        one: list[int] = Field(alias="x")
        other: set[int] = Field(alias="x")

    assert value(Camel, '{"firstName": "a", "first_name": "b"}').first_name == "a"
    assert value(Named, '{"uno": "a", "first": "b"}').first == "b"
    shared = value(Shared, '{"x": [1]}')
    assert (shared.one, shared.other) == ([1], {1})


def test_values_that_show_when_complete() -> None:
    event = Partial[Event]
    assert value(Event, '{"color": "red') == event()
    assert value(Event, '{"color": "red"') == event(color=Color.RED)
    assert value(Event, '{"kind": "a') == event()
    assert value(Event, '{"kind": "ab"') == event(kind="ab")
    assert value(Event, '{"when": "2020-01-01T00:00:00') == event()
    noon = datetime.datetime(2020, 1, 1, 12)
    assert value(Event, '{"when": "2020-01-01T12:00:00"') == event(when=noon)
    assert value(Event, '{"point": [1, 2') == event()
    assert value(Event, '{"point": [1, 2]') == event(point=(1, 2))


def test_values_that_turn_out_invalid_stay_absent() -> None:
    event = Partial[Event]
    text = '{"color": "blue", "kind": "b", "when": "noon", "point": [1], "other": 1'
    assert value(Event, text) == event()
    assert progression(Event, ["{", *text[1:]]) == [event()]
    assert value(list[Color], '{"output": ["red", "blue", "green"]') == [Color.RED, Color.GREEN]


class Kinds(BaseModel):
    amount: decimal.Decimal
    id: uuid.UUID
    pair: Pair
    queue: deque[int]
    free: Any
    json_value: JsonValue
    upper: Annotated[str, BeforeValidator(str.upper)]
    positive: Annotated[int, Field(gt=0)]


class Pair(NamedTuple):
    a: int
    b: str


def test_other_kinds_of_values() -> None:
    document = {
        "amount": "1.50",
        "id": "12345678-1234-5678-1234-567812345678",
        "pair": [1, "x"],
        "queue": [1, 2],
        "free": {"a": [1]},
        "json_value": [{"a": None}],
        "upper": "ab",
        "positive": -5,
    }
    partial = value(Kinds, json.dumps(document))
    assert partial.amount == decimal.Decimal("1.50")
    assert partial.id == uuid.UUID(int=0x12345678123456781234567812345678)
    assert partial.pair == Pair(1, "x")
    assert partial.queue == deque([1, 2])
    assert partial.free == {"a": [1]}
    assert partial.json_value == [{"a": None}]
    # Validators and constraints are for complete answers.
    assert partial.upper == "ab"
    assert partial.positive == -5
    assert value(Kinds, '{"free": {"a": [1').free == {"a": [1]}
    assert value(Kinds, '{"pair": [1, "x"').pair is None
    assert value(Kinds, '{"queue": {"a": 1}}').queue is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("title", "5"),
        ("title", "true"),
        ("title", "[1"),
        ("title", "{"),
        ("year", '"soon"'),
        ("year", "1.5,"),
        ("year", "["),
    ],
)
def test_a_value_of_the_wrong_kind_rejects_the_answer(field: str, wrong: str) -> None:
    text = f'{{"author": "A", "{field}": {wrong}'
    assert value(Book, text) is None
    assert progression(Book, [text, ', "x": 1']) == []
    nested = f'{{"books": [{{}}, {text}'
    assert value(Author, nested) is None
    assert value(dict[str, Author], f'{{"output": {{"a": {nested}') is None


def test_a_repeated_key_may_put_it_right() -> None:
    assert value(Book, '{"title": 5, "title": "T"') == book(title="T")
    assert value(dict[str, str], '{"output": {"a": 5, "a": "x"') == {"a": "x"}
    assert value(Aliased, '{"deep": [{"x": 1}], "deep": [{"x": "y"}]').inside == "y"


def test_members_of_a_dict_whose_keys_are_not_allowed_are_left_out() -> None:
    deltas = ['{"output": {"1": "a", ', '"one": "b"', ', "two": 5', ', "3": "c', '", "1": "d"}}']
    assert progression(dict[int, str], deltas) == [{1: "a"}, {1: "a", 3: "c"}, {1: "d", 3: "c"}]
    # They count against a member of a union, as a field's value that is not allowed does.
    assert value(dict[int, Book] | Book, '{"output": {"title": "T') == book(title="T")
    assert value(dict[int, Book] | Author, '{"output": {"unknown": {') == Partial[Author]()


def test_a_value_that_is_missing_shows_no_mark() -> None:
    class Home(BaseModel):
        pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Field(
            validation_alias=AliasPath("deep", "pet")
        )

    # Of the wrong kind, and then of the right one but not allowed.
    assert value(dict[str, Color], '{"output": {"a": [1], "a": "blue"') is None
    # A union whose tag has not arrived when all else has.
    assert value(Home, '{"deep": {"pet": {"name": "R"}}') == Partial[Home]()


def test_numbers_in_strings_are_numbers_when_complete() -> None:
    assert value(Book, '{"year": "19') == book()
    assert value(Book, '{"year": "1999"') == book(year=1999)
    assert value(float, '{"output": 1' + "0" * 400 + "}") in (None, float("inf"))


def test_null_counts_as_absent() -> None:
    assert value(Author, '{"name": null, "books": null}') == Partial[Author]()


class Shelf(BaseModel):
    thing: Book | Author | str | list[int] | None = None
    when: datetime.date | str = ""
    number: int | float = 0
    tag: Literal["auto"] | int = 0


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ('{"thing": "a', "thing", "a"),
        ('{"thing": [1', "thing", [1]),
        ('{"thing": null', "thing", None),
        ('{"thing": {"title": "T', "thing", Partial[Book](title="T")),
        ('{"thing": {"name": "N', "thing", Partial[Author](name="N")),
        ('{"thing": {"title": 5, "name": "N', "thing", Partial[Author](name="N")),
        ('{"when": "2020-01', "when", "2020-01"),
        ('{"when": "2020-01-01"', "when", datetime.date(2020, 1, 1)),
        ('{"when": "soon"', "when", "soon"),
        ('{"number": 1', "number", 1),
        ('{"number": 1.5', "number", 1.5),
        ('{"tag": "au', "tag", None),
        ('{"tag": "auto"', "tag", "auto"),
        ('{"tag": 12', "tag", 12),
    ],
)
def test_unions(text: str, field: str, expected: object) -> None:
    found = getattr(value(Shelf, text), field)
    assert found == expected
    assert type(found) is type(expected)


def test_a_union_that_nothing_fits_rejects_the_answer() -> None:
    assert value(Shelf, '{"number": "x"') is None
    assert value(Shelf, '{"thing": {"title": 1, "name": 1}') is None
    assert value(Shelf, '{"tag": "x"').tag is None  # but an unknown literal stays absent


class Name(RootModel[str]):
    pass


class Pixel(BaseModel):
    model_config = ConfigDict(frozen=True)

    x: int


class Money:
    """A type that pydantic knows only by what is said about it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.text == self.text

    __hash__ = None  # type: ignore[assignment]


AnyMoney = Annotated[Money, PlainValidator(Money), WithJsonSchema({"type": "string"})]


class Mixed(BaseModel):
    name: Name | int = 0
    either: Name | Literal["auto"] | datetime.date = "auto"
    pets: list[Annotated[Cat | Dog, Field(discriminator="kind")]] = []
    pixels: set[Pixel] = set()
    money: AnyMoney | None = None
    sizes: Annotated[list[int], {"unhashable": "metadata"}] = []
    anything: set[Any] = set()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ('{"name": "a', {"name": Partial[Name]("a")}),
        ('{"name": 1', {"name": 1}),
        ('{"either": "x"', {"either": Partial[Name]("x")}),
        ('{"either": "auto"', {"either": "auto"}),
        ('{"either": "2020-01-01"', {"either": datetime.date(2020, 1, 1)}),
        ('{"pets": [{"name": "R"', {"pets": []}),
        ('{"pets": [{"kind": "dog"', {"pets": [Partial[Dog](kind="dog")]}),
        ('{"pixels": [{"x": 1}', {}),
        ('{"pixels": [{"x": 1}]', {"pixels": {Pixel(x=1)}}),
        ('{"money": "5', {}),
        ('{"money": "5 EUR"', {"money": Money("5 EUR")}),
        ('{"sizes": [1', {"sizes": [1]}),
        ('{"anything": [1, "a"', {"anything": {1, "a"}}),
    ],
)
def test_mixed_kinds(text: str, fields: dict[str, Any]) -> None:
    assert value(Mixed, text) == Partial[Mixed].model_construct(**fields)


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        (set[Any], '{"output": [[1'),
        (tuple[Book, ...], '{"output": [{}, 5'),
        (tuple[Book, ...], '{"output": [5, {}'),
        (list[Book], '{"output": [5, {}'),
        (list[Book], '{"output": {"a": 1'),
        (list[Book], '{"output": "a'),
        (dict[str, int], '{"output": [1'),
        (dict[str, int], '{"output": "a'),
        (Literal["a"], '{"output": {}'),
        (Literal["a"], '{"output": []'),
        (Tags, '{"output": 5'),
        (Tags, '{"output": {}'),
        (type(None) | int, '{"output": {}'),  # type: ignore[operator]
        (Cat | Dog, '{"output": {"name": 1}'),
        (Aliased, '{"deep": [{"x": {"a": 1}}]'),
    ],
)
def test_the_wrong_kind_of_other_types(type_: Any, text: str) -> None:
    assert value(type_, text) is None


def test_aliases_into_values_of_every_kind() -> None:
    class Inside(BaseModel):
        book: Book = Field(validation_alias=AliasPath("deep", "book"))
        books: list[Book] = Field(validation_alias=AliasPath("deep", "books"))
        color: Color = Field(validation_alias=AliasChoices("color", AliasPath("deep", "color")))

    text = '{"deep": {"book": {"title": "T"}, "books": [{"year": 1}], "color": "blue"}'
    inside = Partial[Inside]
    assert value(Inside, text) == inside(book=book(title="T"), books=[book(year=1)])
    assert value(Inside, '{"color": "red", "deep": {"color": "green"}') == inside(color=Color.RED)
    assert value(Inside, '{"deep": {"color": "green"}') == inside(color=Color.GREEN)


def test_types_that_name_themselves() -> None:
    assert value(Nested, '{"output": [1, [2, {"a": [3') == [1, [2, {"a": [3]}]]
    assert value(Nested, '{"output": 1') == 1
    assert value(Page, '{"items": [1, {"a": "x').items == [1, {"a": "x"}]


Nested = TypeAliasType("Nested", "int | list[Nested] | dict[str, Nested]")  # type: ignore[misc]


def test_a_tag_decides_once_it_is_there() -> None:
    cat, dog, owner = Partial[Cat], Partial[Dog], Partial[Owner]
    assert value(Owner, '{"pet": {"name": "R", "kind": "do') == owner()
    assert value(Owner, '{"pet": {"name": "R", "kind": "dog"') == owner(
        pet=dog(kind="dog", name="R")
    )
    assert value(Owner, '{"pet": {"kind": "cat", "name": "T') == owner(
        pet=cat(kind="cat", name="T")
    )
    assert value(Owner, '{"pet": {"kind": "cow", "name": "T"}') == owner()


def test_without_a_tag_the_likeliest_member_is_shown() -> None:
    cat, dog, owner = Partial[Cat], Partial[Dog], Partial[Owner]
    assert value(Owner, '{"others": [{') == owner(others=[cat()])
    assert value(Owner, '{"others": [{"good": true') == owner(others=[dog(good=True)])
    assert value(Owner, '{"others": [{"kind": "dog"') == owner(others=[dog(kind="dog")])
    assert value(Owner, '{"others": [{"name": "T", "kind": "dog"}, {"kind": "cat"') == owner(
        others=[dog(kind="dog", name="T"), cat(kind="cat")]
    )


def test_at_the_end_a_union_prefers_the_member_that_is_complete() -> None:
    class Both(BaseModel):
        a: int
        b: int

    class OnlyA(BaseModel):
        a: int

    class Closed(BaseModel):
        model_config = ConfigDict(extra="forbid")

        a: int

    assert value(Both | OnlyA, '{"output": {"a": 1') == Partial[Both](a=1)
    assert value(Both | OnlyA, '{"output": {"a": 1}') == Partial[OnlyA](a=1)
    assert value(Both | OnlyA, '{"output": {"a": 1, "b": 2}') == Partial[Both](a=1, b=2)
    assert value(Closed | OnlyA, '{"output": {"z": 1, "a": 1') == Partial[OnlyA](a=1)


def test_unions_of_nested_things() -> None:
    class Deep(BaseModel):
        rows: list[Cat | Dog] | dict[str, Cat | Dog]

    class Deeper(BaseModel):
        either: Deep | Author

    deep = Partial[Deep]
    assert value(Deep, '{"rows": [{"kind": "dog"') == deep(rows=[Partial[Dog](kind="dog")])
    assert value(Deep, '{"rows": {"a": {"kind": "dog"') == (
        deep(rows={"a": Partial[Dog](kind="dog")})
    )
    rows = [Partial[Dog](kind="dog", name="R"), Partial[Cat](lives=1)]
    assert value(Deeper, '{"either": {"rows": [{"kind": "dog", "name": "R"}, {"lives": 1') == (
        Partial[Deeper](either=deep(rows=rows))
    )
    assert value(Deeper, '{"either": {"name": "N", "books": [{}') == (
        Partial[Deeper](either=Partial[Author](name="N", books=[book()]))
    )


def test_dataclasses_and_typed_dicts() -> None:
    assert value(Point, '{"x": 1, "labels": ["a') == Partial[Point](x=1, labels=["a"])
    assert value(Point, '{"x": 1').y is None
    movie = value(Movie, '{"title": "M", "cast": [{"name": "N')
    assert movie == {"title": "M", "cast": [Partial[Author](name="N")]}
    assert type(movie) is dict
    text = '{"point": {"x": 1}, "movie": {"title": "M"}, "tags": ["a"], "node": {"value": 1'
    everything = value(Everything, text)
    assert everything == Partial[Everything](
        point=Partial[Point](x=1),
        movie={"title": "M"},
        tags=Partial[Tags](["a"]),
        node=Partial[Node](value=1),
    )


def test_fields_of_dataclasses() -> None:
    @pydantic_dataclass(config=ConfigDict(alias_generator=to_camel))
    class Camel:
        first_name: str

    @dataclass
    class Plain:
        size: Annotated[int, Field(alias="sz")]
        name: str = Field(alias="nm", default="x")  # type: ignore[assignment]
        _hidden: int = 0

    assert value(Camel, '{"firstName": "a"').first_name == "a"
    plain = value(Plain, '{"sz": 1, "nm": "a", "_hidden": 2')
    assert (plain.size, plain.name) == (1, "a")


class Linked(TypedDict, total=False):
    value: Annotated[int, Field(alias="v")]
    next: Linked


def test_recursive_typed_dicts() -> None:
    assert value(Linked, '{"v": 1, "next": {"v": 2') == {"value": 1, "next": {"value": 2}}


class Page(BaseModel, Generic[T]):
    items: list[T]


@dataclass
class Box(Generic[T]):
    content: T


def test_parametrised_types() -> None:
    assert value(Page[Book], '{"items": [{"title": "T') == Partial[Page[Book]](
        items=[book(title="T")]
    )
    assert value(Box[int], '{"content": 1') is None  # once it is complete
    assert value(Box[int], '{"content": 1}') == Box(1)


def test_named_types() -> None:
    shelf = TypeAliasType("shelf", list[Book])
    assert value(shelf, '{"output": [{"title": "T') == [book(title="T")]
    assert value(JsonValue, '{"output": [1, {"a": "x') == [1, {"a": "x"}]


def test_enums_of_several_kinds() -> None:
    class Size(enum.IntEnum):
        SMALL = 1
        LARGE = 12

    assert value(Size, '{"output": 1') is None
    assert value(Size, '{"output": 1}') is Size.SMALL
    assert value(Size, '{"output": 12}') is Size.LARGE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sure thing", None),
        ("Sure! Here you are: ", None),
        ('Sure! {"title": "T', {"title": "T"}),
        ('Use {braces} and {}: {"title": "T', {"title": "T"}),
        ('Use {"a", "b"}: {"title": "T', {"title": "T"}),
        ('{"a" "b"} {"title": "T', {"title": "T"}),
        ('{"title": "x" oops} then {"title": "T', {"title": "T"}),
        ('{"title": "T" oops', {"title": "T"}),
        ('{"title": 5} {"title": "T', None),  # the first object decides
        ('{"title": "T"} {"title": "U"}', {"title": "T"}),
        ('{"title": "T"} ```json', None),
        ('{"title": "T"}\n```json\n{"title": "U', {"title": "U"}),
        ('{"title": "T\n``` ```json\n{"title": "U', {"title": "U"}),
        ('{"title": 5} ```json\n{"title": "U', {"title": "U"}),
        ('```json {"title": "T"} ``` ```json {"title": "U"}', {"title": "T"}),
        ('{"title": "a ```json {} ``` b', {"title": "a ```json {} ``` b"}),
        ('``` `json {"title": "T', {"title": "T"}),
        ("[1, 2]", None),
        ('[{"title": "T', {"title": "T"}),
        ('{"title": "x', {"title": "x"}),
    ],
)
def test_prose_and_fences(text: str, expected: dict[str, object] | None) -> None:
    assert value(Book, text) == (None if expected is None else book(**expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The [list]: {"output": ["a', ["a"]),
        ('[note] {"output": ["a', ["a"]),
        ('["b"] no: {"output": ["a', ["a"]),
        ('\n ["b', ["b"]),
        ('```json\n["b', ["b"]),
        ('x ["b', None),
    ],
)
def test_bare_arrays(text: str, expected: object) -> None:
    assert value(list[str], text) == expected


def test_a_fence_starts_again() -> None:
    deltas = ['{"title": "draft"}', " better: ``", '`json {"title": "draft"', "}", "```"]
    reader = reader_of(Book)
    assert [reader.feed(delta) for delta in deltas] == [True, False, False, False, False]
    assert reader.value == book(title="draft")


def test_text_that_becomes_no_json_has_no_value() -> None:
    reader = reader_of(Book)
    assert reader.feed('{"title": "a')
    assert not reader.feed("\n")
    assert reader.value is None
    assert not reader.feed('b", "author": "A"}')
    assert reader.value is None


def test_a_value_that_comes_back_is_announced_once() -> None:
    reader = reader_of(float)
    announced = [reader.value for char in '{"output": 1.0e0}' if reader.feed(char)]
    assert announced == [1.0]
    assert reader.value == 1.0


def test_no_format() -> None:
    format: llm.Format[Any] = llm.Format(
        name="", description=None, schema={}, mode="json", formattable=type(None)
    )
    reader = PartialReader(format)
    assert not reader.feed('{"a": 1}')
    assert reader.value is None


def test_an_output_parser_has_no_partial_values() -> None:
    @llm.output_parser(formatting_instructions="")
    def parser(response: llm.AnyResponse) -> int:
        return 1

    with pytest.raises(TypeError, match="output parser"):
        PartialReader(llm.format(parser, mode="parser"))
