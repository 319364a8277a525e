"""What calls, prompts and models give back, in all four variants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

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


@llm.call("openai/gpt-5-mini", format=Book)
def untold(genre: str):  # type: ignore[no-untyped-def]  # what it returns is not said
    return genre


@llm.call("openai/gpt-5-mini", format=Book)
async def far_untold(genre: str):  # type: ignore[no-untyped-def]
    return genre


@llm.call("openai/gpt-5-mini", format=Book)
def own_untold(ctx: llm.Context[int], genre: str):  # type: ignore[no-untyped-def]
    return genre


@llm.call("openai/gpt-5-mini", format=Book)
async def own_far_untold(ctx: llm.Context[int], genre: str):  # type: ignore[no-untyped-def]
    return genre


@llm.prompt(format=Book)
def asked_untold(genre: str):  # type: ignore[no-untyped-def]
    return [genre]


@llm.call("openai/gpt-5-mini", format=Book)
def unsaid():  # type: ignore[no-untyped-def]  # nothing is said at all
    return "A book."


@llm.call("openai/gpt-5-mini", format=Book)
def anything(genre: Any) -> Any:
    return genre


@llm.call("openai/gpt-5-mini")
def parts(genre: str) -> list[str | llm.Image] | str:
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


def calls_of_what_is_not_annotated() -> None:
    assert_type(untold("x"), llm.Response[Book])
    assert_type(untold.stream("x"), llm.StreamResponse[Book])
    assert_type(own_untold(llm.Context(deps=1), "x"), llm.ContextResponse[int, Book])
    assert_type(asked_untold("openai/gpt-5-mini", "x"), llm.Response[Book])
    assert_type(unsaid(), llm.Response[Book])
    assert_type(anything("x"), llm.Response[Book])
    assert_type(parts("x"), llm.Response[None])


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
    assert_type(await far_untold("x"), llm.AsyncResponse[Book])
    assert_type(await own_far_untold(llm.Context(deps=1), "x"), llm.AsyncContextResponse[int, Book])
    own = await own_far_text.stream(llm.Context(deps=1), "x")
    assert_type(own, llm.AsyncContextStreamResponse[int, None])


def wrong() -> int:
    return 1


def refused() -> None:
    llm.call("openai/gpt-5-mini")(wrong)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    text(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    text()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    untold(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    own_book("x")  # type: ignore[call-arg, arg-type]  # pyright: ignore[reportCallIssue]
    own_book(llm.Context(deps="d"), "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def lists(image: llm.Image) -> None:
    """Of messages, and of the parts of one: mypy has to see which, with nothing to go by."""
    model = llm.Model("openai/gpt-5-mini")
    model.call([llm.messages.system("Be brief."), llm.messages.user("Hello!")])
    model.call(["What is this?", image])
    model.call(llm.messages.user(["What is this?", image]))
    model.call([5])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
