"""See it work, without a key: text, a tool loop, and an object that fills in (``make demo``).

The answers come from the simulator; everything between it and your terminal is the real thing.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

from pydantic import BaseModel
from rich.console import Console
from rich.live import Live
from rich.pretty import Pretty
from rich.rule import Rule
from rich.syntax import Syntax

from mirascope import llm

# At a terminal it runs at a pace that can be watched; into a pipe or a test, as fast as it can.
DELAY = 0.04 if sys.stdout.isatty() else None

console = Console()


class Walk(BaseModel):
    title: str
    kilometres: float
    stops: list[str]


@llm.tool
def height(hill: str) -> int:
    """Return the height of a hill in metres."""
    return {"Cruz Alta": 529, "Peninha": 490}.get(hill, 0)


def text() -> None:
    response = llm.Model("openai/gpt-5-mini").stream("Why is the sea salt?")
    for delta in response.text_stream():
        print(delta, end="", flush=True)
    print()


def tool_loop() -> None:
    thinking: llm.ThinkingConfig = {"level": "low", "include_thoughts": True}
    model = llm.Model("anthropic/claude-sonnet-4-5", thinking=thinking)
    response = model.stream("How high is Cruz Alta?", tools=[height])
    while True:
        for delta in response.pretty_stream():
            print(delta, end="", flush=True)
        print()
        if not response.tool_calls:
            break
        response = response.resume(response.execute_tools())


def structured() -> None:
    model = llm.Model("google/gemini-2.5-flash")
    response = model.stream("Plan a walk near Sintra.", format=Walk)
    with Live(console=console, refresh_per_second=20) as live:
        for partial in response.structured_stream():
            live.update(Pretty(partial))
        live.update(Pretty(response.parse()))


def show(title: str, part: Callable[[], None]) -> None:
    console.print(Rule(title))
    console.print(Syntax(inspect.getsource(part), "python", background_color="default"))
    part()
    console.print()


def main() -> None:
    turns: list[str | llm.testing.Turn] = [
        "Rivers wash a little salt out of the rocks, and the sun takes back only the water.",
        llm.testing.Turn(
            thoughts="I do not know the hill, but I was given a way to look it up.",
            tool_calls=[("height", {"hill": "Cruz Alta"})],
        ),
        "Cruz Alta is 529 metres high, the highest point of the Sintra hills.",
        llm.testing.Turn(
            json={
                "title": "Palaces and ferns",
                "kilometres": 9.5,
                "stops": ["Sintra station", "Moorish castle", "Cruz Alta", "Monserrate"],
            }
        ),
    ]
    console.print("Simulated answers, so no key is needed. All else is the library at work.\n")
    with llm.testing.simulate(script=turns, delay=DELAY):
        show("Text, while it is written", text)
        show("A tool loop", tool_loop)
        show("An object, filling in", structured)


if __name__ == "__main__":
    main()
