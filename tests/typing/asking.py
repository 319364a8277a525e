"""What calls, prompts and models give back, in all four variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_type

from pydantic import BaseModel

from mirascope import llm


class Book(BaseModel):
    title: str


@llm.tool
def shelf(title: str) -> int:
    """Find a book."""
    return len(title)


@llm.tool
async def far_shelf(title: str) -> int:
    """Find a book elsewhere."""
    return len(title)


@llm.tool
def own_shelf(ctx: llm.Context[int], title: str) -> int:
    """Find a book of one's own."""
    return ctx.deps


@llm.call("openai/gpt-5-mini", tools=[shelf])
def text(genre: str) -> str:
    return genre


@llm.call("openai/gpt-5-mini", format=Book)
def book(genre: str) -> str:
    return genre


@llm.call("openai/gpt-5-mini", format=list[int])
def numbers(genre: str) -> str:
    return genre


@llm.call("openai/gpt-5-mini", tools=[far_shelf], format=Book)
async def far_book(genre: str) -> str:
    return genre


@llm.call("openai/gpt-5-mini", tools=[shelf, own_shelf], format=Book)
def own_book(ctx: llm.Context[int], genre: str) -> str:
    return genre


@llm.call("openai/gpt-5-mini")
async def own_far_text(ctx: llm.Context[int], genre: str) -> str:
    return genre


@llm.prompt(format=Book)
def asked_book(genre: str) -> str:
    return genre


@llm.prompt
def asked_text(genre: str) -> list[llm.Message]:
    return [llm.messages.user(genre)]


def calls() -> None:
    assert_type(text("x"), llm.Response[None])
    assert_type(text.stream("x"), llm.StreamResponse[None])
    assert_type(book("x"), llm.Response[Book])
    assert_type(book("x").parse(), Book)
    assert_type(book.stream("x").parse(partial=True), "llm.Partial[Book] | None")
    assert_type(numbers("x").parse(), list[int])
    assert_type(own_book(llm.Context(deps=1), "x"), llm.ContextResponse[int, Book])
    assert_type(own_book.stream(llm.Context(deps=1), "x"), llm.ContextStreamResponse[int, Book])


def prompts() -> None:
    assert_type(asked_book("openai/gpt-5-mini", "x"), llm.Response[Book])
    assert_type(asked_text.stream("openai/gpt-5-mini", "x"), llm.StreamResponse[None])


def models(model: llm.Model) -> None:
    assert_type(model.call("x"), llm.Response[None])
    assert_type(model.call("x", format=Book), llm.Response[Book])
    assert_type(model.stream("x", format=int).parse(), int)
    assert_type(
        model.context_stream("x", ctx=llm.Context(deps="d")), llm.ContextStreamResponse[str, None]
    )


def tools() -> None:
    assert_type(shelf("x"), int)
    assert_type(text("x").execute_tools(), Sequence[llm.ToolOutput[llm.Jsonable]])
    own_book(llm.Context(deps=1), "x").execute_tools(llm.Context(deps=2))


async def far() -> None:
    assert_type(await far_book("x"), llm.AsyncResponse[Book])
    response = await far_book.stream("x")
    assert_type(response, llm.AsyncStreamResponse[Book])
    assert_type(await response.resume("more"), llm.AsyncStreamResponse[Book])
    own = await own_far_text.stream(llm.Context(deps=1), "x")
    assert_type(own, llm.AsyncContextStreamResponse[int, None])


def refused() -> None:
    text(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    text()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    own_book("x")  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
    own_book(llm.Context(deps="d"), "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
