"""Our tools and calls, served: ``ours.py stdio``, or ``http`` and a port."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from mcp.server import ServerRequestContext
from pydantic import BaseModel, Field

from mirascope import llm


class Book(BaseModel):
    title: str


@llm.tool
def add(a: Annotated[int, Field(description="The first.")], b: int = 2) -> int:
    """Add two numbers."""
    print("tools print, too")
    llm.mcp.report_progress(1, 2, "half")
    llm.mcp.report_progress(2, 2)
    return a + b


def touch(path: str) -> None:
    Path(path).touch()


@llm.tool
async def hang(sign: str) -> str:
    """Hang, and leave a sign when cancelled."""
    touch(f"{sign}.began")
    try:
        await asyncio.sleep(3600)
    finally:
        touch(sign)
    return "never"


@llm.tool
def fail() -> str:
    """Fail."""
    raise KeyError("no such city")


@llm.tool
def book() -> Book:
    """Return a book."""
    return Book(title="Emma")


@llm.tool
def whoami(ctx: llm.Context[str]) -> str:
    """Tell who asks."""
    return ctx.deps


@llm.call("openai/gpt-5-mini")
def explain(topic: str, length: int = 1) -> str:
    """Explain something."""
    return f"Explain {topic} in {length} sentences."


@llm.call("openai/gpt-5-mini", tools=[add], format=Book)
async def recommend(genre: str) -> str:
    """Recommend a book."""
    return f"Recommend a {genre} book."


@llm.call("openai/gpt-5-mini")
async def advise(ctx: llm.Context[str], topic: str) -> str:
    """Give advice."""
    return f"Advise {ctx.deps} on {topic}."


def context(request: ServerRequestContext) -> llm.Context[str]:
    """Make the context of a call: who asks is in a header, where there are any."""
    return llm.Context(deps=request.request.headers["user"] if request.request else "local")


if __name__ == "__main__":
    transport, *rest = sys.argv[1:]
    with llm.testing.simulate():
        llm.mcp.serve(
            [add, hang, fail, book, whoami],
            [explain, recommend, advise],
            name="ours",
            instructions="Add things.",
            context=context,
            transport="http" if transport == "http" else "stdio",
            port=int(rest[0]) if rest else 0,
        )
