"""Give tools a database and a user without the model seeing either."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from mirascope import llm


@dataclass
class Deps:
    db: sqlite3.Connection
    user: str


@llm.tool
def my_bookings(ctx: llm.Context[Deps]) -> list[str]:
    """List the berths that the user has booked."""
    query = "SELECT berth FROM bookings WHERE owner = ? ORDER BY berth"
    return [berth for (berth,) in ctx.deps.db.execute(query, (ctx.deps.user,))]


@llm.tool
def book(ctx: llm.Context[Deps], berth: str) -> str:
    """Book a berth for the user."""
    ctx.deps.db.execute("INSERT INTO bookings VALUES (?, ?)", (ctx.deps.user, berth))
    return f"{berth} is yours"


@llm.call("openai/gpt-5-mini", tools=[my_bookings, book])
def clerk(ctx: llm.Context[Deps], wish: str) -> list[llm.Message]:
    return [
        llm.messages.system(f"You serve {ctx.deps.user}."),
        llm.messages.user(wish),
    ]


def main() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE bookings (owner TEXT, berth TEXT)")
    db.executemany("INSERT INTO bookings VALUES (?, ?)", [("Ada", "A1"), ("Tom", "B7")])

    ctx = llm.Context(deps=Deps(db=db, user="Ada"))
    response = clerk(ctx, "Book C3 for me, then tell me all that I have.")
    while response.tool_calls:
        response = response.resume(ctx, response.execute_tools(ctx))
    print(response.text())
    print(db.execute("SELECT * FROM bookings ORDER BY owner, berth").fetchall())
    db.close()


if __name__ == "__main__":
    main()
