"""What recovers: it has the type of what it is put around."""

from __future__ import annotations

from typing import assert_type

from pydantic import BaseModel

from mirascope import llm

MODEL = "openai/gpt-5-mini"


class Book(BaseModel):
    title: str


def seen(seam: llm.Seam) -> None:
    assert_type(seam.failed, str)
    assert_type(seam.error, BaseException | None)


@llm.recover(max_attempts=2, fallback_models=[llm.Model(MODEL)], on_event=seen)
@llm.call(MODEL, format=Book)
def book(genre: str) -> str:
    return genre


class Bot:
    @llm.recover("restart", deadline=60)
    @llm.call(MODEL)
    async def ask(self, q: str) -> str:
        return q


def calls() -> None:
    assert_type(book("x"), llm.Response[Book])
    assert_type(book.stream("x"), llm.StreamResponse[Book])
    assert_type(llm.recover()(llm.Model(MODEL)), llm.Model)
    model = llm.Model(MODEL, layers=[llm.recover()])
    with llm.recover("raise"), llm.layers(llm.recover()), model:
        pass
    llm.recover("go on")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    llm.recover()("x")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportArgumentType]


async def far() -> None:
    assert_type(await Bot().ask("x"), llm.AsyncResponse[None])
