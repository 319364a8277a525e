"""What may be asked for as a format, and what `parse` returns then.

mypy reads a type that is written with ``|`` or a special form as the type it is only where that is
said, with ``TypeForm(...)``; elsewhere it takes it, and `parse` returns Any. Pyright reads all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, TypedDict, assert_type

from pydantic import BaseModel, Field
from typing_extensions import TypeForm

from mirascope import llm


class Book(BaseModel):
    title: str


class Row(TypedDict):
    title: str


@dataclass
class Shelf:
    books: list[Book]


class Mood(Enum):
    GOOD = "good"


Word = Literal["yes", "no"]
MODEL = "openai/gpt-5-mini"


@llm.call(MODEL, format=Book | None)
def maybe(q: str) -> str:
    return q


@llm.call(MODEL, format=TypeForm(Book | None))
def told(q: str) -> str:
    return q


@llm.call(MODEL, format=Literal["yes", "no"])
async def answered(q: str) -> str:
    return q


@llm.prompt(format=Word)
def asked(q: str) -> str:
    return q


@llm.call(MODEL, format=llm.format(TypeForm(Literal["yes", "no"]), mode="strict"))
def formatted(q: str) -> str:
    return q


def unions_and_special_forms(model: llm.Model) -> None:
    book: Book | None = maybe("x").parse()
    partial: Book | None = maybe.stream("x").parse(partial=True)
    word: Literal["yes", "no"] = asked(MODEL, "x").parse()
    length: int = model.call("x", format=Annotated[int, Field(gt=0)]).parse()
    either: Book | int = model.stream("x", format=Book | int).parse()
    print(book, partial, word, length, either)
    assert_type(told("x"), llm.Response[Book | None])
    assert_type(told("x").parse(), Book | None)
    assert_type(told.stream("x"), llm.StreamResponse[Book | None])
    assert_type(formatted("x").parse(), Literal["yes", "no"])


async def later(model: llm.Model) -> None:
    word: Literal["yes", "no"] = (await answered("x")).parse()
    maybe_book: Book | None = (await model.call_async("x", format=Book | None)).parse()
    print(word, maybe_book)
    assert_type(await model.call_async("x", format=Mood), llm.AsyncResponse[Mood])


def classes(model: llm.Model) -> None:
    assert_type(model.call("x", format=Row).parse(), Row)
    assert_type(model.call("x", format=Shelf).parse(), Shelf)
    assert_type(model.call("x", format=Mood).parse(), Mood)
    assert_type(model.call("x", format=date).parse(), date)
    assert_type(model.call("x", format=bool).parse(), bool)
    assert_type(model.call("x", format=bytes).parse(), bytes)
    assert_type(model.call("x", format=list[Book]).parse(), list[Book])
    assert_type(model.call("x", format=list[Book | None]).parse(), list[Book | None])
    assert_type(model.call("x", format=list[Literal["a"]]).parse(), list[Literal["a"]])
    assert_type(model.call("x", format=dict[str, Row]).parse(), dict[str, Row])
    assert_type(model.call("x", format=tuple[int, str]).parse(), tuple[int, str])
    assert_type(model.call("x", format=None), llm.Response[None])


def of_some_kind(model: llm.Model, kind: type[Book] | None, any_kind: Any) -> None:
    assert_type(model.call("x", format=kind), llm.Response[Book])
    assert_type(model.call("x", format=any_kind), llm.Response[Any])


def refused(model: llm.Model) -> None:
    model.call("x", format=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model.call("x", format="Book")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model.call("x", format=[Book])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model.call("x", format=Book(title="x"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model.call("x", format=Mood.GOOD)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model.call("x", format=lambda: 3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    book: int = told("x").parse()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    print(book)
