"""Calls and prompts on a class bind like methods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_type

from pydantic import BaseModel

from mirascope import llm

MODEL = "openai/gpt-5-mini"


class Book(BaseModel):
    title: str


@llm.tool
def shelf(title: str) -> int:
    """Find a book."""
    return len(title)


class Bot:
    @llm.call(MODEL, tools=[shelf])
    def ask(self, q: str, *, loud: bool = False) -> str:
        return q

    @llm.call(MODEL, format=Book)
    async def ask_later(self, q: str) -> str:
        return q

    @llm.call(MODEL, format=Book)
    def ask_with(self, ctx: llm.Context[int], q: str) -> str:
        return q

    @llm.call(MODEL)
    async def ask_with_later(self, ctx: llm.Context[int], q: str) -> list[llm.Message]:
        return [llm.messages.user(q)]

    @llm.call(MODEL, format=Book)
    def untold(self, q: str):  # type: ignore[no-untyped-def]  # what it returns is not said
        return q

    @llm.prompt(format=Book)
    def prompt(self, q: str) -> str:
        return q

    @llm.prompt
    async def prompt_later(self, q: str) -> str:
        return q

    @llm.prompt
    def prompt_with(self, ctx: llm.Context[int], q: str) -> str:
        return q

    @llm.prompt
    async def prompt_with_later(self, ctx: llm.Context[int], q: str) -> str:
        return q


class Child(Bot):
    pass


def sync(bot: Bot, child: Child, ctx: llm.Context[int]) -> None:
    assert_type(bot.ask("x"), llm.Response[None])
    assert_type(bot.ask.call("x", loud=True), llm.Response[None])
    assert_type(bot.ask.stream("x"), llm.StreamResponse[None])
    assert_type(child.ask("x"), llm.Response[None])
    assert_type(Bot.ask(bot, "x"), llm.Response[None])
    assert_type(bot.untold("x"), llm.Response[Book])
    assert_type(bot.ask_with(ctx, "x"), llm.ContextResponse[int, Book])
    assert_type(bot.ask_with.stream(ctx, "x"), llm.ContextStreamResponse[int, Book])
    assert_type(bot.prompt(MODEL, "x"), llm.Response[Book])
    assert_type(bot.prompt.messages("x")[0].role == "user", bool)
    assert_type(bot.prompt_with.stream(MODEL, ctx, "x"), llm.ContextStreamResponse[int, None])


async def later(bot: Bot, ctx: llm.Context[int]) -> None:
    assert_type(await bot.ask_later("x"), llm.AsyncResponse[Book])
    assert_type(await bot.ask_later.stream(q="x"), llm.AsyncStreamResponse[Book])
    assert_type(await bot.ask_with_later(ctx, "x"), llm.AsyncContextResponse[int, None])
    assert_type(await bot.prompt_later(MODEL, "x"), llm.AsyncResponse[None])
    assert_type(
        await bot.prompt_with_later.stream(MODEL, ctx, "x"),
        llm.AsyncContextStreamResponse[int, None],
    )


def refused(bot: Bot, ctx: llm.Context[str]) -> None:
    bot.ask(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    bot.ask()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    bot.ask("x", quiet=True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    bot.ask_with(ctx, "x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    bot.prompt("x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


@llm.call(MODEL)
def free(q: str) -> str:
    return q


@dataclass
class Holder:
    """A call in a field of an instance is no method."""

    call: llm.Call[[str], None]
    silent: llm.Call[[], None]


def held(holder: Holder) -> None:
    assert_type(holder.call("x"), llm.Response[None])
    assert_type(holder.silent(), llm.Response[None])
    Holder(call=free, silent=free)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
