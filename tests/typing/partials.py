"""The fields of a partial are those of what it is a part of; that each may be None is not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict, assert_type

from pydantic import BaseModel

from mirascope import llm


class Author(BaseModel):
    name: str
    born: int | None


class Book(BaseModel):
    title: str
    authors: list[Author]


class Row(TypedDict):
    title: str


@dataclass
class Shelf:
    books: list[Book]


def shown(book: llm.Partial[Book]) -> str:
    return book.title or "..."


def models(response: llm.StreamResponse[Book]) -> None:
    for book in response.structured_stream():
        assert_type(book, llm.Partial[Book])
        assert_type(book.title, str)
        assert_type(book.authors[0].name, str)
        assert_type(shown(book), str)
        if book.authors and book.authors[-1].born is not None:
            print(book.authors[-1].born + 1)
        print(book.titel)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
        print(book.authors[0].nane)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    if partial := response.parse(partial=True):
        print(partial.titel)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


async def asynchronous(response: llm.AsyncStreamResponse[Shelf]) -> None:
    async for shelf in response.structured_stream():
        for book in shelf.books or []:
            assert_type(book.title, str)
        print(shelf.boks)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def others(rows: llm.StreamResponse[Row], books: llm.StreamResponse[list[Book]]) -> None:
    for row in rows.structured_stream():
        assert_type(row["title"], str)
        print(row["titel"])  # type: ignore[typeddict-item]  # pyright: ignore[reportTypedDictNotRequiredAccess, reportGeneralTypeIssues]
    for some in books.structured_stream():
        for book in some:
            assert_type(book.title, str)
            print(book.titel)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
