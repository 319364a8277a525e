"""What a notebook shows: one line that tells what it is, and no secret."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from pydantic import BaseModel

from mirascope import llm
from mirascope.llm.types.shown import LONGEST

MODEL = "openai/gpt-5-mini"


class Book(BaseModel):
    title: str


@llm.tool
def height(of: str) -> int:
    """Tell a height."""
    return len(of)


@llm.tool(strict=True)
async def height_async(of: str) -> int:
    return len(of)


@llm.tool
def deep(ctx: llm.Context[int], of: str) -> int:
    return ctx.deps


@llm.output_parser(formatting_instructions="")
def shout(response: llm.AnyResponse) -> str:
    return response.text().upper()


def guide(topic: str) -> str:
    return topic


async def guide_async(topic: str) -> str:
    return topic


def guide_context(ctx: llm.Context[int], topic: str) -> str:
    return topic


async def guide_async_context(ctx: llm.Context[int], topic: str) -> str:
    return topic


class Library:
    @llm.call(MODEL)
    def ask(self, topic: str) -> str:
        return topic


class Odd(int):
    def __repr__(self) -> str:
        return "a\nb"


class Broken(int):
    def __repr__(self) -> str:
        raise ValueError("no")


search = llm.WebSearchTool()


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (llm.Model(MODEL), f"Model('{MODEL}')"),
        (llm.Model(MODEL, temperature=0.2, seed=3), f"Model('{MODEL}', temperature=0.2, seed=3)"),
        (
            llm.Model(MODEL, thinking={"level": "low"}, timeout=3),
            f"Model('{MODEL}', thinking={{'level': 'low'}}, timeout=3)",
        ),
        (height, "Tool('height')"),
        (height_async, "AsyncTool('height_async', strict=True)"),
        (deep, "ContextTool('deep')"),
        (llm.Toolkit([height, search]), "Toolkit([height, web_search])"),
        (llm.AsyncToolkit([]), "AsyncToolkit([])"),
        (llm.ContextToolkit([height, deep]), "ContextToolkit([height, deep])"),
        (llm.prompt(guide), "Prompt(guide)"),
        (llm.prompt(guide_async), "AsyncPrompt(guide_async)"),
        (llm.prompt(format=list[int])(guide), "Prompt(guide, format=list[int])"),
        (
            llm.prompt(tools=[deep, search], format=shout)(guide_context),
            "ContextPrompt(guide_context, tools=[deep, web_search], format=shout)",
        ),
        (llm.prompt(guide_async_context), "AsyncContextPrompt(guide_async_context)"),
        (
            llm.call(MODEL, tools=[height], format=Book)(guide),
            f"Call(guide, '{MODEL}', tools=[height], format=Book)",
        ),
        (
            llm.call(MODEL, temperature=1, tools=[height_async])(guide_async),
            f"AsyncCall(guide_async, '{MODEL}', temperature=1, tools=[height_async])",
        ),
        (llm.call(MODEL)(guide_context), f"ContextCall(guide_context, '{MODEL}')"),
        (
            llm.call(MODEL, format=llm.format(Book, mode="tool"))(guide_async_context),
            f"AsyncContextCall(guide_async_context, '{MODEL}', format=Format(Book, mode='tool'))",
        ),
        (Library().ask, f"Call(ask, '{MODEL}')"),
        (llm.tool, "ToolDecorator(strict=None)"),
        (llm.prompt, "PromptDecorator()"),
        (llm.prompt(tools=[height]), "PromptDecorator(tools=[height])"),
        (llm.call(MODEL, format=Book), f"CallDecorator(Model('{MODEL}'), format=Book)"),
        (llm.format(shout, mode="parser"), "Format(shout, mode='parser')"),
    ],
    ids=repr,
)
def test_one_line(one: object, line: str) -> None:
    assert repr(one) == line


def test_what_may_be_secret_is_not_shown() -> None:
    given: Any = {
        "extra_headers": {"x-s3cret": "s3cret"},
        "extra_body": {"s3cret": ["s3cret"]},
        "top_k": 3,
    }
    model = llm.Model(MODEL, **given)
    assert repr(model) == f"Model('{MODEL}', extra_headers=..., extra_body=..., top_k=3)"
    decorator = llm.call(MODEL, **given)
    for one in (decorator, decorator(guide), [model], llm.call(model)(guide)):
        assert "extra_headers=..." in repr(one)
        assert "s3cret" not in repr(one)


def test_a_long_line_is_cut() -> None:
    many = [llm.Tool(guide, f"tool_{n}", "", llm.tools.ToolParameterSchema()) for n in range(100)]
    for one in (llm.Toolkit(many), llm.call(MODEL, tools=many)(guide)):
        assert repr(one).endswith("...)")
        assert len(repr(one)) == LONGEST
    stops = [f"stop {n} " * 100 for n in range(1000)]
    model = llm.Model(MODEL, stop_sequences=stops, temperature=0.5)
    assert len(repr(model)) <= LONGEST
    assert "temperature" in repr(llm.Model(MODEL, tool_choice="x" * 1000, temperature=0.5))


def test_odd_values_stay_on_one_line() -> None:
    assert repr(llm.Model(MODEL, seed=Odd())) == f"Model('{MODEL}', seed=a b)"
    assert repr(llm.Model(MODEL, seed=Broken())).startswith(f"Model('{MODEL}', seed=<Broken ")
    assert repr(llm.prompt(functools.partial(guide, "x"))).startswith("Prompt(functools.partial(")


def test_usage_shows_its_counts_and_not_the_vendors_json() -> None:
    usage = llm.Usage(input_tokens=3, output_tokens=4, raw={"input_tokens": 3})
    assert repr(usage).startswith("Usage(input_tokens=3, output_tokens=4,")
    assert "raw" not in repr(usage)
