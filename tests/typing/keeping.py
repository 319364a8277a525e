"""A response that was saved has the types it had, as far as the program says them again."""

from __future__ import annotations

from typing import assert_type

from pydantic import BaseModel

from mirascope import llm


class Book(BaseModel):
    title: str


@llm.tool
def height(of: str) -> int:
    return len(of)


@llm.tool
def deep(ctx: llm.Context[int], of: str) -> int:
    return ctx.deps


def saving(response: llm.Response[Book], stream: llm.AsyncContextStreamResponse[int]) -> None:
    assert_type(response.to_json(), str)
    assert_type(stream.to_json(), str)


def loading(text: str, model: llm.Model, parser: llm.OutputParser[int]) -> None:
    assert_type(llm.Response.from_json(text), llm.Response)
    assert_type(llm.Response.from_json(text.encode(), format=Book), llm.Response[Book])
    assert_type(llm.Response.from_json(text, format=parser), llm.Response[int])
    formatted = llm.format(Book, mode="tool")
    loaded = llm.StreamResponse.from_json(text, format=formatted, tools=[height], model=model)
    assert_type(loaded, llm.StreamResponse[Book])
    assert_type(loaded.parse(), Book)
    assert_type(llm.AsyncStreamResponse.from_json(text, model="x/y"), llm.AsyncStreamResponse)
    assert_type(llm.AsyncResponse.from_json(text, tools=[height]), llm.AsyncResponse)
    assert_type(
        llm.ContextResponse.from_json(text, tools=[height, deep], format=Book),
        llm.ContextResponse[int, Book],
    )
    toolkit: llm.AsyncContextToolkit[int] = llm.AsyncContextToolkit([])
    assert_type(
        llm.AsyncContextStreamResponse.from_json(text, tools=toolkit),
        llm.AsyncContextStreamResponse[int],
    )


def refused(text: str) -> None:
    llm.AsyncResponse.from_json(text, tools=[deep])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    llm.Response.from_json(text, model=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
