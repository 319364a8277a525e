"""What asks again: the classes of its responses, and that it takes what the original takes."""

from __future__ import annotations

from typing import assert_type

from pydantic import BaseModel

from mirascope import llm

MODEL = "openai/gpt-5-mini"


class Book(BaseModel):
    title: str


@llm.retry(max_retries=2)
@llm.call(MODEL, format=Book)
def book(genre: str) -> str:
    return genre


@llm.retry()
@llm.call(MODEL)
async def far_text(genre: str) -> str:
    return genre


@llm.retry()
@llm.prompt
def own(ctx: llm.Context[int], genre: str) -> str:
    return genre


class Bot:
    @llm.retry(fallback_models=["anthropic/claude-haiku-4-5", llm.Model(MODEL)])
    @llm.call(MODEL)
    def ask(self, q: str) -> str:
        return q


def calls(ctx: llm.Context[int]) -> None:
    assert_type(book("x"), llm.RetryResponse[Book])
    assert_type(book.stream("x"), llm.RetryStreamResponse[Book])
    assert_type(book("x").retry_failures, list[llm.RetryFailure])
    assert_type(own(MODEL, ctx, "x"), llm.ContextRetryResponse[int, None])
    assert_type(Bot().ask("x"), llm.RetryResponse[None])
    book.prompt.messages("x")
    book(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def far() -> None:
    assert_type(await far_text("x"), llm.AsyncRetryResponse[None])
    assert_type(await far_text.stream("x"), llm.AsyncRetryStreamResponse[None])


def models() -> None:
    model = llm.retry_model(MODEL, max_retries=2, temperature=0)
    assert_type(model.call("x", format=Book), llm.RetryResponse[Book])
    assert_type(llm.retry(llm.Model(MODEL), deadline=5), llm.RetryModel)
    assert_type(llm.hedge([MODEL, model], after=1).call("x"), llm.Response[None])
    llm.Model(MODEL, layers=[llm.retry(max_retries=2)])
    with llm.retry(max_retries=2), model:
        pass
    llm.retry(max_retry=2)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
