"""What checkers know about runs, and about other settings for one question."""

from __future__ import annotations

from typing import assert_type

from pydantic import BaseModel

from mirascope import llm


class Book(BaseModel):
    title: str


class Shelf(BaseModel):
    books: list[Book]


@llm.tool
def search(title: str) -> str:
    return title


model = llm.Model("openai/gpt-5-mini")
ctx = llm.Context(deps=3)


def sync() -> None:
    whole = model.call("x", tools=[search], format=Book, temperature=0.5, timeout=3)
    stream = model.stream("x", tools=[search], layers=[])
    assert_type(whole.run(max_turns=3, parallel=2, tool_timeout=3.5), llm.Response[Book])
    assert_type(stream.run(stop_when="search"), llm.StreamResponse[None])
    assert_type(stream.run(stop_when=lambda turn: turn.usage is None), llm.StreamResponse[None])
    for turn in stream.run_stream(limits=llm.UsageLimits(requests=3, cost=0.5)):
        assert_type(turn, llm.StreamResponse[None])
    assert_type(whole.run_stream(), llm.Run[llm.StreamResponse[Book]])
    assert_type(whole.latest, llm.Response[Book])
    assert_type(whole.pending_approvals, list[llm.ToolCall])
    assert_type(whole.rounds[0].saved_seconds, float)
    whole.run(max_turn=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    whole.run(parallel="all")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    model.call("x", temperature="hot")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def going_on() -> None:
    whole = model.call("x", format=Book)
    assert_type(whole.resume("y"), llm.Response[Book])
    assert_type(whole.resume("y", tools=[search], model="openai/gpt-5"), llm.Response[Book])
    assert_type(whole.resume("y", format=Shelf, model=model), llm.Response[Shelf])
    assert_type(whole.resume("y", format=None), llm.Response[None])
    stream = model.context_stream("x", ctx=ctx, format=Book)
    assert_type(stream.resume(ctx, "y", format=Shelf), llm.ContextStreamResponse[int, Shelf])
    assert_type(stream.run(ctx), llm.ContextStreamResponse[int, Book])
    assert_type(stream.run_stream(ctx, max_turns=3), llm.Run[llm.ContextStreamResponse[int, Book]])
    stream.run()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # no context
    whole.resume("y", modle=model)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


async def asynchronous() -> None:
    stream = await model.stream_async("x", tools=[search])
    assert_type(await stream.run(), llm.AsyncStreamResponse[None])
    async for turn in stream.run_stream():
        assert_type(turn, llm.AsyncStreamResponse[None])
    whole = await model.context_call_async("x", ctx=ctx, format=Book)
    assert_type(await whole.run(ctx), llm.AsyncContextResponse[int, Book])
    assert_type(whole.run_stream(ctx), llm.AsyncRun[llm.AsyncContextStreamResponse[int, Book]])


@llm.call("openai/gpt-5-mini", format=Book)
def ask(question: str) -> str:
    return question


@llm.retry()
@llm.prompt
def say(question: str) -> str:
    return question


def options() -> None:
    changed = ask.with_options(model="openai/gpt-5", tools=[search], timeout=5, temperature=0)
    assert_type(changed("x"), llm.Response[Book])
    assert_type(changed.stream("x").run(), llm.StreamResponse[Book])
    assert_type(say.with_options(top_p=0.5)("openai/gpt-5", "x"), llm.RetryResponse[None])
    assert_type(model.with_options(seed=3), llm.Model)
    changed(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ask.with_options(temprature=0)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
