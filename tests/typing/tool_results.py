"""What tools may return: whatever has a form that a model can read."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TypedDict, assert_type
from uuid import UUID

from pydantic import BaseModel

from mirascope import llm

call = llm.ToolCall(id="1", name="t", args="{}")


class Book(BaseModel):
    title: str


@dataclass(frozen=True)
class Shelf:
    books: list[Book]


class Row(TypedDict):
    title: str
    year: int | None


class Mood(Enum):
    GOOD = "good"


@llm.tool
def model(q: str) -> Book:
    return Book(title=q)


@llm.tool
def models(q: str) -> list[Book]:
    return [Book(title=q)]


@llm.tool
async def by_name(q: str) -> dict[str, Book | None]:
    return {q: Book(title=q)}


@llm.tool
def record(q: str) -> Shelf:
    return Shelf([Book(title=q)])


@llm.tool
def records(q: str) -> Sequence[Shelf]:
    return [Shelf([Book(title=q)])]


@llm.tool
def row(ctx: llm.Context[int], q: str) -> Row:
    return {"title": q, "year": ctx.deps}


@llm.tool
async def rows(ctx: llm.Context[int], q: str) -> list[Row] | None:
    return [{"title": q, "year": ctx.deps}]


@llm.tool
def day(q: str) -> datetime.date:
    return datetime.date.fromisoformat(q)


@llm.tool
def days(q: str) -> dict[datetime.date, datetime.timedelta]:
    return {datetime.date.fromisoformat(q): datetime.timedelta(1)}


@llm.tool
def anyhow(q: str) -> dict[str, object]:
    return {q: object}


@llm.tool
def mapped(q: str) -> Mapping[int, object] | set[str] | tuple[str, Decimal]:
    return {1: q}


@llm.tool
def other(q: str) -> Mood | UUID | Path | datetime.datetime | None:
    return Mood.GOOD


class Library:
    @llm.tool
    def find(self, q: str) -> Book:
        return Book(title=q)


@llm.call("openai/gpt-5-mini", tools=[model, models, record, records, day, anyhow, other])
def ask(q: str) -> str:
    return q


@llm.call("openai/gpt-5-mini", tools=[row, model, Library().find])
def ask_with(ctx: llm.Context[int], q: str) -> str:
    return q


@llm.call("openai/gpt-5-mini", tools=[by_name])
async def ask_later(q: str) -> str:
    return q


def results(ctx: llm.Context[int], asked: llm.Model) -> None:
    assert_type(model("x"), Book)
    assert_type(model.execute(call), llm.ToolOutput[Book])
    assert_type(record.execute(call).output, Shelf | str)
    assert_type(row.execute(ctx, call), llm.ToolOutput[Row])
    assert_type(anyhow("x"), dict[str, object])
    outputs = ask("x").execute_tools()
    assert_type(outputs, Sequence[llm.ToolOutput[llm.Jsonable]])
    llm.messages.user(outputs)
    asked.call("x", tools=[model, record, days, mapped])
    toolkit = llm.Toolkit([model, record])
    assert_type(toolkit.execute(call), llm.ToolOutput[llm.Jsonable])
    assert_type(ask_with(ctx, "x").execute_tools(ctx), Sequence[llm.ToolOutput[llm.Jsonable]])


class Engine:
    """Nothing that could be told."""


def refused() -> None:
    def engine(q: str) -> Engine:
        return Engine()

    def lines(q: str) -> Iterator[str]:
        yield q

    llm.tool(engine)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    llm.tool(lines)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
