"""Ask four vendors the same, at once, and see their answers side by side: one prompt, any model."""

from __future__ import annotations

import asyncio

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel

from mirascope import llm

MODELS = [
    "openai/gpt-5-mini",
    "anthropic/claude-sonnet-4-5",
    "google/gemini-2.5-flash",
    "mistral/mistral-small-latest",
]


@llm.prompt
async def explain(thing: str, *, to: str) -> list[llm.Message]:
    return [
        llm.messages.system(f"You explain things to {to}."),
        llm.messages.user(f"What is {thing}?"),
    ]


async def panel(model: str) -> Panel:
    try:
        response = await explain(model, "a spring tide", to="a child")
    except llm.Error as error:
        return Panel(f"{type(error).__name__}: {error}", title=model, style="red")
    tokens = response.usage.output_tokens if response.usage else "?"
    return Panel(response.text(), title=model, subtitle=f"{tokens} tokens")


async def main() -> None:
    panels = await asyncio.gather(*map(panel, MODELS))
    Console().print(Columns(panels, width=38))


if __name__ == "__main__":
    asyncio.run(main())
