"""Extract nested objects from a text, and watch a table fill in while the model writes."""

from __future__ import annotations

from pydantic import BaseModel
from rich.console import Console
from rich.live import Live
from rich.table import Table

from mirascope import llm

LOG = """
The Aurora, 12 m, came in on Monday with Ada Boyd and her son Tom. On Tuesday the Petrel
(9 m) followed; she is sailed by Grace Ito alone.
"""


class Sailor(BaseModel):
    name: str
    skipper: bool


class Boat(BaseModel):
    name: str
    metres: float
    crew: list[Sailor]


class Arrivals(BaseModel):
    boats: list[Boat]


@llm.call("openai/gpt-5-mini", format=Arrivals)
def arrivals(log: str) -> str:
    return f"Which boats arrived?\n{log}"


def as_table(arrivals: llm.Partial[Arrivals]) -> Table:
    table = Table("Boat", "Length", "Crew")
    for boat in arrivals.boats or []:
        crew = ", ".join(sailor.name or "..." for sailor in boat.crew or [])
        table.add_row(boat.name, f"{boat.metres:g} m" if boat.metres else "...", crew)
    return table


def main() -> None:
    console = Console()
    response = arrivals.stream(LOG)
    with Live(console=console) as live:
        for partial in response.structured_stream():
            live.update(as_table(partial))
    found = response.parse()
    skippers = [sailor.name for boat in found.boats for sailor in boat.crew if sailor.skipper]
    console.print(f"{len(found.boats)} boats, skippers: {', '.join(skippers)}")


if __name__ == "__main__":
    main()
